"""Instances and what belongs to them, from their making to their end."""

from chapters import Chapters, by, values

NOT_THERE = {"status": 404, "code": "DCS.3022"}
PASSWORD, NEW_PASSWORD = "Tale-0f-Caches", "Tale-0f-Nodes"


class Instances(Chapters):
    """Chapters about instances."""

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
        # Only Redis 6.0 and newer can encrypt, which the story comes to.
        single = {"name": "sdk-single", "spec_code": self.flavors["single", "1"], **common}
        pair = {"name": "sdk-pair", "engine_version": "6.0", "spec_code": self.flavors["ha", "2"], **common}
        for example, body in (("single_node", single), ("master_standby", pair)):
            # A template of one's own is no part of the story.
            made = run.call("CreateInstance", example=example, body=body, without=["template_id"]).instances
            run.check("CreateInstance", "gives one id", len(made) == 1 and bool(made[0].instance_id))
            both[body["name"]] = made[0].instance_id
        self.single, self.pair = both["sdk-single"], both["sdk-pair"]
        listed = run.call("ListInstances", limit=1000).instances
        for name, instance in both.items():
            found = by(listed, "instance_id", instance)
            run.state("ListInstances", "has those made", found is not None and found.name == name)
        for instance in both.values():
            shown = self.runs(instance)
            run.state("ShowInstance", "has the id", shown.instance_id == instance)
        run.state("ShowInstance", "has the capacity asked for", shown.capacity == 2, shown.capacity)
        used = by(run.call("ShowQuotaOfTenant").quotas.resources, "type", "instance").used
        run.state("ShowQuotaOfTenant", "counts those made", used == self.used + 2, used)

    def change_an_instance(self):
        run = self.run
        body = {"name": "sdk-renamed", "description": "changed", "maintain_begin": "22:00:00",
                "maintain_end": "23:00:00"}
        policy = run.example("UpdateInstance")["instance_backup_policy"]
        run.call("UpdateInstance", instance_id=self.pair, body={**body, "instance_backup_policy": policy})
        self.runs()
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
        before = run.call("ListConfigHistories", **where).history_num
        # An analysis of hot keys, which comes later, wants this policy.
        for name, wanted in (("timeout", "1000"), ("maxmemory-policy", "allkeys-lfu")):
            parameter = by(run.call("ListConfigurations", **where).redis_config, "param_name", name)
            run.state("ListConfigurations", f"has {name}", parameter is not None)
            if parameter is None:
                continue
            change = {"param_id": parameter.param_id, "param_name": name, "param_value": wanted}
            run.call("UpdateConfigurations", body={"redis_config": [change]}, **where)
            now = run.wait(
                "ListConfigurations", "is done in the end", lambda answer: answer.config_status == "SUCCESS", **where
            )
            value = by(now.redis_config, "param_name", name).param_value
            run.state("UpdateConfigurations", "the value is listed", value == wanted, value)
        histories = run.call("ListConfigHistories", **where)
        run.check("ListConfigHistories", "has a change", histories.history_num >= 1 and bool(histories.histories))
        number = histories.history_num
        run.state("ListConfigHistories", "has both changes", number == before + 2, f"{before}, then {number}")

    def passwords(self):
        run, where = self.run, {"instance_id": self.pair}
        body = {"old_password": PASSWORD, "new_password": NEW_PASSWORD}
        changed = run.call("UpdatePassword", body=body, **where)
        run.check("UpdatePassword", "succeeds", changed.result == "success", changed.result)
        reset = run.call("ResetPassword", body={"new_password": PASSWORD}, **where)
        run.check("ResetPassword", "succeeds", reset.message == "success", reset.message)
        changed = run.call("UpdatePassword", body=body, **where)
        self.password = NEW_PASSWORD
        run.state("ResetPassword", "can be changed after that", changed.result == "success", changed.result)

    def encryption(self):
        run, where = self.run, {"instance_id": self.pair}
        job = run.call("UpdateSSLSwitch", **where).job_id
        run.check("UpdateSSLSwitch", "gives a job", bool(job))
        done = run.wait("ShowJobInfo", "succeeds in the end", lambda answer: answer.status == "SUCCESS", job_id=job)
        run.state("ShowJobInfo", "has the id", done.job_id == job)
        shown = run.call("ShowInstanceSSLDetail", **where)
        run.check("ShowInstanceSSLDetail", "is on", shown.enabled is True)
        self.runs()
        certificate = run.call("DownloadSSLCert", **where)
        run.check("DownloadSSLCert", "has a link", bool(certificate.link) and bool(certificate.file_name))
        run.state("DownloadSSLCert", "leads to a file", self.leads_to_file(certificate.link))

    def switch_and_restart(self):
        run = self.run
        where = {"instance_id": self.replicated}

        def master(answer):
            nodes = [node for group in answer.group_list for node in group.replication_list]
            return by(nodes, "replication_role", "master").node_id

        before = master(run.call("ListGroupReplicationInfo", **where))
        run.call("ChangeMasterStandby", **where)
        run.wait("ListGroupReplicationInfo", "has the master", lambda answer: master(answer) != before, **where)
        run.state("ChangeMasterStandby", "another node is master", True)
        # The restoration of a backup has left some, so that a flush has something to do.
        run.state("ListStatisticsOfRunningInstances", "has keys before a flush", self._keys() > 0)
        for action in ("restart", "flush"):
            body = {"instances": [self.pair], "action": action}
            results = run.call("RestartOrFlushInstances", body=body).results
            run.check("RestartOrFlushInstances", "succeeds", values(results, "result") == ["success"])
            run.state("RestartOrFlushInstances", "is of the instance", values(results, "instance") == [self.pair])
            self.runs()
        run.state("RestartOrFlushInstances", "no keys are left after a flush", self._keys() == 0)

    def _keys(self):
        statistics = self.run.call("ListStatisticsOfRunningInstances").statistics
        pair = by(statistics, "instance_id", self.pair)
        return pair.keys if pair else -1

    def resize(self):
        run, where = self.run, {"instance_id": self.pair}
        body = {"spec_code": self.flavors["ha", "4"], "new_capacity": 4}
        # The rest of the example is for replicas that come or go.
        rest = ["reserved_ip", "change_type", "available_zones", "node_list"]
        run.call("ResizeInstance", body=body, without=rest, **where)
        shown = self.runs()
        run.state("ResizeInstance", "the capacity is shown", shown.capacity == 4, shown.capacity)
        run.state("ResizeInstance", "the flavor is shown", shown.spec_code == body["spec_code"], shown.spec_code)

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
