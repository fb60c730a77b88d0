//! How instances are chosen from.

use serde_json::{Map, Value};

use super::kept::Scene;

/// Whether the name is the one that is asked for, or has it in it.
pub(super) fn has_name(scene: &Scene<'_>, shown: &Map<String, Value>) -> bool {
    let own = shown
        .get("name")
        .and_then(Value::as_str)
        .unwrap_or_default();
    scene
        .text("name")
        .is_none_or(|wanted| match scene.text("name_equal") {
            Some("true") => own == wanted,
            _ => own.contains(wanted),
        })
}

/// Whether the status is the one that is asked for; without one, instances that could not be made are left out.
pub(super) fn is_of_status(scene: &Scene<'_>, shown: &Map<String, Value>) -> bool {
    let own = shown
        .get("status")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let failures = scene.text("include_failure") == Some("true");
    match scene.text("status") {
        Some(wanted) => own == wanted,
        None => failures || own != "CREATEFAILED",
    }
}

pub(super) fn has_address(scene: &Scene<'_>, shown: &Map<String, Value>) -> bool {
    let own = shown.get("ip").and_then(Value::as_str).unwrap_or_default();
    scene
        .text("ip")
        .is_none_or(|wanted| own.split(',').any(|own| own == wanted))
}

pub(super) fn has_capacity(scene: &Scene<'_>, shown: &Map<String, Value>) -> bool {
    let own = shown.get("exact_capacity").and_then(Value::as_f64);
    scene
        .text("capacity")
        .is_none_or(|wanted| wanted.parse().ok() == own)
}

/// Whether it has all of `key=value,key=value`; a key alone asks for any value.
pub(super) fn has_tags(scene: &Scene<'_>, shown: &Map<String, Value>) -> bool {
    let own = shown.get("tags").and_then(Value::as_array);
    let has = |pair: &str| {
        let (key, value) = match pair.split_once('=') {
            Some((key, value)) => (key, Some(value)),
            None => (pair, None),
        };
        own.into_iter()
            .flatten()
            .any(|tag| tag["key"] == key && value.is_none_or(|value| tag["value"] == value))
    };
    let wanted = scene.text("tags").unwrap_or_default();
    wanted.split(',').filter(|pair| !pair.is_empty()).all(has)
}
