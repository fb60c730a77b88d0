//! A folder below `openapi` is a service.

use std::fs;

use xtask::tasks;

use crate::copy::Copy;

/// A service with an operation that begins work, one that tells of it, and one that lists what was made.
const THINGS: [(&str, &str); 5] = [
    (
        "openapi.yaml",
        "openapi: 3.0.3
info: { title: Magic Things (MT) API, version: 1.0.0, description: Things. }
servers: [{ url: 'https://magic-things.example.com' }]
security: [{ Token: [] }]
tags: [{ name: thing-management, description: Things. }]
paths:
  /v1/{project_id}/things:
    get: { $ref: thing-management/list_things.yaml }
    post: { $ref: thing-management/create_thing.yaml }
  /v1/{project_id}/things/{thing_id}:
    get: { $ref: thing-management/show_thing.yaml }
components: { securitySchemes: { Token: { $ref: 'components/security.yaml#/Token' } } }
",
    ),
    (
        "components/security.yaml",
        "Token: { type: apiKey, in: header, name: X-Auth-Token, description: A token. }
",
    ),
    (
        "components/things.yaml",
        "Thing:
  type: object
  description: A thing.
  properties:
    id: { type: string, description: Its id. }
    status: { type: string, description: Its state. }
ListThingsResponse:
  type: object
  description: All things.
  properties:
    things:
      type: array
      description: The things.
      items: { $ref: '#/Thing' }
CreateThingRequest:
  type: object
  description: What to make.
  required: [name]
  properties:
    name: { type: string, description: Its name. }
ErrorResponse:
  type: object
  description: A failure.
  properties:
    error_code: { type: string, description: Code. }
ProjectId:
  name: project_id
  in: path
  required: true
  description: The project.
  schema: { type: string }
  examples: { one: { value: p } }
ThingId:
  name: thing_id
  in: path
  required: true
  description: The thing.
  schema: { type: string }
  examples: { one: { value: t } }
Failure:
  description: Wrong.
  content: { application/json: { schema: { $ref: '#/ErrorResponse' } } }
",
    ),
    (
        "thing-management/list_things.yaml",
        "operationId: ListThings
summary: List things
description: Lists them.
tags: [thing-management]
x-documentation: [{ source: otc, page: ListThings }]
x-pagination: { style: whole, items: things }
parameters: [{ $ref: '../components/things.yaml#/ProjectId' }]
responses:
  '200':
    description: The things.
    content:
      application/json:
        schema: { $ref: '../components/things.yaml#/ListThingsResponse' }
        examples: { one: { summary: One., value: { things: [{ id: t, status: ON }] } } }
  '400': { $ref: '../components/things.yaml#/Failure' }
",
    ),
    (
        "thing-management/create_thing.yaml",
        "operationId: CreateThing
summary: Make a thing
description: Makes it.
tags: [thing-management]
x-documentation: [{ source: otc, page: CreateThing }]
parameters: [{ $ref: '../components/things.yaml#/ProjectId' }]
requestBody:
  required: true
  content:
    application/json:
      schema: { $ref: '../components/things.yaml#/CreateThingRequest' }
      examples: { one: { summary: One., value: { name: n } } }
responses:
  '202':
    description: Begun.
    content:
      application/json:
        schema: { $ref: '../components/things.yaml#/Thing' }
        examples: { one: { summary: One., value: { id: t, status: MAKING } } }
    links:
      finished:
        operationId: ShowThing
        parameters: { project_id: $request.path.project_id, thing_id: '$response.body#/id' }
  '400': { $ref: '../components/things.yaml#/Failure' }
",
    ),
];

const SHOW_THING: &str = "operationId: ShowThing
summary: Show a thing
description: Shows it.
tags: [thing-management]
x-documentation: [{ source: otc, page: ShowThing }]
x-waiter: { field: status, done: ['ON'], failed: [BROKEN] }
parameters:
  - $ref: '../components/things.yaml#/ProjectId'
  - $ref: '../components/things.yaml#/ThingId'
responses:
  '200':
    description: The thing.
    content:
      application/json:
        schema: { $ref: '../components/things.yaml#/Thing' }
        examples: { one: { summary: One., value: { id: t, status: 'ON' } } }
  '400': { $ref: '../components/things.yaml#/Failure' }
";

#[test]
fn a_new_folder_is_a_new_service() {
    let copy = Copy::of_the_workspace();
    let folder = copy.root().join("openapi/magic-things");
    for (name, text) in THINGS
        .into_iter()
        .chain([("thing-management/show_thing.yaml", SHOW_THING)])
    {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    tasks::codegen(copy.root())
        .unwrap()
        .write(copy.root())
        .unwrap();
    for (file, part) in [
        (
            "Cargo.toml",
            "otcdb-magic-things = { path = \"crates/magic-things\" }",
        ),
        ("tests/Cargo.toml", "otcdb-magic-things = { workspace"),
        ("redocly.yaml", "root: openapi/dist/magic-things.yaml"),
        (
            "crates/core/src/generated/mod.rs",
            "Self::MagicThings => \"magic-things\"",
        ),
        (
            "crates/magic-things/Cargo.toml",
            "name = \"otcdb-magic-things\"",
        ),
        (
            "crates/magic-things/src/lib.rs",
            "Typed client of the Magic Things (MT) of",
        ),
        (
            "crates/magic-things/src/generated/hooks.rs",
            "Service::MagicThings",
        ),
        (
            "crates/magic-things/src/generated/types/things.rs",
            "pub struct Thing {",
        ),
        (
            "crates/magic-things/src/generated/operations/thing_management.rs",
            "pub async fn wait_for_create_thing(",
        ),
        (
            "tests/examples/dispatch/generated/magic_things.rs",
            "use otcdb_magic_things::",
        ),
        (
            "tests/examples/dispatch/generated/mod.rs",
            "\"magic-things\" => magic_things::MODELS",
        ),
        ("openapi/dist/magic-things.json", "CreateThing"),
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
        "redocly.yaml",
        "crates/core/src/generated/mod.rs",
    ] {
        assert!(!copy.text(file).contains("magic-things"), "{file}");
    }
    assert!(!copy.root().join("openapi/dist/magic-things.json").exists());
}
