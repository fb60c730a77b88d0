//! `otcdb logs list`.

use crate::support::{Cloud, files, otcdb, run};

#[test]
fn what_would_be_pulled_is_listed_with_what_is_there() {
    let cloud = Cloud::new();
    let out = tempfile::tempdir().unwrap();
    let folder = out.path().join("logs");
    let list = |more: &[&str]| {
        let mut command = cloud.otcdb(["logs", "list", "--out"]);
        run(command.arg(&folder).args(more))
    };
    let kinds = ["--kind", "redis-slow", "--kind", "rds-audit"];
    let json = |more: &[&str]| list(&[&kinds, more, &["--output", "json"]].concat()).json();
    let before = json(&[]);
    let sources = before["sources"].as_array().unwrap();
    assert!(sources.len() > 2, "{before}");
    assert!(
        sources
            .iter()
            .all(|one| one["files"] == 0 && one["until"].is_null()),
        "{before}"
    );
    assert_eq!(files(out.path()), [], "nothing is written");

    let pulled = run(cloud
        .pull(&folder, kinds)
        .args(["--output", "json", "--since", "8d"]))
    .json();
    let there = files(out.path());
    let after = json(&[]);
    assert_eq!(after["files"], pulled["files_fetched"], "{after}");
    assert_eq!(after["bytes"], pulled["bytes_fetched"], "{after}");
    assert_eq!(
        after["sources"].as_array().unwrap().len(),
        pulled["sources"]
    );
    let slow = after["sources"].as_array().unwrap();
    let slow = slow.iter().find(|one| one["kind"] == "redis-slow").unwrap();
    assert!(
        slow["since"].is_string() && slow["until"].is_string(),
        "{slow}"
    );

    let name = slow["instance_name"].as_str().unwrap();
    let table = list(&["--instance", name, "--kind", "redis-slow"]);
    assert_eq!(table.code, 0, "{table:?}");
    let lines: Vec<&str> = table.out.lines().collect();
    assert!(lines[0].starts_with("SERVICE  INSTANCE"), "{table:?}");
    let until = slow["until"].as_str().unwrap().get(..19).unwrap();
    assert!(
        lines[1].contains(name) && lines[1].contains(until),
        "{table:?}"
    );
    assert!(
        lines[3].starts_with("A pull asks for 1 source; "),
        "{table:?}"
    );
    assert_eq!(lines.len(), 4, "{table:?}");
    assert_eq!(files(out.path()), there, "nothing is written");
}

#[test]
fn a_list_says_what_it_cannot_ask_and_what_to_write_instead() {
    let cloud = Cloud::with_fault("dcs.ListInstances:403:times=always");
    let out = tempfile::tempdir().unwrap();
    let mut command = cloud.otcdb(["logs", "list", "--all", "--output", "jsonl", "--out"]);
    let ran = run(command.arg(out.path()));
    assert_eq!(ran.code, 3, "{ran:?}");
    assert!(
        ran.out.contains(r#"{"type":"failure","service":"dcs""#),
        "{ran:?}"
    );
    assert!(
        ran.out.contains(r#"{"type":"source","service":"rds""#),
        "{ran:?}"
    );
    assert!(ran.err.contains("dcs:instance:list"), "{ran:?}");
    let ran = run(&mut otcdb(["logs", "list", "--simulate", "--out", "-"]));
    assert!(ran.code == 2 && ran.err.contains("--spool"), "{ran:?}");
}
