//! Generated files are what the description gives, and a description that is wrong changes none of them.

use std::path::Path;

use xtask::tasks;

use crate::copy::Copy;

#[test]
fn generated_code_is_up_to_date() {
    let files = tasks::codegen(&tasks::workspace()).unwrap();
    files.check(&tasks::workspace(), tasks::CODEGEN).unwrap();
}

#[test]
fn published_description_is_up_to_date() {
    let files = tasks::publish(&tasks::workspace()).unwrap();
    files.check(&tasks::workspace(), tasks::PUBLISH).unwrap();
}

#[test]
fn the_same_description_gives_the_same_bytes() {
    let root = tasks::workspace();
    let texts = || -> Vec<String> {
        let files = tasks::codegen(&root).unwrap();
        files.iter().map(|(_, text)| text.to_owned()).collect()
    };
    assert_eq!(texts(), texts());
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

    let written = files.write(copy.root()).unwrap();
    assert_eq!(written, [Path::new("crates/dcs/src/generated.rs")]);
    files.check(copy.root(), tasks::CODEGEN).unwrap();
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
    for (file, from, to, named) in cases {
        let copy = Copy::of_the_workspace();
        copy.edit(file, from, to);
        let before = copy.generated();
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
    }
}
