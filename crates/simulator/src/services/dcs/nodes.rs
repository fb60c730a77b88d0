//! Shards, their nodes, and what is monitored.

use http::StatusCode;
use serde_json::{Value, json};

use super::flavors::Mode;
use super::state::INSTANCE;
use super::{
    Redis, RedisInstance, RedisKind, Replica, find, good, hold, instances, job, known, nothing,
    ready, redis, refuse,
};
use crate::call::{Call, CallError};
use crate::engine::list;
use crate::records::Record;
use crate::seed::Seed;
use crate::services::{Outcome, States};

const PRIMARY: &str = "dcs_instance_id";
const NODE: &str = "dcs_cluster_redis_node";

/// The zone of a node: those of the instance in turn.
fn zone(instance: &Record, place: usize) -> &str {
    let zones = instance.texts("az_codes");
    let place = place % zones.len().max(1);
    zones.get(place).copied().unwrap_or_default()
}

fn dimensions(seed: Seed, instance: &Record, node: &Replica) -> Value {
    json!([
        { "name": PRIMARY, "value": instance.id },
        { "name": NODE, "value": node.metric_id(seed) },
    ])
}

pub(super) fn groups(call: &Call<'_>, states: &States) -> Outcome {
    let redis = redis(call, states);
    let (seed, instance) = (redis.seed, find(call, &redis)?);
    let shape = RedisInstance::of(instance);
    let mut groups = match shape.kind {
        RedisKind::Single => Vec::new(),
        _ => shape.groups(),
    };
    call.drop_latest(&mut groups);
    let node = |(place, node): (usize, &Replica)| {
        json!({
            "replication_id": node.id,
            "replication_ip": node.ip,
            "replication_role": node.role(),
            "is_replication": false,
            "status": "Active",
            "node_id": node.node_id(seed),
            "az_code": zone(instance, place),
            "dimensions": dimensions(seed, instance, node),
        })
    };
    let group = |group: String| {
        let nodes = shape.shard(&group).enumerate().map(node);
        json!({
            "group_id": shape.group_id(seed, &group),
            "group_name": group,
            "replication_list": nodes.collect::<Vec<_>>(),
        })
    };
    list(call, groups, group, &Value::Null)
}

pub(super) fn of_all(call: &Call<'_>, states: &States) -> Outcome {
    let redis = redis(call, states);
    let mut found = instances(call, &redis);
    call.drop_latest(&mut found);
    let describe = |instance: &Record| {
        let mut shape = RedisInstance::of(instance);
        let status = known::status(instance, call.now());
        // An instance that is being made shows none yet.
        if status == "CREATING" || status == "CREATEFAILED" {
            shape.replicas.clear();
        }
        let nodes = shape.replicas.iter().enumerate();
        let nodes = nodes.map(|(place, node)| {
            json!({
                "logical_node_id": redis.seed.hex32(&format!("logical node {}", node.id)),
                "name": node.name(),
                "status": "Active",
                "az_code": zone(instance, place),
                "node_role": "redis-server",
                "node_type": node.role(),
                "node_ip": node.ip,
                "node_port": instance.number("port").to_string(),
                "node_id": node.node_id(redis.seed),
                "priority_weight": node.weight,
                "is_access": true,
                "group_id": shape.group_id(redis.seed, &node.group),
                "group_name": node.group,
                "is_remove_ip": node.is_hidden(call.now()),
                "replication_id": node.id,
                "dimensions": dimensions(redis.seed, instance, node),
            })
        });
        let nodes: Vec<Value> = nodes.collect();
        json!({ "instance_id": instance.id, "node_count": nodes.len(), "nodes": nodes })
    };
    list(call, found, describe, &Value::Null)
}

fn monitored_instance(call: &Call<'_>, instance: &Record) -> Value {
    json!({
        PRIMARY: instance.id,
        "name": instance.text("name"),
        "status": known::status(instance, call.now()),
    })
}

pub(super) fn monitored(call: &Call<'_>, states: &States) -> Outcome {
    let redis = redis(call, states);
    let describe = |instance| monitored_instance(call, instance);
    list(call, instances(call, &redis), describe, &Value::Null)
}

pub(super) fn monitored_of_instance(call: &Call<'_>, states: &States) -> Outcome {
    let redis = redis(call, states);
    let instance = find(call, &redis)?;
    let shown = monitored_instance(call, instance);
    let shape = RedisInstance::of(instance);
    let nodes = shape.replicas.iter().map(|node| {
        let mut shown = shown.clone();
        shown["name"] = Value::from(node.name());
        shown[NODE] = Value::from(node.metric_id(redis.seed));
        shown
    });
    let nodes: Vec<Value> = nodes.collect();
    // The example is of a cluster. Other instances have nodes, too, but none that are monitored.
    let mut body = call.operation.example.body.clone().unwrap_or_default();
    body["instances"] = json!([shown]);
    body[NODE] = Value::from(nodes);
    if shape.kind != RedisKind::Cluster {
        body["children"] = json!([]);
        body.as_object_mut().map(|body| body.remove(NODE));
    }
    good(&body)
}

/// The shape of the instance in the path, if it can be changed, with the place of the replica in the path. Ids of
/// replicas are taken for those of their nodes.
fn replica(call: &Call<'_>, redis: &Redis) -> Result<(RedisInstance, usize), CallError> {
    let shape = RedisInstance::of(ready(call, redis, "idle")?);
    let text = |name: &str| call.params.text(name).unwrap_or_default();
    let place = shape.replicas.iter().position(|node| {
        shape.group_id(redis.seed, &node.group) == text("group_id")
            && (node.node_id(redis.seed) == text("node_id") || node.id == text("node_id"))
    });
    let place = place.ok_or_else(|| refuse("DCS.3053"))?;
    let is_master = shape.replicas.get(place).is_some_and(|node| node.master);
    hold(!is_master, "DCS.4027")?;
    Ok((shape, place))
}

/// Changes a node of an instance.
fn change(redis: &mut Redis, id: &str, place: usize, name: &str, value: Value) {
    let instance = redis.instance_mut(id);
    let nodes = instance.and_then(|instance| instance.fields.get_mut("nodes"));
    if let Some(node) = nodes.and_then(|nodes| nodes.get_mut(place)) {
        node[name] = value;
    }
}

pub(super) fn set_priority(call: &Call<'_>, states: &States) -> Outcome {
    let weight = call.params.field("slave_priority_weight");
    let weight = weight.filter(|weight| weight.is_u64());
    let weight = weight.ok_or_else(|| refuse("DCS.4939"))?;
    let mut redis = redis(call, states);
    let (mut shape, place) = replica(call, &redis)?;
    let chosen = shape.replicas.remove(place);
    let mut others = shape.shard(&chosen.group).filter(|node| !node.master);
    hold(
        *weight != 0 || others.any(|node| node.weight != 0),
        "DCS.4253",
    )?;
    change(&mut redis, &shape.id, place, "weight", weight.clone());
    nothing(StatusCode::NO_CONTENT)
}

pub(super) fn remove_ip(call: &Call<'_>, states: &States) -> Outcome {
    let mut redis = redis(call, states);
    let (mut shape, place) = replica(call, &redis)?;
    let chosen = shape.replicas.remove(place);
    let now = call.now();
    hold(!chosen.loses_address(now), "DCS.4998")?;
    let mut others = shape.replicas.iter().filter(|node| !node.master);
    let mode = find(call, &redis)?.text("cache_mode");
    // Only some kinds have a read-only domain name, which has to lead somewhere.
    let is_named = Mode::named(mode).is_some_and(|mode| mode.readonly_domain_name);
    hold(
        !is_named || others.any(|node| !node.loses_address(now)),
        "DCS.4879",
    )?;
    let details = json!({ "replica_ip": chosen.ip, "group_name": chosen.group });
    let job = job(call, INSTANCE, "change");
    let task = redis.leave_task(&shape.id, &job, ("RemoveIpFromDns", details));
    let deadline = serde_json::to_value(job.deadline).unwrap_or_default();
    change(&mut redis, &shape.id, place, "hidden", deadline);
    good(&json!({ "job_id": task }))
}
