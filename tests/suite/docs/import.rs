//! Pages become facts.

use xtask::docs::import::import;

use super::pages::{LIST, Pages, changed};
use crate::copy::Copy;

const FACTS: &str = "openapi/dcs/facts/list_redislog.yaml";

#[test]
fn a_page_becomes_a_file_of_facts_once() {
    let copy = Copy::of_the_description();
    let pages = Pages::new();
    let page = pages.add("list.rst", LIST);
    let read = || import(copy.root(), std::slice::from_ref(&page), "otc").unwrap();
    let files = read().files;
    assert!(
        files.check(copy.root(), "").is_err(),
        "the page is another one than the real one"
    );
    assert_eq!(files.write(copy.root()).unwrap().written.len(), 1);
    let text = copy.text(FACTS);
    assert!(
        text.contains("id: ListRedislog") && text.contains("sha256:"),
        "{text}"
    );
    for word in ["Where the page begins", "There is none", "How many"] {
        assert!(
            !text.contains(word),
            "{word:?} is prose of the page:\n{text}"
        );
    }
    read().files.check(copy.root(), "").unwrap();
}

#[test]
fn pages_of_operations_that_are_not_described_are_listed_and_not_written() {
    let copy = Copy::of_the_description();
    let pages = Pages::new();
    pages.add("list.rst", LIST);
    pages.add(
        "a/other.rst",
        &changed("/redislog", "/kettles").replace("ListRedislog", "ListKettles"),
    );
    pages.add("a/second.rst", &LIST.replace("ListRedislog", "ListRunlogs"));
    pages.add("a/index.rst", "no page");
    pages.add("a/codes.rst", "Codes\n=====\n\nNothing to call.\n");
    let imported = import(copy.root(), &[pages.folder()], "otc").unwrap();
    assert_eq!(imported.files.iter().count(), 1);
    assert_eq!(imported.others, 1);
    let left = imported.left_out.join("\n");
    assert!(
        left.contains("ListKettles documents GET /v2/") && left.contains("not described"),
        "{left}"
    );
    assert!(
        left.contains("ListRunlogs documents ListRedislog") && left.contains("x-documentation"),
        "{left}"
    );
}

#[test]
fn a_page_that_cannot_be_read_stops_the_import() {
    let copy = Copy::of_the_description();
    let pages = Pages::new();
    pages.add("a.rst", LIST);
    let broken = pages.add(
        "b.rst",
        &changed(
            "Mandatory Type   Description",
            "Mandatory Colour Description",
        ),
    );
    let error = import(copy.root(), &[pages.folder()], "otc")
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("b.rst") && error.contains("refused"),
        "{error}"
    );
    let error = import(copy.root(), &[broken.with_extension("gone")], "otc").unwrap_err();
    assert!(error.to_string().contains("b.gone"), "{error}");

    let twice = Pages::new();
    twice.add("a.rst", LIST);
    twice.add("b.rst", LIST);
    let error = import(copy.root(), &[twice.folder()], "otc")
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("a.rst") && error.contains("b.rst") && error.contains(FACTS),
        "{error}"
    );
}
