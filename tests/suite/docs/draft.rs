//! Drafts of descriptions: small pages of a made-up service, in the forms that pages have.

use std::fs;
use std::path::{Path, PathBuf};

use otcdb_openapi::Bundle;
use otcdb_openapi::written::operations;
use serde_json::{Value, json};
use xtask::docs::check::check;
use xtask::docs::draft::{Drafted, Options, draft};
use xtask::lint::{UNWRITTEN, lint};
use xtask::tasks;

use super::pages::Pages;
use crate::copy::Copy;

/// A simple table.
fn table(header: &[&str], rows: &[&[&str]]) -> String {
    let width = |at: usize| {
        let cells = rows
            .iter()
            .map(|row| row[at].len())
            .chain([header[at].len()]);
        cells.max().unwrap_or(1)
    };
    let widths: Vec<usize> = (0..header.len()).map(width).collect();
    let line = |cells: &[&str]| {
        let cells = cells
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:<width$}"));
        cells.collect::<Vec<_>>().join(" ").trim_end().to_owned()
    };
    let rule = widths
        .iter()
        .map(|width| "=".repeat(*width))
        .collect::<Vec<_>>()
        .join(" ");
    let mut out = format!("{rule}\n{}\n{rule}\n", line(header));
    for row in rows {
        out.push_str(&line(row));
        out.push('\n');
    }
    format!("{out}{rule}\n\n")
}

/// A page in reStructuredText.
#[derive(Default)]
struct Page<'a> {
    id: &'a str,
    title: &'a str,
    line: &'a str,
    /// Name, mandatory, type, description.
    parameters: &'a [&'a [&'a str]],
    request: &'a [&'a [&'a str]],
    /// A nested table: the field's name, and its rows.
    nested: Option<(&'a str, &'a [&'a [&'a str]])>,
    examples: &'a [&'a str],
    /// Name, type, description.
    response: &'a [&'a [&'a str]],
    answers: &'a [&'a str],
    statuses: &'a [&'a str],
}

impl Page<'_> {
    fn text(&self) -> String {
        let (id, title) = (self.id, self.title);
        let mut out = format!(
            ":original_name: {id}.html\n\n.. _{id}:\n\n{title}\n{}\n\nURI\n---\n\n{}\n\n",
            "=".repeat(title.len()),
            self.line
        );
        let sent = ["Parameter", "Mandatory", "Type", "Description"];
        if !self.parameters.is_empty() {
            out.push_str(&table(&sent, self.parameters));
        }
        out.push_str("Request Parameters\n------------------\n\n");
        if !self.request.is_empty() {
            out.push_str(&table(&sent, self.request));
        }
        if let Some((of, rows)) = self.nested {
            out.push_str(&format!(
                ".. _{id}__{of}:\n\n.. table:: **Table 9** {of}\n\n"
            ));
            out.extend(
                table(&sent, rows)
                    .lines()
                    .map(|line| format!("   {line}\n")),
            );
            out.push('\n');
        }
        if !self.examples.is_empty() {
            out.push_str("Example Requests\n----------------\n\n");
        }
        let code = |text: &str| {
            let lines: String = text.lines().map(|line| format!("   {line}\n")).collect();
            format!(".. code-block::\n\n{lines}\n")
        };
        self.examples
            .iter()
            .for_each(|one| out.push_str(&code(one)));
        out.push_str("Response Parameters\n-------------------\n\n");
        let success = self.statuses.first().copied().unwrap_or("200");
        if !self.response.is_empty() {
            out.push_str(&format!("**Status code: {success}**\n\n"));
            out.push_str(&table(&["Parameter", "Type", "Description"], self.response));
        }
        if !self.answers.is_empty() {
            out.push_str(&format!(
                "Example Responses\n-----------------\n\n**Status code: {success}**\n\n"
            ));
        }
        self.answers.iter().for_each(|one| out.push_str(&code(one)));
        if !self.statuses.is_empty() {
            out.push_str("Status Codes\n------------\n\n");
            let rows: Vec<Vec<&str>> = self
                .statuses
                .iter()
                .map(|one| vec![*one, "Said."])
                .collect();
            let rows: Vec<&[&str]> = rows.iter().map(Vec::as_slice).collect();
            out.push_str(&table(&["Status Code", "Description"], &rows));
        }
        out
    }
}

const PROJECT: &[&str] = &["project_id", "Yes", "String", "Project."];
const KETTLE: &[&str] = &["kettle_id", "Yes", "String", "Kettle."];

/// A dozen pages and more, each with something of its own.
fn pages() -> Pages {
    let pages = Pages::new();
    let add = |name: &str, page: Page<'_>| {
        pages.add(&format!("kettle/api-ref/source/{name}.rst"), &page.text());
    };
    // A list by positions, with an enum on both sides and times.
    add(
        "kettles/list",
        Page {
            id: "kettle_01",
            title: "Querying Kettles",
            line: "GET https://{endpoint}/v1/{project_id}/kettles",
            parameters: &[
                PROJECT,
                &[
                    "offset",
                    "No",
                    "Integer",
                    "Index offset. The default value is **0**.",
                ],
                &["limit", "No", "Integer", "How many. Value range: 1 to 100."],
                &[
                    "status",
                    "No",
                    "String",
                    "State. Options: **ON** and **OFF**.",
                ],
                &["begin_time", "No", "String", "Begin."],
            ],
            examples: &[
                "GET https://x.example.org/v1/0483/kettles?offset=0&limit=10&status=ON&begin_time=2018-08-06T10:41:14%2B0800",
            ],
            response: &[
                &[
                    "kettles",
                    "Array of Kettle objects",
                    "Kettles. For details, see :ref:`Kettle <kettle_01__kettles>`.",
                ],
                &["total_count", "Integer", "How many."],
            ],
            answers: &[
                r#"{ "kettles": [ { "id": "k1", "name": "red", "created": "2018-08-06T10:41:14+0800", "status": "ON", "litres": 1.5, "serial": 90000000000 } ], "total_count": 1 }"#,
            ],
            statuses: &["200", "400", "404"],
            ..Page::default()
        },
    );
    // Work that goes on, with a password, and an object of its own.
    add(
        "kettles/create",
        Page {
            id: "kettle_02",
            title: "Creating a Kettle",
            line: "POST https://{endpoint}/v1/{project_id}/kettles",
            parameters: &[PROJECT],
            request: &[
                &[
                    "name",
                    "Yes",
                    "String",
                    "The name must be 4 to 64 characters in length.",
                ],
                &["password", "Yes", "String", "Password."],
                &[
                    "volume",
                    "Yes",
                    "Object",
                    "See :ref:`volume <kettle_02__volume>`.",
                ],
            ],
            nested: Some((
                "volume",
                &[
                    &["size", "Yes", "Integer", "Value range: 1 to 9."],
                    &["type", "Yes", "String", "Options: **A**, **B**."],
                ],
            )),
            examples: &[
                r#"{ "name": "kettle", "password": "Secret@123", "volume": { "size": "3", "type": "A" } }"#,
            ],
            response: &[
                &["job_id", "String", "Job."],
                &["kettle_id", "String", "Kettle."],
            ],
            answers: &[r#"{ "job_id": "j1", "kettle_id": "k1" }"#],
            statuses: &["202"],
        },
    );
    add(
        "kettles/delete",
        Page {
            id: "DeleteKettle",
            title: "Removing a Kettle",
            line: "DELETE https://{endpoint}/v1/{project_id}/kettles/{kettle_id}",
            parameters: &[PROJECT, KETTLE],
            statuses: &["204"],
            ..Page::default()
        },
    );
    // Three operations under one path: by a field, by a field, by a value of the examples.
    for (id, title, field) in [
        ("kettle_04", "Heating a Kettle", "heat"),
        ("kettle_05", "Cooling a Kettle", "cool"),
    ] {
        add(
            &format!("kettles/{field}"),
            Page {
                id,
                title,
                line: "POST https://{endpoint}/v1/{project_id}/kettles/{kettle_id}/action",
                parameters: &[PROJECT, KETTLE],
                request: &[&[field, "Yes", "Integer", "Degrees."]],
                examples: &[&format!("{{ \"{field}\": 7 }}")],
                response: &[&["job_id", "String", "Job."]],
                answers: &[r#"{ "job_id": "j2" }"#],
                statuses: &["202"],
                ..Page::default()
            },
        );
    }
    for (id, title, value) in [
        ("kettle_06", "Adding Labels", "create"),
        ("kettle_07", "Deleting Labels", "delete"),
    ] {
        add(
            &format!("labels/{value}"),
            Page {
                id,
                title,
                line: "POST https://{endpoint}/v1/{project_id}/kettles/{kettle_id}/labels/action",
                parameters: &[PROJECT, KETTLE],
                request: &[
                    &["action", "Yes", "String", "What."],
                    &["labels", "Yes", "Array of strings", "Labels."],
                ],
                examples: &[&format!(
                    "{{ \"action\": \"{value}\", \"labels\": [\"a\"] }}"
                )],
                statuses: &["200"],
                ..Page::default()
            },
        );
    }
    // The job, which another has the title of.
    add(
        "jobs/show",
        Page {
            id: "kettle_08",
            title: "Querying a Job",
            line: "GET https://{endpoint}/v1/{project_id}/jobs",
            parameters: &[PROJECT, &["id", "Yes", "String", "Job."]],
            examples: &["GET https://x.example.org/v1/0483/jobs?id=j1"],
            response: &[
                &[
                    "status",
                    "String",
                    "State. Options: **Running**, **Completed**, **Failed**.",
                ],
                &["progress", "String", "Percent."],
            ],
            answers: &[r#"{ "status": "Running", "progress": 60 }"#],
            statuses: &["200"],
            ..Page::default()
        },
    );
    add(
        "jobs/show_v2",
        Page {
            id: "kettle_09",
            title: "Querying a Job",
            line: "GET https://{endpoint}/v2/{project_id}/jobs/{job_id}",
            parameters: &[PROJECT, &["job_id", "Yes", "String", "Job."]],
            response: &[&["status", "String", "State."]],
            statuses: &["200"],
            ..Page::default()
        },
    );
    // Free keys, a slip in the JSON, an example that contradicts its table, and fields that no table has.
    add(
        "settings/update",
        Page {
            id: "kettle_10",
            title: "Changing Settings",
            line: "PUT https://{endpoint}/v1/{project_id}/kettles/{id}/settings",
            parameters: &[PROJECT, &["id", "Yes", "String", "Kettle."]],
            request: &[
                &["values", "Yes", "Map<String,String>", "Settings."],
                &["restart", "Yes", "Boolean", "Whether."],
                &["level", "No", "String", "Options: **1**, **2.5**."],
            ],
            examples: &[
                r#"{ "values": { "a_b": "10", "c-d": 5 }, "restart": "true", "level": "1", }"#,
            ],
            response: &[
                &["restart", "Boolean", "Whether."],
                &["applied_at", "Long", "When."],
            ],
            answers: &[
                r#"{ "restart": "false", "applied_at": "1532001446987", "more": [ { "x": 1 } ] }"#,
            ],
            statuses: &["200"],
            ..Page::default()
        },
    );
    // Nothing but a table, and what is no JSON.
    add(
        "settings/show",
        Page {
            id: "kettle_11",
            title: "Showing Settings",
            line: "GET https://{endpoint}/v1/{project_id}/kettles/{kettle_id}/settings",
            parameters: &[
                PROJECT,
                KETTLE,
                &["X-Language", "No", "String", "Language."],
            ],
            response: &[
                &["list", "List", "Anything."],
                &["link", "String", "Link."],
                &["extra", "Object", "Not said."],
                &["error", "String", "Name that others use."],
            ],
            answers: &["{ never, closed"],
            statuses: &["200"],
            ..Page::default()
        },
    );
    // Pages that count pages, and a body of an array.
    add(
        "brews/list",
        Page {
            id: "kettle_12",
            title: "Listing Brews",
            line: "POST https://{endpoint}/v1/{project_id}/brews/query",
            parameters: &[PROJECT],
            request: &[
                &["cur_page", "Yes", "Integer", "Page."],
                &["per_page", "Yes", "Integer", "How many."],
                &["end_time", "No", "String", "End."],
            ],
            examples: &[r#"{ "cur_page": 1, "per_page": 10, "end_time": "2021-04-16 10:00:00" }"#],
            response: &[&["data", "Object", "Brews."]],
            answers: &[r#"{ "data": { "brews": [ { "id": 1, "type": null } ], "total": 3 } }"#],
            statuses: &["200"],
            ..Page::default()
        },
    );
    pages.add("kettle/api-ref/source/kettles/empty.rst", "");
    pages.add(
        "kettle/api-ref/source/index_of_all.rst",
        "Overview\n========\n\nWords.\n",
    );
    pages.add("kettle/api-ref/source/before/endpoints.rst", "Endpoints\n=========\n\n=============================== =====\nHost                            Where\n=============================== =====\nkettle.eu-de.otc.t-systems.com  DE\nkettle.eu-nl.otc.t-systems.com  NL\n=============================== =====\n");
    pages
}

fn options() -> Options {
    Options {
        source: "otc".to_owned(),
        ..Options::default()
    }
}

/// Drafts into a folder, and holds the draft to what it has to be.
fn sound(root: &Path, paths: &[PathBuf], options: &Options, service: &str) -> (Drafted, Bundle) {
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

fn operation(bundle: &Bundle, id: &str) -> Value {
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
    assert_eq!(drafted.drafted.len(), 12, "{drafted}");
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
    let request = &document["components"]["schemas"]["CreateKettleRequest"];
    assert_eq!(request["properties"]["password"]["x-secret"], true);
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
    assert_eq!((twice.drafted.len(), twice.described), (0, 12), "{twice}");
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
        (10, 2),
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
    assert_eq!(drafted.drafted.len(), 12);
    assert!(drafted.left_out[0].contains("twin.rst"), "{drafted}");
    let error = drafted.verdict().unwrap_err().to_string();
    assert!(error.contains("not every page"), "{error}");
}
