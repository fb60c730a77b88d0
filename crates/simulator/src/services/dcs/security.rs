//! IP whitelists, and certificates.

use std::net::IpAddr;

use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::{Redis, Scene, Valued, bad_field};
use crate::objects::Style;
use crate::parse::number;
use crate::records::Record;

/// Addresses and networks that all groups of an instance can have together.
const WHITELIST_LIMIT: usize = 20;

/// The groups of a whitelist that a request asks for.
pub(super) fn whitelist(scene: &Scene<'_>, whitelist: Option<&Record>, _: &Redis) -> Valued {
    let own = whitelist.map(|whitelist| whitelist.parent.as_str());
    let is_other = scene
        .call
        .and_then(|call| call.params.field("instance_id")?.as_str())
        .is_some_and(|id| Some(id) != own);
    if is_other {
        return Err(bad_field("instance_id", "the path names another instance"));
    }
    let mut groups: Vec<Value> = Vec::new();
    let mut count = 0;
    let wanted = scene.given("whitelist").and_then(Value::as_array);
    for group in wanted.into_iter().flatten() {
        let name = group.get("group_name").and_then(Value::as_str);
        let name = name.unwrap_or_default();
        if name.is_empty() || groups.iter().any(|other| other["group_name"] == name) {
            return Err(bad_field("group_name", "it is empty or there twice"));
        }
        let list = group.get("ip_list").and_then(Value::as_array);
        let texts = list.into_iter().flatten().filter_map(Value::as_str);
        let addresses: Vec<&str> = texts
            .flat_map(|text| text.split(','))
            .map(str::trim)
            .collect();
        if let Some(bad) = addresses.iter().find(|text| !is_network(text)) {
            let why = format!("{bad} is no address or network");
            return Err(bad_field("ip_list", &why));
        }
        count += addresses.len();
        groups.push(json!({ "group_name": name, "ip_list": addresses }));
    }
    match count > WHITELIST_LIMIT {
        true => Err(bad_field("ip_list", "there are more than 20 addresses")),
        false => Ok(Some(Value::from(groups))),
    }
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

/// A link to the certificate of an instance.
pub(super) fn certificate(scene: &Scene<'_>, ssl: Option<&Record>, redis: &Redis) -> Valued {
    let instance = ssl.and_then(|ssl| redis.instance(&ssl.parent));
    let link = scene.call.zip(instance).map(|(call, instance)| {
        let key = format!(
            "{}ssl-{}.zip",
            call.cloud.certificates(&instance.id),
            instance.id
        );
        // Nobody reads what is in a certificate here; it has the lines of a log.
        let day = TimeZone::UTC.to_datetime(instance.created).date();
        let lifetime = call.cloud.options.redis_link_lifetime;
        Value::from(call.file_link(&key, Style::RedisRun, day, lifetime))
    });
    Ok(link)
}
