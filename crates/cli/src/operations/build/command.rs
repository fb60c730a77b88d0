//! Commands made of operations.

use std::ffi::OsString;

use clap::Command;
use otcdb_bundles::{Outline, operation, outline};
use otcdb_core::Service;

use crate::operations::build::flags;
use crate::operations::build::help;
use crate::operations::build::options;

/// What the names of all commands begin with in the manual.
const PROGRAM: &str = "otcdb-";
const BETWEEN: &str = "-";

/// The help of a service. Its operations stand by section in the text before the rest, since clap knows but one list of
/// commands; the flags of all commands are in the help of each operation.
const SECTIONS: &str = "{about-with-newline}\n{usage-heading} {usage}\n\n{before-help}";

/// The services with a command. Tokens and projects, which are all of the identity service, the program asks for itself.
pub(crate) fn services() -> impl Iterator<Item = Service> {
    Service::ALL
        .into_iter()
        .filter(|service| *service != Service::IDENTITY)
}

/// The command of a service. Its operations are read when they are asked for.
pub(crate) fn of_service(service: Service) -> Command {
    Command::new(service.as_str())
        .about(format!("Call an operation of the {}", service.title()))
        .display_name(display_name(service.as_str(), None))
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand_value_name("OPERATION")
        .help_template(SECTIONS)
        .defer(with_operations)
}

/// The same with no more than its words need: what is made of an operation whose name is not among them is never looked
/// at.
pub(crate) fn of_service_for(service: Service, words: &[OsString]) -> Command {
    let command = of_service(service);
    if !words.iter().any(|word| word == service.as_str()) {
        return command.defer(|command| command);
    }
    // The other functions are given none of this one's words.
    let command = with_operations(command.defer(|command| command));
    command.mut_subcommands(
        |command| match words.iter().any(|word| word == command.get_name()) {
            true => command,
            false => command.defer(|command| command),
        },
    )
}

/// The same with no operations but those whose names are among these words, if any is.
pub(crate) fn of_service_to_parse(service: Service, words: &[OsString]) -> Command {
    let is_named = |name: &str| words.iter().any(|word| word == name);
    let outline = outline(service.as_str()).ok().filter(|outline| {
        let mut operations = outline.operations.iter();
        is_named(service.as_str()) && operations.any(|one| is_named(one.name))
    });
    let command = of_service(service);
    let Some(outline) = outline else {
        return command;
    };
    with_some(command.defer(|command| command), outline, is_named)
}

/// What the manual calls a command, and by which what is made later finds out what it is to be made of.
fn display_name(service: &str, operation: Option<&str>) -> String {
    match operation {
        None => format!("{PROGRAM}{service}"),
        Some(operation) => format!("{PROGRAM}{service}{BETWEEN}{operation}"),
    }
}

/// Only names and summaries; the rest of a command is made when that command is asked for.
fn with_operations(command: Command) -> Command {
    let service = command.get_name().to_owned();
    // That the bundle can be read is a test's business; a program without it has no operations.
    let Ok(outline) = outline(&service) else {
        return command;
    };
    with_some(command, outline, |_| true)
}

fn with_some(command: Command, outline: Outline, is_wanted: impl Fn(&str) -> bool) -> Command {
    let sections = help::sections(outline, command.get_styles().get_header());
    let operations = outline.operations.iter();
    let operations = operations.filter(|operation| is_wanted(operation.name));
    command
        .before_help(sections)
        .subcommands(operations.map(|operation| {
            Command::new(operation.name)
                .about(operation.summary)
                .display_name(display_name(outline.service, Some(operation.name)))
                .defer(of_operation)
        }))
}

fn of_operation(command: Command) -> Command {
    let name = command.get_name();
    let service = command.get_display_name().and_then(|full| {
        full.strip_prefix(PROGRAM)?
            .strip_suffix(name)?
            .strip_suffix(BETWEEN)
    });
    let operation = service.and_then(|service| operation(service, name).ok()?);
    let Some(operation) = operation else {
        return command;
    };
    let names = flags::names(operation);
    let flags = names
        .iter()
        .enumerate()
        .map(|(order, (parameter, long))| flags::flag(operation, parameter, long, order));
    let command = match help::usage(operation, &names) {
        Some(usage) => command.override_usage(usage),
        None => command,
    };
    let command = command
        .long_about(help::about(operation, &names))
        .after_help(help::examples(operation, &names))
        .after_long_help(help::after(operation, &names))
        .args(flags);
    options::add(command, operation).next_display_order(None)
}
