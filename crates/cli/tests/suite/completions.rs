//! What shells are offered.

use std::time::{Duration, Instant};

use otcdb_logs::LogKind;
use otcdb_stub::{Response, Stub};
use serde_json::json;

use crate::operations::stub::{ID, at};
use crate::support::{Cloud, Ran, otcdb, run};

/// What fish is offered for the last of these words: each value, and what it is.
fn offered(mut command: std::process::Command, words: &[&str]) -> (Vec<(String, String)>, Ran) {
    let command = command.env("OTCDB_COMPLETE", "fish").arg("--").args(words);
    let ran = run(command);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{ran:?}");
    let lines = ran.out.lines().map(|line| {
        let (value, help) = line.split_once('\t').unwrap_or((line, ""));
        (value.to_owned(), help.to_owned())
    });
    (lines.collect(), ran)
}

fn values(words: &[&str]) -> Vec<String> {
    let (offered, _) = offered(otcdb([]), words);
    offered.into_iter().map(|(value, _)| value).collect()
}

#[test]
fn operations_flags_and_values_are_offered_without_an_identity() {
    assert_eq!(values(&["otcdb", "aut"]), ["auth"]);
    let (operations, _) = offered(otcdb([]), &["otcdb", "dcs", "list-inst"]);
    let summary = &otcdb_bundles::bundle("dcs")
        .unwrap()
        .named("list-instances")
        .unwrap()
        .summary;
    assert_eq!(operations, [("list-instances".to_owned(), summary.clone())]);
    assert!(
        values(&["otcdb", "rds", "list-instances", "--sort"]).contains(&"--sort-by".to_owned())
    );
    assert_eq!(
        values(&["otcdb", "rds", "list-instances", "--output", "js"]),
        ["json", "jsonl"]
    );
    assert_eq!(
        values(&["otcdb", "rds", "list-instances", "--sort-by", "-cr"]),
        ["-created"]
    );
    assert_eq!(
        values(&["otcdb", "rds", "list-instances", "--datastore-type", "My"]),
        ["MySQL"]
    );
    assert_eq!(
        values(&[
            "otcdb",
            "rds",
            "list-instances",
            "--columns",
            "id,datastore.t"
        ]),
        ["id,datastore.type"]
    );
    assert!(values(&["otcdb", "dcs", "show-instance", "--instance-id", ""]).is_empty());
    assert!(values(&["otcdb", "nonsense", "--x", ""]).len() < 100);
}

#[test]
fn instances_are_offered_by_their_names_where_an_identity_is_at_hand() {
    let cloud = Cloud::new();
    let instances = cloud.running.redis_instances();
    let words = ["otcdb", "dcs", "show-instance", "--instance-id", ""];
    let (all, _) = offered(cloud.otcdb([]), &words);
    let expected: Vec<(String, String)> = instances
        .iter()
        .map(|one| (one.name.clone(), format!("{} RUNNING", one.id)))
        .collect();
    assert_eq!(all, expected);
    let first = &instances[0];
    let words = [
        "otcdb",
        "dcs",
        "show-instance",
        "--instance-id",
        &first.id[..6],
    ];
    let (by_id, _) = offered(cloud.otcdb([]), &words);
    assert_eq!(
        by_id,
        [(first.id.clone(), format!("{} RUNNING", first.name))]
    );
    let words = [
        "otcdb",
        "dcs",
        "show-instance",
        "--region",
        "xx",
        "--instance-id",
        "",
    ];
    cloud.running.clear_requests();
    offered(cloud.otcdb([]), &words);
    assert!(
        !cloud.running.requests().is_empty(),
        "flags choose the identity, too"
    );
}

#[test]
fn instances_are_offered_for_a_pull_of_the_services_that_were_chosen() {
    let cloud = Cloud::new();
    let names = |words: &[&str]| {
        let words = [&["otcdb", "logs", "pull"], words, &["--instance", ""]].concat();
        let (offered, _) = offered(cloud.otcdb([]), &words);
        let names: Vec<String> = offered.into_iter().map(|(name, _)| name).collect();
        names
    };
    let redis: Vec<String> = (cloud.running.redis_instances().iter())
        .map(|one| one.name.clone())
        .collect();
    assert_eq!(names(&["--service", "dcs"]), redis);
    let mut all = Vec::new();
    for service in LogKind::services() {
        let own = names(&["--service", service.as_str()]);
        assert!(!own.is_empty(), "{service}");
        all.extend(own);
    }
    assert_eq!(names(&[]), all);
}

/// What is offered stands on a command line, where a name could be a command.
#[test]
fn a_name_that_means_something_to_a_shell_is_offered_by_its_id() {
    let list = json!({ "instance_num": 1, "instances": [{ "instance_id": ID, "name": "$(rm -rf .)\n", "status": "RUNNING" }] });
    let service = Stub::in_turn([Response::bytes(200, "application/json", list.to_string())]);
    let words = ["otcdb", "dcs", "show-instance", "--instance-id", ""];
    let (offered, _) = offered(at(otcdb([]), &service), &words);
    assert_eq!(offered, [(ID.to_owned(), "$(rm -rf .) RUNNING".to_owned())]);
}

#[test]
fn a_service_that_fails_or_says_nothing_is_no_noise_and_no_wait() {
    let words = ["otcdb", "dcs", "show-instance", "--instance-id", ""];
    let cloud = Cloud::with_fault("ListInstances:500:times=always");
    assert!(offered(cloud.otcdb([]), &words).0.is_empty());
    assert_eq!(cloud.running.count("ListInstances"), 1, "asked once");
    let silent = Stub::in_turn([Response::stall()]);
    let command = at(otcdb([]), &silent);
    let begun = Instant::now();
    assert!(offered(command, &words).0.is_empty());
    assert!(begun.elapsed() < Duration::from_secs(60));
}

#[test]
fn every_shell_gets_what_makes_it_ask() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let ran = run(&mut otcdb(["completions", shell]));
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{shell}");
        assert!(
            ran.out.contains("OTCDB_COMPLETE") && ran.out.len() < 5000,
            "{shell}"
        );
        let mut command = otcdb(["--", "otcdb", "dcs", "list-inst"]);
        let ran = run(command
            .env("OTCDB_COMPLETE", shell)
            .env("_CLAP_COMPLETE_INDEX", "2"));
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{shell}");
        assert!(ran.out.contains("list-instances"), "{shell}: {ran:?}");
    }
    let mut command = otcdb(["--", "otcdb", ""]);
    let ran = run(command.env("OTCDB_COMPLETE", "nonsense"));
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, "", ""));
}

#[test]
fn projects_are_offered_where_an_identity_is_at_hand() {
    let cloud = Cloud::with(|builder| {
        builder
            .project("eu-de_orders")
            .disabled_project("eu-de_old")
    });
    let mut command = otcdb([]);
    command.envs(cloud.running.env_password());
    let words = ["otcdb", "logs", "pull", "--project-name", "eu-de_o"];
    let (offered, _) = offered(command, &words);
    let names: Vec<&str> = offered.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["eu-de_other", "eu-de_orders"]);
}
