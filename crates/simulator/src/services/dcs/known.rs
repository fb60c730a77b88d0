//! What follows from the state of an instance.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::flavors::Mode;
use super::state::INSTANCE;
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
pub(super) fn fact(
    scene: &Scene<'_>,
    instance: &Record,
    redis: &Redis,
    field: &str,
) -> Option<Value> {
    let (id, now): (_, Timestamp) = (instance.id.as_str(), scene.now);
    let shape = || RedisInstance::of(instance);
    let mode = || Mode::named(instance.text("cache_mode"));
    let domain_name = || format!("redis-{id}.dcs.example.com");
    let certificate_end = || later(instance.created, YEAR);
    Some(match field {
        "capacity" => Value::from(capacity(instance).trunc() as u64),
        // Capacities below 1 GB are 0 and told apart by this one.
        "capacity_minor" => match capacity(instance) {
            capacity if capacity < 1.0 => Value::from(capacity.to_string().split_off(1)),
            _ => Value::from(""),
        },
        "ip" => Value::from(shape().ip),
        "domain_name" => Value::from(domain_name()),
        "readonly_domain_name" => {
            mode().filter(|mode| mode.readonly_domain_name)?;
            Value::from(format!("readonly-{}", domain_name()))
        }
        "backend_addrs" => {
            let (shape, port) = (shape(), instance.number("port"));
            let masters = shape.masters().map(|node| format!("{}:{port}", node.ip));
            let masters: Vec<String> = masters.collect();
            Value::from((masters.len() > 1).then(|| masters.join(","))?)
        }
        "cpu_type" => {
            let mut parts = instance.text("spec_code").split('.');
            Value::from(match parts.any(|part| part == "au1") {
                true => "aarch64",
                false => "x86_64",
            })
        }
        "available_zones" => {
            let zones = instance.texts("az_codes").into_iter();
            let id = |zone| redis.seed.hex32(&format!("zone {zone}"));
            zones.map(id).collect()
        }
        "max_memory" => Value::from(megabytes(instance)),
        "used_memory" => Value::from(used_megabytes(instance)),
        "enable_ssl" => Value::from(redis.is_encrypted(id)),
        "no_password_access" => Value::from(redis.is_open(id).to_string()),
        "instance_backup_policy" => {
            let mut policy = instance.fields.get("policy").cloned().unwrap_or_default();
            if !policy.is_null() {
                policy["backup_policy_id"] = Value::from(redis.seed.uuid(&format!("policy {id}")));
                policy["tenant_id"] = Value::from(redis.seed.hex32("project"));
            }
            policy
        }
        "db_number" => Value::from(mode().map(|mode| mode.databases)),
        "replica_count" => Value::from(shape().copies()),
        "sharding_count" => Value::from(shape().groups().len()),
        "node_num" => Value::from(shape().replicas.len()),
        "task" => {
            let is_busy = redis.store().is_busy("backup", id, now);
            Value::from(is_busy.then_some("BACKUPING"))
        }
        "features" => {
            let version = instance.text("engine_version");
            json!({
                "support_acl": version != "4.0",
                "support_transparent_client_ip": true,
                "support_ssl": matches!(version, "6.0" | "7.0"),
                "support_audit_log": false,
            })
        }
        "data_size" => Value::from(1_024 + instance.number("keys") * 512),
        "knows_frequency" => Value::from(redis.parameter(id, POLICY).ends_with("-lfu")),
        "certificate_ends_at" => Value::from(moment(certificate_end())),
        "certificate_is_valid" => Value::from(now < certificate_end()),
        _ => return None,
    })
}

#[expect(clippy::unnecessary_wraps, reason = "every function is like this")]
pub(super) fn milliseconds(scene: &Scene<'_>, _: Option<&Record>, _: &Redis) -> Valued {
    Ok(Some(Value::from(scene.now.as_millisecond())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::OperationModel;

    #[test]
    fn what_the_model_of_instances_names_is_known() {
        let now: Timestamp = "2026-01-02T03:04:05Z".parse().unwrap();
        let mut redis = Redis::new(crate::seed::Seed(1), now);
        super::super::functions::plant_all(&mut redis, "eu-de", [1, 1, 1]);
        let (name, model) = super::super::models()
            .resources
            .get_key_value("instance")
            .unwrap();
        let none = OperationModel::default();
        let scene = Scene::new(None, now, super::super::models(), &[], (name, model, &none));
        for field in &model.facts.as_ref().unwrap().fields {
            let mut instances = redis.instances();
            let is_known = instances.any(|one| fact(&scene, one, &redis, field).is_some());
            assert!(is_known, "{field}");
        }
    }
}
