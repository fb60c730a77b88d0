//! Sections: where their operations are written, and what a person calls them.

use heck::ToSnakeCase as _;
use otcdb_openapi::written::operations;
use otcdb_openapi::{Bundle, pointer};

use super::names::text;
use super::{Report, Rule};

pub(super) const DISPLAY_NAMES: Rule = Rule {
    name: "section-name",
    why: "a tag is the name of a folder, and reference pages would show it to people as it is",
    check: display_names,
};

fn display_names(bundle: &Bundle, report: &mut Report<'_>) {
    let tags = bundle.document["tags"].as_array().into_iter().flatten();
    for (index, tag) in tags.enumerate() {
        let shown = text(tag, "x-displayName");
        if shown.is_empty() || shown.contains('_') {
            report.diagnostic(
                &pointer::join("/tags", &index.to_string()),
                "this tag has no name for people",
                "write it under x-displayName, in words with spaces: `Background tasks`",
            );
        }
    }
}

pub(super) const RULE: Rule = Rule {
    name: "section",
    why: "generated code is named after tag and operation, and who looks for its description finds no file of that name",
    check,
};

fn check(bundle: &Bundle, report: &mut Report<'_>) {
    for operation in operations(&bundle.document) {
        let written = bundle.origin(&operation.pointer()).file;
        let tag = operation.value["tags"][0].as_str().unwrap_or_default();
        // What has no tag or no id is another rule's, and what stands in the root has no file of its own.
        if written.ends_with("openapi.yaml") || tag.is_empty() || operation.id().is_empty() {
            continue;
        }
        let expected = format!(
            "{}/{tag}/{}.yaml",
            bundle.service,
            operation.id().to_snake_case()
        );
        if written != expected {
            report.diagnostic(
                &operation.pointer(),
                "the file is not named after the section and the operation",
                format!("move it to openapi/{expected}, or write the tag that is its folder"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::catches;
    use super::*;
    use serde_json::json;

    #[test]
    fn a_tag_has_a_name_for_people() {
        for name in [json!(""), json!("thing_management"), json!(null)] {
            catches(&DISPLAY_NAMES, "/tags/0", |d| {
                d["tags"][0]["x-displayName"] = name;
            });
        }
    }
}
