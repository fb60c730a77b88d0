//! Flags made of parameters.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::sync::LazyLock;

use clap::builder::{PossibleValuesParser, TypedValueParser as _, ValueParser};
use clap::{Arg, ArgAction, Args as _, ColorChoice, Command};
use clap_complete::engine::ArgValueCompleter;
use otcdb_openapi::{Operation, Parameter, Place};
use serde_json::Value;

use crate::args::{Calls, Global, Identity};
use crate::complete;
use crate::operations::build::help;
use crate::operations::build::named;
use crate::operations::build::options;

/// Headers that the session sets.
const OF_THE_SESSION: [&str; 8] = [
    "accept",
    "authorization",
    "content-length",
    "content-type",
    "host",
    "x-auth-token",
    "x-project-id",
    "x-sdk-date",
];

/// Whether the identity and not the caller says what a parameter is.
pub(crate) fn is_of_the_session(parameter: &Parameter) -> bool {
    match parameter.place {
        Place::Path => parameter.name == "project_id",
        Place::Query => false,
        Place::Header => OF_THE_SESSION.contains(&parameter.name.to_ascii_lowercase().as_str()),
    }
}

/// The parameters that are flags, with the flags' names.
pub(crate) fn names(operation: &'static Operation) -> Vec<(&'static Parameter, String)> {
    names_beside(operation, &TAKEN)
}

fn names_beside<'a>(
    operation: &'a Operation,
    taken: &HashSet<String>,
) -> Vec<(&'a Parameter, String)> {
    operation
        .parameters
        .iter()
        .filter(|parameter| !is_of_the_session(parameter))
        .map(|parameter| {
            let long = match taken.contains(&parameter.kebab) {
                true => format!("param-{}", parameter.kebab),
                false => parameter.kebab.clone(),
            };
            (parameter, long)
        })
        .collect()
}

/// Flags that mean something else everywhere.
static TAKEN: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let mut command = Command::new("otcdb").color(ColorChoice::Never);
    command = Global::augment_args(command);
    command = Identity::augment_args(command);
    command = Calls::augment_args(command);
    let long = |arg: &Arg| {
        let aliases = arg.get_all_aliases().unwrap_or_default();
        aliases
            .into_iter()
            .chain(arg.get_long())
            .map(ToOwned::to_owned)
            .collect::<Vec<_>>()
    };
    let own = ["help", "version"].into_iter().chain(options::ALL);
    command
        .get_arguments()
        .flat_map(long)
        .chain(own.map(ToOwned::to_owned))
        .collect()
});

/// The id of a parameter's flag, which no other flag has.
pub(crate) fn id(parameter: &Parameter) -> String {
    format!("parameter {}", parameter.name)
}

/// The flag of a parameter.
pub(crate) fn flag(
    operation: &'static Operation,
    parameter: &'static Parameter,
    long: &str,
    order: usize,
) -> Arg {
    let paging = operation.pagination.as_ref();
    let is_paging = paging.is_some_and(|paging| paging.counts_with(&parameter.name));
    let mut arg = Arg::new(id(parameter))
        .long(long.to_owned())
        .display_order(order)
        .value_name(help::value_name(operation, parameter))
        .value_parser(parser(operation, parameter))
        .help(help::flag(parameter))
        .action(match parameter.is_list() {
            true => ArgAction::Append,
            false => ArgAction::Set,
        });
    if let Some(lookup) = named::lookup(operation, parameter) {
        let candidates = move |typed: &OsStr| complete::resources(&lookup, typed);
        arg = arg.add(ArgValueCompleter::new(candidates));
    }
    // Where all pages are fetched, the program itself says where they begin.
    if parameter.required && !is_paging {
        arg = match operation.has_example() {
            true => arg.required_unless_present(options::BODY_EXAMPLE),
            false => arg.required(true),
        };
    }
    arg
}

fn parser(operation: &Operation, parameter: &'static Parameter) -> ValueParser {
    if named::lookup(operation, parameter).is_some() {
        // A name keeps to no form of ids.
        return ValueParser::new(move |text: &str| match named::is_id(text) {
            true => parse(parameter, text),
            false => sendable(parameter, text).map(|()| text.into()),
        });
    }
    let values = match parameter.schema.kind() {
        Some("boolean") => Some(vec!["true", "false"]),
        _ => parameter.schema.values(),
    };
    match values {
        Some(values) => PossibleValuesParser::new(values)
            .try_map(move |text| parameter.parse(&text))
            .into(),
        None => ValueParser::new(move |text: &str| parse(parameter, text)),
    }
}

fn parse(parameter: &Parameter, text: &str) -> Result<Value, String> {
    sendable(parameter, text)?;
    parameter.parse(text)
}

/// Refuses what leads to another path, or cannot be sent at its place.
fn sendable(parameter: &Parameter, text: &str) -> Result<(), String> {
    // A path with such a part is that of another operation.
    if parameter.place == Place::Path && matches!(text, "" | "." | "..") {
        return Err("this cannot be part of a path".to_owned());
    }
    if parameter.place != Place::Query && text.chars().any(char::is_control) {
        return Err("control characters cannot be sent here".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameters(names: &[&str]) -> Operation {
        let parameters: Vec<Value> = names
            .iter()
            .map(|name| serde_json::json!({"name": name, "in": "query", "schema": {"type": "string"}}))
            .collect();
        let document = serde_json::json!({"paths": {"/v2/{id}": {"get": {
            "operationId": "ShowThing", "parameters": parameters
        }}}});
        let bundle = otcdb_openapi::Description::of("things", document);
        bundle.unwrap().operations.remove(0)
    }

    #[test]
    fn a_flag_that_means_something_else_everywhere_is_named_otherwise() {
        let operation = parameters(&["region", "name", "output", "domain", "dry_run"]);
        let names = names_beside(&operation, &TAKEN);
        let names: Vec<_> = names.iter().map(|(_, long)| long.as_str()).collect();
        assert_eq!(
            names,
            [
                "param-region",
                "name",
                "param-output",
                "param-domain",
                "dry-run"
            ]
        );
    }

    #[test]
    fn no_value_leads_to_another_path() {
        let operation = otcdb_bundles::bundle("dcs")
            .unwrap()
            .named("list-redislog")
            .unwrap();
        let id = operation.parameter(Place::Path, "instance_id").unwrap();
        for bad in ["", ".", "..", "a\nb"] {
            assert!(parse(id, bad).is_err(), "{bad:?}");
        }
        assert!(parse(id, "a/../b").is_ok(), "it is encoded");
    }
}
