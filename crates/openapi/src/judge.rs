//! Judging a value by a schema of OpenAPI 3.0.
//!
//! A library of all of JSON Schema took a fifth of the time in which the program is built, and a tenth of its size, for the two
//! dozen keywords that descriptions have. The tests of this crate hold this to such a library.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use regex_lite::Regex;
use serde_json::{Map, Number, Value};

use crate::pointer;
use crate::reference;
use crate::rule::Rule;

/// How many references and combinations are followed for one value. Bundles have no circle of them; one that had would end here.
const HOPS: usize = 64;

/// A rule of a schema that a value breaks.
#[derive(Debug)]
pub(crate) struct Broken<'s, 'v> {
    /// Where in the value that was judged.
    pub(crate) pointer: String,
    /// What is there.
    pub(crate) value: &'v Value,
    pub(crate) rule: Rule<'s, 'v>,
}

/// The regular expressions of a schema, each compiled when it is first asked for.
#[derive(Debug, Default)]
pub(crate) struct Patterns(Mutex<BTreeMap<String, Option<Regex>>>);

impl Patterns {
    /// Whether a text matches. A pattern with look-around, which is not supported, refuses nothing.
    fn matches(&self, pattern: &str, text: &str) -> bool {
        let compiled = {
            let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            match known.get(pattern) {
                Some(compiled) => compiled.clone(),
                None => {
                    let compiled = Regex::new(pattern).ok();
                    known.insert(pattern.to_owned(), compiled.clone());
                    compiled
                }
            }
        };
        compiled.is_none_or(|compiled| compiled.is_match(text))
    }
}

/// All rules that a value breaks. `schema` is a schema as OpenAPI 3.0 has it, `root` the document that it refers into.
pub(crate) fn judge<'s, 'v>(
    schema: &'s Value,
    root: &'s Value,
    patterns: &Patterns,
    value: &'v Value,
) -> Vec<Broken<'s, 'v>> {
    let mut found = Vec::new();
    Judge { root, patterns }.judge(schema, value, &At::Top, 0, &mut found);
    found
}

/// A place in a value.
enum At<'a> {
    Top,
    Member(&'a At<'a>, &'a str),
    Element(&'a At<'a>, usize),
}

impl At<'_> {
    fn pointer(&self) -> String {
        match self {
            Self::Top => String::new(),
            Self::Member(above, name) => pointer::join(&above.pointer(), name),
            Self::Element(above, index) => format!("{}/{index}", above.pointer()),
        }
    }
}

struct Judge<'s, 'p> {
    root: &'s Value,
    patterns: &'p Patterns,
}

impl<'s> Judge<'s, '_> {
    fn judge<'v>(
        &self,
        schema: &'s Value,
        value: &'v Value,
        at: &At<'_>,
        hops: usize,
        found: &mut Vec<Broken<'s, 'v>>,
    ) {
        let mut broken = |rule| {
            found.push(Broken {
                pointer: at.pointer(),
                value,
                rule,
            });
        };
        let keywords = match schema {
            Value::Object(keywords) => keywords,
            Value::Bool(false) => return broken(Rule::Nothing),
            _ => return,
        };
        if hops > HOPS {
            return;
        }
        let hops = hops + 1;
        let kind = keywords.get("type").and_then(Value::as_str);
        // Beside anything but a type it says nothing.
        let nullable = kind.is_some() && keywords.get("nullable") == Some(&Value::Bool(true));
        if let Some(kind) = kind
            && !(is(kind, value) || nullable && value.is_null())
        {
            broken(Rule::Type { kind, nullable });
        }
        if let Some(values) = keywords.get("enum").and_then(Value::as_array)
            && !(values.iter().any(|one| equal(one, value)) || nullable && value.is_null())
        {
            broken(Rule::Values { values, nullable });
        }
        match value {
            Value::String(text) => self.text(keywords, text, &mut broken),
            Value::Number(number) => numbers(keywords, number, &mut broken),
            Value::Array(elements) => lists(keywords, elements, &mut broken),
            Value::Object(members) => objects(keywords, members, &mut broken),
            Value::Null | Value::Bool(_) => {}
        }
        match value {
            Value::Array(elements) => {
                if let Some(schema) = keywords.get("items") {
                    for (index, element) in elements.iter().enumerate() {
                        self.judge(schema, element, &At::Element(at, index), 0, found);
                    }
                }
            }
            Value::Object(members) => self.members(keywords, members, at, found),
            _ => {}
        }
        if let Some((_, target)) = reference::target(self.root, schema) {
            self.judge(target, value, at, hops, found);
        }
        self.combinations(keywords, value, at, hops, found);
    }

    fn text<'v>(
        &self,
        keywords: &'s Map<String, Value>,
        text: &str,
        broken: &mut impl FnMut(Rule<'s, 'v>),
    ) {
        if let Some(pattern) = keywords.get("pattern").and_then(Value::as_str)
            && !self.patterns.matches(pattern, text)
        {
            broken(Rule::Pattern(pattern));
        }
        let (least, most) = (count(keywords, "minLength"), count(keywords, "maxLength"));
        if least.is_some() || most.is_some() {
            let length = text.chars().count();
            if let Some(least) = least.filter(|least| length < *least) {
                broken(Rule::ShorterThan(least));
            }
            if let Some(most) = most.filter(|most| length > *most) {
                broken(Rule::LongerThan(most));
            }
        }
    }

    fn members<'v>(
        &self,
        keywords: &'s Map<String, Value>,
        members: &'v Map<String, Value>,
        at: &At<'_>,
        found: &mut Vec<Broken<'s, 'v>>,
    ) {
        let properties = keywords.get("properties").and_then(Value::as_object);
        let others = keywords.get("additionalProperties");
        for (name, member) in members {
            let named = properties.and_then(|properties| properties.get(name));
            // That others are not allowed at all is told once, of the object.
            let schema = named.or(others.filter(|others| others.is_object()));
            if let Some(schema) = schema {
                self.judge(schema, member, &At::Member(at, name), 0, found);
            }
        }
    }

    fn combinations<'v>(
        &self,
        keywords: &'s Map<String, Value>,
        value: &'v Value,
        at: &At<'_>,
        hops: usize,
        found: &mut Vec<Broken<'s, 'v>>,
    ) {
        let schemas = |name| keywords.get(name).and_then(Value::as_array);
        for schema in schemas("allOf").into_iter().flatten() {
            self.judge(schema, value, at, hops, found);
        }
        let mut broken = |rule| {
            found.push(Broken {
                pointer: at.pointer(),
                value,
                rule,
            });
        };
        let fits = |schema: &&'s Value| {
            let mut found = Vec::new();
            self.judge(schema, value, at, hops, &mut found);
            found.is_empty()
        };
        if let Some(schemas) = schemas("anyOf")
            && !schemas.iter().any(|schema| fits(&schema))
        {
            broken(Rule::AnyOf);
        }
        if let Some(schemas) = schemas("oneOf") {
            match schemas.iter().filter(fits).count() {
                0 => broken(Rule::OneOf),
                1 => {}
                _ => broken(Rule::OnlyOneOf),
            }
        }
        if let Some(schema) = keywords.get("not")
            && fits(&schema)
        {
            broken(Rule::Not(schema));
        }
    }
}

fn numbers<'s, 'v>(
    keywords: &'s Map<String, Value>,
    number: &Number,
    broken: &mut impl FnMut(Rule<'s, 'v>),
) {
    let is_set = |name| keywords.get(name) == Some(&Value::Bool(true));
    let limit = |name| match keywords.get(name) {
        Some(Value::Number(limit)) => Some(limit.clone()),
        _ => None,
    };
    // Limits of their own are within those of the format.
    let (first, last) = match keywords.get("format").and_then(Value::as_str) {
        Some("int32") => (Some(i32::MIN.into()), Some(i32::MAX.into())),
        Some("int64") => (Some(i64::MIN.into()), Some(i64::MAX.into())),
        _ => (None, None),
    };
    if let Some(limit) = limit("minimum").or(first) {
        let exclusive = is_set("exclusiveMinimum");
        match compare(number, &limit) {
            Some(Ordering::Less) => broken(Rule::Below { limit, exclusive }),
            Some(Ordering::Equal) if exclusive => broken(Rule::Below { limit, exclusive }),
            _ => {}
        }
    }
    if let Some(limit) = limit("maximum").or(last) {
        let exclusive = is_set("exclusiveMaximum");
        match compare(number, &limit) {
            Some(Ordering::Greater) => broken(Rule::Above { limit, exclusive }),
            Some(Ordering::Equal) if exclusive => broken(Rule::Above { limit, exclusive }),
            _ => {}
        }
    }
    if let Some(Value::Number(unit)) = keywords.get("multipleOf")
        && !is_multiple(number, unit)
    {
        broken(Rule::MultipleOf(unit));
    }
}

fn lists<'s, 'v>(
    keywords: &'s Map<String, Value>,
    elements: &[Value],
    broken: &mut impl FnMut(Rule<'s, 'v>),
) {
    if let Some(least) = count(keywords, "minItems").filter(|least| elements.len() < *least) {
        broken(Rule::FewerItems(least));
    }
    if let Some(most) = count(keywords, "maxItems").filter(|most| elements.len() > *most) {
        broken(Rule::MoreItems(most));
    }
    let mut rest = elements;
    while keywords.get("uniqueItems") == Some(&Value::Bool(true))
        && let [first, others @ ..] = rest
    {
        if others.iter().any(|other| equal(first, other)) {
            return broken(Rule::Unique);
        }
        rest = others;
    }
}

fn objects<'s, 'v>(
    keywords: &'s Map<String, Value>,
    members: &'v Map<String, Value>,
    broken: &mut impl FnMut(Rule<'s, 'v>),
) {
    let required = keywords.get("required").and_then(Value::as_array);
    for name in required.into_iter().flatten().filter_map(Value::as_str) {
        if !members.contains_key(name) {
            broken(Rule::Required(name));
        }
    }
    if let Some(least) = count(keywords, "minProperties").filter(|least| members.len() < *least) {
        broken(Rule::FewerMembers(least));
    }
    if let Some(most) = count(keywords, "maxProperties").filter(|most| members.len() > *most) {
        broken(Rule::MoreMembers(most));
    }
    if keywords.get("additionalProperties") == Some(&Value::Bool(false)) {
        let properties = keywords.get("properties").and_then(Value::as_object);
        let is_other = |name: &&String| properties.is_none_or(|all| !all.contains_key(*name));
        let others: Vec<&str> = members
            .keys()
            .filter(is_other)
            .map(String::as_str)
            .collect();
        if !others.is_empty() {
            broken(Rule::Unlisted(others));
        }
    }
}

fn count(keywords: &Map<String, Value>, name: &str) -> Option<usize> {
    usize::try_from(keywords.get(name)?.as_u64()?).ok()
}

fn is(kind: &str, value: &Value) -> bool {
    match (kind, value) {
        ("integer", Value::Number(number)) => is_whole(number),
        ("number", Value::Number(_))
        | ("string", Value::String(_))
        | ("boolean", Value::Bool(_))
        | ("array", Value::Array(_))
        | ("object", Value::Object(_))
        | ("null", Value::Null) => true,
        _ => false,
    }
}

fn is_whole(number: &Number) -> bool {
    whole(number).is_some() || number.as_f64().is_some_and(|number| number.fract() == 0.0)
}

fn whole(number: &Number) -> Option<i128> {
    let signed = number.as_i64().map(i128::from);
    signed.or_else(|| number.as_u64().map(i128::from))
}

fn compare(one: &Number, other: &Number) -> Option<Ordering> {
    match (whole(one), whole(other)) {
        (Some(one), Some(other)) => Some(one.cmp(&other)),
        _ => one.as_f64()?.partial_cmp(&other.as_f64()?),
    }
}

fn is_multiple(number: &Number, unit: &Number) -> bool {
    match (whole(number), whole(unit), number.as_f64(), unit.as_f64()) {
        (Some(number), Some(unit), _, _) => unit != 0 && number % unit == 0,
        (_, _, Some(number), Some(unit)) => (number / unit).fract() == 0.0,
        _ => false,
    }
}

/// Whether two values are the same: 1 is 1.0.
fn equal(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => compare(one, other) == Some(Ordering::Equal),
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| equal(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            let same = |(name, one)| other.get(name).is_some_and(|other| equal(one, other));
            one.len() == other.len() && one.iter().all(same)
        }
        _ => one == other,
    }
}
