//! Records that are entries of a log, and follow from the cloud instead of being stored.

use jiff::Timestamp;
use otcdb_openapi::Operation;
use serde_json::Value;

use super::render::with_body;
use super::{Context, Functions, State};
use crate::call::CallError;
use crate::log_entries::LogEntries;
use crate::model::{Entries, Models};
use crate::records::Record;

impl<S: State> Context<'_, S> {
    /// The entries of the log of the parent, or of each of its nodes, oldest first.
    pub(super) fn entries(
        &self,
        entries: &Entries,
        log_entries: LogEntries,
        state: &S,
    ) -> Result<Vec<Record>, CallError> {
        let Some(form) = &entries.of else {
            let parent = self.owner(self.name, None);
            return Ok(log_entries.records(entries.log, parent, self.now));
        };
        let mut records = Vec::new();
        let nodes = self.value(form, None, state)?;
        for node in nodes.iter().filter_map(Value::as_array).flatten() {
            let (Some(id), Some(node)) = (node["id"].as_str(), node.as_object()) else {
                continue;
            };
            let mut own = log_entries.records(entries.log, id, self.now);
            for record in &mut own {
                let members = node.iter().filter(|(name, _)| *name != "id");
                let members = members.map(|(name, value)| (name.clone(), value.clone()));
                record.fields.extend(members);
            }
            records.append(&mut own);
        }
        records.sort_by_key(|record| record.created);
        Ok(records)
    }
}

/// All entries that an operation lists of an instance, as it shows them and in its order.
pub(crate) fn entries_of<S: State>(
    (models, functions): (&Models, &Functions<S>),
    state: &S,
    (log_entries, now): (LogEntries, Timestamp),
    (operation, instance): (&Operation, &str),
) -> Vec<Value> {
    let (Some((name, model, own)), Some((_, schema))) =
        (models.operation(&operation.id), with_body(operation))
    else {
        return Vec::new();
    };
    let mut context = Context::new(None, now, models, functions, (name, model, own));
    let parent = model.parent.as_deref().unwrap_or_default();
    context.parent = context.parent_of(parent, instance, state);
    let (Some(entries), Some(_)) = (&model.entries, &context.parent) else {
        return Vec::new();
    };
    let mut records = context
        .entries(entries, log_entries, state)
        .unwrap_or_default();
    if model.newest_first {
        records.reverse();
    }
    let items = operation
        .pagination
        .as_ref()
        .map(|paging| paging.items.as_str());
    let fields = schema.element_fields(items.unwrap_or_default());
    let columns = context.columns(&fields, None);
    // Nothing refuses what is shown of an entry.
    let objects = records
        .iter()
        .map(|record| columns.object(record, state).ok());
    objects
        .filter_map(|object| serde_json::to_value(object?).ok())
        .collect()
}
