//! How values, conditions and searches are written.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::path::{End, Moment, Part, Path, Text};
use super::terms::{Condition, Fields, Form, Search, Source, Test};

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

fn fields(value: &Value, key: &str) -> Result<Fields, String> {
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

const TESTS: [&str; 9] = [
    "is", "not", "same", "unlike", "among", "above", "least", "within", "kinds",
];

impl TryFrom<Value> for Condition {
    type Error = String;

    fn try_from(value: Value) -> Result<Self, String> {
        let Value::Object(mut keys) = value else {
            return Err(format!("{value} is no condition"));
        };
        let condition = Self::read(&mut keys)?;
        match keys.keys().next() {
            Some(key) => Err(format!(
                "{key:?} does not go with the rest of its condition"
            )),
            None => Ok(condition),
        }
    }
}

impl Condition {
    /// Takes a condition out of the keys that it may share with its error.
    pub(super) fn read(keys: &mut Map<String, Value>) -> Result<Self, String> {
        const KEYS: [&str; 6] = ["of", "free", "some", "none", "younger", "all"];
        let key = KEYS.into_iter().find(|key| keys.contains_key(*key));
        let key = key
            .ok_or_else(|| format!("a condition has one of the keys {}, rust", KEYS.join(", ")))?;
        if matches!(key, "some" | "none") {
            return Ok(Self::Found(Search::read(key, keys)?, key == "some"));
        }
        let value = keys.remove(key).unwrap_or_default();
        match (key, value) {
            ("of", subject) => {
                let test = TESTS.into_iter().find(|test| keys.contains_key(*test));
                let test = test.ok_or_else(|| format!("{subject}: write {}", TESTS.join(", ")))?;
                let wanted = keys.remove(test).unwrap_or_default();
                Ok(Self::Of(operand(subject)?, Test::read(test, wanted, keys)?))
            }
            ("free", Value::String(resource)) => Ok(Self::Free(resource)),
            ("younger", days) => match days.as_u64().and_then(|days| days.try_into().ok()) {
                Some(days) => Ok(Self::Younger(days)),
                None => Err(format!("younger: {days} is no number of days")),
            },
            ("all", Value::Array(all)) => {
                let all = all.into_iter().map(Self::try_from);
                all.collect::<Result<_, _>>().map(Self::All)
            }
            (key, other) => Err(format!("{key}: {other} is none")),
        }
    }
}

impl Test {
    fn read(key: &str, wanted: Value, keys: &mut Map<String, Value>) -> Result<Self, String> {
        let constants = |wanted| match wanted {
            Value::Array(values) => values,
            one => vec![one],
        };
        Ok(match key {
            "is" => Self::Is(constants(wanted)),
            "not" => Self::Not(constants(wanted)),
            "same" => Self::Same(operand(wanted)?),
            "unlike" => Self::Unlike(operand(wanted)?),
            "among" => Self::Among(operand(wanted)?),
            "above" => Self::Above(operand(wanted)?),
            "least" => Self::Least(operand(wanted)?),
            "within" => Self::Within(operand(wanted)?),
            _ => {
                let count = wanted.as_u64().and_then(|count| count.try_into().ok());
                let count = count.ok_or_else(|| format!("{key}: {wanted} is no number"))?;
                let long = keys.remove("long").unwrap_or_default();
                let long = long
                    .as_str()
                    .ok_or("kinds: write how `long` it is, such as 8-32")?;
                Self::Kinds(count, long.to_owned())
            }
        })
    }
}

/// A value that is written as a path, as a number, or in full.
fn operand(value: Value) -> Result<Form, String> {
    match value {
        Value::String(path) => Path::try_from(path).map(Form::Of),
        other => Form::try_from(other),
    }
}

impl Search {
    /// Takes a search out of the keys beside which others may stand.
    pub(super) fn read(key: &str, keys: &mut Map<String, Value>) -> Result<Self, String> {
        let source = match keys.remove(key) {
            Some(Value::String(path)) if path.contains('.') => {
                Source::Items(Box::new(Form::Of(Path::try_from(path)?)))
            }
            Some(value @ Value::Object(_)) => Source::Items(Box::new(Form::try_from(value)?)),
            Some(Value::String(resource)) => Source::Records(resource),
            other => {
                let other = other.unwrap_or_default();
                return Err(format!("{key}: {other} is no resource and no path"));
            }
        };
        let mut fields = |key: &str| match keys.remove(key) {
            None => Ok(Fields::new()),
            Some(Value::Object(fields)) => {
                let fields = fields.into_iter();
                let fields = fields.map(|(name, value)| Ok((name, Form::try_from(value)?)));
                fields.collect::<Result<Fields, String>>()
            }
            Some(other) => Err(format!("{key}: {other} has no fields")),
        };
        let (only, except) = (fields("where")?, fields("except")?);
        let condition = keys.remove("if").map(Condition::try_from).transpose()?;
        Ok(Self {
            source,
            only,
            except,
            condition: condition.map(Box::new),
        })
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

    #[test]
    fn a_condition_has_one_test_and_what_it_needs() {
        let read = |value: Value| Condition::try_from(value);
        for good in [
            json!({ "of": "request.port", "within": { "of": "this.a", "table": { "b": "1-2" } } }),
            json!({ "none": "part", "where": { "name": { "from": "name" } }, "except": { "id": 1 } }),
            json!({ "all": [{ "younger": 7 }, { "of": "this.size", "above": 40 }] }),
        ] {
            assert!(read(good.clone()).is_ok(), "{good}");
        }
        for (bad, part) in [
            (json!("this.a"), "no condition"),
            (json!({ "of": "this.a" }), "write is, not, same"),
            (
                json!({ "of": "this.a", "is": 1, "not": 2 }),
                "\"not\" does not go",
            ),
            (json!({ "of": "this.a", "same": "b" }), "no path"),
            (json!({ "of": "this.a", "kinds": "3" }), "no number"),
            (json!({ "of": "this.a", "kinds": 3 }), "how `long`"),
            (json!({ "some": 3 }), "no resource and no path"),
            (json!({ "some": "part", "where": 3 }), "has no fields"),
            (json!({ "younger": "7d" }), "no number of days"),
            (json!({ "all": 3 }), "is none"),
        ] {
            let error = read(bad.clone()).unwrap_err();
            assert!(error.contains(part), "{bad}: {error}");
        }
    }
}
