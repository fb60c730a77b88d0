//! Parts of the description that nothing refers to.

use std::collections::BTreeSet;

use otcdb_openapi::{Bundle, pointer};
use serde_json::Value;

use super::{Report, Rule};

pub(super) const RULE: Rule = Rule {
    name: "unreferenced",
    why: "an operation that was left out of `paths`, or a component that was left behind, is in no client",
    check,
};

const HELP: &str = "refer to it or remove it";

fn check(bundle: &Bundle, report: &mut Report<'_>) {
    let document = &bundle.document;
    let mut used = BTreeSet::new();
    mentions(document, &mut used);
    // A reference in an unknown place is not followed. Other rules name that place; what it leads to is not told again.
    if used.iter().any(|reference| !reference.starts_with('#')) {
        return;
    }
    for place in &bundle.unused {
        let what = if place.pointer.is_empty() {
            "file"
        } else {
            "component"
        };
        report.diagnostics.push(place.diagnostic(
            report.rule,
            format!("nothing refers to this {what}"),
            HELP,
        ));
    }
    let sections = document["components"].as_object();
    for (section, components) in sections.into_iter().flatten() {
        let at = pointer::join("/components", section);
        for name in components
            .as_object()
            .into_iter()
            .flat_map(serde_json::Map::keys)
        {
            let at = pointer::join(&at, name);
            if !used.contains(&format!("#{at}")) {
                report.diagnostic(&at, "nothing refers to this component", HELP);
            }
        }
    }
}

/// Collects the references of a document, with the security schemes that are required by their names.
fn mentions(value: &Value, used: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                match (key.as_str(), value) {
                    ("$ref", Value::String(reference)) => {
                        used.insert(reference.clone());
                    }
                    ("security", Value::Array(requirements)) => {
                        let names = requirements
                            .iter()
                            .filter_map(Value::as_object)
                            .flat_map(serde_json::Map::keys);
                        used.extend(names.map(|name| {
                            format!("#{}", pointer::join("/components/securitySchemes", name))
                        }));
                    }
                    _ => mentions(value, used),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| mentions(item, used)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{catches, diagnostics, good};
    use super::*;
    use otcdb_openapi::Location;
    use serde_json::json;

    #[test]
    fn components_are_referred_to() {
        catches(&RULE, "/components/schemas/Forgotten", |d| {
            d["components"]["schemas"]["Forgotten"] = json!({ "type": "string" });
        });
        catches(&RULE, "/components/securitySchemes/Token", |d| {
            d["security"] = json!([]);
        });
    }

    #[test]
    fn unused_files_and_entries_are_reported_where_they_are() {
        let mut bundle = Bundle::of("test", good());
        bundle.unused = vec![
            Location::new("test/components/a.yaml", "/A"),
            Location::new("test/b.yaml", ""),
        ];
        let found: Vec<_> = super::super::lint(&bundle)
            .unwrap_err()
            .0
            .iter()
            .map(|diagnostic| {
                format!(
                    "{}#{} {}",
                    diagnostic.file, diagnostic.pointer, diagnostic.message
                )
            })
            .collect();
        assert_eq!(
            found,
            [
                "openapi/test/b.yaml# nothing refers to this file",
                "openapi/test/components/a.yaml#/A nothing refers to this component",
            ]
        );
    }

    #[test]
    fn what_a_reference_in_an_unknown_place_leads_to_is_no_fault() {
        let mut document = good();
        document["paths"]["v1/other"] = json!({ "$ref": "other.yaml" });
        document["components"]["schemas"]["Forgotten"] = json!({ "type": "string" });
        assert_eq!(diagnostics(&RULE, document), [] as [String; 0]);
    }
}
