//! Changing the flavor, the number of shards or the number of replicas of an instance.

use http::StatusCode;
use serde_json::{Value, json};

use super::flavors::{self, Mode};
use super::state::INSTANCE;
use super::{
    Redis, RedisInstance, Replica, catalog, hold, job, known, nothing, ready, redis, refuse,
};
use crate::call::{Call, CallError};
use crate::records::Record;
use crate::seed::Seed;
use crate::services::{Outcome, States};

/// Nodes that a shard can have.
const NODES: usize = 6;

pub(super) fn resize(call: &Call<'_>, states: &States) -> Outcome {
    let mut redis = redis(call, states);
    let instance = ready(call, &redis, "quiet")?.clone();
    let code = call.field_text("spec_code").unwrap_or_default();
    let mode = Mode::of_code(code)?;
    let wanted = call.params.field("new_capacity");
    let new = wanted.and_then(Value::as_f64).unwrap_or_default();
    let old = known::capacity(&instance);
    mode.has_capacity(new)?;
    let before = RedisInstance::of(&instance);
    let (after, task) = target(call, &mut redis, &instance, (mode, code, new))?;
    mode.takes(code, new, after.copies())?;
    let more = (new - old).max(0.0).ceil() as u64;
    hold(redis.used().1 + more <= redis.quota.1, "DCS.4036")?;
    let (old_mode, old_code) = (instance.text("cache_mode"), instance.text("spec_code"));
    let details = json!({
        "old_capacity": old.to_string(),
        "new_capacity": new.to_string(),
        "old_cache_mode": old_mode,
        "new_cache_mode": mode.name,
        "old_resource_spec_code": old_code,
        "new_resource_spec_code": code,
        "old_replica_num": before.copies(),
        "new_replica_num": after.copies(),
        "old_cache_type": old_mode,
        "new_cache_type": mode.name,
        "is_only_adjust_charging": false,
    });
    let then = json!({
        "cache_mode": mode.name, "spec_code": code, "exact_capacity": wanted, "nodes": after.nodes(),
    });
    let job = job(call, INSTANCE, "resize");
    redis.leave_task(&instance.id, &job, (task, details));
    redis.begin(&instance.id, job, then);
    nothing(StatusCode::NO_CONTENT)
}

/// The nodes that the instance is to have, and the name of the task.
fn target(
    call: &Call<'_>,
    redis: &mut Redis,
    instance: &Record,
    (mode, code, capacity): (&Mode, &str, f64),
) -> Result<(RedisInstance, &'static str), CallError> {
    let change = call.field_text("change_type");
    let (seed, addresses) = (redis.seed, &mut redis.addresses);
    let mut shape = RedisInstance::of(instance);
    let grows = capacity - known::capacity(instance);
    if matches!(change, Some("createReplication" | "deleteReplication")) {
        hold(grows == 0.0, "DCS.4012")?;
    }
    let zones = zones(call, instance)?;
    let old_mode = instance.text("cache_mode");
    if change == Some("instanceType") {
        let is_movable = |mode: &str| matches!(mode, "ha" | "ha_rw_split" | "proxy");
        let is_moved = old_mode != mode.name && is_movable(old_mode) && is_movable(&mode.name);
        hold(is_moved, "DCS.4200")?;
        shape.build(seed, mode, addresses);
        return Ok((shape, "EXTEND"));
    }
    hold(old_mode == mode.name, "DCS.4200")?;
    let groups = shape.groups();
    let copies = shape.copies();
    match change {
        // One replica per shard and zone.
        Some("createReplication") => {
            hold(zones > 0, "DCS.4933")?;
            hold(copies + zones <= NODES, "DCS.4875")?;
            for group in &groups {
                (0..zones).for_each(|_| shape.add(seed, group, false, addresses.next()));
            }
            Ok((shape, "AddReplica"))
        }
        Some("deleteReplication") => {
            hold(copies > 2, "DCS.4937")?;
            delete_replicas(&mut shape, &groups, &call.field_texts("node_list"), seed)?;
            serves(call, mode, &shape)?;
            Ok((shape, "DelReplica"))
        }
        Some("addSharding") => {
            let is_cluster = matches!(mode.name.as_str(), "cluster" | "proxy");
            hold(is_cluster && grows > 0.0, "DCS.4103")?;
            for copy in 0..copies {
                let group = format!("group-{}", groups.len());
                shape.add(seed, &group, copy == 0, addresses.next());
            }
            Ok((shape, "EXTEND"))
        }
        _ => {
            let is_other = grows != 0.0 || code != instance.text("spec_code");
            hold(is_other, "DCS.4103")?;
            Ok((shape, "EXTEND"))
        }
    }
}

/// How many zones are named, all of which have to exist. Instances can have been made in others, which then do too.
fn zones(call: &Call<'_>, instance: &Record) -> Result<usize, CallError> {
    let zones = call.field_texts("available_zones");
    let exists = |zone: &&str| {
        catalog::is_zone(call, zone)
            || flavors::is_documented_zone(zone)
            || instance.texts("az_codes").contains(zone)
    };
    hold(zones.iter().all(exists), "DCS.4933")?;
    Ok(zones.len())
}

/// Whether the replicas that stay can do what replicas are for: be read from by the read-only domain name, which only
/// some kinds have, and become the master.
fn serves(call: &Call<'_>, mode: &Mode, shape: &RedisInstance) -> Result<(), CallError> {
    let mut replicas = shape.replicas.iter().filter(|node| !node.master);
    let is_named = replicas.any(|node| !node.loses_address(call.now()));
    hold(is_named || !mode.readonly_domain_name, "DCS.4935")?;
    let can_lead = |group: &String| {
        shape
            .shard(group)
            .any(|node| !node.master && node.weight > 0)
    };
    hold(shape.groups().iter().all(can_lead), "DCS.4253")
}

/// Deletes the replica that is named, or the last one of each shard of a cluster.
fn delete_replicas(
    shape: &mut RedisInstance,
    groups: &[String],
    named: &[&str],
    seed: Seed,
) -> Result<(), CallError> {
    let nodes = &mut shape.replicas;
    if groups.len() > 1 && named.is_empty() {
        for group in groups {
            let is_replica = |node: &Replica| node.group == *group && !node.master;
            if let Some(last) = nodes.iter().rposition(is_replica) {
                nodes.remove(last);
            }
        }
        return Ok(());
    }
    let [named] = named else {
        return Err(refuse("DCS.4930"));
    };
    let is_named = |node: &Replica| node.id == *named || node.node_id(seed) == *named;
    let found = nodes.iter().find(|node| is_named(node));
    hold(!found.ok_or_else(|| refuse("DCS.4930"))?.master, "DCS.4936")?;
    nodes.retain(|node| !is_named(node));
    Ok(())
}
