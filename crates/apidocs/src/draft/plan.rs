//! One operation as its pages have it: what is sent and what comes back, with every example.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::node::{self, Node, Property, Side, Type};
use super::{DraftPage, names, page_parameters};
use crate::facts::{Field, Limited, Payload, Place, RequestExample, State, Stated};
use crate::interpret::uri;
use crate::type_name::{self, Shape};

/// A parameter outside the body.
#[derive(Debug, Clone)]
pub(super) struct Parameter {
    pub(super) name: String,
    pub(super) place: Place,
    pub(super) required: bool,
    pub(super) node: Node,
    /// Values by the name of the example request.
    pub(super) entries: Vec<(String, Value)>,
}

/// An example request.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Example {
    pub(super) name: String,
    /// Place, name and text of each value.
    pub(super) values: Values,
    pub(super) body: Option<Value>,
}

/// An operation.
#[derive(Debug, Clone)]
pub(super) struct Plan<'p> {
    /// `POST`.
    pub(super) method: String,
    /// As the description has it.
    pub(super) path: String,
    pub(super) pages: Vec<&'p DraftPage>,
    pub(super) id: String,
    pub(super) parameters: Vec<Parameter>,
    pub(super) examples: Vec<Example>,
    pub(super) request: Option<Node>,
    pub(super) response: Option<Node>,
    /// Status, and whether it has a body.
    pub(super) successes: Vec<(u16, bool)>,
    /// Bodies of successes in the examples.
    pub(super) answers: Vec<(u16, String, Value)>,
    /// Documented statuses of failures, with the bodies of their examples.
    pub(super) failures: BTreeMap<u16, Vec<Value>>,
}

impl<'p> Plan<'p> {
    /// Reads what pages say of one operation.
    pub(super) fn of(method: &str, path: &str, pages: Vec<&'p DraftPage>) -> Self {
        let examples = requests(&pages, path);
        let successes = successes(&pages);
        let (answers, failures) = responses(&pages, &successes);
        let mut plan = Self {
            method: method.to_owned(),
            path: path.to_owned(),
            pages,
            id: String::new(),
            parameters: Vec::new(),
            examples,
            request: None,
            response: None,
            successes,
            answers,
            failures,
        };
        plan.parameters = plan.read_parameters();
        plan.request = plan.read_request();
        plan.response = plan.read_response();
        let has_body = plan.response.is_some();
        for (status, body) in &mut plan.successes {
            *body = has_body && *status != 204;
        }
        if !has_body {
            plan.answers.clear();
        }
        plan
    }

    /// What the operation is about: `Backup` for ListBackups.
    pub(super) fn noun(&self) -> String {
        let mut words = String::new();
        for (at, c) in self.id.chars().enumerate() {
            if at > 0 && c.is_ascii_uppercase() || !words.is_empty() {
                words.push(c);
            }
        }
        let noun = words.strip_prefix("Batch").unwrap_or(&words);
        match noun.is_empty() {
            true => self.id.clone(),
            false => names::singular(noun),
        }
    }

    /// The section of its first page.
    pub(super) fn section(&self) -> &'p str {
        self.pages.first().map_or("", |page| page.section.as_str())
    }

    fn read_parameters(&self) -> Vec<Parameter> {
        let placeholders = uri::placeholders(&self.path);
        let mut fields: Vec<(Place, String, Option<&Field>)> = Vec::new();
        let known = |fields: &[(Place, String, Option<&Field>)], place, name: &str| {
            fields.iter().any(|one| one.0 == place && one.1 == name)
        };
        for page in &self.pages {
            let own = page
                .facts
                .operation
                .value()
                .map_or("", |one| one.path.as_str());
            let own = uri::placeholders(own);
            for field in &page.facts.parameters.items {
                let place = field.place.unwrap_or(Place::Query);
                // The names in the path are those of the first page.
                let at = own.iter().position(|name| *name == field.name);
                let name = match (place, at.and_then(|at| placeholders.get(at))) {
                    (Place::Path, Some(name)) => name,
                    (Place::Path, None) if !placeholders.contains(&field.name) => continue,
                    _ => &field.name,
                };
                let implied = [
                    "content-type",
                    "accept",
                    "authorization",
                    "x-auth-token",
                    "x-sdk-date",
                    "host",
                ];
                if place == Place::Header && implied.contains(&name.to_lowercase().as_str())
                    || name.is_empty()
                {
                    continue;
                }
                if !known(&fields, place, name) {
                    fields.push((place, name.clone(), Some(field)));
                }
            }
        }
        for name in &placeholders {
            if !known(&fields, Place::Path, name) {
                fields.insert(0, (Place::Path, name.clone(), None));
            }
        }
        // A query parameter that only an example sends is one.
        for (place, name, _) in self.examples.iter().flat_map(|one| &one.values) {
            if *place == Place::Query && !known(&fields, *place, name) && !name.is_empty() {
                fields.push((*place, name.clone(), None));
            }
        }
        // Those of the path come in the order of the path.
        fields.sort_by_key(|(place, name, _)| match place {
            Place::Path => placeholders
                .iter()
                .position(|one| one == name)
                .unwrap_or(usize::MAX - 2),
            _ => usize::MAX - 1,
        });
        fields
            .into_iter()
            .map(|(place, name, field)| self.parameter(place, name, field))
            .collect()
    }

    fn parameter(&self, place: Place, name: String, field: Option<&Field>) -> Parameter {
        let texts: Vec<(&str, Value)> = self
            .examples
            .iter()
            .flat_map(|example| {
                let values = example.values.iter();
                values
                    .filter(|value| value.0 == place && value.1 == name)
                    .map(|value| (example.name.as_str(), Value::from(value.2.as_str())))
            })
            .collect();
        let samples: Vec<&Value> = texts.iter().map(|(_, value)| value).collect();
        let counted = field.filter(|field| place == Place::Query && counts(field, &samples));
        let counted = counted.map(|field| Field {
            type_word: Stated::Value("Integer".to_owned()),
            ..field.clone()
        });
        let mut node = match counted.as_ref().or(field) {
            Some(field) => node::field(field, &samples, Side::Request),
            None => node::undocumented(&samples, Side::Request),
        };
        match &mut node.kind {
            // Neither stands in a path or in a query.
            Type::Object(_) | Type::Map(_) | Type::Any => node.kind = Type::String,
            Type::Array(items)
                if place == Place::Query
                    && !matches!(
                        items.kind,
                        Type::String | Type::Integer(_) | Type::Boolean | Type::Number
                    ) =>
            {
                items.kind = Type::String;
            }
            Type::Array(_) if place == Place::Query => {}
            Type::Array(_) => node.kind = Type::String,
            _ => {}
        }
        let entries = texts
            .iter()
            .map(|(name, value)| ((*name).to_owned(), super::fit::fit(value, &node)))
            .filter(|(_, value)| !value.is_null())
            .collect();
        let mandatory = field.is_some_and(|field| field.mandatory == Stated::Value(true));
        Parameter {
            required: mandatory || place == Place::Path,
            name,
            place,
            node,
            entries,
        }
    }

    fn read_request(&self) -> Option<Node> {
        let forms: Vec<&[Field]> = self
            .pages
            .iter()
            .flat_map(|page| &page.facts.request.forms)
            .map(|form| form.fields.as_slice())
            .collect();
        let bodies: Vec<&Value> = self
            .examples
            .iter()
            .filter_map(|one| one.body.as_ref())
            .collect();
        let denied = self
            .pages
            .iter()
            .all(|page| page.facts.request.state == State::None);
        if forms.is_empty()
            && (bodies.is_empty() || denied || self.method == "GET" || self.method == "HEAD")
        {
            return None;
        }
        body(&forms, &bodies, Side::Request)
    }

    fn read_response(&self) -> Option<Node> {
        let is_success = |status: &Stated<u16>| match status {
            Stated::Value(code) => (200..300).contains(code),
            _ => true,
        };
        let forms: Vec<&[Field]> = self
            .pages
            .iter()
            .flat_map(|page| &page.facts.responses)
            .filter(|response| is_success(&response.status))
            .flat_map(|response| &response.body.forms)
            .map(|form| form.fields.as_slice())
            .collect();
        let bodies: Vec<&Value> = self.answers.iter().map(|(_, _, value)| value).collect();
        let says_nothing = |value: &&Value| {
            value.as_object().is_none_or(serde_json::Map::is_empty) && !value.is_array()
        };
        if forms.iter().all(|form| form.is_empty()) && bodies.iter().all(says_nothing) {
            return None;
        }
        body(&forms, &bodies, Side::Response)
    }
}

/// Whether the bodies of operations under one method and path tell which is meant: each has a mark, or one has none and the
/// others have fields of their own. That one has some of its own, too, else it is another page of the same.
pub(super) fn are_apart(plans: &[Plan<'_>]) -> bool {
    let properties = |plan: &Plan<'_>| -> Vec<Property> {
        let body = plan.request.as_ref();
        body.map_or_else(Vec::new, |node| node.properties().to_vec())
    };
    let bodies: Vec<Vec<Property>> = plans.iter().map(properties).collect();
    let find = |list: &[Property], name: &str| list.iter().find(|one| one.name == name).cloned();
    let others = |at: usize| {
        let others = bodies.iter().enumerate();
        others.filter_map(move |(other, list)| (other != at).then_some(list))
    };
    let is_own = |at: usize, one: &Property| others(at).all(|list| find(list, &one.name).is_none());
    let differs = |at: usize, own: &Property| {
        own.node.values.len() == 1
            && others(at).all(|list| {
                find(list, &own.name).is_some_and(|other| {
                    other.required
                        && other.node.values.len() == 1
                        && other.node.values != own.node.values
                })
            })
    };
    let has_own = |(at, list): (usize, &Vec<Property>)| {
        list.iter().any(|one| one.required && is_own(at, one))
    };
    let is_marked = |(at, list): (usize, &Vec<Property>)| {
        list.iter()
            .any(|one| one.required && (is_own(at, one) || differs(at, one)))
    };
    let of_own = bodies
        .iter()
        .enumerate()
        .filter(|one| has_own(*one))
        .count();
    let rest = bodies.iter().enumerate().find(|one| !has_own(*one));
    let is_left = of_own > 0
        && of_own + 1 == bodies.len()
        && rest.is_some_and(|(at, list)| list.iter().any(|one| is_own(at, one)));
    is_left || bodies.iter().enumerate().all(is_marked)
}

/// Gives operations under one method and path the value that tells their bodies apart, where the examples of each page
/// have one of its own in a field that all require.
pub(super) fn tell_apart(plans: &mut [Plan<'_>]) {
    let constant = |plan: &mut Plan<'_>, name: &str| {
        let property = plan.request.as_mut()?.property(name)?;
        let first = property.node.samples.first()?.as_str()?.to_owned();
        let same = property
            .node
            .samples
            .iter()
            .all(|one| *one == first.as_str());
        (property.required && same && property.node.kind == Type::String && !first.is_empty())
            .then_some(first)
    };
    let names: Vec<String> = match plans {
        [first, _, ..] => first
            .request
            .iter()
            .flat_map(Node::properties)
            .map(|one| one.name.clone())
            .collect(),
        _ => return,
    };
    for name in names {
        let values: Vec<Option<String>> =
            plans.iter_mut().map(|plan| constant(plan, &name)).collect();
        let distinct: BTreeSet<&String> = values.iter().flatten().collect();
        if distinct.len() < plans.len() {
            continue;
        }
        for (plan, value) in plans.iter_mut().zip(values) {
            if let (Some(property), Some(value)) = (
                plan.request.as_mut().and_then(|node| node.property(&name)),
                value,
            ) {
                // Names, ids and the like are values of an example, not of the operation.
                let is_word = value
                    .chars()
                    .all(|c| c.is_ascii_lowercase() || c.is_ascii_uppercase() || c == '_');
                if is_word && !["name", "id"].iter().any(|end| name.ends_with(end)) {
                    property.node.values = vec![value];
                }
            }
        }
    }
}

fn body(forms: &[&[Field]], bodies: &[&Value], side: Side) -> Option<Node> {
    let arrays = !bodies.is_empty() && bodies.iter().all(|one| one.is_array());
    if arrays {
        let items: Vec<&Value> = bodies
            .iter()
            .filter_map(|one| one.as_array())
            .flatten()
            .collect();
        let item = match forms.iter().all(|form| form.is_empty()) {
            true => node::undocumented(&items, side),
            false => node::object(forms, &items, side),
        };
        let mut whole = node::undocumented(&[], side);
        whole.kind = Type::Array(Box::new(item));
        whole.samples = bodies.iter().map(|one| (*one).clone()).collect();
        return Some(whole);
    }
    let whole = node::object(forms, bodies, side);
    Some(whole)
}

/// Whether a parameter of the query is a whole number, whatever word its table has for the type: one with a range or a place
/// in a list, of which every example and default is one.
fn counts(field: &Field, samples: &[&Value]) -> bool {
    let word = field.type_word.value().map_or("", String::as_str);
    let is_plain = matches!(
        type_name::shape(word),
        Shape::String | Shape::Any | Shape::Unknown
    );
    let whole = |text: &str| text.parse::<i64>().is_ok();
    let given = samples.iter().filter_map(|one| one.as_str());
    let defaults = field.default.value().into_iter().flatten();
    let known: Vec<&str> = given.chain(defaults.map(String::as_str)).collect();
    let has_range = field.limits.iter().any(|limit| {
        let ends = [&limit.min, &limit.max];
        limit.of == Limited::Value
            && ends
                .into_iter()
                .all(|end| end.as_deref().is_some_and(whole))
    });
    is_plain
        && field.values.is_empty()
        && (has_range || page_parameters::is_place(&field.name))
        && !known.is_empty()
        && known.into_iter().all(whole)
}

/// Place, name and text of the values in a URL.
type Values = Vec<(Place, String, String)>;

/// The example requests of all pages. A request line by itself belongs to the bodies that follow it.
fn requests(pages: &[&DraftPage], path: &str) -> Vec<Example> {
    let mut found: Vec<Example> = Vec::new();
    let mut add = |example: Example| {
        let is_new = !found
            .iter()
            .any(|one| one.values == example.values && one.body == example.body);
        if is_new && (example.body.is_some() || !example.values.is_empty()) {
            found.push(example);
        }
    };
    for page in pages {
        let own = page
            .facts
            .operation
            .value()
            .map_or(path, |one| one.path.as_str());
        let mut line: Option<(Values, bool)> = None;
        for example in &page.facts.request_examples {
            let body = example.body.as_ref().and_then(parsed);
            if let Some(values) = values(example, own, path) {
                if let Some((values, false)) = line.take() {
                    add(Example {
                        name: String::new(),
                        values,
                        body: None,
                    });
                }
                line = Some((values, false));
            }
            if let Some(body) = body {
                let values = match &mut line {
                    Some((values, used)) => {
                        *used = true;
                        values.clone()
                    }
                    None => Vec::new(),
                };
                add(Example {
                    name: String::new(),
                    values,
                    body: Some(body),
                });
            }
        }
        if let Some((values, false)) = line {
            add(Example {
                name: String::new(),
                values,
                body: None,
            });
        }
    }
    found
}

fn parsed(payload: &Payload) -> Option<Value> {
    payload
        .value
        .clone()
        .filter(|value| value.is_object() || value.is_array())
}

/// The values in the URL of an example; `None` where it has none, or another path.
fn values(example: &RequestExample, own: &str, path: &str) -> Option<Values> {
    let target = uri::url(example.url.as_deref()?)?;
    let decode = |text: &str| {
        percent_encoding::percent_decode_str(text)
            .decode_utf8_lossy()
            .into_owned()
    };
    let mut values = Vec::new();
    if uri::fits(own, &target.path) {
        for (segment, value) in path.split('/').zip(target.path.split('/')) {
            let name = segment
                .strip_prefix('{')
                .and_then(|rest| rest.strip_suffix('}'));
            if let Some(name) = name.filter(|_| !uri::is_placeholder(value)) {
                values.push((Place::Path, name.to_owned(), decode(value)));
            }
        }
    }
    let mut seen = BTreeSet::new();
    for (name, value) in &target.query {
        if !uri::is_placeholder(value) && !value.is_empty() && seen.insert(name) {
            values.push((Place::Query, name.clone(), decode(value)));
        }
    }
    Some(values)
}

fn successes(pages: &[&DraftPage]) -> Vec<(u16, bool)> {
    let is_success = |code: &u16| (200..300).contains(code);
    let stated: BTreeSet<u16> = pages
        .iter()
        .flat_map(|page| &page.facts.responses)
        .filter_map(|response| response.status.value().copied())
        .filter(is_success)
        .collect();
    let shown = || {
        pages
            .iter()
            .flat_map(|page| &page.facts.response_examples)
            .filter_map(|example| example.status.value().copied())
            .find(is_success)
    };
    match stated.is_empty() {
        false => stated.into_iter().map(|code| (code, true)).collect(),
        true => vec![(shown().unwrap_or(200), true)],
    }
}

type Bodies = (Vec<(u16, String, Value)>, BTreeMap<u16, Vec<Value>>);

fn responses(pages: &[&DraftPage], successes: &[(u16, bool)]) -> Bodies {
    let mut answers: Vec<(u16, String, Value)> = Vec::new();
    let mut failures: BTreeMap<u16, Vec<Value>> = BTreeMap::new();
    let first = successes.first().map_or(200, |one| one.0);
    for page in pages {
        for response in &page.facts.responses {
            if let Stated::Value(code @ 400..=599) = response.status {
                failures.entry(code).or_default();
            }
        }
        for example in &page.facts.response_examples {
            let Some(value) = example.body.as_ref().and_then(parsed) else {
                continue;
            };
            match &example.status {
                Stated::Value(code @ 400..=599) => {
                    let bodies = failures.entry(*code).or_default();
                    if !bodies.contains(&value) {
                        bodies.push(value);
                    }
                }
                status => {
                    let code = match status {
                        Stated::Value(code) if successes.iter().any(|one| one.0 == *code) => *code,
                        _ => first,
                    };
                    if !answers.iter().any(|one| one.0 == code && one.2 == value) {
                        answers.push((code, String::new(), value));
                    }
                }
            }
        }
    }
    (answers, failures)
}
