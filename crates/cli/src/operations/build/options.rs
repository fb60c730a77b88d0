//! Flags that operations have beside their parameters.

use std::time::Duration;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use otcdb_core::waiter::PollPolicy;
use otcdb_openapi::Operation;

use crate::args::values::{self, is_set, switch};
use crate::operations::show::fields::{self, NameParser, SortKeyParser};
use crate::operations::show::query::Query;
use crate::operations::show::view::View;
use crate::output::Format;

pub(crate) const BODY: &str = "body";
pub(crate) const BODY_EXAMPLE: &str = "body-example";
const COLUMNS: &str = "columns";
const OUTPUT: &str = "output";
const QUERY: &str = "query";
const SIMULATE: &str = "simulate";
const SORT_BY: &str = "sort-by";
const WAIT: &str = "wait";
const WAIT_INTERVAL: &str = "wait-interval";
const WAIT_TIMEOUT: &str = "wait-timeout";
const YES: &str = "yes";

const OF_BODY: &str = "The body: JSON, or @ and the name of a file, or - for the standard input stream. It is checked \
    before anything is sent";

/// The names of all of them.
pub(crate) const ALL: [&str; 11] = [
    BODY,
    BODY_EXAMPLE,
    COLUMNS,
    OUTPUT,
    QUERY,
    SIMULATE,
    SORT_BY,
    WAIT,
    WAIT_INTERVAL,
    WAIT_TIMEOUT,
    YES,
];

/// Adds the flags that make sense for the operation.
pub(crate) fn add(mut command: Command, operation: &'static Operation) -> Command {
    let mut args = Vec::new();
    if let Some(body) = &operation.body {
        let mut arg = Arg::new(BODY)
            .long(BODY)
            .value_name("JSON|@FILE|-")
            .allow_hyphen_values(true)
            .help(match body.schema.holds_secrets() {
                false => OF_BODY.to_owned(),
                true => format!(
                    "{OF_BODY}. It holds secrets: give it as @FILE or -, as other users of this machine see what is \
                     typed here"
                ),
            });
        if body.required {
            arg = match operation.has_example() {
                true => arg.required_unless_present(BODY_EXAMPLE),
                false => arg.required(true),
            };
        }
        args.push(arg);
        if operation.has_example() {
            let names = body.examples.iter().map(|example| example.name.as_str());
            let first = body.examples.first().map(|example| example.name.as_str());
            args.push(
                Arg::new(BODY_EXAMPLE)
                    .long(BODY_EXAMPLE)
                    .value_name("NAME")
                    .num_args(0..=1)
                    .require_equals(true)
                    .default_missing_value(first.unwrap_or_default())
                    .value_parser(PossibleValuesParser::new(names))
                    .conflicts_with(BODY)
                    .help("Write a documented body to begin with, and send nothing"),
            );
        }
    }
    if operation.destroys.is_some() {
        args.push(
            switch(YES)
                .short('y')
                .help("Do not ask whether the data may be destroyed"),
        );
    }
    if operation.can_wait() {
        let duration = |id: &'static str| {
            Arg::new(id)
                .long(id)
                .value_name("DURATION")
                .requires(WAIT)
                .value_parser(values::positive)
        };
        args.push(switch(WAIT).help(
            "Wait until the work is done, and write the response that says so; an error if it fails",
        ));
        args.push(duration(WAIT_INTERVAL).help(
            "The pause between two questions whether it is done [default: 5s, simulated 100ms]",
        ));
        args.push(duration(WAIT_TIMEOUT).help("How long to wait for it [default: 30m]"));
    }
    args.push(switch(SIMULATE).help(
        "Call a simulated cloud inside this program: no account, no network, no configuration",
    ));
    args.push(
        Arg::new(OUTPUT)
            .long(OUTPUT)
            .short('o')
            .value_name("FORMAT")
            .value_parser(value_parser!(Format))
            .default_value("table")
            .help("The form of the response"),
    );
    if let Some(paging) = &operation.pagination {
        let names = NameParser(fields::names(operation, paging));
        args.push(
            list(COLUMNS)
                .value_name("FIELD,…")
                .value_parser(names.clone())
                .conflicts_with(QUERY)
                .help("The columns of the table, such as id,name"),
        );
        args.push(
            list(SORT_BY)
                .value_name("FIELD,…")
                .value_parser(SortKeyParser(names))
                .allow_hyphen_values(true)
                .help("Sort the list by these fields; FIELD:desc or -FIELD turns the order round"),
        );
    }
    args.push(
        Arg::new(QUERY)
            .long(QUERY)
            .value_name("JMESPATH")
            .value_parser(Query::parse)
            .help("Show what this expression finds in the response as --output json has it"),
    );
    for (order, arg) in args.into_iter().enumerate() {
        command = command.arg(arg.display_order(500 + order));
    }
    command
}

/// A flag with fields, of which there may be many to choose from.
fn list(id: &'static str) -> Arg {
    Arg::new(id)
        .long(id)
        .action(ArgAction::Append)
        .value_delimiter(',')
        .hide_possible_values(true)
}

/// What these flags say.
#[derive(Clone, Debug)]
pub(crate) struct CommonOptions {
    pub(crate) body: Option<String>,
    pub(crate) body_example: Option<String>,
    pub(crate) yes: bool,
    pub(crate) wait: Option<PollPolicy>,
    pub(crate) simulate: bool,
    pub(crate) view: View,
}

impl CommonOptions {
    pub(crate) fn of(matches: &ArgMatches) -> Self {
        let duration = |id| one::<Duration>(matches, id);
        let simulate = is_set(matches, SIMULATE);
        let policy = PollPolicy::default();
        let pause = match simulate {
            true => Duration::from_millis(100),
            false => policy.interval,
        };
        Self {
            body: one(matches, BODY),
            body_example: one(matches, BODY_EXAMPLE),
            yes: is_set(matches, YES),
            wait: is_set(matches, WAIT).then(|| {
                policy
                    .interval(duration(WAIT_INTERVAL).unwrap_or(pause))
                    .deadline(duration(WAIT_TIMEOUT).unwrap_or(policy.deadline))
            }),
            simulate,
            view: View {
                format: one(matches, OUTPUT).unwrap_or_default(),
                query: one(matches, QUERY),
                columns: all(matches, COLUMNS),
                sort: all(matches, SORT_BY),
            },
        }
    }
}

/// The value of a flag, if the operation has it and it is given.
fn one<T: Clone + Send + Sync + 'static>(matches: &ArgMatches, id: &str) -> Option<T> {
    matches.try_get_one(id).ok().flatten().cloned()
}

/// The values of a flag; none if the operation does not have it.
fn all<T: Clone + Send + Sync + 'static>(matches: &ArgMatches, id: &str) -> Vec<T> {
    let values = matches.try_get_many(id).ok().flatten();
    values
        .map(|values| values.cloned().collect())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum as _;

    use super::*;

    #[test]
    fn the_default_form_is_one() {
        assert_eq!(Format::from_str("table", false), Ok(Format::default()));
    }
}
