//! Pages of rights become facts, which the description is held to.

use xtask::docs::check::check;
use xtask::docs::diff::diff;
use xtask::docs::import::import;

use super::pages::Pages;
use crate::copy::Copy;

const FACTS: &str = "openapi/dcs/facts/permissions.yaml";
const ROOT: &str = "openapi/dcs/openapi.yaml";
const LIST: &str = "openapi/dcs/log_management/list_redislog.yaml";

/// A page of rights under this id, with one operation that needs this action.
fn page(id: &str, action: &str) -> String {
    format!(
        ":original_name: {id}.html\n\n.. _{id}:\n\nRights\n======\n\n\
         ========== ================ ============================================== ============\n\
         Permission Action           API                                            IAM Projects\n\
         ========== ================ ============================================== ============\n\
         Run logs   {action:<16} GET /v2/{{p}}/instances/{{i}}/redislog                 Y\n\
         ========== ================ ============================================== ============\n"
    )
}

#[test]
fn a_page_of_rights_becomes_facts_that_the_description_is_held_to() {
    let copy = Copy::of_the_workspace();
    let pages = Pages::new();
    let file = pages.add("a/actions.rst", &page("api-grant-policy", "dcs:log:list"));
    let paths = std::slice::from_ref(&file);

    let found = diff(copy.root(), None, &file, "otc").unwrap();
    assert!(found.edit.contains(&LIST.to_owned()), "{}", found.text);
    assert!(
        found.text.contains("write x-permissions: [dcs:log:list]"),
        "{}",
        found.text
    );

    let imported = import(copy.root(), paths, "otc").unwrap();
    assert_eq!(imported.files.write(copy.root()).unwrap().written.len(), 1);
    assert!(
        !copy.text(FACTS).contains("Rights\n="),
        "{}",
        copy.text(FACTS)
    );
    let diagnostics = check(copy.root(), None).unwrap().diagnostics;
    let missing: Vec<_> = diagnostics.iter().filter(|one| one.file == LIST).collect();
    assert_eq!(missing.len(), 1, "{diagnostics:#?}");
    assert!(missing[0].message.contains("permissions: missing"));
    // The page says nothing of the others any more.
    let extra = |one: &&otcdb_openapi::Diagnostic| one.message.contains("permissions: extra");
    assert!(diagnostics.iter().filter(extra).count() > 20);
    assert_eq!(
        diff(copy.root(), None, &file, "otc")
            .unwrap()
            .changes
            .unchanged,
        1
    );
}

#[test]
fn a_page_that_no_service_names_is_left_out_with_what_to_write() {
    let copy = Copy::of_the_description();
    let pages = Pages::new();
    pages.add("a.rst", &page("other-page", "dcs:log:list"));
    pages.add("b.rst", &page("foreign", "tea:log:list"));
    let left = import(copy.root(), &[pages.folder()], "otc")
        .unwrap()
        .left_out;
    assert!(
        left[0].contains("page: other-page") && left[0].contains(ROOT),
        "{left:?}"
    );
    assert!(left[1].contains("not described"), "{left:?}");
}

#[test]
fn a_named_page_has_facts_and_facts_have_a_page() {
    let copy = Copy::of_the_description();
    copy.edit(ROOT, "page: api-grant-policy", "page: api-grants");
    let diagnostics = check(copy.root(), None).unwrap().diagnostics;
    let of = |file: &str| diagnostics.iter().filter(|one| one.file == file).count();
    assert_eq!((of(ROOT), of(FACTS)), (1, 1), "{diagnostics:#?}");
}
