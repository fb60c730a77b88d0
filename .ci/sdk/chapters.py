"""What all chapters of the story need."""


def by(items, attribute, value):
    """The item with the value, or None."""
    return next((item for item in items or [] if getattr(item, attribute) == value), None)


def values(items, attribute):
    """The attribute of each item."""
    return [getattr(item, attribute) for item in items or []]


class Chapters:
    """`cluster` and `replicated` are instances with nodes, logs and a history from the start; the story makes `single`
    and `pair`, and deletes them."""

    def __init__(self, run, address):
        self.run, self.address = run, address
        self.cluster = self.replicated = self.single = self.pair = None
        # Ids of the instances from the start, and how many the quota counts then.
        self.before, self.used = set(), 0
        # Codes of the zones; codes of flavors by kind of instance and capacity in GB.
        self.zones, self.flavors = [], {}
        # Of the pair, once it has changed.
        self.password = None

    def runs(self, instance=None):
        """Waits until an instance runs, the pair if none is given, and gives what is shown of it."""
        return self.run.wait(
            "ShowInstance",
            "runs in the end",
            lambda answer: answer.status == "RUNNING",
            instance_id=instance or self.pair,
        )
