"""What a user does with DCS, in an order that makes sense: nothing is shown before it is made, nor deleted before it
is shown. Each chapter stands for itself once the instances are there."""

import datetime
import time
import urllib.request

NOT_THERE = {"status": 404, "code": "DCS.3022"}
PASSWORD, NEW_PASSWORD = "Tale-0f-Caches", "Tale-0f-Nodes"


def by(items, attribute, value):
    """The item with the value, or None."""
    return next((item for item in items or [] if getattr(item, attribute) == value), None)


def values(items, attribute):
    return [getattr(item, attribute) for item in items or []]


def fetch(link):
    """What a link leads to. A file of the simulated cloud; it needs no proof of identity."""
    with urllib.request.urlopen(link, timeout=30) as response:
        return response.read()


class Story:
    """Call the chapters in the order of `CHAPTERS`."""

    def __init__(self, run, address):
        self.run, self.address = run, address
        # Instances with nodes, logs and a history from the start, and those that the story makes.
        self.cluster = self.single = self.pair = None
        self.zones = []

    def tell(self):
        for chapter in self.CHAPTERS:
            self.run.chapter(getattr(self, chapter))

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

    def what_there_is(self):
        run = self.run
        self.zones = values(run.call("ListAvailableZones").available_zones, "code")
        run.check("ListAvailableZones", "has zones", bool(self.zones) and all(self.zones))
        windows = run.call("ListMaintenanceWindows").maintain_windows
        run.check("ListMaintenanceWindows", "cover the day", len(set(values(windows, "begin"))) == 24)
        flavors = run.call("ListFlavors", engine="Redis").flavors
        run.check("ListFlavors", "each has a code", bool(flavors) and all(values(flavors, "spec_code")))
        before = run.call("ListInstances", without=["include_failure", "include_delete"])
        run.check("ListInstances", "the number is right", before.instance_num == len(before.instances))
        self.before = set(values(before.instances, "instance_id"))
        self.cluster = next(item.instance_id for item in before.instances if "cluster" in item.name)
        resources = run.call("ShowQuotaOfTenant").quotas.resources
        self.used = by(resources, "type", "instance").used
        run.state("ShowQuotaOfTenant", "counts the instances", self.used == len(self.before), self.used)

    def templates(self):
        run = self.run
        system = run.call("ListConfigTemplates", limit=1000, offset=0)
        run.check("ListConfigTemplates", "has the system's own", "sys" in values(system.templates, "type"))
        template = system.templates[0]
        body = {
            "name": "sdk-template",
            "template_id": template.template_id,
            "cache_mode": template.cache_mode,
            "engine_version": template.engine_version,
        }
        made = run.call("CreateCustomTemplate", body=body).id
        run.check("CreateCustomTemplate", "gives an id", bool(made))
        own = run.call("ListConfigTemplates", type="user", without=["engine", "engine_version", "cache_mode"])
        named = by(own.templates, "template_id", made)
        run.state("ListConfigTemplates", "has the one made", named is not None and named.name == "sdk-template")

    def instances(self):
        run = self.run
        common = {"password": PASSWORD, "az_codes": self.zones[:1]}
        both = {}
        for example, name in (("single_node", "sdk-single"), ("master_standby", "sdk-pair")):
            body = {"name": name, **common}
            # A template of one's own is no part of the story.
            made = run.call("CreateInstance", example=example, body=body, without=["template_id"]).instances
            run.check("CreateInstance", "gives one id", len(made) == 1 and bool(made[0].instance_id))
            both[name] = made[0].instance_id
        self.single, self.pair = both["sdk-single"], both["sdk-pair"]
        listed = run.call("ListInstances", limit=1000).instances
        for name, instance in both.items():
            found = by(listed, "instance_id", instance)
            run.state("ListInstances", "has those made", found is not None and found.name == name)
        for instance in both.values():
            shown = self._runs(instance)
            run.state("ShowInstance", "has the id", shown.instance_id == instance)
        run.state("ShowInstance", "has the capacity asked for", shown.capacity == 2, shown.capacity)
        used = by(run.call("ShowQuotaOfTenant").quotas.resources, "type", "instance").used
        run.state("ShowQuotaOfTenant", "counts those made", used == self.used + 2, used)

    def _runs(self, instance=None):
        return self.run.wait(
            "ShowInstance",
            "runs in the end",
            lambda answer: answer.status == "RUNNING",
            instance_id=instance or self.pair,
        )

    def change_an_instance(self):
        run = self.run
        body = {"name": "sdk-renamed", "description": "changed", "maintain_begin": "22:00:00",
                "maintain_end": "23:00:00"}
        # The documented example has a text for save_days that is no number, `1,`; the tables say integer.
        policy = run.example("UpdateInstance")["instance_backup_policy"] | {"save_days": 1}
        run.call("UpdateInstance", instance_id=self.pair, body={**body, "instance_backup_policy": policy})
        self._runs()
        shown = run.call("ShowInstance", instance_id=self.pair)
        for name, value in body.items():
            # Times are shown with or without seconds.
            good = str(getattr(shown, name)).startswith(value.removesuffix(":00"))
            run.state("UpdateInstance", f"{name} is shown", good, getattr(shown, name))

    def tags(self):
        run, where = self.run, {"instance_id": self.pair}
        run.call("BatchCreateOrDeleteTags", example="add", **where)
        tags = {tag.key: tag.value for tag in run.call("ShowTags", **where).tags}
        run.state("ShowTags", "has those made", {"dcs001": "2", "dcs003": "4"}.items() <= tags.items(), tags)
        tenant = by(run.call("ListTagsOfTenant").tags, "key", "dcs001")
        run.state("ListTagsOfTenant", "has those made", tenant is not None and "2" in tenant.values, tenant)
        gone = {"tags": [{"key": "dcs001", "value": "2"}]}
        run.call("BatchCreateOrDeleteTags", example="delete", body=gone, **where)
        keys = values(run.call("ShowTags", **where).tags, "key")
        run.state("BatchCreateOrDeleteTags", "what is deleted is gone", keys == ["dcs003"], keys)

    def whitelist(self):
        run, where = self.run, {"instance_id": self.pair}
        run.call("UpdateIpWhitelist", **where)
        shown = run.call("ShowIpWhitelist", **where)
        groups = {group.group_name: group.ip_list for group in shown.whitelist}
        run.check("ShowIpWhitelist", "is on", shown.enable_whitelist is True)
        run.state("UpdateIpWhitelist", "is shown", groups == {"test001": ["10.10.10.1", "10.10.10.2"]}, groups)
        run.state("ShowIpWhitelist", "is of the instance", shown.instance_id == self.pair)

    def parameters(self):
        run, where = self.run, {"instance_id": self.pair}
        timeout = by(run.call("ListConfigurations", **where).redis_config, "param_name", "timeout")
        run.check("ListConfigurations", "has timeout", timeout is not None)
        wanted = "1000" if timeout.param_value != "1000" else "1001"
        change = {"param_id": timeout.param_id, "param_name": "timeout", "param_value": wanted}
        run.call("UpdateConfigurations", body={"redis_config": [change]}, **where)
        now = run.wait(
            "ListConfigurations", "is done in the end", lambda answer: answer.config_status == "SUCCESS", **where
        )
        value = by(now.redis_config, "param_name", "timeout").param_value
        run.state("UpdateConfigurations", "the value is listed", value == wanted, value)
        histories = run.call("ListConfigHistories", **where)
        run.check("ListConfigHistories", "has a change", histories.history_num >= 1 and bool(histories.histories))

    def passwords(self):
        run, where = self.run, {"instance_id": self.pair}
        body = {"old_password": PASSWORD, "new_password": NEW_PASSWORD}
        changed = run.call("UpdatePassword", body=body, **where)
        run.check("UpdatePassword", "succeeds", changed.result == "success", changed.result)
        reset = run.call("ResetPassword", body={"new_password": PASSWORD}, **where)
        run.check("ResetPassword", "succeeds", reset.message is not None, reset.message)

    def backups(self):
        run, where = self.run, {"instance_id": self.pair}
        backup = run.call("CopyInstance", **where).backup_id
        run.check("CopyInstance", "gives an id", bool(backup))

        def records():
            return run.call("ListBackupRecords", limit=100, offset=0, **where).backup_record_response

        def succeeded(answer):
            record = by(answer.backup_record_response, "backup_id", backup)
            return record is not None and record.status == "succeed"

        run.wait("ListBackupRecords", "has the backup, done", succeeded, limit=100, offset=0, **where)
        links = run.call("ListBackupFileLinks", backup_id=backup, **where).links
        run.check("ListBackupFileLinks", "has links", bool(links) and all(values(links, "link")))
        restore = run.call("RestoreInstance", body={"backup_id": backup}, **where).restore_id

        def restored(answer):
            record = by(answer.restore_record_response, "restore_id", restore)
            return record is not None and record.status == "succeed" and record.backup_id == backup

        run.wait("ListRestoreRecords", "has the restoration, done", restored, limit=100, offset=0, **where)
        self._runs()
        run.state("RestoreInstance", "gives an id, and its record", bool(restore))
        run.call("DeleteBackupFile", backup_id=backup, **where)
        record = by(records(), "backup_id", backup)
        gone = record is None or record.status == "deleted"
        run.state("DeleteBackupFile", "the backup is gone", gone)

    def big_keys(self):
        self._scan("bigkey_id", "CreateBigkeyScanTask", "ShowBigkeyScanTaskDetails", "ListBigkeyScanTasks",
                   "DeleteBigkeyScanTask", "UpdateBigkeyAutoscanConfig", "ShowBigkeyAutoscanConfig")

    def hot_keys(self):
        self._scan("hotkey_id", "CreateHotkeyScanTask", "ShowHotkeyTaskDetails", "ListHotKeyScanTasks",
                   "DeleteHotkeyScanTask", "UpdateHotkeyAutoScanConfig", "ShowHotkeyAutoscanConfig")

    def _scan(self, name, create, show, list_all, delete, update, config):
        run, where = self.run, {"instance_id": self.pair}
        made = run.call(create, **where)
        run.check(create, "gives id and state", bool(made.id) and bool(made.status))
        this = {name: made.id, **where}
        shown = run.wait(show, "succeeds in the end", lambda answer: answer.status == "success", **this)
        run.state(show, "has the id", shown.id == made.id)
        listed = run.call(list_all, limit=10, offset=0, **where)
        run.state(list_all, "has the analysis", made.id in values(listed.records, "id"))
        run.call(delete, **this)
        listed = run.call(list_all, limit=10, offset=0, **where)
        run.state(delete, "the analysis is gone", made.id not in values(listed.records, "id"))
        times = {"enable_auto_scan": True, "schedule_at": ["03:00"]}
        answered = run.call(update, body=times, **where)
        run.state(update, "is answered", answered.schedule_at == ["03:00"], answered.schedule_at)
        shown = run.call(config, **where)
        run.check(config, "is on", shown.enable_auto_scan is True)
        run.state(config, "has the times set", shown.schedule_at == ["03:00"], shown.schedule_at)

    def expired_keys(self):
        made = self.run.call("CreateAutoExpireScanTask", instance_id=self.pair)
        self.run.check("CreateAutoExpireScanTask", "gives id and state", bool(made.id) and bool(made.status))

    def encryption(self):
        run, where = self.run, {"instance_id": self.pair}
        job = run.call("UpdateSSLSwitch", **where).job_id
        run.check("UpdateSSLSwitch", "gives a job", bool(job))
        done = run.wait("ShowJobInfo", "succeeds in the end", lambda answer: answer.status == "SUCCESS", job_id=job)
        run.state("ShowJobInfo", "has the id", done.job_id == job)
        shown = run.call("ShowInstanceSSLDetail", **where)
        run.check("ShowInstanceSSLDetail", "is on", shown.enabled is True)
        self._runs()
        certificate = run.call("DownloadSSLCert", **where)
        run.check("DownloadSSLCert", "has a link", bool(certificate.link) and bool(certificate.file_name))

    def nodes(self):
        run, where = self.run, {"instance_id": self.cluster}
        groups = run.call("ListGroupReplicationInfo", **where).group_list
        run.check("ListGroupReplicationInfo", "has three shards", len(groups) == 3, len(groups))
        group = groups[0]
        replica = by(group.replication_list, "replication_role", "slave")
        node = {"group_id": group.group_id, "node_id": replica.node_id, **where}
        run.call("UpdateSlavePriority", body={"slave_priority_weight": 42}, **node)
        instances = run.call("BatchShowNodesInformation", limit=1000, offset=0).instances
        run.check("BatchShowNodesInformation", "has instances with nodes", all(values(instances, "nodes")))
        cluster = by(instances, "instance_id", self.cluster)
        listed = by(cluster.nodes if cluster else [], "node_id", replica.node_id)
        run.state("BatchShowNodesInformation", "has the node", listed is not None)
        run.state("UpdateSlavePriority", "is listed", listed is not None and listed.priority_weight == 42)
        removed = run.call("DeleteIpFromDomainName", **node)
        run.check("DeleteIpFromDomainName", "gives a job", bool(removed.job_id))
        job = run.wait(
            "ShowJobInfo", "succeeds in the end", lambda answer: answer.status == "SUCCESS", job_id=removed.job_id
        )
        run.state("DeleteIpFromDomainName", "its job is shown", job.job_id == removed.job_id)

    def monitoring(self):
        run = self.run
        listed = run.call("ListMonitoredObjects", limit=1000, offset=0)
        ids = values(listed.instances, "dcs_instance_id")
        run.check("ListMonitoredObjects", "the number is right", listed.total == len(ids))
        run.state("ListMonitoredObjects", "has those made", {self.single, self.pair} <= set(ids))
        one = run.call("ListMonitoredObjectsOfInstance", instance_id=self.cluster)
        run.state("ListMonitoredObjectsOfInstance", "has the instance",
                  values(one.instances, "dcs_instance_id") == [self.cluster])
        run.check("ListMonitoredObjectsOfInstance", "has nodes", bool(one.dcs_cluster_redis_node))
        statistics = run.call("ListStatisticsOfRunningInstances").statistics
        ids = set(values(statistics, "instance_id"))
        run.state("ListStatisticsOfRunningInstances", "has those made", {self.single, self.pair} <= ids)

    def diagnosis(self):
        run = self.run
        # No operation starts a diagnosis: some instance has been looked at before.
        for instance in sorted(self.before):
            listed = run.call("ListDiagnosisTasks", instance_id=instance, limit=10, offset=0)
            if listed.diagnosis_report_list:
                break
        run.check("ListDiagnosisTasks", "some instance has a report", bool(listed.diagnosis_report_list))
        report = listed.diagnosis_report_list[0]
        shown = run.call("ShowDiagnosisTaskDetails", report_id=report.report_id)
        nodes = shown.diagnosis_node_report_list
        run.check("ShowDiagnosisTaskDetails", "has nodes", bool(nodes))
        run.state("ShowDiagnosisTaskDetails", "is as listed", shown.abnormal_item_sum == report.abnormal_item_sum)

    def run_logs(self):
        run, where = self.run, {"instance_id": self.cluster}
        group = run.call("ListGroupReplicationInfo", **where).group_list[0]
        node = group.replication_list[0]
        run.call("CreateRedislog", replication_id=node.replication_id, query_time=0, **where)

        def logs(answer):
            return [log for log in answer.file_list or [] if log.replication_ip == node.replication_ip]

        def collected(answer):
            return set(values(logs(answer), "status")) == {"succeed"}

        listed = run.wait("ListRedislog", "has the log, done", collected, remembered=True, limit=100, offset=0, **where)
        log = logs(listed)[0]
        run.check("CreateRedislog", "the log is listed", log.replication_ip == node.replication_ip)
        link = run.call("CreateRedislogDownloadLink", id=log.id, **where).link
        run.check("CreateRedislogDownloadLink", "leads to the file", link.startswith(self.address) and fetch(link))

    def slow_log(self):
        run, now = self.run, int(time.time() * 1000)
        week = 7 * 24 * 3600 * 1000
        how = {"instance_id": self.cluster, "start_time": str(now - week), "end_time": str(now)}
        listed = run.call("ListSlowlog", limit=10, offset=0, sort_key="duration", sort_dir="desc", **how)
        times = [float(entry.duration) for entry in listed.slowlogs]
        run.check("ListSlowlog", "has commands, slowest first", bool(times) and times == sorted(times, reverse=True))

    def switch_and_restart(self):
        run = self.run
        run.call("ChangeMasterStandby", instance_id=self.pair)
        self._runs()
        for action in ("restart", "flush"):
            body = {"instances": [self.pair], "action": action}
            results = run.call("RestartOrFlushInstances", body=body).results
            run.check("RestartOrFlushInstances", "succeeds", values(results, "result") == ["success"])
            run.state("RestartOrFlushInstances", "is of the instance", values(results, "instance") == [self.pair])
            self._runs()

    def resize(self):
        run, where = self.run, {"instance_id": self.pair}
        body = {"spec_code": "redis.ha.au1.large.4", "new_capacity": 4}
        # The rest of the example is for replicas that come or go.
        rest = ["reserved_ip", "change_type", "available_zones", "node_list"]
        run.call("ResizeInstance", body=body, without=rest, **where)
        shown = self._runs()
        run.state("ResizeInstance", "the capacity is shown", shown.capacity == 4, shown.capacity)
        run.state("ResizeInstance", "the flavor is shown", shown.spec_code == body["spec_code"], shown.spec_code)

    def _tasks(self):
        now = datetime.datetime.now(datetime.timezone.utc)
        hour = datetime.timedelta(hours=1)
        span = {"start_time": f"{now - hour:%Y%m%d%H%M%S}", "end_time": f"{now + hour:%Y%m%d%H%M%S}"}
        return self.run.call("ListBackgroundTask", instance_id=self.pair, limit=100, offset=0, **span).tasks

    def background_tasks(self):
        run, tasks = self.run, self._tasks()
        run.check("ListBackgroundTask", "has tasks", bool(tasks) and all(values(tasks, "id")))
        task = tasks[0].id
        run.call("DeleteBackgroundTask", instance_id=self.pair, task_id=task)
        run.state("DeleteBackgroundTask", "the task is gone", task not in values(self._tasks(), "id"))

    def center_tasks(self):
        run, task = self.run, self._tasks()[0].id
        run.call("DeleteCenterTask", task_id=task)
        run.state("DeleteCenterTask", "the task is gone", task not in values(self._tasks(), "id"))

    def _migrations(self):
        return self.run.call("ListMigrationTask", limit=100, offset=0, without=["name"]).migration_tasks

    def import_of_files(self):
        run = self.run
        target = {"id": self.pair, "name": "sdk-renamed", "password": PASSWORD}
        body = {"task_name": "sdk-import", "target_instance": target}
        made = run.call("CreateMigrationTask", body=body)
        run.check("CreateMigrationTask", "gives id and state", bool(made.id) and bool(made.status))
        run.state("ListMigrationTask", "has the task", made.id in values(self._migrations(), "task_id"))
        shown = run.call("ShowMigrationTask", task_id=made.id)
        run.state("ShowMigrationTask", "is of the task", shown.task_id == made.id and shown.task_name == "sdk-import")
        self.import_task = made.id

    def online_migration(self):
        run = self.run
        task = run.call("CreateOnlineMigrationTask", body={"name": "sdk-online"}).instance_id
        run.check("CreateOnlineMigrationTask", "gives an id", bool(task))

        def ready(answer):
            found = by(answer.migration_tasks, "task_id", task)
            return found is not None and found.status == "RUNNING"

        run.wait("ListMigrationTask", "has the task, ready", ready, limit=100, offset=0, without=["name"])
        target = {"id": self.pair, "addrs": None, "password": PASSWORD}
        started = run.call("SetOnlineMigrationTask", task_id=task, body={"target_instance": target})
        run.check("SetOnlineMigrationTask", "gives a state", bool(started.status), started.status)
        run.state("SetOnlineMigrationTask", "is of the task", started.id == task)
        run.call("UpdateMigrationTask", task_id=task)
        run.check("UpdateMigrationTask", "is taken", True)
        stats = run.call("ShowMigrationTaskStats", task_id=task)
        run.check("ShowMigrationTaskStats", "has progress", stats.full_migration_progress is not None)
        run.call("StopMigrationTask", task_id=task)

        def stopped(answer):
            return answer.status in ("TERMINATED", "SUCCESS")

        shown = run.wait("ShowMigrationTask", "ends after it was stopped", stopped, task_id=task)
        run.state("StopMigrationTask", "the task has ended", stopped(shown), shown.status)
        results = run.call("BatchStopMigrationTasks", body={"migration_tasks": [self.import_task]}).migration_tasks
        run.check("BatchStopMigrationTasks", "has a result", bool(results) and all(values(results, "result")))
        run.state("BatchStopMigrationTasks", "is of the task", values(results, "task_id") == [self.import_task])
        run.wait("ShowMigrationTask", "ends after it was stopped", stopped, task_id=self.import_task)
        both = [task, self.import_task]
        deleted = run.call("DeleteMigrationTask", body={"task_id_list": both}).task_id_list
        run.state("DeleteMigrationTask", "answers the ids", sorted(deleted) == sorted(both), deleted)
        left = set(values(self._migrations(), "task_id"))
        run.state("DeleteMigrationTask", "the tasks are gone", left.isdisjoint(both), left)

    def deletion(self):
        run = self.run
        results = run.call("BatchDeleteInstances", body={"instances": [self.single]}).results
        run.check("BatchDeleteInstances", "succeeds", set(values(results, "result")) == {"success"})
        run.state("BatchDeleteInstances", "is of the instance", values(results, "instance") == [self.single])
        self._gone("BatchDeleteInstances", self.single)

    def end_of_last_instance(self):
        run = self.run
        run.call("DeleteSingleInstance", instance_id=self.pair)
        self._gone("DeleteSingleInstance", self.pair)
        run.refused("DeleteSingleInstance", instance_id=self.pair, **NOT_THERE)
        used = by(run.call("ShowQuotaOfTenant").quotas.resources, "type", "instance").used
        run.state("ShowQuotaOfTenant", "counts none that is deleted", used == self.used, used)

    def _gone(self, operation, instance):
        run = self.run

        def absent(answer):
            return instance not in values(answer.instances, "instance_id")

        run.wait("ListInstances", "has none that is deleted", absent, limit=1000, without=["include_delete"])
        run.state(operation, "the instance is gone", True)
        run.refused("ShowInstance", instance_id=instance, **NOT_THERE)
