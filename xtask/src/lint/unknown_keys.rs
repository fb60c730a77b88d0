//! Keys that OpenAPI 3.0 does not know.

use serde_json::Value;
use strsim::levenshtein;

use super::{Report, Rule};
use crate::bundle::Bundle;
use crate::grammar::{Kind, Reusable};
use crate::{pointer, walk};

pub(super) const RULE: Rule = Rule {
    name: "unknown-key",
    why: "every tool ignores a misspelt keyword in silence",
    check,
};

/// Keys whose `false` is their default, so that a round trip may drop it.
const FALSE_BY_DEFAULT: [&str; 9] = [
    "allowEmptyValue",
    "allowReserved",
    "deprecated",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "nullable",
    "readOnly",
    "required",
    "uniqueItems",
];

fn check(bundle: &Bundle, report: &mut Report<'_>) {
    let document: openapiv3::OpenAPI = match serde_json::from_value(bundle.document.clone()) {
        Ok(document) => document,
        Err(error) => return locate(bundle, report, &error.to_string()),
    };
    match serde_json::to_value(&document) {
        Ok(known) => compare(&bundle.document, &known, "", report),
        Err(error) => report.fault("", error.to_string(), "report this as a bug of xtask"),
    }
}

/// Reports every key that the round trip lost.
fn compare(written: &Value, known: &Value, at: &str, report: &mut Report<'_>) {
    match (written, known) {
        (Value::Object(written), Value::Object(known)) => {
            for (key, value) in written {
                let here = pointer::join(at, key);
                match known.get(key) {
                    Some(known) => compare(value, known, &here, report),
                    None if is_default(key, value) => {}
                    None => {
                        let help = match nearest(key) {
                            Some(keyword) => {
                                format!("write {keyword:?}, or begin the name with x-")
                            }
                            None => "remove it, or begin the name with x-".to_owned(),
                        };
                        report.fault(
                            &here,
                            format!("OpenAPI 3.0 knows no key {key:?} here"),
                            help,
                        );
                    }
                }
            }
        }
        (Value::Array(written), Value::Array(known)) => {
            for (index, (written, known)) in written.iter().zip(known).enumerate() {
                compare(
                    written,
                    known,
                    &pointer::join(at, &index.to_string()),
                    report,
                );
            }
        }
        _ => {}
    }
}

fn is_default(key: &str, value: &Value) -> bool {
    value == &Value::Bool(false) && FALSE_BY_DEFAULT.contains(&key)
        || key == "security" && value.as_array().is_some_and(Vec::is_empty)
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
        report.fault(
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
    const KEYWORDS: &[&str] = &[
        "additionalProperties",
        "allOf",
        "allowEmptyValue",
        "anyOf",
        "callbacks",
        "components",
        "contact",
        "content",
        "default",
        "deprecated",
        "description",
        "discriminator",
        "encoding",
        "enum",
        "example",
        "examples",
        "exclusiveMaximum",
        "exclusiveMinimum",
        "explode",
        "externalDocs",
        "externalValue",
        "format",
        "headers",
        "in",
        "info",
        "items",
        "license",
        "links",
        "maxItems",
        "maxLength",
        "maxProperties",
        "maximum",
        "minItems",
        "minLength",
        "minimum",
        "multipleOf",
        "name",
        "not",
        "nullable",
        "oneOf",
        "operationId",
        "parameters",
        "pattern",
        "properties",
        "readOnly",
        "requestBody",
        "required",
        "responses",
        "schema",
        "security",
        "servers",
        "style",
        "summary",
        "tags",
        "title",
        "type",
        "uniqueItems",
        "value",
        "variables",
        "writeOnly",
    ];
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
    use super::super::testing::{OPERATION, catches, faults, good};
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
    fn a_parameter_without_a_place_is_located() {
        catches(&RULE, &format!("{OPERATION}/parameters/1"), |d| {
            let parameter = d.pointer_mut(&format!("{OPERATION}/parameters/1")).unwrap();
            parameter.as_object_mut().unwrap().remove("in");
        });
    }

    #[test]
    fn a_document_that_is_nothing_like_openapi_is_one_fault() {
        for document in [serde_json::json!([]), serde_json::json!({"swagger": "2.0"})] {
            assert_eq!(faults(&RULE, document).len(), 1);
        }
        assert!(faults(&RULE, good()).is_empty());
    }
}
