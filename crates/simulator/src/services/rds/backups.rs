//! Manual backups that are deleted together.

use serde_json::{Value, json};

use super::{Outcome, States, databases, good};
use crate::call::Call;
use crate::engine::State;

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
