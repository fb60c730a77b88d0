//! What diagnosis reports say.

use std::time::Duration;

use serde_json::{Value, json};

use super::kept::{Scene, Valued};
use super::moment;
use crate::clock::earlier;
use crate::records::Record;
use crate::state::dcs::Redis;
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

pub(super) fn begin(_: &Scene<'_>, report: Option<&Record>, _: &Redis) -> Valued {
    Ok(report.map(|report| Value::from(moment(earlier(report.created, SPAN)))))
}

/// What a report says of each node.
pub(super) fn nodes(_: &Scene<'_>, report: Option<&Record>, redis: &Redis) -> Valued {
    let instance = report.and_then(|report| redis.instance(&report.parent));
    let nodes = instance.map(|instance| {
        let places = 0..instance.shape.replicas.len();
        let nodes: Vec<Value> = places.filter_map(|place| node(instance, place)).collect();
        Value::from(nodes)
    });
    Ok(nodes)
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
