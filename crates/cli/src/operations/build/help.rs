//! The help of operations.

use std::fmt::Write as _;

use anstyle::Style;
use clap::builder::StyledStr;
use otcdb_bundles::{Outline, OutlinedOperation};
use otcdb_openapi::{
    Example, Field, Operation, PagingStyle, Parameter, Place, RequestBody, TIME, TimeForm,
};
use serde_json::Value;

use crate::columns;
use crate::exit;
use crate::operations::build::named;
use crate::output;
use crate::rights;

/// How deep the help goes into a body.
const DEPTH: usize = 5;

/// What no column of names is wider than.
const COLUMN: usize = 40;

/// How many lines of a documented body help shows.
const EXAMPLE_LINES: usize = 60;

/// The operations of a service, by the sections of its documentation.
pub(crate) fn sections(outline: Outline, heading: &Style) -> StyledStr {
    let width = output::width().unwrap_or(100).min(120);
    let all = outline.operations;
    let names = all.iter().map(|operation| columns::of(operation.name));
    let column = names.max().unwrap_or_default().min(COLUMN) + 4;
    let mut text = String::new();
    let known = |operation: &OutlinedOperation| {
        let mut sections = outline.sections.iter();
        sections.any(|section| section.name == operation.tag)
    };
    let titles = outline.sections.iter().map(|section| {
        let of_section = all.iter().filter(|one| one.tag == section.name);
        (section.title, of_section.collect::<Vec<_>>())
    });
    let rest = all.iter().filter(|one| !known(one)).collect();
    for (title, operations) in titles.chain([("Others", rest)]) {
        if operations.is_empty() {
            continue;
        }
        let _ = writeln!(text, "{heading}{title}:{heading:#}");
        for operation in operations {
            entry(operation.name, operation.summary, column, width, &mut text);
        }
        text.push('\n');
    }
    let _ = write!(
        text,
        "`otcdb {} OPERATION --help` describes one, `otcdb --help` the options of all.",
        outline.service
    );
    text.into()
}

/// A name, and beside it what it stands for; below it where the name is long.
fn entry(name: &str, about: &str, column: usize, width: usize, text: &mut String) {
    let _ = write!(text, "  {name}");
    let mut at = 2 + columns::of(name);
    for word in about.split_whitespace() {
        let length = columns::of(word);
        let is_first = at + 2 <= column;
        if !is_first && at > column && at + 1 + length <= width {
            text.push(' ');
            at += 1;
        } else {
            if !is_first {
                text.push('\n');
                at = 0;
            }
            text.push_str(&" ".repeat(column - at));
            at = column;
        }
        text.push_str(word);
        at += length;
    }
    text.push('\n');
}

/// The beginning of the long help.
pub(crate) fn about(operation: &Operation, names: &[(&Parameter, String)]) -> String {
    let mut text = format!("{}\n\n{}\n", operation.summary, operation.description);
    let _ = write!(text, "\nCalls {} {}", operation.method, operation.path);
    let pages: Vec<String> = operation
        .pages
        .iter()
        .map(|page| match page.source.as_str() {
            "otc" => page.id.clone(),
            source => format!("{} ({source})", page.id),
        })
        .collect();
    if !pages.is_empty() {
        let _ = write!(text, ", documented on page {}", pages.join(", "));
    }
    text.push_str(".\n");
    if let Some(needed) = rights::needed(operation) {
        let _ = writeln!(text, "\nIt needs {needed}.");
    }
    if let Some(destroyed) = &operation.destroys {
        let _ = writeln!(
            text,
            "\nThis destroys {destroyed}. It asks before it does so, unless --yes is given."
        );
    }
    if let Some(paging) = &operation.pagination {
        let names = [&paging.limit, &paging.position].map(|name| {
            let name = name.as_deref().unwrap_or_default();
            let is_it = |one: &Parameter| one.place == Place::Query && one.name == name;
            let flag = names.iter().find(|(parameter, _)| is_it(parameter));
            flag.map(|(_, long)| format!("--{long}"))
        });
        let pages = match (paging.style, names, &paging.position) {
            (PagingStyle::Whole, ..) => String::new(),
            (_, [Some(limit), Some(position)], _) => {
                format!(" All pages are fetched; with {limit} or {position} just that one is.")
            }
            (_, _, Some(position)) => {
                format!(" All pages are fetched; with {position} in the body just that one is.")
            }
            _ => String::new(),
        };
        let _ = writeln!(
            text,
            "\nThe response is the list of items, in json and yaml an array, in jsonl one line for each as it comes.{pages}"
        );
    }
    if operation.can_wait() {
        text.push_str(match operation.finished() {
            Some(_) => {
                "\nThe work goes on when the call has been answered; --wait waits until it is done, and writes the \
                 response that says so.\n"
            }
            None => "\nWith --wait the call is made again until the response says that the work is done.\n",
        });
    }
    if has_secrets(operation) {
        text.push_str(
            "\nThe response holds secrets, such as links that need no further proof of identity. They are written to the \
             standard output stream, since they are what was asked for, and nowhere else.\n",
        );
    }
    text.truncate(text.trim_end().len());
    text
}

fn has_secrets(operation: &Operation) -> bool {
    operation
        .successes()
        .filter_map(|response| response.schema.as_ref())
        .any(otcdb_openapi::Schema::holds_secrets)
}

/// The help of a parameter's flag.
pub(crate) fn flag(parameter: &Parameter) -> String {
    let mut text = parameter
        .description
        .trim()
        .trim_end_matches('.')
        .to_owned();
    if parameter.is_list() {
        text.push_str("; can be repeated");
    }
    // A pattern is no help; the description says the form.
    if parameter.schema.values().is_none()
        && parameter.schema.keyword("pattern").is_none()
        && let Some(allowed) = parameter.schema.allowed()
        && !matches!(
            allowed.as_str(),
            "a whole number" | "true or false" | "a list"
        )
    {
        let allowed = allowed.trim_start_matches("a whole number ");
        let _ = write!(text, " [{allowed}]");
    }
    text
}

/// What stands for the value of a parameter's flag.
pub(crate) fn value_name(operation: &Operation, parameter: &Parameter) -> String {
    let name = match parameter.schema.kind() {
        _ if named::lookup(operation, parameter).is_some() => "ID|NAME",
        _ if parameter.schema.values().is_some() => "VALUE",
        Some("integer" | "number") if parameter.schema.keyword(TIME).is_none() => "NUMBER",
        Some("boolean") => "BOOLEAN",
        _ if parameter.name == "id" || parameter.name.ends_with("_id") => "ID",
        _ => return time_name(parameter).unwrap_or_else(|| "TEXT".to_owned()),
    };
    name.to_owned()
}

/// How a time is typed that a parameter takes, `YYYY-MM-DD` for instance; `None` if it takes none.
fn time_name(parameter: &Parameter) -> Option<String> {
    /// The letters of the digits, to the offset from UTC.
    const LETTERS: &str = "YYYYMMDDhhmmsshhmm";
    /// A time in each form in which services have them, the usual ones first.
    const TIMES: [&str; 7] = [
        "2018-08-06T10:41:14Z",
        "2018-08-06T10:41:14+0800",
        "2018-08-06",
        "2018-08-06T10:41:14",
        "2018-08-06 10:41:14",
        "20180806104114",
        "201808061041",
    ];
    let form = parameter.schema.keyword(TIME)?.as_str()?.parse().ok()?;
    if let TimeForm::Milliseconds | TimeForm::Seconds = form {
        return Some(form.name().to_uppercase());
    }
    let is_taken = |time: &&str| form.has(&(*time).into()) && parameter.parse(time).is_ok();
    let mut documented = parameter.examples.iter();
    let time = documented
        .find_map(|example| example.value.as_str().filter(is_taken))
        .or_else(|| TIMES.into_iter().find(is_taken))?;
    let mut letters = LETTERS.chars();
    let letter = |one: char| match one.is_ascii_digit() {
        true => letters.next().unwrap_or(one),
        false => one,
    };
    Some(time.chars().map(letter).collect())
}

/// The usage, where flags are only needed unless another one is given, which clap does not show.
pub(crate) fn usage(operation: &Operation, names: &[(&Parameter, String)]) -> Option<String> {
    if !operation.has_example() {
        return None;
    }
    let name = format!("otcdb {} {}", operation.service, operation.name);
    let mut line = format!("{name} [OPTIONS]");
    for (parameter, long) in names.iter().filter(|(parameter, _)| parameter.required) {
        let _ = write!(line, " --{long} <{}>", value_name(operation, parameter));
    }
    if operation.body.as_ref().is_some_and(|body| body.required) {
        line.push_str(" --body <JSON|@FILE|->");
    }
    Some(format!("{line}\n       {name} --body-example[=<NAME>]"))
}

/// A command line to begin with.
pub(crate) fn examples(operation: &Operation, names: &[(&Parameter, String)]) -> String {
    let mut line = format!("  otcdb {} {}", operation.service, operation.name);
    for (parameter, long) in names {
        let paging = operation.pagination.as_ref();
        let is_paging = paging.is_some_and(|paging| paging.counts_with(&parameter.name));
        if !parameter.required || is_paging {
            continue;
        }
        let value = match parameter.examples.first() {
            Some(example) => word(&example.value),
            None => parameter.kebab.to_uppercase(),
        };
        let _ = write!(line, " --{long} {value}");
    }
    if operation.body.is_some() {
        line.push_str(" --body @body.json");
    }
    let mut text = format!("Example:\n{line}");
    if operation.has_example() {
        let _ = write!(
            text,
            "\n  otcdb {} {} --body-example > body.json",
            operation.service, operation.name
        );
    }
    text
}

/// A value as a word of a shell, as far as documented values need it.
pub(crate) fn word(value: &Value) -> String {
    let text = otcdb_openapi::shown(value);
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@%+,".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        text
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

/// The end of the long help.
pub(crate) fn after(operation: &Operation, names: &[(&Parameter, String)]) -> String {
    let mut text = String::new();
    if let Some(body) = &operation.body {
        text.push_str(&body_help(body));
    }
    text.push_str(&examples(operation, names));
    text.push_str("\n\n");
    text.push_str(&exit::help());
    text
}

fn body_help(body: &RequestBody) -> String {
    let width = output::width().unwrap_or(100).min(120);
    let fields = body.schema.outline(DEPTH);
    let mut text = match body.required {
        true => "Body, as JSON:\n".to_owned(),
        false => "Body, as JSON; it can be left out:\n".to_owned(),
    };
    if fields.is_empty() {
        text.push_str("  any\n");
    }
    for field in &fields {
        text.push_str(&line(field, width));
    }
    text.push('\n');
    if let Some(example) = body.examples.first() {
        text.push_str(&shown(example, body.examples.len()));
    }
    text
}

/// A field, wrapped below its own beginning.
fn line(field: &Field, width: usize) -> String {
    let indent = "  ".repeat(field.depth + 1);
    let mut head = format!("{indent}{} ({}", field.name, field.kind);
    if field.required {
        head.push_str(", required");
    }
    head.push(')');
    if !field.description.is_empty() {
        let _ = write!(head, ": {}", field.description);
    }
    if let Some(allowed) = &field.allowed {
        let _ = write!(head, " [{allowed}]");
    }
    let mut text = String::new();
    let mut column = 0;
    for (index, word) in head.trim_start().split(' ').enumerate() {
        let length = columns::of(word);
        if index == 0 {
            text.push_str(&indent);
            column = indent.len();
        } else if column + 1 + length > width {
            text.push_str("\n    ");
            text.push_str(&indent);
            column = indent.len() + 4;
        } else {
            text.push(' ');
            column += 1;
        }
        text.push_str(word);
        column += length;
    }
    text.push('\n');
    text
}

fn shown(example: &Example, count: usize) -> String {
    let json = format!("{:#}", example.value);
    let lines: Vec<&str> = json.lines().collect();
    let mut text = match count {
        1 => "A documented body:\n".to_owned(),
        count => format!(
            "The first of {count} documented bodies ({}):\n",
            example.summary
        ),
    };
    for line in lines.iter().take(EXAMPLE_LINES) {
        let _ = writeln!(text, "  {line}");
    }
    if lines.len() > EXAMPLE_LINES {
        text.push_str("  … (--body-example writes all of it)\n");
    }
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use otcdb_openapi::Description;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_field_is_wrapped_by_the_room_that_its_words_take() {
        let words = "生产缓存 生产缓存 e\u{301}e\u{301}e\u{301}e\u{301}";
        let schema =
            json!({ "properties": { "name": { "type": "string", "description": words } } });
        let document = json!({ "paths": { "/v2/things": { "post": {
            "operationId": "CreateThing",
            "requestBody": { "content": { "application/json": { "schema": schema } } },
        } } } });
        let bundle = Description::of("things", document).unwrap();
        let body = bundle.operations.first().unwrap().body.as_ref().unwrap();
        let field = body.schema.outline(1).remove(0);
        assert_eq!(
            line(&field, 24),
            "  name (string):\n      生产缓存 生产缓存\n      e\u{301}e\u{301}e\u{301}e\u{301}\n"
        );
    }

    #[test]
    fn a_flag_of_a_time_says_how_it_is_typed() {
        let name = |schema: Value, example: Option<&str>| {
            let examples = example.map(|value| json!({ "one": { "value": value } }));
            let document = json!({ "paths": { "/v2/things": { "get": {
                "operationId": "ListThings",
                "parameters": [{ "name": "begin", "in": "query", "schema": schema, "examples": examples.unwrap_or(json!({})) }],
            } } } });
            let bundle = Description::of("things", document).unwrap();
            let operation = bundle.operations.first().unwrap();
            value_name(operation, operation.parameters.first().unwrap())
        };
        let time = |form: &str| json!({ "type": "string", "x-time": form });
        assert_eq!(name(time("date"), None), "YYYY-MM-DD");
        assert_eq!(name(time("rfc3339"), None), "YYYY-MM-DDThh:mm:ssZ");
        assert_eq!(name(time("offset"), None), "YYYY-MM-DDThh:mm:ss+hhmm");
        assert_eq!(name(time("local"), None), "YYYY-MM-DDThh:mm:ss");
        let example = Some("2018/08/06 10:41:14");
        assert_eq!(name(time("utc"), example), "YYYY/MM/DD hh:mm:ss");
        let mut digits = time("utc");
        digits["pattern"] = json!("^[0-9]{14}$");
        assert_eq!(name(digits, None), "YYYYMMDDhhmmss");
        let count = json!({ "type": "integer", "x-time": "seconds" });
        assert_eq!(name(count, None), "SECONDS");
        assert_eq!(name(json!({ "type": "string" }), None), "TEXT");
    }

    #[test]
    fn pages_are_told_of_by_the_names_that_their_flags_have() {
        let parameter =
            |name| json!({ "name": name, "in": "query", "schema": { "type": "integer" } });
        let document = json!({ "paths": { "/v2/things": { "get": {
            "operationId": "ListThings",
            "parameters": [parameter("output"), parameter("offset")],
            "x-pagination": { "style": "index", "position": "offset", "limit": "output", "items": "things" }
        } } } });
        let bundle = Description::of("things", document).unwrap();
        let operation = bundle.operations.first().unwrap();
        let long = |parameter: &Parameter| match parameter.name.as_str() {
            "output" => "param-output".to_owned(),
            name => name.to_owned(),
        };
        let names: Vec<_> = operation
            .parameters
            .iter()
            .map(|one| (one, long(one)))
            .collect();
        let text = about(operation, &names);
        assert!(
            text.contains("with --param-output or --offset just that one is"),
            "{text}"
        );
    }
}
