//! Responses on the standard output stream.

use std::pin::pin;

use futures_util::{Stream, StreamExt as _};
use otcdb_core::{Error, ErrorKind, Result};
use otcdb_openapi::Operation;
use serde::Serialize;
use serde_json::Value;

use crate::console::Console;
use crate::operations::show::fields;
use crate::operations::show::query::Query;
use crate::operations::show::table::{self, Shape};
use crate::operations::show::view::View;
use crate::output::{self, Format};

/// How many items are written at once, at most.
const BATCH: usize = 1000;

/// The most items of the forms that need all of them at once: more than any account has instances or backups. Each takes
/// some kilobytes of memory.
const HELD: usize = 100_000;

/// The width of tables that no terminal bounds.
const WIDTH: usize = 120;

/// Writes a list. Lines of JSON are written as pages come and stay if a later page fails; what is sorted or asked for with
/// a query, and the other forms, need all of it first.
///
/// # Errors
/// Those of the stream, a query that does not fit, and a standard output stream that cannot be written.
pub(crate) async fn list(
    items: impl Stream<Item = Result<Value>>,
    shape: &Shape,
    view: &View,
    console: &Console,
) -> Result<()> {
    let mut batches = pin!(items.ready_chunks(BATCH));
    let mut all = Vec::new();
    let mut count = 0;
    while let Some(batch) = batches.next().await {
        let mut lines = String::new();
        let mut failed = None;
        for item in batch {
            match item {
                Err(error) => failed = Some(error),
                Ok(item) if view.goes_on() => lines.push_str(&output::json_line(&item)?),
                Ok(_) if all.len() >= HELD => failed = Some(too_many()),
                Ok(item) => all.push(item),
            }
            count += 1;
        }
        // Whoever has stopped reading needs no more pages.
        if !lines.is_empty() && !write_more(&lines)? {
            return Ok(());
        }
        if let Some(error) = failed {
            return Err(error);
        }
    }
    fields::sort(&mut all, &view.sort);
    if count == 0 {
        console.note("the list is empty");
    }
    match (&view.query, view.format) {
        (Some(query), format) => found(query, &Value::Array(all), shape, format, console),
        (None, Format::Jsonl) => all.iter().try_for_each(line),
        (None, Format::Table) if view.columns.is_empty() => columns_that_fit(&all, shape, console),
        (None, Format::Table) => output::write(table::of_columns(&all, &view.columns).as_bytes()),
        (None, format) => document(&all, format),
    }
}

fn columns_that_fit(items: &[Value], shape: &Shape, console: &Console) -> Result<()> {
    let width = output::width().unwrap_or(WIDTH);
    let (text, hidden) = table::of_list(items, shape, width);
    output::write(text.as_bytes())?;
    if hidden > 0 {
        let what = match hidden {
            1 => "1 more field is not shown".to_owned(),
            count => format!("{count} more fields are not shown"),
        };
        console.note(&format!(
            "{what}; --columns chooses others, --output json has all of them"
        ));
    }
    Ok(())
}

/// Writes what a query finds.
fn found(
    query: &Query,
    document: &Value,
    shape: &Shape,
    format: Format,
    console: &Console,
) -> Result<()> {
    let found = query.apply(document)?;
    match (format, &found) {
        (Format::Jsonl, Value::Array(items)) => items.iter().try_for_each(line),
        (Format::Jsonl, found) => line(found),
        (Format::Json | Format::Yaml, found) => self::document(found, format),
        (Format::Table, Value::Null) => {
            console.note("the query finds nothing");
            Ok(())
        }
        (Format::Table, Value::Array(items)) if items.is_empty() => {
            console.note("the query finds nothing");
            Ok(())
        }
        (Format::Table, Value::Array(items)) => match table::of_found(items, query.names()) {
            Some(text) => output::write(text.as_bytes()),
            None => columns_that_fit(items, shape, console),
        },
        (Format::Table, found @ Value::Object(_)) => {
            output::write(table::of_response(found).as_bytes())
        }
        // One value stands alone, so that a script can take it as it is.
        (Format::Table, found) => {
            let text = output::clean(&otcdb_openapi::shown(found));
            output::write(format!("{text}\n").as_bytes())
        }
    }
}

fn line(item: &Value) -> Result<()> {
    write_more(&output::json_line(item)?).map(drop)
}

fn document(value: &impl Serialize, format: Format) -> Result<()> {
    let text = match format {
        Format::Yaml => output::yaml(value)?,
        _ => output::json(value)?,
    };
    write_more(&text).map(drop)
}

fn too_many() -> Error {
    Error::new(
        ErrorKind::UndocumentedResponse,
        format!("the list has more than {HELD} items, which are not held at once"),
    )
    .with_hint("use --output jsonl, which is written as it comes, or ask for less with a filter or a span of time")
}

/// Writes one response.
///
/// # Errors
/// A query that does not fit, and a standard output stream that cannot be written.
pub(crate) fn response(
    operation: &Operation,
    response: Option<&Value>,
    view: &View,
    console: &Console,
) -> Result<()> {
    let Some(body) = response else {
        console.note(&format!("{}: done; the response is empty", operation.id));
        return Ok(());
    };
    let Some(query) = &view.query else {
        return whole(body, view.format);
    };
    let shape = Shape::of_responses(operation, "");
    let written = found(query, body, &shape, view.format, console);
    // What was begun has ids that are said only once.
    if written.is_err() && !operation.is_idempotent_by_method() {
        whole(body, view.format)?;
    }
    written
}

fn whole(body: &Value, format: Format) -> Result<()> {
    match format {
        Format::Table => output::write(table::of_response(body).as_bytes()),
        Format::Jsonl => line(body),
        format => document(body, format),
    }
}

/// Writes a document as it is, or for a terminal without what would steer it.
fn write_more(text: &str) -> Result<bool> {
    if output::is_terminal() {
        output::write_more(output::escaped(text).as_bytes())
    } else {
        output::write_more(text.as_bytes())
    }
}
