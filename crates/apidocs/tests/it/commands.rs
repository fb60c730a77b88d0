//! Import, diff report and coverage.

use otcdb_apidocs::{Described, Hint, Known, Source, coverage, diff_report, from_yaml, import};

use crate::common::{Listed, facts};

fn page(name: &str, text: &str) -> Source {
    Source::Page {
        name: name.to_owned(),
        bytes: text.as_bytes().to_vec(),
        hint: Hint::default(),
    }
}

#[test]
fn import_names_the_file_after_operation_and_source() {
    let bytes = include_bytes!("pages/brew.rst");
    let named = |source: Option<&str>, operation: Option<&str>| {
        let hint = source.map(Hint::of).unwrap_or_default();
        import(bytes, &hint, operation).unwrap().file_name
    };
    assert_eq!(named(None, None), "start_brew.yaml");
    assert_eq!(
        named(Some("otc"), Some("ShowInstanceSSLDetail")),
        "show_instance_ssl_detail.yaml"
    );
    assert_eq!(
        named(Some("huaweicloud"), None),
        "start_brew.huaweicloud.yaml"
    );
    let plain = include_bytes!("pages/brew_plain.txt");
    let imported = import(plain, &Hint::default(), None).unwrap();
    assert_eq!(
        imported.file_name,
        "post_v2_project_id_kettles_kettle_id_brews.yaml"
    );
}

#[test]
fn what_is_imported_reads_back() {
    let imported = import(include_bytes!("pages/brew.html"), &Hint::default(), None).unwrap();
    assert_eq!(from_yaml(&imported.text).unwrap(), imported.facts);
    assert!(from_yaml("page: 3").is_err());
    let refused = import(b"", &Hint::default(), None).unwrap_err();
    assert!(refused.to_string().contains("empty"), "{refused}");
}

#[test]
fn a_diff_names_the_operations_that_it_means_work_for() {
    let before = include_str!("pages/brew.rst");
    let after = before.replace(
        "| kettle_id  | Yes       | String |",
        "| kettle_id  | Yes       | Long   |",
    );
    assert_ne!(before, after);
    let report = diff_report(vec![page("a", before)], vec![page("b", &after)]);
    assert!(
        report
            .text
            .contains("breaking: path kettle_id: type: String -> Long"),
        "{}",
        report.text
    );
    let work: Vec<&String> = report.work.iter().collect();
    assert_eq!(work, ["POST /v2/{project_id}/kettles/{kettle_id}/brews"]);
}

#[test]
fn wording_means_no_work_and_an_empty_page_is_none() {
    let before = Listed::default().page();
    let after = before.replace("How it is.", "Its state.");
    let report = diff_report(vec![page("a", &before)], vec![page("b", &after)]);
    assert!(report.work.is_empty());
    let report = diff_report(
        vec![page("a", "")],
        vec![page("b", &before), page("c", "GET it")],
    );
    assert!(
        report.text.contains("additive: operation: added"),
        "{}",
        report.text
    );
    assert_eq!(report.work.len(), 1);
    let committed = Source::Facts(Box::new(facts(&before)));
    let report = diff_report(vec![committed], vec![page("b", &before)]);
    assert_eq!(report.diff.unchanged, 1);
}

#[test]
fn refused_pages_are_reported() {
    let report = diff_report(vec![page("a.rst", ".. _a:\n\nTitle\n=====\n")], Vec::new());
    assert_eq!(report.refused.len(), 1);
    assert!(
        report.text.contains("a.rst: page refused (no-operation)"),
        "{}",
        report.text
    );
}

#[test]
fn coverage_counts_operations_by_section() {
    let kettle = facts(&Listed::default().page());
    let brew = facts(include_str!("pages/brew.rst"));
    let again = facts(
        &Listed::default()
            .page()
            .replace("tea_01_0001", "tea_01_0002"),
    );
    let pages = [
        Known::new("kettles", &kettle),
        Known::new("kettles", &again),
        Known::new("brews", &brew),
    ];
    let described = [Described::new(
        "get",
        "/v3/{project}/kettles/{id}",
        ["tea_01_0001"],
    )];
    let found = coverage(&pages, &described);
    assert_eq!((found.known, found.described), (2, 1));
    let kettles = &found.sections[1];
    assert_eq!((kettles.pages, kettles.known, kettles.described), (2, 1, 1));
    assert_eq!(kettles.unnamed, ["tea_01_0002"]);
    assert_eq!(
        found.sections[0].lacking,
        ["POST /v2/{project_id}/kettles/{kettle_id}/brews"]
    );
    assert_eq!(
        found.table(),
        "section  known  described\nbrews        1          0\nkettles      1          1\nall          2          1\n"
    );
}
