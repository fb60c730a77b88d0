//! The description says what its pages say, and the check can tell when it does not.

use std::fs;

use otcdb_openapi::written::operations;
use xtask::docs::check::{Checked, check};
use xtask::tasks;

use super::pages::{LIST, Pages, changed};
use crate::copy::Copy;

#[test]
fn the_description_says_what_its_pages_say() {
    let root = tasks::workspace();
    let checked = check(&root, None).unwrap();
    let described: usize = tasks::bundles(&root)
        .unwrap()
        .iter()
        .map(|bundle| operations(&bundle.document).len())
        .sum();
    let compared: usize = checked.services.iter().map(|service| service.1).sum();
    assert_eq!(
        compared + checked.without_page.len(),
        described,
        "every operation has facts, but those whose page nothing here reads"
    );
    // The one page of another source: its operation is described from OpenStack's documentation.
    assert_eq!(checked.without_page, ["KeystoneShowVersion"]);
    checked.verdict().unwrap();
}

/// Each way to make the description and its facts differ, with what the one fault has to name.
#[test]
fn a_difference_is_one_fault_with_a_place_and_advice() {
    let list = "openapi/dcs/log_management/list_redislog.yaml";
    let link = "openapi/dcs/log_management/create_redislog_download_link.yaml";
    let logs = "openapi/dcs/components/logs.yaml";
    let facts = "openapi/dcs/facts/list_redislog.yaml";
    let cases: &[(&str, &str, &str, &[&str])] = &[
        // A parameter in another place, and one that may be left out.
        (
            list,
            "name: offset\n    in: query",
            "name: offset\n    in: header",
            &[list, "parameter query offset: place", "write in: query"],
        ),
        (
            list,
            "in: query\n    required: true",
            "in: query\n    required: false",
            &[
                list,
                "parameter query log_type: mandatory",
                "write required: true",
            ],
        ),
        // A type, in the component where it is written.
        (
            logs,
            "time:\n      type: string",
            "time:\n      type: integer",
            &[
                logs,
                "#/RunlogItem/properties/time",
                "response 200 file_list[].time: type",
                "write type: string",
            ],
        ),
        // A status, an example, a value.
        (
            list,
            "  \"204\":\n    description: The instance has no collected run log.\n",
            "",
            &[list, "response 204: missing", "add the response 204"],
        ),
        (
            list,
            "total_num: 1",
            "total_num: 2",
            &[list, "response 200 example f49380de: missing", "examples"],
        ),
        (
            list,
            "value: 1\n",
            "value: 2\n",
            &[list, "parameter query offset: example", "\"1\""],
        ),
        // A deviation that nothing explains any more, one without a reason, and none where one is needed.
        (
            list,
            "x-waiter:",
            "x-doc-deviations:\n  - fact: \"response 200 x: missing\"\n    reason: Old.\nx-waiter:",
            &[
                list,
                "#/x-doc-deviations",
                "no longer applies",
                "remove the entry",
            ],
        ),
        (
            list,
            "x-waiter:",
            "x-doc-deviations:\n  - fact: \"response 200 x: missing\"\n    reason: \"\"\nx-waiter:",
            &[list, "without a reason"],
        ),
        (
            link,
            "huaweicloud: response 200 backup_id: extra",
            "huaweicloud: response 200 link: extra",
            &[
                link,
                "no longer applies",
                "huaweicloud: response 200 backup_id: extra",
            ],
        ),
        // Facts that say something else, and facts of another page.
        (
            facts,
            "name: replication_ip",
            "name: replica_ip",
            &[logs, "file_list[].replica_ip: missing", "ListRedislog line"],
        ),
        (
            facts,
            "id: ListRedislog",
            "id: ListRunlog",
            &[facts, "does not name the page ListRunlog"],
        ),
        // A page without facts.
        (
            list,
            "page: ListRedislog",
            "page: ListRedislog\n  - source: huaweicloud\n    page: ListRedislog",
            &[
                list,
                "whose facts are not committed",
                "--source huaweicloud",
            ],
        ),
    ];
    for (file, from, to, named) in cases {
        let copy = Copy::of_the_description();
        copy.edit(file, from, to);
        let error = faults(check(copy.root(), None).unwrap());
        for name in *named {
            assert!(
                error.contains(name),
                "{to:?} gives an error without {name:?}:\n{error}"
            );
        }
        assert!(
            error.contains("help: ") && error.lines().count() <= 7,
            "{error}"
        );
    }
}

#[test]
fn a_renamed_field_is_missing_and_extra() {
    let copy = Copy::of_the_description();
    copy.edit(
        "openapi/dcs/components/logs.yaml",
        "replication_ip:",
        "replica_ip:",
    );
    let error = faults(check(copy.root(), None).unwrap());
    for key in [
        "file_list[].replication_ip: missing",
        "file_list[].replica_ip: extra",
    ] {
        assert!(error.contains(key), "{error}");
    }
}

#[test]
fn facts_have_to_be_facts_of_a_described_operation_under_its_name() {
    let copy = Copy::of_the_description();
    let facts = copy.root().join("openapi/dcs/facts");
    fs::rename(facts.join("list_redislog.yaml"), facts.join("logs.yaml")).unwrap();
    let error = faults(check(copy.root(), None).unwrap());
    assert!(
        error.contains("rename the file to openapi/dcs/facts/list_redislog.yaml"),
        "{error}"
    );

    fs::write(facts.join("logs.yaml"), "page: 3\n").unwrap();
    let error = format!("{:#}", check(copy.root(), None).unwrap_err());
    assert!(
        error.contains("openapi/dcs/facts/logs.yaml") && error.contains("import"),
        "{error}"
    );
}

#[test]
fn pages_read_afresh_are_compared_and_counted() {
    let copy = Copy::of_the_description();
    let pages = Pages::new();
    let other = changed("/redislog", "/kettles").replace("ListRedislog", "ListKettles");
    pages.add("otc/dcs/source/v2/logs/list.rst", LIST);
    pages.add("otc/dcs/source/v2/kitchen/kettles.rst", &other);
    pages.add(
        "otc/dcs/source/versions/all.rst",
        &other.replace("/v2/{project_id}/instances/{instance_id}/kettles", "/"),
    );
    let checked = check(copy.root(), Some(&pages.folder())).unwrap();
    let dcs = &checked.coverage[0];
    assert_eq!(
        (dcs.service.as_str(), dcs.known, dcs.described),
        ("dcs", 2, 1)
    );
    assert_eq!(
        dcs.lacking,
        ["kitchen: GET /v2/{project_id}/instances/{instance_id}/kettles"]
    );
    let shown = checked.to_string();
    assert!(
        shown.contains("kitchen      1          0") && shown.contains("all          2          1"),
        "{shown}"
    );

    let error = faults(checked);
    for word in [
        "openapi/dcs/facts/list_redislog.yaml#: ",
        "list.rst says something else now",
        "cargo xtask docs diff",
        // The page has no table of files.
        "response 200 file_list: extra",
        "the page CreateRedislog is gone",
    ] {
        assert!(error.contains(word), "{word}\n{error}");
    }
    // The second source has no folder: what is committed of it stays.
    assert!(!error.contains("huaweicloud"), "{error}");

    let empty = check(copy.root(), Some(&pages.folder().join("otc")))
        .unwrap_err()
        .to_string();
    assert!(empty.contains("otc/<service>"), "{empty}");
}

fn faults(checked: Checked) -> String {
    checked.verdict().unwrap_err().to_string()
}
