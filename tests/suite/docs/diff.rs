//! What changed on a page, and the work it means.

use otcdb_apidocs::Class;
use xtask::docs::diff::{Diff, diff};
use xtask::tasks;

use super::pages::{LIST, Pages, changed};

/// Compares [`LIST`] with another state of the page.
fn with(after: &str) -> Diff {
    let pages = Pages::new();
    let before = pages.add("before.rst", LIST);
    let after = pages.add("after.rst", after);
    diff(&tasks::workspace(), Some(&before), &after, "otc").unwrap()
}

fn classes(diff: &Diff) -> Vec<Class> {
    let changes = diff.changes.pages.iter().flat_map(|page| &page.changes);
    changes.map(|change| change.class).collect()
}

#[test]
fn each_change_has_its_class_and_names_the_file_to_edit() {
    let list = "openapi/dcs/log_management/list_redislog.yaml";
    let logs = "openapi/dcs/components/logs.yaml";
    let shared = "openapi/dcs/components/shared_parameters.yaml";
    let cases: &[(&str, &str, Class, &str, &str)] = &[
        // before, after, class, change, what to edit and where
        (
            "limit     No        Integer How many.",
            "limit     Yes       Integer How many.",
            Class::Breaking,
            "breaking: query limit: mandatory: no -> yes",
            "#/Limit: write required: true",
        ),
        (
            "total_num Integer How many.\n",
            "total_num Integer How many.\n   pages     Integer How many.\n",
            Class::Additive,
            "additive: response 200 pages: added: Integer",
            "add the property pages",
        ),
        (
            "{ \"total_num\" : 1 }",
            "{ \"total_num\" : 7 }",
            Class::ExampleOnly,
            "example-only: response example 0 total_num: value: 1 -> 7",
            "add the payload under a named entry of examples",
        ),
        (
            "Kind. Options: **run**.",
            "Kind.",
            Class::DocumentationLost,
            "documentation-lost: query log_type: values: was run",
            list,
        ),
    ];
    for (from, to, class, line, work) in cases {
        let found = with(&changed(from, to));
        assert_eq!(classes(&found), [*class], "{}", found.text);
        assert!(found.text.contains(line), "{line}\n{}", found.text);
        assert!(found.text.contains(work), "{work}\n{}", found.text);
        assert!(
            found
                .edit
                .iter()
                .any(|file| [list, logs, shared].contains(&file.as_str())),
            "{}",
            found.text
        );
        let import = found.run.first().unwrap();
        assert!(import.starts_with("cargo xtask docs import ") && import.ends_with("after.rst"));
        for command in ["docs check", "lint", "codegen", "publish"] {
            assert!(
                found.run.contains(&format!("cargo xtask {command}")),
                "{:?}",
                found.run
            );
        }
    }
}

#[test]
fn wording_alone_means_new_facts_and_nothing_to_edit() {
    let found = with(&changed("There is none.", "Nothing was collected."));
    assert_eq!(classes(&found), [Class::WordingOnly]);
    assert!(found.edit.is_empty(), "{}", found.text);
    assert_eq!(found.run.len(), 1, "{}", found.text);

    let found = with(LIST);
    assert!(
        found.changes.pages.is_empty() && found.run.is_empty(),
        "{}",
        found.text
    );
}

#[test]
fn a_new_page_is_a_new_file_and_its_contradictions_are_told() {
    let pages = Pages::new();
    let nothing = pages.add("before.rst", "");
    let other = changed("{ \"total_num\" : 1 }", "{ \"total_num\" : \"one\" }")
        .replace("/redislog", "/kettles")
        .replace("ListRedislog", "ListKettles");
    let page = pages.add("after.rst", &other);
    let found = diff(&tasks::workspace(), Some(&nothing), &page, "otc").unwrap();
    assert_eq!(classes(&found), [Class::Additive]);
    assert_eq!(found.edit, ["openapi/dcs/<section>/list_kettles.yaml"]);
    assert!(
        found
            .text
            .contains("contradiction in ListKettles: example-type"),
        "{}",
        found.text
    );
}

#[test]
fn a_page_alone_is_compared_with_what_is_committed() {
    let root = tasks::workspace();
    let pages = Pages::new();
    let page = pages.add("list.rst", LIST);
    let found = diff(&root, None, &page, "otc").unwrap();
    assert_eq!(found.changes.pages.len(), 1);
    assert!(
        found
            .text
            .contains("breaking: response 200 file_list: removed"),
        "{}",
        found.text
    );
    assert!(
        found.text.contains("response 200 file_list: extra"),
        "the work names what the description has too much:\n{}",
        found.text
    );

    // The committed facts against themselves, as a file and as a folder.
    let facts = root.join("openapi/dcs/facts");
    let found = diff(&root, None, &facts.join("list_redislog.yaml"), "otc").unwrap();
    assert_eq!(
        (found.changes.pages.len(), found.changes.unchanged),
        (0, 1),
        "{}",
        found.text
    );
    let found = diff(&root, Some(&facts), &facts, "otc").unwrap();
    assert!(
        found.changes.pages.is_empty() && found.changes.unchanged > 1,
        "{}",
        found.text
    );

    // Of a folder, operations that are not described are counted only.
    pages.add(
        "kettles.rst",
        &changed("/redislog", "/kettles").replace("ListRedislog", "ListKettles"),
    );
    let found = diff(&root, None, &pages.folder(), "otc").unwrap();
    assert_eq!(found.changes.pages.len(), 1, "{}", found.text);
    assert!(
        found
            .text
            .contains("1 pages document operations that are not described"),
        "{}",
        found.text
    );
}
