//! Shards and their nodes.

use http::StatusCode;
use serde_json::{Value, json};

use super::{begin, find, find_mut, good, nothing, ready, redis, refuse, shown};
use crate::call::{Call, Refusal};
use crate::handlers::Outcome;
use crate::problem::dcs as refusals;
use crate::state::dcs::flavors::Mode;
use crate::state::dcs::instance::Instance;
use crate::state::dcs::takes;
use crate::state::dcs::{RedisKind, Replica};

/// The zone of a node: those of the instance in turn.
fn zone(instance: &Instance, place: usize) -> &str {
    let zones = &instance.zones;
    zones
        .get(place % zones.len().max(1))
        .map_or("", String::as_str)
}

fn dimensions(call: &Call<'_>, instance: &Instance, node: &Replica) -> Value {
    json!([
        { "name": "dcs_instance_id", "value": instance.id() },
        { "name": "dcs_cluster_redis_node", "value": node.metric_id(call.cloud.seed) },
    ])
}

pub(super) fn groups(call: &Call<'_>) -> Outcome {
    let redis = redis(call);
    let instance = find(call, &redis)?;
    let mut groups = match instance.shape.kind {
        RedisKind::Single => Vec::new(),
        _ => instance.shape.groups(),
    };
    call.drop_latest(&mut groups);
    let list: Vec<Value> = groups
        .into_iter()
        .map(|group| {
            let nodes = instance
                .shape
                .replicas
                .iter()
                .filter(|node| node.group == group);
            let nodes: Vec<Value> = nodes
                .enumerate()
                .map(|(place, node)| {
                    json!({
                        "replication_id": node.id,
                        "replication_ip": node.ip,
                        "replication_role": if node.master { "master" } else { "slave" },
                        "is_replication": false,
                        "status": "Active",
                        "node_id": node.node_id(redis.seed),
                        "az_code": zone(instance, place),
                        "dimensions": dimensions(call, instance, node),
                    })
                })
                .collect();
            json!({
                "group_id": instance.shape.group_id(redis.seed, group),
                "group_name": group,
                "replication_list": nodes,
            })
        })
        .collect();
    good(&json!({ "group_count": list.len(), "group_list": list }))
}

pub(super) fn nodes(call: &Call<'_>) -> Outcome {
    let redis = redis(call);
    let mut found: Vec<&Instance> = redis
        .instances
        .iter()
        .filter(|_| call.in_main_project())
        .collect();
    call.drop_latest(&mut found);
    let page: Vec<Value> = shown(call, found.iter())
        .map(|instance| {
            // An instance that is being made shows none yet.
            let all: &[Replica] = match instance.status() {
                "CREATING" | "CREATEFAILED" => &[],
                _ => &instance.shape.replicas,
            };
            let nodes: Vec<Value> = all
                .iter()
                .enumerate()
                .map(|(place, node)| describe(call, instance, node, place))
                .collect();
            json!({ "instance_id": instance.id(), "node_count": nodes.len(), "nodes": nodes })
        })
        .collect();
    good(&json!({ "count": found.len(), "instances": page }))
}

fn describe(call: &Call<'_>, instance: &Instance, node: &Replica, place: usize) -> Value {
    let seed = call.cloud.seed;
    let role = if node.master { "master" } else { "replica" };
    json!({
        "logical_node_id": seed.hex32(&format!("logical node {}", node.id)),
        "name": format!("({role}){}", node.ip),
        "status": "Active",
        "az_code": zone(instance, place),
        "node_role": "redis-server",
        "node_type": if node.master { "master" } else { "slave" },
        "node_ip": node.ip,
        "node_port": instance.port.to_string(),
        "node_id": node.node_id(seed),
        "priority_weight": instance.priority(&node.id),
        "is_access": true,
        "group_id": instance.shape.group_id(seed, &node.group),
        "group_name": node.group,
        "is_remove_ip": instance.hidden.contains(&node.id),
        "replication_id": node.id,
        "dimensions": dimensions(call, instance, node),
    })
}

/// The replica in the path. Ids of replicas are taken for those of their nodes.
fn replica(call: &Call<'_>, instance: &Instance) -> Result<Replica, Refusal> {
    let seed = call.cloud.seed;
    let text = |name: &str| call.params.text(name).unwrap_or_default();
    let node = instance.shape.replicas.iter().find(|node| {
        instance.shape.group_id(seed, &node.group) == text("group_id")
            && (node.node_id(seed) == text("node_id") || node.id == text("node_id"))
    });
    match node {
        None => Err(refuse(refusals::NODE)),
        Some(node) if node.master => Err(refuse(refusals::NODE_UNSUPPORTED)),
        Some(node) => Ok(node.clone()),
    }
}

pub(super) fn set_priority(call: &Call<'_>) -> Outcome {
    let weight = call
        .params
        .field("slave_priority_weight")
        .and_then(Value::as_u64);
    let weight = weight.ok_or_else(|| refuse(refusals::PRIORITY))?;
    let mut redis = redis(call);
    ready(call, &redis, "idle")?;
    let instance = find_mut(call, &mut redis)?;
    let chosen = replica(call, instance)?;
    let others = instance
        .shape
        .replicas
        .iter()
        .filter(|node| node.group == chosen.group && !node.master && node.id != chosen.id);
    if weight == 0
        && others
            .map(|node| instance.priority(&node.id))
            .all(|other| other == 0)
    {
        return Err(refuse(refusals::ALL_ZERO));
    }
    instance.priorities.insert(chosen.id, weight);
    nothing(StatusCode::NO_CONTENT)
}

pub(super) fn remove_ip(call: &Call<'_>) -> Outcome {
    let mut redis = redis(call);
    ready(call, &redis, "idle")?;
    let instance = find_mut(call, &mut redis)?;
    let chosen = replica(call, instance)?;
    if instance.loses_address(&chosen.id) {
        return Err(refuse(refusals::DOMAIN_NAME_LATEST));
    }
    let named = instance
        .shape
        .replicas
        .iter()
        .filter(|node| !node.master && !instance.loses_address(&node.id));
    // Only these have a read-only domain name, which has to lead somewhere.
    if matches!(instance.mode, Mode::Ha | Mode::RwSplit) && named.count() <= 1 {
        return Err(refuse(refusals::LAST_ADDRESS));
    }
    let id = instance.id().to_owned();
    let details = json!({ "replica_ip": chosen.ip, "group_name": chosen.group });
    let begin = begin(call);
    let deadline = begin.deadline(takes("instance", "change"));
    instance.hiding.insert(chosen.id, deadline);
    let job = redis.leave_task(begin.now, &id, "RemoveIpFromDns", deadline, details);
    good(&json!({ "job_id": job }))
}
