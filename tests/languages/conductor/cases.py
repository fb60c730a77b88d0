"""What the services may answer.

Each documented response of each operation is a case, and so is one made from its schema with every field there is. Each of
these comes again with an unknown value in place of each enum's, with a null in each field that may be absent, without it, and
with the largest integers: one at a time, and all at once.
"""

import copy

from document import MISSING

# A status that no operation describes stands for `default`. Clients in Python take none that HTTP does not know.
OTHER_STATUS = 502
KINDS = ("unknown value", "null", "missing", "largest")


def replaced(body, pointer, value):
    body = copy.deepcopy(body)
    if not pointer:
        return value
    inner = body
    for step in pointer[:-1]:
        # A change further out has put a null here, or nothing.
        if inner is None or (isinstance(inner, dict) and step not in inner):
            return body
        inner = inner[step]
    if inner is None:
        return body
    if value is MISSING:
        inner.pop(pointer[-1], None)
    else:
        inner[pointer[-1]] = value
    return body


def with_all(body, changes):
    for pointer, value in changes:
        body = replaced(body, pointer, value)
    return body


def below(pointer, changes):
    return any(other[: len(pointer)] == pointer != other for other, _ in changes)


def text(pointer):
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in pointer)


def responses(document):
    """Each response as a case: operation, key of the response, status, name, pointer of what is changed, body."""
    for _, _, operation in document.operations():
        for key, response in operation["responses"].items():
            about = {"operation": operation["operationId"], "response": key}
            about["status"] = OTHER_STATUS if key == "default" else int(key)
            schema, examples = document.body(response)
            if schema is None:
                yield about | {"case": "no body"}
                continue
            for name, body in [*examples.items(), ("every field", document.sample(schema))]:
                yield about | {"case": name, "body": body}
                changes = list(document.changes(schema, body))
                for kind, pointer, value in changes:
                    yield about | {"case": f"{name}, {kind}", "pointer": text(pointer), "body": replaced(body, pointer, value)}
                for kind in KINDS:
                    of_kind = [(pointer, value) for one, pointer, value in changes if one == kind]
                    if of_kind:
                        yield about | {"case": f"{name}, {kind} everywhere", "body": with_all(body, of_kind)}
                    # What is changed further out hides what is below it.
                    innermost = [(pointer, value) for pointer, value in of_kind if not below(pointer, of_kind)]
                    if innermost != of_kind:
                        yield about | {"case": f"{name}, {kind} innermost", "body": with_all(body, innermost)}


def requests(document):
    """The documented bodies of requests."""
    for _, _, operation in document.operations():
        _, examples = document.body(operation.get("requestBody", {}))
        for name, body in examples.items():
            yield {"operation": operation["operationId"], "case": name, "body": body}
