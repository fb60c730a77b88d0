//! Diagnosis reports. No operation makes one; instances that are there from the start have one each.

use std::time::Duration;

use serde_json::{Value, json};

use super::{bad_path, find, good, moment, redis, shown};
use crate::call::Call;
use crate::clock::earlier;
use crate::handlers::Outcome;
use crate::state::dcs::instance::Instance;

/// What a diagnosis looks back on.
const SPAN: Duration = Duration::from_secs(10 * 60);

/// Dimensions with their items. One item of the first node is abnormal.
const DIMENSIONS: [(&str, &[&str]); 3] = [
    ("load", &["cpu_usage", "time_consuming_commands"]),
    (
        "storage",
        &[
            ABNORMAL,
            "persistence",
            "centralized_expiration",
            "memory_usage",
            "hit_ratio",
        ],
    ),
    ("network", &["connection_num", "rx_controlled"]),
];
const ABNORMAL: &str = "inner_memory_fragmentation";

pub(super) fn list(call: &Call<'_>) -> Outcome {
    let redis = redis(call);
    let instance = find(call, &redis)?;
    let reports: Vec<Value> = instance
        .report_id(redis.seed)
        .zip(instance.diagnosed)
        .map(|(id, time)| {
            json!({
                "report_id": id,
                "status": "finished",
                "begin_time": moment(earlier(time, SPAN)),
                "end_time": moment(time),
                "created_at": moment(time),
                "node_num": instance.shape.replicas.len(),
                "abnormal_item_sum": 1,
                "failed_item_sum": 0,
            })
        })
        .into_iter()
        .collect();
    let page: Vec<&Value> = shown(call, reports.iter()).collect();
    good(&json!({ "diagnosis_report_list": page, "total_num": reports.len() }))
}

pub(super) fn show(call: &Call<'_>) -> Outcome {
    let redis = redis(call);
    let wanted = call.params.text("report_id");
    let instance = redis
        .instances
        .iter()
        .filter(|_| call.in_main_project())
        .find(|one| one.report_id(redis.seed).as_deref() == wanted)
        .ok_or_else(|| bad_path("report_id"))?;
    let nodes: Vec<Value> = (0..instance.shape.replicas.len())
        .filter_map(|place| node(instance, place))
        .collect();
    good(&json!({
        "abnormal_item_sum": 1,
        "failed_item_sum": 0,
        "diagnosis_node_report_list": nodes,
    }))
}

fn node(instance: &Instance, place: usize) -> Option<Value> {
    let node = instance.shape.replicas.get(place)?;
    let abnormal = place == 0;
    let dimensions: Vec<Value> = DIMENSIONS
        .iter()
        .map(|(name, items)| {
            let found = abnormal && items.contains(&ABNORMAL);
            let items: Vec<Value> = items.iter().map(|name| item(name, abnormal)).collect();
            json!({
                "name": name,
                "abnormal_num": u8::from(found),
                "failed_num": 0,
                "diagnosis_item_list": items,
            })
        })
        .collect();
    Some(json!({
        "node_ip": format!("{}:{}", node.ip, instance.port),
        "az_code": instance.zones.first(),
        "group_name": node.group,
        "abnormal_sum": u8::from(abnormal),
        "failed_sum": 0,
        "role": if node.master { "master" } else { "slave" },
        "diagnosis_dimension_list": dimensions,
        "command_time_taken_list": {
            "total_num": 2,
            "total_usec_sum": 22.519,
            "result": "succeed",
            "error_code": null,
            "command_list": [
                { "command_name": "info", "calls_sum": 329, "usec_sum": 20.732, "per_usec": "92.06%", "average_usec": 0.063 },
                { "command_name": "ping", "calls_sum": 1788, "usec_sum": 1.787, "per_usec": "7.94%", "average_usec": 0.001 },
            ],
        },
    }))
}

/// An item; what is abnormal has a cause, an impact and an advice, by their documented numbers.
fn item(name: &str, abnormal: bool) -> Value {
    let found = abnormal && name == ABNORMAL;
    let conclusion = |id: u8| found.then(|| json!([{ "id": id, "params": null }]));
    json!({
        "name": name,
        "result": if found { "abnormal" } else { "normal" },
        "cause_ids": conclusion(7),
        "impact_ids": conclusion(3),
        "advice_ids": conclusion(4),
        "error_code": null,
    })
}
