//! The rights that operations need: in help, in errors, and the least set for each kind of log.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use otcdb_bundles::bundle;
use otcdb_logs::LogKind;

use crate::support::{Cloud, otcdb, run};

/// The README's table is this one: what a pull of one kind calls, and what the description says that each call needs.
#[test]
fn the_least_rights_for_each_kind_of_log_are_those_of_the_calls_of_its_pull() {
    let mut table =
        "| `--kind` | Rights | Calls of which no page says what they need |\n| --- | --- | --- |\n"
            .to_owned();
    for kind in LogKind::ALL.map(LogKind::as_str) {
        let cloud = Cloud::new();
        let out = tempfile::tempdir().unwrap();
        let ran = run(&mut cloud.pull(out.path(), ["--kind", kind, "--quiet"]));
        assert_eq!(ran.code, 0, "{ran:?}");
        let requests = cloud.running.requests();
        let called: BTreeSet<&str> = requests
            .iter()
            .filter_map(|request| request.operation.as_deref())
            .collect();
        assert!(called.len() > 1, "{kind}: {called:?}");
        let (mut rights, mut unknown) = (BTreeSet::new(), BTreeSet::new());
        // A file comes by its link, which needs no right.
        for (service, id) in called.iter().filter_map(|name| name.split_once('.')) {
            let operation = bundle(service).unwrap().operation(id).unwrap();
            match &operation.permissions {
                Some(needed) => rights.extend(needed.iter().map(|right| format!("`{right}`"))),
                None => drop(unknown.insert(format!("`{id}`"))),
            }
        }
        let [rights, unknown] = [rights, unknown].map(|names| {
            let names: Vec<String> = names.into_iter().collect();
            match names.is_empty() {
                true => " ".to_owned(),
                false => format!(" {} ", names.join(", ")),
            }
        });
        writeln!(table, "| `{kind}` |{rights}|{unknown}|").unwrap();
    }
    let readme = concat!(env!("CARGO_MANIFEST_DIR"), "/../../README.md");
    let readme = std::fs::read_to_string(readme).unwrap();
    assert!(readme.contains(&table), "README.md is to have:\n{table}");
}

/// The README's table of the kinds of log is that of the program.
#[test]
fn the_readme_has_every_kind_of_log() {
    let mut table = "| Kind | What | Form |\n| --- | --- | --- |\n".to_owned();
    for kind in LogKind::ALL {
        writeln!(table, "| `{kind}` | {} | {} |", kind.what(), kind.form()).unwrap();
    }
    let readme = concat!(env!("CARGO_MANIFEST_DIR"), "/../../README.md");
    let readme = std::fs::read_to_string(readme).unwrap();
    assert!(readme.contains(&table), "README.md is to have:\n{table}");
}

#[test]
fn a_refusal_says_which_rights_are_needed() {
    let cloud = Cloud::with_fault("ListInstances:403:times=always");
    let ran = run(&mut cloud.otcdb(["rds", "list-instances"]));
    assert_eq!(ran.code, 3);
    assert!(
        ran.err
            .contains("hint: ListInstances needs the right rds:instance:list"),
        "{ran:?}"
    );
    let out = tempfile::tempdir().unwrap();
    let ran = run(&mut cloud.pull(out.path(), ["--kind", "rds-slow"]));
    assert!(
        ran.err
            .contains("hint: ListInstances needs the right rds:instance:list"),
        "{ran:?}"
    );
}

#[test]
fn help_says_which_rights_are_needed() {
    let ran = run(&mut otcdb(["rds", "list-instances", "--help"]));
    assert!(
        ran.out.contains("It needs the right rds:instance:list."),
        "{ran:?}"
    );
}
