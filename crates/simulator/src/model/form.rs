//! Where a value comes from. There are paths and constants, and no expressions: what they cannot say, a named function
//! of the service does.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

/// The source of a value.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "Value")]
pub(crate) enum Form {
    /// The value itself.
    Constant(Value),
    /// A member of the request's body, or a parameter.
    From(String),
    /// What stands at a path, such as `instance.port` or `this.status`.
    Of(Path),
    /// What a table has for the text at a path.
    Table(Path, Map<String, Value>),
    /// A text with what stands at paths in braces, such as `{this.domain_name}:{this.port}`.
    Text(Text),
    /// A moment in the life of the record, as text.
    Time(Moment),
    /// The same in milliseconds since 1970, as text.
    Milliseconds(Moment),
    /// When the record was made, in a format of `strftime`.
    Stamp(String),
    /// How far the record's job is, in per cent with two digits behind the point.
    Progress,
    /// The same in whole per cent while the job is under way.
    Percent,
    /// The word for how far the record's job is.
    Status,
    /// A value that depends on how the record's job has ended.
    Ended(End, Box<Form>),
    /// What a function of the service says.
    Rust(String),
    /// An object of several values; nothing if there is none of them.
    Fields(BTreeMap<String, Form>),
    /// The first source that has a value.
    Else(Box<Form>, Box<Form>),
}

/// A moment in the life of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moment {
    Created,
    /// When its job began in earnest; not there before.
    Started,
    /// When its job ended; not there before.
    Ended,
    /// When something about it last changed.
    Updated,
}

/// How a job has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Done,
    Failed,
}

/// Steps to a value. The first one is `this`, `cloud`, the parent, or something that the operation refers to.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(try_from = "String")]
pub(crate) struct Path {
    pub(crate) root: String,
    pub(crate) rest: Vec<String>,
}

/// Texts, each with the path whose value follows it.
#[derive(Clone, Debug)]
pub(crate) struct Text {
    pub(crate) pieces: Vec<(String, Path)>,
    pub(crate) end: String,
}

/// With what a request is refused: a documented code, or the name of what is wrong in the body or in the path.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(try_from = "Value")]
pub(crate) enum Error {
    Code(String),
    Field(String, String),
    Parameter(String),
}

impl TryFrom<String> for Path {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let mut steps = text.split('.').map(ToOwned::to_owned);
        let root = steps.next().unwrap_or_default();
        let rest: Vec<String> = steps.collect();
        match rest.is_empty() || rest.iter().chain([&root]).any(String::is_empty) {
            true => Err(format!("{text:?} is no path such as this.status")),
            false => Ok(Self { root, rest }),
        }
    }
}

impl TryFrom<String> for Text {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let (mut pieces, mut rest) = (Vec::new(), text.as_str());
        while let Some((before, after)) = rest.split_once('{') {
            let (path, after) = after
                .split_once('}')
                .ok_or_else(|| format!("{text:?} has no end of a path"))?;
            pieces.push((before.to_owned(), Path::try_from(path.to_owned())?));
            rest = after;
        }
        let end = rest.to_owned();
        Ok(Self { pieces, end })
    }
}

impl TryFrom<Value> for Error {
    type Error = String;

    fn try_from(value: Value) -> Result<Self, String> {
        let text = |name: &str| Some(value.get(name)?.as_str()?.to_owned());
        let size = value.as_object().map_or(0, Map::len);
        match (&value, text("field"), text("why"), text("parameter")) {
            (Value::String(code), ..) => Ok(Self::Code(code.clone())),
            (_, Some(field), Some(why), None) if size == 2 => Ok(Self::Field(field, why)),
            (_, None, None, Some(parameter)) if size == 1 => Ok(Self::Parameter(parameter)),
            _ => Err(format!(
                "{value} is no error; write a documented code, {{field: name, why: text}} or {{parameter: name}}"
            )),
        }
    }
}

impl TryFrom<Value> for Form {
    type Error = String;

    fn try_from(value: Value) -> Result<Self, String> {
        match value {
            Value::Object(mut keys) => {
                let form = read(&mut keys)?;
                let form = match keys.remove("else") {
                    Some(other) => Self::Else(Box::new(form), Box::new(Self::try_from(other)?)),
                    None => form,
                };
                match keys.keys().next() {
                    Some(key) => Err(format!("{key:?} does not go with the rest of its value")),
                    None => Ok(form),
                }
            }
            constant => Ok(Self::Constant(constant)),
        }
    }
}

fn read(keys: &mut Map<String, Value>) -> Result<Form, String> {
    const KEYS: [&str; 12] = [
        "value",
        "from",
        "of",
        "text",
        "time",
        "milliseconds",
        "stamp",
        "job",
        "done",
        "failed",
        "rust",
        "fields",
    ];
    let key = KEYS.into_iter().find(|key| keys.contains_key(*key));
    let key = key.ok_or_else(|| format!("a value has one of the keys {}", KEYS.join(", ")))?;
    let value = keys.remove(key).unwrap_or_default();
    let text = || {
        let text = value.as_str().map(ToOwned::to_owned);
        text.ok_or_else(|| format!("{key}: {value} is no text"))
    };
    let moment = || {
        Ok::<_, String>(match text()?.as_str() {
            "created" => Moment::Created,
            "started" => Moment::Started,
            "ended" => Moment::Ended,
            "updated" => Moment::Updated,
            _ => return Err(format!("{key}: write created, started, ended or updated")),
        })
    };
    let ended = |end| Ok(Form::Ended(end, Box::new(Form::try_from(value.clone())?)));
    match key {
        "value" => Ok(Form::Constant(value)),
        "from" => Ok(Form::From(text()?)),
        "of" => {
            let path = Path::try_from(text()?)?;
            match keys.remove("table") {
                Some(Value::Object(table)) => Ok(Form::Table(path, table)),
                Some(other) => Err(format!("table: {other} is no table of values")),
                None => Ok(Form::Of(path)),
            }
        }
        "text" => Ok(Form::Text(Text::try_from(text()?)?)),
        "time" => Ok(Form::Time(moment()?)),
        "milliseconds" => Ok(Form::Milliseconds(moment()?)),
        "stamp" => Ok(Form::Stamp(text()?)),
        "job" => match text()?.as_str() {
            "progress" => Ok(Form::Progress),
            "percent" => Ok(Form::Percent),
            "status" => Ok(Form::Status),
            _ => Err("job: write progress, percent or status".to_owned()),
        },
        "done" => ended(End::Done),
        "failed" => ended(End::Failed),
        "fields" => {
            let fields = value
                .as_object()
                .ok_or("fields: write one source for each")?;
            let read = |(name, value): (&String, &Value)| {
                let form = Form::try_from(value.clone());
                form.map(|form| (name.clone(), form))
                    .map_err(|error| format!("{name}: {error}"))
            };
            fields
                .iter()
                .map(read)
                .collect::<Result<_, _>>()
                .map(Form::Fields)
        }
        _ => Ok(Form::Rust(text()?)),
    }
}

impl Form {
    /// All sources that it is made of, itself included.
    pub(crate) fn parts(&self) -> Vec<&Self> {
        let mut parts = vec![self];
        match self {
            Self::Ended(_, form) => parts.extend(form.parts()),
            Self::Fields(fields) => parts.extend(fields.values().flat_map(Self::parts)),
            Self::Else(form, other) => {
                parts.extend(form.parts());
                parts.extend(other.parts());
            }
            _ => {}
        }
        parts
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_value_has_one_source_and_nothing_else_beside_it() {
        let form = |value| Form::try_from(value);
        assert!(matches!(form(json!("x")), Ok(Form::Constant(_))));
        assert!(matches!(
            form(json!({ "value": {} })),
            Ok(Form::Constant(_))
        ));
        assert!(matches!(
            form(json!({ "from": "a", "else": 1 })),
            Ok(Form::Else(..))
        ));
        for (bad, part) in [
            (json!({}), "one of the keys"),
            (json!({ "form": "a" }), "one of the keys"),
            (json!({ "from": "a", "elze": 1 }), "\"elze\" does not go"),
            (json!({ "from": "a", "of": "this.b" }), "\"of\" does not go"),
            (json!({ "of": "this" }), "no path"),
            (json!({ "of": "this..a" }), "no path"),
            (json!({ "text": "a {this.b" }), "no end of a path"),
            (json!({ "text": "a {b}" }), "no path"),
            (json!({ "time": "late" }), "write created"),
            (json!({ "job": "state" }), "percent or status"),
            (json!({ "of": "this.a", "table": "b" }), "no table"),
            (json!({ "failed": { "x": 1 } }), "one of the keys"),
        ] {
            let error = form(bad.clone()).unwrap_err();
            assert!(error.contains(part), "{bad}: {error}");
        }
    }
}
