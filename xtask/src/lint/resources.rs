//! Resources: what `x-resource` says of an operation is what the operation is like.

use std::collections::BTreeMap;

use otcdb_openapi::written::{Operation, is_success, json_content, operations};
use otcdb_openapi::{Bundle, pointer};

use super::{Report, Rule};

pub(super) const RULE: Rule = Rule {
    name: "resource",
    why: "an operation that is said to do something else than it does, or to another thing, is simulated and tested as \
          what it is not",
    check,
};

const WORDS: [&str; 6] = ["list", "show", "create", "update", "delete", "action"];

/// The name and the word of `name#word`.
pub(super) fn read(text: &str) -> Option<(&str, &str)> {
    let (name, word) = text.split_once('#')?;
    let is_part = |part: &str| {
        part.starts_with(|first: char| first.is_ascii_lowercase())
            && part
                .chars()
                .all(|one| one.is_ascii_lowercase() || one.is_ascii_digit())
    };
    (name.split('-').all(is_part) && WORDS.contains(&word)).then_some((name, word))
}

fn check(bundle: &Bundle, report: &mut Report<'_>) {
    // Whether anything shows the resource, and where it is first named.
    let mut shown: BTreeMap<&str, (bool, String)> = BTreeMap::new();
    for operation in operations(&bundle.document) {
        let Some((name, word)) = operation.value["x-resource"].as_str().and_then(read) else {
            continue;
        };
        let at = pointer::join(&operation.pointer(), "x-resource");
        let wrong = contradiction(&operation, word);
        if let Some((message, help)) = wrong {
            report.diagnostic(&at, format!("{} {message}", operation.id()), help);
        }
        let shows = matches!(word, "list" | "show") || (word == "create" && answers(&operation));
        let shows = shows || wrong.is_some();
        let entry = shown.entry(name).or_insert((false, at));
        entry.0 |= shows;
    }
    for (name, (is_shown, at)) in shown {
        if !is_shown {
            report.diagnostic(
                &at,
                format!("no operation lists or shows a {name}"),
                "name the resource that the operation concerns, as the operations that list and show it do",
            );
        }
    }
}

/// What of the operation does not go with the word, and what to do.
fn contradiction(operation: &Operation<'_>, word: &str) -> Option<(&'static str, &'static str)> {
    let pages = operation.value.get("x-pagination").is_some();
    let reads = operation.method == "get";
    match word {
        "list" if !pages => Some((
            "is said to list, and nothing says how its list comes",
            "add x-pagination, or write show",
        )),
        "show" if !answers(operation) => {
            Some(("is said to show, and answers with nothing", "write action"))
        }
        "create" | "update" | "delete" if reads => Some((
            "is a GET, which makes, changes and deletes nothing",
            "write list or show",
        )),
        "delete" if operation.value.get("x-destroys").is_none() => Some((
            "is said to delete, and nothing says what is lost",
            "add x-destroys, or write action",
        )),
        _ => None,
    }
}

/// Whether a success has a body.
fn answers(operation: &Operation<'_>) -> bool {
    operation
        .responses()
        .any(|(status, response)| is_success(status) && json_content(response).is_some())
}

#[cfg(test)]
mod tests {
    use super::super::testing::{OPERATION, catches};
    use super::*;
    use serde_json::json;

    #[test]
    fn a_resource_is_what_the_operation_is_like() {
        let of_post = format!("{OPERATION}/x-resource");
        for word in ["thing#list", "thing#delete", "thing#action"] {
            catches(&RULE, &of_post, |d| {
                d.pointer_mut(OPERATION).unwrap()["x-resource"] = json!(word);
            });
        }
        let of_get = of_post.replace("/post/", "/get/");
        catches(&RULE, &of_get, |d| {
            let path = d.pointer_mut(OPERATION.trim_end_matches("/post")).unwrap();
            path["get"] = path.as_object_mut().unwrap().remove("post").unwrap();
            path["get"]["x-resource"] = json!("thing#update");
        });
        catches(&RULE, &of_post, |d| {
            let operation = d.pointer_mut(OPERATION).unwrap();
            operation["x-resource"] = json!("thing#show");
            let responses = operation["responses"].as_object_mut().unwrap();
            responses.retain(|status, _| !status.starts_with('2'));
        });
    }

    #[test]
    fn a_resource_has_a_name_and_a_word() {
        assert_eq!(read("spare-part#create"), Some(("spare-part", "create")));
        for bad in [
            "",
            "part",
            "part#",
            "#list",
            "part#made",
            "Part#list",
            "a--b#list",
            "a_b#list",
        ] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
