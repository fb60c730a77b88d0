//! What a page has and the description lacks, as something to insert.

use otcdb_apidocs::{Body, Discrepancy, Facts, Field, Payload, Stated};
use otcdb_openapi::{OPEN, UNWRITTEN, pointer};
use serde_json::{Value, json};

use super::insertion::Insertion;
use super::schema::{self, Side};

/// Something to insert into the bundled document.
#[derive(Debug)]
pub(super) struct Addition {
    /// JSON pointer to where.
    pub(super) pointer: String,
    pub(super) insertion: Insertion,
}

/// A difference, split into its key's parts.
struct Key<'a> {
    /// `request`, `response 200`, `parameter query limit` …
    place: &'a str,
    what: &'a str,
}

/// The additions that a difference means; why it is a person's edit, if it is none.
///
/// # Errors
/// The reason, to be told to that person.
pub(super) fn of(
    difference: &Discrepancy,
    operation: &str,
    document: &Value,
    page: &Facts,
    was: Option<&Facts>,
) -> Result<Vec<Addition>, String> {
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
    if key.what == "missing" && key.place.contains(" example ") {
        return example(&key, operation, document, at, page, was);
    }
    let one = match (key.place, key.what) {
        ("permissions", "missing") => permissions(difference, operation),
        (place, "missing") if place.starts_with("parameter ") => {
            let field = parameter(page, place).ok_or("the page lists it in another way")?;
            optional(field)?;
            Ok(Addition {
                pointer: format!("{operation}/parameters"),
                insertion: Insertion::Element(schema::parameter(field)),
            })
        }
        (place, "missing") => match place.split(' ').collect::<Vec<_>>().as_slice() {
            ["request"] => Err("a body that was not there is a person's edit".to_owned()),
            ["response", status] => response(status, operation, document, page),
            [.., path] => field(&key, path, at, page, document),
            [] => Err("it has no place".to_owned()),
        },
        (_, "values") => return values(&key, at, document, page),
        _ => Err("what changes, and is not only new, is a person's edit".to_owned()),
    };
    one.map(|one| vec![one])
}

fn permissions(difference: &Discrepancy, operation: &str) -> Result<Addition, String> {
    let listed = difference.advice.split_once('[');
    let listed = listed.and_then(|(_, rest)| rest.split_once(']'));
    let (actions, _) = listed.ok_or("the actions are not stated")?;
    let actions: Vec<&str> = actions.split(", ").filter(|one| !one.is_empty()).collect();
    Ok(Addition {
        pointer: operation.to_owned(),
        insertion: Insertion::Member {
            key: "x-permissions".to_owned(),
            value: json!(actions),
            behind: vec!["x-documentation".to_owned(), "tags".to_owned()],
        },
    })
}

/// Whoever did what the page said before still does.
fn optional(field: &Field) -> Result<(), String> {
    match field.mandatory {
        Stated::Value(true) => Err("it is mandatory, which breaks callers".to_owned()),
        _ => Ok(()),
    }
}

fn parameter<'f>(page: &'f Facts, place: &str) -> Option<&'f Field> {
    let (kind, name) = place.strip_prefix("parameter ")?.split_once(' ')?;
    page.parameters.items.iter().find(|field| {
        field.name == name && field.place.map_or("query", |place| place.as_str()) == kind
    })
}

/// A field of a body, and the fields before it, the nearest first.
fn field_of<'f>(page: &'f Facts, place: &str, path: &str) -> Option<(&'f Field, Vec<String>)> {
    let body = body_of(page, place)?;
    body.forms.iter().find_map(|form| {
        let mut fields = form.fields.as_slice();
        let mut found: Option<(&Field, Vec<String>)> = None;
        let path = path.strip_prefix("[].").unwrap_or(path);
        for step in path.split('.') {
            let name = step.trim_end_matches("[]");
            let at = fields.iter().position(|field| field.name == name)?;
            let before = fields.iter().take(at).rev();
            let field = fields.get(at)?;
            found = Some((field, before.map(|field| field.name.clone()).collect()));
            fields = &field.fields;
        }
        found
    })
}

fn body_of<'f>(page: &'f Facts, place: &str) -> Option<&'f Body> {
    let mut words = place.split(' ');
    match words.next()? {
        "request" => Some(&page.request),
        _ => {
            let status: u16 = words.next()?.parse().ok()?;
            let exact = page
                .responses
                .iter()
                .find(|r| r.status == Stated::Value(status));
            // A page that has lost its status speaks of the success.
            let lost = || page.responses.iter().find(|r| r.status.is_missing());
            Some(&exact.or_else(lost)?.body)
        }
    }
}

fn side(place: &str) -> Side {
    if place.starts_with("response") {
        Side::Response
    } else {
        Side::Request
    }
}

fn field(
    key: &Key<'_>,
    path: &str,
    at: &str,
    page: &Facts,
    document: &Value,
) -> Result<Addition, String> {
    let (field, behind) =
        field_of(page, key.place, path).ok_or("the page lists it in another way")?;
    let side = side(key.place);
    if side == Side::Request {
        optional(field)?;
    }
    if document
        .pointer(at)
        .and_then(|one| one.get("properties"))
        .is_none()
    {
        return Err("the object that it belongs to has no fields yet".to_owned());
    }
    Ok(Addition {
        pointer: pointer::join(at, "properties"),
        insertion: Insertion::Member {
            key: field.name.clone(),
            value: schema::schema(field, side),
            behind,
        },
    })
}

fn response(
    status: &str,
    operation: &str,
    document: &Value,
    page: &Facts,
) -> Result<Addition, String> {
    let has_body =
        body_of(page, &format!("response {status}")).is_some_and(|b| !b.forms.is_empty());
    let is_error = status.starts_with(['4', '5']);
    let all = document.pointer(&format!("{operation}/responses"));
    let value = match is_error {
        true => shared_error(status, document)
            .or_else(|| all.map(|all| all["default"].clone()))
            .filter(|shared| !shared.is_null())
            .ok_or("no response of the service stands for all errors")?,
        false if has_body => {
            return Err("a success with a body needs a schema with a name".to_owned());
        }
        false => json!({ "description": UNWRITTEN }),
    };
    // Those with smaller numbers, the nearest first.
    let known = all.and_then(Value::as_object);
    let mut behind: Vec<String> = known
        .into_iter()
        .flat_map(|all| all.keys())
        .filter(|other| other.as_str() < status)
        .cloned()
        .collect();
    behind.sort();
    behind.reverse();
    Ok(Addition {
        pointer: format!("{operation}/responses"),
        insertion: Insertion::Member {
            key: status.to_owned(),
            value,
            behind,
        },
    })
}

/// The response that other operations refer to for a status.
fn shared_error(status: &str, document: &Value) -> Option<Value> {
    let operations = otcdb_openapi::written::operations(document);
    let mut shared = operations
        .iter()
        .map(|operation| &operation.value["responses"][status])
        .filter(|response| response.get("$ref").is_some());
    shared.next().cloned()
}

fn values(
    key: &Key<'_>,
    at: &str,
    document: &Value,
    page: &Facts,
) -> Result<Vec<Addition>, String> {
    let field = match key.place.strip_prefix("parameter ") {
        Some(_) => parameter(page, key.place),
        None => {
            let path = key.place.rsplit(' ').next().unwrap_or_default();
            field_of(page, key.place, path).map(|found| found.0)
        }
    };
    let field = field.ok_or("the page lists it in another way")?;
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
    if schema.get("x-enum-varnames").is_some() {
        return Err("x-enum-varnames beside them needs a name for it, too".to_owned());
    }
    let stated = field
        .values
        .iter()
        .map(|value| schema::typed(value, schema));
    let missing = stated.filter(|value| !known.contains(value));
    Ok(missing
        .map(|value| Addition {
            pointer: pointer::join(&at, keyword),
            insertion: Insertion::Element(value),
        })
        .collect())
}

fn example(
    key: &Key<'_>,
    operation: &str,
    document: &Value,
    at: &str,
    page: &Facts,
    was: Option<&Facts>,
) -> Result<Vec<Addition>, String> {
    let (place, number) = key
        .place
        .split_once(" example ")
        .ok_or("it has no number")?;
    let index = number.parse::<usize>().map_or(0, |number| number - 1);
    let now = payloads(page, place);
    let payload = now.get(index).ok_or("the page lists it in another way")?;
    let value = payload.value.clone();
    let value = value.unwrap_or_else(|| payload.text.as_str().into());
    if !at.starts_with(operation) {
        return Err(
            "other operations have the same body: give this one a body of its own".to_owned(),
        );
    }
    let media = format!("{at}/content/application~1json");
    if document.pointer(&media).is_none() {
        return Err("nothing there has a body in JSON".to_owned());
    }
    let pointer = pointer::join(&media, "examples");
    let before = was.map(|was| payloads(was, place)).unwrap_or_default();
    if was.is_some() && now.len() <= before.len() {
        let old = before.get(index).and_then(|old| old.value.as_ref());
        let grown = old.and_then(|old| grown_entry(document, &pointer, old, &value));
        return grown.ok_or_else(|| {
            "an example has changed: write the new payload over the old".to_owned()
        });
    }
    let taken = document.pointer(&pointer);
    let name = (index + 1..)
        .map(|number| format!("example_{number}"))
        .find(|name| taken.is_none_or(|taken| taken.get(name).is_none()))
        .ok_or("every name is taken")?;
    Ok(vec![Addition {
        pointer,
        insertion: Insertion::Member {
            key: name,
            value: json!({ "summary": UNWRITTEN, "value": value }),
            behind: Vec::new(),
        },
    }])
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
                    None => out.push(Addition {
                        pointer: at.to_owned(),
                        insertion: Insertion::Member {
                            key: key.clone(),
                            value: value.clone(),
                            behind: behind.iter().rev().cloned().collect(),
                        },
                    }),
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

/// The documented payloads of a body, as the differences count them.
fn payloads<'f>(page: &'f Facts, place: &str) -> Vec<&'f Payload> {
    if place == "request" {
        let examples = page.request_examples.iter();
        return examples.filter_map(|one| one.body.as_ref()).collect();
    }
    let status = place
        .rsplit(' ')
        .next()
        .and_then(|text| text.parse::<u16>().ok());
    let of_status = |stated: &Stated<u16>| match (stated.value(), status) {
        (Some(stated), Some(status)) => *stated == status,
        (None, Some(status)) => (200..300).contains(&status),
        _ => true,
    };
    let examples = page.response_examples.iter();
    examples
        .filter(|one| of_status(&one.status))
        .filter_map(|one| one.body.as_ref())
        .collect()
}
