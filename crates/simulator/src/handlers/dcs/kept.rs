//! What the engine asks of Rust: what is known of instances.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::moment;
use crate::call::{Call, Refusal};
use crate::clock::later;
use crate::engine::{self, Context, Kept, State};
use crate::model;
use crate::records::Store;
use crate::spec::Service;
use crate::state::dcs::Redis;
use crate::state::dcs::flavors::Mode;
use crate::state::dcs::instance::Instance;

/// What an operation of the service is about.
pub(super) type Scene<'a> = Context<'a, Redis>;

/// A value, or why the request is refused.
pub(super) type Valued = Result<Option<Value>, Refusal>;

/// Makes what instances have from the start, when a call first concerns it: there may be very many instances.
pub(super) fn plant_missing(call: &Call<'_>, redis: &mut Redis) {
    let models = model::of(Service::Dcs);
    let resource = models.operation(&call.operation.id);
    let ids: Vec<String> = match call.params.text("instance_id") {
        Some(id) => redis.unplanted.take(id).into_iter().collect(),
        // A record of an instance that the call does not name.
        None if resource.is_some_and(|(_, model, _)| model.parent.is_some()) => {
            std::mem::take(&mut redis.unplanted).into_iter().collect()
        }
        None => Vec::new(),
    };
    let now = redis.started;
    for id in ids {
        if let Some(kept) = redis.kept("instance", &id, now) {
            engine::plant(redis, models, Some(("instance", &kept)), now, false);
            // With this policy hot keys can be looked for.
            let policy = FREQUENCY_POLICIES.last().copied().unwrap_or_default();
            redis.set_parameter(&id, POLICY, policy);
        }
    }
}

/// Makes what an instance has that has just been made.
pub(super) fn plant_new(redis: &mut Redis, instance: &str, now: Timestamp) {
    if let Some(kept) = redis.kept("instance", instance, now) {
        let models = model::of(Service::Dcs);
        engine::plant(redis, models, Some(("instance", &kept)), now, true);
    }
}

/// Whether the conditions of this name hold for an instance.
pub(super) fn is_ready(
    call: &Call<'_>,
    redis: &Redis,
    instance: &Instance,
    guard: &str,
) -> Result<(), Refusal> {
    let about = ("instance", known(redis, instance, call.now()));
    engine::guard(call, model::of(Service::Dcs), about, guard, redis)
}

impl State for Redis {
    fn store(&self) -> &Store {
        &self.store
    }

    fn store_mut(&mut self) -> &mut Store {
        &mut self.store
    }

    fn all_kept(&self, _: &str) -> Vec<Kept> {
        let instances = self.instances.iter();
        let light = instances.map(|instance| Kept {
            id: instance.id().to_owned(),
            created: instance.created,
            facts: object(json!({
                "instance_id": instance.id(),
                "name": instance.shape.name,
                "status": instance.status(),
                "ip": instance.shape.ip,
                "exact_capacity": instance.capacity,
                "tags": tags(instance),
            })),
        });
        light.collect()
    }

    fn kept(&self, _: &str, id: &str, now: Timestamp) -> Option<Kept> {
        self.instance(id).map(|instance| known(self, instance, now))
    }

    fn time(time: Timestamp) -> String {
        moment(time)
    }
}

/// The policies under which the access frequency of keys is known.
const FREQUENCY_POLICIES: [&str; 2] = ["allkeys-lfu", "volatile-lfu"];
const POLICY: &str = "maxmemory-policy";

const YEAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// What is known of an instance, by the names of its model.
pub(super) fn known(redis: &Redis, instance: &Instance, now: Timestamp) -> Kept {
    let (id, shape, mode) = (instance.id(), &instance.shape, instance.mode);
    let certificate_end = later(instance.created, YEAR);
    let groups = shape.groups().len();
    let domain_name = instance.domain_name();
    let zone_ids = instance.zones.iter();
    let zone_ids = zone_ids.map(|zone| redis.seed.hex32(&format!("zone {zone}")));
    let policy = instance.policy.as_ref().map(|policy| {
        json!({
            "backup_policy_id": policy.id,
            "created_at": moment(policy.created),
            "updated_at": moment(policy.updated),
            "policy": policy.value,
            "tenant_id": redis.seed.hex32("project"),
        })
    });
    // Capacities below 1 GB are 0 and told apart by the other one.
    let minor = match instance.capacity < 1.0 {
        true => instance.capacity.to_string().split_off(1),
        false => String::new(),
    };
    let is_arm = instance.spec_code.split('.').any(|part| part == "au1");
    let has_ssl = matches!(instance.version.as_str(), "6.0" | "7.0");
    let facts = json!({
        "instance_id": id,
        "name": shape.name,
        "description": instance.description,
        "status": instance.status(),
        "engine_version": instance.version,
        "capacity": instance.capacity.trunc() as u64,
        "capacity_minor": minor,
        "ip": shape.ip,
        "port": instance.port,
        "domain_name": domain_name,
        "spec_code": instance.spec_code,
        "inquery_spec_code": instance.spec_code,
        "cpu_type": if is_arm { "aarch64" } else { "x86_64" },
        "az_codes": instance.zones,
        "available_zones": zone_ids.collect::<Vec<_>>(),
        "vpc_id": instance.vpc_id,
        "subnet_id": instance.subnet_id,
        "security_group_id": instance.security_group_id.as_deref().unwrap_or("securityGroupId"),
        "created_at": moment(instance.created),
        "launched_at": moment(instance.created),
        "updated_at": moment(instance.updated),
        "update_at": moment(instance.updated),
        "maintain_begin": instance.window.0,
        "maintain_end": instance.window.1,
        "max_memory": instance.megabytes(),
        "used_memory": instance.used_megabytes(),
        "enable_ssl": redis.is_encrypted(id),
        "no_password_access": instance.login.is_open().to_string(),
        "tags": tags(instance),
        "enterprise_project_id": instance.enterprise_project.0,
        "enterprise_project_name": instance.enterprise_project.1,
    });
    let more = json!({
        "instance_backup_policy": policy,
        "cache_mode": mode.name(),
        "db_number": if mode == Mode::Cluster { 1 } else { 256 },
        "replica_count": shape.replicas.len() / groups.max(1),
        "sharding_count": groups,
        "task": redis.store.is_busy("backup", id, now).then_some("BACKUPING"),
        "features": {
            "support_acl": instance.version != "4.0",
            "support_transparent_client_ip": true,
            "support_ssl": has_ssl,
            "support_audit_log": false,
        },
        "bandwidth_info": {
            "bandwidth": 80,
            "begin_time": 0,
            "end_time": 0,
            "current_time": now.as_millisecond(),
            "next_expand_time": 0,
            "expand_count": 0,
            "expand_effect_time": 0,
            "expand_interval_time": 0,
            "max_expand_count": 3,
            "task_running": false,
        },
        // What no answer about an instance shows.
        "exact_capacity": instance.capacity,
        "data_size": 1_024 + instance.keys * 512,
        "knows_frequency": FREQUENCY_POLICIES.contains(&redis.parameter(id, POLICY)),
        "port_text": instance.port.to_string(),
        "endpoint": format!("{domain_name}:{}", instance.port),
        "certificate_ends_at": moment(certificate_end),
        "certificate_is_valid": now < certificate_end,
        "node_num": shape.replicas.len(),
    });
    let mut facts = object(facts);
    facts.extend(object(more));
    if matches!(mode, Mode::Ha | Mode::RwSplit) {
        let name = Value::from(format!("readonly-{domain_name}"));
        facts.insert("readonly_domain_name".to_owned(), name);
    }
    if groups > 1 {
        let masters = shape.replicas.iter().filter(|node| node.master);
        let addresses = masters.map(|node| format!("{}:{}", node.ip, instance.port));
        let addresses = Value::from(addresses.collect::<Vec<_>>().join(","));
        facts.insert("backend_addrs".to_owned(), addresses);
    }
    Kept {
        id: id.to_owned(),
        created: instance.created,
        facts,
    }
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        _ => Map::new(),
    }
}

pub(super) fn tags(instance: &Instance) -> Vec<Value> {
    let tags = instance.tags.iter();
    tags.map(|(key, value)| json!({ "key": key, "value": value }))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn what_is_known_of_an_instance_is_what_its_model_names() {
        let now: Timestamp = "2026-01-02T03:04:05Z".parse().unwrap();
        let redis = Redis::new(crate::ident::Seed(1), "eu-de", now, [1, 1, 1]);
        let named = model::of(Service::Dcs).get("instance").unwrap();
        let named: BTreeSet<String> = named.kept.iter().flatten().cloned().collect();
        let ids = redis.all_kept("instance").into_iter().map(|kept| kept.id);
        let all = ids.filter_map(|id| redis.kept("instance", &id, now));
        let known: BTreeSet<String> = all
            .flat_map(|kept| kept.facts)
            .map(|(name, _)| name)
            .collect();
        assert_eq!(known, named);
    }
}
