//! Schemas with what is combined in them taken apart: `allOf` merged, a view for each alternative of `oneOf` and
//! `anyOf`, and each place with its pointer behind all references.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::listed::Listed;
use crate::pointer;
use crate::reference::resolve_at;

/// How deep `allOf` and its like may nest.
const MOST_NESTED: usize = 12;

/// A place in the document, references followed.
#[derive(Debug, Clone)]
pub struct Spot<'a> {
    root: &'a Value,
    /// What stands there.
    pub value: &'a Value,
    /// Its JSON pointer, behind all references.
    pub pointer: String,
}

impl<'a> Spot<'a> {
    /// The document itself.
    pub fn root(document: &'a Value) -> Self {
        Self {
            root: document,
            value: document,
            pointer: String::new(),
        }
    }

    /// A schema, or what it refers to.
    pub fn of(root: &'a Value, value: &'a Value) -> Self {
        let spot = Spot {
            root,
            value,
            pointer: String::new(),
        };
        spot.followed()
    }

    /// The value of a member, references not followed.
    pub fn at_keyword(&self, key: &str) -> Option<&'a Value> {
        self.value.get(key)
    }

    /// A member of an object.
    pub fn at(&self, key: &str) -> Option<Spot<'a>> {
        let value = self.value.get(key)?;
        Some(self.step(value, key).followed())
    }

    /// An item of an array.
    pub fn items(&self) -> Vec<Spot<'a>> {
        let list = self.value.as_array().map_or(&[][..], Vec::as_slice);
        list.iter()
            .enumerate()
            .map(|(index, value)| self.step(value, &index.to_string()).followed())
            .collect()
    }

    /// The members of an object.
    pub fn members(&self) -> Vec<(&'a str, Spot<'a>)> {
        let Some(map) = self.value.as_object() else {
            return Vec::new();
        };
        map.iter()
            .map(|(key, value)| (key.as_str(), self.step(value, key).followed()))
            .collect()
    }

    /// A string member.
    pub fn text(&self, key: &str) -> Option<&'a str> {
        self.value.get(key).and_then(Value::as_str)
    }

    /// The document that it is a place of.
    pub fn document(&self) -> &'a Value {
        self.root
    }

    fn step(&self, value: &'a Value, key: &str) -> Spot<'a> {
        Spot {
            root: self.root,
            value,
            pointer: pointer::join(&self.pointer, key),
        }
    }

    fn followed(self) -> Spot<'a> {
        match resolve_at(self.root, self.value) {
            Some((pointer, value)) => Spot {
                root: self.root,
                value,
                pointer: pointer.to_owned(),
            },
            None => self,
        }
    }
}

/// A schema with `allOf` merged into it.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct View<'a> {
    /// Types; empty where any will do.
    pub types: BTreeSet<&'a str>,
    /// Properties.
    pub properties: BTreeMap<&'a str, Spot<'a>>,
    /// Required properties.
    pub required: BTreeSet<&'a str>,
    /// The schema of array items.
    pub items: Option<Spot<'a>>,
    /// The schema of the values of a map.
    pub entries: Option<Spot<'a>>,
    /// Whether it says why it has no type (`x-any`).
    pub any: bool,
    /// The values that it lists, as text.
    pub values: Vec<String>,
    /// Where it stands.
    pub pointer: String,
}

/// The alternatives of a schema: one, or one for each branch of `oneOf` or
/// `anyOf` that has properties of its own.
pub fn views<'a>(schema: &Spot<'a>) -> Vec<View<'a>> {
    let mut out = alternatives(schema, &mut Vec::new());
    if out.is_empty() {
        out.push(View::default());
    }
    out
}

/// A schema as one view, its branches joined; what they require is left to
/// each of them.
pub fn view<'a>(schema: &Spot<'a>) -> View<'a> {
    let mut all = views(schema).into_iter();
    let mut joined = all.next().unwrap_or_default();
    for next in all {
        join_branch(&mut joined, next);
    }
    joined
}

fn join_branch<'a>(to: &mut View<'a>, next: View<'a>) {
    to.types.extend(next.types);
    for (name, spot) in next.properties {
        to.properties.entry(name).or_insert(spot);
    }
    to.items = to.items.take().or(next.items);
    to.entries = to.entries.take().or(next.entries);
    to.any |= next.any;
    for value in next.values {
        if !to.values.contains(&value) {
            to.values.push(value);
        }
    }
}

/// `path` holds the schemas above, so that one that contains itself ends.
fn alternatives<'a>(schema: &Spot<'a>, path: &mut Vec<String>) -> Vec<View<'a>> {
    if path.len() > MOST_NESTED || path.contains(&schema.pointer) {
        return Vec::new();
    }
    path.push(schema.pointer.clone());
    let out = combined(schema, path);
    path.pop();
    out
}

fn combined<'a>(schema: &Spot<'a>, path: &mut Vec<String>) -> Vec<View<'a>> {
    let mut base = own(schema);
    let mut branches: Vec<View<'a>> = Vec::new();
    for part in schema.at("allOf").iter().flat_map(Spot::items) {
        let mut parts = alternatives(&part, path);
        if parts.len() == 1 {
            if let Some(part) = parts.pop() {
                merge(&mut base, part);
            }
        } else if branches.is_empty() {
            branches = parts;
        }
    }
    for word in ["oneOf", "anyOf"] {
        for part in schema.at(word).iter().flat_map(Spot::items) {
            branches.extend(alternatives(&part, path));
        }
    }
    // Bounded, so that branches of branches cannot multiply.
    branches.truncate(64);
    if branches.is_empty() {
        return vec![base];
    }
    let objects = branches.iter().any(|b| !b.properties.is_empty());
    for branch in &mut branches {
        merge(branch, base.clone());
        branch.pointer.clone_from(&base.pointer);
    }
    if objects {
        return branches;
    }
    let mut joined = branches.remove(0);
    for next in branches {
        join_branch(&mut joined, next);
    }
    vec![joined]
}

fn merge<'a>(to: &mut View<'a>, part: View<'a>) {
    to.types.extend(part.types);
    to.required.extend(part.required);
    for (name, spot) in part.properties {
        to.properties.entry(name).or_insert(spot);
    }
    to.items = to.items.take().or(part.items);
    to.entries = to.entries.take().or(part.entries);
    to.any |= part.any;
    for value in part.values {
        if !to.values.contains(&value) {
            to.values.push(value);
        }
    }
}

fn own<'a>(schema: &Spot<'a>) -> View<'a> {
    let mut out = View {
        pointer: schema.pointer.clone(),
        ..View::default()
    };
    match schema.value.get("type") {
        Some(Value::String(word)) => {
            out.types.insert(word);
        }
        Some(Value::Array(words)) => out.types.extend(words.iter().filter_map(Value::as_str)),
        _ => {}
    }
    if let Some(properties) = schema.at("properties") {
        out.properties = properties.members().into_iter().collect();
    }
    if let Some(Value::Array(names)) = schema.value.get("required") {
        out.required.extend(names.iter().filter_map(Value::as_str));
    }
    out.items = schema.at("items");
    // `true` stands for no schema.
    out.entries = schema
        .at("additionalProperties")
        .filter(|entries| entries.value.is_object());
    out.any = schema.text("x-any").is_some();
    if let Some(listed) = schema.value.as_object().and_then(Listed::of) {
        out.values = listed.values.iter().filter_map(text).collect();
    }
    out
}

/// A value as a page would write it; `null` is no value.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}
