//! Monitored objects.

use serde_json::{Value, json};

use super::{find, good, redis, shown};
use crate::call::Call;
use crate::handlers::Outcome;
use crate::state::dcs::RedisKind;
use crate::state::dcs::instance::Instance;

const PRIMARY: &str = "dcs_instance_id";
const NODE: &str = "dcs_cluster_redis_node";

fn children() -> Value {
    json!([{ "dim_name": NODE, "dim_route": format!("{PRIMARY},{NODE}") }])
}

fn describe(instance: &Instance) -> Value {
    json!({
        PRIMARY: instance.id(),
        "name": instance.shape.name,
        "status": instance.status(),
    })
}

pub(super) fn instances(call: &Call<'_>) -> Outcome {
    let redis = redis(call);
    let found: Vec<&Instance> = redis
        .instances
        .iter()
        .filter(|_| call.in_main_project())
        .collect();
    let page: Vec<Value> = shown(call, found.iter()).map(|one| describe(one)).collect();
    good(&json!({
        "router": [PRIMARY],
        "children": children(),
        "instances": page,
        "total": found.len(),
    }))
}

pub(super) fn nodes(call: &Call<'_>) -> Outcome {
    let redis = redis(call);
    let instance = find(call, &redis)?;
    let mut body = json!({
        "router": [PRIMARY],
        "children": [],
        "instances": [describe(instance)],
        "total": 1,
    });
    if instance.shape.kind == RedisKind::Cluster {
        let nodes = instance.shape.replicas.iter();
        let nodes: Vec<Value> = nodes
            .map(|node| {
                let role = if node.master { "master" } else { "replica" };
                json!({
                    PRIMARY: instance.id(),
                    "name": format!("({role}){}", node.ip),
                    NODE: node.metric_id(redis.seed),
                    "status": instance.status(),
                })
            })
            .collect();
        body["children"] = children();
        body[NODE] = Value::from(nodes);
    }
    good(&body)
}
