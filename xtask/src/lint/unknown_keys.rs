//! Keys that OpenAPI 3.0 does not know.

use otcdb_openapi::grammar::{Kind, Reusable};
use otcdb_openapi::{Bundle, pointer, walk};
use serde_json::Value;
use strsim::levenshtein;

use super::round_trip::{KEYWORDS, Lost, lost};
use super::{Report, Rule, no_value};

pub(super) const RULE: Rule = Rule {
    name: "unknown-key",
    why: "every tool ignores a misspelt keyword in silence",
    check,
};

fn check(bundle: &Bundle, report: &mut Report<'_>) {
    match lost(&bundle.document) {
        Ok(lost) => {
            // The rule `no-value` reports what is null or empty.
            for key in lost
                .iter()
                .filter(|key| !key.is_null() && !key.is_empty_keyword())
            {
                report.diagnostic(
                    &key.at,
                    format!("OpenAPI 3.0 knows no key {:?} here", key.name),
                    instead(key),
                );
            }
        }
        // A key without a value is most likely why, and the rule `no-value` reports it.
        Err(_) if !no_value::nulls(&bundle.document).is_empty() => {}
        Err(error) => locate(bundle, report, &error),
    }
}

fn instead(key: &Lost<'_>) -> String {
    let name = key.name;
    if key.at == pointer::join("/paths", name) {
        return format!("a path begins with /: write {:?}", format!("/{name}"));
    }
    match nearest(name) {
        Some(keyword) => format!("write {keyword:?}, or begin the name with x-"),
        None => "remove it, or begin the name with x-".to_owned(),
    }
}

/// The document as a whole was refused: finds the smallest parts that are refused by themselves.
fn locate(bundle: &Bundle, report: &mut Report<'_>, whole: &str) {
    let mut refused: Vec<(String, String)> = Vec::new();
    walk::walk(&bundle.document, &mut |kind, at, value| {
        if let Some(error) = refusal(kind, value) {
            refused.retain(|(outer, _)| !at.starts_with(&format!("{outer}/")));
            refused.push((at.to_owned(), error));
        }
    });
    if refused.is_empty() {
        refused.push((String::new(), whole.to_owned()));
    }
    for (at, error) in refused {
        report.diagnostic(
            &at,
            format!("this is not valid OpenAPI 3.0: {error}"),
            "compare with the OpenAPI 3.0.3 specification of this object",
        );
    }
}

fn refusal(kind: Kind, value: &Value) -> Option<String> {
    use openapiv3::{
        Example, Header, MediaType, Operation, Parameter, ReferenceOr, RequestBody, Response,
        Schema, SecurityScheme,
    };
    fn parse<T: serde::de::DeserializeOwned>(value: &Value) -> Option<String> {
        T::deserialize(value).err().map(|error| error.to_string())
    }
    match kind {
        Kind::Operation => parse::<Operation>(value),
        Kind::MediaType => parse::<MediaType>(value),
        Kind::One(Reusable::Schema) if value.is_boolean() => None,
        Kind::One(Reusable::Schema) => parse::<ReferenceOr<Schema>>(value),
        Kind::One(Reusable::Parameter) => parse::<ReferenceOr<Parameter>>(value),
        Kind::One(Reusable::Response) => parse::<ReferenceOr<Response>>(value),
        Kind::One(Reusable::RequestBody) => parse::<ReferenceOr<RequestBody>>(value),
        Kind::One(Reusable::Header) => parse::<ReferenceOr<Header>>(value),
        Kind::One(Reusable::Example) => parse::<ReferenceOr<Example>>(value),
        Kind::One(Reusable::SecurityScheme) => parse::<ReferenceOr<SecurityScheme>>(value),
        _ => None,
    }
}

/// The keyword that a misspelling most likely stands for.
fn nearest(key: &str) -> Option<&'static str> {
    let key = key.to_lowercase();
    KEYWORDS
        .iter()
        .map(|&keyword| (levenshtein(&key, &keyword.to_lowercase()), keyword))
        .filter(|(distance, keyword)| *distance <= keyword.len() / 3)
        .min()
        .map(|(_, keyword)| keyword)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{OPERATION, catches, diagnostics, good};
    use super::*;

    #[test]
    fn a_misspelt_keyword_is_found_and_the_right_one_named() {
        catches(&RULE, "/components/schemas/Thing/propertys", |d| {
            d["components"]["schemas"]["Thing"]["propertys"] = serde_json::json!({});
        });
        assert_eq!(nearest("propertys"), Some("properties"));
        assert_eq!(nearest("operationID"), Some("operationId"));
        assert_eq!(nearest("zzz"), None);
    }

    #[test]
    fn a_path_begins_with_a_slash() {
        let mut document = good();
        let mut item = document["paths"]["/v1/{id}/things"].take();
        item["post"]["summary"] = serde_json::json!("");
        document["paths"] = serde_json::json!({ "v1/{id}/things": item });
        let bundle = Bundle::of("test", document);
        let diagnostics = super::super::lint(&bundle).unwrap_err().0;
        let rules: Vec<_> = diagnostics
            .iter()
            .map(|diagnostic| diagnostic.rule)
            .collect();
        assert_eq!(rules, [RULE.name], "what is inside is not judged");
        let diagnostic = &diagnostics[0];
        assert_eq!(diagnostic.pointer, "/paths/v1~1{id}~1things");
        assert_eq!(
            diagnostic.help,
            "a path begins with /: write \"/v1/{id}/things\""
        );
    }

    #[test]
    fn a_parameter_without_a_place_is_located() {
        catches(&RULE, &format!("{OPERATION}/parameters/1"), |d| {
            let parameter = d.pointer_mut(&format!("{OPERATION}/parameters/1")).unwrap();
            parameter.as_object_mut().unwrap().remove("in");
        });
    }

    #[test]
    fn a_document_that_is_nothing_like_openapi_is_one_fault() {
        for document in [serde_json::json!([]), serde_json::json!({"swagger": "2.0"})] {
            assert_eq!(diagnostics(&RULE, document).len(), 1);
        }
        assert!(diagnostics(&RULE, good()).is_empty());
    }
}
