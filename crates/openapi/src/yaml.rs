//! YAML in and out, as [`serde_json::Value`] in the order of the text.

use serde_json::Value;
use serde_saphyr::{Budget, options};

/// Why a text is not YAML.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct YamlError {
    message: String,
}

/// Reads one YAML document. Duplicate keys are an error.
pub fn parse(text: &str) -> Result<Value, YamlError> {
    // A node takes a byte at least: no text is too long, while aliases that repeat each other still end.
    let mut budget = Budget::default();
    budget.max_events = budget.max_events.max(text.len().saturating_mul(2));
    budget.max_nodes = budget.max_nodes.max(text.len());
    budget.max_total_scalar_bytes = budget.max_total_scalar_bytes.max(text.len());
    let options = options! { budget: Some(budget) };
    serde_saphyr::from_str_with_options(text, options).map_err(|error| {
        // In one line, like every other diagnostic: it says the line and the column itself.
        let message = error.without_snippet().to_string();
        // Behind the semicolon it names functions of the parser, which are no help to who wrote the file.
        let message = match message.split_once("; use from_str_multiple") {
            Some((what, rest)) => {
                let place = rest.find(" at line").and_then(|at| rest.get(at..));
                format!("{what}{}", place.unwrap_or_default())
            }
            None => message,
        };
        YamlError { message }
    })
}

/// Writes a YAML document that YAML 1.1 and 1.2 parsers read alike.
pub fn emit(value: &Value) -> Result<String, YamlError> {
    serde_saphyr::to_string(value).map_err(|error| YamlError {
        message: error.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn strings_that_look_like_other_types_stay_strings() {
        let value = json!({
            "on": ["2021-04-16", "12:30:45", "No", "null", "~", "1e3", "0x1f", "010", "a # b", ""],
            "200": { "size": 20_481.835_938, "count": 0, "none": null, "long": "x ".repeat(200) },
        });
        let text = emit(&value).unwrap();
        assert_eq!(parse(&text).unwrap(), value);
        assert!(text.contains("\"on\":"), "YAML 1.1 reads a bare on as true");
    }

    #[test]
    fn a_duplicate_key_is_refused_with_its_line() {
        let error = parse("a: 1\nb: 2\na: 3\n").unwrap_err().to_string();
        assert!(
            error.contains('3') && error.contains("duplicate"),
            "{error}"
        );
    }
}
