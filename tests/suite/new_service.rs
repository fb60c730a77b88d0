//! A folder below `openapi` is a service.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use xtask::tasks;

use crate::copy::{Copy, copy_folder};

/// Writes the service of `tests/toy` into a copy, and gives its folder. It has an operation that begins work, one that tells of
/// it, and one that lists what was made.
fn write(copy: &Copy) -> PathBuf {
    let folder = copy.root().join("openapi/magic-things");
    copy_folder(&tasks::workspace().join("tests/toy"), &folder);
    folder
}

#[test]
fn a_new_folder_is_a_new_service() {
    let copy = Copy::of_the_workspace();
    let folder = write(&copy);
    tasks::codegen(copy.root())
        .unwrap()
        .write(copy.root())
        .unwrap();
    for (file, part) in [
        (
            "Cargo.toml",
            "otcdb-magic-things = { path = \"crates/magic-things\", version = \"",
        ),
        ("tests/Cargo.toml", "otcdb-magic-things.workspace"),
        (
            "crates/otcdb/Cargo.toml",
            "\nmagic-things = [\"dep:otcdb-magic-things\"]\n",
        ),
        (
            "crates/otcdb/Cargo.toml",
            "\"otcdb-magic-things?/schemars\"",
        ),
        (
            "crates/otcdb/Cargo.toml",
            "otcdb-magic-things = { workspace = true, optional = true }",
        ),
        (
            "crates/otcdb/src/generated/mod.rs",
            "pub use otcdb_magic_things as magic_things;",
        ),
        ("crates/magic-things/LICENSE-MIT", "MIT"),
        (
            ".ci/redocly.yaml",
            "root: ../openapi/dist/magic-things.yaml",
        ),
        (
            "crates/core/src/generated/mod.rs",
            "Self::MagicThings => \"magic-things\"",
        ),
        (
            "crates/core/src/generated/mod.rs",
            "Self::MagicThings => \"magic_things_endpoint\"",
        ),
        (
            "crates/core/src/generated/mod.rs",
            "url: \"https://toy.{region}.example.com\"",
        ),
        (
            "crates/magic-things/Cargo.toml",
            "name = \"otcdb-magic-things\"",
        ),
        (
            "crates/magic-things/src/lib.rs",
            "Typed client of the Toy of",
        ),
        (
            "crates/magic-things/src/generated/mod.rs",
            "Service::MagicThings",
        ),
        (
            "crates/magic-things/src/generated/types/things.rs",
            "pub struct Thing {",
        ),
        (
            "crates/magic-things/src/generated/operations/thing_management.rs",
            "pub fn wait_for_create_thing(",
        ),
        (
            "tests/documented/dispatch/generated/magic_things.rs",
            "use otcdb_magic_things::",
        ),
        (
            "tests/documented/dispatch/generated/mod.rs",
            "\"magic-things\" => magic_things::MODELS",
        ),
        ("openapi/dist/magic-things.json", "CreateThing"),
        ("crates/bundles/documents/magic-things.json", "CreateThing"),
    ] {
        assert!(copy.text(file).contains(part), "{file} has no {part:?}");
    }
    tasks::codegen(copy.root())
        .unwrap()
        .check(copy.root(), tasks::CODEGEN)
        .unwrap();

    // And a folder that goes takes its entries along; the crate's own folder is a person's to remove.
    fs::remove_dir_all(folder).unwrap();
    let files = tasks::codegen(copy.root()).unwrap();
    files.write(copy.root()).unwrap();
    for file in [
        "Cargo.toml",
        ".ci/redocly.yaml",
        "crates/core/src/generated/mod.rs",
        "crates/otcdb/Cargo.toml",
        "crates/otcdb/src/generated/mod.rs",
    ] {
        assert!(!copy.text(file).contains("magic-things"), "{file}");
    }
    assert!(!copy.root().join("openapi/dist/magic-things.json").exists());
}

/// Two operations under one method and path, each in a file of its own.
const ACTION: &str = "  /v1/{project_id}/things/{thing_id}/action:
    post:
      operationId: RunThingAction
      summary: Change a thing
      description: Restarts a thing or makes it larger.
      tags: [thing-management]
      x-variants:
        - $ref: thing-management/restart_thing.yaml
        - $ref: thing-management/restart_thing_again.yaml
";

/// One of them, which requires the field `restart`.
const RESTART: &str = "operationId: RestartThing
summary: Restart a thing
description: Restarts it.
tags: [thing-management]
x-documentation: [{ source: otc, page: RestartThing }]
x-destroys: what is in its memory
parameters:
  - $ref: '../components/things.yaml#/ProjectId'
  - $ref: '../components/things.yaml#/ThingId'
requestBody:
  required: true
  content:
    application/json:
      schema: { $ref: '../components/things.yaml#/RestartThingRequest' }
      examples: { one: { summary: One., value: { restart: true } } }
responses:
  '202':
    description: Begun.
    content:
      application/json:
        schema: { $ref: '../components/things.yaml#/Thing' }
        examples: { one: { summary: One., value: { id: t, status: WAITING } } }
    links:
      finished:
        operationId: ShowThing
        parameters: { project_id: $request.path.project_id, thing_id: $request.path.thing_id }
  '400': { $ref: '../components/things.yaml#/Failure' }
  default: { $ref: '../components/things.yaml#/Failure' }
";

const RESTART_REQUEST: &str = "RestartThingRequest:
  type: object
  description: How to restart.
  required: [restart]
  properties:
    restart: { type: boolean, description: Whether. }
";

#[test]
fn several_operations_under_one_path_are_one_when_published_and_several_everywhere_else() {
    let copy = Copy::of_the_workspace();
    let folder = write(&copy);
    let again = |text: &str| {
        text.replace("RestartThing", "RestartThingAgain")
            .replace("restart:", "again:")
            .replace("[restart]", "[again]")
    };
    let section = folder.join("thing-management");
    fs::write(section.join("restart_thing.yaml"), RESTART).unwrap();
    fs::write(section.join("restart_thing_again.yaml"), again(RESTART)).unwrap();
    let components = "openapi/magic-things/components/things.yaml";
    let requests = format!("{RESTART_REQUEST}{}Failure:\n", again(RESTART_REQUEST));
    copy.edit(components, "Failure:\n", &requests);
    let paths = format!("{ACTION}components: {{ sec");
    copy.edit(
        "openapi/magic-things/openapi.yaml",
        "components: { sec",
        &paths,
    );
    let files = tasks::codegen(copy.root()).unwrap_or_else(|error| panic!("{error:#}"));
    files.write(copy.root()).unwrap();

    let published: Value =
        serde_json::from_str(&copy.text("openapi/dist/magic-things.json")).unwrap();
    let post = &published["paths"]["/v1/{project_id}/things/{thing_id}/action"]["post"];
    assert_eq!(post["operationId"], "RunThingAction");
    let schema = &post["requestBody"]["content"]["application/json"]["schema"];
    assert_eq!(schema["$ref"], "#/components/schemas/RunThingActionRequest");
    let schema = &published["components"]["schemas"]["RunThingActionRequest"];
    assert_eq!(schema["oneOf"].as_array().unwrap().len(), 2, "{schema}");
    assert_eq!(schema["oneOf"][0]["not"]["required"][0], "again");
    assert_eq!(post["x-variants"][1]["operationId"], "RestartThingAgain");

    let section = "crates/magic-things/src/generated/operations/thing_management.rs";
    let code = copy.text(section);
    for part in [
        "pub struct RestartThing(",
        "pub struct RestartThingAgain(",
        "pub fn wait_for_restart_thing_again",
        "\"/v1/{project_id}/things/{thing_id}/action\"",
    ] {
        assert!(code.contains(part), "{section} has no {part:?}:\n{code}");
    }
    let is_folded = |(_, text): (_, &str)| !text.contains("action#") && !text.contains("RunThing");
    let mut code = files
        .iter()
        .filter(|(path, _)| path.extension().is_some_and(|it| it == "rs"));
    assert!(code.all(is_folded), "the service knows the path alone");

    // What is wrong in one of them is told at its own file.
    fs::write(
        folder.join("thing-management/restart_thing.yaml"),
        RESTART.replace("summary: R", "sumary: R"),
    )
    .unwrap();
    let error = tasks::codegen(copy.root()).unwrap_err().to_string();
    assert!(
        error.contains("openapi/magic-things/thing-management/restart_thing.yaml#/sumary"),
        "{error}"
    );
}
