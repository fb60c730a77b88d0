//! Names of operations, schemas, properties and paths.

use std::collections::BTreeMap;

use otcdb_openapi::grammar::{Kind, METHODS, Reusable};
use otcdb_openapi::written::operations;
use otcdb_openapi::{Bundle, is_type_elsewhere, pointer, variants, walk};
use serde_json::Value;

use super::{Report, Rule};

pub(super) const VERSION: Rule = Rule {
    name: "version",
    why: "progenitor reads OpenAPI 3.0 only, and sends info.version in a header, which must be ASCII",
    check: version,
};

pub(super) const OPERATION_IDS: Rule = Rule {
    name: "operation-id",
    why: "a missing or repeated operationId stops the generator, or hides an operation",
    check: operation_ids,
};

pub(super) const COLLISIONS: Rule = Rule {
    name: "collision",
    why: "names that differ only by case or style become the same Rust name, and Go has one type for a schema and a \
          shared parameter of one name",
    check: collisions,
};

pub(super) const RESERVED: Rule = Rule {
    name: "reserved-name",
    why: "builders have methods of these names, so the generated code does not compile",
    check: reserved,
};

pub(super) const TYPES: Rule = Rule {
    name: "type-name",
    why: "languages have types of these names everywhere, and a generator renames a schema of one, or hides the other",
    check: types,
};

pub(super) const RESPONSES: Rule = Rule {
    name: "response-name",
    why: "generators for Go call what an operation gives back <operationId>Response, and two types of one name do not \
          compile",
    check: responses,
};

pub(super) const PATHS: Rule = Rule {
    name: "path",
    why: "two templates that match the same request cannot be told apart",
    check: paths,
};

fn version(bundle: &Bundle, report: &mut Report<'_>) {
    let openapi = bundle.document["openapi"].as_str().unwrap_or_default();
    if !openapi.starts_with("3.0.") {
        report.diagnostic(
            "/openapi",
            format!("the description says it is OpenAPI {openapi:?}"),
            "write `openapi: 3.0.3`",
        );
    }
    let version = bundle.document["info"]["version"]
        .as_str()
        .unwrap_or_default();
    if version.is_empty() || !version.chars().all(|c| c.is_ascii_graphic()) {
        report.diagnostic(
            "/info/version",
            format!("the version {version:?} is empty or not ASCII"),
            "write a version such as 1.0.0",
        );
    }
}

fn operation_ids(bundle: &Bundle, report: &mut Report<'_>) {
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    for operation in operations(&bundle.document) {
        let at = pointer::join(&operation.pointer(), "operationId");
        let id = operation.id();
        if id.is_empty() {
            report.diagnostic(
                &operation.pointer(),
                "this operation has no operationId",
                "give it the documentation's page name, such as CreateRedislog",
            );
        } else if !id.starts_with(|c: char| c.is_ascii_uppercase())
            || !id.chars().all(|c| c.is_ascii_alphanumeric())
        {
            report.diagnostic(
                &at,
                format!("the operationId {id:?} is not in PascalCase"),
                "write letters and digits only, beginning with a capital",
            );
        } else if let Some(first) = seen.insert(fold(id), id.to_owned()) {
            report.diagnostic(
                &at,
                format!("the operationId {id:?} is used twice, the first time as {first:?}"),
                "rename one of the two operations",
            );
        }
    }
}

fn collisions(bundle: &Bundle, report: &mut Report<'_>) {
    walk::walk(&bundle.document, &mut |kind, at, value| {
        let (map, what) = match kind {
            Kind::Many(Reusable::Schema) if at == "/components/schemas" => (value, "schemas"),
            Kind::One(Reusable::Schema) => (&value["properties"], "properties"),
            _ => return,
        };
        let at = match what {
            "properties" => pointer::join(at, "properties"),
            _ => at.to_owned(),
        };
        let mut seen: BTreeMap<String, &str> = BTreeMap::new();
        for name in map.as_object().into_iter().flat_map(serde_json::Map::keys) {
            if let Some(first) = seen.insert(fold(name), name) {
                report.diagnostic(
                    &pointer::join(&at, name),
                    format!("the {what} {first:?} and {name:?} differ only by case or style"),
                    "rename one, or describe both by one object if they are the same",
                );
            }
        }
    });
    let components = &bundle.document["components"];
    for name in components["parameters"]
        .as_object()
        .into_iter()
        .flat_map(serde_json::Map::keys)
    {
        if components["schemas"].get(name).is_some() {
            report.diagnostic(
                &pointer::join("/components/parameters", name),
                format!("a schema is called {name:?}, too"),
                "rename the parameter",
            );
        }
    }
}

fn reserved(bundle: &Bundle, report: &mut Report<'_>) {
    walk::walk(&bundle.document, &mut |kind, at, value| {
        let name = value["name"].as_str().unwrap_or_default();
        if kind == Kind::One(Reusable::Parameter)
            && ["body", "header_map", "new", "send"].contains(&fold_snake(name).as_str())
        {
            report.diagnostic(
                &pointer::join(at, "name"),
                format!("a parameter called {name:?} clashes with a method of the generated builder"),
                "a name on the wire cannot change: add a rewrite to the client view that renames it",
            );
        }
    });
}

fn types(bundle: &Bundle, report: &mut Report<'_>) {
    let schemas = bundle.document["components"]["schemas"].as_object();
    for name in schemas.into_iter().flat_map(serde_json::Map::keys) {
        if is_type_elsewhere(name) {
            report.diagnostic(
                &pointer::join("/components/schemas", name),
                format!("{name} is a type of its own in some languages"),
                "say in the name of what it is one, such as BackupError",
            );
        }
    }
}

fn responses(bundle: &Bundle, report: &mut Report<'_>) {
    for operation in operations(&bundle.document) {
        let name = format!("{}Response", operation.id());
        let at = pointer::join("/components/schemas", &name);
        if bundle.document.pointer(&at).is_some() {
            report.diagnostic(
                &at,
                format!(
                    "a schema is called {name}, as the response of {} is in some clients",
                    operation.id()
                ),
                format!("call it {name}Body"),
            );
        }
    }
}

fn paths(bundle: &Bundle, report: &mut Report<'_>) {
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    let paths = bundle.document["paths"].as_object();
    for (key, item) in paths.into_iter().flatten() {
        let at = pointer::join("/paths", key);
        // Several operations under one path have keys that begin with it.
        let is_one_of_several = variants::is_variant(key)
            && METHODS
                .iter()
                .any(|method| item[*method].get("x-variant").is_some());
        let path = match is_one_of_several {
            true => variants::path(key),
            false => key,
        };
        if path.contains(['?', '#']) {
            report.diagnostic(
                &at,
                "a path template holds no query",
                "describe what follows the ? as query parameters",
            );
        }
        if let Some(first) = seen.insert(shape(path), path)
            && !(is_one_of_several && first == path)
        {
            report.diagnostic(
                &at,
                format!("{path} matches the same requests as {first}"),
                "describe both methods under one path",
            );
        }
    }
}

/// A path template with the names of its parameters removed.
fn shape(path: &str) -> String {
    path.split('/')
        .map(|segment| {
            if segment.starts_with('{') {
                "{}"
            } else {
                segment
            }
        })
        .collect::<Vec<_>>()
        .join("/")
}

/// The part of a name that survives any change of case or style.
pub(super) fn fold(name: &str) -> String {
    name.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

fn fold_snake(name: &str) -> String {
    name.replace('-', "_").to_lowercase()
}

/// The names of the parameters in a path template, in order.
pub(super) fn path_parameters(path: &str) -> Vec<&str> {
    path.split('/')
        .filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
        .collect()
}

/// A schema's own description or that of what it refers to; used by the rules about prose.
pub(super) fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default().trim()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{OPERATION, catches};
    use super::*;
    use serde_json::json;

    #[test]
    fn version_3_1_and_a_version_beyond_ascii_are_refused() {
        catches(&VERSION, "/openapi", |d| d["openapi"] = json!("3.1.0"));
        catches(&VERSION, "/info/version", |d| {
            d["info"]["version"] = json!("1.0–β")
        });
    }

    #[test]
    fn operation_ids_exist_once_in_pascal_case() {
        catches(&OPERATION_IDS, OPERATION, |d| {
            d.pointer_mut(OPERATION)
                .unwrap()
                .as_object_mut()
                .unwrap()
                .remove("operationId");
        });
        catches(&OPERATION_IDS, &format!("{OPERATION}/operationId"), |d| {
            d.pointer_mut(OPERATION).unwrap()["operationId"] = json!("create_thing");
        });
        catches(
            &OPERATION_IDS,
            "/paths/~1v1~1{id}~1things/put/operationId",
            |d| {
                let mut copy = d.pointer(OPERATION).unwrap().clone();
                copy["operationId"] = json!("CreateTHING");
                d["paths"]["/v1/{id}/things"]["put"] = copy;
            },
        );
    }

    #[test]
    fn names_that_differ_by_style_collide() {
        catches(&COLLISIONS, "/components/schemas/thing", |d| {
            d["components"]["schemas"]["thing"] = json!({ "type": "object" });
        });
        catches(
            &COLLISIONS,
            "/components/schemas/Thing/properties/Si-ze",
            |d| {
                d["components"]["schemas"]["Thing"]["properties"]["Si-ze"] =
                    json!({ "type": "string" });
            },
        );
    }

    #[test]
    fn a_shared_parameter_is_not_called_like_a_schema() {
        catches(&COLLISIONS, "/components/parameters/Thing", |d| {
            d["components"]["parameters"] = json!({ "Thing": {}, "ThingId": {} });
        });
    }

    #[test]
    fn names_of_types_that_languages_have_are_taken() {
        for name in ["Error", "Record", "InstanceType"] {
            catches(&TYPES, &format!("/components/schemas/{name}"), |d| {
                d["components"]["schemas"][name] = json!({ "type": "object" });
            });
        }
    }

    #[test]
    fn names_of_builder_methods_are_reserved() {
        catches(&RESERVED, &format!("{OPERATION}/parameters/1/name"), |d| {
            d.pointer_mut(&format!("{OPERATION}/parameters/1")).unwrap()["name"] =
                json!("Header-Map");
        });
    }

    #[test]
    fn no_schema_has_the_name_of_a_response() {
        catches(&RESPONSES, "/components/schemas/CreateThingResponse", |d| {
            d["components"]["schemas"]["CreateThingResponse"] = json!({ "type": "object" });
        });
        let mut document = super::super::testing::good();
        document["components"]["schemas"]["CreateThingResponseBody"] = json!({ "type": "object" });
        assert!(super::super::testing::diagnostics(&RESPONSES, document).is_empty());
    }

    #[test]
    fn paths_are_distinct_and_hold_no_query() {
        catches(&PATHS, "/paths/~1v1~1{other}~1things", |d| {
            d["paths"]["/v1/{other}/things"] = json!({});
        });
        catches(&PATHS, "/paths/~1v1~1x?a={a}", |d| {
            d["paths"]["/v1/x?a={a}"] = json!({})
        });
    }
}
