//! Exports of database logs to files.

use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};

use super::state::{DatabaseInstance, Engine, Export, Exported, trace_file};
use super::{Outcome, States, databases, good, instance};
use crate::call::Call;
use crate::engine::list;
use crate::fault::FaultKind;
use crate::objects::Style;
use crate::records::Progress;
use crate::spec::{InvalidReason, InvalidRequest, Place};

const ALL: [Engine; 3] = [Engine::MySql, Engine::PostgreSql, Engine::SqlServer];

pub(super) fn slow_log_files(call: &Call<'_>, states: &States) -> Outcome {
    let instance = instance(call, &databases(call, states), &[Engine::SqlServer])?;
    let hidden = usize::from(call.has_fault(FaultKind::StaleList));
    let today = TimeZone::UTC.to_datetime(call.now()).date();
    let count = call.cloud.options.trace_files.saturating_sub(hidden);
    let files: Vec<String> = (0..count).map(trace_file).collect();
    let render = |name: String| {
        let key = call.cloud.key(&instance.id, &name);
        let file = call.cloud.store.put(&key, Style::SqlServerTrace, today);
        json!({ "file_name": name, "file_size": file.size().to_string() })
    };
    list(call, files, render, &Value::Null)
}

pub(super) fn slow_log(call: &Call<'_>, states: &States) -> Outcome {
    let instance = instance(call, &databases(call, states), &ALL)?;
    let named = call.field_text("file_name");
    if instance.engine != Engine::SqlServer {
        return export(call, states, &instance, Exported::Slow);
    }
    let Some(named) = named else {
        return Err(InvalidRequest {
            place: Place::Body,
            name: "file_name".to_owned(),
            problem: InvalidReason::Missing,
        }
        .into());
    };
    let number = (0..call.cloud.options.trace_files)
        .find(|number| trace_file(*number) == named)
        .ok_or_else(|| InvalidRequest::value(Place::Body, "file_name", "no such file"))?;
    export(call, states, &instance, Exported::Trace(number))
}

pub(super) fn error_log(call: &Call<'_>, states: &States) -> Outcome {
    let instance = instance(call, &databases(call, states), &[Engine::PostgreSql])?;
    export(call, states, &instance, Exported::Error)
}

/// Begins an export or tells how far it is.
fn export(
    call: &Call<'_>,
    states: &States,
    instance: &DatabaseInstance,
    what: Exported,
) -> Outcome {
    let options = &call.cloud.options;
    let mut databases = databases(call, states);
    let now = call.now();
    let current = databases
        .current_export(&instance.id, what, now, options.export_kept)
        .cloned();
    let (export, progress) = match current {
        Some(export) => {
            let progress = export.deadline.progress(now);
            (export, progress)
        }
        None => {
            let project = &call.cloud.accounts.project_id;
            let takes = options.export_delay;
            let export = databases.export(&instance.id, project, what, now, takes, call.outcome());
            // The first response never has a link, however fast the export is.
            (export, Progress::UnderWay)
        }
    };
    if let Progress::Failed(_) = progress {
        databases.reported(&export.workflow_id);
    }
    drop(databases);
    good(&render_export(call, instance, &export, progress))
}

fn render_export(
    call: &Call<'_>,
    instance: &DatabaseInstance,
    export: &Export,
    progress: Progress,
) -> Value {
    let options = &call.cloud.options;
    let is_error_log = export.what == Exported::Error;
    let lower = is_error_log && options.lowercase_errorlog_status;
    let word = |text: &str| match lower {
        true => text.to_lowercase(),
        false => text.to_owned(),
    };
    let (one, all, changed) = match progress {
        Progress::UnderWay => ("EXPORTING", "CREATING", export.created),
        Progress::Done(end) => ("SUCCESS", "FINISH", end),
        Progress::Failed(end) => ("FAILED", "FAILED", end),
    };
    let mut item = Map::new();
    let mut add = |name: &str, value: Value| item.insert(name.to_owned(), value);
    add("workflow_id", Value::from(export.workflow_id.clone()));
    add("file_name", Value::from(export.file_name.clone()));
    add("status", Value::from(word(one)));
    if let Progress::Done(end) = progress {
        let key = call.cloud.key(&instance.id, &export.file_name);
        let style = match (export.what, instance.engine) {
            (Exported::Error, _) => Style::PostgresError,
            (Exported::Slow, Engine::MySql) => Style::MysqlSlow,
            (Exported::Slow, Engine::PostgreSql) => Style::PostgresSlow,
            (Exported::Trace(_), _) | (_, Engine::SqlServer) => Style::SqlServerTrace,
        };
        let day = TimeZone::UTC.to_datetime(end).date();
        let file = call.cloud.store.put(&key, style, day);
        let link = call.link(&key, options.rds_link_lifetime);
        let link = match is_error_log && options.schemeless_errorlog_links {
            true => link,
            false => format!("http://{link}"),
        };
        add("file_size", Value::from(file.size().to_string()));
        add("file_link", Value::from(link));
    }
    add("create_at", Value::from(export.created.as_millisecond()));
    if is_error_log {
        add("update_at", Value::from(changed.as_millisecond()));
    }
    json!({ "list": [item], "status": word(all), "count": 1 })
}
