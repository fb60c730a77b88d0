//! The description as the check sees it: references followed, `allOf` merged.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// How many references in a row are followed.
const MOST_HOPS: usize = 32;
/// How deep `allOf` and its like may nest.
const MOST_NESTED: usize = 12;

/// A place in the document, references followed.
#[derive(Debug, Clone)]
pub(crate) struct Spot<'a> {
    root: &'a Value,
    /// What stands there.
    pub(crate) value: &'a Value,
    /// Its JSON pointer, behind all references.
    pub(crate) pointer: String,
}

impl<'a> Spot<'a> {
    /// The document itself.
    pub(crate) fn root(document: &'a Value) -> Self {
        Self {
            root: document,
            value: document,
            pointer: String::new(),
        }
    }

    /// A member of an object.
    pub(crate) fn at(&self, key: &str) -> Option<Spot<'a>> {
        let value = self.value.get(key)?;
        Some(self.step(value, key).followed())
    }

    /// An item of an array.
    pub(crate) fn items(&self) -> Vec<Spot<'a>> {
        let list = self.value.as_array().map_or(&[][..], Vec::as_slice);
        list.iter()
            .enumerate()
            .map(|(index, value)| self.step(value, &index.to_string()).followed())
            .collect()
    }

    /// The members of an object.
    pub(crate) fn members(&self) -> Vec<(&'a str, Spot<'a>)> {
        let Some(map) = self.value.as_object() else {
            return Vec::new();
        };
        map.iter()
            .map(|(key, value)| (key.as_str(), self.step(value, key).followed()))
            .collect()
    }

    /// A string member.
    pub(crate) fn text(&self, key: &str) -> Option<&'a str> {
        self.value.get(key).and_then(Value::as_str)
    }

    /// The document that it is a place of.
    pub(crate) fn document(&self) -> &'a Value {
        self.root
    }

    fn step(&self, value: &'a Value, key: &str) -> Spot<'a> {
        let escaped = key.replace('~', "~0").replace('/', "~1");
        Spot {
            root: self.root,
            value,
            pointer: format!("{}/{escaped}", self.pointer),
        }
    }

    fn followed(self) -> Spot<'a> {
        let mut spot = self;
        for _ in 0..MOST_HOPS {
            let Some(reference) = spot.value.get("$ref").and_then(Value::as_str) else {
                break;
            };
            let Some(pointer) = reference.strip_prefix('#') else {
                break;
            };
            let Some(value) = spot.root.pointer(pointer) else {
                break;
            };
            spot = Spot {
                root: spot.root,
                value,
                pointer: pointer.to_owned(),
            };
        }
        spot
    }
}

/// A schema with `allOf` merged into it.
#[derive(Debug, Clone, Default)]
pub(crate) struct View<'a> {
    /// Types; empty where any will do.
    pub(crate) types: BTreeSet<&'a str>,
    /// Properties.
    pub(crate) properties: BTreeMap<&'a str, Spot<'a>>,
    /// Required properties.
    pub(crate) required: BTreeSet<&'a str>,
    /// The schema of array items.
    pub(crate) items: Option<Spot<'a>>,
    /// The schema of the values of a map.
    pub(crate) entries: Option<Spot<'a>>,
    /// Whether it says why it has no type (`x-any`).
    pub(crate) any: bool,
    /// Values of `enum`, as text.
    pub(crate) values: Vec<String>,
    /// Where it stands.
    pub(crate) pointer: String,
}

/// The alternatives of a schema: one, or one for each branch of `oneOf` or
/// `anyOf` that has properties of its own.
pub(crate) fn views<'a>(schema: &Spot<'a>) -> Vec<View<'a>> {
    let mut out = alternatives(schema, &mut Vec::new());
    if out.is_empty() {
        out.push(View::default());
    }
    out
}

/// A schema as one view, its branches joined; what they require is left to
/// each of them.
pub(crate) fn view<'a>(schema: &Spot<'a>) -> View<'a> {
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
    if let Some(Value::Array(values)) = schema.value.get("enum") {
        out.values = values.iter().filter_map(text).collect();
    }
    out
}

/// A value of `enum` as a page would write it; `null` is no value.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}
