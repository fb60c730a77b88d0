//! What database proxies consist of, and the instances behind them.

use serde_json::{Value, json};

use super::state::INSTANCE;
use super::{Databases, Scene, Valued};
use crate::engine::State;
use crate::records::Record;

/// An address of its own.
pub(super) fn address(_: &Scene<'_>, _: Option<&Record>, databases: &Databases) -> Valued {
    Ok(Some(Value::from(databases.free_address())))
}

/// The flavors that the zone of the instance has.
pub(super) fn flavors(scene: &Scene<'_>, _: Option<&Record>, databases: &Databases) -> Valued {
    let seed = databases.store().seed;
    let flavor = |(code, cpu, mem): (&str, &str, &str)| {
        let zones = zones_of(scene.fact("availability_zone"));
        let status = zones.map(|zone| (zone, Value::from("normal"))).collect();
        json!({
            "id": seed.uuid(code), "code": code, "cpu": cpu, "mem": mem, "db_type": "Proxy",
            "az_status": Value::Object(status),
        })
    };
    let all = [
        ("rds.proxy.large.2", "2", "4"),
        ("rds.proxy.xlarge.2", "4", "8"),
    ];
    Ok(Some(all.into_iter().map(flavor).collect()))
}

/// The nodes of a proxy, all of which take connections.
pub(super) fn nodes(scene: &Scene<'_>, record: Option<&Record>, databases: &Databases) -> Valued {
    let seed = databases.store().seed;
    let zone = zones_of(scene.fact("availability_zone")).next();
    Ok(record.map(|proxy| {
        let node = |number| {
            json!({
                "id": seed.hex32(&format!("node {number} {}", proxy.id)) + "pn01",
                "status": "NORMAL", "role": "master", "az_code": zone, "frozen_flag": 0,
            })
        };
        (0..proxy.number("node_num")).map(node).collect()
    }))
}

/// The zones of the primary instance.
pub(super) fn zones(scene: &Scene<'_>, _: Option<&Record>, _: &Databases) -> Valued {
    Ok(Some(described(scene.fact("availability_zone"))))
}

/// The read replicas that have a weight.
pub(super) fn replicas(_: &Scene<'_>, record: Option<&Record>, databases: &Databases) -> Valued {
    let weights = record.and_then(|one| one.fields.get("weights"));
    let weights = weights.and_then(Value::as_array).into_iter().flatten();
    let replica = |weight: &Value| {
        let id = weight["instance_id"].as_str()?;
        let instance = databases.store().get(INSTANCE, id)?;
        (instance.text("type") == "Replica").then(|| {
            json!({
                "id": id, "name": instance.text("name"), "status": "normal", "weight": weight["weight"],
                "available_zones": described(instance.fields.get("availability_zone")),
            })
        })
    };
    Ok(Some(weights.filter_map(replica).collect()))
}

fn described(zones: Option<&Value>) -> Value {
    let zones = zones_of(zones).map(|zone| json!({ "code": zone, "description": zone }));
    zones.collect()
}

fn zones_of(zones: Option<&Value>) -> impl Iterator<Item = String> {
    let zones = zones.and_then(Value::as_str).unwrap_or_default();
    zones.split(',').map(ToOwned::to_owned)
}
