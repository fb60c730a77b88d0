//! Upgrades of instances to other major versions, and the checks before them.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::functions::plant_below;
use super::state::INSTANCE;
use super::{Databases, Scene, Valued, hold};
use crate::call::{Call, CallError};
use crate::clock::later;
use crate::engine::State;
use crate::model::{Form, Path};
use crate::records::{IdForm, Job, JobStatus, Record};

const CHECK: &str = "major-version-check";
const UPGRADE: &str = "major-version-upgrade";

/// How long a check counts.
const COUNTS: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// What the newest check or upgrade is called, with the names that its fields have there.
fn asked(scene: &Scene<'_>) -> (&'static str, [(&'static str, &'static str); 4]) {
    match scene.text("action") {
        Some("upgrade") => (
            UPGRADE,
            [
                ("status", "result"),
                ("target_version", "dst_database_version"),
                ("start_time", "start_time"),
                ("detail", "detail"),
            ],
        ),
        _ => (
            CHECK,
            [
                ("status", "result"),
                ("target_version", "target_version"),
                ("start_time", "check_time"),
                ("detail", "detail"),
            ],
        ),
    }
}

/// A field of the newest record of a resource of the same instance.
fn newest(scene: &Scene<'_>, databases: &Databases, resource: &str, field: &str) -> Valued {
    let (root, rest) = (resource.to_owned(), vec![field.to_owned()]);
    scene.value(&Form::Of(Path { root, rest }), None, databases)
}

/// How far the newest check or upgrade is.
pub(super) fn status(scene: &Scene<'_>, _: &Record, databases: &Databases) -> Map<String, Value> {
    let (resource, fields) = asked(scene);
    let of_check = ("check_expiration_time", CHECK, "expiration_time");
    let fields = fields.map(|(name, field)| (name, resource, field));
    let fields = fields.into_iter().chain([of_check]);
    let value = |(name, resource, field): (&str, _, _)| {
        let value = newest(scene, databases, resource, field).ok()??;
        Some((name.to_owned(), value))
    };
    fields.filter_map(value).collect()
}

/// There is one.
pub(super) fn has_status(
    scene: &Scene<'_>,
    _: Option<&Record>,
    databases: &Databases,
) -> Result<(), CallError> {
    let id = newest(scene, databases, asked(scene).0, "id")?;
    hold(id.is_some(), "DBS.200543")
}

/// The version that is asked for is one to which the instance can be upgraded.
pub(super) fn is_available(
    scene: &Scene<'_>,
    _: Option<&Record>,
    databases: &Databases,
) -> Result<(), CallError> {
    let versions = newest(scene, databases, "major-version", "available_versions")?;
    let versions = versions.as_ref().and_then(Value::as_array);
    let mut versions = versions.into_iter().flatten();
    let wanted = scene.text("target_version");
    hold(versions.any(|one| one.as_str() == wanted), "DBS.200041")
}

/// A check has succeeded for the version that is asked for, and counts.
pub(super) fn was_checked(
    scene: &Scene<'_>,
    _: Option<&Record>,
    databases: &Databases,
) -> Result<(), CallError> {
    let instance = scene.parent.as_ref().map_or("", |parent| &parent.id);
    let mut checks = databases.store().of(CHECK, instance).iter();
    let wanted = scene.text("target_version");
    let is_such =
        |check: &Record| Some(check.text("target_version")) == wanted && counts(check, scene.now);
    hold(checks.any(is_such), "DBS.200402")
}

fn counts(check: &Record, now: Timestamp) -> bool {
    check.is_done(now) && later(check.created, COUNTS) > now
}

pub(super) fn check_counts(scene: &Scene<'_>, record: Option<&Record>, _: &Databases) -> Valued {
    Ok(record.map(|check| Value::from(counts(check, scene.now))))
}

/// Until when a check counts.
pub(super) fn check_expires(_: &Scene<'_>, record: Option<&Record>, _: &Databases) -> Valued {
    Ok(record.map(|check| Value::from(Databases::time(later(check.created, COUNTS)))))
}

/// When the new instance took over the address.
pub(super) fn address_changed(scene: &Scene<'_>, record: Option<&Record>, _: &Databases) -> Valued {
    let upgrade =
        record.filter(|one| one.fields.get("is_private_ip_changed") == Some(&json!(true)));
    let job = upgrade.and_then(|one| one.job(scene.now));
    Ok(job.and_then(|job| match job.status(scene.now) {
        JobStatus::Done(end) => Some(Value::from(Databases::time(end))),
        _ => None,
    }))
}

/// Makes the instance of the other version. The address is the new one's when the upgrade is done.
pub(super) fn make(call: &Call<'_>, databases: &mut Databases, upgrade: &Record) {
    let Some(mut old) = databases.store().get(INSTANCE, &upgrade.parent).cloned() else {
        return;
    };
    let job = |name: &str| {
        let job = upgrade.job.clone();
        job.map(|job| Job {
            name: name.to_owned(),
            ..job
        })
    };
    let store = databases.store_mut();
    let suffix = old.id.get(32..).unwrap_or_default();
    let (seed, id) = (store.seed, store.id(INSTANCE, IdForm::Hex) + suffix);
    let version = upgrade.text("dst_database_version");
    let major = version.split('.').next();
    let mut new = Record {
        id,
        job: job("create"),
        created: call.now(),
        updated: call.now(),
        ..old.clone()
    };
    let own = json!({
        "name": format!("{}-{version}", old.text("name")),
        "datastore": { "type": "PostgreSQL", "version": major, "complete_version": version },
        "private_ips": [databases.free_address()],
    });
    new.fields
        .extend(own.as_object().cloned().unwrap_or_default());
    super::instances::build(&mut new, seed);
    if upgrade.fields.get("is_private_ip_changed") == Some(&json!(true)) {
        let addresses = |of: &Record| of.fields.get("private_ips").cloned().unwrap_or_default();
        let (first, second) = (addresses(&old), addresses(&new));
        new.pending.insert("private_ips".to_owned(), first);
        old.pending.insert("private_ips".to_owned(), second);
    }
    old.job = job("upgrade");
    let id = new.id.clone();
    let store = databases.store_mut();
    if let Some(stored) = store.get_mut(UPGRADE, &upgrade.id) {
        stored
            .fields
            .insert("dst_instance_id".to_owned(), Value::from(id.clone()));
    }
    if let Some(stored) = store.get_mut(INSTANCE, &upgrade.parent) {
        *stored = old;
    }
    store.add_for_good(INSTANCE, new);
    plant_below(databases, &id, call.now(), true);
}
