//! How a list comes, told from its parameters and its response.

use serde_json::{Value, json};

use super::names;
use super::node::{Node, Type};
use super::page_parameters::{LIMITS, POSITIONS};
use super::plan::Plan;
use crate::facts::Place;

/// Counts of a whole list, as their folded names end.
const TOTALS: [&str; 8] = [
    "totalcount",
    "totalrecord",
    "totalnum",
    "totalrecords",
    "total",
    "count",
    "recordcount",
    "num",
];

/// What `x-pagination` says; bounds that the parameters lack are added to them.
pub(super) fn of(plan: &mut Plan<'_>) -> Option<Value> {
    let (items, total) = answered(plan)?;
    let position = POSITIONS
        .into_iter()
        .find(|name| asked(plan, name).is_some());
    let Some(position) = position else {
        let lists = plan.method == "GET" && plan.id.starts_with("List");
        return lists.then(|| json!({ "style": "whole", "items": items }));
    };
    let limit = LIMITS
        .into_iter()
        .find(|name| asked(plan, name).is_some())
        .unwrap_or(position);
    let first = asked(plan, position).map(|node| {
        let said = node.notes.iter().any(|note| note == "default 1");
        said || node.bounds.0 == Some(1)
    });
    let style = match (position, first) {
        ("offset", Some(true)) => "page_number",
        ("offset", _) => "index",
        _ => "cur_page",
    };
    let least = i64::from(style != "index");
    if let Some(node) = asked(plan, position) {
        node.bounds.0 = node.bounds.0.or(Some(least));
        node.bounds.1 = node.bounds.1.or(Some(i64::from(i32::MAX)));
        as_sent(node);
    }
    if let Some(node) = asked(plan, limit) {
        node.bounds.0 = node.bounds.0.or(Some(1));
        as_sent(node);
    }
    let mut paging =
        json!({ "style": style, "position": position, "limit": limit, "items": items });
    if let Some(total) = total {
        paging["total"] = total.into();
    }
    Some(paging)
}

/// A bound holds for numbers, and for those that the examples have.
fn as_sent(node: &mut Node) {
    if !matches!(node.kind, Type::Integer(_)) {
        node.bounds = (None, None);
        return;
    }
    node.values.clear();
    for sample in node.samples.iter().filter_map(number) {
        node.bounds.0 = node.bounds.0.map(|least| least.min(sample));
        node.bounds.1 = node.bounds.1.map(|most| most.max(sample));
    }
}

fn number(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.parse().ok())
}

/// A number that the request carries, in the query or in the body.
fn asked<'a>(plan: &'a mut Plan<'_>, name: &str) -> Option<&'a mut Node> {
    let counts = |node: &Node| matches!(node.kind, Type::Integer(_) | Type::String);
    let parameter = plan
        .parameters
        .iter_mut()
        .find(|one| one.place == Place::Query && one.name == name && counts(&one.node));
    if let Some(parameter) = parameter {
        return Some(&mut parameter.node);
    }
    let property = plan.request.as_mut()?.property(name)?;
    counts(&property.node).then_some(&mut property.node)
}

/// The paths of the items and of their count.
fn answered(plan: &Plan<'_>) -> Option<(String, Option<String>)> {
    let response = plan.response.as_ref()?;
    let mut places: Vec<(String, &Node)> = vec![(String::new(), response)];
    for property in response.properties() {
        if let Type::Object(_) = property.node.kind {
            places.push((format!("{}.", property.name), &property.node));
        }
    }
    let list = |objects: bool| {
        places.iter().find_map(|(prefix, node)| {
            let is_list = |kind: &Type| match kind {
                Type::Array(items) => !objects || matches!(items.kind, Type::Object(_)),
                _ => false,
            };
            let lists = node
                .properties()
                .iter()
                .filter(|one| is_list(&one.node.kind));
            let first = lists.into_iter().next()?;
            Some((format!("{prefix}{}", first.name), prefix.as_str(), *node))
        })
    };
    let (items, prefix, node) = list(true).or_else(|| list(false))?;
    let count = |place: &Node, prefix: &str| {
        TOTALS.iter().find_map(|wanted| {
            let found = place.properties().iter().find(|one| {
                let scalar = matches!(one.node.kind, Type::Integer(_) | Type::String);
                scalar && names::fold(&one.name).ends_with(wanted)
            })?;
            Some(format!("{prefix}{}", found.name))
        })
    };
    let total = count(node, prefix).or_else(|| count(response, ""));
    Some((items, total))
}
