//! Regular expressions of strings.

use otcdb_openapi::{Bundle, pointer};

use super::schemas::each_schema;
use super::{Report, Rule};

pub(super) const RULE: Rule = Rule {
    name: "pattern",
    why: "a pattern that is no regular expression of ECMAScript stops every tool that compiles it",
    check,
};

fn check(bundle: &Bundle, report: &mut Report<'_>) {
    each_schema(bundle, &mut |at, schema| {
        let Some(pattern) = schema["pattern"].as_str() else {
            return;
        };
        if let Err(error) = regress::Regex::new(pattern) {
            report.diagnostic(
                &pointer::join(at, "pattern"),
                format!("{pattern:?} is no regular expression: {error}"),
                "write it in ECMAScript's syntax, as OpenAPI asks, in single quotes, so that YAML keeps each \\",
            );
        }
    });
}

#[cfg(test)]
mod tests {
    use super::super::testing::{catches, diagnostics, good};
    use super::*;
    use serde_json::json;

    const CODE: &str = "/components/schemas/ErrorResponse/properties/error_code";

    #[test]
    fn a_pattern_compiles() {
        for pattern in ["([", "a{2,1}", "(?i)a", "*"] {
            catches(&RULE, &format!("{CODE}/pattern"), |d| {
                d.pointer_mut(CODE).unwrap()["pattern"] = json!(pattern);
            });
        }
    }

    #[test]
    fn what_ecmascript_knows_is_fine() {
        for pattern in [r"^(?!x)[A-Z]{3}\.\d{4}$", r"^[\u4e00-\u9fa5\w]+$"] {
            let mut document = good();
            document.pointer_mut(CODE).unwrap()["pattern"] = json!(pattern);
            assert_eq!(diagnostics(&RULE, document), [] as [String; 0]);
        }
    }
}
