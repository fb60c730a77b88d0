//! The whole command surface.

use std::fmt::Write as _;

use clap::Command;

#[test]
fn every_help_is_as_it_was() {
    let mut text = String::new();
    render_command(&built(), &mut text);
    insta::assert_snapshot!("help", text);
}

/// By section, each once.
#[test]
fn every_operation_is_a_command() {
    let command = built();
    for service in otcdb_bundles::services() {
        // `otcdb auth` is what the program makes of identity.
        let Some(command) = command.find_subcommand(service) else {
            assert_eq!(service, "iam");
            continue;
        };
        let help = command.clone().render_help().to_string();
        let bundle = otcdb_bundles::bundle(service).unwrap();
        for operation in &bundle.operations {
            let found = command.find_subcommand(&operation.name).unwrap();
            assert_eq!(found.get_about().unwrap().to_string(), operation.summary);
            let line = format!("\n  {} ", operation.name);
            assert_eq!(help.matches(&line).count(), 1, "{line}");
        }
        insta::assert_snapshot!(format!("{service}_operations"), help);
    }
}

#[test]
fn the_help_of_an_operation_says_all_that_is_needed() {
    let command = built();
    for (service, name) in [
        ("dcs", "list-instances"),
        ("dcs", "copy-instance"),
        ("dcs", "delete-backup-file"),
        ("rds", "set-auditlog-policy"),
    ] {
        let operation = command
            .find_subcommand(service)
            .unwrap()
            .find_subcommand(name)
            .unwrap();
        // What every command has is in the other snapshot.
        let operation = operation.clone().mut_args(|arg| {
            let is_common = arg.get_help_heading().is_some();
            arg.hide(is_common)
        });
        let help = operation.term_width(100).render_long_help();
        insta::assert_snapshot!(format!("{service}_{name}"), help);
    }
}

/// With all subcommands, and all flags in all of them.
fn built() -> Command {
    let mut command = otcdb_cli::command();
    command.build();
    command
}

fn render_command(command: &Command, text: &mut String) {
    let help = command.clone().term_width(100).render_long_help();
    let name = command.get_bin_name().unwrap_or_else(|| command.get_name());
    writeln!(text, "=== {name}\n\n{help}").unwrap();
    for command in command
        .get_subcommands()
        .filter(|command| command.get_name() != "help")
    {
        if command.get_subcommands().count() > 10 {
            continue;
        }
        render_command(command, text);
    }
}

/// Everyone on a machine can read its command lines.
#[test]
fn no_flag_takes_a_secret() {
    fn check(command: &Command) {
        for flag in command
            .get_arguments()
            .filter_map(|argument| argument.get_long())
        {
            let is_secret = ["password", "token", "secret", "access-key"]
                .iter()
                .any(|word| flag.contains(word));
            assert!(
                !is_secret || flag.ends_with("-file") || flag == "token-lifetime",
                "--{flag}"
            );
        }
        command.get_subcommands().for_each(check);
    }
    check(&built());
}
