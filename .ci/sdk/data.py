"""What is done with the data of instances: backups, analyses, logs, migration."""

import time

from chapters import Chapters, by, values


class Data(Chapters):
    """Chapters about data."""

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
        run.state("ListBackupFileLinks", "lead to files", all(map(self.leads_to_file, values(links, "link"))))
        restore = run.call("RestoreInstance", body={"backup_id": backup}, **where).restore_id

        def restored(answer):
            record = by(answer.restore_record_response, "restore_id", restore)
            return record is not None and record.status == "succeed" and record.backup_id == backup

        run.wait("ListRestoreRecords", "has the restoration, done", restored, limit=100, offset=0, **where)
        self.runs()
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
        run.check("CreateRedislogDownloadLink", "leads to the file", self.leads_to_file(link))

    def slow_log(self):
        run, now = self.run, int(time.time() * 1000)
        week = 7 * 24 * 3600 * 1000
        how = {"instance_id": self.cluster, "start_time": str(now - week), "end_time": str(now)}
        listed = run.call("ListSlowlog", limit=10, offset=0, sort_key="duration", sort_dir="desc", **how)
        times = [float(entry.duration) for entry in listed.slowlogs]
        run.check("ListSlowlog", "has commands, slowest first", bool(times) and times == sorted(times, reverse=True))

    def _migrations(self):
        return self.run.call("ListMigrationTask", limit=100, offset=0, without=["name"]).migration_tasks

    def _import(self, name):
        target = {"id": self.pair, "name": "sdk-renamed", "password": self.password}
        return self.run.call("CreateMigrationTask", body={"task_name": name, "target_instance": target})

    def import_of_files(self):
        run = self.run
        made = self._import("sdk-import")
        run.check("CreateMigrationTask", "gives id and state", bool(made.id) and bool(made.status))
        run.state("ListMigrationTask", "has the task", made.id in values(self._migrations(), "task_id"))
        shown = run.call("ShowMigrationTask", task_id=made.id)
        run.state("ShowMigrationTask", "is of the task", shown.task_id == made.id and shown.task_name == "sdk-import")
        run.wait("ShowMigrationTask", "succeeds in the end", lambda answer: answer.status == "SUCCESS", task_id=made.id)
        self.import_task = made.id

    def online_migration(self):
        run = self.run
        task = run.call("CreateOnlineMigrationTask", body={"name": "sdk-online"}).instance_id
        run.check("CreateOnlineMigrationTask", "gives an id", bool(task))

        def ready(answer):
            found = by(answer.migration_tasks, "task_id", task)
            return found is not None and found.status == "RUNNING"

        run.wait("ListMigrationTask", "has the task, ready", ready, limit=100, offset=0, without=["name"])
        target = {"id": self.pair, "addrs": None, "password": self.password}
        started = run.call("SetOnlineMigrationTask", task_id=task, body={"target_instance": target})
        run.check("SetOnlineMigrationTask", "gives a state", bool(started.status), started.status)
        run.state("SetOnlineMigrationTask", "is of the task", started.id == task)
        run.call("UpdateMigrationTask", task_id=task, body={"resume_mode": "manual"})
        mode = run.call("ShowMigrationTask", task_id=task).resume_mode
        run.state("UpdateMigrationTask", "is shown", mode == "manual", mode)
        stats = run.call("ShowMigrationTaskStats", task_id=task)
        run.check("ShowMigrationTaskStats", "has progress", stats.full_migration_progress is not None)
        run.call("StopMigrationTask", task_id=task)

        # Nothing but a stop ends a migration that follows changes, and an import that has just begun takes seconds.
        def stopped(answer):
            return answer.status == "TERMINATED"

        shown = run.wait("ShowMigrationTask", "is terminated after it was stopped", stopped, task_id=task)
        run.state("StopMigrationTask", "the task is terminated", stopped(shown), shown.status)
        short = self._import("sdk-stopped").id
        results = run.call("BatchStopMigrationTasks", body={"migration_tasks": [short]}).migration_tasks
        run.check("BatchStopMigrationTasks", "has a result", bool(results) and all(values(results, "result")))
        got = [(result.task_id, result.result) for result in results]
        run.state("BatchStopMigrationTasks", "succeeds for the task", got == [(short, "success")], got)
        shown = run.wait("ShowMigrationTask", "is terminated after it was stopped", stopped, task_id=short)
        run.state("BatchStopMigrationTasks", "the task is terminated", stopped(shown), shown.status)
        ended = [task, self.import_task, short]
        deleted = run.call("DeleteMigrationTask", body={"task_id_list": ended}).task_id_list
        run.state("DeleteMigrationTask", "answers the ids", sorted(deleted) == sorted(ended), deleted)
        left = set(values(self._migrations(), "task_id"))
        run.state("DeleteMigrationTask", "the tasks are gone", left.isdisjoint(ended), left)
