use serde_json::{Value, json};

use super::*;
use crate::{Description, written};

/// What can be done to a thing: under one path as the services have it, by field and by value.
fn document() -> Value {
    let operation = |id: &str, schema: &str, example: Value| {
        json!({
            "operationId": id, "summary": id, "description": "Does it.", "tags": ["things"],
            "parameters": [{ "name": "id", "in": "path", "required": true, "schema": { "type": "string" },
                "examples": { "one": { "value": id } } }],
            "requestBody": { "required": true, "content": { "application/json": {
                "schema": { "$ref": format!("#/components/schemas/{schema}") },
                "examples": { "one": { "value": example } },
            } } },
            "responses": {
                "202": { "description": "Begun.", "content": { "application/json": {
                    "schema": { "$ref": "#/components/schemas/Job" } } },
                    "links": { "finished": { "operationId": "ShowThing", "parameters": { "id": "$request.path.id" } } } },
                "400": { "$ref": "#/components/responses/Failure" },
            },
        })
    };
    let object = |required: &[&str], properties: Value| json!({ "type": "object", "required": required, "properties": properties });
    let restart = object(
        &["restart"],
        json!({ "restart": { "type": "object" }, "delay": { "type": "boolean" } }),
    );
    let enlarge = object(
        &["enlarge_volume"],
        json!({ "enlarge_volume": { "type": "object" } }),
    );
    let resize = object(
        &["resize_flavor"],
        json!({ "resize_flavor": { "type": "object" } }),
    );
    let tags = |action: &str| {
        object(
            &["action", "tags"],
            json!({ "action": { "type": "string", "enum": [action] }, "tags": {} }),
        )
    };
    let mut stop = operation(
        "EnlargeThing",
        "Enlarge",
        json!({ "enlarge_volume": { "size": 2 } }),
    );
    stop["x-destroys"] = json!("what is in the thing");
    json!({
        "openapi": "3.0.3",
        "paths": {
            "/v3/{id}/action": { "post": {
                "operationId": "RunThingAction", "summary": "Do something", "description": "One of several.",
                "tags": ["things"],
                "x-variants": [
                    operation("RestartThing", "Restart", json!({ "restart": {} })),
                    stop,
                    operation("ResizeThing", "Resize", json!({ "resize_flavor": {} })),
                ],
            } },
            "/v3/{id}": { "get": { "operationId": "ShowThing", "responses": { "200": { "description": "It." } } } },
            "/v3/{id}/tags/action": {
                "get": { "operationId": "ListTags", "responses": { "200": { "description": "They." } } },
                "post": {
                    "operationId": "ChangeTags", "summary": "Change", "description": "Changes.", "tags": ["things"],
                    "x-variants": [
                        operation("AddTags", "AddTags", json!({ "action": "create", "tags": [] })),
                        operation("DeleteTags", "DeleteTags", json!({ "action": "delete", "tags": [] })),
                    ],
                },
            },
        },
        "components": {
            "responses": { "Failure": { "description": "Wrong." } },
            "schemas": {
                "Restart": restart, "Enlarge": enlarge, "Resize": resize,
                "AddTags": tags("create"), "DeleteTags": tags("delete"),
                "Job": { "type": "object" },
            },
        },
    })
}

/// The published document, in which each list is one operation, read as any other tool would.
fn published() -> (Value, Description) {
    let folded = fold(document()).unwrap();
    let mut plain = folded.clone();
    for path in ["/v3/{id}/action", "/v3/{id}/tags/action"] {
        let operation = plain["paths"][path]["post"].as_object_mut().unwrap();
        operation.shift_remove(VARIANTS).unwrap();
    }
    (folded, Description::of("test", plain).unwrap())
}

#[test]
fn exactly_one_alternative_fits_the_body_of_each_operation() {
    let (folded, plain) = published();
    for (id, good, bad) in [
        (
            "RunThingAction",
            vec![
                json!({ "restart": {}, "delay": true }),
                json!({ "enlarge_volume": { "size": 2 } }),
                json!({ "resize_flavor": {} }),
            ],
            vec![
                json!({}),
                json!({ "restart": {}, "enlarge_volume": {} }),
                json!({ "restart": 1 }),
                json!({ "other": {} }),
            ],
        ),
        (
            "ChangeTags",
            vec![
                json!({ "action": "create", "tags": [] }),
                json!({ "action": "delete", "tags": [] }),
            ],
            vec![
                json!({ "action": "other", "tags": [] }),
                json!({ "tags": [] }),
            ],
        ),
    ] {
        let operation = plain.operation(id).unwrap();
        let body = operation.body.as_ref().unwrap();
        for value in good {
            assert_eq!(body.schema.validation_error(&value), None, "{id} {value}");
        }
        for value in bad {
            assert!(
                body.schema.validation_error(&value).is_some(),
                "{id} {value}"
            );
        }
        for example in &body.examples {
            assert_eq!(
                body.schema.validation_error(&example.value),
                None,
                "{}",
                example.name
            );
        }
    }
    let post = &folded["paths"]["/v3/{id}/action"]["post"];
    assert_eq!(post["operationId"], "RunThingAction");
    let examples = post["requestBody"]["content"]["application/json"]["examples"].as_object();
    let names: Vec<&String> = examples.unwrap().keys().collect();
    assert_eq!(names, ["one", "one_2", "one_3"]);
    assert_eq!(post["parameters"].as_array().unwrap().len(), 1);
    let links = post["responses"]["202"]["links"].as_object().unwrap();
    let names: Vec<&String> = links.keys().collect();
    assert_eq!(
        names,
        [
            "finishedRestartThing",
            "finishedEnlargeThing",
            "finishedResizeThing"
        ]
    );
    let failure = json!({ "$ref": "#/components/responses/Failure" });
    assert_eq!(post["responses"]["400"], failure, "what is shared stays so");
}

#[test]
fn the_model_has_each_operation_with_all_of_its_own() {
    let (folded, _) = published();
    let test = Description::of("test", folded.clone()).unwrap();
    let ids: Vec<&str> = test.operations.iter().map(|one| one.id.as_str()).collect();
    let expected = [
        "RestartThing",
        "EnlargeThing",
        "ResizeThing",
        "ShowThing",
        "ListTags",
        "AddTags",
        "DeleteTags",
    ];
    assert_eq!(ids, expected, "and none of the folded ones");
    let restart = test.operation("RestartThing").unwrap();
    assert_eq!(restart.path, "/v3/{id}/action");
    assert_eq!(restart.finished().unwrap().operation, "ShowThing");
    assert_eq!(restart.body.as_ref().unwrap().examples.len(), 1);
    let enlarge = test.operation("EnlargeThing").unwrap();
    assert_eq!(enlarge.destroys.as_deref(), Some("what is in the thing"));
    let which = |body: Value| -> Vec<&str> {
        let fits =
            |one: &&crate::Operation| one.variant.as_ref().is_some_and(|mark| mark.fits(&body));
        test.operations
            .iter()
            .filter(fits)
            .map(|one| one.id.as_str())
            .collect()
    };
    assert_eq!(which(json!({ "enlarge_volume": {} })), ["EnlargeThing"]);
    assert_eq!(which(json!({ "action": "delete" })), ["DeleteTags"]);
    assert!(which(json!({ "action": "other" })).is_empty());

    // Written operations have keys of their own, and the path that is called.
    let expanded = expand(folded);
    for operation in written::operations(&expanded) {
        let found = expanded.pointer(&operation.pointer()).unwrap();
        assert_eq!(found["operationId"], operation.id());
        assert!(!is_variant(operation.path), "{}", operation.path);
    }
}

/// A restoration is an order with one member more.
#[test]
fn one_operation_may_be_what_is_left_when_the_others_have_fields_of_their_own() {
    let mut document = document();
    let schemas = &mut document["components"]["schemas"];
    schemas["Enlarge"] = json!({ "type": "object", "required": ["name"], "properties": { "name": { "type": "string" } } });
    schemas["Restart"]["properties"]["name"] = json!({ "type": "string" });
    schemas["Resize"]["properties"]["name"] = json!({ "type": "string" });
    let post = &mut document["paths"]["/v3/{id}/action"]["post"];
    post["x-variants"][1]["requestBody"]["content"]["application/json"]["examples"]["one"]["value"] =
        json!({ "name": "b" });
    let folded = fold(document).unwrap();
    let test = Description::of("test", folded.clone()).unwrap();
    let mark = test.operation("EnlargeThing").unwrap().variant.clone();
    let mark = mark.unwrap();
    assert_eq!(
        mark,
        Mark::Without(vec!["restart".to_owned(), "resize_flavor".to_owned()])
    );
    assert!(mark.fits(&json!({ "name": "a" })));
    assert!(!mark.fits(&json!({ "name": "a", "restart": {} })));

    let mut plain = folded;
    let post = &mut plain["paths"]["/v3/{id}/action"]["post"];
    post.as_object_mut().unwrap().shift_remove(VARIANTS);
    let plain = Description::of("test", plain).unwrap();
    let body = plain.operation("RunThingAction").unwrap().body.as_ref();
    let schema = &body.unwrap().schema;
    for good in [
        json!({ "name": "a" }),
        json!({ "name": "a", "restart": {} }),
    ] {
        assert_eq!(schema.validation_error(&good), None, "{good}");
    }
    assert!(schema.validation_error(&json!({})).is_some());
}

#[test]
fn what_cannot_be_told_apart_is_a_fault_at_its_place() {
    let diagnostics = |change: &dyn Fn(&mut Value)| {
        let mut document = document();
        change(&mut document["paths"]["/v3/{id}/action"]["post"]);
        fold(document).unwrap_err()
    };
    let at = "/paths/~1v3~1{id}~1action/post";
    let same = diagnostics(&|post| {
        let body = post["x-variants"][0]["requestBody"].clone();
        post["x-variants"][1]["requestBody"] = body;
    });
    let places: Vec<&str> = same
        .iter()
        .map(|diagnostic| diagnostic.0.as_str())
        .collect();
    assert_eq!(
        places,
        [format!("{at}/x-variants/0"), format!("{at}/x-variants/1")]
    );
    let beside = diagnostics(&|post| post["responses"] = json!({}));
    assert_eq!(beside[0].0, format!("{at}/responses"));
    let nameless = diagnostics(&|post| {
        post.as_object_mut().unwrap().shift_remove("summary");
    });
    assert!(nameless[0].0 == at && nameless[0].1.ends_with("no summary"));
    let alone = diagnostics(&|post| {
        post["x-variants"].as_array_mut().unwrap().truncate(1);
    });
    assert_eq!(alone[0].0, format!("{at}/x-variants"));
    let differ =
        diagnostics(&|post| post["x-variants"][0]["parameters"][0]["required"] = json!(false));
    assert!(differ[0].1.contains("\"id\""), "{differ:?}");
}
