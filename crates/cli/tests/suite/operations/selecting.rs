//! `--query`, `--columns` and `--sort-by`.

use serde_json::{Value, json};

use super::succeed;
use crate::support::{Cloud, run};

fn list(cloud: &Cloud, more: &[&'static str]) -> String {
    let arguments = ["rds", "list-instances", "--quiet"];
    succeed(cloud, arguments.into_iter().chain(more.iter().copied())).out
}

#[test]
fn a_query_chooses_of_every_form() {
    let cloud = Cloud::new();
    let instances = cloud.running.database_instances();
    let ids: Vec<&str> = instances.iter().map(|one| one.id.as_str()).collect();
    let lines = ids.join("\n") + "\n";
    let of = |form, query| list(&cloud, &["--output", form, "--query", query]);
    assert_eq!(of("json", "[].id").parse::<Value>().unwrap(), json!(ids));
    assert_eq!(of("yaml", "[].id"), format!("- {}\n", ids.join("\n- ")));
    let quoted: Vec<String> = ids.iter().map(|id| format!("\"{id}\"\n")).collect();
    assert_eq!(of("jsonl", "[].id"), quoted.concat());
    assert_eq!(of("table", "[].id"), format!("VALUE\n{lines}"));
    assert_eq!(
        of("table", "[?datastore.type=='MySQL'].id | [0]"),
        format!("{}\n", ids[0]),
        "one value stands alone"
    );
    let first = &instances[0];
    assert_eq!(
        of("table", "[:1].{State: status, Name: name}"),
        format!("STATE   NAME\nACTIVE  {}\n", first.name)
    );
    assert_eq!(
        of("table", "[:1].[status, name]"),
        format!("ACTIVE  {}\n", first.name)
    );
    assert_eq!(of("json", "nothing"), "null\n");
    assert_eq!(of("table", "nothing"), "");
    // One response is chosen of, too.
    let show = [
        "rds",
        "show-auditlog-policy",
        "--instance-id",
        ids[0],
        "--query",
        "keep_days",
    ];
    let days = succeed(&cloud, show).out;
    assert!(days.trim().parse::<u32>().is_ok(), "{days}");
}

#[test]
fn a_wrong_query_is_told_before_anything_is_sent_or_with_the_response() {
    let cloud = Cloud::new();
    let ran = run(&mut cloud.otcdb(["rds", "list-instances", "--query", "[?id=='a'"]));
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert!(
        ran.err.contains("--query") && ran.err.contains("(character 10)"),
        "{ran:?}"
    );
    assert!(cloud.running.requests().is_empty());
    let ran = run(&mut cloud.otcdb(["rds", "list-instances", "--query", "sum([].id)"]));
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert!(ran.err.contains("does not fit the response"), "{ran:?}");
}

/// Its id is said only once.
#[test]
fn what_a_call_has_begun_is_shown_though_the_query_does_not_fit() {
    let cloud = Cloud::new();
    let id = cloud.running.redis_instances()[1].id.clone();
    let ran = run(&mut cloud.otcdb([
        "dcs",
        "copy-instance",
        "--instance-id",
        &id,
        "--body",
        "{}",
        "--output",
        "json",
        "--query",
        "sum(backup_id)",
    ]));
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.json()["backup_id"].is_string(), "{ran:?}");
}

#[test]
fn columns_and_order_are_chosen_by_the_names_of_the_description() {
    let cloud = Cloud::new();
    let table = list(
        &cloud,
        &[
            "--columns",
            "NAME,datastore.type",
            "--columns",
            "nodes.role",
        ],
    );
    let mut rows = table.lines();
    let heading: Vec<&str> = rows.next().unwrap().split_whitespace().collect();
    assert_eq!(heading, ["NAME", "DATASTORE.TYPE", "NODES.ROLE"]);
    for (row, instance) in rows.zip(cloud.running.database_instances()) {
        assert!(row.starts_with(&instance.name), "{table}");
        assert!(row.contains("master"), "{table}");
    }
    let names = |sort: &'static str| {
        let text = list(
            &cloud,
            &["--sort-by", sort, "--query", "[].name", "-o", "json"],
        );
        serde_json::from_str::<Vec<String>>(&text).unwrap()
    };
    let mut sorted = names("name");
    assert!(sorted.is_sorted() && sorted.len() == 3, "{sorted:?}");
    sorted.reverse();
    assert_eq!(names("-name"), sorted);
    assert_eq!(names("status,name:desc"), sorted);
    let lines = list(&cloud, &["--sort-by", "-name", "-o", "jsonl"]);
    let lines = lines.lines().map(|line| {
        line.parse::<Value>().unwrap()["name"]
            .as_str()
            .unwrap()
            .to_owned()
    });
    assert_eq!(lines.collect::<Vec<_>>(), sorted);
}

#[test]
fn a_wrong_name_is_told_with_what_there_is() {
    let cloud = Cloud::new();
    for (flag, name) in [("--columns", "id,nmae"), ("--sort-by", "-nmae")] {
        let ran = run(&mut cloud.otcdb(["rds", "list-instances", flag, name]));
        assert_eq!((ran.code, ran.out.as_str()), (2, ""));
        for told in ["'nmae'", "datastore.type", "'name'"] {
            assert!(ran.err.contains(told), "{told}: {ran:?}");
        }
    }
    let ran = run(&mut cloud.otcdb([
        "rds",
        "list-instances",
        "--columns",
        "id,datastore.type",
        "-o",
        "json",
    ]));
    assert_eq!(ran.code, 2);
    assert!(
        ran.err
            .contains("--query '[].{id: id, datastore_type: datastore.type}'"),
        "{ran:?}"
    );
    assert!(cloud.running.requests().is_empty());
}
