//! Where a value comes from. There are paths and constants, and no expressions: what they cannot say, a named function
//! of the service does.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::condition::{Condition, Search};
use super::file::Part;

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
    /// What a table has for a text.
    Table(Box<Form>, Map<String, Value>),
    /// A text with what stands at paths in braces, such as `{this.domain_name}:{this.port}`.
    Text(Text),
    /// The member of what stands at a path that has this name.
    At(Path, Box<Form>),
    /// An object in which these members have other values; nothing if there is no object.
    With(Box<Form>, BTreeMap<String, Form>),
    /// The members of several objects; of those with one name, the last.
    Merge(Vec<Form>),
    /// A value as a number.
    Number(Box<Form>),
    /// 32 hex digits that follow from a text, and what they end with.
    Hex(Text, String),
    /// A moment in the life of the record, as text, or so many days later.
    Time(Moment, Option<Box<Form>>),
    /// The same in milliseconds since 1970, as text.
    Milliseconds(Moment),
    /// The same in a format of `strftime`.
    Stamp(Moment, String),
    /// How far the record's job is, in per cent with two digits behind the point.
    Progress,
    /// The same in whole per cent while the job is under way.
    Percent,
    /// The word for how far the record's job is.
    Status,
    /// A value that depends on how the record's job has ended.
    Ended(End, Box<Form>),
    /// What is said of the record's file.
    File(Part),
    /// What a function of the service says.
    Rust(String),
    /// An object of several values; nothing if there is none of them.
    Fields(BTreeMap<String, Form>),
    /// A list of several values, without those that there are not.
    List(Vec<Form>),
    /// What a value is if a condition holds, and what else.
    If(Box<Condition>, Box<Form>, Option<Box<Form>>),
    /// A list with a value of each of what is found or, with keys, an object.
    Each(Search, Option<Box<Form>>, Box<Form>),
    /// A value of the newest of what is found.
    Newest(Search, Box<Form>),
    /// How much is found.
    Count(Search),
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
    /// The time of the request.
    Now,
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
                let form = match keys.remove("with") {
                    Some(with) => Self::With(Box::new(form), fields(&with, "with")?),
                    None => form,
                };
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
    const KEYS: [&str; 21] = [
        "file",
        "each",
        "newest",
        "count",
        "if",
        "number",
        "merge",
        "stamp",
        "hex",
        "value",
        "from",
        "of",
        "text",
        "time",
        "milliseconds",
        "job",
        "done",
        "failed",
        "rust",
        "fields",
        "list",
    ];
    let key = KEYS.into_iter().find(|key| keys.contains_key(*key));
    let key = key.ok_or_else(|| format!("a value has one of the keys {}", KEYS.join(", ")))?;
    if matches!(key, "each" | "newest" | "count") {
        return read_search(key, keys);
    }
    let mut inner = |key: &str| {
        let form = keys.remove(key).map(Form::try_from);
        Ok::<_, String>(form.transpose()?.map(Box::new))
    };
    if key == "if" {
        let (then, other) = (inner("then")?, inner("else")?);
        let condition = Condition::try_from(keys.remove("if").unwrap_or_default())?;
        let then = then.ok_or("if: write what it is `then`")?;
        return Ok(Form::If(Box::new(condition), then, other));
    }
    if key == "number" {
        return Ok(Form::Number(inner(key)?.ok_or("number: write a value")?));
    }
    let (days, at) = (inner("days")?, inner("at")?);
    let value = keys.remove(key).unwrap_or_default();
    let text = || {
        let text = value.as_str().map(ToOwned::to_owned);
        text.ok_or_else(|| format!("{key}: {value} is no text"))
    };
    let moment = || Moment::named(&text()?).map_err(|error| format!("{key}: {error}"));
    let ended = |end| Ok(Form::Ended(end, Box::new(Form::try_from(value.clone())?)));
    match key {
        "value" => Ok(Form::Constant(value)),
        "from" => Ok(Form::From(text()?)),
        "of" => {
            if let Some(name) = at {
                return Ok(Form::At(Path::try_from(text()?)?, name));
            }
            let of = match value {
                Value::Object(_) => Form::try_from(value)?,
                _ => Form::Of(Path::try_from(text()?)?),
            };
            match keys.remove("table") {
                None => Ok(of),
                Some(Value::Object(table)) => Ok(Form::Table(Box::new(of), table)),
                Some(other) => Err(format!("table: {other} is no table of values")),
            }
        }
        "text" => Ok(Form::Text(Text::try_from(text()?)?)),
        "time" => Ok(Form::Time(moment()?, days)),
        "milliseconds" => Ok(Form::Milliseconds(moment()?)),
        "stamp" => {
            let of = keys.remove("of");
            let of = of
                .as_ref()
                .map_or("created", |of| of.as_str().unwrap_or_default());
            Ok(Form::Stamp(Moment::named(of)?, text()?))
        }
        "job" => match text()?.as_str() {
            "progress" => Ok(Form::Progress),
            "percent" => Ok(Form::Percent),
            "status" => Ok(Form::Status),
            _ => Err("job: write progress, percent or status".to_owned()),
        },
        "hex" => {
            let suffix = keys.remove("suffix").unwrap_or_default();
            let suffix = suffix.as_str().unwrap_or_default().to_owned();
            Ok(Form::Hex(Text::try_from(text()?)?, suffix))
        }
        "done" => ended(End::Done),
        "failed" => ended(End::Failed),
        "file" => {
            let part = Part::deserialize(value);
            let part = part.map_err(|_| "file: write link, until, size or kilobytes")?;
            Ok(Form::File(part))
        }
        "fields" => fields(&value, key).map(Form::Fields),
        "list" | "merge" => {
            let items = value.as_array();
            let items = items.ok_or_else(|| format!("{key}: write its values"))?;
            let items = items.iter().cloned().map(Form::try_from);
            let items = items.collect::<Result<_, _>>()?;
            Ok(match key {
                "list" => Form::List(items),
                _ => Form::Merge(items),
            })
        }
        _ => Ok(Form::Rust(text()?)),
    }
}

fn fields(value: &Value, key: &str) -> Result<BTreeMap<String, Form>, String> {
    let fields = value.as_object();
    let fields = fields.ok_or_else(|| format!("{key}: write one source for each"))?;
    let read = |(name, value): (&String, &Value)| {
        let form = Form::try_from(value.clone());
        form.map(|form| (name.clone(), form))
            .map_err(|error| format!("{name}: {error}"))
    };
    fields.iter().map(read).collect()
}

fn read_search(key: &str, keys: &mut Map<String, Value>) -> Result<Form, String> {
    let search = Search::read(key, keys)?;
    if key == "count" {
        return Ok(Form::Count(search));
    }
    let value = keys.remove("value").map(Form::try_from).transpose()?;
    let value = value
        .map(Box::new)
        .ok_or_else(|| format!("{key}: write its value"))?;
    if key == "newest" {
        return Ok(Form::Newest(search, value));
    }
    let name = keys.remove("key").map(Form::try_from).transpose()?;
    Ok(Form::Each(search, name.map(Box::new), value))
}

impl Moment {
    fn named(name: &str) -> Result<Self, String> {
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

impl Form {
    /// All sources that it is made of, itself included.
    pub(crate) fn parts(&self) -> Vec<&Self> {
        let mut parts = vec![self];
        parts.extend(self.search().into_iter().flat_map(Search::forms));
        if let Self::If(condition, ..) = self {
            parts.extend(condition.forms());
        }
        parts.extend(self.children().into_iter().flat_map(Self::parts));
        parts
    }

    /// The sources that it is made of at once, without those of conditions and searches.
    pub(crate) fn children(&self) -> Vec<&Self> {
        match self {
            Self::Ended(_, form)
            | Self::Number(form)
            | Self::At(_, form)
            | Self::Table(form, _)
            | Self::Time(_, Some(form))
            | Self::Newest(_, form) => vec![form],
            Self::With(form, fields) => fields.values().chain([&**form]).collect(),
            Self::If(_, form, other) | Self::Each(_, other, form) => {
                other.as_deref().into_iter().chain([&**form]).collect()
            }
            Self::Fields(fields) => fields.values().collect(),
            Self::List(items) | Self::Merge(items) => items.iter().collect(),
            Self::Else(form, other) => vec![form, other],
            _ => Vec::new(),
        }
    }

    /// The paths that it follows, without those of its parts.
    pub(crate) fn paths(&self) -> Vec<&Path> {
        match self {
            Self::Of(path) | Self::At(path, _) => vec![path],
            Self::Text(text) | Self::Hex(text, _) => {
                text.pieces.iter().map(|(_, path)| path).collect()
            }
            _ => Vec::new(),
        }
    }

    /// What it searches.
    pub(crate) fn search(&self) -> Option<&Search> {
        match self {
            Self::Each(search, ..) | Self::Newest(search, _) | Self::Count(search) => Some(search),
            _ => None,
        }
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
            (
                json!({ "if": { "of": "this.a", "is": 1 } }),
                "write what it is `then`",
            ),
            (json!({ "each": "part" }), "each: write its value"),
            (json!({ "count": 5 }), "no resource and no path"),
            (
                json!({ "of": "this.a", "with": 3 }),
                "with: write one source",
            ),
            (json!({ "stamp": "%Y", "of": "late" }), "write created"),
            (json!({ "job": "state" }), "percent or status"),
            (json!({ "file": "name" }), "link, until, size"),
            (json!({ "of": "this.a", "table": "b" }), "no table"),
            (json!({ "list": "a" }), "list: write its values"),
            (json!({ "failed": { "x": 1 } }), "one of the keys"),
        ] {
            let error = form(bad.clone()).unwrap_err();
            assert!(error.contains(part), "{bad}: {error}");
        }
    }
}
