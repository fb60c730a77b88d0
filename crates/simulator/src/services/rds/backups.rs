//! Backups: their files, the recycle bin, and what can be restored.

use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::state::INSTANCE;
use super::{Databases, Outcome, Scene, States, Valued, databases, good, hold, models};
use crate::call::{Call, CallError};
use crate::clock::{earlier, later};
use crate::engine::{State, leave};
use crate::log_entries::with_offset;
use crate::objects::Style;
use crate::records::{Job, JobOutcome, Record};

const BACKUP: &str = "backup";
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn engine(record: &Record) -> &str {
    let datastore = record.fields.get("datastore");
    datastore.map_or("", |it| it["type"].as_str().unwrap_or_default())
}

/// Makes the automated backup that an instance has from the start.
pub(super) fn plant(databases: &mut Databases, instance: &str, started: Timestamp) {
    let store = databases.store();
    let Some(found) = store.get(INSTANCE, instance) else {
        return;
    };
    let suffix = instance.get(34..).unwrap_or_default();
    let id = format!(
        "{}br{suffix}",
        store.seed.hex32(&format!("backup {instance}"))
    );
    let mut backup = Record::new(id, "", earlier(started, DAY));
    let times = (Duration::ZERO, Duration::from_secs(10));
    backup.job = Some(Job::new("make", backup.created, times, JobOutcome::Good));
    backup.seen = true;
    let fields = json!({
        "instance_id": instance,
        "name": format!("{}-{instance}-auto", engine(found).to_lowercase()),
        "datastore": found.fields.get("datastore"),
        "type": "auto",
    });
    backup.fields = fields.as_object().cloned().unwrap_or_default();
    databases.store_mut().add(BACKUP, backup);
}

/// While a backup is made, its instance is not free for anything else.
pub(super) fn back_up(_: &Call<'_>, databases: &mut Databases, backup: &Record) {
    let id = backup.text("instance_id");
    let instance = databases.store_mut().get_mut(INSTANCE, id);
    if let (Some(instance), Some(job)) = (instance, backup.job.clone()) {
        let name = "back-up".to_owned();
        instance.job = Some(Job { name, ..job });
    }
}

/// The one file of a backup with its link.
pub(super) fn files(scene: &Scene<'_>, backup: Option<&Record>, _: &Databases) -> Valued {
    Ok(scene.call.zip(backup).map(|(call, backup)| {
        let name = format!("{}.qp", backup.id);
        let key = call.cloud.key(backup.text("instance_id"), &name);
        let day = TimeZone::UTC.to_datetime(backup.created).date();
        let lifetime = call.cloud.options.rds_link_lifetime;
        // Nobody reads what is in a backup here; it has the lines of a log.
        let link = call.file_link(&key, Style::MysqlAudit, day, lifetime);
        json!([{
            "name": name,
            "size": 2803,
            "download_link": link,
            "link_expired_time": with_offset(later(scene.now, lifetime)),
        }])
    }))
}

pub(super) fn delete_some(call: &Call<'_>, states: &States) -> Outcome {
    let mut databases = databases(call, states);
    let results: Vec<Value> = call
        .field_texts("backup_ids")
        .into_iter()
        .map(|id| {
            let found = databases.store().get(BACKUP, id);
            let found = found.filter(|_| call.in_main_project());
            let (code, message) = match found {
                None => ("DBS.280214", "The backup does not exist."),
                Some(one) if one.under_way(call.now()) => {
                    ("DBS.201205", "Backup is in progress, please wait.")
                }
                Some(one) if engine(one) != "SQLServer" => {
                    ("DBS.280238", "The DB engine or version is not supported.")
                }
                Some(one) if one.text("type") != "manual" => ("DBS.200402", "Invalid operation."),
                Some(_) => {
                    databases.store_mut().remove(BACKUP, id);
                    ("0", "Success")
                }
            };
            json!({ "backup_id": id, "error_code": code, "error_msg": message })
        })
        .collect();
    good(&json!({ "delete_results": results }))
}

/// What the list of instances has of a backup policy.
pub(super) fn set_strategy(call: &Call<'_>, databases: &mut Databases, policy: &Record) {
    if let Some(instance) = databases.store_mut().get_mut(INSTANCE, &policy.parent) {
        let strategy = instance
            .fields
            .entry("backup_strategy")
            .or_insert(json!({}));
        for name in ["keep_days", "start_time"] {
            if let Some(given) = call
                .params
                .field("backup_policy")
                .and_then(|it| it.get(name))
            {
                strategy[name] = given.clone();
            }
        }
    }
}

/// From the oldest backup that the policy keeps until now.
fn span(scene: &Scene<'_>, instance: &str, databases: &Databases) -> Option<(i64, i64)> {
    let backups = databases.store().of(BACKUP, "").iter();
    let mut own =
        backups.filter(|one| one.text("instance_id") == instance && one.text("type") == "auto");
    let first = own.next()?.created.as_millisecond();
    Some((first, scene.now.as_millisecond()))
}

pub(super) fn restore_times(
    scene: &Scene<'_>,
    policy: Option<&Record>,
    databases: &Databases,
) -> Valued {
    let span = policy.and_then(|policy| span(scene, &policy.parent, databases));
    let times = span.map(|(first, last)| json!({ "start_time": first, "end_time": last }));
    Ok(Some(times.into_iter().collect()))
}

/// Whether the data that is named is there, and fits the instance that it is for: a new one, or the record.
pub(super) fn restorable(
    scene: &Scene<'_>,
    target: Option<&Record>,
    databases: &Databases,
) -> Result<(), CallError> {
    let place = if target.is_some() {
        "source"
    } else {
        "restore_point"
    };
    let given = |name: &str| scene.given(&format!("{place}.{name}"));
    let text = |name: &str| given(name).and_then(Value::as_str).unwrap_or_default();
    let id = text("instance_id");
    let store = databases.store();
    let Some(source) = store.get(INSTANCE, id) else {
        return hold(false, "DBS.200013");
    };
    if text("type") == "timestamp" {
        let time = given("restore_time").and_then(Value::as_i64);
        let span = span(scene, id, databases);
        let is_kept = time
            .zip(span)
            .is_some_and(|(time, (first, last))| first <= time && time <= last);
        hold(is_kept, "DBS.280271")?;
    } else {
        let backup = store.get(BACKUP, text("backup_id"));
        let backup = backup.filter(|one| one.text("instance_id") == id);
        hold(backup.is_some(), "DBS.280214")?;
        hold(
            backup.is_some_and(|one| !one.under_way(scene.now)),
            "DBS.201205",
        )?;
    }
    let size = |volume: Option<&Value>| volume.and_then(|it| it["size"].as_u64());
    let own = target.map_or_else(|| scene.given("volume"), |one| one.fields.get("volume"));
    let source_size = size(source.fields.get("volume"));
    if let Some(target) = target {
        hold(engine(target) == engine(source), "DBS.280235")?;
        let is_original = target.id == source.id;
        hold(!is_original || engine(source) != "PostgreSQL", "DBS.280238")?;
    }
    hold(size(own) >= source_size, "DBS.200306")
}

/// Puts a deleted instance into the recycle bin. Its read replicas go with it.
pub(super) fn recycle(call: &Call<'_>, databases: &mut Databases, instance: &Record) {
    super::instances::with_replicas(call, databases, instance);
    let policy = databases.store().of("recycle-policy", "").first();
    let days = policy
        .and_then(|one| one.text("days").parse::<u32>().ok())
        .unwrap_or(7);
    let datastore = instance
        .fields
        .get("datastore")
        .cloned()
        .unwrap_or_default();
    let volume = instance.fields.get("volume").cloned().unwrap_or_default();
    let kind = match volume["type"].as_str() {
        Some("ESSD") => "ESSD",
        _ => "SSD",
    };
    let fields = json!({
        "id": instance.id,
        "name": instance.text("name"),
        "ha_mode": instance.text("type"),
        "engine_name": engine(instance).to_lowercase(),
        "engine_version": datastore["version"],
        "created_at": with_offset(instance.created),
        "retained_until": with_offset(later(call.now(), DAY.saturating_mul(days))),
        "volume_type": kind,
        "volume_size": volume["size"],
        "data_vip": instance.texts("private_ips").first(),
    });
    let model = models().get("recycled-instance");
    let fields = fields.as_object().cloned();
    if let (Some(fields), Some(model), false) = (fields, model, instance.text("type") == "Replica")
    {
        let times = (Duration::ZERO, Duration::from_secs(10));
        let job = Job::new("", call.now(), times, JobOutcome::Good);
        leave(databases, ("recycled-instance", model), "", job, fields);
    }
}

/// The backup that is kept of a deleted instance.
pub(super) fn kept(scene: &Scene<'_>, kept: Option<&Record>, _: &Databases) -> Valued {
    Ok(kept.map(|one| {
        let ended = one.job.as_ref().and_then(|job| job.ended(scene.now));
        let stamp = TimeZone::UTC
            .to_datetime(one.created)
            .strftime("%Y%m%d%H%M%S");
        json!([{
            "backup_id": one.id,
            "backup_name": format!("{}-{}-{stamp}", one.text("engine_name"), one.text("id")),
            "backup_status": if ended.is_some() { "COMPLETED" } else { "BUILDING" },
            "backup_create_at": with_offset(one.created),
            "backup_update_at": ended.map(with_offset),
            "backup_size": 3600,
        }])
    }))
}
