//! Schemas: enums, combinations, closed objects and references.

use std::collections::BTreeSet;

use otcdb_openapi::grammar::{Kind, Reusable};
use otcdb_openapi::reference::resolve;
use otcdb_openapi::{Bundle, Listed, OPEN, nulls, pointer, reachable, walk};
use serde_json::Value;

use super::{Report, Rule};

pub(super) const ENUMS: Rule = Rule {
    name: "enum",
    why: "values that differ only by case, or an empty one, have no Rust name of their own",
    check: enums,
};

pub(super) const OPENNESS: Rule = Rule {
    name: "open-enum",
    why: "clients refuse a whole response for one value that its schema does not list, and services send such values; in \
          requests nothing but the list keeps a caller from them",
    check: openness,
};

pub(super) const NULLS: Rule = Rule {
    name: "nullable",
    why: "strict tools read `nullable` beside a type alone, and what may be absent from a response is published as \
          nullable anyway",
    check: nulls,
};

pub(super) const TYPES: Rule = Rule {
    name: "schema-type",
    why: "a type that JSON does not have makes the generator panic, and a list of anything tells nobody anything",
    check: types,
};

pub(super) const COMBINATIONS: Rule = Rule {
    name: "combination",
    why: "oneOf and anyOf over shapes that overlap decode into the wrong one in silence",
    check: combinations,
};

pub(super) const CLOSED: Rule = Rule {
    name: "closed-response",
    why: "a service that adds a field would break every client",
    check: closed,
};

pub(super) const REFERENCES: Rule = Rule {
    name: "local-reference",
    why: "a dangling reference makes the generator panic",
    check: references,
};

pub(super) fn each_schema(bundle: &Bundle, visit: &mut dyn FnMut(&str, &Value)) {
    walk::walk(&bundle.document, &mut |kind, at, value| {
        if kind == Kind::One(Reusable::Schema) {
            visit(at, value);
        }
    });
}

fn enums(bundle: &Bundle, report: &mut Report<'_>) {
    each_schema(bundle, &mut |at, schema| {
        let Some(listed) = schema.as_object().and_then(Listed::of) else {
            return;
        };
        let values = listed.values;
        let here = pointer::join(at, listed.keyword());
        if values.is_empty() || values.iter().any(|value| value == "") {
            report.diagnostic(
                &here,
                "an enum holds an empty value or none",
                "say in words that it may be blank",
            );
        }
        if values.iter().any(Value::is_null) {
            report.diagnostic(&here, "an enum holds null", "use `nullable: true`");
        }
        let folded: BTreeSet<String> = values
            .iter()
            .map(|value| {
                value
                    .as_str()
                    .map_or_else(|| value.to_string(), str::to_lowercase)
            })
            .collect();
        if folded.len() < values.len() {
            report.diagnostic(
                &here,
                "an enum holds the same value twice, or in two letter cases",
                "keep the documented one: clients accept any letter case",
            );
        }
        let named = at
            .strip_prefix("/components/schemas/")
            .is_some_and(|name| !name.contains('/'));
        if !named {
            report.diagnostic(
                &here,
                "this list of values has no name of its own",
                "move it into components and refer to it",
            );
        }
    });
}

fn openness(bundle: &Bundle, report: &mut Report<'_>) {
    let sent = reachable::response_schemas(&bundle.document);
    each_schema(bundle, &mut |at, schema| {
        let is_sent = at
            .strip_prefix("/components/schemas/")
            .and_then(|at| at.split('/').next())
            .is_some_and(|name| sent.contains(name));
        if is_sent && schema.get("enum").is_some() {
            report.diagnostic(
                &pointer::join(at, "enum"),
                "an enum of a response refuses what is not listed",
                format!("list its values under `{OPEN}`; for a request that has them, too, write another component"),
            );
        }
        if !is_sent && schema.get(OPEN).is_some() {
            report.diagnostic(
                &pointer::join(at, OPEN),
                "the values of a request are not checked under this keyword",
                "list them under `enum`",
            );
        }
    });
}

fn nulls(bundle: &Bundle, report: &mut Report<'_>) {
    let by_rule = nulls::by_rule(&bundle.document);
    each_schema(bundle, &mut |at, schema| {
        if schema.get("nullable").is_none() {
            return;
        }
        let here = pointer::join(at, "nullable");
        if by_rule.contains(at) {
            report.diagnostic(
                &here,
                "this stands in a response where it may be absent, so it may be null anyway",
                "remove this key",
            );
        } else if schema.get("type").is_none() {
            report.diagnostic(
                &here,
                "without a type beside it, `nullable` says nothing",
                "write it into the component that is referred to, beside its type",
            );
        }
    });
}

fn types(bundle: &Bundle, report: &mut Report<'_>) {
    const TYPES: [&str; 6] = ["array", "boolean", "integer", "number", "object", "string"];
    each_schema(bundle, &mut |at, schema| {
        let Some(kind) = schema.get("type") else {
            return;
        };
        match kind.as_str() {
            Some(kind) if TYPES.contains(&kind) => {}
            _ => report.diagnostic(
                &pointer::join(at, "type"),
                format!("{kind} is no type of OpenAPI 3.0"),
                format!(
                    "write one of {}; for null, add `nullable: true`",
                    TYPES.join(", ")
                ),
            ),
        }
        if kind == "array" && schema.get("items").is_none() {
            report.diagnostic(at, "this array does not say what it holds", "add `items`");
        }
        if kind != "object" && schema.get("properties").is_some() {
            report.diagnostic(
                &pointer::join(at, "properties"),
                "only an object has properties",
                "write `type: object`",
            );
        }
        let Some(listed) = schema.as_object().and_then(Listed::of) else {
            return;
        };
        for (index, value) in listed.values.iter().enumerate() {
            let fits = match kind.as_str() {
                Some("string") => value.is_string(),
                Some("integer") => value.is_i64() || value.is_u64(),
                _ => true,
            };
            if !fits && !value.is_null() {
                let at = pointer::join(at, listed.keyword());
                let at = pointer::join(&at, &index.to_string());
                report.diagnostic(
                    &at,
                    format!("{value} is no {kind}"),
                    "quote it, or correct the type",
                );
            }
        }
    });
}

fn combinations(bundle: &Bundle, report: &mut Report<'_>) {
    each_schema(bundle, &mut |at, schema| {
        if schema.get("anyOf").is_some() {
            report.diagnostic(
                &pointer::join(at, "anyOf"),
                "anyOf becomes a struct that decodes nothing right",
                "describe one object with optional properties",
            );
        }
        let variants = schema.get("oneOf").and_then(Value::as_array);
        let ambiguous = variants.into_iter().flatten().any(|variant| {
            resolve(&bundle.document, variant)["required"]
                .as_array()
                .is_none_or(Vec::is_empty)
        });
        if ambiguous {
            report.diagnostic(
                &pointer::join(at, "oneOf"),
                "a variant without required properties swallows every other one",
                "describe one object with optional properties",
            );
        }
    });
}

fn closed(bundle: &Bundle, report: &mut Report<'_>) {
    for name in reachable::response_schemas(&bundle.document) {
        let root = pointer::join("/components/schemas", &name);
        let Some(schema) = bundle.document.pointer(&root) else {
            continue;
        };
        walk::walk_from(
            schema,
            Kind::One(Reusable::Schema),
            &root,
            &mut |kind, at, value| {
                if kind == Kind::One(Reusable::Schema)
                    && value.get("additionalProperties") == Some(&Value::Bool(false))
                {
                    report.diagnostic(
                        &pointer::join(at, "additionalProperties"),
                        "a response is closed to fields that the service may add",
                        "remove this key",
                    );
                }
            },
        );
    }
}

fn references(bundle: &Bundle, report: &mut Report<'_>) {
    walk::walk(&bundle.document, &mut |_, at, value| {
        if let Some(reference) = value.get("$ref").and_then(Value::as_str) {
            let target = reference
                .strip_prefix('#')
                .and_then(|p| bundle.document.pointer(p));
            if target.is_none() {
                report.diagnostic(
                    at,
                    format!("{reference:?} leads nowhere"),
                    "add what it should lead to",
                );
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::super::testing::{OPERATION, catches};
    use super::*;
    use serde_json::json;

    #[test]
    fn enums_hold_distinct_values_with_a_name() {
        for status in [
            "/components/schemas/Status/x-extensible-enum",
            "/components/schemas/Kind/enum",
        ] {
            for values in [json!(["ON", "on"]), json!(["ON", ""]), json!(["ON", null])] {
                catches(&ENUMS, status, |d| *d.pointer_mut(status).unwrap() = values);
            }
        }
        let schema = format!("{OPERATION}/parameters/1/schema");
        catches(&ENUMS, &format!("{schema}/enum"), |d| {
            *d.pointer_mut(&schema).unwrap() = json!({ "type": "string", "enum": ["a"] });
        });
    }

    #[test]
    fn what_is_sent_may_have_other_values_and_what_is_asked_for_may_not() {
        catches(&OPENNESS, "/components/schemas/Status/enum", |d| {
            d["components"]["schemas"]["Status"] = json!({ "type": "string", "enum": ["ON"] });
        });
        catches(
            &OPENNESS,
            "/components/schemas/Thing/properties/size/enum",
            |d| {
                d["components"]["schemas"]["Thing"]["properties"]["size"]["enum"] = json!([1]);
            },
        );
        catches(&OPENNESS, "/components/schemas/Status/enum", |d| {
            let schemas = &mut d["components"]["schemas"];
            schemas["Thing"]["properties"]["status"] = json!({ "type": "string" });
            schemas["Status"] = json!({ "type": "string", "enum": ["ON"] });
            let response = d
                .pointer_mut(&format!("{OPERATION}/responses/200"))
                .unwrap();
            let status = json!({ "$ref": "#/components/schemas/Status" });
            response["headers"] = json!({ "X-Status": { "schema": status } });
        });
        catches(
            &OPENNESS,
            "/components/schemas/Kind/x-extensible-enum",
            |d| {
                d["components"]["schemas"]["Kind"] =
                    json!({ "type": "string", "x-extensible-enum": ["big"] });
            },
        );
    }

    #[test]
    fn null_is_written_where_no_rule_has_it_and_a_type_stands_beside_it() {
        let thing = "/components/schemas/Thing";
        catches(&NULLS, &format!("{thing}/properties/size/nullable"), |d| {
            d.pointer_mut(thing).unwrap()["properties"]["size"]["nullable"] = json!(true);
        });
        catches(&NULLS, "/components/schemas/Status/nullable", |d| {
            d["components"]["schemas"]["Status"]["nullable"] = json!(true);
        });
        let kind = "/components/schemas/CreateThingRequest/properties/kind";
        for schema in [
            json!({ "nullable": true, "allOf": [{ "$ref": "#/components/schemas/Kind" }] }),
            json!({ "nullable": true, "x-any": "It takes texts and numbers." }),
        ] {
            catches(&NULLS, &format!("{kind}/nullable"), |d| {
                *d.pointer_mut(kind).unwrap() = schema;
            });
        }
        let mut document = super::super::testing::good();
        let thing = document.pointer_mut(thing).unwrap();
        thing["required"] = json!(["size"]);
        thing["properties"]["size"]["nullable"] = json!(true);
        document["components"]["schemas"]["Kind"]["nullable"] = json!(true);
        let diagnostics = super::super::testing::diagnostics(&NULLS, document);
        assert_eq!(diagnostics, [] as [String; 0]);
    }

    #[test]
    fn schemas_have_types_that_exist() {
        let size = "/components/schemas/Thing/properties/size";
        for (at, schema) in [
            ("/type", json!({ "type": "strnig" })),
            ("/type", json!({ "type": ["string", "null"] })),
            ("", json!({ "type": "array" })),
            ("/properties", json!({ "type": "string", "properties": {} })),
            ("/enum/1", json!({ "type": "string", "enum": ["a", true] })),
            ("/enum/0", json!({ "type": "integer", "enum": ["0"] })),
            (
                "/x-extensible-enum/0",
                json!({ "type": "integer", "x-extensible-enum": ["0"] }),
            ),
        ] {
            catches(&TYPES, &format!("{size}{at}"), |d| {
                *d.pointer_mut(size).unwrap() = schema
            });
        }
    }

    #[test]
    fn variants_can_be_told_apart() {
        let thing = "/components/schemas/Thing";
        for (key, schema) in [
            (
                "anyOf",
                json!({ "anyOf": [{ "$ref": "#/components/schemas/Status" }, { "type": "string" }] }),
            ),
            (
                "oneOf",
                json!({ "oneOf": [{ "type": "object", "properties": { "a": { "type": "string" } } }] }),
            ),
        ] {
            catches(&COMBINATIONS, &format!("{thing}/{key}"), |d| {
                *d.pointer_mut(thing).unwrap() = schema
            });
        }
    }

    #[test]
    fn responses_stay_open() {
        catches(
            &CLOSED,
            "/components/schemas/Thing/additionalProperties",
            |d| {
                d["components"]["schemas"]["Thing"]["additionalProperties"] = json!(false);
            },
        );
    }

    #[test]
    fn local_references_lead_somewhere() {
        let property = "/components/schemas/Thing/properties/status";
        catches(&REFERENCES, property, |d| {
            *d.pointer_mut(property).unwrap() = json!({ "$ref": "#/components/schemas/Gone" });
        });
    }
}
