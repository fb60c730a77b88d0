//! The project's own keys: known, and of the form that the generator reads.

use otcdb_openapi::grammar::{Kind, Reusable};
use otcdb_openapi::{Bundle, OPEN, TIME, TimeForm, Waiter, pointer, walk};
use serde_json::Value;

use super::{Report, Rule};

pub(super) const RULE: Rule = Rule {
    name: "extension",
    why: "a misspelt extension is ignored, and with it a retry, a waiter or a secret",
    check,
};

fn check(bundle: &Bundle, report: &mut Report<'_>) {
    walk::walk(&bundle.document, &mut |kind, at, value| {
        let known: &[&str] = match kind {
            Kind::Operation => &[
                "x-destroys",
                "x-doc-deviations",
                "x-documentation",
                "x-idempotent",
                "x-pagination",
                "x-permissions",
                "x-resource",
                // Written when several operations are folded into one.
                "x-variant",
                "x-waiter",
            ],
            Kind::Root => &["x-documentation"],
            Kind::One(Reusable::Schema) => &[
                "x-alias",
                "x-any",
                "x-enum-varnames",
                OPEN,
                "x-secret",
                TIME,
            ],
            // Their keys are names of properties, responses or headers.
            Kind::Many(_) | Kind::Content | Kind::Paths => return,
            _ => &[],
        };
        for (key, value) in value.as_object().into_iter().flatten() {
            if !key.starts_with("x-") {
                continue;
            }
            let here = pointer::join(at, key);
            if !known.contains(&key.as_str()) {
                let known = if known.is_empty() {
                    "none".to_owned()
                } else {
                    known.join(", ")
                };
                report.diagnostic(
                    &here,
                    format!("no extension is called {key:?} here"),
                    format!("those that stand here are: {known}"),
                );
            } else if let Err(wanted) = well_formed(key, value) {
                report.diagnostic(
                    &here,
                    format!("{key} has another form than it is read in"),
                    wanted,
                );
            }
        }
    });
}

fn well_formed(key: &str, value: &Value) -> Result<(), &'static str> {
    let texts = |value: &Value| {
        value
            .as_array()
            .is_some_and(|values| values.iter().all(Value::is_string))
    };
    let entries = |keys: [&str; 2]| {
        value.as_array().is_some_and(|entries| {
            !entries.is_empty()
                && entries.iter().all(|entry| {
                    entry
                        .as_object()
                        .is_some_and(|entry| entry.len() == keys.len())
                        && keys.iter().all(|key| entry[*key].is_string())
                })
        })
    };
    let (good, wanted) = match key {
        "x-documentation" => (
            entries(["source", "page"]),
            "write a list of {source, page}",
        ),
        "x-doc-deviations" => (
            entries(["fact", "reason"]),
            "write a list of {fact, reason}",
        ),
        "x-alias" => (
            texts(value) && value.as_array().is_some_and(|names| !names.is_empty()),
            "write a list of the other names under which the service sends the property",
        ),
        "x-any" => (
            value.as_str().is_some_and(|why| !why.trim().is_empty()),
            "write in words why any value may stand there",
        ),
        "x-destroys" => (
            value.as_str().is_some_and(|lost| !lost.trim().is_empty()),
            "write what is lost, as a noun phrase: the backup and its files",
        ),
        "x-pagination" => (
            value.as_object().is_some_and(|paging| {
                let style = paging.get("style").and_then(Value::as_str);
                let keys: &[&str] = match style {
                    Some("whole") => &["style", "items"],
                    Some("index" | "page_number" | "cur_page") => {
                        &["style", "items", "position", "limit"]
                    }
                    _ => return false,
                };
                keys.iter().all(|key| paging.contains_key(*key))
                    && paging.iter().all(|(key, value)| match key.as_str() {
                        "default" => style != Some("whole") && value.is_u64(),
                        key => value.is_string() && (key == "total" || keys.contains(&key)),
                    })
            }),
            "write {style: index | page_number | cur_page, position: parameter, limit: parameter, items: field, \
             total: field, default: number} (total if there is one, default if it is known how large a page is without \
             limit), or {style: whole, items: field}",
        ),
        TIME => (
            value
                .as_str()
                .is_some_and(|form| form.parse::<TimeForm>().is_ok()),
            "write one of rfc3339, offset, utc, local, date, milliseconds, seconds",
        ),
        OPEN => (
            value.is_array(),
            "write a list of the values that are known",
        ),
        "x-idempotent" => (value.is_boolean(), "write true or false, or leave it out"),
        "x-permissions" => (
            value.as_array().is_some_and(|actions| {
                let unlike = |at: usize| !actions.iter().take(at).any(|one| *one == actions[at]);
                actions
                    .iter()
                    .all(|one| one.as_str().is_some_and(is_action))
                    && (0..actions.len()).all(unlike)
            }),
            "write a list of the actions, each once: [rds:instance:list]; or [] where none is needed",
        ),
        "x-resource" => (
            value
                .as_str()
                .is_some_and(|text| super::resources::read(text).is_some()),
            "write NAME#WORD, with a name in kebab-case and list, show, create, update, delete or action: \
             backup#create",
        ),
        "x-secret" => (
            value == true || value == "link",
            "write true for a password or a key, link for a presigned link, or leave it out",
        ),
        "x-waiter" => (
            value.as_object().is_some_and(|waiter| waiter.len() == 3)
                && Waiter::read(value).is_ok()
                && value["done"]
                    .as_array()
                    .is_some_and(|done| !done.is_empty())
                && texts(&value["done"])
                && texts(&value["failed"]),
            "write {field: path, done: [value, …], failed: [value, …]}; a path is status, list[].status or \
             records[backup_id].status",
        ),
        _ => (true, ""),
    };
    if good { Ok(()) } else { Err(wanted) }
}

/// Whether a text is an action of IAM: `service:resource:verb`.
fn is_action(text: &str) -> bool {
    let parts: Vec<&str> = text.split(':').collect();
    let plain = |part: &&str| {
        !part.is_empty()
            && part
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "-_".contains(c))
    };
    parts.len() == 3 && parts.iter().all(plain)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{OPERATION, catches, diagnostics, good};
    use super::*;
    use serde_json::json;

    #[test]
    fn a_schema_says_in_words_why_it_allows_anything() {
        let size = "/components/schemas/Thing/properties/size";
        for value in [json!(true), json!(" ")] {
            catches(&RULE, &format!("{size}/x-any"), |d| {
                d.pointer_mut(size).unwrap()["x-any"] = value;
            });
        }
    }

    #[test]
    fn values_are_a_list() {
        let at = "/components/schemas/Status/x-extensible-enum";
        catches(&RULE, at, |d| *d.pointer_mut(at).unwrap() = json!("ON"));
    }

    #[test]
    fn a_property_says_which_other_names_it_has() {
        let size = "/components/schemas/Thing/properties/size";
        for value in [json!("Size"), json!([]), json!([7])] {
            catches(&RULE, &format!("{size}/x-alias"), |d| {
                d.pointer_mut(size).unwrap()["x-alias"] = value;
            });
        }
    }

    #[test]
    fn the_pages_of_a_service_and_the_rights_of_an_operation_have_one_form() {
        catches(&RULE, "/x-documentation", |d| {
            d["x-documentation"] = json!([{ "page": "Actions" }]);
        });
        for actions in [json!([]), json!(["thing:one:list", "other-thing:two:get"])] {
            let mut document = good();
            document["x-documentation"] = json!([{ "source": "otc", "page": "Actions" }]);
            document.pointer_mut(OPERATION).unwrap()["x-permissions"] = actions;
            assert_eq!(diagnostics(&RULE, document), [] as [String; 0]);
        }
    }

    #[test]
    fn extensions_are_known_and_well_formed() {
        for (key, value) in [
            ("x-idempotant", json!(true)),
            ("x-idempotent", json!("yes")),
            (
                "x-waiter",
                json!({ "field": "status", "done": [], "failed": [] }),
            ),
            (
                "x-waiter",
                json!({ "feild": "status", "done": ["ON"], "failed": [] }),
            ),
            (
                "x-waiter",
                json!({ "field": "list[id.status", "done": ["ON"], "failed": [] }),
            ),
            (
                "x-documentation",
                json!([{ "source": "otc", "pages": "x" }]),
            ),
            ("x-doc-deviations", json!([])),
            ("x-destroys", json!(true)),
            ("x-permissions", json!("thing:one:list")),
            ("x-permissions", json!(["thing:list"])),
            ("x-permissions", json!(["thing:one:*"])),
            ("x-permissions", json!(["thing:one:list", "thing:one:list"])),
            ("x-resource", json!("thing")),
            ("x-resource", json!("thing#make")),
            ("x-resource", json!("Thing#list")),
            ("x-resource", json!(["thing#create"])),
            ("x-pagination", json!({ "style": "index", "items": "list" })),
            (
                "x-pagination",
                json!({ "style": "whole", "items": "list", "limit": "limit" }),
            ),
            ("x-secret", json!(true)),
        ] {
            catches(&RULE, &format!("{OPERATION}/{key}"), |d| {
                d.pointer_mut(OPERATION).unwrap()[key] = value;
            });
        }
    }
}
