//! IP whitelist and SSL.

use std::net::IpAddr;
use std::time::Duration;

use axum::http::StatusCode;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::{
    at_once, bad_field, begin, field_text, find, find_mut, good, idle, moment, nothing, redis,
    refuse,
};
use crate::call::{Call, Refusal};
use crate::clock::later;
use crate::digits::number;
use crate::handlers::Outcome;
use crate::objects::Style;
use crate::problem::dcs as refusals;
use crate::state::dcs::instance::Instance;
use crate::state::dcs::security::{WHITELIST_LIMIT, Whitelist};
use crate::state::dcs::timing::Takes;

const YEAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);

pub(super) fn whitelist(call: &Call<'_>) -> Outcome {
    let redis = redis(call);
    let instance = find(call, &redis)?;
    let groups: Vec<Value> = instance
        .whitelist
        .groups
        .iter()
        .map(|(name, addresses)| json!({ "group_name": name, "ip_list": addresses }))
        .collect();
    good(&json!({
        "instance_id": instance.id(),
        "enable_whitelist": instance.whitelist.enabled,
        "whitelist": groups,
        "whitelist_ip_limit_num": WHITELIST_LIMIT,
    }))
}

pub(super) fn set_whitelist(call: &Call<'_>) -> Outcome {
    let mut redis = redis(call);
    let instance = find_mut(call, &mut redis)?;
    idle(instance)?;
    if field_text(call, "instance_id").is_some_and(|id| id != instance.id()) {
        return Err(bad_field("instance_id", "the path names another instance"));
    }
    let mut groups: Vec<(String, Vec<String>)> = Vec::new();
    let wanted = call.params.field("whitelist").and_then(Value::as_array);
    for group in wanted.into_iter().flatten() {
        let name = group
            .get("group_name")
            .and_then(Value::as_str)
            .unwrap_or_default();
        if name.is_empty() || groups.iter().any(|(other, _)| other == name) {
            return Err(bad_field("group_name", "it is empty or there twice"));
        }
        let list = group.get("ip_list").and_then(Value::as_array);
        let texts = list.into_iter().flatten().filter_map(Value::as_str);
        let addresses: Vec<String> = texts
            .flat_map(|text| text.split(','))
            .map(|text| text.trim().to_owned())
            .collect();
        if let Some(bad) = addresses.iter().find(|text| !is_network(text)) {
            return Err(bad_field(
                "ip_list",
                &format!("{bad} is no address or network"),
            ));
        }
        groups.push((name.to_owned(), addresses));
    }
    if groups.iter().map(|(_, list)| list.len()).sum::<usize>() > WHITELIST_LIMIT {
        return Err(bad_field("ip_list", "there are more than 20 addresses"));
    }
    let enabled = call.params.field("enable_whitelist") == Some(&Value::Bool(true));
    instance.whitelist = Whitelist { enabled, groups };
    let id = instance.id().to_owned();
    let begin = at_once(call);
    redis.tasks.add(
        begin,
        &id,
        "AddWhitelist",
        begin.course(Takes::Change),
        json!({}),
    );
    nothing(StatusCode::NO_CONTENT)
}

/// An address or a network, but not all of them.
fn is_network(text: &str) -> bool {
    let (address, length) = match text.split_once('/') {
        Some((address, length)) => (address, Some(length)),
        None => (text, None),
    };
    let Ok(address) = address.parse::<IpAddr>() else {
        return false;
    };
    let most = if address.is_ipv4() { 32 } else { 128 };
    match length {
        None => !address.is_unspecified(),
        Some(length) => number(length).is_some_and(|length: u8| (1..=most).contains(&length)),
    }
}

/// Whether the instance can encrypt at all.
fn capable(instance: &Instance) -> Result<(), Refusal> {
    match instance.has_ssl() {
        true => Ok(()),
        false => Err(refuse(refusals::NO_SSL)),
    }
}

pub(super) fn ssl(call: &Call<'_>) -> Outcome {
    let redis = redis(call);
    let instance = find(call, &redis)?;
    capable(instance)?;
    if !instance.ssl.enabled {
        return nothing(StatusCode::NO_CONTENT);
    }
    good(&json!({
        "enabled": true,
        "ip": instance.shape.ip,
        // There is no IPv6 here.
        "ipv6": "",
        "port": instance.port.to_string(),
        "domain_name": format!("{}:{}", instance.domain_name(), instance.port),
        "ssl_expired_at": moment(later(instance.created, YEAR)),
        "ssl_validated": call.now() < later(instance.created, YEAR),
    }))
}

pub(super) fn set_ssl(call: &Call<'_>) -> Outcome {
    let mut redis = redis(call);
    let instance = find_mut(call, &mut redis)?;
    capable(instance)?;
    idle(instance)?;
    if instance.ssl.change.is_some() {
        return Err(refuse(refusals::STATE));
    }
    let enabled = call.params.field("enabled") == Some(&Value::Bool(true));
    let begin = begin(call);
    let course = begin.course(Takes::Change);
    instance.ssl.change = Some((enabled, course));
    let id = instance.id().to_owned();
    let details = json!({ "enable_ssl": enabled });
    let job = redis.tasks.add(begin, &id, "UpdateSsl", course, details);
    good(&json!({ "job_id": job, "instance_id": id }))
}

pub(super) fn certificate(call: &Call<'_>) -> Outcome {
    let redis = redis(call);
    let instance = find(call, &redis)?;
    capable(instance)?;
    let world = call.world;
    let bucket = format!("certificates-{}", world.options.region);
    let name = format!("ssl-{}.zip", instance.id());
    let key = format!("{}{name}", world.certificates(instance.id()));
    // Nobody reads what is in a certificate here; it has the lines of a log.
    let day = TimeZone::UTC.to_datetime(instance.created).date();
    world.store.put(&key, Style::RedisRun, day);
    let link = call.link(&key, world.options.redis_link_lifetime);
    good(&json!({ "bucket_name": bucket, "file_name": name, "link": format!("http://{link}") }))
}
