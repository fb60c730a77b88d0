//! What tells one resource from another in a response: its id and its name.

use std::collections::{BTreeMap, BTreeSet};

use heck::ToSnakeCase as _;
use otcdb_openapi::reference::resolve;
use otcdb_openapi::written::{is_success, json_content, operations};
use otcdb_openapi::{Bundle, documented, pointer, reachable};
use serde_json::Value;

use super::{Report, Rule};

pub(super) const RULE: Rule = Rule {
    name: "required-answer",
    why: "a client refuses a response that lacks what its schema requires, so an example that lacks it is refused, too",
    check,
};

/// A field of what a service sends, with all examples of the object that it stands in.
struct Field<'a> {
    schema: &'a str,
    name: &'a str,
    property: &'a Value,
    is_required: bool,
    is_alone: bool,
    examples: &'a [&'a Value],
}

impl Field<'_> {
    fn is_in_every_example(&self) -> bool {
        let has = |example: &&Value| has(example, self.name, self.property);
        self.examples.iter().all(has)
    }
}

fn check(bundle: &Bundle, report: &mut Report<'_>) {
    each_field(&bundle.document, &mut |field| {
        if field.is_required && !field.is_in_every_example() {
            let (schema, name) = (field.schema, field.name);
            let at = pointer::join("/components/schemas", schema);
            report.diagnostic(
                &pointer::join(&at, "required"),
                format!("an example of {schema} has no {name}"),
                format!("take {name} out of `required`"),
            );
        }
    });
}

/// Ids and names of resources that every example has and that are not `required`, as `Schema.field`. Whether they are
/// always there is for a person to say: a source of data may be an instance with an id, or none.
pub fn could_be_required(bundle: &Bundle) -> Vec<String> {
    let document = &bundle.document;
    let failures = failures(document);
    let mut found = Vec::new();
    each_field(document, &mut |field| {
        let names_it =
            identifies(field.name, field.schema) || (field.is_alone && field.name.ends_with("_id"));
        if !field.is_required
            && !field.examples.is_empty()
            && !failures.contains(field.schema)
            && names_it
            && resolve(document, field.property)["type"] == "string"
            && field.is_in_every_example()
        {
            found.push(format!("{}.{}", field.schema, field.name));
        }
    });
    found
}

fn each_field(document: &Value, visit: &mut dyn FnMut(&Field<'_>)) {
    let given = reachable::request_schemas(document);
    let mut examples: BTreeMap<String, Vec<&Value>> = BTreeMap::new();
    documented::each_value(document, &mut |at, _, value| {
        if value.is_object() {
            examples.entry(at.to_owned()).or_default().push(value);
        }
    });
    let sent = reachable::response_schemas(document);
    for schema in sent.iter().filter(|name| !given.contains(*name)) {
        let at = pointer::join("/components/schemas", schema);
        let written = &document["components"]["schemas"][schema];
        let required = written["required"].as_array();
        let properties = written["properties"].as_object();
        for (name, property) in properties.into_iter().flatten() {
            visit(&Field {
                schema,
                name,
                property,
                is_required: required.is_some_and(|all| all.iter().any(|one| one == name)),
                is_alone: properties.is_some_and(|all| all.len() == 1),
                examples: examples.get(&at).map_or(&[][..], Vec::as_slice),
            });
        }
    }
}

/// Whether an example has a field, under any of its names, that says something.
fn has(example: &Value, field: &str, property: &Value) -> bool {
    let fields = example.as_object().into_iter().flatten();
    let mut named =
        fields.filter(|(name, _)| *name == field || documented::is_alias(property, name));
    named.any(|(_, value)| !value.is_null() && value != "")
}

/// Whether a field is the id or the name of what its schema is called after: `id`, or `backup_id` of a `BackupRecord`.
fn identifies(field: &str, schema: &str) -> bool {
    let whose = match field {
        "id" | "name" => return true,
        _ => field
            .strip_suffix("_id")
            .or_else(|| field.strip_suffix("_name")),
    };
    let schema = schema.to_snake_case();
    let words: Vec<&str> = schema.split('_').collect();
    whose.is_some_and(|whose| whose.split('_').all(|word| words.contains(&word)))
}

/// Schemas of bodies that tell of a failure, in which a client relies on nothing.
fn failures(document: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for operation in operations(document) {
        for (_, response) in operation
            .responses()
            .filter(|(status, _)| !is_success(status))
        {
            let schema = json_content(response).map(|media| &media["schema"]);
            found.extend(schema.and_then(otcdb_openapi::reference::name));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::{OPERATION, catches, diagnostics, good};
    use super::*;

    const THING: &str = "/components/schemas/Thing";

    fn with(required: Value, example: Value) -> impl FnOnce(&mut Value) {
        move |document| {
            let thing = document.pointer_mut(THING).unwrap();
            for field in ["thing_id", "owner_id"] {
                thing["properties"][field] = json!({ "type": "string", "description": "Id." });
            }
            thing["required"] = required;
            let at =
                format!("{OPERATION}/responses/200/content/application~1json/examples/one/value");
            *document.pointer_mut(&at).unwrap() = example;
        }
    }

    #[test]
    fn an_example_has_what_is_required() {
        let nothing = json!({ "thing_id": null });
        catches(
            &RULE,
            &format!("{THING}/required"),
            with(json!(["thing_id"]), nothing),
        );
        let mut document = good();
        with(json!(["thing_id"]), json!({ "thing_id": "7" }))(&mut document);
        assert_eq!(diagnostics(&RULE, document), [] as [String; 0]);
    }

    #[test]
    fn an_id_that_is_always_there_could_be_required() {
        for (example, expected) in [
            (
                json!({ "thing_id": "7", "owner_id": "8" }),
                &["Thing.thing_id"][..],
            ),
            (json!({ "thing_id": "", "owner_id": "8" }), &[]),
        ] {
            let mut document = good();
            with(json!([]), example)(&mut document);
            let bundle = Bundle::of("test", document);
            assert_eq!(could_be_required(&bundle), expected);
        }
    }

    #[test]
    fn an_id_is_named_after_its_schema() {
        assert!(identifies("id", "Thing") && identifies("backup_id", "BackupRecord"));
        assert!(identifies("instance_name", "CreatedInstance"));
        assert!(!identifies("instance_id", "BackupRecord") && !identifies("valid", "Thing"));
    }
}
