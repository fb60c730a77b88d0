//! Where operations are written.

use heck::ToSnakeCase as _;
use otcdb_openapi::Bundle;
use otcdb_openapi::written::operations;

use super::{Report, Rule};

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
            report.fault(
                &operation.pointer(),
                "the file is not named after the section and the operation",
                format!("move it to openapi/{expected}, or write the tag that is its folder"),
            );
        }
    }
}
