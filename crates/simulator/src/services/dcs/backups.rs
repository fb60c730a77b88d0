//! The files of backups, and what restorations do to instances.

use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::state::object;
use super::{Redis, RedisInstance, Scene, find, good, hold, known, redis, refuse};
use crate::call::{Call, Refusal};
use crate::engine::State;
use crate::objects::Style;
use crate::records::{Job, JobStatus, Record};
use crate::services::Outcome;
use crate::spec::{Invalid, Place};

/// Whether no restoration from the backup is under way.
pub(super) fn not_being_restored(
    scene: &Scene<'_>,
    backup: Option<&Record>,
    redis: &Redis,
) -> Result<(), Refusal> {
    let is_source = |restore: &Record| {
        restore.under_way(scene.now)
            && backup.is_some_and(|backup| restore.text("backup_id") == backup.id)
    };
    hold(!redis.store().all("restore").any(is_source), "DCS.4097")
}

pub(super) fn remove_files(call: &Call<'_>, _: &mut Redis, backup: &Record) {
    let folder = format!("{}{}/", call.cloud.backups(&backup.parent), backup.id);
    call.cloud.store.remove_folder(&folder);
}

pub(super) fn restore(_: &Call<'_>, redis: &mut Redis, restore: &Record) {
    if let (Some(job), Some(instance)) = (&restore.job, redis.instance_mut(&restore.parent)) {
        // All of the time that the restoration takes, its wait included.
        let (name, started) = ("restore".to_owned(), job.created);
        instance.job = Some(Job {
            name,
            started,
            ..job.clone()
        });
        instance.pending = object(json!({ "keys": 1_200 }));
    }
}

pub(super) fn links(call: &Call<'_>) -> Outcome {
    let seconds = call.params.field("expiration").and_then(Value::as_u64);
    let lifetime = std::time::Duration::from_secs(seconds.unwrap_or_default());
    let redis = redis(call);
    let instance = find(call, &redis)?;
    let id = call.params.text("backup_id").unwrap_or_default();
    let mut backups = redis.store().of("backup", &instance.id).iter();
    let backup = backups.find(|backup| backup.id == id);
    let missing = || Invalid::value(Place::Path, "backup_id", "there is no such thing");
    let backup = backup.ok_or_else(missing)?;
    let job = backup.job.as_ref().map(|job| job.status(call.now()));
    let end = match job {
        Some(JobStatus::Done(end)) => end,
        Some(JobStatus::Failed(_)) | None => return Err(refuse("DCS.4087")),
        Some(JobStatus::Waiting | JobStatus::Running) => return Err(refuse("DCS.4096")),
    };
    let cloud = call.cloud;
    let day = TimeZone::UTC.to_datetime(end).date();
    let stamp = TimeZone::UTC
        .to_datetime(backup.created)
        .strftime("%Y%m%d%H%M%S");
    let (shape, port) = (RedisInstance::of(instance), known::port(instance));
    let links: Vec<Value> = shape
        .masters()
        .map(|node| {
            let format = backup.text("backup_format");
            let name = format!("redis_{}_{port}_{stamp}.{format}", node.ip);
            let key = format!("{}{}/{name}", cloud.backups(&instance.id), backup.id);
            // Nobody reads what is in a backup here; it has the lines of a log.
            cloud.store.put(&key, Style::RedisRun, day);
            let link = call.link(&key, lifetime);
            json!({ "file_name": name, "link": format!("http://{link}") })
        })
        .collect();
    good(&json!({
        "file_path": format!("{}/{}/", instance.id, backup.id),
        "bucket_name": format!("backups-{}", cloud.options.region),
        "links": links,
    }))
}
