//! Keys that OpenAPI 3.0 does not know.

use serde::Deserialize as _;
use serde_json::Value;
use strsim::levenshtein;

use super::{Report, Rule, no_value};
use crate::bundle::Bundle;
use crate::grammar::{Kind, Reusable};
use crate::{pointer, walk};

pub(super) const RULE: Rule = Rule {
    name: "unknown-key",
    why: "every tool ignores a misspelt keyword in silence",
    check,
};

/// Keywords of OpenAPI 3.0, as suggestions for misspelt ones.
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

/// A key that the round trip through OpenAPI 3.0 lost.
pub(super) struct Lost<'a> {
    /// Pointer to its value.
    pub(super) at: String,
    pub(super) name: &'a str,
    value: &'a Value,
}

impl Lost<'_> {
    /// Whether OpenAPI has this key, and it was dropped because there is nothing in it.
    pub(super) fn is_empty_keyword(&self) -> bool {
        let empty = match self.value {
            Value::Array(items) => items.is_empty(),
            Value::Object(map) => map.is_empty(),
            _ => false,
        };
        empty && KEYWORDS.contains(&self.name)
    }
}

fn check(bundle: &Bundle, report: &mut Report<'_>) {
    match lost(&bundle.document) {
        Ok(lost) => {
            // The rule `no-value` reports what is null or empty.
            for key in lost
                .iter()
                .filter(|key| !key.value.is_null() && !key.is_empty_keyword())
            {
                report.fault(
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

/// The keys that are lost when the document is read as OpenAPI 3.0 and written again.
///
/// # Errors
/// Why it cannot be read as that.
pub(super) fn lost(document: &Value) -> Result<Vec<Lost<'_>>, String> {
    let known = openapiv3::OpenAPI::deserialize(document)
        .and_then(serde_json::to_value)
        .map_err(|error| error.to_string())?;
    let mut lost = Vec::new();
    compare(document, &known, "", &mut lost);
    Ok(lost)
}

fn compare<'a>(written: &'a Value, known: &Value, at: &str, lost: &mut Vec<Lost<'a>>) {
    match (written, known) {
        (Value::Object(written), Value::Object(known)) => {
            for (name, value) in written {
                let at = pointer::join(at, name);
                match known.get(name) {
                    Some(known) => compare(value, known, &at, lost),
                    None if is_default(name, value) => {}
                    None => lost.push(Lost { at, name, value }),
                }
            }
        }
        (Value::Array(written), Value::Array(known)) => {
            for (index, (written, known)) in written.iter().zip(known).enumerate() {
                compare(written, known, &pointer::join(at, &index.to_string()), lost);
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
    fn a_path_begins_with_a_slash() {
        let mut document = good();
        let mut item = document["paths"]["/v1/{id}/things"].take();
        item["post"]["summary"] = serde_json::json!("");
        document["paths"] = serde_json::json!({ "v1/{id}/things": item });
        let bundle = Bundle::of(document);
        let faults = super::super::lint(&bundle).unwrap_err().0;
        let rules: Vec<_> = faults.iter().map(|fault| fault.rule).collect();
        assert_eq!(rules, [RULE.name], "what is inside is not judged");
        let fault = &faults[0];
        assert_eq!(fault.pointer, "/paths/v1~1{id}~1things");
        assert_eq!(
            fault.help,
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
            assert_eq!(faults(&RULE, document).len(), 1);
        }
        assert!(faults(&RULE, good()).is_empty());
    }
}
