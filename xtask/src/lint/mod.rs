//! Rules that the description keeps, beyond being valid OpenAPI 3.0.
//!
//! Each rule names a mistake that would mislead a reader, break a generated client or be dropped silently. All
//! of them run on the bundle and report where the faulty part was written.

mod cycles;
mod examples;
mod extensions;
mod identity;
mod keywords;
mod links;
mod names;
mod no_value;
mod pagination;
mod parameters;
mod patterns;
mod prose;
mod requests;
mod resources;
mod responses;
mod round_trip;
mod schemas;
mod secrets;
mod sections;
mod times;
mod unfinished;
mod unknown_keys;
mod unreferenced;
mod untyped;

use std::collections::BTreeSet;

use otcdb_openapi::{Bundle, Diagnostic, Diagnostics, written};

pub use identity::could_be_required;

/// A rule: looks at a bundle and reports what breaks it.
pub struct Rule {
    /// Stable name, as printed behind each diagnostic.
    pub name: &'static str,
    /// What goes wrong when the rule is broken.
    pub why: &'static str,
    check: fn(&Bundle, &mut Report<'_>),
}

/// Collects the diagnostics of one rule.
pub struct Report<'a> {
    bundle: &'a Bundle,
    rule: &'static str,
    diagnostics: &'a mut Vec<Diagnostic>,
}

impl Report<'_> {
    fn diagnostic(&mut self, pointer: &str, message: impl Into<String>, help: impl Into<String>) {
        self.diagnostics
            .push(self.bundle.diagnostic(self.rule, pointer, message, help));
    }
}

/// The rule that finds what drafts leave to a person. The generators take a description that breaks no other.
pub const UNWRITTEN: &str = "unwritten";

/// Every rule, in the order in which `cargo xtask lint --rules` lists them: from the form of the description to its words.
pub const RULES: &[Rule] = &[
    unknown_keys::RULE,
    no_value::RULE,
    unreferenced::RULE,
    extensions::RULE,
    pagination::RULE,
    links::RULE,
    unfinished::RULE,
    resources::RULE,
    names::VERSION,
    names::OPERATION_IDS,
    names::COLLISIONS,
    names::RESERVED,
    names::TYPES,
    names::RESPONSES,
    names::PATHS,
    sections::RULE,
    sections::DISPLAY_NAMES,
    parameters::STYLES,
    parameters::DECLARED,
    parameters::REPEATED,
    requests::DEFAULTS,
    requests::NAMES,
    requests::CONSTANTS,
    requests::PAGES,
    requests::TIMES,
    times::RULE,
    responses::MEDIA_TYPES,
    responses::NAMED_SCHEMAS,
    responses::STATUSES,
    responses::FAILURES,
    identity::RULE,
    schemas::TYPES,
    untyped::RULE,
    schemas::ENUMS,
    schemas::OPENNESS,
    schemas::NULLS,
    schemas::COMBINATIONS,
    schemas::CLOSED,
    schemas::REFERENCES,
    cycles::RULE,
    patterns::RULE,
    secrets::RULE,
    keywords::RULE,
    examples::PRESENT,
    examples::COMPLETE,
    examples::SHARED,
    prose::DESCRIPTIONS,
    prose::UNWRITTEN,
];

/// Applies every rule to a bundle.
///
/// # Errors
/// All diagnostics, sorted by file and pointer.
pub fn lint(bundle: &Bundle) -> Result<(), Diagnostics> {
    let mut diagnostics = Vec::new();
    for rule in RULES {
        let mut report = Report {
            bundle,
            rule: rule.name,
            diagnostics: &mut diagnostics,
        };
        (rule.check)(bundle, &mut report);
    }
    drop_consequences(&mut diagnostics);
    if diagnostics.is_empty() {
        return Ok(());
    }
    diagnostics.sort();
    diagnostics.dedup();
    Err(Diagnostics(diagnostics))
}

/// How much a bundle describes. Several operations can be under one path, with a method each or told apart by their
/// bodies.
pub fn size(bundle: &Bundle) -> String {
    let operations = written::operations(&bundle.document);
    let paths: BTreeSet<&str> = operations.iter().map(|one| one.path).collect();
    let count = |count: usize, what: &str| match count {
        1 => format!("1 {what}"),
        count => format!("{count} {what}s"),
    };
    format!(
        "{}, {}",
        count(paths.len(), "path"),
        count(operations.len(), "operation")
    )
}

/// Leaves out what was found inside a key that OpenAPI does not know: it was judged as what it is not.
fn drop_consequences(diagnostics: &mut Vec<Diagnostic>) {
    let unknown: Vec<(String, String)> = diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.rule == unknown_keys::RULE.name)
        .map(|diagnostic| (diagnostic.file.clone(), format!("{}/", diagnostic.pointer)))
        .collect();
    diagnostics.retain(|diagnostic| {
        !unknown.iter().any(|(file, inside)| {
            diagnostic.file == *file && diagnostic.pointer.starts_with(inside)
        })
    });
}

#[cfg(test)]
pub(crate) mod testing {
    use super::{Report, Rule};
    use otcdb_openapi::Bundle;
    use serde_json::{Value, json};

    /// A document that keeps every rule, with one operation.
    pub(crate) fn good() -> Value {
        json!({
            "openapi": "3.0.3",
            "info": { "title": "Test", "version": "1.0.0", "description": "A test." },
            "servers": [{ "url": "https://localhost" }],
            "security": [{ "Token": [] }],
            "tags": [{ "name": "things", "description": "Things.", "x-displayName": "Things" }],
            "paths": { "/v1/{id}/things": { "post": {
                "operationId": "CreateThing",
                "summary": "Create a thing",
                "description": "Creates it.",
                "tags": ["things"],
                "x-documentation": [{ "source": "otc", "page": "CreateThing" }],
                "parameters": [
                    { "name": "id", "in": "path", "required": true, "description": "Id.",
                      "schema": { "type": "string" }, "examples": { "one": { "value": "7" } } },
                    { "name": "limit", "in": "query", "description": "Page size.",
                      "schema": { "type": "integer", "format": "int32" },
                      "examples": { "one": { "value": 3 } } },
                ],
                "requestBody": { "required": true, "content": { "application/json": {
                    "schema": { "$ref": "#/components/schemas/CreateThingRequest" },
                    "examples": { "one": { "summary": "One.", "value": { "kind": "big" } } },
                } } },
                "responses": {
                    "200": { "description": "Created.", "content": { "application/json": {
                        "schema": { "$ref": "#/components/schemas/Thing" },
                        "examples": { "one": { "summary": "One.", "value": { "status": "ON" } } },
                    } } },
                    "400": { "description": "Wrong.", "content": { "application/json": {
                        "schema": { "$ref": "#/components/schemas/ErrorResponse" },
                    } } },
                    "default": { "description": "Failed.", "content": { "application/json": {
                        "schema": { "$ref": "#/components/schemas/ErrorResponse" },
                    } } },
                },
            } } },
            "components": {
                "schemas": {
                    "CreateThingRequest": { "type": "object", "description": "What to create.",
                        "properties": { "kind": { "$ref": "#/components/schemas/Kind" } } },
                    "Kind": { "type": "string", "description": "Kind.", "enum": ["big", "small"] },
                    "Thing": { "type": "object", "description": "A thing.", "properties": {
                        "status": { "$ref": "#/components/schemas/Status" },
                        "size": { "type": "integer", "format": "int64", "description": "Bytes." },
                    } },
                    "Status": { "type": "string", "description": "State.", "x-extensible-enum": ["ON", "OFF"] },
                    "ErrorResponse": { "type": "object", "description": "A failure.", "properties": {
                        "error_code": { "type": "string", "description": "Code." },
                    } },
                },
                "securitySchemes": {
                    "Token": { "type": "apiKey", "in": "header", "name": "X-Auth-Token", "description": "T." },
                },
            },
        })
    }

    /// The diagnostics that one rule finds, as `pointer: message`.
    pub(crate) fn diagnostics(rule: &Rule, document: Value) -> Vec<String> {
        let bundle = Bundle::of("test", document);
        let mut diagnostics = Vec::new();
        let mut report = Report {
            bundle: &bundle,
            rule: rule.name,
            diagnostics: &mut diagnostics,
        };
        (rule.check)(&bundle, &mut report);
        diagnostics
            .iter()
            .inspect(|diagnostic| assert!(!diagnostic.help.is_empty(), "{diagnostic} has no help"))
            .map(|diagnostic| format!("{}: {}", diagnostic.pointer, diagnostic.message))
            .collect()
    }

    /// Asserts that a rule accepts the good document and finds exactly one diagnostic, at `pointer`, in the edited.
    pub(crate) fn catches(rule: &Rule, pointer: &str, edit: impl FnOnce(&mut Value)) {
        assert_eq!(
            diagnostics(rule, good()),
            [] as [String; 0],
            "the good document"
        );
        let mut document = good();
        edit(&mut document);
        let found = diagnostics(rule, document);
        assert_eq!(found.len(), 1, "{found:#?}");
        assert!(
            found[0].starts_with(&format!("{pointer}: ")),
            "{found:?}, not at {pointer}"
        );
    }

    /// Pointer to the operation of [`good`].
    pub(crate) const OPERATION: &str = "/paths/~1v1~1{id}~1things/post";

    #[test]
    fn paths_and_operations_are_counted_apart() {
        let mut document = good();
        assert_eq!(
            super::size(&Bundle::of("test", document.clone())),
            "1 path, 1 operation"
        );
        let item = document["paths"]["/v1/{id}/things"].clone();
        document["paths"]["/v1/{id}/things"]["get"] = item["post"].clone();
        document["paths"]["/v1/{id}/things#ResizeThing"] = item.clone();
        document["paths"]["/v1/{id}/things/{name}"] = item;
        assert_eq!(
            super::size(&Bundle::of("test", document)),
            "2 paths, 4 operations"
        );
    }

    #[test]
    fn every_rule_accepts_the_good_document() {
        super::lint(&Bundle::of("test", good())).unwrap();
    }
}
