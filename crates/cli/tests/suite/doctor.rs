//! What services really send, against their descriptions, and back as a simulated cloud.

use std::path::Path;

use serde_json::Value;

use crate::support::{Cloud, Ran, Simulate, otcdb, run};

/// Faults that change what responses are like, each on one call.
const SHAPES: [&str; 5] = [
    "dcs.ListInstances:new-field",
    "rds.ListInstances:new-value",
    "dcs.ListBackgroundTask:other-type",
    "rds.ListConfigurations:nulls",
    "iam.KeystoneListProjects:new-status",
];

fn doctor(cloud: &Cloud, more: &[&str]) -> Ran {
    let mut command = otcdb(["doctor", "--output", "json", "--quiet"]);
    command.args(more).envs(cloud.running.env_token());
    run(&mut command)
}

/// The differences as lines, without how often they were seen.
fn differences(report: &Value) -> Vec<String> {
    let all = report["differences"].as_array().unwrap().iter();
    let text = |one: &Value, name: &str| one[name].as_str().unwrap().to_owned();
    let line = |one: &Value| {
        let words = ["service", "operation", "kind", "pointer"].map(|name| text(one, name));
        format!("{} {}", words.join(" "), one["status"])
    };
    all.map(line).collect()
}

#[test]
fn a_cloud_that_is_as_described_is_well() {
    let cloud = Cloud::new();
    let ran = doctor(&cloud, &[]);
    let report = ran.json();
    assert_eq!(differences(&report), [""; 0], "{ran:?}");
    assert_eq!(ran.code, 0, "{ran:?}");
    let calls = report["calls"].as_array().unwrap();
    let of = |service: &str| calls.iter().filter(|one| one["service"] == service).count();
    assert!(
        of("dcs") > 30 && of("rds") > 40 && of("iam") > 2,
        "{calls:#?}"
    );
    // Nothing in DCS lists jobs, and a cloud of its own has begun none.
    let left = report["not_called"].as_array().unwrap();
    let left: Vec<&str> = left
        .iter()
        .map(|one| one["operation"].as_str().unwrap())
        .collect();
    assert!(left.len() < 6, "{left:?}");
}

#[test]
fn what_differs_is_told_without_whose_it_is_and_comes_back_from_the_recording() {
    let cloud = Cloud::with(|builder| builder.faults(SHAPES.map(|fault| fault.parse().unwrap())));
    let folder = tempfile::tempdir().unwrap();
    let har = folder.path().join("doctor.har");
    let har = har.to_str().unwrap();
    let ran = doctor(&cloud, &["--record", har]);
    assert_eq!(ran.code, 5, "{ran:?}");
    assert_eq!(cloud.running.idle_faults(), [""; 0]);
    let found = differences(&ran.json());
    for wanted in [
        "dcs ListInstances field /instances/*/x_new 200",
        "dcs ListInstances field /x_new 200",
        "rds ListInstances value /instances/*/status 200",
        "rds ListConfigurations null /configurations/*/id 200",
        "iam KeystoneListProjects status  206",
    ] {
        assert!(
            found.iter().any(|one| one == wanted),
            "{wanted}: {found:#?}"
        );
    }
    let of_type = "dcs ListBackgroundTask type ";
    assert!(
        found.iter().any(|one| one.starts_with(of_type)),
        "{found:#?}"
    );
    let others = |one: &&String| {
        !SHAPES.iter().any(|fault| {
            let name = fault.split(':').next().unwrap();
            one.starts_with(&name.replace('.', " "))
        })
    };
    assert_eq!(found.iter().filter(others).collect::<Vec<_>>(), [""; 0]);
    no_value_of(&cloud, &[&ran.out, &std::fs::read_to_string(har).unwrap()]);

    // The recording answers as the cloud did.
    let replayed = Simulate::start(["--replay", har]);
    let mut again = otcdb(["doctor", "--output", "json", "--quiet"]);
    let again = run(again.envs(replayed.environment.iter().cloned()));
    let found_again = differences(&again.json());
    for wanted in found
        .iter()
        .filter(|one| one.contains("ListInstances") || one.contains("Projects"))
    {
        assert!(found_again.contains(wanted), "{wanted}: {found_again:#?}");
    }
}

/// Neither who has called nor what was shown is in a text.
fn no_value_of(cloud: &Cloud, texts: &[&str]) {
    let accounts = cloud.running.accounts();
    let mut values = vec![
        accounts.domain_id.clone(),
        accounts.user_name.clone(),
        cloud.running.project_id().to_owned(),
        cloud.running.token().to_owned(),
    ];
    for service in ["dcs", "rds"] {
        let mut list = cloud.otcdb([service, "list-instances", "--output", "json"]);
        for instance in run(&mut list).json().as_array().unwrap() {
            for field in ["id", "instance_id", "name", "ip"] {
                values.extend(instance[field].as_str().map(ToOwned::to_owned));
            }
        }
    }
    assert!(values.len() > 12, "{values:?}");
    for (value, text) in values
        .iter()
        .flat_map(|value| texts.iter().map(move |text| (value, text)))
    {
        assert!(!text.contains(value.as_str()), "{value} is in {text}");
    }
}

#[test]
fn what_the_identity_may_not_do_is_left_alone() {
    let cloud = Cloud::with_fault("rds.*:403:times=always");
    let ran = doctor(&cloud, &["--service", "rds"]);
    let report = ran.json();
    assert_eq!(differences(&report), [""; 0]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let calls = report["calls"].as_array().unwrap();
    assert!(
        calls
            .iter()
            .filter(|one| one["service"] == "rds")
            .all(|one| one["status"] == 403)
    );
    assert!(report["not_called"].as_array().unwrap().len() > 20);
}

#[test]
fn a_service_that_fails_is_no_difference_and_no_success() {
    let cloud = Cloud::with_fault("rds.ListInstances:500:times=always");
    let ran = doctor(&cloud, &["--service", "rds", "--attempts", "1"]);
    assert_eq!(differences(&ran.json()), [""; 0]);
    assert_eq!(ran.code, 1, "{ran:?}");
}

#[test]
fn what_was_not_recorded_is_refused_and_what_is_no_recording_too() {
    let folder = tempfile::tempdir().unwrap();
    let har = folder.path().join("a.har");
    let cloud = Cloud::new();
    let mut list = cloud.otcdb(["rds", "list-instances", "--limit", "1", "--record"]);
    assert_eq!(run(list.arg(&har)).code, 0);
    let replayed = Simulate::start(["--replay", har.to_str().unwrap()]);
    let ask = |limit: &str| {
        let mut list = otcdb(["rds", "list-instances", "--limit", limit]);
        run(list.envs(replayed.environment.iter().cloned()))
    };
    assert_eq!(ask("1").code, 0);
    let ran = ask("2");
    assert_eq!(ran.code, 4, "{ran:?}");
    assert!(
        ran.err.contains("the recording has no GET") && ran.err.contains("limit=1"),
        "{ran:?}"
    );
    for (text, what) in [("{}", "no HTTP archive"), ("", "no HTTP archive")] {
        let file = folder.path().join("none.har");
        std::fs::write(&file, text).unwrap();
        refused(&file, what);
    }
    refused(folder.path(), "a folder");
    refused(&folder.path().join("missing"), "No such file");
}

fn refused(file: &Path, what: &str) {
    let ran = run(otcdb(["simulate", "--replay"]).arg(file));
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(
        ran.err.contains(what) && ran.err.contains("hint: "),
        "{ran:?}"
    );
}
