"""Which methods of the SDK are which operations of the description."""


def paired(sdk, operations):
    """Each operation with the SDK's method for it and the name of its request class, or without."""
    methods = sdk.methods()
    return [(operation, _method(sdk, operation, methods)) for operation in operations]


def _method(sdk, operation, methods):
    """One of the methods with the operation's method and path; where several operations share these, one whose body has
    the member that is the operation's own."""
    fit = methods.get(operation.shape, [])
    if operation.member:
        fit = [method for method in fit if operation.member in sdk.members(method[1])]
    return fit[0] if fit else None
