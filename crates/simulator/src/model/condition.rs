//! Conditions, and searches for what they hold of.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::Fields;
use super::form::{Form, Path};

/// Something that holds or does not.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "Value")]
pub(crate) enum Condition {
    /// What a test says of a value.
    Of(Form, Test),
    /// No job is under way on a record of the resource, of the same parent.
    Free(String),
    /// A search finds something, or nothing.
    Found(Search, bool),
    /// The record was made less than so many days ago.
    Younger(u32),
    /// All of them hold.
    All(Vec<Condition>),
}

/// A test of a value. Tests that compare it with another one hold where one of the two is missing.
#[derive(Clone, Debug)]
pub(crate) enum Test {
    /// It is one of these constants; a missing one is null.
    Is(Vec<Value>),
    /// It is none of them.
    Not(Vec<Value>),
    /// It is this value.
    Same(Form),
    /// It is another one.
    Unlike(Form),
    /// It is in this list.
    Among(Form),
    /// It is a number larger than this one.
    Above(Form),
    /// It is a number, this one or a larger one.
    Least(Form),
    /// It is in one of these ranges of whole numbers, or one of these words: `1433,2100-9500`, `ON|OFF`.
    Within(Form),
    /// It is a text with this many of the four kinds of characters (capital and small letters, digits, signs), whose length
    /// is in a range.
    Kinds(usize, String),
}

/// A search among the records of a resource or the items of a value. Where values are made or conditions checked for each
/// of them, paths reach it as `one`.
#[derive(Clone, Debug)]
pub(crate) struct Search {
    pub(crate) source: Source,
    /// Fields that have these values.
    pub(crate) only: Fields,
    /// Fields that have none of these values.
    pub(crate) except: Fields,
    pub(crate) condition: Option<Box<Condition>>,
}

/// Where a search looks.
#[derive(Clone, Debug)]
pub(crate) enum Source {
    /// The records of a resource that belong to the same.
    Records(String),
    /// A list, the members of an object as `name` and `value`, a text with commas, or the numbers from 0 up to one.
    Items(Box<Form>),
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

    /// The values that it is made of.
    pub(crate) fn forms(&self) -> Vec<&Form> {
        match self {
            Self::Of(subject, test) => {
                let mut forms = subject.parts();
                forms.extend(test.form().into_iter().flat_map(Form::parts));
                forms
            }
            Self::Found(search, _) => search.forms(),
            Self::All(all) => all.iter().flat_map(Self::forms).collect(),
            Self::Free(_) | Self::Younger(_) => Vec::new(),
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

    fn form(&self) -> Option<&Form> {
        match self {
            Self::Is(_) | Self::Not(_) | Self::Kinds(..) => None,
            Self::Same(form)
            | Self::Unlike(form)
            | Self::Among(form)
            | Self::Above(form)
            | Self::Least(form)
            | Self::Within(form) => Some(form),
        }
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

    /// The values that it is made of.
    pub(crate) fn forms(&self) -> Vec<&Form> {
        let fields = self.only.values().chain(self.except.values());
        let mut forms: Vec<&Form> = fields.flat_map(Form::parts).collect();
        forms.extend(self.condition.iter().flat_map(|one| one.forms()));
        if let Source::Items(form) = &self.source {
            forms.extend(form.parts());
        }
        forms
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

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
