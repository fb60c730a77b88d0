//! The whole command surface.

use std::fmt::Write as _;

use clap::Command;

#[test]
fn every_help_is_as_it_was() {
    let mut text = String::new();
    describe(&otcdb_cli::command(), &mut text);
    insta::assert_snapshot!("help", text);
}

fn describe(command: &Command, text: &mut String) {
    let help = command.clone().term_width(100).render_long_help();
    let name = command.get_bin_name().unwrap_or_else(|| command.get_name());
    writeln!(text, "=== {name}\n\n{help}").unwrap();
    for command in command
        .get_subcommands()
        .filter(|command| command.get_name() != "help")
    {
        describe(command, text);
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
    check(&otcdb_cli::command());
}
