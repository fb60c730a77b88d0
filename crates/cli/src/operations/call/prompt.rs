//! A question before data is destroyed.

use std::io::{self, BufRead, IsTerminal as _};

use otcdb_core::{Error, ErrorKind, Result, Session};
use otcdb_openapi::Schema;
use serde_json::Value;

use crate::columns;
use crate::console::Console;
use crate::operations::call::request::Request;
use crate::output::clean;

/// How many lines of a question tell what the call is given.
const LINES: usize = 20;

/// How many elements of a list it shows.
const ELEMENTS: usize = 20;

/// How much of a text it shows, in columns of the terminal.
const COLUMNS: usize = 120;

/// What is lost by a request, if anything is.
fn destroyed(request: &Request) -> Option<&'static str> {
    request.operation.destroys.as_deref()
}

/// Refuses to go on where a question would be needed and nobody is there to answer it.
///
/// # Errors
/// The standard streams are no terminal.
pub(crate) fn possible(request: &Request) -> Result<()> {
    match destroyed(request) {
        Some(destroyed) if !(io::stdin().is_terminal() && io::stderr().is_terminal()) => {
            let id = &request.operation.id;
            Err(Error::invalid_argument(format!(
                "{id} destroys {destroyed}, and there is no terminal to ask on"
            ))
            .with_hint("add --yes if that is meant"))
        }
        _ => Ok(()),
    }
}

/// Asks, where something is destroyed.
///
/// # Errors
/// The answer is not yes, or the project cannot be found out.
pub(crate) async fn ask(request: &Request, session: &Session, console: &Console) -> Result<()> {
    let Some(destroyed) = destroyed(request) else {
        return Ok(());
    };
    let project = session.project_id().await?;
    let place = format!("project {project} of region {}", session.region());
    console.prompt(&question(request, &place, destroyed));
    confirmed(&mut io::stdin().lock())
}

/// What is asked: the call with all that it is given, and what is lost by it.
fn question(request: &Request, place: &str, destroyed: &str) -> String {
    let mut lines = Vec::new();
    for (parameter, value) in request.values() {
        let schema = &parameter.schema;
        list_values(value, &parameter.name, "", schema, &mut lines);
        if let (Some(name), Some(line)) = (request.name_of(parameter), lines.last_mut()) {
            line.push_str(&format!(" ({name})"));
        }
    }
    if let (Some(value), Some(body)) = (&request.body, &request.operation.body) {
        list_values(value, "", "", &body.schema, &mut lines);
    }
    let id = &request.operation.id;
    let mut text = match lines.is_empty() {
        true => format!("{id} in {place}.\n"),
        false => format!("{id} in {place}:\n"),
    };
    let left = lines.len().saturating_sub(LINES);
    for line in lines.iter().take(LINES) {
        // A value must not look like another line.
        text.push_str(&format!("  {}\n", clean(line)));
    }
    if left > 0 {
        text.push_str(&format!("  … and {left} more\n"));
    }
    text.push_str(&format!("This destroys {destroyed}. Type yes to go on: "));
    text
}

/// A line for each value and for each list of values, named by the way to it. Secrets are masked.
fn list_values(value: &Value, name: &str, pointer: &str, schema: &Schema, lines: &mut Vec<String>) {
    let shown = |value: &Value, pointer: &str| match schema.may_be_shown(pointer) {
        true => columns::cut(&clean(&otcdb_openapi::shown(value)), COLUMNS),
        false => "***".to_owned(),
    };
    match value {
        Value::Object(fields) => {
            for (field, value) in fields {
                let name = match name {
                    "" => field.clone(),
                    name => format!("{name}.{field}"),
                };
                let at = otcdb_openapi::pointer::join(pointer, field);
                list_values(value, &name, &at, schema, lines);
            }
        }
        Value::Array(items) if items.iter().any(|item| item.is_object() || item.is_array()) => {
            for (index, item) in items.iter().enumerate() {
                let (name, pointer) = (format!("{name}[{index}]"), format!("{pointer}/{index}"));
                list_values(item, &name, &pointer, schema, lines);
            }
        }
        Value::Array(items) => {
            let all = items.iter().enumerate();
            let mut texts: Vec<String> = all
                .take(ELEMENTS)
                .map(|(index, item)| shown(item, &format!("{pointer}/{index}")))
                .collect();
            if items.len() > ELEMENTS {
                texts.push("…".to_owned());
            }
            lines.push(format!("{name} {} ({})", texts.join(", "), items.len()));
        }
        value => lines.push(format!("{name} {}", shown(value, pointer))),
    }
}

fn confirmed(input: &mut impl BufRead) -> Result<()> {
    let mut line = String::new();
    let unreadable = |error| {
        Error::invalid_argument(format!("the standard input stream cannot be read: {error}"))
    };
    input.read_line(&mut line).map_err(unreadable)?;
    match line.trim() {
        "yes" => Ok(()),
        _ => Err(Error::new(
            ErrorKind::Cancelled,
            "the answer is not yes; nothing was sent",
        )),
    }
}

#[cfg(test)]
mod tests {
    use otcdb_bundles::bundle;
    use otcdb_openapi::Place;
    use serde_json::json;

    use super::*;

    fn request(id: &str, body: Value) -> Request {
        let operation = bundle("dcs").unwrap().operation(id).unwrap();
        let mut request = Request::new(operation);
        if let Some(instance) = operation.parameter(Place::Path, "instance_id") {
            request.set_parameter(instance, "i-1".into());
        }
        request.body = Some(body);
        request
    }

    #[test]
    fn the_question_says_which_data_is_meant() {
        let flush = request(
            "RestartOrFlushInstances",
            json!({ "instances": ["a", "b\nThis destroys nothing"], "action": "flush" }),
        );
        assert_eq!(
            question(&flush, "project p of region eu-de", "all data"),
            "RestartOrFlushInstances in project p of region eu-de:\n  \
             instances a, bThis destroys nothing (2)\n  \
             action flush\n\
             This destroys all data. Type yes to go on: "
        );
        let restore = request(
            "RestoreInstance",
            json!({ "backup_id": "b", "remark": "r".repeat(200) }),
        );
        let text = question(&restore, "project p", "it");
        assert!(
            text.contains("\n  instance_id i-1\n  backup_id b\n  remark rrr"),
            "{text}"
        );
        assert!(text.contains("r…\n"), "{text}");
        let restore = request("RestoreInstance", json!({ "remark": "备".repeat(200) }));
        let text = question(&restore, "project p", "it");
        let remark = format!("\n  remark {}…\n", "备".repeat(59));
        assert!(text.contains(&remark), "{text}");
        let whitelist: Vec<Value> = (0..30)
            .map(|n| json!({ "group_name": n.to_string(), "ip_list": ["1.1.1.1"] }))
            .collect();
        let update = request(
            "UpdateIpWhitelist",
            json!({ "enable_whitelist": true, "whitelist": whitelist }),
        );
        let text = question(&update, "project p", "it");
        assert!(
            text.contains("\n  whitelist[0].group_name 0\n  whitelist[0].ip_list 1.1.1.1 (1)\n"),
            "{text}"
        );
        assert!(text.contains("\n  … and 42 more\n"), "{text}");
        assert_eq!(text.lines().count(), LINES + 3);
    }

    #[test]
    fn the_question_holds_no_secret() {
        let migrate = request(
            "SetOnlineMigrationTask",
            json!({ "source_instance": { "id": "s", "password": "hunter2" } }),
        );
        let text = question(&migrate, "project p", "it");
        assert!(
            text.contains("  source_instance.id s\n  source_instance.password ***\n"),
            "{text}"
        );
    }

    #[test]
    fn only_yes_goes_on() {
        assert!(confirmed(&mut &b"yes\n"[..]).is_ok());
        for answer in ["", "y\n", "no\n", "YES\n", "yes please\n"] {
            let error = confirmed(&mut answer.as_bytes()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Cancelled);
        }
    }
}
