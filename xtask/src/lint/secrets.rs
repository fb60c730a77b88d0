//! Secrets, which every language has to know as such.

use otcdb_openapi::{Bundle, pointer};

use super::schemas::each_schema;
use super::{Report, Rule};

pub(super) const RULE: Rule = Rule {
    name: "secret",
    why: "the clients hide what is marked x-secret, those of other generators what has the format password; a program \
          prints what it takes for any text",
    check,
};

fn check(bundle: &Bundle, report: &mut Report<'_>) {
    each_schema(bundle, &mut |at, schema| {
        if schema["type"] != "string" {
            return;
        }
        let is_password = schema["format"] == "password";
        let is_marked = schema.get("x-secret").is_some();
        if is_marked && !is_password {
            let message = "generators of other languages do not see that this is a secret";
            report.diagnostic(at, message, "write `format: password` beside x-secret");
        } else if is_password && !is_marked {
            report.diagnostic(
                &pointer::join(at, "format"),
                "the clients do not see that this is a secret",
                "write `x-secret: true` beside it, or `x-secret: link` for a presigned link",
            );
        }
        let name = at.rsplit("/properties/").next().unwrap_or_default();
        if schema["x-secret"] == true && name.contains("link") {
            report.diagnostic(
                &pointer::join(at, "x-secret"),
                "programs do not see that this is a presigned link, which they may download from",
                "write `x-secret: link`",
            );
        }
    });
}

#[cfg(test)]
mod tests {
    use super::super::testing::{catches, diagnostics, good};
    use super::*;
    use serde_json::{Value, json};

    const CODE: &str = "/components/schemas/ErrorResponse/properties/error_code";

    fn with(document: &mut Value, members: Value) {
        let schema = document.pointer_mut(CODE).unwrap().as_object_mut().unwrap();
        schema.extend(members.as_object().unwrap().clone());
    }

    #[test]
    fn a_secret_is_said_in_both_ways() {
        catches(&RULE, CODE, |d| with(d, json!({ "x-secret": "link" })));
        catches(&RULE, &format!("{CODE}/format"), |d| {
            with(d, json!({ "format": "password" }))
        });
        let mut link = good();
        let properties = link.pointer_mut("/components/schemas/ErrorResponse/properties");
        let secret = json!({ "type": "string", "format": "password", "x-secret": true, "description": "A link." });
        properties.unwrap()["file_link"] = secret;
        assert_eq!(diagnostics(&RULE, link).len(), 1);
        let mut document = good();
        with(
            &mut document,
            json!({ "format": "password", "x-secret": true }),
        );
        assert_eq!(diagnostics(&RULE, document), [] as [String; 0]);
    }
}
