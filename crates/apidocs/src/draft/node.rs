//! What a field is, judged from its table and from all its examples.

use std::collections::BTreeSet;

use otcdb_openapi::TimeForm;
use serde_json::{Map, Value};

use super::names;
use crate::facts::{Field, Limited, Stated};
use crate::interpret::uri::is_placeholder;
use crate::type_name::{self, Shape};

/// Tables nest no deeper; the bound ends what refers to itself.
const DEEPEST: usize = 24;

/// A type, with what is in it.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Type {
    String,
    /// `true` where values do not fit 32 bits.
    Integer(bool),
    Number,
    Boolean,
    Array(Box<Node>),
    Map(Box<Node>),
    Object(Vec<Property>),
    /// Nothing tells.
    Any,
}

/// A field, or what an array holds.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Node {
    pub(super) kind: Type,
    /// The name that the table has for the type, `Tag` in `Array of Tag objects`.
    pub(super) type_name: Option<String>,
    /// Documented values, where they can be an enum.
    pub(super) values: Vec<String>,
    /// Smallest and largest value or length of what is sent.
    pub(super) bounds: (Option<i64>, Option<i64>),
    /// What the table says beside, for whoever writes the description.
    pub(super) notes: Vec<String>,
    /// Values in the examples of the pages.
    pub(super) samples: Vec<Value>,
    /// Whether a caller sends it.
    pub(super) is_sent: bool,
    /// The form of a time, where every example is one.
    pub(super) time: Option<TimeForm>,
}

/// A property of an object.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Property {
    pub(super) name: String,
    pub(super) required: bool,
    pub(super) aliases: Vec<String>,
    pub(super) node: Node,
}

/// Who sends a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Request,
    Response,
}

impl Node {
    fn new(kind: Type) -> Self {
        Self {
            kind,
            type_name: None,
            values: Vec::new(),
            bounds: (None, None),
            notes: Vec::new(),
            samples: Vec::new(),
            is_sent: false,
            time: None,
        }
    }

    /// The properties of an object, or of the objects of an array.
    pub(super) fn properties(&self) -> &[Property] {
        match &self.kind {
            Type::Object(properties) => properties,
            _ => &[],
        }
    }

    /// A property of this object.
    pub(super) fn property(&mut self, name: &str) -> Option<&mut Property> {
        match &mut self.kind {
            Type::Object(properties) => properties.iter_mut().find(|one| one.name == name),
            _ => None,
        }
    }
}

/// Judges an object by the fields of all its tables and by all its examples.
pub(super) fn object(forms: &[&[Field]], samples: &[&Value], side: Side) -> Node {
    let objects: Vec<&Value> = samples
        .iter()
        .copied()
        .filter(|one| one.is_object())
        .collect();
    let mut node = Node::new(Type::Object(properties(forms, &objects, side, 0)));
    node.samples = samples.iter().map(|one| (*one).clone()).collect();
    node
}

/// Judges one field.
pub(super) fn field(field: &Field, samples: &[&Value], side: Side) -> Node {
    judge(Some(field), samples, side, 0)
}

/// Judges what only examples show.
pub(super) fn undocumented(samples: &[&Value], side: Side) -> Node {
    judge(None, samples, side, 0)
}

fn judge(field: Option<&Field>, samples: &[&Value], side: Side, depth: usize) -> Node {
    let told: Vec<&Value> = samples.iter().copied().filter(|one| tells(one)).collect();
    let word = field
        .and_then(|one| one.type_word.value())
        .map_or("", String::as_str);
    let fields: &[Field] = field.map_or(&[], |one| one.fields.as_slice());
    let kind = if depth > DEEPEST {
        Type::Any
    } else {
        field
            .and_then(|field| keyed_by_data(field, &told, side, depth))
            .unwrap_or_else(|| kind(word, fields, &told, side, depth))
    };
    let mut node = Node::new(kind);
    node.type_name = type_name::named(word).filter(|name| is_type_name(name));
    node.samples = told.iter().map(|one| (*one).clone()).collect();
    node.time = time(&node.kind, samples);
    if let Some(field) = field {
        let place = match &mut node.kind {
            Type::Array(items) if !matches!(items.kind, Type::Object(_)) => items.as_mut(),
            // Values of a map; what else its row states may be of the keys.
            Type::Map(entry) if side == Side::Response && entry.kind == Type::String => {
                entry.as_mut()
            }
            _ => &mut node,
        };
        limit(place, field, side);
        node.notes = notes(field, &node);
    }
    node
}

/// Whether a word names the type of an object, and not that it is one.
fn is_type_name(word: &str) -> bool {
    let plain = word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let kind = type_name::shape(word);
    plain && word.starts_with(|c: char| c.is_ascii_uppercase()) && matches!(kind, Shape::Unknown)
}

/// Whether a value says something of the type.
fn tells(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) => !is_placeholder(text),
        _ => true,
    }
}

fn kind(word: &str, fields: &[Field], told: &[&Value], side: Side, depth: usize) -> Type {
    let all = |is: fn(&Value) -> bool| !told.is_empty() && told.iter().all(|one| is(one));
    let array = |item_word: &str| {
        let items: Vec<&Value> = told.iter().copied().flat_map(within).collect();
        Type::Array(Box::new(items_of(item_word, fields, &items, side, depth)))
    };
    let whole = || {
        // Rows that describe any key and its value, not fields of these names.
        let keyed = is_keyed(fields, told);
        if keyed {
            let entries: Vec<&Value> = told
                .iter()
                .filter_map(|one| one.as_object())
                .flat_map(Map::values)
                .collect();
            return Type::Map(Box::new(items_of("", &[], &entries, side, depth)));
        }
        Type::Object(properties(&[fields], told, side, depth))
    };
    let shape = type_name::shape(word);
    // Where every example is built otherwise than the table says, the examples are what the service sends.
    match shape {
        Shape::String | Shape::Integer | Shape::Number | Shape::Boolean => {
            if all(Value::is_object) {
                return whole();
            }
            if all(Value::is_array) {
                return array("");
            }
        }
        Shape::Object | Shape::Any | Shape::Unknown if all(Value::is_array) => return array(""),
        Shape::ArrayOfObjects if all(Value::is_object) => return whole(),
        Shape::Object if all(Value::is_string) && fields.is_empty() => return Type::String,
        _ => {}
    }
    match shape {
        Shape::String => Type::String,
        Shape::Integer | Shape::Number | Shape::Boolean => scalar(word, shape, told),
        Shape::Map => {
            let entries: Vec<&Value> = told
                .iter()
                .filter_map(|one| one.as_object())
                .flat_map(Map::values)
                .collect();
            let entry = type_name::entry_type(word).unwrap_or_default();
            let node = match fields {
                [] => items_of(entry, &[], &entries, side, depth),
                fields => Node::new(Type::Object(properties(
                    &[fields],
                    &entries,
                    side,
                    depth + 1,
                ))),
            };
            Type::Map(Box::new(node))
        }
        Shape::Object => match (fields.is_empty(), all(Value::is_object)) {
            (true, false) => Type::Any,
            _ => whole_or_any(whole()),
        },
        Shape::ArrayOfObjects | Shape::ArrayOfScalars | Shape::Array => {
            array(type_name::item_type(word).unwrap_or_default())
        }
        Shape::Any | Shape::Unknown => {
            if !fields.is_empty() || all(Value::is_object) {
                return whole_or_any(whole());
            }
            if told.is_empty() {
                return match shape {
                    Shape::Any => Type::Any,
                    _ => Type::String,
                };
            }
            by_example(told)
        }
    }
}

/// Whether the examples have keys of their own in place of `key` and `value`.
fn is_keyed(fields: &[Field], told: &[&Value]) -> bool {
    let keys: Vec<&String> = told
        .iter()
        .filter_map(|one| one.as_object())
        .flat_map(Map::keys)
        .collect();
    let is_row = |field: &Field| {
        ["key", "keys", "name", "parameter", "value", "values"]
            .contains(&names::fold(&field.name).as_str())
    };
    !keys.is_empty()
        && !fields.is_empty()
        && fields.iter().all(is_row)
        && !keys
            .iter()
            .any(|key| fields.iter().any(|field| names::same(&field.name, key)))
}

/// A map of the documented values, by keys that no table can list, such as zones: where each value of the examples is one of
/// them, or where no two examples share a key.
fn keyed_by_data(field: &Field, told: &[&Value], side: Side, depth: usize) -> Option<Type> {
    let objects: Option<Vec<&Map<String, Value>>> =
        told.iter().map(|one| one.as_object()).collect();
    let objects = objects.filter(|_| field.fields.is_empty())?;
    let entries: Vec<&Value> = objects.iter().flat_map(|one| one.values()).collect();
    if entries.is_empty() || !entries.iter().all(|one| one.is_string()) {
        return None;
    }
    let is_documented = |value: &&Value| {
        let text = value.as_str().unwrap_or_default();
        field
            .values
            .iter()
            .any(|one| one.eq_ignore_ascii_case(text))
    };
    let keys: BTreeSet<&String> = objects.iter().flat_map(|one| one.keys()).collect();
    let is_unlike = objects.len() > 1 && keys.len() == entries.len();
    let is_map = entries.iter().all(is_documented) || is_unlike;
    is_map.then(|| Type::Map(Box::new(items_of("", &[], &entries, side, depth))))
}

/// An object of which no field is known says nothing.
fn whole_or_any(kind: Type) -> Type {
    match kind {
        Type::Object(properties) if properties.is_empty() => Type::Any,
        kind => kind,
    }
}

fn items_of(word: &str, fields: &[Field], items: &[&Value], side: Side, depth: usize) -> Node {
    let told: Vec<&Value> = items.iter().copied().filter(|one| tells(one)).collect();
    let kind = match depth > DEEPEST {
        true => Type::Any,
        false => {
            // A list of objects without fields that holds scalars in every example is one of scalars.
            let scalars =
                !told.is_empty() && told.iter().all(|one| !one.is_object() && !one.is_array());
            match word {
                "object" if scalars => by_example(&told),
                _ => kind(word, fields, &told, side, depth + 1),
            }
        }
    };
    let mut node = Node::new(kind);
    node.time = time(&node.kind, items);
    node.samples = told.iter().map(|one| (*one).clone()).collect();
    node
}

/// The form of the times that examples are; `None` where one is no time.
fn time(kind: &Type, samples: &[&Value]) -> Option<TimeForm> {
    let is_blank = |value: &Value| value.is_null() || value == "";
    let forms = samples
        .iter()
        .filter(|one| !is_blank(one))
        .map(|one| match (kind, *one) {
            (Type::String, value @ Value::String(_)) => TimeForm::of(value),
            (Type::String, value) => TimeForm::of(&Value::from(value.to_string())),
            (Type::Integer(_), Value::String(text)) => {
                TimeForm::of(&Value::from(text.trim().parse::<u64>().ok()?))
            }
            (Type::Integer(_), value) => TimeForm::of(value),
            _ => None,
        });
    let forms: Option<Vec<TimeForm>> = forms.collect();
    forms?.first().copied()
}

/// The elements of a value where a list is wanted.
fn within(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(items) => items.iter().collect(),
        other => vec![other],
    }
}

fn by_example(told: &[&Value]) -> Type {
    let all = |is: fn(&Value) -> bool| told.iter().all(|one| is(one));
    if all(Value::is_boolean) {
        Type::Boolean
    } else if all(Value::is_number) {
        number(told, false)
    } else if told.iter().any(|one| one.is_object() || one.is_array()) {
        Type::Any
    } else {
        Type::String
    }
}

/// Integers where every example is one, or is text that is one.
fn scalar(word: &str, shape: Shape, told: &[&Value]) -> Type {
    let text_only = |fits: fn(&str) -> bool| {
        told.is_empty()
            || told.iter().any(|one| match one {
                Value::String(text) => fits(text),
                other => !other.is_object() && !other.is_array(),
            })
    };
    match shape {
        Shape::Boolean if told.iter().any(|one| one.is_boolean()) => Type::Boolean,
        Shape::Boolean if text_only(is_truth) => Type::Boolean,
        Shape::Integer | Shape::Number if text_only(is_number) => {
            if shape == Shape::Number {
                return Type::Number;
            }
            let lower = word.trim().to_lowercase();
            number(told, ["long", "int64", "bigint"].contains(&lower.as_str()))
        }
        _ => Type::String,
    }
}

/// A number, perhaps with what a slip or a percent sign left behind it.
fn is_number(text: &str) -> bool {
    let number = text.trim().trim_end_matches([',', ';', '%', ' ']);
    number.parse::<f64>().is_ok()
}

fn is_truth(text: &str) -> bool {
    ["true", "false"].contains(&text.trim().to_lowercase().as_str())
}

fn number(told: &[&Value], is_long: bool) -> Type {
    let values: Vec<f64> = told
        .iter()
        .filter_map(|one| match one {
            Value::String(text) => text.trim().parse().ok(),
            other => other.as_f64(),
        })
        .collect();
    if values.iter().any(|one| one.fract() != 0.0) {
        return Type::Number;
    }
    Type::Integer(is_long || values.iter().any(|one| one.abs() > f64::from(i32::MAX)))
}

/// The fields of all tables, in their order, then those that only examples have.
fn properties(forms: &[&[Field]], objects: &[&Value], side: Side, depth: usize) -> Vec<Property> {
    let mut found: Vec<Property> = Vec::new();
    let samples_of =
        |name: &str| -> Vec<&Value> { objects.iter().filter_map(|one| one.get(name)).collect() };
    for field in forms.iter().copied().flatten() {
        let name = field.name.as_str();
        if name.is_empty() || found.iter().any(|one| one.name == name) {
            continue;
        }
        let twin = found.iter_mut().find(|one| names::same(&one.name, name));
        if let Some(twin) = twin {
            twin.aliases.push(name.to_owned());
            continue;
        }
        let mandatory = forms.iter().all(|form| {
            form.iter()
                .any(|one| one.name == name && one.mandatory == Stated::Value(true))
        });
        let samples = samples_of(name);
        let node = judge(Some(field), &samples, side, depth + 1);
        found.push(Property {
            name: name.to_owned(),
            // What an example goes without is not required, whatever the table says.
            required: mandatory && side == Side::Request && samples.len() == objects.len(),
            aliases: Vec::new(),
            node,
        });
    }
    for name in objects
        .iter()
        .filter_map(|one| one.as_object())
        .flat_map(Map::keys)
    {
        let is_name = !names::fold(name).is_empty() && name.trim() == name;
        if !is_name || found.iter().any(|one| names::same(&one.name, name)) {
            continue;
        }
        let mut node = judge(None, &samples_of(name), side, depth + 1);
        node.notes.push("in no table".to_owned());
        found.push(Property {
            name: name.clone(),
            required: false,
            aliases: Vec::new(),
            node,
        });
    }
    found
}

/// Values and bounds.
fn limit(node: &mut Node, field: &Field, side: Side) {
    node.is_sent = side == Side::Request;
    node.values = enumerated(&node.kind, field, &node.samples, side);
    if !node.values.is_empty() {
        node.time = None;
    }
    if side == Side::Response || !node.values.is_empty() {
        return;
    }
    for one in &field.limits {
        let of = match (&node.kind, one.of) {
            (Type::Integer(_), Limited::Value) => Limited::Value,
            (Type::String, Limited::Length) => Limited::Length,
            _ => continue,
        };
        let read = |text: &Option<String>| text.as_ref().and_then(|text| text.parse::<i64>().ok());
        let (least, most) = (read(&one.min), read(&one.max));
        let fits = |value: &Value| {
            let size = match (of, value) {
                (Limited::Value, value) => value.as_i64(),
                (Limited::Length, Value::String(text)) => i64::try_from(text.chars().count()).ok(),
                _ => None,
            };
            size.is_none_or(|size| {
                least.is_none_or(|l| l <= size) && most.is_none_or(|m| size <= m)
            })
        };
        if node.samples.iter().all(fits) && least.is_none_or(|l| most.is_none_or(|m| l <= m)) {
            node.bounds = (least.or(node.bounds.0), most.or(node.bounds.1));
        }
    }
    if let (Type::Integer(wide), (_, Some(most))) = (&mut node.kind, node.bounds) {
        *wide |= most > i64::from(i32::MAX);
    }
    if matches!(node.kind, Type::String) {
        let nonnegative = |bound: Option<i64>| bound.filter(|one| *one >= 0);
        node.bounds = (
            nonnegative(node.bounds.0).filter(|one| *one > 0),
            nonnegative(node.bounds.1),
        );
    }
}

/// The documented values, where every client can make an enum of them.
fn enumerated(kind: &Type, field: &Field, samples: &[Value], side: Side) -> Vec<String> {
    let mut values: Vec<String> = field.values.clone();
    match kind {
        Type::String => {}
        // What is sent may have other values; a number of a request is bounded by its limits.
        Type::Integer(_)
            if side == Side::Response && values.iter().all(|one| one.parse::<i64>().is_ok()) => {}
        _ => return Vec::new(),
    }
    values.retain(|one| !one.trim().is_empty() && one.trim() == one);
    if side == Side::Request {
        for sample in samples.iter().filter_map(Value::as_str) {
            if !values.is_empty() && !values.iter().any(|one| one.eq_ignore_ascii_case(sample)) {
                values.push(sample.to_owned());
            }
        }
    }
    let distinct = names::distinct_constants(&values);
    let short = values.iter().all(|one| !one.is_empty() && one.len() <= 64);
    if distinct && short {
        values
    } else {
        Vec::new()
    }
}

/// What the table says and the schema does not.
fn notes(field: &Field, node: &Node) -> Vec<String> {
    let mut notes = Vec::new();
    if let Stated::Value(default) = &field.default {
        notes.push(format!("default {}", default.join(" or ")));
    }
    if node.values.is_empty()
        && !field.values.is_empty()
        && !matches!(&node.kind, Type::Array(items) | Type::Map(items) if !items.values.is_empty())
    {
        notes.push(format!("values {}", field.values.join(", ")));
    }
    if node.bounds == (None, None) {
        for limit in &field.limits {
            let range = match (&limit.min, &limit.max) {
                (Some(min), Some(max)) => format!("{min} to {max}"),
                (Some(min), None) => format!("at least {min}"),
                (None, Some(max)) => format!("at most {max}"),
                (None, None) => continue,
            };
            notes.push(match limit.of {
                Limited::Value => range,
                Limited::Length => format!("{range} characters"),
            });
        }
    }
    notes
}
