//! Orders of instances, and what is changed about instances later.

use std::net::Ipv4Addr;

use serde_json::{Value, json};

use super::flavors::{self, Mode};
use super::login::is_complex;
use super::parameters::of_template;
use super::state::INSTANCE;
use super::{Redis, Scene, Valued, at_once, bad_field, hold, schedules};
use crate::call::{Call, CallError};
use crate::engine::State;
use crate::records::{IdForm, Record};

/// The text of a field of the order, if it is not empty.
fn given<'a>(scene: &'a Scene<'_>, name: &str) -> Option<&'a str> {
    scene.text(name).filter(|text| !text.is_empty())
}

/// How many instances are asked for.
fn count(order: Option<&Value>) -> u64 {
    order.and_then(Value::as_u64).unwrap_or(1).max(1)
}

/// The names of so many instances.
fn names(name: &str, count: u64) -> Vec<String> {
    match count {
        1 => vec![name.to_owned()],
        _ => (0..count)
            .map(|number| format!("{name}-{number:03}"))
            .collect(),
    }
}

pub(super) fn mode(scene: &Scene<'_>, _: Option<&Record>, _: &Redis) -> Valued {
    let mode = scene.text("spec_code").map(Mode::of_code).transpose()?;
    Ok(mode.map(|mode| Value::from(mode.name.as_str())))
}

/// Whether what is ordered can be had.
pub(super) fn orderable(
    scene: &Scene<'_>,
    _: Option<&Record>,
    redis: &Redis,
) -> Result<(), CallError> {
    let engine = scene.text("engine").unwrap_or_default();
    hold(engine.eq_ignore_ascii_case("redis"), "DCS.4006")?;
    let version = scene.text("engine_version").unwrap_or_default();
    hold(
        flavors::all().versions.iter().any(|own| own == version),
        "DCS.4008",
    )?;
    let code = scene.text("spec_code").unwrap_or_default();
    let mode = Mode::of_code(code)?;
    let capacity = scene
        .given("capacity")
        .and_then(Value::as_f64)
        .unwrap_or_default();
    mode.has_capacity(capacity)?;
    mode.takes(code, capacity, mode.nodes.1)?;
    hold(given(scene, "vpc_id").is_some(), "DCS.4013")?;
    hold(given(scene, "subnet_id").is_some(), "DCS.4016")?;
    // Any name will do: the documented examples name zones that no region has.
    let zones = scene.given("az_codes").and_then(Value::as_array);
    hold(
        zones.is_some_and(|zones| !zones.is_empty() && zones.iter().all(|zone| zone != "")),
        "DCS.4042",
    )?;
    let is_open = scene.given("no_password_access") == Some(&Value::Bool(true));
    let password = given(scene, "password");
    hold(is_open || password.is_some(), "DCS.4845")?;
    hold(is_open || password.is_some_and(is_complex), "DCS.4019")?;
    schedules::window(scene)?;
    let count = count(scene.given("instance_num"));
    let name = scene.text("name").unwrap_or_default();
    hold(count == 1 || name.len() <= 56, "DCS.4010")?;
    are_free(redis, &names(name, count))?;
    let ((instances, memory), quota) = (redis.used(), redis.quota);
    hold(instances + count <= quota.0, "DCS.4035")?;
    hold(
        memory + (capacity * count as f64).ceil() as u64 <= quota.1,
        "DCS.4036",
    )?;
    match given(scene, "private_ip") {
        Some(ip) if ip.parse::<Ipv4Addr>().is_err() => Err("it is no IPv4 address"),
        Some(_) if count > 1 => Err("several instances cannot share it"),
        Some(ip) if redis.has_address(ip) => Err("a node has it already"),
        _ => Ok(()),
    }
    .map_err(|why| bad_field("private_ip", why))
}

/// Whether no instance has one of these names.
fn are_free(redis: &Redis, names: &[String]) -> Result<(), CallError> {
    let mut taken = redis.instances().map(|instance| instance.text("name"));
    hold(
        !taken.any(|taken| names.iter().any(|name| name == taken)),
        "DCS.4060",
    )
}

/// Makes of the record of an order as many instances as are ordered, each with its nodes. Returns their ids.
pub(super) fn make(call: &Call<'_>, redis: &mut Redis, first: &Record) -> Vec<String> {
    let address = call.field_text("private_ip").filter(|ip| !ip.is_empty());
    if let Some(address) = address {
        redis.addresses.choose(address);
    }
    let count = count(call.params.field("instance_num"));
    let mut made = Vec::new();
    for (place, name) in names(first.text("name"), count).into_iter().enumerate() {
        let mut one = first.clone();
        one.fields.insert("name".to_owned(), Value::from(name));
        one.fields
            .insert("order".to_owned(), Value::from(first.id.as_str()));
        if place > 0 {
            one.id = redis.store_mut().id(INSTANCE, IdForm::Uuid);
        }
        redis.build(&mut one, address);
        made.push(one.id.clone());
        match redis.instance_mut(&one.id) {
            Some(stored) => *stored = one,
            None => {
                redis.store_mut().add_for_good(INSTANCE, one);
            }
        }
    }
    made
}

/// Gives instances the password and the values of the template that are ordered.
pub(super) fn set_up(call: &Call<'_>, redis: &mut Redis, instances: &[String]) {
    let is_open = call.field_truth("no_password_access") == Some(true);
    let password = call.field_text("password").filter(|_| !is_open);
    // A template that is not known here is one of the system; all of those have the defaults.
    let template = call.field_text("template_id").unwrap_or_default();
    let template = redis.store().get("template", template).map(of_template);
    for id in instances {
        redis.set_password(id, password);
        for (name, value) in template.iter().flatten() {
            redis.set_parameter(id, name, value.as_str().unwrap_or_default());
        }
    }
}

/// The instances that were made with the first one of an order.
pub(super) fn made(_: &Scene<'_>, first: Option<&Record>, redis: &Redis) -> Valued {
    let first = first.map_or("", |first| first.id.as_str());
    let made = redis.instances().filter(|one| one.text("order") == first);
    let made = made.map(|one| json!({ "instance_id": one.id, "instance_name": one.text("name") }));
    Ok(Some(made.collect()))
}

/// Whether an instance can be changed like this.
pub(super) fn changeable(
    scene: &Scene<'_>,
    instance: Option<&Record>,
    redis: &Redis,
) -> Result<(), CallError> {
    let own = instance.map_or("", |instance| instance.text("name"));
    if let Some(new) = scene.text("name").filter(|new| *new != own) {
        are_free(redis, &[new.to_owned()])?;
    }
    schedules::window(scene)
}

/// Leaves the background task of a change of the port.
pub(super) fn leave_port(call: &Call<'_>, redis: &mut Redis, instance: &Record) {
    let (new, old) = (instance.number("port"), instance.fields.get("former_port"));
    if old.is_some_and(|old| *old != new) {
        let details = json!({ "old_port": old, "new_port": new });
        redis.leave_task(&instance.id, &at_once(call), ("UpdatePort", details));
    }
}
