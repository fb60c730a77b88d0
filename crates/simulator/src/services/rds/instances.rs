//! What instances are built of.

use serde_json::{Value, json};

use super::state::INSTANCE;
use super::{Databases, Outcome, Scene, States, Valued, databases, hold, tags_of};
use crate::call::{Call, CallError};
use crate::engine::State;
use crate::records::Record;
use crate::seed::Seed;

/// Gives an instance its nodes, as many as it has availability zones.
pub(super) fn build(instance: &mut Record, seed: Seed) {
    let zones = instance.text("availability_zone");
    let nodes = nodes_of(instance, &instance.id, zones, seed);
    instance.fields.insert("nodes".to_owned(), nodes);
}

fn nodes_of(instance: &Record, id: &str, zones: &str, seed: Seed) -> Value {
    let is_replica = instance.text("type") == "Replica";
    let name = instance.text("name");
    let node = |(number, zone): (usize, &str)| {
        let role = match number {
            _ if is_replica => "readreplica",
            0 => "master",
            _ => "slave",
        };
        json!({
            "id": seed.hex32(&format!("node {number} {id}")) + "no01",
            "name": format!("{name}_node{number}"),
            "role": role,
            "status": "ACTIVE",
            "availability_zone": zone,
        })
    };
    zones.split(',').enumerate().map(node).collect()
}

/// The nodes of an instance that is shown. It has those of its zones.
pub(super) fn nodes(scene: &Scene<'_>, record: Option<&Record>, databases: &Databases) -> Valued {
    let seed = databases.store().seed;
    Ok(record.map(|one| {
        let zones = one.text("availability_zone");
        let zones = match scene.text("single_to_ha.az_code_new_node") {
            Some(new) => format!("{zones},{new}"),
            None => zones.to_owned(),
        };
        nodes_of(one, &one.id, &zones, seed)
    }))
}

/// The space that its data takes, in GB: a part of its volume.
pub(super) fn used_space(_: &Scene<'_>, record: Option<&Record>, databases: &Databases) -> Valued {
    let seed = databases.store().seed;
    Ok(record.map(|one| {
        let gigabytes = one
            .fields
            .get("volume")
            .and_then(|volume| volume["size"].as_u64())
            .unwrap_or_default();
        let share = seed.rng(&format!("space {}", one.id)).u64(5..60);
        format!("{}.{:02}", gigabytes * share / 100, gigabytes * share % 100).into()
    }))
}

/// An address of its own.
pub(super) fn address(_: &Scene<'_>, _: Option<&Record>, databases: &Databases) -> Valued {
    Ok(Some(Value::from(databases.free_address())))
}

/// Gives the instance its nodes.
pub(super) fn set_up(_: &Call<'_>, databases: &mut Databases, instance: &Record) {
    let seed = databases.store().seed;
    if let Some(instance) = databases.store_mut().get_mut(INSTANCE, &instance.id) {
        build(instance, seed);
    }
}

/// A maintenance window has four hours, maybe over midnight.
pub(super) fn four_hours(
    scene: &Scene<'_>,
    _: Option<&Record>,
    _: &Databases,
) -> Result<(), CallError> {
    let minutes = |name| {
        let (hours, minutes) = scene.text(name)?.split_once(':')?;
        Some(hours.parse::<u32>().ok()? * 60 + minutes.parse::<u32>().ok()?)
    };
    let both = minutes("start_time").zip(minutes("end_time"));
    let is_whole = |(start, end): (u32, u32)| (end + 24 * 60 - start) % (24 * 60) == 4 * 60;
    hold(both.is_some_and(is_whole), "DBS.280001")
}

pub(super) fn project_tags(call: &Call<'_>, states: &States) -> Outcome {
    let databases = databases(call, states);
    let instances = databases.store().of(INSTANCE, "").iter();
    tags_of(call, instances.filter(|_| call.in_project_with_instances()))
}
