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
        place: Place,
    },
    /// An element of a sequence.
    Element {
        value: Value,
        /// Its index; the last if there is none.
        at: Option<usize>,
    },
}

/// Where a member stands among the others.
#[derive(Clone, Debug)]
pub(super) enum Place {
    Last,
    /// Behind the first of these that is there; before all others if none is.
    Behind(Vec<String>),
}

impl Place {
    /// Behind the first of these that is there.
    pub(super) fn behind<const N: usize>(keys: [&str; N]) -> Self {
        Self::Behind(keys.map(str::to_owned).to_vec())
    }
}

impl Insertion {
    /// The same with another value.
    pub(super) fn with(&self, other: Value) -> Self {
        match self {
            Self::Member { key, place, .. } => Self::Member {
                key: key.clone(),
                value: other,
                place: place.clone(),
            },
            Self::Element { at, .. } => Self::Element {
                value: other,
                at: *at,
            },
        }
    }

    /// The key of a member.
    pub(super) fn key(&self) -> Option<&str> {
        match self {
            Self::Member { key, .. } => Some(key),
            Self::Element { .. } => None,
        }
    }

    pub(super) fn value(&self) -> &Value {
        match self {
            Self::Member { value, .. } | Self::Element { value, .. } => value,
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
        if at.as_object().is_some_and(Map::is_empty) && matches!(self, Self::Element { .. }) {
            *at = json!([]);
        }
        match (self, at) {
            (Self::Member { key, value, .. }, Value::Object(members)) => {
                if members.contains_key(key) {
                    return None;
                }
                members.insert(key.clone(), value.clone());
            }
            (Self::Element { value, at }, Value::Array(items)) => {
                items.insert(at.unwrap_or(items.len()).min(items.len()), value.clone());
            }
            _ => return None,
        }
        Some(document)
    }

    /// Inserts at a pointer into a text.
    ///
    /// # Errors
    /// A text that is no YAML, or whose form at this place is not known here.
    pub(super) fn insert_text(&self, text: &str, pointer: &str) -> Result<String> {
        if text.trim().is_empty() {
            let whole = self.insert_value(json!({}), pointer);
            return whole
                .map(|whole| document(&whole))
                .with_context(|| format!("something else stands at #{pointer}"));
        }
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
                    Self::Element { value, .. } => json!([value]),
                };
                let wrap = |inner: Value, step: &String| json!({ step: inner });
                Self::Member {
                    key: first.clone(),
                    value: others.iter().rev().fold(innermost, wrap),
                    place: Place::Last,
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
        let (entry, sibling, first) = match (self, &node.shape) {
            (Self::Member { key, value, place }, Shape::Mapping(members)) => {
                let named = |wanted: &String| members.iter().find(|member| member.key == *wanted);
                let sibling = match place {
                    Place::Last => members.last(),
                    Place::Behind(keys) => keys.iter().find_map(named),
                };
                // The first of an element stands beside its dash, with nothing before it.
                let sibling = match (sibling, members.first()) {
                    (None, Some(first)) if !node.flow && !begins_a_line(text, node.start) => {
                        Some(first)
                    }
                    _ => sibling,
                };
                // In one line, a mapping begins with its brace, and else with its first key.
                let start = match node.flow {
                    true => past_blanks(text, node.start + 1),
                    false => node.start,
                };
                let first = members.first().map(|first| (first.column, start));
                let entry = if node.flow {
                    format!("{}: {value}", scalar(&json!(key)))
                } else {
                    document(&json!({ key: value }))
                };
                (
                    entry,
                    sibling.map(|member| (member.column, member.value.end)),
                    first,
                )
            }
            (Self::Element { value, at }, Shape::Sequence(elements)) => {
                let entry = match value {
                    Value::Object(_) | Value::Array(_) if node.flow => value.to_string(),
                    _ if node.flow => in_flow(value),
                    _ => document(&json!([value])),
                };
                let sibling = match at {
                    None => elements.last(),
                    Some(at) => at.checked_sub(1).and_then(|at| elements.get(at)),
                };
                let first = elements.first();
                (
                    entry,
                    sibling.map(|element| (element.column, element.end)),
                    first.map(|element| (element.column, element.start)),
                )
            }
            _ => bail!("#{pointer} has another form than what is to be written there"),
        };
        Ok(match (node.flow, sibling, first) {
            (true, Some((_, end)), _) => (end, format!(", {entry}")),
            (true, None, None) => (node.start + 1, entry),
            (true, None, Some((_, start))) => (start, format!("{entry}, ")),
            (false, Some((column, end)), _) => below(text, end, column, &entry),
            (false, None, Some((column, start))) => above(text, start, column, &entry),
            (false, None, None) => bail!("nothing stands at #{pointer} yet"),
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
    (at, format!("{newline}{}", indented(entry, column)))
}

/// The lines of an entry, indented, above the line that something begins on, and above the comment on that.
fn above(text: &str, start: usize, column: usize, entry: &str) -> (usize, String) {
    let line_of = |at: usize| {
        let before = text.get(..at).unwrap_or_default();
        before.rfind('\n').map_or(0, |end| end + 1)
    };
    let mut at = line_of(start);
    while at > 0 {
        let before = line_of(at - 1);
        let line = text.get(before..at).unwrap_or_default();
        if !line.trim_start().starts_with('#') {
            break;
        }
        at = before;
    }
    (at, indented(entry, column))
}

fn indented(entry: &str, column: usize) -> String {
    let margin = " ".repeat(column);
    let lines = entry.lines().map(|line| match line.is_empty() {
        true => "\n".to_owned(),
        false => format!("{margin}{line}\n"),
    });
    lines.collect()
}

/// The offset of what comes behind blanks.
fn past_blanks(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    at + (rest.len() - rest.trim_start().len())
}

/// Whether nothing but blanks stands before an offset in its line.
fn begins_a_line(text: &str, at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default();
    let line = before.rsplit('\n').next().unwrap_or_default();
    line.trim().is_empty()
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
            place: match behind {
                [] => Place::Last,
                behind => Place::Behind(behind.iter().map(|one| (*one).to_owned()).collect()),
            },
        }
    }

    fn element(value: Value) -> Insertion {
        Insertion::Element { value, at: None }
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
        let text = inserted(&element(json!("c, d")), "/A/properties/two/enum");
        assert!(text.contains("[a, b, \"c, d\"] }"), "{text}");
        let text = inserted(&element(json!("z")), "/B");
        assert!(text.contains("[x,\n  y, z]\n"), "{text}");
        let text = inserted(&element(json!({ "a": 4, "b": [1] })), "/C");
        assert!(text.contains("  - a: 3\n  - a: 4\n    b: [1]\nD"), "{text}");
        let text = inserted(&element(json!(7)), "/D");
        assert!(text.contains("D: [7]\n"), "{text}");
    }

    #[test]
    fn what_comes_before_all_others_is_the_first() {
        let zero = json!({ "type": "integer" });
        let text = inserted(&member("zero", zero, &["none"]), "/A/properties");
        assert!(
            text.contains("  properties:\n    zero:\n      type: integer\n    one:"),
            "{text}"
        );
        let text = inserted(
            &member("format", json!("uuid"), &["none"]),
            "/A/properties/two",
        );
        assert!(text.contains("{ format: \"uuid\", type: string,"), "{text}");
        let at = |at| Insertion::Element {
            value: json!({ "a": 0 }),
            at: Some(at),
        };
        let text = inserted(&at(0), "/C");
        assert!(
            text.contains("C:\n  - a: 0\n  - a: 1\n    b: 2\n  - a: 3"),
            "{text}"
        );
        let text = inserted(&at(1), "/C");
        assert!(
            text.contains("C:\n  - a: 1\n    b: 2\n  - a: 0\n  - a: 3"),
            "{text}"
        );
        // Beside the dash of an element nothing comes before.
        let text = inserted(&member("z", json!(1), &["none"]), "/C/0");
        assert!(text.contains("C:\n  - a: 1\n    z: 1\n    b: 2"), "{text}");
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
        let text = inserted(&element(json!("v")), "/A/required");
        assert!(text.contains("  required: [v]\n"), "{text}");
    }

    #[test]
    fn what_is_there_already_or_has_another_form_is_refused() {
        for (insertion, pointer) in [
            (member("one", json!({}), &[]), "/A/properties"),
            (element(json!(1)), "/A"),
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
