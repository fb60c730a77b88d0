//! Manual backups that are deleted together, and links to files.

use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::{Databases, Outcome, Scene, States, Valued, databases, good};
use crate::call::Call;
use crate::clock::later;
use crate::engine::State;
use crate::log_entries::with_offset;
use crate::objects::Style;
use crate::records::Record;

/// A link to a file of an instance. Nobody reads what is in it here; it has the lines of a log.
fn link(call: &Call<'_>, instance: &str, name: &str, of: &Record) -> String {
    let key = call.cloud.key(instance, name);
    let day = TimeZone::UTC.to_datetime(of.created).date();
    call.file_link(
        &key,
        Style::MysqlAudit,
        day,
        call.cloud.options.rds_link_lifetime,
    )
}

pub(super) fn certificate_link(scene: &Scene<'_>, one: Option<&Record>, _: &Databases) -> Valued {
    let name = "Certificate_Download.zip";
    let link = |(call, one): (_, &Record)| Value::from(link(call, &one.parent, name, one));
    Ok(scene.call.zip(one).map(link))
}

/// The one file of a backup with its link.
pub(super) fn files(scene: &Scene<'_>, backup: Option<&Record>, _: &Databases) -> Valued {
    Ok(scene.call.zip(backup).map(|(call, backup)| {
        let name = format!("{}.qp", backup.id);
        json!([{
            "name": name,
            "size": 2803,
            "download_link": link(call, backup.text("instance_id"), &name, backup),
            "link_expired_time": with_offset(later(scene.now, call.cloud.options.rds_link_lifetime)),
        }])
    }))
}

pub(super) fn delete_some(call: &Call<'_>, states: &States) -> Outcome {
    let mut databases = databases(call, states);
    let results: Vec<Value> = call
        .field_texts("backup_ids")
        .into_iter()
        .map(|id| {
            let found = databases.store().get("backup", id);
            let found = found.filter(|_| call.in_main_project());
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
