//! Parameters, and their values as text.

use serde_json::Value;

use crate::example::Example;
use crate::schema::Schema;

/// Where a parameter stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "whatever reads descriptions has to do something about each"
)]
pub enum Place {
    /// In the path.
    Path,
    /// In the query.
    Query,
    /// Among the headers.
    Header,
}

impl Place {
    /// As a document writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Query => "query",
            Self::Header => "header",
        }
    }
}

/// A parameter of an operation.
#[derive(Debug)]
#[non_exhaustive]
pub struct Parameter {
    /// The name as the service has it.
    pub name: String,
    /// The name in kebab-case.
    pub kebab: String,
    /// Where it stands.
    pub place: Place,
    /// Whether it has to be given.
    pub required: bool,
    /// What it means.
    pub description: String,
    /// What its value has to be.
    pub schema: Schema,
    /// Whether each element of a list is a parameter of its own; else they are joined by commas.
    pub explode: bool,
    /// Documented values.
    pub examples: Vec<Example>,
}

impl Parameter {
    /// Whether the value is a list.
    pub fn is_list(&self) -> bool {
        self.schema.kind() == Some("array")
    }

    /// The text as the value that the parameter wants; of a list, one element.
    ///
    /// # Errors
    ///
    /// What is wrong with it, and what is allowed.
    pub fn parse(&self, text: &str) -> Result<Value, String> {
        if self.is_list() {
            let value = typed(text, self.schema.element_kind());
            let validation_error = self.schema.element_validation_error(&value);
            return refuse_unless(validation_error, value, None);
        }
        let value = typed(text, self.schema.kind());
        let validation_error = self.schema.validation_error(&value);
        refuse_unless(validation_error, value, self.schema.allowed())
    }

    /// The elements of a list, or the only value.
    ///
    /// # Errors
    ///
    /// What is wrong with them.
    pub fn parse_all(&self, texts: &[&str]) -> Result<Option<Value>, String> {
        if !self.is_list() {
            return texts.first().map(|text| self.parse(text)).transpose();
        }
        if texts.is_empty() {
            return Ok(None);
        }
        let elements = texts.iter().flat_map(|text| match self.explode {
            true => vec![*text],
            false => text.split(',').collect(),
        });
        let kind = self.schema.element_kind();
        let value = Value::Array(elements.map(|text| typed(text, kind)).collect());
        refuse_unless(self.schema.validation_error(&value), value, None).map(Some)
    }
}

fn refuse_unless(
    validation_error: Option<String>,
    value: Value,
    allowed: Option<String>,
) -> Result<Value, String> {
    match (validation_error, allowed) {
        (None, _) => Ok(value),
        (Some(why), None) => Err(why),
        (Some(why), Some(allowed)) => Err(format!("{why}; write {allowed}")),
    }
}

/// The text as the type that the schema wants, or as text, which the schema then refuses.
fn typed(text: &str, kind: Option<&str>) -> Value {
    let parsed = match kind {
        Some("integer") => text.parse::<i64>().ok().map(Value::from),
        Some("number") => text.parse::<f64>().ok().map(Value::from),
        Some("boolean") => text.parse::<bool>().ok().map(Value::from),
        _ => None,
    };
    parsed.unwrap_or_else(|| Value::from(text))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn parameter(schema: Value, explode: bool) -> Parameter {
        Parameter {
            name: "x".to_owned(),
            kebab: "x".to_owned(),
            place: Place::Query,
            required: false,
            description: String::new(),
            schema: Schema::of(schema, json!({})),
            explode,
            examples: Vec::new(),
        }
    }

    #[test]
    fn a_time_in_another_form_is_refused_with_one_in_its_form() {
        let begin = parameter(
            json!({ "type": "string", "pattern": r"^\d{13}$", "x-time": "milliseconds" }),
            false,
        );
        assert!(begin.parse("1533423274000").is_ok());
        let refused = begin.parse("yesterday").unwrap_err();
        assert!(
            refused.ends_with("; write milliseconds since 1970, such as 1533423274000"),
            "{refused}"
        );
    }

    #[test]
    fn a_text_becomes_the_wanted_type_or_is_refused_with_what_is_allowed() {
        let limit = parameter(
            json!({ "type": "integer", "minimum": 1, "maximum": 9 }),
            true,
        );
        assert_eq!(limit.parse("7"), Ok(json!(7)));
        for bad in ["0", "10", "7.5", "seven", ""] {
            let error = limit.parse(bad).unwrap_err();
            assert!(
                error.ends_with("write a whole number from 1 to 9"),
                "{error}"
            );
        }
        let flag = parameter(json!({ "type": "boolean" }), true);
        assert_eq!(flag.parse("true"), Ok(json!(true)));
        assert!(flag.parse("yes").unwrap_err().contains("true or false"));
        let text = parameter(json!({ "type": "string" }), true);
        assert_eq!(text.parse("7"), Ok(json!("7")));
    }

    #[test]
    fn a_list_is_checked_element_by_element_and_as_a_whole() {
        let schema = json!({ "type": "array", "maxItems": 2, "items": { "type": "integer" } });
        let list = parameter(schema.clone(), true);
        assert_eq!(list.parse_all(&["1", "2"]), Ok(Some(json!([1, 2]))));
        assert_eq!(list.parse_all(&[]), Ok(None));
        assert!(list.parse_all(&["1", "2", "3"]).is_err());
        assert!(list.parse("x").is_err() && list.parse("3").is_ok());
        let joined = parameter(schema, false);
        assert_eq!(joined.parse_all(&["1,2"]), Ok(Some(json!([1, 2]))));
    }
}
