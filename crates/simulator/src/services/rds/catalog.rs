//! Where what instances are made of is to be had.

use serde_json::Value;

use super::{Databases, Scene, Valued};
use crate::records::Record;

/// The availability zones of the region, each with a value.
fn of_zones(scene: &Scene<'_>, value: impl Fn(&str) -> Value) -> Valued {
    let region = scene.call.map(|call| call.cloud.accounts.region.as_str());
    let zones = region.into_iter().flat_map(|region| {
        let zones = [format!("{region}-01"), format!("{region}-02")];
        zones.map(|zone| (zone.clone(), value(&zone)))
    });
    Ok(Some(Value::Object(zones.collect())))
}

pub(super) fn zones(scene: &Scene<'_>, _: Option<&Record>, _: &Databases) -> Valued {
    of_zones(scene, |_| Value::from("normal"))
}

pub(super) fn zone_names(scene: &Scene<'_>, _: Option<&Record>, _: &Databases) -> Valued {
    of_zones(scene, |zone| Value::from(zone))
}
