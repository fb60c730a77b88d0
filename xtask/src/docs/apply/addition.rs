//! What a page has and the description lacks, as something to insert: what a draft of the page has for it.

use otcdb_apidocs::draft::{ExamplePart, Part, Parts};
use otcdb_apidocs::{Discrepancy, Facts, Field, Payload, Stated};
use otcdb_openapi::{OPEN, UNWRITTEN, pointer};
use serde_json::{Map, Value, json};

use super::insertion::{Insertion, Place};
use super::on_page::{field_of, listed, payloads, side};

/// Something to insert into the bundled document.
#[derive(Debug)]
pub(super) struct Addition {
    /// JSON pointer to where.
    pub(super) pointer: String,
    pub(super) insertion: Insertion,
    /// The file of a new component, below the service's folder.
    pub(super) file: Option<String>,
}

/// What a difference means.
#[derive(Debug, Default)]
pub(super) struct Additions {
    pub(super) list: Vec<Addition>,
    /// Whether a draft records what then is left of the difference.
    pub(super) is_recorded: bool,
}

/// Where the difference is.
pub(super) struct Subject<'a> {
    pub(super) document: &'a Value,
    /// JSON pointer to the operation.
    pub(super) operation: &'a str,
    /// The page as it is, and as it was.
    pub(super) page: &'a Facts,
    pub(super) was: Option<&'a Facts>,
    /// Makes a draft of the operation's pages.
    pub(super) draft: &'a dyn Fn() -> Option<Parts<'a>>,
    /// The file below the service's folder in which something of the document was written.
    pub(super) file_of: &'a dyn Fn(&str) -> String,
}

/// A difference, split into its key's parts.
struct Key<'a> {
    /// `request`, `response 200`, `parameter query limit` …
    place: &'a str,
    what: &'a str,
}

const OTHERWISE: &str = "the page lists it in another way";

/// The additions that a difference means; why it is a person's edit, if it is none.
///
/// # Errors
/// The reason, to be told to that person.
pub(super) fn of(difference: &Discrepancy, subject: &Subject<'_>) -> Result<Additions, String> {
    let whole = difference.key.as_str();
    let own = ["permissions", "parameter ", "request", "response "];
    let key = match whole.split_once(": ") {
        // Keys of another source begin with its name.
        Some((_, rest)) if !own.iter().any(|word| whole.starts_with(word)) => rest,
        _ => whole,
    };
    let Some((place, what)) = key.rsplit_once(": ") else {
        return Err(format!("{key} is no addition"));
    };
    let key = Key { place, what };
    let at = &difference.pointer;
    let list = match (key.place, key.what) {
        (place, "missing") if place.contains(" example ") => return example(&key, at, subject),
        ("permissions", "missing") => vec![permissions(difference, subject.operation)?],
        (place, "missing") if place.starts_with("parameter ") => parameter(place, subject)?,
        (place, "example") if place.starts_with("parameter ") => {
            return value_of_parameter(place, at, subject);
        }
        (place, "missing") => match place.split(' ').collect::<Vec<_>>().as_slice() {
            ["request"] => return Err("a body that was not there is a person's edit".to_owned()),
            ["response", status] => response(status, subject)?,
            [.., path] => field(&key, path, at, subject)?,
            [] => return Err("it has no place".to_owned()),
        },
        (_, "values") => values(&key, at, subject)?,
        _ => return Err("what changes, and is not only new, is a person's edit".to_owned()),
    };
    Ok(Additions {
        list,
        is_recorded: false,
    })
}

/// A difference that stays, recorded as a deviation.
pub(super) fn record(difference: &Discrepancy, operation: &str, document: &Value) -> Addition {
    let entry = otcdb_apidocs::draft::deviation(difference);
    let at = pointer::join(operation, "x-doc-deviations");
    if document.pointer(&at).is_some() {
        return here(
            at,
            Insertion::Element {
                value: entry,
                at: None,
            },
        );
    }
    let before = [
        "x-waiter",
        "x-destroys",
        "x-pagination",
        "x-permissions",
        "x-documentation",
        "x-resource",
        "tags",
    ];
    here(
        operation.to_owned(),
        Insertion::Member {
            key: "x-doc-deviations".to_owned(),
            value: json!([entry]),
            place: Place::behind(before),
        },
    )
}

fn here(pointer: String, insertion: Insertion) -> Addition {
    Addition {
        pointer,
        insertion,
        file: None,
    }
}

fn draft<'a>(subject: &Subject<'a>) -> Result<Parts<'a>, String> {
    (subject.draft)().ok_or_else(|| OTHERWISE.to_owned())
}

/// Something of a draft, behind the components that it refers to and nobody has described.
fn with_components(part: Part, make: impl FnOnce(Value) -> Addition) -> Vec<Addition> {
    let components = part.components.into_iter().map(|one| Addition {
        pointer: format!("/components/{}", one.section),
        insertion: Insertion::Member {
            key: one.name,
            value: one.value,
            place: Place::Last,
        },
        file: Some(one.file),
    });
    let mut all: Vec<Addition> = components.collect();
    all.push(make(part.value));
    all
}

fn permissions(difference: &Discrepancy, operation: &str) -> Result<Addition, String> {
    let listed = difference.advice.split_once('[');
    let listed = listed.and_then(|(_, rest)| rest.split_once(']'));
    let (actions, _) = listed.ok_or("the actions are not stated")?;
    let actions: Vec<&str> = actions.split(", ").filter(|one| !one.is_empty()).collect();
    Ok(here(
        operation.to_owned(),
        Insertion::Member {
            key: "x-permissions".to_owned(),
            value: json!(actions),
            place: Place::behind(["x-documentation", "tags"]),
        },
    ))
}

/// Whoever did what the page said before still does.
fn optional(field: &Field) -> Result<(), String> {
    match field.mandatory {
        Stated::Value(true) => Err("it is mandatory, which breaks callers".to_owned()),
        _ => Ok(()),
    }
}

/// A parameter, behind those that come before it on the page.
fn parameter(place: &str, subject: &Subject<'_>) -> Result<Vec<Addition>, String> {
    optional(listed(subject.page, place).ok_or(OTHERWISE)?)?;
    let (kind, name) = place
        .strip_prefix("parameter ")
        .and_then(|rest| rest.split_once(' '))
        .ok_or(OTHERWISE)?;
    let parts = draft(subject)?;
    let order = parts.parameters();
    let part = parts.parameter(kind, name).ok_or(OTHERWISE)?;
    let at = format!("{}/parameters", subject.operation);
    let described = subject.document.pointer(&at).and_then(Value::as_array);
    let described: Vec<&Value> = described
        .into_iter()
        .flatten()
        .map(|one| otcdb_openapi::reference::resolve(subject.document, one))
        .collect();
    let own = order
        .iter()
        .position(|(place, other)| *place == kind && other == name);
    let before = order.iter().take(own.unwrap_or(order.len())).rev();
    let index = |(place, name): &(&str, String)| {
        described
            .iter()
            .position(|one| one["in"] == *place && one["name"] == *name)
    };
    let position = before.filter_map(index).next().map_or(0, |at| at + 1);
    Ok(with_components(part, |value| {
        let at_end = described.is_empty() || position >= described.len();
        here(
            at,
            Insertion::Element {
                value,
                at: (!at_end).then_some(position),
            },
        )
    }))
}

/// A value of a parameter in an example request, under the name of that request.
fn value_of_parameter(place: &str, at: &str, subject: &Subject<'_>) -> Result<Additions, String> {
    let (kind, name) = place
        .strip_prefix("parameter ")
        .and_then(|rest| rest.split_once(' '))
        .ok_or(OTHERWISE)?;
    let parts = draft(subject)?;
    let entries = |at: &str| subject.document.pointer(at)?["examples"].as_object();
    let has = |value: &Value| {
        let known = entries(at).into_iter().flatten();
        known.into_iter().any(|(_, entry)| entry["value"] == *value)
    };
    let is_new = |one: &ExamplePart| {
        let mut values = one.values.iter();
        values.any(|(at, named, value)| at.as_str() == kind && named == name && !has(value))
    };
    let mut list = Vec::new();
    for example in parts.requests().iter().filter(|one| is_new(one)) {
        list.extend(entries_of(example, subject));
    }
    list.dedup_by(|a, b| a.pointer == b.pointer && a.insertion.key() == b.insertion.key());
    // What several operations share has one example, and so this one is told by a person.
    Ok(Additions {
        list,
        is_recorded: true,
    })
}

/// The entries of the operation's own parameters for an example request.
fn entries_of(example: &ExamplePart, subject: &Subject<'_>) -> Vec<Addition> {
    let at = format!("{}/parameters", subject.operation);
    let all = subject.document.pointer(&at).and_then(Value::as_array);
    let mut list = Vec::new();
    for (index, parameter) in all.into_iter().flatten().enumerate() {
        if parameter.get("$ref").is_some() {
            continue;
        }
        let entries = parameter["examples"].as_object();
        let entry = |name: &str| Some(&entries?.get(name)?["value"]);
        if entry(&example.name).is_some() {
            continue;
        }
        let sent = example.values.iter().find(|(place, name, _)| {
            parameter["in"] == place.as_str() && parameter["name"] == name.as_str()
        });
        let first = || entries.and_then(|all| all.values().next());
        let needs_one = parameter["required"] == true && entry("default").is_none();
        let value = match sent {
            Some((_, _, value)) if entry("default") != Some(value) => value.clone(),
            None if needs_one => match first() {
                Some(first) => first["value"].clone(),
                None => continue,
            },
            _ => continue,
        };
        list.push(here(
            format!("{at}/{index}/examples"),
            Insertion::Member {
                key: example.name.clone(),
                value: json!({ "value": value }),
                place: Place::Last,
            },
        ));
    }
    list
}

fn field(
    key: &Key<'_>,
    path: &str,
    at: &str,
    subject: &Subject<'_>,
) -> Result<Vec<Addition>, String> {
    let field = field_of(subject.page, key.place, path).ok_or(OTHERWISE)?;
    let side = side(key.place);
    if side == "request" {
        optional(field)?;
    }
    let holder = subject.document.pointer(at);
    if holder.and_then(|one| one.get("properties")).is_none() {
        return Err("the object that it belongs to has no fields yet".to_owned());
    }
    let component = at.strip_prefix("/components/schemas/").unwrap_or_default();
    let component = component.split('/').next().unwrap_or_default();
    let found = draft(subject)?.field(side, path, component, &(subject.file_of)(at));
    let (part, behind) = found.ok_or(OTHERWISE)?;
    Ok(with_components(part, |value| {
        here(
            pointer::join(at, "properties"),
            Insertion::Member {
                key: field.name.clone(),
                value,
                place: Place::Behind(behind),
            },
        )
    }))
}

fn response(status: &str, subject: &Subject<'_>) -> Result<Vec<Addition>, String> {
    let code = status.parse().map_err(|_| "it is no number")?;
    let all = subject
        .document
        .pointer(&format!("{}/responses", subject.operation));
    let part = draft(subject)?
        .response(code)
        .ok_or("no other success of the operation has a body, so that its schema needs a name")?;
    // Those with smaller numbers, the nearest first.
    let known = all.and_then(Value::as_object);
    let mut behind: Vec<String> = known
        .into_iter()
        .flat_map(Map::keys)
        .filter(|other| other.as_str() < status)
        .cloned()
        .collect();
    behind.sort();
    behind.reverse();
    Ok(with_components(part, |value| {
        here(
            format!("{}/responses", subject.operation),
            Insertion::Member {
                key: status.to_owned(),
                value,
                place: Place::Behind(behind),
            },
        )
    }))
}

/// A documented value as the schema's type has it.
fn typed(value: &str, schema: &Value) -> Value {
    let number = match schema["type"].as_str() {
        Some("integer") => value.parse::<i64>().ok().map(Value::from),
        Some("number") => value.parse::<f64>().ok().map(Value::from),
        _ => None,
    };
    number.unwrap_or_else(|| value.into())
}

fn values(key: &Key<'_>, at: &str, subject: &Subject<'_>) -> Result<Vec<Addition>, String> {
    let document = subject.document;
    let field = match key.place.strip_prefix("parameter ") {
        Some(_) => listed(subject.page, key.place),
        None => {
            let path = key.place.rsplit(' ').next().unwrap_or_default();
            field_of(subject.page, key.place, path)
        }
    };
    let field = field.ok_or(OTHERWISE)?;
    let schema = document
        .pointer(at)
        .ok_or("its schema is in several places")?;
    let (schema, at) = match schema.get("items") {
        Some(items) if schema.get("enum").or(schema.get(OPEN)).is_none() => match items["$ref"]
            .as_str()
            .and_then(|link| link.strip_prefix('#'))
        {
            Some(target) => (document.pointer(target).unwrap_or(items), target.to_owned()),
            None => (items, pointer::join(at, "items")),
        },
        _ => (schema, at.to_owned()),
    };
    let keyword = if schema.get(OPEN).is_some() {
        OPEN
    } else {
        "enum"
    };
    let known = schema[keyword].as_array();
    let known = known.ok_or("it has no values yet, and may have had any")?;
    let stated = field.values.iter().map(|value| typed(value, schema));
    let missing: Vec<Value> = stated.filter(|value| !known.contains(value)).collect();
    if missing.is_empty() {
        return Err(
            "the description has values that the page does not list: take them out, or record why they stay"
                .to_owned(),
        );
    }
    let all: Vec<Value> = known.iter().chain(&missing).cloned().collect();
    let element = |keyword: &str, value: Value| {
        here(
            pointer::join(&at, keyword),
            Insertion::Element { value, at: None },
        )
    };
    let mut list: Vec<Addition> = missing
        .into_iter()
        .map(|value| element(keyword, value))
        .collect();
    let component = at.strip_prefix("/components/schemas/").unwrap_or_default();
    if keyword == "enum"
        && let Some(names) = draft(subject)?.constants(component, &all)
    {
        match schema.get("x-enum-varnames") {
            Some(_) => {
                let new = names.into_iter().skip(known.len());
                list.extend(new.map(|name| element("x-enum-varnames", name.into())));
            }
            None => list.push(here(
                at.clone(),
                Insertion::Member {
                    key: "x-enum-varnames".to_owned(),
                    value: json!(names),
                    place: Place::behind(["enum"]),
                },
            )),
        }
    }
    Ok(list)
}

fn example(key: &Key<'_>, at: &str, subject: &Subject<'_>) -> Result<Additions, String> {
    let recorded = Additions {
        list: Vec::new(),
        is_recorded: true,
    };
    let (place, tag) = key.place.split_once(" example ").ok_or("it has no name")?;
    let now = payloads(subject.page, place);
    let payload = now.iter().find(|one| one.tag() == tag).ok_or(OTHERWISE)?;
    let before = subject
        .was
        .map(|was| payloads(was, place))
        .unwrap_or_default();
    let is_in =
        |list: &[&Payload], one: &Payload| list.iter().any(|other| other.tag() == one.tag());
    if is_in(&before, payload) {
        return Err("the page had it before".to_owned());
    }
    let gone: Vec<&&Payload> = before.iter().filter(|old| !is_in(&now, old)).collect();
    let media = format!("{at}/content/application~1json");
    let pointer = pointer::join(&media, "examples");
    if let Some(value) = &payload.value {
        let mut old = gone.iter().filter_map(|old| old.value.as_ref());
        let grown = old.find_map(|old| grown_entry(subject.document, &pointer, old, value));
        if let Some(list) = grown {
            return Ok(Additions {
                list,
                is_recorded: false,
            });
        }
    }
    if !gone.is_empty() {
        return Err("an example has changed: write the new payload over the old".to_owned());
    }
    if !at.starts_with(subject.operation) {
        return Err(
            "other operations have the same body: give this one a body of its own".to_owned(),
        );
    }
    // What no draft has as an example, such as a text where there is no body, it records.
    if subject.document.pointer(&media).is_none() {
        return Ok(recorded);
    }
    let parts = draft(subject)?;
    let found = match place {
        "request" => parts.request_example(payload),
        _ => parts.answer(payload),
    };
    let Some(example) = found else {
        return Ok(recorded);
    };
    let Some(value) = &example.value else {
        return Ok(recorded);
    };
    let mut list = vec![here(
        pointer,
        Insertion::Member {
            key: example.name.clone(),
            value: json!({ "summary": UNWRITTEN, "value": value }),
            place: Place::Behind(example.behind.clone()),
        },
    )];
    if place == "request" {
        list.extend(entries_of(&example, subject));
    }
    Ok(Additions {
        list,
        is_recorded: true,
    })
}

/// What makes the entry of the old payload one of the new, if that only has more members.
fn grown_entry(document: &Value, at: &str, old: &Value, new: &Value) -> Option<Vec<Addition>> {
    let entries = document.pointer(at)?.as_object()?;
    let (name, _) = entries.iter().find(|(_, entry)| entry["value"] == *old)?;
    let mut additions = Vec::new();
    let at = pointer::join(&pointer::join(at, name), "value");
    grown(old, new, &at, &mut additions)?;
    Some(additions)
}

fn grown(old: &Value, new: &Value, at: &str, out: &mut Vec<Addition>) -> Option<()> {
    match (old, new) {
        (Value::Object(old), Value::Object(new)) => {
            let mut behind: Vec<String> = Vec::new();
            for (key, value) in new {
                match old.get(key) {
                    Some(known) => grown(known, value, &pointer::join(at, key), out)?,
                    None => out.push(here(
                        at.to_owned(),
                        Insertion::Member {
                            key: key.clone(),
                            value: value.clone(),
                            place: Place::Behind(behind.iter().rev().cloned().collect()),
                        },
                    )),
                }
                behind.push(key.clone());
            }
            old.keys().all(|key| new.contains_key(key)).then_some(())
        }
        (Value::Array(old), Value::Array(new)) if old.len() == new.len() => {
            for (index, (old, new)) in old.iter().zip(new).enumerate() {
                grown(old, new, &pointer::join(at, &index.to_string()), out)?;
            }
            Some(())
        }
        _ => (old == new).then_some(()),
    }
}
