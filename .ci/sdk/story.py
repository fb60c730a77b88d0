"""What a user does with DCS, in an order that makes sense: nothing is shown before it is made, nor deleted before it
is shown. Each chapter stands for itself once the instances are there."""

from chapters import by, values
from data import Data
from instances import Instances
from nodes_and_tasks import NodesAndTasks


class Story(Instances, Data, NodesAndTasks):
    """All chapters."""

    CHAPTERS = (
        "what_there_is",
        "templates",
        "instances",
        "change_an_instance",
        "tags",
        "whitelist",
        "parameters",
        "passwords",
        "backups",
        "big_keys",
        "hot_keys",
        "expired_keys",
        "encryption",
        "nodes",
        "monitoring",
        "diagnosis",
        "run_logs",
        "slow_log",
        "switch_and_restart",
        "resize",
        "background_tasks",
        "center_tasks",
        "import_of_files",
        "online_migration",
        "deletion",
        "end_of_last_instance",
    )

    def tell(self):
        for chapter in self.CHAPTERS:
            self.run.chapter(getattr(self, chapter))

    def what_there_is(self):
        run = self.run
        self.zones = values(run.call("ListAvailableZones").available_zones, "code")
        run.check("ListAvailableZones", "has zones", bool(self.zones) and all(self.zones))
        windows = run.call("ListMaintenanceWindows").maintain_windows
        run.check("ListMaintenanceWindows", "cover the day", len(set(values(windows, "begin"))) == 24)
        flavors = run.call("ListFlavors", engine="Redis").flavors
        run.check("ListFlavors", "each has a code", bool(flavors) and all(values(flavors, "spec_code")))
        for mode, version, capacity in (("single", "5.0", "1"), ("ha", "6.0", "2"), ("ha", "6.0", "4")):
            how = {"cache_mode": mode, "engine_version": version, "capacity": capacity}
            flavors = run.call("ListFlavors", **how).flavors
            run.state("ListFlavors", "has what is asked for", set(values(flavors, "cache_mode")) == {mode}, mode)
            self.flavors[mode, capacity] = flavors[0].spec_code
        before = run.call("ListInstances", without=["include_failure", "include_delete"])
        run.check("ListInstances", "the number is right", before.instance_num == len(before.instances))
        self.before = set(values(before.instances, "instance_id"))
        self.cluster = next(item.instance_id for item in before.instances if "cluster" in item.name)
        self.replicated = next(item.instance_id for item in before.instances if "-ha-" in item.name)
        resources = run.call("ShowQuotaOfTenant").quotas.resources
        self.used = by(resources, "type", "instance").used
        run.state("ShowQuotaOfTenant", "counts the instances", self.used == len(self.before), self.used)
