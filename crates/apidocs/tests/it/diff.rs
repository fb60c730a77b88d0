//! What changed between two readings.

use otcdb_apidocs::{Change, Class, PageChange, Stated, diff, diff_folders};

use crate::common::{Listed, code, facts, item, table};

const HEADER: &[&str] = &["Name", "Mandatory", "Type", "Description"];

fn request(rows: &[&[&str]]) -> String {
    Listed {
        uri: "POST https://{*Endpoint*}/v3/{project_id}/kettles".to_owned(),
        request: item(
            "Parameter description",
            &table("**Table 2** Parameter description", HEADER, rows),
        ),
        ..Listed::default()
    }
    .page()
}

fn changes(before: &str, after: &str) -> Vec<(Class, String, String)> {
    diff(&facts(before), &facts(after))
        .into_iter()
        .map(|c| (c.class, c.place, c.what))
        .collect()
}

fn one(before: &[&str], after: &[&str]) -> Vec<(Class, String, String)> {
    changes(&request(&[before]), &request(&[after]))
}

fn is(class: Class, place: &str, what: &str) -> Vec<(Class, String, String)> {
    vec![(class, place.to_owned(), what.to_owned())]
}

#[test]
fn the_same_page_has_no_changes() {
    let page = request(&[&["leaf", "Yes", "String", "Leaf."]]);
    assert_eq!(changes(&page, &page), []);
}

#[test]
fn request_fields_change_by_class() {
    let leaf = ["leaf", "Yes", "String", "Leaf."];
    assert_eq!(
        one(&leaf, &["leaf", "No", "String", "Leaf."]),
        is(Class::Additive, "request leaf", "mandatory")
    );
    assert_eq!(
        one(&["leaf", "No", "String", "Leaf."], &leaf),
        is(Class::Breaking, "request leaf", "mandatory")
    );
    assert_eq!(
        one(&leaf, &["leaf", "Yes", "Integer", "Leaf."]),
        is(Class::Breaking, "request leaf", "type")
    );
    assert_eq!(
        one(&leaf, &["leaf", "Yes", "string", "Leaf."]),
        is(Class::WordingOnly, "request leaf", "type")
    );
    assert_eq!(
        one(&leaf, &["leaf", "Yes", "", "Leaf."]),
        is(Class::DocumentationLost, "request leaf", "type")
    );
    assert_eq!(
        one(&leaf, &["leaf", "Yes", "String", "Other words."]),
        is(Class::WordingOnly, "request leaf", "description")
    );
    let more: [&[&str]; 2] = [&leaf, &["cups", "No", "Integer", "Cups."]];
    let needed: [&[&str]; 2] = [&leaf, &["cups", "Yes", "Integer", "Cups."]];
    let (less, more, needed) = (request(&[&leaf]), request(&more), request(&needed));
    assert_eq!(
        changes(&less, &more),
        is(Class::Additive, "request cups", "added")
    );
    assert_eq!(
        changes(&less, &needed),
        is(Class::Breaking, "request cups", "added")
    );
    assert_eq!(
        changes(&more, &less),
        is(Class::Breaking, "request cups", "removed")
    );
}

#[test]
fn lost_values_and_limits_are_lost_documentation() {
    let with = |text: &str| ["leaf", "Yes", "String", text].map(str::to_owned);
    let run = |before: &str, after: &str| {
        let (a, b) = (with(before), with(after));
        let a: Vec<&str> = a.iter().map(String::as_str).collect();
        let b: Vec<&str> = b.iter().map(String::as_str).collect();
        one(&a, &b)
    };
    let place = "request leaf";
    assert_eq!(
        run("Options: **A** and **B**.", "A leaf."),
        is(Class::DocumentationLost, place, "values")
    );
    assert_eq!(
        run("A leaf.", "Options: **A** and **B**."),
        is(Class::Additive, place, "values added")
    );
    assert_eq!(
        run("Options: **A** and **B**.", "Options: **A** and **C**."),
        [
            (
                Class::Breaking,
                place.to_owned(),
                "values removed".to_owned()
            ),
            (Class::Additive, place.to_owned(), "values added".to_owned()),
        ]
    );
    assert_eq!(
        run("Maximum: **9**", "A leaf."),
        is(Class::DocumentationLost, place, "limits")
    );
    assert_eq!(
        run("Maximum: **9**", "Maximum: **12**"),
        is(Class::Additive, place, "limits")
    );
    assert_eq!(
        run("Maximum: **9**", "Maximum: **8**"),
        is(Class::Breaking, place, "limits")
    );
    // The list moves into prose and stays the same list.
    assert_eq!(
        run(
            "Options: **A**, **B**.\n\nEnumeration values:\n\n-  **A**\n-  **B**",
            "Options: **A**, **B**."
        ),
        is(Class::WordingOnly, place, "description")
    );
}

#[test]
fn statuses_and_operations_change() {
    let with = |status: &str| {
        Listed {
            status: status.to_owned(),
            ..Listed::default()
        }
        .page()
    };
    assert_eq!(
        changes(&with("200"), &with("202")),
        is(Class::Breaking, "response", "success status")
    );
    let moved = Listed {
        uri: "GET https://{*Endpoint*}/v3/{project_id}/pots/{kettle_id}".to_owned(),
        ..Listed::default()
    };
    assert_eq!(
        changes(&Listed::default().page(), &moved.page()),
        is(Class::Breaking, "operation", "method and path")
    );
    let brew = include_str!("pages/brew.rst");
    let fewer = brew.replace("204         Nothing to do.\n", "");
    assert_eq!(
        changes(&fewer, brew),
        is(Class::Additive, "response", "status")
    );
    assert_eq!(
        changes(brew, &fewer),
        is(Class::Breaking, "response", "status")
    );
}

#[test]
fn missing_is_not_removed() {
    let stated = facts(include_str!("pages/brew.rst"));
    let mut lost = stated.clone();
    lost.request = otcdb_apidocs::Body::default();
    lost.parameters = otcdb_apidocs::Parameters::default();
    lost.operation = Stated::Missing;
    let found = diff(&stated, &lost);
    assert!(
        found.iter().all(|c| c.class == Class::DocumentationLost),
        "{found:?}"
    );
    assert_eq!(found.len(), 3);
}

#[test]
fn examples_change_key_by_key() {
    let page = |body: &str| {
        Listed {
            response: format!(
                "{}{}",
                Listed::default().response,
                item("Example normal response", &code(body))
            ),
            ..Listed::default()
        }
        .page()
    };
    let found: Vec<Change> = diff(
        &facts(&page("{\"state\": \"on\", \"old\": 1}")),
        &facts(&page("{\"state\": \"off\", \"new\": 2,}")),
    );
    assert!(found.iter().all(|c| c.class == Class::ExampleOnly));
    let whats: Vec<(&str, &str)> = found
        .iter()
        .map(|c| (c.place.as_str(), c.what.as_str()))
        .collect();
    assert_eq!(
        whats,
        [
            ("response example 0", "JSON"),
            ("response example 0 state", "value"),
            ("response example 0 old", "key removed"),
            ("response example 0 new", "key added"),
        ]
    );
}

#[test]
fn words_outside_the_tables_are_wording_only() {
    let page = Listed::default().page();
    let other = page.replace("Looks at one kettle.", "Shows one kettle.");
    assert_eq!(
        changes(&page, &other),
        is(Class::WordingOnly, "page", "text")
    );
}

#[test]
fn folders_pair_by_page_id_then_by_method_and_path() {
    let page = |id: &str, uri: &str| {
        let listed = Listed {
            uri: uri.to_owned(),
            parameters: String::new(),
            ..Listed::default()
        };
        facts(&listed.page().replace("tea_01_0001", id))
    };
    let before = [
        page("a", "GET /v3/{project_id}/kettles"),
        page("b", "GET /v3/{project_id}/jobs/{id}"),
        page("c", "GET /v3/{project_id}/pots"),
    ];
    let after = [
        page("a", "GET /v3/{project_id}/kettles"),
        page("z", "GET /v3/{project_id}/jobs/{job_id}"),
        page("d", "GET /v3/{project_id}/cups"),
    ];
    let found = diff_folders(&before, &after);
    assert_eq!(found.unchanged, 1);
    let pages: Vec<(&str, &PageChange)> = found
        .pages
        .iter()
        .map(|p| (p.name.as_str(), &p.page))
        .collect();
    assert_eq!(
        pages,
        [
            ("c", &PageChange::Removed),
            ("d", &PageChange::Added),
            ("z", &PageChange::Kept),
        ]
    );
    let kept = &found.pages[2].changes;
    assert!(
        kept.iter()
            .all(|c| c.class == Class::WordingOnly || c.place.starts_with("path")),
        "{kept:?}"
    );
}

#[test]
fn forms_of_a_body_pair_by_their_names() {
    let form = |rows: &[&[&str]]| table("Parameter description", HEADER, rows);
    let page = |first: &str, second: &str| {
        Listed {
            uri: "POST https://{*Endpoint*}/v3/{project_id}/kettles".to_owned(),
            request: format!("{first}{second}"),
            ..Listed::default()
        }
        .page()
    };
    let small = form(&[&["leaf", "Yes", "String", "Leaf."]]);
    let large = form(&[
        &["leaf", "Yes", "String", "Leaf."],
        &["cups", "Yes", "Integer", "Cups."],
    ]);
    assert_eq!(changes(&page(&small, &large), &page(&small, &large)), []);
    let found = changes(&page(&small, &large), &page(&large, &small));
    assert!(
        found.iter().all(|(class, ..)| *class == Class::WordingOnly),
        "{found:?}"
    );
}

#[test]
fn a_lost_status_is_lost_documentation() {
    let before = facts(&Listed::default().page());
    let mut after = before.clone();
    after.responses[0].status = Stated::Missing;
    let found: Vec<(Class, String)> = diff(&before, &after)
        .into_iter()
        .map(|c| (c.class, c.what))
        .collect();
    let what = "success status".to_owned();
    assert_eq!(found, [(Class::DocumentationLost, what.clone())]);
    let found = diff(&after, &before);
    assert_eq!((found[0].class, &found[0].what), (Class::Additive, &what));
}
