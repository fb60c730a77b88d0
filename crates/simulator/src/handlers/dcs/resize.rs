//! Changing the flavor, the number of shards or the number of replicas of an instance.

use http::StatusCode;
use serde_json::{Value, json};

use super::{
    begin, catalog, documented, field_text, field_texts, find, fits, nothing, ready, redis, refuse,
};
use crate::call::{Call, Refusal};
use crate::handlers::Outcome;
use crate::ident::Seed;
use crate::problem::dcs as refusals;
use crate::state::dcs::flavors::Mode;
use crate::state::dcs::instance::{Instance, InstanceJob, Resized};
use crate::state::dcs::takes;
use crate::state::dcs::{Addresses, Redis, RedisInstance};

/// Nodes that a shard can have.
const NODES: usize = 6;

pub(super) fn resize(call: &Call<'_>) -> Outcome {
    let mut redis = redis(call);
    let instance = find(call, &redis)?.clone();
    ready(call, &redis, "quiet")?;
    let change = field_text(call, "change_type");
    let (to, task) = target(call, &mut redis, &instance, change)?;
    let (_, memory) = redis.used();
    let more = (to.capacity - instance.capacity).max(0.0).ceil() as u64;
    if memory + more > redis.quota.1 {
        return Err(refuse(refusals::MEMORY_QUOTA));
    }
    let details = json!({
        "old_capacity": instance.capacity.to_string(),
        "new_capacity": to.capacity.to_string(),
        "old_cache_mode": instance.mode.name(),
        "new_cache_mode": to.mode.name(),
        "old_resource_spec_code": instance.spec_code,
        "new_resource_spec_code": to.spec_code,
        "old_replica_num": nodes(&instance.shape),
        "new_replica_num": nodes(&to.shape),
        "old_cache_type": instance.mode.name(),
        "new_cache_type": to.mode.name(),
        "is_only_adjust_charging": false,
    });
    let begin = begin(call);
    let deadline = begin.deadline(takes("instance", "resize"));
    redis.leave_task(begin.now, instance.id(), task, deadline, details);
    if let Some(instance) = redis.instance_mut(instance.id()) {
        instance.job = Some((InstanceJob::Resize(Box::new(to)), deadline));
    }
    nothing(StatusCode::NO_CONTENT)
}

/// What the instance is to become, and the name of the task.
fn target(
    call: &Call<'_>,
    redis: &mut Redis,
    instance: &Instance,
    change: Option<&str>,
) -> Result<(Resized, &'static str), Refusal> {
    let spec_code = field_text(call, "spec_code").unwrap_or_default();
    let mode = Mode::of_code(spec_code).ok_or_else(|| refuse(refusals::SPEC_CODE))?;
    let capacity = call
        .params
        .field("new_capacity")
        .and_then(Value::as_f64)
        .unwrap_or_default();
    if !mode.capacities().contains(&capacity) {
        return Err(refuse(refusals::CAPACITY));
    }
    let changes_replicas = matches!(change, Some("createReplication" | "deleteReplication"));
    if changes_replicas && capacity != instance.capacity {
        return Err(refuse(refusals::CAPACITY));
    }
    let zones = zones(call, instance)?;
    let seed = redis.seed;
    let addresses = &mut redis.addresses;
    let mut shape = instance.shape.clone();
    let other_type = mode != instance.mode;
    let task = match change {
        Some("instanceType") => {
            let movable = [Mode::Ha, Mode::RwSplit, Mode::Proxy];
            if !other_type || !movable.contains(&mode) || !movable.contains(&instance.mode) {
                return Err(refuse(refusals::OTHER_TYPE));
            }
            shape = RedisInstance::new(
                seed,
                mode.kind(),
                mode.nodes(),
                String::new(),
                "",
                addresses,
            );
            // The nodes are new, the instance is not.
            instance.shape.id.clone_into(&mut shape.id);
            rename(seed, &mut shape);
            "EXTEND"
        }
        _ if other_type => return Err(refuse(refusals::OTHER_TYPE)),
        Some("createReplication") => {
            add_replicas(zones, seed, addresses, &mut shape)?;
            "AddReplica"
        }
        Some("deleteReplication") => {
            delete_replicas(call, seed, &mut shape)?;
            serves(instance, &shape)?;
            "DelReplica"
        }
        Some("addSharding") => {
            if !matches!(mode, Mode::Cluster | Mode::Proxy) || capacity <= instance.capacity {
                return Err(refuse(refusals::NO_RESIZE));
            }
            add_shard(seed, addresses, &mut shape);
            "EXTEND"
        }
        _ if capacity == instance.capacity && spec_code == instance.spec_code => {
            return Err(refuse(refusals::NO_RESIZE));
        }
        _ => "EXTEND",
    };
    fits(mode, spec_code, capacity, nodes(&shape))?;
    shape.connect();
    let spec_code = spec_code.to_owned();
    Ok((
        Resized {
            mode,
            spec_code,
            capacity,
            shape,
        },
        task,
    ))
}

/// Nodes per shard.
fn nodes(shape: &RedisInstance) -> usize {
    shape.replicas.len() / shape.groups().len().max(1)
}

/// How many zones are named, all of which have to exist. Instances can have been made in others, which then do too.
fn zones(call: &Call<'_>, instance: &Instance) -> Result<usize, Refusal> {
    let zones = field_texts(call, "available_zones").unwrap_or_default();
    let exists = |zone: &&str| {
        catalog::is_zone(call, zone)
            || documented::is_zone(zone)
            || instance.zones.iter().any(|own| own == zone)
    };
    match zones.iter().all(exists) {
        true => Ok(zones.len()),
        false => Err(refuse(refusals::ZONES)),
    }
}

/// Whether the replicas that stay can do what replicas are for: be read from by the read-only domain name, which only
/// some kinds have, and become the master.
fn serves(instance: &Instance, shape: &RedisInstance) -> Result<(), Refusal> {
    let replicas = || shape.replicas.iter().filter(|node| !node.master);
    let is_named = matches!(instance.mode, Mode::Ha | Mode::RwSplit);
    if is_named && replicas().all(|node| instance.loses_address(&node.id)) {
        return Err(refuse(refusals::LAST_NAMED));
    }
    let useless = |group: &&str| {
        replicas()
            .filter(|node| node.group == **group)
            .all(|node| instance.priority(&node.id) == 0)
    };
    match shape.groups().iter().any(useless) {
        true => Err(refuse(refusals::ALL_ZERO)),
        false => Ok(()),
    }
}

/// Gives nodes ids that follow from the instance and their addresses.
fn rename(seed: Seed, shape: &mut RedisInstance) {
    for node in &mut shape.replicas {
        node.id = seed.uuid(&format!("replica {} {} {}", shape.id, node.group, node.ip));
    }
}

/// One replica per shard and zone.
fn add_replicas(
    zones: usize,
    seed: Seed,
    addresses: &mut Addresses,
    shape: &mut RedisInstance,
) -> Result<(), Refusal> {
    let groups = names(shape);
    if zones == 0 {
        return Err(refuse(refusals::ZONES));
    }
    if nodes(shape) + zones > NODES {
        return Err(refuse(refusals::TOO_MANY_REPLICAS));
    }
    for group in &groups {
        for _ in 0..zones {
            shape.add_replica(seed, group, false, addresses.next());
        }
    }
    Ok(())
}

/// The replica that is named, or the last one of each shard of a cluster.
fn delete_replicas(call: &Call<'_>, seed: Seed, shape: &mut RedisInstance) -> Result<(), Refusal> {
    let groups = names(shape);
    if nodes(shape) <= 2 {
        return Err(refuse(refusals::LAST_REPLICA));
    }
    let named = field_texts(call, "node_list").unwrap_or_default();
    if groups.len() > 1 && named.is_empty() {
        for group in &groups {
            let last = shape
                .replicas
                .iter()
                .rposition(|node| node.group == *group && !node.master);
            if let Some(last) = last {
                shape.replicas.remove(last);
            }
        }
        return Ok(());
    }
    let [named] = named.as_slice() else {
        return Err(refuse(refusals::NODE_LIST));
    };
    let found = shape
        .replicas
        .iter()
        .position(|node| node.id == *named || node.node_id(seed) == *named)
        .ok_or_else(|| refuse(refusals::NODE_LIST))?;
    if shape.replicas.get(found).is_some_and(|node| node.master) {
        return Err(refuse(refusals::MASTER));
    }
    shape.replicas.remove(found);
    Ok(())
}

fn add_shard(seed: Seed, addresses: &mut Addresses, shape: &mut RedisInstance) {
    let groups = names(shape);
    let copies = nodes(shape);
    let group = format!("group-{}", groups.len());
    for copy in 0..copies {
        shape.add_replica(seed, &group, copy == 0, addresses.next());
    }
}

fn names(shape: &RedisInstance) -> Vec<String> {
    shape.groups().into_iter().map(ToOwned::to_owned).collect()
}
