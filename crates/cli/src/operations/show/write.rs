//! Responses on the standard output stream.

use std::pin::pin;

use futures_util::{Stream, StreamExt as _};
use otcdb_core::{Error, ErrorKind, Result};
use otcdb_openapi::Operation;
use serde_json::Value;

use crate::console::Console;
use crate::operations::show::table::{self, Shape};
use crate::output::{self, Format};

/// How many items are written at once, at most.
const BATCH: usize = 1000;

/// The most items of the forms that need all of them at once: more than any account has instances or backups. Each takes
/// some kilobytes of memory.
const HELD: usize = 100_000;

/// The width of tables that no terminal bounds.
const WIDTH: usize = 120;

/// Writes a list. Lines of JSON are written as pages come and stay if a later page fails; the other forms need all of
/// it first.
///
/// # Errors
/// Those of the stream, and a standard output stream that cannot be written.
pub(crate) async fn list(
    items: impl Stream<Item = Result<Value>>,
    shape: &Shape,
    format: Format,
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
                Ok(item) if format == Format::Jsonl => lines.push_str(&output::json_line(&item)?),
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
    match format {
        Format::Jsonl => {}
        Format::Json => drop(write_more(&output::json(&all)?)?),
        Format::Yaml => drop(write_more(&output::yaml(&all)?)?),
        Format::Table => {
            let width = output::width().unwrap_or(WIDTH);
            let (text, hidden) = table::of_list(&all, shape, width);
            output::write(text.as_bytes())?;
            if hidden > 0 {
                let what = match hidden {
                    1 => "1 more field is not shown".to_owned(),
                    count => format!("{count} more fields are not shown"),
                };
                console.note(&format!("{what}; --output json has all of them"));
            }
        }
    }
    if count == 0 {
        console.note("the list is empty");
    }
    Ok(())
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
/// A standard output stream that cannot be written.
pub(crate) fn response(
    operation: &Operation,
    response: Option<&Value>,
    format: Format,
    console: &Console,
) -> Result<()> {
    let Some(body) = response else {
        console.note(&format!("{}: done; the response is empty", operation.id));
        return Ok(());
    };
    match format {
        Format::Table => output::write(table::of_response(body).as_bytes()),
        Format::Json => write_more(&output::json(body)?).map(drop),
        Format::Jsonl => write_more(&output::json_line(body)?).map(drop),
        Format::Yaml => write_more(&output::yaml(body)?).map(drop),
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
