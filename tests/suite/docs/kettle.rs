//! The pages of a made-up service that nobody has described, in the forms that pages have.

use super::pages::Pages;

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
pub(super) struct Page<'a> {
    pub(super) id: &'a str,
    pub(super) title: &'a str,
    pub(super) line: &'a str,
    /// Name, mandatory, type, description.
    pub(super) parameters: &'a [&'a [&'a str]],
    pub(super) request: &'a [&'a [&'a str]],
    /// A nested table: the field's name, and its rows.
    pub(super) nested: Option<(&'a str, &'a [&'a [&'a str]])>,
    pub(super) examples: &'a [&'a str],
    /// Name, type, description.
    pub(super) response: &'a [&'a [&'a str]],
    pub(super) answers: &'a [&'a str],
    pub(super) statuses: &'a [&'a str],
}

impl Page<'_> {
    pub(super) fn text(&self) -> String {
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
pub(super) fn pages() -> Pages {
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
    // Several pieces of work, and work that the operation itself tells the end of.
    for (id, title, what, fields, answer) in [
        (
            "kettle_13",
            "Filling Kettles",
            "fill",
            &[["jobs", "Array of objects", "Jobs."]][..],
            r#"{ "jobs": [ { "job_id": "j3", "kettle_id": "k1" } ] }"#,
        ),
        (
            "kettle_14",
            "Exporting Brews",
            "export",
            &[
                ["list", "Array of objects", "Files."],
                [
                    "status",
                    "String",
                    "Options: **EXPORTING**, **FINISH**, **FAILED**.",
                ],
            ],
            r#"{ "list": [ { "workflow_id": "w1" } ], "status": "FINISH" }"#,
        ),
    ] {
        let fields: Vec<&[&str]> = fields.iter().map(|row| &row[..]).collect();
        add(
            &format!("kettles/{what}"),
            Page {
                id,
                title,
                line: &format!("POST https://{{endpoint}}/v1/{{project_id}}/kettles/{what}"),
                parameters: &[PROJECT],
                response: &fields,
                answers: &[answer],
                statuses: &["200"],
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

/// Pages that say less in their tables than elsewhere, or say it by other names.
pub(super) fn terse_pages() -> Pages {
    let pages = Pages::new();
    let add = |name: &str, page: Page<'_>| {
        pages.add(&format!("kettle/api-ref/source/{name}.rst"), &page.text());
    };
    add(
        "kettles/list",
        Page {
            id: "kettle_01",
            title: "Querying Kettles",
            line: "GET https://{endpoint}/v1/{project_id}/kettles",
            parameters: &[
                PROJECT,
                &[
                    "limit",
                    "No",
                    "String",
                    "How many. The default value is **10**.",
                ],
                &["days", "No", "String", "How old. Value range: 1 to 732."],
                &["code", "No", "String", "Code. Value range: 1 to 9."],
            ],
            examples: &["GET https://x.example.org/v1/0483/kettles?limit=10&days=7&code=007x"],
            response: &[&["kettles", "Array of objects", "Kettles."]],
            answers: &[
                r#"{ "kettles": [ { "id": "k1", "name": "red", "zones": { "eu-1": "normal", "eu-2": "sold" } }, { "id": "k2", "name": "blue", "zones": { "eu-1": "normal" } } ] }"#,
            ],
            statuses: &["200"],
            ..Page::default()
        },
    );
    add(
        "flavors/list",
        Page {
            id: "kettle_02",
            title: "Querying Flavors",
            line: "GET https://{endpoint}/v1/{project_id}/flavors",
            parameters: &[PROJECT],
            response: &[
                &["zones", "Object", "By zone. Options: **normal**, **sold**."],
                &[
                    "instance_type",
                    "String",
                    "Type. Options: **single**, **pair**.",
                ],
                &["file", "Object", "The list of prices."],
            ],
            answers: &[
                r#"{ "zones": { "eu-1": "normal", "eu-2": "sold" }, "instance_type": "pair", "file": { "name": "prices" } }"#,
            ],
            statuses: &["200"],
            ..Page::default()
        },
    );
    // What is left where the other has a field of its own.
    for (id, title, field, body) in [
        (
            "kettle_03",
            "Creating a Kettle",
            "colour",
            r#"{ "name": "kettle", "colour": "red" }"#,
        ),
        (
            "kettle_04",
            "Restoring a Kettle",
            "backup_id",
            r#"{ "name": "kettle", "backup_id": "b1" }"#,
        ),
    ] {
        let mandatory = if field == "colour" { "No" } else { "Yes" };
        add(
            &format!("kettles/{field}"),
            Page {
                id,
                title,
                line: "POST https://{endpoint}/v1/{project_id}/kettles",
                parameters: &[PROJECT],
                request: &[
                    &["name", "Yes", "String", "Name."],
                    &[field, mandatory, "String", "What it begins with."],
                ],
                examples: &[body],
                response: &[&["workflowId", "String", "Job."]],
                answers: &[r#"{ "workflowId": "w1" }"#],
                statuses: &["202"],
                ..Page::default()
            },
        );
    }
    add(
        "kettles/batch",
        Page {
            id: "kettle_05",
            title: "Deleting Kettles in Batches",
            line: "POST https://{endpoint}/v1/{project_id}/kettles/batch-away",
            parameters: &[PROJECT],
            request: &[&["ids", "Yes", "Array of strings", "Which."]],
            examples: &[r#"{ "ids": [ "k1" ] }"#],
            statuses: &["204"],
            ..Page::default()
        },
    );
    add(
        "jobs/show",
        Page {
            id: "kettle_06",
            title: "Querying a Job",
            line: "GET https://{endpoint}/v1/{project_id}/jobs",
            parameters: &[PROJECT, &["id", "Yes", "String", "Job."]],
            examples: &["GET https://x.example.org/v1/0483/jobs?id=j1"],
            response: &[&[
                "status",
                "String",
                "State. Options: **Running**, **Completed**, **Failed**.",
            ]],
            answers: &[r#"{ "status": "Running" }"#],
            statuses: &["200"],
            ..Page::default()
        },
    );
    pages
}
