//! Which answers mean that work is done.

use serde::Serialize;
use serde_json::Value;

use super::Observation;
use crate::error::{Error, ErrorKind, Result};

/// The content of `x-waiter`.
///
/// ```
/// use otcdb_core::waiter::{Observation, WaiterMeta};
/// use serde_json::json;
///
/// const EXPORT: WaiterMeta = WaiterMeta {
///     field: "list[].status",
///     done: &["FINISH"],
///     failed: &["FAILED"],
/// };
/// let answer = json!({"list": [{"status": "finish"}, {"status": "EXPORTING"}]});
/// assert_eq!(EXPORT.observe(&answer)?, Observation::Continue(Some("EXPORTING".into())));
/// # Ok::<(), otcdb_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WaiterMeta {
    /// Where the state is: field names joined by dots, with `[]` after a list of which every element counts, as in
    /// `list[].status`.
    pub field: &'static str,
    /// The values that mean that the work is done. Letter case does not matter.
    pub done: &'static [&'static str],
    /// The values that mean that it has failed.
    pub failed: &'static [&'static str],
}

impl WaiterMeta {
    /// Reads the state out of an answer. With several elements, one that has failed decides, and all have to be done.
    /// No element at all, or a missing or null field, means that the work has not shown itself yet.
    ///
    /// # Errors
    ///
    /// An answer that cannot be written as JSON.
    pub fn observe(&self, answer: &impl Serialize) -> Result<Observation<()>> {
        let answer = serde_json::to_value(answer).map_err(|error| {
            Error::new(
                ErrorKind::UndocumentedAnswer,
                "the answer cannot be written as JSON",
            )
            .with_source(error)
        })?;
        Ok(self.observe_value(&answer))
    }

    fn observe_value(&self, answer: &Value) -> Observation<()> {
        let mut states = Vec::new();
        collect(answer, self.field, &mut states);
        let is_in = |values: &[&str], state: &str| {
            values.iter().any(|value| value.eq_ignore_ascii_case(state))
        };
        if let Some(state) = states.iter().find(|state| is_in(self.failed, state)) {
            return Observation::Failed(crate::redact::identifier(state));
        }
        match states.iter().find(|state| !is_in(self.done, state)) {
            Some(state) => Observation::Continue(Some(crate::redact::identifier(state))),
            None if states.is_empty() => Observation::Continue(None),
            None => Observation::Done(()),
        }
    }
}

fn collect(value: &Value, path: &str, states: &mut Vec<String>) {
    let (step, rest) = path.split_once('.').unwrap_or((path, ""));
    let (name, is_list) = match step.strip_suffix("[]") {
        Some(name) => (name, true),
        None => (step, false),
    };
    let found = if name.is_empty() {
        Some(value)
    } else {
        value.get(name)
    };
    let items: &[Value] = match found {
        Some(Value::Array(items)) if is_list => items,
        Some(item) if !is_list => std::slice::from_ref(item),
        _ => &[],
    };
    for item in items {
        if !rest.is_empty() {
            collect(item, rest, states);
            continue;
        }
        match item {
            Value::String(state) => states.push(state.clone()),
            Value::Bool(_) | Value::Number(_) => states.push(item.to_string()),
            Value::Null | Value::Array(_) | Value::Object(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn meta(field: &'static str) -> WaiterMeta {
        WaiterMeta {
            field,
            done: &["FINISH"],
            failed: &["FAILED"],
        }
    }

    #[test]
    fn the_state_is_found_wherever_it_is_and_in_any_case() {
        for (field, answer, expected) in [
            ("status", json!({"status": "finish"}), Observation::Done(())),
            (
                "status",
                json!({"status": "FAILED"}),
                Observation::Failed("FAILED".into()),
            ),
            (
                "status",
                json!({"status": "x"}),
                Observation::Continue(Some("x".into())),
            ),
            ("status", json!({}), Observation::Continue(None)),
            ("status", json!(null), Observation::Continue(None)),
            ("a.b", json!({"a": {"b": "FINISH"}}), Observation::Done(())),
            (
                "list[].status",
                json!({"list": []}),
                Observation::Continue(None),
            ),
            (
                "list[].status",
                json!({"list": [{"status": "FINISH"}, {"status": "FINISH"}]}),
                Observation::Done(()),
            ),
            (
                "list[].status",
                json!({"list": [{"status": "FINISH"}, {"status": "EXPORTING"}]}),
                Observation::Continue(Some("EXPORTING".into())),
            ),
            (
                "list[].status",
                json!({"list": [{"status": "EXPORTING"}, {"status": "failed"}]}),
                Observation::Failed("failed".into()),
            ),
            ("[].s", json!([{"s": "FINISH"}]), Observation::Done(())),
        ] {
            assert_eq!(
                meta(field).observe(&answer).unwrap(),
                expected,
                "{field} {answer}"
            );
        }
    }
}
