//! Words: everything a reader meets says what it is, and where it was read.

use otcdb_openapi::grammar::{Kind, Reusable};
use otcdb_openapi::written::operations;
use otcdb_openapi::{Bundle, pointer, walk};
use serde_json::Value;

use super::names::text;
use super::{Report, Rule};

pub(super) const DESCRIPTIONS: Rule = Rule {
    name: "description",
    why: "a description is the documentation of a generated client, in every language",
    check,
};

pub(super) const UNWRITTEN: Rule = Rule {
    name: super::UNWRITTEN,
    why: "a draft says nothing where a person has not written yet, and readers would take the marker for the truth",
    check: unwritten,
};

/// Looks everywhere but into examples, which are what they are.
fn unwritten(bundle: &Bundle, report: &mut Report<'_>) {
    let mut todo = vec![(String::new(), &bundle.document)];
    while let Some((at, value)) = todo.pop() {
        match value {
            Value::String(text) if text.contains(otcdb_openapi::UNWRITTEN) => report.diagnostic(
                &at,
                "this still has to be written",
                "write it in your own words, from the page and from what stands behind the marker",
            ),
            Value::Object(map) => {
                let inner = map
                    .iter()
                    .filter(|(key, _)| *key != "value" || !at.contains("/examples/"));
                todo.extend(inner.map(|(key, value)| (pointer::join(&at, key), value)));
            }
            Value::Array(items) => {
                let items = items.iter().enumerate();
                todo.extend(items.map(|(index, value)| (format!("{at}/{index}"), value)));
            }
            _ => {}
        }
    }
}

fn check(bundle: &Bundle, report: &mut Report<'_>) {
    for operation in operations(&bundle.document) {
        for key in ["summary", "description"] {
            if text(operation.value, key).is_empty() {
                report.diagnostic(
                    &operation.pointer(),
                    format!("this operation has no {key}"),
                    "write one in your own words",
                );
            }
        }
        let pages = operation.value["x-documentation"].as_array();
        let named = pages.is_some_and(|pages| {
            !pages.is_empty()
                && pages
                    .iter()
                    .all(|page| !text(page, "source").is_empty() && !text(page, "page").is_empty())
        });
        if !named {
            report.diagnostic(
                &operation.pointer(),
                "x-documentation does not name the page that this was read from",
                "add a list of {source, page}",
            );
        }
        let tags = operation.value["tags"].as_array().into_iter().flatten();
        for (index, tag) in tags.enumerate() {
            let known = bundle.document["tags"].as_array().into_iter().flatten();
            if !known.clone().any(|known| known["name"] == *tag) {
                report.diagnostic(
                    &pointer::join(
                        &pointer::join(&operation.pointer(), "tags"),
                        &index.to_string(),
                    ),
                    format!("the tag {tag} is not described"),
                    "add it to `tags` in openapi.yaml",
                );
            }
        }
    }
    walk::walk(&bundle.document, &mut |kind, at, value| {
        if value.get("$ref").is_some() || !text(value, "description").is_empty() {
            return;
        }
        let what = match kind {
            Kind::One(Reusable::Parameter) => "parameter",
            Kind::One(Reusable::Schema)
                if at.starts_with("/components/schemas/") && described(at) =>
            {
                "schema"
            }
            _ => return,
        };
        report.diagnostic(
            at,
            format!("this {what} has no description"),
            "write one in your own words",
        );
    });
}

/// Whether the schema at a pointer is a component or a property, rather than an array's item or a combination.
fn described(at: &str) -> bool {
    let mut tokens = at.rsplit('/').skip(1);
    matches!(tokens.next(), Some("schemas" | "properties"))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{OPERATION, catches};
    use super::*;
    use serde_json::json;

    #[test]
    fn everything_is_described() {
        for key in ["summary", "description", "x-documentation"] {
            catches(&DESCRIPTIONS, OPERATION, |d| {
                d.pointer_mut(OPERATION)
                    .unwrap()
                    .as_object_mut()
                    .unwrap()
                    .remove(key);
            });
        }
        for at in [
            "/components/schemas/Thing",
            "/components/schemas/Thing/properties/size",
        ] {
            catches(&DESCRIPTIONS, at, |d| {
                d.pointer_mut(at).unwrap()["description"] = json!(" ")
            });
        }
        catches(&DESCRIPTIONS, &format!("{OPERATION}/tags/0"), |d| {
            d.pointer_mut(OPERATION).unwrap()["tags"] = json!(["unheard-of"]);
        });
    }
}
