"""What all chapters of the story need."""

import datetime
import urllib.request


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

    def leads_to_file(self, link):
        """Whether a link leads to a file of the simulated cloud. It needs no proof of identity."""
        if not link.startswith(self.address):
            return False
        with urllib.request.urlopen(link, timeout=30) as response:
            return bool(response.read())

    def runs(self, instance=None):
        """Waits until an instance runs and nothing is under way on it, the pair if none is given, and gives what is
        shown of it."""
        where = {"instance_id": instance or self.pair}
        # Some work is done while an instance runs, but not two works at a time.
        self.tasks(where["instance_id"])
        return self.run.wait("ShowInstance", "runs in the end", lambda answer: answer.status == "RUNNING", **where)

    def tasks(self, instance):
        """Waits until all background tasks of an instance have succeeded, and gives them."""
        now = datetime.datetime.now(datetime.timezone.utc)
        hour = datetime.timedelta(hours=1)
        return self.run.wait(
            "ListBackgroundTask",
            "all succeed in the end",
            lambda answer: set(values(answer.tasks, "status")) <= {"SUCCESS"},
            instance_id=instance,
            limit=100,
            offset=0,
            start_time=f"{now - hour:%Y%m%d%H%M%S}",
            end_time=f"{now + hour:%Y%m%d%H%M%S}",
        ).tasks
