//! Recordings: all that was said is in them, and nothing of whom it was about.

use std::path::Path;

use otcdb_openapi::Description;
use otcdb_recording::{Content, Recording};
use otcdb_simulator::Service;

use crate::support::{Cloud, Ran, files, otcdb, run};

fn descriptions() -> Vec<&'static Description> {
    let services = otcdb_bundles::services();
    services
        .map(|service| otcdb_bundles::bundle(service).unwrap())
        .collect()
}

fn read(path: &Path) -> Recording {
    Recording::parse(&std::fs::read(path).unwrap()).unwrap()
}

/// `otcdb … --record FILE` as a user with a password, and the file's path.
fn recorded(cloud: &Cloud, folder: &Path, name: &str, arguments: &[&str]) -> (Ran, String) {
    let path = folder.join(name).to_str().unwrap().to_owned();
    let mut command = otcdb(arguments.iter().copied());
    command.args(["--record", &path]);
    command.envs(cloud.running.env_password());
    (run(&mut command), path)
}

#[test]
fn a_recording_has_every_exchange_and_tells_no_value() {
    let cloud = Cloud::new();
    let folder = tempfile::tempdir().unwrap();
    let calls: &[&[&str]] = &[
        &["rds", "list-instances", "--output", "json"],
        &["dcs", "list-instances", "--output", "json"],
        &[
            "api",
            "GET",
            "/v3/{project_id}/nothing/somewhere?who=myself",
            "--service",
            "rds",
        ],
    ];
    let accounts = cloud.running.accounts();
    let mut values = vec![
        accounts.password.clone(),
        accounts.user_name.clone(),
        accounts.domain_name.clone(),
        accounts.domain_id.clone(),
        cloud.running.project_id().to_owned(),
        cloud.running.token().to_owned(),
        "somewhere".to_owned(),
        "myself".to_owned(),
    ];
    for (place, arguments) in calls.iter().enumerate() {
        let (ran, path) = recorded(&cloud, folder.path(), &place.to_string(), arguments);
        assert_eq!(ran.code, if place == 2 { 4 } else { 0 }, "{ran:?}");
        if place < 2 {
            for instance in ran.json().as_array().unwrap() {
                for field in ["id", "instance_id", "name", "ip", "vpc_id"] {
                    values.extend(instance[field].as_str().map(ToOwned::to_owned));
                }
            }
        }
        let text = std::fs::read_to_string(&path).unwrap();
        for value in &values {
            assert!(!text.contains(value.as_str()), "{value} is in {text}");
        }
        assert!(text.contains("X-Subject-Token") || text.contains("x-subject-token"));
        let recording = read(Path::new(&path));
        // The token, and the call itself.
        let operations = recording
            .exchanges
            .iter()
            .map(|one| one.operation.as_deref());
        let wanted = (place < 2).then_some("ListInstances");
        assert_eq!(
            operations.collect::<Vec<_>>(),
            [Some("KeystoneCreateUserToken"), wanted]
        );
    }
    assert!(values.len() > 20, "{values:?}");
}

#[test]
fn what_a_value_is_like_stays_and_what_the_description_knows_does() {
    let cloud = Cloud::new();
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["rds", "list-instances", "--output", "json"];
    let (ran, path) = recorded(&cloud, folder.path(), "a.har", &arguments);
    let shown = ran.json();
    let recording = read(Path::new(&path));
    for exchange in &recording.exchanges {
        let operation = exchange.operation(&descriptions()).unwrap();
        assert_eq!(exchange.differences(operation), [], "{}", operation.id);
    }
    let last = recording.exchanges.last().unwrap();
    let Content::Text(text) = &last.content else {
        panic!("{last:?}");
    };
    let body: serde_json::Value = serde_json::from_str(text).unwrap();
    let (masked, shown) = (&body["instances"][0], &shown[0]);
    for field in [
        "status",
        "type",
        "datastore",
        "created",
        "port",
        "enable_ssl",
        "cpu",
    ] {
        assert_eq!(masked[field], shown[field], "{field}");
    }
    for field in [
        "id",
        "name",
        "vpc_id",
        "db_user_name",
        "flavor_ref",
        "private_ips",
    ] {
        assert_ne!(masked[field], shown[field], "{field}");
        let length = |value: &serde_json::Value| value.as_str().map(str::len);
        assert_eq!(length(&masked[field]), length(&shown[field]), "{field}");
    }
    // The same project in each path.
    assert!(recording.exchanges[0].url.ends_with("/v3/auth/tokens"));
    assert_eq!(last.path().split('/').nth(2).map(str::len), Some(32));
}

#[test]
fn a_file_is_recorded_by_its_link_and_its_length() {
    let cloud = Cloud::with_fault("download:503:times=1");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.har");
    let out = folder.path().join("logs");
    let mut command = cloud.pull(&out, ["--kind", "redis-run"]);
    let ran = run(command.arg("--record").arg(&path));
    assert_eq!(ran.code, 0, "{ran:?}");
    let recording = read(&path);
    let answers: String = recording.exchanges.iter().map(texts).collect();
    let asked: Vec<_> = recording
        .exchanges
        .iter()
        .filter(|one| one.is_file)
        .collect();
    let found: Vec<_> = files(&out)
        .into_iter()
        .filter(|(name, _)| name.ends_with(".log"))
        .collect();
    assert!(!found.is_empty());
    // One was refused, and asked for again.
    let refused = asked.iter().filter(|one| one.status == 503).count();
    assert_eq!((asked.len(), refused), (found.len() + 1, 1));
    for exchange in &asked {
        // The mask of the link is that of the response which gave it.
        assert!(answers.contains(&exchange.url), "{exchange:?}");
        assert!(exchange.operation(&descriptions()).is_none());
    }
    let mut recorded: Vec<_> = asked
        .iter()
        .filter(|one| one.status == 200)
        .map(|one| one.content.clone())
        .collect();
    let mut held: Vec<_> = found
        .iter()
        .map(|(_, bytes)| Content::LeftOut(bytes.len() as u64))
        .collect();
    let by_length = |content: &Content| match content {
        Content::LeftOut(length) => *length,
        _ => 0,
    };
    recorded.sort_by_key(by_length);
    held.sort_by_key(by_length);
    assert_eq!(recorded, held);
}

/// What the body says, if it was recorded.
fn texts(exchange: &otcdb_recording::Exchange) -> &str {
    match &exchange.content {
        Content::Text(text) => text,
        _ => "",
    }
}

#[test]
fn a_run_that_fails_is_recorded_too() {
    let cloud = Cloud::with_fault("rds.ListInstances:403:times=always");
    let folder = tempfile::tempdir().unwrap();
    let (ran, path) = recorded(&cloud, folder.path(), "a.har", &["rds", "list-instances"]);
    assert_eq!(ran.code, 3, "{ran:?}");
    assert_eq!(read(Path::new(&path)).exchanges.last().unwrap().status, 403);
    assert_eq!(
        cloud
            .running
            .count(&format!("{}.ListInstances", Service::Rds)),
        1
    );
}

#[test]
fn no_file_is_replaced_and_none_is_asked_for_in_vain() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("there.har");
    std::fs::write(&path, "kept").unwrap();
    let missing = folder.path().join("no/such.har");
    for (file, what) in [(&path, "is there already"), (&missing, "is not there")] {
        let mut command = otcdb(["rds", "list-instances", "--simulate", "--record"]);
        let ran = run(command.arg(file));
        assert_eq!(ran.code, 2, "{ran:?}");
        assert!(ran.err.contains(what) && ran.out.is_empty(), "{ran:?}");
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "kept");
    for arguments in [
        &["man"][..],
        &["simulate"],
        &["logs", "prune", "--older-than", "1d"],
    ] {
        let mut command = otcdb(arguments.iter().copied());
        let ran = run(command.arg("--record").arg(folder.path().join("new.har")));
        assert_eq!(ran.code, 2, "{ran:?}");
        assert!(ran.err.contains("makes no calls"), "{ran:?}");
    }
    assert_eq!(files(folder.path()).len(), 1);
}
