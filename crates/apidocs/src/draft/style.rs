//! YAML in the style of the description: short lists in one line, long text folded.

use otcdb_openapi::yaml;
use serde_json::Value;

/// Where lines end.
const WIDTH: usize = 120;

/// Writes a document.
pub fn document(value: &Value) -> String {
    let mut out = String::new();
    block(value, 0, &mut out);
    out
}

/// Writes a mapping as it stands `depth` levels below the top.
pub fn at_depth(value: &Value, depth: usize) -> String {
    let mut out = String::new();
    block(value, depth * 2, &mut out);
    out
}

fn block(value: &Value, indent: usize, out: &mut String) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                out.push_str(&" ".repeat(indent));
                entry(key, value, indent, out);
            }
        }
        Value::Array(items) => {
            for item in items {
                out.push_str(&" ".repeat(indent));
                out.push_str("- ");
                match item {
                    Value::Object(map) if !map.is_empty() => {
                        for (index, (key, value)) in map.iter().enumerate() {
                            if index > 0 {
                                out.push_str(&" ".repeat(indent + 2));
                            }
                            entry(key, value, indent + 2, out);
                        }
                    }
                    Value::Array(inner) if !inner.is_empty() => match flow(item, indent + 2) {
                        Some(line) => {
                            out.push_str(&line);
                            out.push('\n');
                        }
                        None => {
                            out.push('\n');
                            block(item, indent + 2, out);
                        }
                    },
                    scalar_value => {
                        out.push_str(&scalar(scalar_value));
                        out.push('\n');
                    }
                }
            }
        }
        other => {
            out.push_str(&scalar(other));
            out.push('\n');
        }
    }
}

fn entry(key: &str, value: &Value, indent: usize, out: &mut String) {
    let key = scalar(&Value::from(key));
    out.push_str(&key);
    out.push(':');
    match value {
        Value::Object(map) if !map.is_empty() => {
            out.push('\n');
            block(value, indent + 2, out);
        }
        Value::Array(items) if !items.is_empty() => match flow(value, indent + key.len() + 2) {
            Some(line) => {
                out.push(' ');
                out.push_str(&line);
                out.push('\n');
            }
            None => {
                out.push('\n');
                block(value, indent + 2, out);
            }
        },
        // Backslashes are themselves between single quotes.
        Value::String(text) if key == "pattern" && !text.contains(['\'', '\n']) => {
            out.push_str(&format!(" '{text}'\n"));
        }
        Value::String(text) if folds(text, indent + key.len() + 2) => {
            out.push_str(" >-\n");
            fold(text, indent + 2, out);
        }
        other => {
            out.push(' ');
            out.push_str(&scalar(other));
            out.push('\n');
        }
    }
}

/// A list of scalars in one line, where it fits.
fn flow(value: &Value, column: usize) -> Option<String> {
    let items = value.as_array()?;
    let texts: Option<Vec<String>> = items
        .iter()
        .map(|item| match item {
            Value::Object(_) | Value::Array(_) => None,
            Value::String(text) => {
                let plain = scalar(item);
                // What a flow takes for its own is quoted.
                match plain == *text && text.contains([',', '[', ']', '{', '}']) {
                    true => Some(Value::from(text.as_str()).to_string()),
                    false => Some(plain),
                }
            }
            other => Some(scalar(other)),
        })
        .collect();
    let line = format!("[{}]", texts?.join(", "));
    (column + line.chars().count() <= WIDTH && !line.contains('\n')).then_some(line)
}

/// Prose of the description; a value of an example keeps its line.
fn folds(text: &str, column: usize) -> bool {
    column + text.chars().count() > WIDTH
        && text.contains(' ')
        && !text.contains('\n')
        && !text.contains("  ")
        && text.trim() == text
        && text
            .split(' ')
            .all(|word| word.chars().count() < WIDTH - 40)
        && text.chars().all(|c| !c.is_control())
}

fn fold(text: &str, indent: usize, out: &mut String) {
    let mut line = String::new();
    for word in text.split(' ') {
        let length = line.chars().count();
        if length > 0 && indent + length + 1 + word.chars().count() > WIDTH {
            out.push_str(&format!("{}{line}\n", " ".repeat(indent)));
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    out.push_str(&format!("{}{line}\n", " ".repeat(indent)));
}

/// One value in one line.
fn scalar(value: &Value) -> String {
    match value {
        Value::Object(_) => "{}".to_owned(),
        Value::Array(_) => "[]".to_owned(),
        Value::String(text) => {
            let plain = yaml::emit(value).map(|text| text.trim_end_matches('\n').to_owned());
            match plain {
                // Older parsers read such texts as times and numbers.
                Ok(plain) if plain == *text && is_like_a_number(text) => {
                    Value::from(text.as_str()).to_string()
                }
                Ok(plain) if !plain.contains('\n') && !plain.starts_with(['|', '>']) => plain,
                // JSON is YAML.
                _ => Value::from(text.as_str()).to_string(),
            }
        }
        other => other.to_string(),
    }
}

/// Whether a text begins as a number or a time does, and has nothing else in it.
fn is_like_a_number(text: &str) -> bool {
    let begins = text.starts_with(|c: char| c.is_ascii_digit());
    begins
        && text.contains([':', ',', '.', '_', ' ', '+'])
        && text
            .chars()
            .all(|c| c.is_ascii_digit() || ":,.-+_TZ ".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_written_is_read_as_the_same() {
        let value = json!({
            "description": format!("TODO: what it does … {}", "word ".repeat(40).trim()),
            "list": ["a", "b, c", "on", "5.7", 1, null, "", "x: y", "# no", "[", "{id}"],
            "long": (0..60).map(|n| format!("value-{n}")).collect::<Vec<_>>(),
            "objects": [{ "a": { "b": [] }, "c": {} }, { "$ref": "#/X" }, [[1], [{ "d": 2 }]], "text"],
            "200": { "text": "two\nlines\n", "tab": "a\tb", "spaced": " x  y ", "url": "x".repeat(300),
                     "apart": format!("{}  {}", "a ".repeat(80), "b") },
            "number": 1.5, "time": "2018-08-06T10:41:14+0800", "yes": "yes", "null": "null", "colon:": ":",
        });
        let text = document(&value);
        assert_eq!(yaml::parse(&text).unwrap(), value, "{text}");
        assert!(text.contains("description: >-\n  TODO"), "{text}");
        assert!(
            text.lines().all(|line| line.chars().count() <= WIDTH
                || line.contains("xxx")
                || line.contains("a a")),
            "{text}"
        );
    }
}
