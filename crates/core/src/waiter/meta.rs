//! Which responses mean that work is done.

use serde::Serialize;
use serde_json::Value;

use super::Observation;
use crate::error::{Error, ErrorKind, Result};

/// The content of `x-waiter`.
///
/// ```
/// use otcdb_core::waiter::{Observation, Step, WaiterMeta};
/// use serde_json::json;
///
/// const EXPORT: WaiterMeta = WaiterMeta::new(&[Step::Each("list"), Step::Field("status")])
///     .done(&["FINISH"])
///     .failed(&["FAILED"]);
/// let response = json!({"list": [{"status": "finish"}, {"status": "EXPORTING"}]});
/// assert_eq!(EXPORT.observe(&response)?, Observation::Continue(Some("EXPORTING".into())));
///
/// const BACKUP: WaiterMeta = WaiterMeta::new(&[Step::Choose { list: "list", key: "id" }, Step::Field("status")])
///     .done(&["FINISH"])
///     .failed(&["FAILED"]);
/// let response = json!({"list": [{"id": "a", "status": "FINISH"}, {"id": "b", "status": "FAILED"}]});
/// assert_eq!(BACKUP.observe_item(&response, Some("a"))?, Observation::Done(()));
/// # Ok::<(), otcdb_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct WaiterMeta<'a> {
    /// Where the state is, step by step.
    pub path: &'a [Step<'a>],
    /// The values that mean that the work is done. Letter case does not matter.
    pub done: &'a [&'a str],
    /// The values that mean that it has failed.
    pub failed: &'a [&'a str],
}

/// A step from a response to the state in it. A list without a name is the value that the step begins at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step<'a> {
    /// Into a field.
    Field(&'a str),
    /// Into every element of the list in a field: all of them count.
    Each(&'a str),
    /// Into the one element of a list whose `key` is the id that is waited for.
    Choose {
        /// The field that has the list.
        list: &'a str,
        /// The field of an element that has its id.
        key: &'a str,
    },
}

impl<'a> WaiterMeta<'a> {
    /// A state that is there. Without [`done`](Self::done) no work ends well.
    pub const fn new(path: &'a [Step<'a>]) -> Self {
        Self {
            path,
            done: &[],
            failed: &[],
        }
    }

    /// The values that mean that the work is done. Letter case does not matter.
    #[must_use]
    pub const fn done(mut self, values: &'a [&'a str]) -> Self {
        self.done = values;
        self
    }

    /// The values that mean that it has failed.
    #[must_use]
    pub const fn failed(mut self, values: &'a [&'a str]) -> Self {
        self.failed = values;
        self
    }

    /// Pointer to the id in an element of the list, and where its state is.
    pub(super) fn of_element(&self) -> Result<(String, Self)> {
        let is_list = |step: &Step<'_>| !matches!(step, Step::Field(_));
        let list = self.path.iter().rposition(is_list);
        let (before, path) = self.path.split_at(list.map_or(0, |index| index + 1));
        match before.last() {
            Some(Step::Choose { key, .. }) if !path.is_empty() => {
                Ok((format!("/{key}"), Self { path, ..*self }))
            }
            _ => Err(Error::invalid_argument(format!(
                "the state is at {}, which chooses no element of a list",
                shown(self.path)
            ))),
        }
    }

    /// Where the state is in each element of the list.
    pub(super) fn of_each(&self) -> Result<Self> {
        let is_list = |step: &Step<'_>| !matches!(step, Step::Field(_));
        let list = self.path.iter().rposition(is_list);
        let (before, path) = self.path.split_at(list.map_or(0, |index| index + 1));
        if before.is_empty() || path.is_empty() {
            return Err(Error::invalid_argument(format!(
                "the state is at {}, which is in no element of a list",
                shown(self.path)
            )));
        }
        Ok(Self { path, ..*self })
    }

    /// Reads the state out of a response. With several elements, one that has failed decides, and all have to be done.
    /// No element at all, or a missing or null field, means that the work has not shown itself yet.
    ///
    /// # Errors
    ///
    /// - a response that cannot be written as JSON ([`ErrorKind::UndocumentedResponse`]);
    /// - the field chooses one element, which [`observe_item`](Self::observe_item) does
    ///   ([`ErrorKind::InvalidArgument`]).
    pub fn observe(&self, response: &impl Serialize) -> Result<Observation<()>> {
        self.observe_item(response, None)
    }

    /// The same, for the element whose id is `item`.
    ///
    /// # Errors
    ///
    /// - a response that cannot be written as JSON ([`ErrorKind::UndocumentedResponse`]);
    /// - the field chooses an element, and there is no `item` ([`ErrorKind::InvalidArgument`]).
    pub fn observe_item(
        &self,
        response: &impl Serialize,
        item: Option<&str>,
    ) -> Result<Observation<()>> {
        let chooses = |step: &Step<'_>| matches!(step, Step::Choose { .. });
        if item.is_none() && self.path.iter().any(chooses) {
            return Err(Error::invalid_argument(format!(
                "the state is at {}, so the id of the element has to be given",
                shown(self.path)
            )));
        }
        let response = as_json(response)?;
        Ok(self.observe_value(&response, item))
    }

    fn observe_value(&self, response: &Value, id: Option<&str>) -> Observation<()> {
        let mut states = Vec::new();
        collect(response, self.path, id, &mut states);
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

/// The id at a JSON pointer of a response or a request, for asking after what an operation has begun.
///
/// # Errors
///
/// There is none, or it is neither text nor a number ([`ErrorKind::UndocumentedResponse`]).
pub fn id_at(value: &impl Serialize, pointer: &str) -> Result<String> {
    let value = as_json(value)?;
    match value.pointer(pointer) {
        Some(Value::String(id)) if !id.is_empty() => Ok(id.clone()),
        Some(Value::Number(id)) => Ok(id.to_string()),
        _ => Err(Error::new(
            ErrorKind::UndocumentedResponse,
            format!("there is no id at {pointer}, so nothing can be waited for"),
        )),
    }
}

/// The same, where an index `0` in the pointer stands for each element of its list: an operation may begin several pieces
/// of work at once.
///
/// # Errors
///
/// Those of [`id_at`]. An empty list has no id.
pub fn ids_at(value: &impl Serialize, pointer: &str) -> Result<Vec<String>> {
    let value = as_json(value)?;
    let Some((list, field)) = pointer.split_once("/0/") else {
        return Ok(vec![id_at(&value, pointer)?]);
    };
    let count = value
        .pointer(list)
        .and_then(Value::as_array)
        .map_or(0, Vec::len);
    (0..count.max(1))
        .map(|index| id_at(&value, &format!("{list}/{index}/{field}")))
        .collect()
}

fn as_json(response: &impl Serialize) -> Result<Value> {
    serde_json::to_value(response).map_err(|error| {
        Error::new(
            ErrorKind::UndocumentedResponse,
            "the response cannot be written as JSON",
        )
        .with_source(error)
    })
}

/// A path as the description writes it: `list[id].status`.
fn shown(path: &[Step<'_>]) -> String {
    let steps = path.iter().map(|step| match step {
        Step::Field(name) => (*name).to_owned(),
        Step::Each(list) => format!("{list}[]"),
        Step::Choose { list, key } => format!("{list}[{key}]"),
    });
    steps.collect::<Vec<_>>().join(".")
}

fn collect(value: &Value, path: &[Step<'_>], id: Option<&str>, states: &mut Vec<String>) {
    let Some((step, rest)) = path.split_first() else {
        match value {
            Value::String(state) => states.push(state.clone()),
            Value::Bool(_) | Value::Number(_) => states.push(value.to_string()),
            Value::Null | Value::Array(_) | Value::Object(_) => {}
        }
        return;
    };
    let (name, key) = match step {
        Step::Field(name) => {
            if let Some(field) = value.get(name) {
                collect(field, rest, id, states);
            }
            return;
        }
        Step::Each(list) => (list, None),
        Step::Choose { list, key } => (list, Some(format!("/{key}"))),
    };
    let list = if name.is_empty() {
        Some(value)
    } else {
        value.get(name)
    };
    for item in list.and_then(Value::as_array).into_iter().flatten() {
        let is_meant = match &key {
            Some(key) => id_at(item, key).ok().as_deref() == id,
            None => true,
        };
        if is_meant {
            collect(item, rest, id, states);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const STATUS: Step<'static> = Step::Field("status");
    const ONE: Step<'static> = Step::Choose {
        list: "list",
        key: "id",
    };

    fn meta<'a>(path: &'a [Step<'a>]) -> WaiterMeta<'a> {
        WaiterMeta {
            path,
            done: &["FINISH"],
            failed: &["FAILED"],
        }
    }

    #[test]
    fn the_state_is_found_wherever_it_is_and_in_any_case() {
        let status: &[Step<'_>] = &[STATUS];
        let list: &[Step<'_>] = &[Step::Each("list"), STATUS];
        let nested: &[Step<'_>] = &[Step::Field("a"), Step::Field("b")];
        let bare: &[Step<'_>] = &[Step::Each(""), Step::Field("s")];
        for (path, response, expected) in [
            (status, json!({"status": "finish"}), Observation::Done(())),
            (
                status,
                json!({"status": "FAILED"}),
                Observation::Failed("FAILED".into()),
            ),
            (
                status,
                json!({"status": "x"}),
                Observation::Continue(Some("x".into())),
            ),
            (status, json!({}), Observation::Continue(None)),
            (status, json!(null), Observation::Continue(None)),
            (nested, json!({"a": {"b": "FINISH"}}), Observation::Done(())),
            (list, json!({"list": []}), Observation::Continue(None)),
            (
                list,
                json!({"list": [{"status": "FINISH"}, {"status": "FINISH"}]}),
                Observation::Done(()),
            ),
            (
                list,
                json!({"list": [{"status": "FINISH"}, {"status": "EXPORTING"}]}),
                Observation::Continue(Some("EXPORTING".into())),
            ),
            (
                list,
                json!({"list": [{"status": "EXPORTING"}, {"status": "failed"}]}),
                Observation::Failed("failed".into()),
            ),
            (
                list,
                json!({"list": {"status": "FINISH"}}),
                Observation::Continue(None),
            ),
            (bare, json!([{"s": "FINISH"}]), Observation::Done(())),
        ] {
            assert_eq!(
                meta(path).observe(&response).unwrap(),
                expected,
                "{path:?} {response}"
            );
        }
    }
    #[test]
    fn one_element_is_chosen_by_its_id() {
        let path = [ONE, STATUS];
        let waiter = meta(&path);
        let response = json!({"list": [
            {"id": "a", "status": "FINISH"}, {"id": "b", "status": "FAILED"}, {"status": "FAILED"},
        ]});
        let of = |id| waiter.observe_item(&response, Some(id)).unwrap();
        assert_eq!(of("a"), Observation::Done(()));
        assert_eq!(of("b"), Observation::Failed("FAILED".into()));
        assert_eq!(of("c"), Observation::Continue(None), "not in the list yet");
        let error = waiter.observe(&response).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument);
        assert!(error.to_string().contains("list[id].status"), "{error}");
    }
    #[test]
    fn an_id_is_a_text_or_a_number() {
        let response = json!({"list": [{"id": "a", "n": 7, "empty": ""}]});
        assert_eq!(id_at(&response, "/list/0/id").unwrap(), "a");
        assert_eq!(id_at(&response, "/list/0/n").unwrap(), "7");
        for pointer in ["/list/1/id", "/list", "/list/0/empty"] {
            let error = id_at(&response, pointer).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::UndocumentedResponse, "{pointer}");
        }
    }

    #[test]
    fn an_index_stands_for_every_element() {
        let response = json!({"list": [{"id": "a"}, {"id": "b"}], "none": []});
        assert_eq!(ids_at(&response, "/list/0/id").unwrap(), ["a", "b"]);
        assert_eq!(ids_at(&response, "/list/1/id").unwrap(), ["b"]);
        assert!(ids_at(&response, "/none/0/id").is_err());
    }
}
