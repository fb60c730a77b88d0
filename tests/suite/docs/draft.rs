//! Drafts of descriptions, of the pages of a made-up service.

use std::fs;
use std::path::{Path, PathBuf};

use otcdb_openapi::Bundle;
use otcdb_openapi::written::operations;
use serde_json::{Value, json};
use xtask::docs::check::check;
use xtask::docs::draft::{Drafted, Options, draft};
use xtask::lint::{UNWRITTEN, lint};
use xtask::tasks;

use super::kettle::{Page, pages, terse_pages};
use super::pages::Pages;
use crate::copy::Copy;

pub(super) fn options() -> Options {
    Options {
        source: "otc".to_owned(),
        ..Options::default()
    }
}

/// Drafts into a folder, and holds the draft to what it has to be.
pub(super) fn sound(
    root: &Path,
    paths: &[PathBuf],
    options: &Options,
    service: &str,
) -> (Drafted, Bundle) {
    let drafted = draft(root, paths, options).unwrap();
    assert_eq!(drafted.unsound, [], "{drafted}");
    drafted.files.write(root).unwrap();
    let bundle =
        Bundle::load(&root.join("openapi"), service).unwrap_or_else(|found| panic!("{found}"));
    let found = lint(&bundle).unwrap_err().0;
    let others: Vec<_> = found.iter().filter(|one| one.rule != UNWRITTEN).collect();
    assert!(others.is_empty(), "{others:#?}");
    assert_eq!(check(root, None).unwrap().diagnostics, []);
    (drafted, bundle)
}

pub(super) fn operation(bundle: &Bundle, id: &str) -> Value {
    let all = operations(&bundle.document);
    let known: Vec<&str> = all.iter().map(|one| one.id()).collect();
    let found = all.iter().find(|one| one.id() == id);
    found
        .unwrap_or_else(|| panic!("{id} is none of {known:?}"))
        .value
        .clone()
}

#[test]
fn a_service_that_nobody_has_described_is_drafted_whole() {
    let pages = pages();
    let root = tempfile::tempdir().unwrap();
    let (drafted, bundle) = sound(root.path(), &[pages.folder()], &options(), "kettle");
    assert_eq!(drafted.drafted.len(), 14, "{drafted}");
    // The empty page says nothing of an operation.
    assert_eq!(drafted.refused.len(), 1, "{drafted}");
    assert!(drafted.refused[0].contains("empty.rst"), "{drafted}");

    let document = &bundle.document;
    assert_eq!(
        document["servers"][0]["url"],
        "https://kettle.{region}.otc.t-systems.com"
    );
    assert_eq!(
        document["servers"][0]["variables"]["region"]["enum"],
        json!(["eu-de", "eu-nl"])
    );

    let list = operation(&bundle, "ListKettles");
    assert_eq!(list["x-resource"], "kettle#list");
    assert_eq!(
        list["x-pagination"],
        json!({ "style": "index", "position": "offset", "limit": "limit", "items": "kettles", "total": "total_count" })
    );
    let kettle = &document["components"]["schemas"]["Kettle"]["properties"];
    assert_eq!(kettle["litres"]["type"], "number");
    assert_eq!(kettle["serial"]["format"], "int64");
    assert_eq!(kettle["created"]["x-time"], "offset");

    let create = operation(&bundle, "CreateKettle");
    assert_eq!(create["x-resource"], "kettle#create");
    let finished = &create["responses"]["202"]["links"]["finished"];
    assert_eq!(
        finished["parameters"]["id"], "$response.body#/job_id",
        "{create:#}"
    );
    assert_eq!(
        operation(&bundle, "ShowJob")["x-waiter"]["done"],
        json!(["Completed"])
    );
    let fill = &operation(&bundle, "FillKettles")["responses"]["200"]["links"]["finished"];
    assert_eq!(fill["parameters"]["id"], "$response.body#/jobs/0/job_id");
    let export = operation(&bundle, "ExportBrews");
    assert_eq!(export["x-waiter"]["done"], json!(["FINISH"]));
    assert_eq!(export["responses"]["200"]["links"], json!(null));
    let request = &document["components"]["schemas"]["CreateKettleRequest"];
    assert_eq!(request["properties"]["password"]["x-secret"], true);
    assert_eq!(request["properties"]["password"]["format"], "password");
    assert_eq!(request["properties"]["name"]["minLength"], 4);
    let sent = &create["requestBody"]["content"]["application/json"]["examples"]["kettle"]["value"];
    assert_eq!(sent["volume"]["size"], 3, "as the table has it");
    let facts: Vec<&str> = create["x-doc-deviations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["fact"].as_str().unwrap())
        .collect();
    assert!(
        facts.contains(&"request volume.size: example-type"),
        "{facts:?}"
    );

    // The page's id is a name; the others have theirs from titles, told apart by version.
    assert!(
        operation(&bundle, "DeleteKettle")
            .get("x-destroys")
            .is_some()
    );
    operation(&bundle, "ShowJobV2");
    for id in ["HeatKettle", "CoolKettle", "AddLabels", "DeleteLabels"] {
        assert!(operation(&bundle, id).get("x-variant").is_some(), "{id}");
    }
    let labels = &document["components"]["schemas"]["AddLabelsRequest"]["properties"]["action"];
    assert!(labels.get("$ref").is_some(), "{labels}");
    let values =
        &document["components"]["schemas"]["ChangeSettingsRequest"]["properties"]["values"];
    assert_eq!(values["additionalProperties"]["type"], "string");
    assert_eq!(
        operation(&bundle, "ListBrews")["x-pagination"]["items"],
        "data.brews"
    );
}

#[test]
fn what_examples_limits_and_titles_tell_is_drafted_too() {
    let pages = terse_pages();
    let root = tempfile::tempdir().unwrap();
    let (_, bundle) = sound(root.path(), &[pages.folder()], &options(), "kettle");
    let schemas = &bundle.document["components"]["schemas"];

    let list = operation(&bundle, "ListKettles");
    let parameters = list["parameters"].as_array().unwrap();
    let schema = |name: &str| &parameters.iter().find(|one| one["name"] == name).unwrap()["schema"];
    assert_eq!(schema("limit")["type"], "integer");
    assert_eq!(
        (&schema("days")["type"], &schema("days")["maximum"]),
        (&json!("integer"), &json!(732))
    );
    assert_eq!(schema("code")["type"], "string", "an example is no number");
    assert_eq!(schemas["Kettle"]["required"], json!(["id", "name"]));
    let zones = &schemas["ShowFlavorsResponseBody"]["properties"]["zones"];
    assert_eq!(zones["type"], "object", "{zones}");
    let zone = zones["additionalProperties"]["$ref"].as_str().unwrap();
    let zone = &schemas[zone.rsplit('/').next().unwrap()];
    assert_eq!(zone["x-extensible-enum"], json!(["normal", "sold"]));
    for taken in ["File", "InstanceType"] {
        assert!(schemas.get(taken).is_none(), "languages have {taken}");
    }

    for id in ["CreateKettle", "RestoreKettle"] {
        let operation = operation(&bundle, id);
        assert!(operation.get("x-variant").is_some(), "{id}");
        let finished = &operation["responses"]["202"]["links"]["finished"];
        assert_eq!(finished["parameters"]["id"], "$response.body#/workflowId");
    }
    let loses = |id: &str| operation(&bundle, id).get("x-destroys").is_some();
    assert!(loses("DeleteKettlesBatches"));
    assert!(!loses("CreateKettle"));
}

#[test]
fn the_same_pages_give_the_same_draft_and_nothing_is_drafted_twice() {
    let pages = pages();
    let root = tempfile::tempdir().unwrap();
    let texts = |drafted: &Drafted| -> Vec<(PathBuf, String)> {
        drafted
            .files
            .iter()
            .map(|(path, text)| (path.to_owned(), text.to_owned()))
            .collect()
    };
    let (first, _) = sound(root.path(), &[pages.folder()], &options(), "kettle");
    let other = tempfile::tempdir().unwrap();
    let again = draft(other.path(), &[pages.folder()], &options()).unwrap();
    assert_eq!(texts(&first), texts(&again));
    let twice = draft(root.path(), &[pages.folder()], &options()).unwrap();
    assert_eq!((twice.drafted.len(), twice.described), (0, 14), "{twice}");
    assert_eq!(texts(&twice), []);
}

#[test]
fn what_a_person_wrote_stays_and_is_used_again() {
    let pages = pages();
    let root = tempfile::tempdir().unwrap();
    let folder = pages.folder().join("kettle/api-ref/source");
    sound(
        root.path(),
        &[
            folder.join("kettles/list.rst"),
            folder.join("jobs/show.rst"),
        ],
        &options(),
        "kettle",
    );
    let file = |name: &str| root.path().join("openapi/kettle").join(name);
    let before = fs::read_to_string(file("openapi.yaml"))
        .unwrap()
        .replace("paths:\n", "# Ours.\npaths:\n");
    fs::write(file("openapi.yaml"), &before).unwrap();
    let list = fs::read_to_string(file("kettles/list_kettles.yaml")).unwrap();
    let (drafted, bundle) = sound(root.path(), &[pages.folder()], &options(), "kettle");
    assert_eq!(
        (drafted.drafted.len(), drafted.described),
        (12, 2),
        "{drafted}"
    );
    assert_eq!(
        fs::read_to_string(file("kettles/list_kettles.yaml")).unwrap(),
        list
    );
    let after = fs::read_to_string(file("openapi.yaml")).unwrap();
    let mut lines = after.lines();
    for line in before.lines() {
        assert!(
            lines.any(|other| other == line),
            "{line:?} is gone, or stands elsewhere:\n{after}"
        );
    }
    let names: Vec<_> = bundle.document["components"]["parameters"]
        .as_object()
        .unwrap()
        .keys()
        .collect();
    assert_eq!(
        names
            .iter()
            .filter(|name| name.starts_with("ProjectId"))
            .count(),
        1,
        "{names:?}"
    );
    let create = operation(&bundle, "CreateKettle");
    assert_eq!(
        create["responses"]["202"]["links"]["finished"]["operationId"],
        "ShowJob"
    );
}

#[test]
fn names_that_are_given_go_to_the_operations_that_are_most_like_them() {
    let pages = pages();
    let root = tempfile::tempdir().unwrap();
    let names = "POST /v1/{p}/kettles/{k}/action StartCoolAction\nPOST /v1/{p}/kettles/{k}/action StartHeatAction\n\
                 GET /v1/{p}/kettles GetAllKettles kettle_01\n";
    let names = otcdb_apidocs::draft::read_names(names).unwrap();
    let (_, bundle) = sound(
        root.path(),
        &[pages.folder()],
        &Options { names, ..options() },
        "kettle",
    );
    for (id, page) in [
        ("StartHeatAction", "kettle_04"),
        ("StartCoolAction", "kettle_05"),
        ("GetAllKettles", "kettle_01"),
    ] {
        assert_eq!(
            operation(&bundle, id)["x-documentation"][0]["page"],
            page,
            "{id}"
        );
    }
}

#[test]
fn code_is_made_of_a_draft_and_lint_refuses_it() {
    let copy = Copy::of_the_workspace();
    let pages = pages();
    sound(copy.root(), &[pages.folder()], &options(), "kettle");
    let files = tasks::codegen(copy.root()).unwrap();
    assert!(
        files
            .iter()
            .any(|(path, _)| path.ends_with("crates/kettle/src/generated/operations/kettles.rs"))
    );
    let refused = tasks::checked_bundles(copy.root()).unwrap_err().to_string();
    assert!(
        refused.contains("[unwritten]") && refused.contains("openapi/kettle/"),
        "{refused}"
    );
}

#[test]
fn one_page_is_drafted_from_each_form_it_comes_in() {
    let forms = tasks::workspace().join("crates/apidocs/tests/it/pages");
    let mut seen = 0;
    for entry in fs::read_dir(forms).unwrap() {
        let path = entry.unwrap().path();
        let root = tempfile::tempdir().unwrap();
        let options = Options {
            service: Some("brews".to_owned()),
            ..options()
        };
        let (drafted, _) = sound(root.path(), std::slice::from_ref(&path), &options, "brews");
        assert_eq!(drafted.drafted.len(), 1, "{}: {drafted}", path.display());
        seen += 1;
    }
    assert!(seen > 4);
}

#[test]
fn a_page_outside_of_any_service_needs_its_name() {
    let pages = Pages::new();
    let page = Page {
        id: "x",
        title: "Showing X",
        line: "GET /v1/x",
        response: &[&["a", "String", "A."]],
        statuses: &["200"],
        ..Page::default()
    };
    let file = pages.add("somewhere/x.rst", &page.text());
    let root = tempfile::tempdir().unwrap();
    let error = draft(root.path(), std::slice::from_ref(&file), &options())
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("--service") && error.contains("x.rst"),
        "{error}"
    );
    let named = Options {
        service: Some("x-things".to_owned()),
        hosts: vec!["x.{region}.example.org".to_owned()],
        ..options()
    };
    let (_, bundle) = sound(root.path(), &[file], &named, "x-things");
    assert_eq!(
        bundle.document["servers"][0]["url"],
        "https://x.{region}.example.org"
    );
}

#[test]
fn a_page_with_a_request_line_that_was_not_drafted_is_told_and_the_others_are_drafted() {
    let pages = pages();
    let source = pages.folder().join("kettle/api-ref/source");
    let root = tempfile::tempdir().unwrap();
    let drafted = draft(root.path(), &[pages.folder()], &options()).unwrap();
    drafted.verdict().unwrap();
    let twin = fs::read_to_string(source.join("jobs/show.rst"))
        .unwrap()
        .replace("/jobs", "/tasks");
    pages.add("kettle/api-ref/source/jobs/twin.rst", &twin);
    let drafted = draft(root.path(), &[pages.folder()], &options()).unwrap();
    assert_eq!(drafted.drafted.len(), 14);
    assert!(drafted.left_out[0].contains("twin.rst"), "{drafted}");
    let error = drafted.verdict().unwrap_err().to_string();
    assert!(error.contains("not every page"), "{error}");
}
