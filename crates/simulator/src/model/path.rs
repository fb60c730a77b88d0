//! What values and conditions are made of and need nothing else for: paths, texts with paths in them, moments, and errors.

use serde::Deserialize;
use serde_json::{Map, Value};

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
    /// The time of the request.
    Now,
}

impl Moment {
    pub(super) fn named(name: &str) -> Result<Self, String> {
        Ok(match name {
            "created" => Self::Created,
            "started" => Self::Started,
            "ended" => Self::Ended,
            "updated" => Self::Updated,
            "now" => Self::Now,
            _ => return Err("write created, started, ended, updated or now".to_owned()),
        })
    }
}

/// How a job has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Done,
    Failed,
}

/// What can be said of a file.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Part {
    /// A presigned link.
    Link,
    /// The end of a link that is made with the response.
    Until,
    /// The size in bytes, as text.
    Size,
    /// The size in KB, with a fraction.
    Kilobytes,
}
