//! Single fields of what the services send. Whatever else stands beside a field is neither read nor judged.

use serde_json::Value;
use serde_json::value::RawValue;

use crate::list::at;

/// How much of a field that cannot be used is quoted.
const QUOTED: usize = 80;

/// A field that is text, or a number as it was written; dots lead into objects. `None` if it is missing, empty or anything
/// else.
pub(crate) fn text(item: &RawValue, place: &str) -> Option<String> {
    let raw = at(item, place).ok()??;
    match serde_json::from_str(raw.get()).ok()? {
        Value::String(text) if !text.trim().is_empty() => Some(text),
        Value::Number(_) => Some(raw.get().to_owned()),
        _ => None,
    }
}

/// A field that is text and not empty.
pub(crate) fn string(item: &RawValue, place: &str) -> Option<String> {
    let raw = at(item, place).ok()??;
    serde_json::from_str(raw.get())
        .ok()
        .filter(|text: &String| !text.trim().is_empty())
}

/// A number, or text that is one.
pub(crate) fn number(item: &RawValue, place: &str) -> Option<f64> {
    text(item, place)?
        .trim()
        .parse()
        .ok()
        .filter(|number: &f64| number.is_finite())
}

/// The elements of a field that is a list; none if it is none.
pub(crate) fn elements<'a>(item: &'a RawValue, place: &str) -> Vec<&'a RawValue> {
    at(item, place)
        .ok()
        .flatten()
        .and_then(|list| serde_json::from_str(list.get()).ok())
        .unwrap_or_default()
}

/// A field as it was sent, for a message that says why it cannot be used.
pub(crate) fn quoted(item: &RawValue, place: &str) -> String {
    let Some(raw) = at(item, place).ok().flatten() else {
        return "missing".to_owned();
    };
    let text = otcdb_core::redact::line(raw.get());
    match text.char_indices().nth(QUOTED) {
        None => text,
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(text: &str) -> Box<RawValue> {
        RawValue::from_string(text.to_owned()).unwrap()
    }

    #[test]
    fn a_field_is_read_whatever_stands_beside_it() {
        let item = raw(
            r#"{"port":1e999,"tags":{"a":[{}]},"name":"a","id":7.0,"n":" 2.5","none":null,"e":" ","o":{"p":{"q":"x"}},
                "list":[1,"b"],"tags":"again"}"#,
        );
        assert_eq!(text(&item, "name").as_deref(), Some("a"));
        assert_eq!(text(&item, "id").as_deref(), Some("7.0"));
        assert_eq!(string(&item, "id"), None);
        assert_eq!(text(&item, "o.p.q").as_deref(), Some("x"));
        assert_eq!(
            (number(&item, "n"), number(&item, "id")),
            (Some(2.5), Some(7.0))
        );
        for absent in ["none", "e", "o", "missing", "name.further", "list"] {
            assert_eq!(text(&item, absent), None, "{absent}");
        }
        assert_eq!(elements(&item, "list").len(), 2);
        assert_eq!(elements(&item, "name").len(), 0);
        for odd in ["7", "null", "[]", "\"x\""] {
            assert_eq!(text(&raw(odd), "name"), None, "{odd}");
        }
    }

    #[test]
    fn what_cannot_be_used_is_quoted_in_part() {
        let item = raw(&format!(
            r#"{{"id":["{}"],"ü":"{}"}}"#,
            "x y ".repeat(50),
            "ü ".repeat(100)
        ));
        assert_eq!(quoted(&item, "id").chars().count(), QUOTED + 1);
        assert_eq!(quoted(&item, "ü").chars().count(), QUOTED + 1);
        assert_eq!(quoted(&item, "name"), "missing");
        assert_eq!(quoted(&raw("7"), "name"), "missing");
    }
}
