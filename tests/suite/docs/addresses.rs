//! Where pages are, from a page at hand to the published operation.

use std::path::Path;

use otcdb_openapi::yaml;
use xtask::docs::draft::draft;
use xtask::docs::import::import;
use xtask::files::Files;
use xtask::publish::{Beside, publish};
use xtask::tasks;

use super::draft::options;
use super::kettle::pages;
use super::pages::{LIST, Pages};
use crate::copy::Copy;

const TABLE: &str = "openapi/pages.yaml";

#[test]
fn drafted_pages_get_addresses_and_publishing_asks_for_the_manual_alone() {
    let copy = Copy::of_the_description();
    let pages = pages();
    let before = copy.text(TABLE);
    let drafted = draft(copy.root(), &[pages.folder()], &options()).unwrap();
    drafted.files.write(copy.root()).unwrap();
    let table = copy.text(TABLE);
    let added: Vec<&str> = table
        .lines()
        .filter(|line| !before.lines().any(|old| old == *line))
        .collect();
    assert_eq!(added.len(), 2 + drafted.drafted.len(), "{added:#?}");
    assert_eq!(added[..2], ["  kettle:", "    at: null"]);
    assert_eq!(added[2], "      DeleteKettle: kettles/delete.html");
    assert!(
        before
            .lines()
            .all(|line| table.lines().any(|new| new == line)),
        "what was there has gone: {table}"
    );

    // What a person has to write of a draft is none of this.
    let bundles = tasks::bundles(copy.root()).unwrap();
    let missing = Beside::read(copy.root()).unwrap().complete(&bundles);
    assert_eq!(
        missing.unwrap_err().to_string(),
        format!(
            "{TABLE} is not whole:\n  otc, kettle: write under `at` what all addresses begin with"
        )
    );
    copy.edit(TABLE, "at: null", "at: https://docs.example/");
    let beside = Beside::read(copy.root()).unwrap();
    beside.complete(&bundles).unwrap();
    let kettle = bundles.iter().find(|one| one.service == "kettle").unwrap();
    let mut files = Files::default();
    publish(kettle, &beside, &mut files).unwrap();
    files.write(copy.root()).unwrap();
    let published = yaml::parse(&copy.text("openapi/dist/kettle.yaml")).unwrap();
    let list = &published["paths"]["/v1/{project_id}/kettles"]["get"];
    assert_eq!(
        list["externalDocs"]["url"],
        "https://docs.example/kettles/list.html"
    );
}

#[test]
fn an_imported_page_gets_its_address_once() {
    let copy = Copy::of_the_description();
    let pages = Pages::new();
    let page = pages.add("otc/dcs/api-ref/source/v2/logs/list.rst", LIST);
    let known = copy.text(TABLE);
    let line = known
        .lines()
        .find(|line| line.starts_with("      ListRedislog:"))
        .unwrap();
    copy.edit(TABLE, &format!("{line}\n"), "");
    let import = || import(copy.root(), std::slice::from_ref(&page), "otc").unwrap();
    import().files.write(copy.root()).unwrap();
    assert_eq!(
        copy.text(TABLE),
        known.replace(line, "      ListRedislog: v2/logs/list.html")
    );
    assert!(
        import()
            .files
            .iter()
            .all(|(file, _)| file != Path::new(TABLE))
    );
}
