//! What diagnosis reports say.

use serde_json::{Value, json};

use super::{Redis, RedisInstance, Scene, Valued};
use crate::records::Record;

/// What a report says of each node: of the first one what the documented example says, of the others that they are well.
pub(super) fn nodes(scene: &Scene<'_>, report: Option<&Record>, redis: &Redis) -> Valued {
    let example = scene
        .call
        .and_then(|call| call.operation.example.body.as_ref());
    let example = example.and_then(|example| example.pointer("/diagnosis_node_report_list/0"));
    let instance = report.and_then(|report| redis.instance(&report.parent));
    let Some((example, instance)) = example.zip(instance) else {
        return Ok(None);
    };
    let shape = RedisInstance::of(instance);
    let nodes = shape.replicas.iter().enumerate().map(|(place, node)| {
        let mut report = example.clone();
        report["node_ip"] = json!(format!("{}:{}", node.ip, instance.number("port")));
        report["az_code"] = json!(instance.texts("az_codes").first());
        report["group_name"] = json!(node.group);
        report["role"] = json!(node.role());
        if place > 0 {
            report["abnormal_sum"] = json!(0);
            dimensions(&mut report);
        }
        report
    });
    Ok(Some(nodes.collect()))
}

/// Takes away what is abnormal.
fn dimensions(report: &mut Value) {
    fn each<'a>(value: &'a mut Value, list: &str) -> impl Iterator<Item = &'a mut Value> + use<'a> {
        let list = value.get_mut(list).and_then(Value::as_array_mut);
        list.into_iter().flatten()
    }
    for dimension in each(report, "diagnosis_dimension_list") {
        dimension["abnormal_num"] = json!(0);
        for item in each(dimension, "diagnosis_item_list") {
            for conclusion in ["cause_ids", "impact_ids", "advice_ids"] {
                item[conclusion] = Value::Null;
            }
        }
    }
}
