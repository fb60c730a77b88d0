//! Logs of several projects and clouds in one pull.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Stdio};

use otcdb_simulator::Running;
use serde_json::Value;

use crate::support::{Background, Cloud, Ran, files, otcdb, run};

const SLOW: [&str; 3] = ["--kind", "redis-slow", "--since=8d"];

/// A cloud with three projects that have instances of the same names, one without any, one that is disabled and one elsewhere.
fn cloud(seed: u64) -> Cloud {
    Cloud::with(|builder| {
        builder
            .seed(seed)
            .project("eu-de_orders")
            .project("eu-de_stock")
            .disabled_project("eu-de_old")
            .project("eu-nl_orders")
    })
}

/// A folder with a clouds.yaml of these clouds, each with a password if it has another one than its own.
fn clouds(entries: &[(&str, &Running, Option<&str>)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut text = "clouds:\n".to_owned();
    for (name, cloud, password) in entries {
        let accounts = cloud.accounts();
        let password = password.unwrap_or(&accounts.password);
        text.push_str(&format!(
            "  {name}:\n    region_name: eu-de\n    auth:\n      username: {}\n      password: '{password}'\n      \
             user_domain_name: {}\n",
            accounts.user_name, accounts.domain_name
        ));
        for (service, address) in cloud.addresses() {
            let key = match service.as_str() {
                "iam" => "identity",
                other => other,
            };
            text.push_str(&format!("    {key}_endpoint_override: http://{address}\n"));
        }
    }
    std::fs::write(folder.path().join("clouds.yaml"), text).unwrap();
    folder
}

fn otcdb_in<'a>(folder: &Path, arguments: impl IntoIterator<Item = &'a str>) -> Command {
    let mut command = otcdb(arguments);
    command.current_dir(folder).env("HOME", folder);
    command
}

fn pull(folder: &Path, more: &[&str]) -> Ran {
    let quick = ["logs", "pull", "--poll-interval=10ms", "--output=json"];
    run(&mut otcdb_in(folder, [&quick[..], more].concat()))
}

/// The values of a member of all items of a list.
fn all<'a>(json: &'a Value, list: &str, member: &str) -> BTreeSet<&'a str> {
    let items = json[list].as_array().unwrap().iter();
    items.filter_map(|item| item[member].as_str()).collect()
}

#[test]
fn all_projects_of_the_region_are_pulled_and_told_apart() {
    let cloud = cloud(1);
    let folder = clouds(&[("a", &cloud.running, None)]);
    let of_all = ["--os-cloud=a", "--all-projects"];
    // What was pulled of one project counts.
    let one = pull(folder.path(), &[&["--os-cloud=a"][..], &SLOW[..]].concat());
    assert_eq!(one.code, 0, "{one:?}");
    let one = one.json();
    assert!(one["files"][0].get("project").is_none(), "{one}");
    let before = files(&folder.path().join("logs/dcs"));

    let ran = pull(folder.path(), &[&of_all[..], &SLOW[..]].concat());
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(
        ran.err.contains("skipped, since disabled: eu-de_old"),
        "{ran:?}"
    );
    assert!(
        ran.err
            .contains("skipped, since of another region: eu-nl_orders"),
        "{ran:?}"
    );
    let report = ran.json();
    assert_eq!(
        all(&report, "files", "project"),
        ["eu-de_orders", "eu-de_stock"].into()
    );
    assert_eq!(
        report["sources"].as_u64(),
        one["sources"].as_u64().map(|one| 3 * one)
    );
    let after = files(&folder.path().join("logs/dcs"));
    assert!(
        before.iter().all(|file| after.contains(file)),
        "old folders go on"
    );
    assert_eq!(after.len(), 3 * before.len());

    let list = [
        "logs",
        "list",
        "--os-cloud=a",
        "--all-projects",
        "--kind=redis-slow",
    ];
    let listed = run(&mut otcdb_in(folder.path(), list));
    assert_eq!(listed.code, 0, "{listed:?}");
    assert!(
        listed.out.starts_with("PROJECT       SERVICE  INSTANCE"),
        "{listed:?}"
    );
    let again = pull(
        folder.path(),
        &[&of_all[..], &SLOW[..], &["--overlap=0s"]].concat(),
    );
    assert_eq!(again.code, 0, "{again:?}");
    assert_eq!(files(&folder.path().join("logs/dcs")).len(), after.len());
}

#[test]
fn a_cloud_or_a_project_that_fails_costs_itself_and_is_named() {
    let (a, b) = (cloud(1), cloud(2));
    let stock = &a.running.accounts().more_projects[1].id;
    let fault = format!("dcs.ListInstances:403:path={stock}:times=always");
    a.running.set_faults(vec![fault.parse().unwrap()]).unwrap();
    let folder = clouds(&[
        ("a", &a.running, None),
        ("b", &b.running, None),
        ("closed", &b.running, Some("another")),
    ]);
    let of_clouds = [
        "--os-cloud=a",
        "--os-cloud=b",
        "--os-cloud=closed",
        "--os-cloud=none",
    ];
    let ran = pull(
        folder.path(),
        &[&of_clouds[..], &["--all-projects"], &SLOW[..]].concat(),
    );
    assert_ne!(ran.code, 0, "{ran:?}");
    let report = ran.json();
    assert_eq!(
        all(&report, "failures", "cloud"),
        ["a", "closed", "none"].into(),
        "{report}"
    );
    assert_eq!(
        all(&report, "failures", "project"),
        ["eu-de_stock"].into(),
        "{report}"
    );
    assert_eq!(all(&report, "files", "cloud"), ["a", "b"].into());
    let pulled = all(&report, "files", "instance");
    // Three projects of one cloud and two of the other.
    let of_one = a.running.redis_instances().len();
    assert_eq!(pulled.len(), 5 * of_one, "{report}");
    for said in ["a/eu-de_stock dcs", "closed: ", "none: "] {
        assert!(ran.err.contains(said), "{said}: {ran:?}");
    }
    assert!(!ran.err.contains(&a.running.accounts().password), "{ran:?}");
}

#[test]
fn projects_are_chosen_by_name_and_an_unknown_one_is_told_with_those_that_there_are() {
    let cloud = cloud(1);
    let folder = clouds(&[("a", &cloud.running, None)]);
    let names = [
        "--os-cloud=a",
        "--project-name=eu-de_stock",
        "--project-name=eu-de_order",
    ];
    let ran = pull(folder.path(), &[&names[..], &SLOW[..]].concat());
    assert_eq!(ran.code, 4, "{ran:?}");
    assert!(
        ran.err.contains("no project named \"eu-de_order\""),
        "{ran:?}"
    );
    assert!(
        ran.err
            .contains("it can enter eu-de, eu-de_old, eu-de_orders"),
        "{ran:?}"
    );
    assert_eq!(all(&ran.json(), "files", "project"), ["eu-de_stock"].into());

    let one = ["--os-cloud=a", "--project-name=eu-de_order"];
    let ran = pull(folder.path(), &[&one[..], &SLOW[..]].concat());
    assert_eq!(ran.code, 4, "{ran:?}");
    assert!(ran.err.contains("it can enter eu-de, "), "{ran:?}");

    // An instance need be in one of them only.
    let id = cloud.running.redis_instances()[0].id.clone();
    let names = [
        "--os-cloud=a",
        "--project-name=eu-de_stock",
        "--project-name=eu-de",
        "--instance",
    ];
    let ran = pull(
        folder.path(),
        &[&names[..], &[id.as_str()], &SLOW[..]].concat(),
    );
    assert_eq!(
        (ran.code, ran.json()["sources"].as_u64()),
        (0, Some(1)),
        "{ran:?}"
    );

    let several = [
        "dcs",
        "list-instances",
        "--project-name=eu-de",
        "--project-name=eu-de_stock",
    ];
    let ran = run(&mut otcdb_in(folder.path(), several));
    assert!(
        ran.code == 2 && ran.err.contains("--project-name can be given once"),
        "{ran:?}"
    );
}

#[test]
fn an_access_key_is_good_for_all_projects_and_a_token_for_its_own() {
    let cloud = cloud(1);
    let list = [
        "logs",
        "list",
        "--all-projects",
        "--kind=redis-slow",
        "--output=json",
    ];
    let with = |environment: Vec<(String, String)>| run(otcdb(list).envs(environment));
    let ran = with(cloud.running.env_access_key());
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(all(&ran.json(), "sources", "project").len(), 3, "{ran:?}");
    let environment = cloud.running.env_token().into_iter();
    let environment = environment.filter(|(name, _)| name != "OTCDB_PROJECT_ID");
    let ran = with(environment.collect());
    assert_eq!(ran.code, 3, "{ran:?}");
    assert!(
        ran.err.contains("a token is good for the project"),
        "{ran:?}"
    );
    assert!(ran.err.contains("or an access key"), "{ran:?}");
}

#[test]
fn follow_and_show_take_several_projects_too() {
    let cloud = cloud(1);
    let folder = clouds(&[("a", &cloud.running, None)]);
    let more = [
        "--os-cloud=a",
        "--all-projects",
        "--kind=redis-slow",
        "--output=jsonl",
    ];
    let instances = |text: &str| -> BTreeSet<String> {
        text.lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap())
            .map(|line| line["resource"]["service.instance.id"].to_string())
            .collect()
    };
    let show = ["logs", "show", "--pull"].into_iter().chain(more);
    let ran = run(&mut otcdb_in(folder.path(), show));
    assert_eq!(ran.code, 0, "{ran:?}");
    let shown = instances(&ran.out);
    assert_eq!(shown.len(), 3 * cloud.running.redis_instances().len());

    let file = folder.path().join("followed");
    let follow = ["logs", "follow", "followed-logs", "--all", "--since=8d"];
    let mut command = otcdb_in(folder.path(), follow.into_iter().chain(more));
    command.arg("--append").arg(&file);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = Background(command.spawn().unwrap());
    let followed = || {
        let text = std::fs::read_to_string(&file).unwrap_or_default();
        // The last line may be in the making.
        let whole = text.rfind('\n').and_then(|end| text.get(..=end));
        instances(whole.unwrap_or_default())
    };
    while followed() != shown {
        assert_eq!(child.0.try_wait().unwrap(), None);
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let id = child.0.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-TERM", &id])
            .status()
            .unwrap()
            .success()
    );
    assert_eq!(child.0.wait().unwrap().code(), Some(0));
}
