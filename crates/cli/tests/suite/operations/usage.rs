//! What is refused before anything is sent, and what helps.

use super::stub::ID;
use crate::support::{Cloud, run};

#[test]
fn what_does_not_fit_is_refused_before_anything_is_sent() {
    let cloud = Cloud::new();
    for (arguments, texts) in [
        (vec!["dcs", "list-instancs"], vec!["list-instances"]),
        (
            vec!["rds", "list-instance"],
            vec!["some similar subcommands exist: 'list-instances', '"],
        ),
        (
            vec!["rds", "list-tasks", "--start-time", "0"],
            vec!["write milliseconds since 1970, such as 1533423274000"],
        ),
        (vec!["rds"], vec!["Usage: otcdb rds"]),
        (
            vec!["dcs", "list-instances", "--limit", "0"],
            vec!["--limit", "'0'", "from 1 to 1000"],
        ),
        (
            vec!["dcs", "list-instances", "--limit", "x"],
            vec!["--limit", "'x'", "a whole number"],
        ),
        (
            vec!["rds", "list-instances", "--type", "Singel"],
            vec!["--type", "'Singel'", "Single, Ha"],
        ),
        (
            vec!["dcs", "list-instances", "--projct-id", "p"],
            vec!["--project-id"],
        ),
        (vec!["dcs", "show-instance"], vec!["--instance-id"]),
        (
            vec!["dcs", "show-instance", "--instance-id", ".."],
            vec!["cannot be part of a path"],
        ),
        (
            vec!["dcs", "show-instance", "--instance-id", ""],
            vec!["cannot be part of a path"],
        ),
        (
            vec!["dcs", "show-instance", "--instance-id", ID, "--body", "{}"],
            vec!["--body"],
        ),
    ] {
        let ran = run(&mut cloud.otcdb(arguments.iter().copied()));
        assert_eq!(ran.code, 2, "{arguments:?}: {ran:?}");
        for text in texts {
            assert!(ran.err.contains(text), "{text:?} is not in {ran:?}");
        }
    }
    assert!(cloud.running.requests().is_empty());
}

#[test]
fn a_value_stays_in_its_place_of_the_path() {
    let cloud = Cloud::new();
    run(&mut cloud.otcdb([
        "dcs",
        "delete-background-task",
        "--yes",
        "--instance-id",
        ID,
        "--task-id",
        "a/../b?c",
    ]));
    let request = cloud.running.requests().pop().unwrap();
    assert!(
        request.path.ends_with("/tasks/a%2F..%2Fb%3Fc"),
        "{request:?}"
    );
}

#[test]
fn the_project_is_that_of_the_identity() {
    let cloud = Cloud::new();
    run(&mut cloud.otcdb(["dcs", "list-instances", "--project-id", "0123"]));
    let request = cloud.running.requests().pop().unwrap();
    assert_eq!(request.path, "/v2/0123/instances");
}
