//! Values of examples, written as their types have them.

use serde_json::{Map, Number, Value};

use super::names;
use super::node::{Node, Type};
use crate::interpret::uri::is_placeholder;

/// A documented value as its type has it; null where it is none of that type at all.
pub(super) fn fit(value: &Value, node: &Node) -> Value {
    let fitted = typed(value, node);
    let is_blank = fitted.is_null() || fitted == "";
    match node.time {
        // A time of another form than the others.
        Some(form) if !is_blank && !form.has(&fitted) => Value::Null,
        _ => fitted,
    }
}

fn typed(value: &Value, node: &Node) -> Value {
    match (&node.kind, value) {
        (_, Value::Null) => Value::Null,
        (Type::Any, other) => other.clone(),
        // One in other letter case is that value; a service that sends it may mean another.
        (Type::String, Value::String(text)) => {
            let same = node
                .values
                .iter()
                .find(|one| node.is_sent && one.eq_ignore_ascii_case(text));
            same.map_or_else(|| value.clone(), |one| Value::from(one.as_str()))
        }
        (Type::String, Value::Object(map)) if map.is_empty() => Value::Null,
        (Type::String, Value::Array(items)) if items.is_empty() => Value::Null,
        (Type::String, other) => Value::from(other.to_string()),
        (Type::Integer(_), other) => integer(other, node),
        (Type::Number, Value::Number(_)) => value.clone(),
        (Type::Number, Value::String(text)) => text
            .trim()
            .parse()
            .ok()
            .and_then(Number::from_f64)
            .map_or(Value::Null, Value::Number),
        (Type::Boolean, Value::Bool(_)) => value.clone(),
        (Type::Boolean, Value::String(text)) => match text.trim().to_lowercase().as_str() {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            _ => Value::Null,
        },
        (Type::Number | Type::Boolean, _) => Value::Null,
        (Type::Array(items), Value::Array(values)) => {
            values.iter().map(|one| fit(one, items)).collect()
        }
        (Type::Array(_), Value::Object(map)) if map.is_empty() => Value::Null,
        (Type::Array(_), Value::String(text)) if text.is_empty() => Value::Array(Vec::new()),
        (Type::Array(items), other) => Value::Array(vec![fit(other, items)]),
        (Type::Map(entry), Value::Object(map)) => {
            let entries = map
                .iter()
                .map(|(key, value)| (key.clone(), fit(value, entry)));
            Value::Object(entries.collect())
        }
        (Type::Object(_), Value::Object(map)) => object(map, node),
        (Type::Object(_), Value::Array(items)) => match items.as_slice() {
            [only] if only.is_object() => fit(only, node),
            _ => Value::Null,
        },
        (Type::Map(_) | Type::Object(_), _) => Value::Null,
    }
}

/// Members by the names that the table has for them.
fn object(map: &Map<String, Value>, node: &Node) -> Value {
    let mut fitted = Map::new();
    for (key, value) in map {
        let exact = |exact: bool| {
            node.properties().iter().find(|one| match exact {
                true => one.name == *key || one.aliases.contains(key),
                false => names::same(&one.name, key),
            })
        };
        let Some(property) = exact(true).or_else(|| exact(false)) else {
            continue;
        };
        let name = match property.aliases.contains(key) {
            true => key,
            false => &property.name,
        };
        fitted.insert(name.clone(), fit(value, &property.node));
    }
    Value::Object(fitted)
}

fn integer(value: &Value, node: &Node) -> Value {
    match value {
        Value::Number(number) if number.is_i64() || number.is_u64() => value.clone(),
        Value::Number(number) => whole(number.as_f64()),
        Value::Bool(truth) => Value::from(i32::from(*truth)),
        Value::String(text) => {
            let text = text.trim();
            let end = text
                .char_indices()
                .find(|(at, c)| !(c.is_ascii_digit() || *at == 0 && *c == '-'))
                .map_or(text.len(), |(at, _)| at);
            match text
                .get(..end)
                .and_then(|digits| digits.parse::<i64>().ok())
            {
                Some(number) => Value::from(number),
                None if is_placeholder(text) => Value::from(node.bounds.0.unwrap_or(1)),
                None => Value::Null,
            }
        }
        _ => Value::Null,
    }
}

fn whole(number: Option<f64>) -> Value {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a whole number is kept where one was meant"
    )]
    number.map_or(Value::Null, |number| Value::from(number.trunc() as i64))
}

/// A value made up for a type, where no page shows one. `known` has values of fields with the same name.
pub(super) fn made_up(
    name: &str,
    node: &Node,
    known: &dyn Fn(&str) -> Option<Value>,
    depth: usize,
) -> Value {
    if let Some(value) = node.values.first() {
        return match node.kind {
            Type::Integer(_) => value.parse::<i64>().map_or(Value::Null, Value::from),
            _ => Value::from(value.as_str()),
        };
    }
    // A time that another field has says nothing of the form of this one.
    let known =
        |name: &str| known(name).filter(|value| otcdb_openapi::TimeForm::of(value).is_none());
    let known: &dyn Fn(&str) -> Option<Value> = &known;
    let own = node
        .samples
        .first()
        .filter(|value| node.time.is_none_or(|form| form.has(value)));
    let sample = own.cloned().or_else(|| known(name));
    match &node.kind {
        Type::Object(properties) => {
            if depth > 8 {
                return Value::Object(Map::new());
            }
            let wanted = properties.iter().any(|one| one.required);
            let members = properties
                .iter()
                .filter(|one| one.required || !wanted)
                .map(|one| {
                    (
                        one.name.clone(),
                        made_up(&one.name, &one.node, known, depth + 1),
                    )
                });
            Value::Object(members.collect())
        }
        Type::Array(items) => Value::Array(vec![made_up(
            &names::singular(name),
            items,
            known,
            depth + 1,
        )]),
        Type::Map(_) => Value::Object(Map::new()),
        Type::Boolean => Value::Bool(true),
        Type::Integer(_) => {
            let number = sample.as_ref().and_then(Value::as_i64).unwrap_or(1);
            let number = node.bounds.0.map_or(number, |least| number.max(least));
            Value::from(node.bounds.1.map_or(number, |most| number.min(most)))
        }
        Type::Number => Value::from(1.5),
        Type::String => match sample {
            Some(Value::String(text)) if fits_bounds(&text, node) => Value::from(text),
            _ => Value::from(padded(name, node)),
        },
        Type::Any => Value::from("any"),
    }
}

fn fits_bounds(text: &str, node: &Node) -> bool {
    let length = i64::try_from(text.chars().count()).unwrap_or(i64::MAX);
    node.bounds.0.is_none_or(|least| length >= least)
        && node.bounds.1.is_none_or(|most| length <= most)
}

fn padded(name: &str, node: &Node) -> String {
    let mut text = names::kebab(name);
    while !fits_bounds(&text, node) && text.len() < 4_096 {
        if node
            .bounds
            .1
            .is_some_and(|most| text.chars().count() as i64 > most)
        {
            text.pop();
            if text.is_empty() {
                break;
            }
        } else {
            text.push('0');
        }
    }
    text
}
