//! Making and changing instances.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::net::Ipv4Addr;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::kept::plant_new;
use super::schedules::{policy, window};
use super::templates::of_template;
use super::{
    at_once, bad_field, begin, field_text, field_texts, find, find_mut, fits, good, is_ready,
    makes_things, nothing, redis, refuse,
};
use crate::call::{Call, Refusal};
use crate::handlers::Outcome;
use crate::problem::dcs as refusals;
use crate::records::JobStart;
use crate::state::dcs::flavors::{Mode, VERSIONS};
use crate::state::dcs::instance::{Instance, InstanceJob, Policy};
use crate::state::dcs::security::{Login, is_complex};
use crate::state::dcs::takes;
use crate::state::dcs::{Redis, RedisInstance};

/// What is asked for, checked.
struct Order {
    mode: Mode,
    capacity: f64,
    version: String,
    window: (String, String),
    password: Option<String>,
    tags: BTreeMap<String, String>,
    policy: Option<Value>,
}

pub(super) fn create(call: &Call<'_>) -> Outcome {
    makes_things(call)?;
    let order = order(call)?;
    let name = field_text(call, "name").unwrap_or_default();
    let field = |name: &str| call.params.field(name);
    let count = field("instance_num").and_then(Value::as_u64).unwrap_or(1);
    let names: Vec<String> = match count {
        0 | 1 => vec![name.to_owned()],
        _ if name.len() > 56 => return Err(refuse(refusals::NAME)),
        _ => (0..count)
            .map(|number| format!("{name}-{number:03}"))
            .collect(),
    };
    let mut redis = redis(call);
    free(&redis, &names)?;
    let (instances, memory) = redis.used();
    if instances + count.max(1) > redis.quota.0 {
        return Err(refuse(refusals::INSTANCE_QUOTA));
    }
    if memory + (order.capacity * count.max(1) as f64).ceil() as u64 > redis.quota.1 {
        return Err(refuse(refusals::MEMORY_QUOTA));
    }
    if let Some(address) = address(call, &redis, names.len())? {
        redis.addresses.choose(address);
    }
    if let Some(password) = &order.password {
        redis.remember(password);
    }
    let begin = begin(call);
    let mut made = Vec::new();
    for name in names {
        let instance = instance(call, &mut redis, &order, name, begin);
        made.push(json!({ "instance_id": instance.id(), "instance_name": instance.shape.name }));
        let deadline = begin.deadline(takes("instance", "create"));
        redis.leave_task(begin.now, instance.id(), "CREATE", deadline, json!({}));
        let id = instance.id().to_owned();
        redis.instances.push(instance);
        plant_new(&mut redis, &id, begin.now);
        // A template that is not known here is one of the system; all of those have the defaults.
        let template = field_text(call, "template_id").unwrap_or_default();
        let template = redis.store.get("template", template).map(of_template);
        for (name, value) in template.into_iter().flatten() {
            redis.set_parameter(&id, &name, value.as_str().unwrap_or_default());
        }
    }
    good(&json!({ "instances": made }))
}

fn order(call: &Call<'_>) -> Result<Order, Refusal> {
    let field = |name: &str| call.params.field(name);
    if !field_text(call, "engine").is_some_and(|engine| engine.eq_ignore_ascii_case("redis")) {
        return Err(refuse(refusals::ENGINE));
    }
    let version = field_text(call, "engine_version").ok_or_else(|| refuse(refusals::VERSION))?;
    if !VERSIONS.contains(&version) {
        return Err(refuse(refusals::VERSION));
    }
    let code = field_text(call, "spec_code").unwrap_or_default();
    let mode = Mode::of_code(code).ok_or_else(|| refuse(refusals::SPEC_CODE))?;
    let capacity = field("capacity")
        .and_then(Value::as_f64)
        .unwrap_or_default();
    if !mode.capacities().contains(&capacity) {
        return Err(refuse(refusals::CAPACITY));
    }
    fits(mode, code, capacity, mode.nodes().1)?;
    for (name, refusal) in [("vpc_id", refusals::VPC), ("subnet_id", refusals::SUBNET)] {
        if field_text(call, name).is_none_or(str::is_empty) {
            return Err(refuse(refusal));
        }
    }
    // Any name will do: the documented examples name zones that no region has.
    if field_texts(call, "az_codes").is_none_or(|zones| zones.is_empty() || zones.contains(&"")) {
        return Err(refuse(refusals::NO_ZONE));
    }
    let open = field("no_password_access").and_then(Value::as_bool) == Some(true);
    let password = field_text(call, "password").filter(|password| !password.is_empty());
    let password = match (open, password) {
        (true, _) => None,
        (false, None) => return Err(refuse(refusals::NO_PASSWORD)),
        (false, Some(password)) if !is_complex(password) => {
            return Err(refuse(refusals::PASSWORD));
        }
        (false, Some(password)) => Some(password.to_owned()),
    };
    Ok(Order {
        mode,
        capacity,
        version: version.to_owned(),
        window: window(call)?.unwrap_or_else(|| ("18:00:00".to_owned(), "19:00:00".to_owned())),
        password,
        tags: tags(call)?,
        policy: policy(call, mode)?,
    })
}

/// The tags in the body, each key once.
fn tags(call: &Call<'_>) -> Result<BTreeMap<String, String>, Refusal> {
    let wanted = call.params.field("tags").and_then(Value::as_array);
    let mut tags = BTreeMap::new();
    for tag in wanted.into_iter().flatten() {
        let text = |name: &str| tag.get(name).and_then(Value::as_str).unwrap_or_default();
        let before = tags.insert(text("key").to_owned(), text("value").to_owned());
        if before.is_some() {
            return Err(bad_field("tags", "a key is there twice"));
        }
    }
    Ok(tags)
}

/// The address that the instance shall have, if one is asked for.
fn address<'a>(
    call: &'a Call<'_>,
    redis: &Redis,
    instances: usize,
) -> Result<Option<&'a str>, Refusal> {
    let Some(text) = field_text(call, "private_ip").filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    if text.parse::<Ipv4Addr>().is_err() {
        return Err(bad_field("private_ip", "it is no IPv4 address"));
    }
    if instances > 1 {
        return Err(bad_field("private_ip", "several instances cannot share it"));
    }
    match redis.has_address(text) {
        true => Err(bad_field("private_ip", "a node has it already")),
        false => Ok(Some(text)),
    }
}

fn instance(
    call: &Call<'_>,
    redis: &mut Redis,
    order: &Order,
    name: String,
    begin: JobStart,
) -> Instance {
    let seed = redis.seed;
    let mode = order.mode;
    let label = format!("made {}", redis.number());
    let addresses = &mut redis.addresses;
    let mut shape = RedisInstance::new(seed, mode.kind(), mode.nodes(), name, &label, addresses);
    let private = field_text(call, "private_ip").filter(|ip| !ip.is_empty());
    if let (Some(ip), Some(first)) = (private, shape.replicas.first_mut()) {
        ip.clone_into(&mut first.ip);
        shape.connect();
    }
    let owned = |name: &str| {
        field_text(call, name)
            .filter(|text| !text.is_empty())
            .map(ToOwned::to_owned)
    };
    // One documented example has a number.
    let project = call.params.field("enterprise_project_id");
    let project = project.map(|id| {
        id.as_str()
            .map_or_else(|| id.to_string(), ToOwned::to_owned)
    });
    Instance {
        mode,
        spec_code: owned("spec_code").unwrap_or_default(),
        capacity: order.capacity,
        version: order.version.clone(),
        description: owned("description"),
        port: call
            .params
            .field("port")
            .and_then(Value::as_u64)
            .unwrap_or(6379),
        vpc_id: owned("vpc_id").unwrap_or_default(),
        subnet_id: owned("subnet_id").unwrap_or_default(),
        security_group_id: owned("security_group_id"),
        zones: field_texts(call, "az_codes")
            .unwrap_or_default()
            .into_iter()
            .map(ToOwned::to_owned)
            .collect(),
        window: order.window.clone(),
        enterprise_project: (
            project.unwrap_or_else(|| "0".to_owned()),
            owned("enterprise_project_name").unwrap_or_else(|| "default".to_owned()),
        ),
        policy: order.policy.clone().map(|value| Policy {
            id: seed.uuid(&format!("policy {}", shape.id)),
            created: begin.now,
            updated: begin.now,
            value,
        }),
        created: begin.now,
        updated: begin.now,
        tags: order.tags.clone(),
        login: Login::new(order.password.as_deref()),
        keys: 0,
        priorities: HashMap::new(),
        hidden: HashSet::new(),
        hiding: HashMap::new(),
        job: Some((
            InstanceJob::Create,
            begin.deadline(takes("instance", "create")),
        )),
        broken: None,
        shape,
    }
}

/// Whether no instance has one of these names.
fn free(redis: &Redis, names: &[String]) -> Result<(), Refusal> {
    let taken = |name: &String| redis.instances.iter().any(|one| one.shape.name == *name);
    match names.iter().any(taken) {
        true => Err(refuse(refusals::NAME_TAKEN)),
        false => Ok(()),
    }
}

pub(super) fn update(call: &Call<'_>) -> Outcome {
    let mut redis = redis(call);
    let (name, mode) = {
        let instance = find(call, &redis)?;
        is_ready(call, &redis, instance, "idle")?;
        (instance.shape.name.clone(), instance.mode)
    };
    let new_name = field_text(call, "name").filter(|new| *new != name);
    if let Some(new) = new_name {
        free(&redis, &[new.to_owned()])?;
    }
    let window = window(call)?;
    let policy = policy(call, mode)?;
    let port = call.params.field("port").and_then(Value::as_u64);
    let begin = at_once(call);
    let seed = redis.seed;
    let instance = find_mut(call, &mut redis)?;
    instance.updated = begin.now;
    if let Some(new) = new_name {
        new.clone_into(&mut instance.shape.name);
    }
    if let Some(text) = field_text(call, "description") {
        instance.description = Some(text.to_owned());
    }
    if let Some(id) = field_text(call, "security_group_id") {
        instance.security_group_id = Some(id.to_owned());
    }
    if let Some(window) = window {
        instance.window = window;
    }
    if let Some(value) = policy {
        let id = instance.id().to_owned();
        let before = instance.policy.take();
        instance.policy = Some(Policy {
            id: before.as_ref().map_or_else(
                || seed.uuid(&format!("policy {id}")),
                |policy| policy.id.clone(),
            ),
            created: before.map_or(begin.now, |policy| policy.created),
            updated: begin.now,
            value,
        });
    }
    if let Some(port) = port.filter(|port| *port != instance.port) {
        let details = json!({ "old_port": instance.port, "new_port": port });
        instance.port = port;
        let id = instance.id().to_owned();
        redis.leave_task(
            begin.now,
            &id,
            "UpdatePort",
            begin.deadline(takes("instance", "change")),
            details,
        );
    }
    nothing(StatusCode::NO_CONTENT)
}
