//! The files of backups, and what restorations do to instances.

use std::time::Duration;

use jiff::tz::TimeZone;
use serde_json::json;

use super::state::object;
use super::{Redis, RedisInstance, Scene, Valued, hold};
use crate::call::{Call, CallError};
use crate::engine::State;
use crate::objects::Style;
use crate::records::Record;

/// Whether no restoration from the backup is under way.
pub(super) fn not_being_restored(
    scene: &Scene<'_>,
    backup: Option<&Record>,
    redis: &Redis,
) -> Result<(), CallError> {
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
        instance.job = Some(job.clone());
        instance.pending = object(json!({ "keys": 1_200 }));
    }
}

/// Links to the files of a backup, one for each shard.
pub(super) fn links(scene: &Scene<'_>, backup: Option<&Record>, redis: &Redis) -> Valued {
    let instance = backup.and_then(|backup| redis.instance(&backup.parent));
    let (Some(call), Some(backup), Some(instance)) = (scene.call, backup, instance) else {
        return Ok(None);
    };
    let seconds = call.field_number("expiration").unwrap_or_default();
    let end = backup.job.as_ref().and_then(|job| job.ended(scene.now));
    let day = TimeZone::UTC
        .to_datetime(end.unwrap_or(backup.created))
        .date();
    let stamp = TimeZone::UTC
        .to_datetime(backup.created)
        .strftime("%Y%m%d%H%M%S");
    let (shape, port) = (RedisInstance::of(instance), instance.number("port"));
    let links = shape.masters().map(|node| {
        let format = backup.text("backup_format");
        let name = format!("redis_{}_{port}_{stamp}.{format}", node.ip);
        let key = format!("{}{}/{name}", call.cloud.backups(&instance.id), backup.id);
        // Nobody reads what is in a backup here; it has the lines of a log.
        let link = call.file_link(&key, Style::RedisRun, day, Duration::from_secs(seconds));
        json!({ "file_name": name, "link": link })
    });
    Ok(Some(links.collect()))
}
