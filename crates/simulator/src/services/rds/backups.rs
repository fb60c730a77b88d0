//! Backups that are deleted together, and the times that can be restored.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::{Databases, Outcome, Scene, States, Valued, databases, good};
use crate::call::Call;
use crate::engine::State;
use crate::records::Record;
use crate::spec::{InvalidRequest, Place};

/// The times to which an instance can be restored: since its newest automated backup, of all days or of the one that is
/// asked for.
pub(super) fn restore_times(
    scene: &Scene<'_>,
    _: Option<&Record>,
    databases: &Databases,
) -> Valued {
    let instance = scene.parent.as_ref().map_or("", |instance| &instance.id);
    let backups = databases.store().of("backup", "").iter();
    let automated =
        backups.filter(|one| one.text("instance_id") == instance && one.text("type") == "auto");
    let begun = automated.map(|one| one.created.as_millisecond()).max();
    let (mut first, mut last) = (begun.unwrap_or(i64::MAX), scene.now.as_millisecond());
    if let Some(day) = scene.text("date") {
        let refused = |_| InvalidRequest::value(Place::Query, "date", "there is no such day");
        let day: Date = day.parse().map_err(refused)?;
        let midnight = |day: Date| day.to_zoned(TimeZone::UTC).map_err(refused);
        let next = day.tomorrow().map_err(refused)?;
        first = first.max(midnight(day)?.timestamp().as_millisecond());
        last = last.min(midnight(next)?.timestamp().as_millisecond() - 1);
    }
    let span = json!({ "start_time": first, "end_time": last });
    Ok(Some((first <= last).then_some(span).into_iter().collect()))
}

pub(super) fn delete_some(call: &Call<'_>, states: &States) -> Outcome {
    let mut databases = databases(call, states);
    let results: Vec<Value> = call
        .field_texts("backup_ids")
        .into_iter()
        .map(|id| {
            let found = databases.store().get("backup", id);
            let found = found.filter(|_| call.in_project_with_instances());
            let (code, message) = match found {
                None => ("DBS.280214", "The backup does not exist."),
                Some(one) if one.under_way(call.now()) => {
                    ("DBS.201205", "Backup is in progress, please wait.")
                }
                Some(one) if one.fields["datastore"]["type"] != "SQLServer" => {
                    ("DBS.280238", "The DB engine or version is not supported.")
                }
                Some(one) if one.text("type") != "manual" => ("DBS.200402", "Invalid operation."),
                Some(_) => {
                    databases.store_mut().remove("backup", id);
                    ("0", "Success")
                }
            };
            json!({ "backup_id": id, "error_code": code, "error_msg": message })
        })
        .collect();
    good(&json!({ "delete_results": results }))
}
