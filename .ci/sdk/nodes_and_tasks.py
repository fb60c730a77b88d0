"""What goes on in the cloud: nodes, figures, diagnoses, background tasks."""

from chapters import Chapters, by, values


class NodesAndTasks(Chapters):
    """Chapters about what goes on."""

    def nodes(self):
        run, where = self.run, {"instance_id": self.cluster}
        groups = run.call("ListGroupReplicationInfo", **where).group_list
        run.check("ListGroupReplicationInfo", "has three shards", len(groups) == 3, len(groups))
        group = groups[0]
        replica = by(group.replication_list, "replication_role", "slave")
        node = {"group_id": group.group_id, "node_id": replica.node_id, **where}
        run.call("UpdateSlavePriority", body={"slave_priority_weight": 42}, **node)
        listed = self._node(replica.node_id)
        run.state("BatchShowNodesInformation", "has the node", listed is not None)
        run.state("UpdateSlavePriority", "is listed", listed is not None and listed.priority_weight == 42)
        removed = run.call("DeleteIpFromDomainName", **node)
        run.check("DeleteIpFromDomainName", "gives a job", bool(removed.job_id))
        job = run.wait(
            "ShowJobInfo", "succeeds in the end", lambda answer: answer.status == "SUCCESS", job_id=removed.job_id
        )
        run.state("DeleteIpFromDomainName", "its job is shown", job.job_id == removed.job_id)
        listed = self._node(replica.node_id)
        run.state("DeleteIpFromDomainName", "is listed", listed is not None and listed.is_remove_ip is True)

    def _node(self, node):
        run = self.run
        instances = run.call("BatchShowNodesInformation", limit=1000, offset=0).instances
        run.check("BatchShowNodesInformation", "has instances with nodes", all(values(instances, "nodes")))
        cluster = by(instances, "instance_id", self.cluster)
        return by(cluster.nodes if cluster else [], "node_id", node)

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

    def background_tasks(self):
        run, tasks = self.run, self.tasks(self.pair)
        run.check("ListBackgroundTask", "has tasks", bool(tasks) and all(values(tasks, "id")))
        task = tasks[0].id
        run.call("DeleteBackgroundTask", instance_id=self.pair, task_id=task)
        run.state("DeleteBackgroundTask", "the task is gone", task not in values(self.tasks(self.pair), "id"))

    def center_tasks(self):
        run, task = self.run, self.tasks(self.pair)[0].id
        run.call("DeleteCenterTask", task_id=task)
        run.state("DeleteCenterTask", "the task is gone", task not in values(self.tasks(self.pair), "id"))
