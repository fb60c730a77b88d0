//! Generated files are what the description gives, and a description that is wrong changes none of them.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use xtask::files::Files;
use xtask::tasks;

use crate::copy::Copy;

/// What the description of the workspace gives.
static GENERATED: LazyLock<Files> = LazyLock::new(|| tasks::codegen(&tasks::workspace()).unwrap());

#[test]
fn generated_code_is_up_to_date() {
    GENERATED
        .check(&tasks::workspace(), tasks::CODEGEN)
        .unwrap();
}

#[test]
fn published_description_is_up_to_date() {
    let files = tasks::publish(&tasks::workspace()).unwrap();
    files.check(&tasks::workspace(), tasks::PUBLISH).unwrap();
}

#[test]
fn the_same_description_gives_the_same_bytes() {
    let again = tasks::codegen(&tasks::workspace()).unwrap();
    assert!(GENERATED.iter().eq(again.iter()));
}

#[test]
fn an_edited_field_is_noticed_and_changes_one_client() {
    let copy = Copy::of_the_workspace();
    copy.edit(
        "openapi/dcs/components/logs.yaml",
        "replication_ip:",
        "replica_ip:",
    );
    let files = tasks::codegen(copy.root()).unwrap();

    let before = copy.generated();
    let report = files
        .check(copy.root(), tasks::CODEGEN)
        .unwrap_err()
        .to_string();
    assert!(
        report.contains("replica_ip") && report.contains("cargo xtask codegen"),
        "{report}"
    );
    assert_eq!(copy.generated(), before, "a check writes nothing");

    let done = files.write(copy.root()).unwrap();
    let changed = [
        "crates/dcs/src/generated/types/logs.rs",
        "openapi/dist/dcs.yaml",
        "crates/bundles/documents/dcs.json",
        "openapi/dist/dcs.json",
    ];
    assert_eq!(done.written, changed.map(Path::new));
    assert!(done.removed.is_empty());
    files.check(copy.root(), tasks::CODEGEN).unwrap();
}

#[test]
fn generated_files_are_named_so_and_no_longer_than_a_reader_takes() {
    for (path, text) in GENERATED.iter() {
        // The root of a crate has its place, and is short.
        if path.extension().is_none_or(|extension| extension != "rs") || path.ends_with("lib.rs") {
            continue;
        }
        let named = path
            .components()
            .any(|part| part.as_os_str() == "generated");
        assert!(named, "{}", path.display());
        let lines = text.lines().count();
        assert!(lines <= 4000, "{} has {lines} lines", path.display());
    }
}

#[test]
fn each_operation_has_an_example_that_is_compiled() {
    let mut operations = 0;
    for (path, text) in GENERATED.iter() {
        let methods = text.matches("-> builder::").count();
        let examples = text.matches("# Example\n\n```no_run\n").count();
        assert_eq!(examples, methods, "{}", path.display());
        operations += methods;
    }
    assert!(operations > 190, "{operations}");
}

#[test]
fn an_operation_that_goes_takes_its_code_along() {
    let copy = Copy::of_the_workspace();
    copy.edit(
        "openapi/iam/openapi.yaml",
        "  /v3:\n    get:\n      $ref: version_management/keystone_show_version.yaml\n",
        "",
    );
    fs::remove_dir_all(copy.root().join("openapi/iam/version_management")).unwrap();
    fs::remove_file(copy.root().join("openapi/iam/components/versions.yaml")).unwrap();
    let files = tasks::codegen(copy.root()).unwrap();
    let report = files.check(copy.root(), "").unwrap_err().to_string();
    let gone = "crates/iam/src/generated/operations/version_management.rs";
    assert!(report.contains(&format!("{gone} is left over")), "{report}");
    files.write(copy.root()).unwrap();
    assert!(!copy.root().join(gone).exists());
    files.check(copy.root(), "").unwrap();
}

/// Each way to break a description, with what the error has to name.
#[test]
fn a_broken_description_is_an_error_with_a_place_and_writes_nothing() {
    let list = "openapi/dcs/log_management/list_redislog.yaml";
    let logs = "openapi/dcs/components/logs.yaml";
    let cases: &[(&str, &str, &str, &[&str])] = &[
        // No YAML any more.
        (list, "operationId: ", "operationId: [", &[list]),
        // A reference to nothing, in the file and at the place where it stands.
        (
            list,
            "errors.yaml#/ErrorResponse",
            "errors.yaml#/Gone",
            &[list, "#/responses/400/content", "Gone"],
        ),
        (
            list,
            "../components/errors.yaml#",
            "../components/gone.yaml#",
            &[list, "gone.yaml"],
        ),
        (
            list,
            "../components/errors.yaml#",
            "../../../../etc/passwd#",
            &[list, "leaves the folder"],
        ),
        // The same operationId twice.
        (
            list,
            "operationId: ListRedislog",
            "operationId: CreateRedislog",
            &["CreateRedislog", "twice"],
        ),
        // Keywords that OpenAPI does not know, with the one that was meant.
        (
            logs,
            "RunlogItem:\n  type: object\n",
            "RunlogItem:\n  type: object\n  propertys: {}\n",
            &[logs, "#/RunlogItem/propertys", "\"properties\""],
        ),
        (
            list,
            "summary: ",
            "sumary: ",
            &[list, "#/sumary", "\"summary\""],
        ),
        // A section that is not the folder.
        (
            list,
            "tags: [log_management]",
            "tags: [tag_management]",
            &[
                list,
                "log_management/list_redislog.yaml",
                "tag_management/list_redislog.yaml",
            ],
        ),
        // A schema that is none.
        (
            logs,
            "RunlogItem:\n  type: object\n",
            "RunlogItem:\n  type: strnig\n",
            &[logs, "#/RunlogItem"],
        ),
        // A key twice.
        (list, "summary: ", "operationId: Again\nsummary: ", &[list]),
        // An operation that refers to itself.
        (
            "openapi/dcs/openapi.yaml",
            "$ref: log_management/list_redislog.yaml",
            "$ref: openapi.yaml",
            &["openapi/dcs/openapi.yaml"],
        ),
    ];
    let copy = Copy::of_the_workspace();
    let before = copy.generated();
    for (file, from, to, named) in cases {
        let whole = copy.text(file);
        copy.edit(file, from, to);
        let error = tasks::codegen(copy.root()).unwrap_err().to_string();
        for name in *named {
            assert!(
                error.contains(name),
                "{to:?} gives an error without {name:?}:\n{error}"
            );
        }
        assert!(error.contains("help: "), "{error}");
        assert!(tasks::publish(copy.root()).is_err());
        assert_eq!(copy.generated(), before);
        fs::write(copy.root().join(file), whole).unwrap();
    }
}
