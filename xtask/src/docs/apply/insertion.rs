//! Something new in a YAML document: in its value, and in its text, of which every other byte stays.

use anyhow::{Context as _, Result, bail, ensure};
use otcdb_apidocs::draft::document;
use otcdb_openapi::yaml;
use serde_json::{Map, Value, json};

use crate::docs::layout::{Node, Shape, read};

/// What is new at a place.
#[derive(Clone, Debug)]
pub(super) enum Insertion {
    /// A member of a mapping.
    Member {
        key: String,
        value: Value,
        /// Keys that it stands behind, the first that is there; behind all others if none is.
        behind: Vec<String>,
    },
    /// The last element of a sequence.
    Element(Value),
}

impl Insertion {
    /// The same with another value.
    pub(super) fn with(&self, other: Value) -> Self {
        match self {
            Self::Member { key, behind, .. } => Self::Member {
                key: key.clone(),
                value: other,
                behind: behind.clone(),
            },
            Self::Element(_) => Self::Element(other),
        }
    }

    /// The key of a member.
    pub(super) fn key(&self) -> Option<&str> {
        match self {
            Self::Member { key, .. } => Some(key),
            Self::Element(_) => None,
        }
    }

    pub(super) fn value(&self) -> &Value {
        match self {
            Self::Member { value, .. } | Self::Element(value) => value,
        }
    }

    /// Inserts at a pointer, what lacks on the way to it included; `None` where something else stands already.
    pub(super) fn insert_value(&self, mut document: Value, pointer: &str) -> Option<Value> {
        let mut at = &mut document;
        for step in steps(pointer) {
            if let Value::Array(items) = at {
                at = items.get_mut(step.parse::<usize>().ok()?)?;
                continue;
            }
            let fresh = Value::Null;
            at = at.as_object_mut()?.entry(step).or_insert(fresh);
            if at.is_null() {
                *at = json!({});
            }
        }
        if at.as_object().is_some_and(Map::is_empty) && matches!(self, Self::Element(_)) {
            *at = json!([]);
        }
        match (self, at) {
            (Self::Member { key, value, .. }, Value::Object(members)) => {
                if members.contains_key(key) {
                    return None;
                }
                members.insert(key.clone(), value.clone());
            }
            (Self::Element(value), Value::Array(items)) => items.push(value.clone()),
            _ => return None,
        }
        Some(document)
    }

    /// Inserts at a pointer into a text.
    ///
    /// # Errors
    /// A text that is no YAML, or whose form at this place is not known here.
    pub(super) fn insert_text(&self, text: &str, pointer: &str) -> Result<String> {
        let before = yaml::parse(text)?;
        let wanted = self
            .insert_value(before, pointer)
            .with_context(|| format!("something else stands at #{pointer}"))?;
        let root = read(text)?;
        let mut node = &root;
        let mut rest = steps(pointer).into_iter().peekable();
        while let Some(step) = rest.peek() {
            let Some(next) = node.at(step) else { break };
            node = next;
            rest.next();
        }
        // What lacks on the way is written around it.
        let missing: Vec<String> = rest.collect();
        let insertion = match missing.split_first() {
            None => self.clone(),
            Some((first, others)) => {
                let innermost = match self {
                    Self::Member { key, value, .. } => json!({ key: value }),
                    Self::Element(value) => json!([value]),
                };
                let wrap = |inner: Value, step: &String| json!({ step: inner });
                Self::Member {
                    key: first.clone(),
                    value: others.iter().rev().fold(innermost, wrap),
                    behind: Vec::new(),
                }
            }
        };
        let (at, new) = insertion.at(text, node, pointer)?;
        let mut out = text.to_owned();
        out.insert_str(at, &new);
        let found = yaml::parse(&out)
            .with_context(|| format!("what is written at #{pointer} would be no YAML"))?;
        ensure!(
            found == wanted,
            "what is written at #{pointer} would be read as something else"
        );
        Ok(out)
    }

    /// The offset to write at, and what.
    fn at(&self, text: &str, node: &Node, pointer: &str) -> Result<(usize, String)> {
        let (entry, sibling) = match (self, &node.shape) {
            (Self::Member { key, value, behind }, Shape::Mapping(members)) => {
                let named = |wanted: &String| members.iter().find(|member| member.key == *wanted);
                let sibling = behind.iter().find_map(named).or(members.last());
                let entry = if node.flow {
                    format!("{}: {value}", scalar(&json!(key)))
                } else {
                    document(&json!({ key: value }))
                };
                (
                    entry,
                    sibling.map(|member| (member.column, member.value.end)),
                )
            }
            (Self::Element(value), Shape::Sequence(elements)) => {
                let entry = match value {
                    Value::Object(_) | Value::Array(_) if node.flow => value.to_string(),
                    _ if node.flow => in_flow(value),
                    _ => document(&json!([value])),
                };
                let last = elements.last();
                (entry, last.map(|element| (element.column, element.end)))
            }
            _ => bail!("#{pointer} has another form than what is to be written there"),
        };
        Ok(match (node.flow, sibling) {
            (true, Some((_, end))) => (end, format!(", {entry}")),
            (true, None) => (node.start + 1, entry),
            (false, Some((column, end))) => below(text, end, column, &entry),
            (false, None) => bail!("nothing stands at #{pointer} yet"),
        })
    }
}

/// The lines of an entry, indented, below the line that something ends on.
fn below(text: &str, end: usize, column: usize, entry: &str) -> (usize, String) {
    let content = text.get(..end).unwrap_or_default().trim_end().len();
    let rest = text.get(content..).unwrap_or_default();
    let (at, newline) = match rest.find('\n') {
        Some(line) => (content + line + 1, ""),
        None => (text.len(), "\n"),
    };
    let margin = " ".repeat(column);
    let lines: String = entry
        .lines()
        .map(|line| match line.is_empty() {
            true => "\n".to_owned(),
            false => format!("{margin}{line}\n"),
        })
        .collect();
    (at, format!("{newline}{lines}"))
}

/// A scalar as an element of a list in one line.
fn in_flow(value: &Value) -> String {
    let plain = scalar(value);
    let is_plain = value.as_str().is_some_and(|text| plain == text);
    if is_plain && plain.contains([',', '[', ']', '{', '}', '#', ':']) {
        return value.to_string();
    }
    plain
}

/// A scalar in one line.
fn scalar(value: &Value) -> String {
    let written = document(&json!([value]));
    written.trim_end().trim_start_matches("- ").to_owned()
}

fn steps(pointer: &str) -> Vec<String> {
    let parts = pointer.split('/').skip(1);
    parts
        .map(|part| part.replace("~1", "/").replace("~0", "~"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(key: &str, value: Value, behind: &[&str]) -> Insertion {
        Insertion::Member {
            key: key.to_owned(),
            value,
            behind: behind.iter().map(|one| (*one).to_owned()).collect(),
        }
    }

    const TEXT: &str = "# The head.\nA:\n  type: object # what it is\n  properties:\n    one:\n      type: string\n      \
         description: >-\n        Folded\n        text.\n\n    # About two.\n    two: { type: string, enum: [a, b] }\n  \
         # At the end of A.\n\nB: [x,\n  y]\nC:\n  - a: 1\n    b: 2\n  - a: 3\nD: []\n\"e/f\": &g\n  'h': |\n    i\n";

    /// Inserts, and takes what is new out again: all else is as it was.
    fn inserted(insertion: &Insertion, pointer: &str) -> String {
        let text = insertion.insert_text(TEXT, pointer).unwrap();
        let same = TEXT
            .bytes()
            .zip(text.bytes())
            .take_while(|(a, b)| a == b)
            .count();
        let new = text.len() - TEXT.len();
        assert_eq!(
            format!("{}{}", &text[..same], &text[same + new..]),
            TEXT,
            "{text}"
        );
        text
    }

    #[test]
    fn a_member_stands_behind_its_sibling_and_nothing_else_moves() {
        let three = json!({ "type": "integer" });
        let text = inserted(
            &member("three", three.clone(), &["zero", "one"]),
            "/A/properties",
        );
        assert!(
            text.contains("text.\n    three:\n      type: integer\n\n    # About two."),
            "{text}"
        );
        let text = inserted(&member("three", three.clone(), &[]), "/A/properties");
        assert!(
            text.contains("[a, b] }\n    three:\n      type: integer\n  # At the end"),
            "{text}"
        );
        let text = inserted(&member("x-any", json!("why"), &["type"]), "/A");
        assert!(
            text.contains("what it is\n  x-any: why\n  properties"),
            "{text}"
        );
        let text = inserted(
            &member("format", json!("uuid"), &["type"]),
            "/A/properties/two",
        );
        assert!(
            text.contains("{ type: string, format: \"uuid\", enum: [a, b] }"),
            "{text}"
        );
        let text = inserted(&member("j", json!("k"), &[]), "/e~1f");
        assert!(text.ends_with("    i\n  j: k\n"), "{text}");
        let text = inserted(&member("c", json!(5), &[]), "/C/1");
        assert!(text.contains("  - a: 3\n    c: 5\nD"), "{text}");
    }

    #[test]
    fn an_element_is_the_last_in_either_form() {
        let text = inserted(&Insertion::Element(json!("c, d")), "/A/properties/two/enum");
        assert!(text.contains("[a, b, \"c, d\"] }"), "{text}");
        let text = inserted(&Insertion::Element(json!("z")), "/B");
        assert!(text.contains("[x,\n  y, z]\n"), "{text}");
        let text = inserted(&Insertion::Element(json!({ "a": 4, "b": [1] })), "/C");
        assert!(text.contains("  - a: 3\n  - a: 4\n    b: [1]\nD"), "{text}");
        let text = inserted(&Insertion::Element(json!(7)), "/D");
        assert!(text.contains("D: [7]\n"), "{text}");
    }

    #[test]
    fn what_lacks_on_the_way_is_written_too() {
        let text = inserted(
            &member("q", json!({ "value": 1 }), &[]),
            "/A/items/examples",
        );
        assert!(
            text.contains("  items:\n    examples:\n      q:\n        value: 1\n"),
            "{text}"
        );
        let text = inserted(&Insertion::Element(json!("v")), "/A/required");
        assert!(text.contains("  required: [v]\n"), "{text}");
    }

    #[test]
    fn what_is_there_already_or_has_another_form_is_refused() {
        for (insertion, pointer) in [
            (member("one", json!({}), &[]), "/A/properties"),
            (Insertion::Element(json!(1)), "/A"),
            (member("x", json!(1), &[]), "/B"),
            (member("x", json!(1), &[]), "/C/7"),
            (member("x", json!(1), &[]), "/A/type"),
        ] {
            assert!(insertion.insert_text(TEXT, pointer).is_err(), "{pointer}");
        }
    }

    #[test]
    fn a_text_without_a_last_line_end_and_one_with_wide_signs_are_kept() {
        let text = member("b", json!(2), &[])
            .insert_text("字: 水\na: 1", "")
            .unwrap();
        assert_eq!(text, "字: 水\na: 1\nb: 2\n");
    }
}
