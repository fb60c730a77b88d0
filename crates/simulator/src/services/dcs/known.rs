//! What follows from the state of an instance.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::flavors::Mode;
use super::state::{INSTANCE, object};
use super::topology::RedisInstance;
use super::{Redis, Scene, Valued, models, moment};
use crate::clock::later;
use crate::engine::State;
use crate::records::Record;

pub(super) const POLICY: &str = "maxmemory-policy";

const YEAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// MB that the service itself and the keys take.
pub(super) fn used_megabytes(instance: &Record) -> u64 {
    2 + instance.number("keys") / 1_000
}

/// The documented state.
pub(super) fn status(instance: &Record, now: Timestamp) -> Value {
    let model = models().get(INSTANCE);
    let status = model.and_then(|model| model.status(instance.job(now)?, now));
    Value::from(status.unwrap_or("RUNNING"))
}

/// GB.
pub(super) fn capacity(instance: &Record) -> f64 {
    let capacity = instance.fields.get("exact_capacity");
    capacity.and_then(Value::as_f64).unwrap_or_default()
}

/// Its memory in MB. Capacities are positive and at most 1024 GB.
pub(super) fn megabytes(instance: &Record) -> u64 {
    (capacity(instance) * 1024.0).round() as u64
}

/// What the model of instances says of none of them by itself.
pub(super) fn facts(scene: &Scene<'_>, instance: &Record, redis: &Redis) -> Map<String, Value> {
    let (id, now): (_, Timestamp) = (instance.id.as_str(), scene.now);
    let shape = RedisInstance::of(instance);
    let mode = Mode::named(instance.text("cache_mode"));
    let version = instance.text("engine_version");
    let (port, capacity) = (instance.number("port"), capacity(instance));
    let zones = instance.texts("az_codes").into_iter();
    let zone_ids: Vec<String> = zones
        .map(|zone| redis.seed.hex32(&format!("zone {zone}")))
        .collect();
    let certificate_end = later(instance.created, YEAR);
    let domain_name = format!("redis-{id}.dcs.example.com");
    // Capacities below 1 GB are 0 and told apart by the other one.
    let minor = match capacity < 1.0 {
        true => capacity.to_string().split_off(1),
        false => String::new(),
    };
    let is_arm = instance
        .text("spec_code")
        .split('.')
        .any(|part| part == "au1");
    let eviction = redis.parameter(id, POLICY);
    let backups = instance.fields.get("policy").cloned().map(|mut policy| {
        policy["backup_policy_id"] = Value::from(redis.seed.uuid(&format!("policy {id}")));
        policy["tenant_id"] = Value::from(redis.seed.hex32("project"));
        policy
    });
    let mut facts = object(json!({
        "capacity": capacity.trunc() as u64,
        "capacity_minor": minor,
        "ip": shape.ip,
        "domain_name": domain_name,
        "cpu_type": if is_arm { "aarch64" } else { "x86_64" },
        "available_zones": zone_ids,
        "max_memory": megabytes(instance),
        "used_memory": used_megabytes(instance),
        "enable_ssl": redis.is_encrypted(id),
        "no_password_access": redis.is_open(id).to_string(),
        "instance_backup_policy": backups,
        "db_number": mode.map(|mode| mode.databases),
        "replica_count": shape.copies(),
        "sharding_count": shape.groups().len(),
        "task": redis.store().is_busy("backup", id, now).then_some("BACKUPING"),
        "features": {
            "support_acl": version != "4.0",
            "support_transparent_client_ip": true,
            "support_ssl": matches!(version, "6.0" | "7.0"),
            "support_audit_log": false,
        },
        "data_size": 1_024 + instance.number("keys") * 512,
        "knows_frequency": eviction.ends_with("-lfu"),
        "certificate_ends_at": moment(certificate_end),
        "certificate_is_valid": now < certificate_end,
        "node_num": shape.replicas.len(),
    }));
    let mut add = |name: &str, value: String| facts.insert(name.to_owned(), Value::from(value));
    if mode.is_some_and(|mode| mode.readonly_domain_name) {
        add("readonly_domain_name", format!("readonly-{domain_name}"));
    }
    if shape.groups().len() > 1 {
        let masters = shape.masters().map(|node| format!("{}:{port}", node.ip));
        add("backend_addrs", masters.collect::<Vec<_>>().join(","));
    }
    facts
}

#[expect(clippy::unnecessary_wraps, reason = "every function is like this")]
pub(super) fn milliseconds(scene: &Scene<'_>, _: Option<&Record>, _: &Redis) -> Valued {
    Ok(Some(Value::from(scene.now.as_millisecond())))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::model::OperationModel;

    #[test]
    fn what_is_known_of_an_instance_is_what_its_model_names() {
        let now: Timestamp = "2026-01-02T03:04:05Z".parse().unwrap();
        let mut redis = Redis::new(crate::seed::Seed(1), now);
        super::super::functions::plant_all(&mut redis, "eu-de", [1, 1, 1]);
        let (name, model) = super::super::models()
            .resources
            .get_key_value("instance")
            .unwrap();
        let none = OperationModel::default();
        let scene = Scene::new(None, now, super::super::models(), &[], (name, model, &none));
        let all = redis.instances().flat_map(|one| facts(&scene, one, &redis));
        let known: BTreeSet<String> = all.map(|(name, _)| name).collect();
        let named = &model.facts.as_ref().unwrap().fields;
        assert_eq!(known, named.iter().cloned().collect());
    }
}
