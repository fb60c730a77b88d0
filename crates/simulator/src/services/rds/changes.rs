//! Which changes of an instance's settings are possible, and what they come to.

use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::orders::{Checked, follows, is_complex, takes};
use super::state::INSTANCE;
use super::{Databases, Engine, Scene, Valued, hold};
use crate::call::Call;
use crate::engine::State;
use crate::objects::Style;
use crate::records::Record;

fn engine_of(instance: Option<&Record>) -> Option<Engine> {
    Engine::named(instance?.fields["datastore"]["type"].as_str()?)
}

fn is_wanted(scene: &Scene<'_>, name: &str) -> bool {
    scene.given(name).and_then(Value::as_bool) == Some(true)
}

fn size(value: Option<&Value>) -> u64 {
    value.and_then(Value::as_u64).unwrap_or_default()
}

pub(super) fn port_fits(scene: &Scene<'_>, instance: Option<&Record>, _: &Databases) -> Checked {
    let port = u16::try_from(size(scene.given("port")));
    let fits = engine_of(instance).zip(port.ok());
    hold(
        fits.is_some_and(|(engine, port)| takes(engine, port)),
        "DBS.280204",
    )
}

pub(super) fn password_fits(scene: &Scene<'_>, _: Option<&Record>, _: &Databases) -> Checked {
    hold(
        scene.text("db_user_pwd").is_some_and(is_complex),
        "DBS.200052",
    )
}

pub(super) fn remember_password(call: &Call<'_>, databases: &mut Databases, _: &Record) {
    if let Some(password) = call.field_text("db_user_pwd") {
        databases.remember(password);
    }
}

pub(super) fn mode_fits(scene: &Scene<'_>, instance: Option<&Record>, _: &Databases) -> Checked {
    let mode = scene.text("mode").unwrap_or_default();
    hold(follows(engine_of(instance), mode), "DBS.200043")
}

/// An upgrade that waits for the maintenance window is for MySQL alone.
pub(super) fn upgradable(scene: &Scene<'_>, instance: Option<&Record>, _: &Databases) -> Checked {
    let can_wait = engine_of(instance) == Some(Engine::MySql);
    hold(can_wait || !is_wanted(scene, "is_delayed"), "DBS.280001")
}

/// What is bound has an address and an id, and what is unbound was bound.
pub(super) fn eip_fits(scene: &Scene<'_>, instance: Option<&Record>, _: &Databases) -> Checked {
    if is_wanted(scene, "is_bind") {
        let is_named = ["public_ip", "public_ip_id"].map(|name| scene.given(name).is_some());
        return hold(is_named == [true, true], "DBS.280001");
    }
    hold(
        instance.is_some_and(|one| !one.texts("public_ips").is_empty()),
        "DBS.200402",
    )
}

pub(super) fn public_ips(scene: &Scene<'_>, _: Option<&Record>, _: &Databases) -> Valued {
    let bound = scene
        .given("public_ip")
        .filter(|_| is_wanted(scene, "is_bind"));
    Ok(scene.call.map(|_| bound.into_iter().cloned().collect()))
}

/// A maintenance window has four hours, maybe over midnight.
pub(super) fn four_hours(scene: &Scene<'_>, _: Option<&Record>, _: &Databases) -> Checked {
    let minutes = |name| {
        let (hours, minutes) = scene.text(name)?.split_once(':')?;
        Some(hours.parse::<u32>().ok()? * 60 + minutes.parse::<u32>().ok()?)
    };
    let both = minutes("start_time").zip(minutes("end_time"));
    let is_whole = |(start, end): (u32, u32)| (end + 24 * 60 - start) % (24 * 60) == 4 * 60;
    hold(both.is_some_and(is_whole), "DBS.280001")
}

/// Storage that grows by itself has 40 GB or more, and may grow to no less than it has.
pub(super) fn can_grow(scene: &Scene<'_>, _: Option<&Record>, _: &Databases) -> Checked {
    let has = size(scene.fact("volume").and_then(|volume| volume.get("size")));
    hold(has >= 40, "DBS.200402")?;
    if !is_wanted(scene, "switch_option") {
        return Ok(());
    }
    hold(scene.given("trigger_threshold").is_some(), "DBS.280001")?;
    hold(size(scene.given("limit_size")) >= has, "DBS.200461")
}

/// Only the standby can be moved.
pub(super) fn names_standby(
    scene: &Scene<'_>,
    instance: Option<&Record>,
    _: &Databases,
) -> Checked {
    let standby = instance.and_then(|one| one.fields.get("nodes")?.get(1)?["id"].as_str());
    hold(
        standby.is_some() && standby == scene.text("nodeId"),
        "DBS.280404",
    )
}

/// The nodes when primary and standby have changed roles; the primary comes first.
pub(super) fn switched_nodes(_: &Scene<'_>, instance: Option<&Record>, _: &Databases) -> Valued {
    let nodes = instance.and_then(|one| one.fields.get("nodes")?.as_array());
    Ok(nodes.map(|nodes| {
        let roles = nodes.iter().map(|node| node["role"].clone());
        let mut nodes: Vec<Value> = nodes.iter().rev().cloned().collect();
        nodes
            .iter_mut()
            .zip(roles)
            .for_each(|(node, role)| node["role"] = role);
        Value::from(nodes)
    }))
}

/// The nodes when the standby runs in another zone.
pub(super) fn migrated_nodes(
    scene: &Scene<'_>,
    instance: Option<&Record>,
    _: &Databases,
) -> Valued {
    let mut nodes = instance.and_then(|one| one.fields.get("nodes").cloned());
    let standby = nodes.as_mut().and_then(|nodes| nodes.get_mut(1));
    if let Some((standby, zone)) = standby.zip(scene.given("azCode")) {
        standby["availability_zone"] = zone.clone();
    }
    Ok(nodes)
}

/// The flavors of the engine and of the kind of an instance, except the one that it has.
pub(super) fn flavors_to_resize_to(
    scene: &Scene<'_>,
    group: Option<&Record>,
    databases: &Databases,
) -> Valued {
    let instance = group.and_then(|group| databases.store().get(INSTANCE, &group.parent));
    let zones = super::catalog::zones(scene, None, databases)?;
    Ok(instance.map(|instance| {
        let flavors = databases.store().of("flavor", "").iter();
        let fitting = flavors.filter(|flavor| super::orders::is_other_size(instance, flavor));
        let shown = fitting.map(|flavor| {
            json!({
                "id": flavor.id,
                "code": flavor.text("spec_code"),
                "vcpus": flavor.text("vcpus"),
                "ram": flavor.number("ram").to_string(),
                "az_status": zones,
            })
        });
        shown.collect()
    }))
}

/// A link to the certificate of an instance. Nobody reads what is in it here; it has the lines of a log.
pub(super) fn certificate_link(
    scene: &Scene<'_>,
    certificate: Option<&Record>,
    _: &Databases,
) -> Valued {
    Ok(scene.call.zip(certificate).map(|(call, certificate)| {
        let key = call
            .cloud
            .key(&certificate.parent, "Certificate_Download.zip");
        let day = TimeZone::UTC.to_datetime(certificate.created).date();
        let lifetime = call.cloud.options.rds_link_lifetime;
        Value::from(call.file_link(&key, Style::MysqlAudit, day, lifetime))
    }))
}
