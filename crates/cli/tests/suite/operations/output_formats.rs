//! Forms of responses.

use otcdb_simulator::Engine;
use serde_json::Value;

use super::{database, succeed};
use crate::support::{Cloud, otcdb, run};

#[test]
fn a_list_is_written_in_every_form() {
    let cloud = Cloud::new();
    let list = |form| succeed(&cloud, ["rds", "list-instances", "--output", form]).out;
    let json: Vec<Value> = serde_json::from_str(&list("json")).unwrap();
    assert_eq!(json.len(), 3);
    let lines = list("jsonl");
    let lines: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines, json);
    let yaml = list("yaml");
    assert!(
        yaml.starts_with("- id: ") && yaml.matches("\n- id: ").count() == 2,
        "{yaml}"
    );
    let table = list("table");
    let mut rows = table.lines();
    assert!(rows.next().unwrap().starts_with("ID "), "{table}");
    for instance in cloud.running.database_instances() {
        let row = rows.next().unwrap();
        assert!(
            row.starts_with(&instance.id) && row.contains(&instance.name),
            "{table}"
        );
        assert!(row.contains("ACTIVE"), "{table}");
    }
    assert!(
        table.lines().all(|line| line.chars().count() <= 120),
        "{table}"
    );
}

#[test]
fn one_response_is_written_in_every_form() {
    let cloud = Cloud::new();
    let id = database(&cloud, Engine::MySql);
    let show = |form| {
        let show = [
            "rds",
            "show-auditlog-policy",
            "--instance-id",
            &id,
            "--output",
            form,
        ];
        succeed(&cloud, show).out
    };
    let response: Value = serde_json::from_str(&show("json")).unwrap();
    let days = &response["keep_days"];
    assert!(days.is_number(), "{response}");
    assert_eq!(show("jsonl"), format!("{{\"keep_days\":{days}}}\n"));
    assert_eq!(show("yaml"), format!("keep_days: {days}\n"));
    assert_eq!(
        show("table"),
        format!("FIELD      VALUE\nkeep_days  {days}\n")
    );
}

/// A link is what was asked for. It is on the standard output stream and nowhere else.
#[test]
fn a_secret_that_was_asked_for_is_shown_and_not_logged() {
    let cloud = Cloud::new();
    let id = database(&cloud, Engine::PostgreSql);
    let ran = succeed(
        &cloud,
        [
            "rds",
            "download-errorlog",
            "--instance-id",
            &id,
            "--wait",
            "--wait-interval",
            "10ms",
            "--output",
            "json",
            "--debug",
        ],
    );
    let response = ran.json();
    let link = response["list"][0]["file_link"].as_str().unwrap();
    let (_, signature) = link.rsplit_once("Signature=").unwrap();
    assert!(
        !signature.is_empty() && !ran.err.contains(signature),
        "{ran:?}"
    );
    assert!(!ran.err.contains(cloud.running.token()), "{ran:?}");
}

/// Down to the ids, which the same cloud always has; only the port is another each time.
#[test]
fn the_readme_shows_what_is_written() {
    const README: &str = include_str!("../../../../../README.md");
    const COMMAND: &str = "$ otcdb dcs list-instances --simulate --limit 2\n";
    let (_, shown) = README.split_once(COMMAND).unwrap();
    let (shown, _) = shown.split_once("```").unwrap();
    let (start, shown) = shown.split_once('\n').unwrap();
    let ran = run(&mut otcdb([
        "dcs",
        "list-instances",
        "--simulate",
        "--limit",
        "2",
    ]));
    let (started, note) = ran.err.split_once('\n').unwrap();
    let without_port = |line: &str| line.rsplit_once(':').unwrap().0.to_owned();
    assert_eq!(without_port(start), without_port(started));
    assert_eq!(shown, format!("{}{note}", ran.out));
}

#[test]
fn a_simulated_cloud_needs_nothing() {
    let ran = run(&mut otcdb([
        "dcs",
        "list-instances",
        "--simulate",
        "--output",
        "json",
    ]));
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(ran.json().as_array().unwrap().len(), 6);
    assert!(
        ran.err
            .starts_with("simulating a cloud at http://127.0.0.1:"),
        "{ran:?}"
    );
    let ran = run(&mut otcdb([
        "dcs",
        "list-instances",
        "--simulate",
        "--region",
        "eu-de",
    ]));
    assert!(
        ran.code == 2 && ran.err.contains("--region cannot be given"),
        "{ran:?}"
    );
}
