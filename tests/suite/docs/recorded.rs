//! What services have sent, and which file has to be edited for it.

use otcdb_recording::{Content, Exchange, Recording};
use serde_json::json;
use xtask::docs::recorded::{Recorded, check};
use xtask::tasks;

fn exchange(path: &str, status: u16, body: &serde_json::Value) -> Exchange {
    let url = format!("https://dcs.eu-de.otc.t-systems.com{path}");
    Exchange::new("GET", url, status)
        .service("dcs")
        .content(Content::Text(body.to_string()))
}

fn checked(exchanges: Vec<Exchange>) -> Recorded {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.har");
    std::fs::write(&file, Recording::new(exchanges).to_json().unwrap()).unwrap();
    check(&tasks::workspace(), &file).unwrap()
}

#[test]
fn each_difference_names_file_line_and_what_to_write() {
    let path = "/v2/p/instances";
    let instance = json!({
        "instance_id": "i", "name": null, "status": "ON_FIRE", "x_new": 1, "capacity": "1", "created_at": "2026-04-16",
    });
    let recorded = checked(vec![
        exchange(
            path,
            200,
            &json!({ "instances": [instance, instance], "instance_num": 2 }),
        ),
        exchange(
            path,
            200,
            &json!({ "instances": [{ "instance_id": "i", "name": "n", "x_new": 2 }] }),
        ),
        exchange(path, 206, &json!({})),
        exchange("/v2/p/unheard/of", 200, &json!({})),
    ]);
    assert_eq!((recorded.compared, recorded.undescribed.len()), (3, 1));
    let root = tasks::workspace();
    for (kind, line, pointer, help, count) in [
        (
            "field",
            "properties:",
            "/properties",
            "add the property x_new",
            2,
        ),
        (
            "value",
            "x-extensible-enum:",
            "/x-extensible-enum",
            "add the value to x-extensible-enum",
            1,
        ),
        ("type", "type:", "/type", "write the type that is sent", 1),
        ("null", "type:", "/type", "write nullable: true", 1),
        (
            "time",
            "x-time:",
            "/x-time",
            "write the form that is sent",
            1,
        ),
        (
            "status",
            "responses:",
            "/responses",
            "add the response 206",
            1,
        ),
    ] {
        let mut all = recorded.diagnostics.iter();
        let (found, seen) = all
            .find(|(one, _)| one.help.contains(help))
            .unwrap_or_else(|| {
                panic!("{kind}: {recorded:#?}");
            });
        assert!(found.pointer.ends_with(pointer), "{kind}: {found}");
        assert_eq!(*seen, count, "{kind}: {found}");
        let (file, number) = found.file.split_once(':').unwrap();
        let text = std::fs::read_to_string(root.join(file)).unwrap();
        let number: usize = number.parse().unwrap();
        let shown = text.lines().nth(number - 1).unwrap().trim();
        assert!(shown.starts_with(line), "{kind}: {found}: {shown}");
    }
    assert_eq!(recorded.diagnostics.len(), 6, "{recorded:#?}");
    let verdict = recorded.verdict().unwrap_err().to_string();
    assert_eq!(
        verdict,
        "7 differences between the recording and the description"
    );
}

#[test]
fn a_documented_response_differs_in_nothing() {
    let bundles = tasks::bundles(&tasks::workspace()).unwrap();
    let dcs = bundles
        .iter()
        .find(|bundle| bundle.service == "dcs")
        .unwrap();
    let described = dcs.describe().unwrap();
    let list = described.operation("ListInstances").unwrap();
    let examples = &list.response(200).unwrap().examples;
    let exchanges = examples
        .iter()
        .map(|one| exchange("/v2/p/instances", 200, &one.value));
    let recorded = checked(exchanges.collect());
    assert_eq!(recorded.compared, examples.len());
    recorded.verdict().unwrap();
}
