//! A place in a schema: all schemas that speak about one value.

use serde_json::{Map, Value};

use crate::{Listed, pointer, reference};

/// Bundles have no cycle of bare references; if one had, this would end all the same.
pub(crate) const DEPTH: usize = 16;

/// The schemas that apply to one value, references resolved and combinations taken apart. Alternatives are not told
/// from what applies together: a node is for words about a value, never for judging it.
#[derive(Clone, Debug)]
pub(crate) struct Node<'a> {
    root: &'a Value,
    schemas: Vec<&'a Map<String, Value>>,
}

impl<'a> Node<'a> {
    pub(crate) fn new(source: &'a Value, root: &'a Value) -> Self {
        let mut node = Self {
            root,
            schemas: Vec::new(),
        };
        node.add(source, DEPTH);
        node
    }

    fn add(&mut self, source: &'a Value, depth: usize) {
        let Some(schema) = source.as_object() else {
            return;
        };
        let Some(depth) = depth.checked_sub(1) else {
            return;
        };
        if let Some((_, target)) = reference::target(self.root, source) {
            return self.add(target, depth);
        }
        self.schemas.push(schema);
        for combination in ["allOf", "anyOf", "oneOf"] {
            for part in array(schema.get(combination)) {
                self.add(part, depth);
            }
        }
    }

    /// The first schema, as it is written; references are resolved.
    pub(crate) fn source(&self) -> Value {
        self.schemas
            .first()
            .map_or(Value::Bool(true), |schema| Value::Object((*schema).clone()))
    }

    /// The first value of a keyword.
    pub(crate) fn keyword(&self, name: &str) -> Option<&'a Value> {
        self.schemas.iter().find_map(|schema| schema.get(name))
    }

    /// The values that the first of the schemas which lists any does list.
    pub(crate) fn listed(&self) -> Option<Listed<'a>> {
        self.schemas.iter().copied().find_map(Listed::of)
    }

    /// The fields of an object, in order.
    pub(crate) fn properties(&self) -> impl Iterator<Item = (&'a str, Self)> {
        let properties = self
            .schemas
            .iter()
            .filter_map(|schema| schema.get("properties")?.as_object())
            .flatten();
        properties.map(|(name, source)| (name.as_str(), Self::new(source, self.root)))
    }

    /// A field of an object.
    pub(crate) fn property(&self, name: &str) -> Option<Self> {
        self.properties()
            .find(|(known, _)| *known == name)
            .map(|(_, node)| node)
    }

    /// What describes a field of an object: the property of its name, the one that it is another name of (`x-alias`), or what
    /// holds for all others.
    pub(crate) fn field(&self, name: &str) -> Option<Self> {
        self.named(name).or_else(|| self.other_fields())
    }

    /// Whether a field of an object has this name, or has it as another one.
    pub(crate) fn knows(&self, name: &str) -> bool {
        self.named(name).is_some()
    }

    fn named(&self, name: &str) -> Option<Self> {
        let of_alias = || {
            let mut properties = self.properties();
            let found = properties
                .find(|(_, node)| array(node.keyword("x-alias")).any(|alias| alias == name));
            found.map(|(_, node)| node)
        };
        self.property(name).or_else(of_alias)
    }

    /// An element of a list.
    pub(crate) fn element(&self) -> Option<Self> {
        self.keyword("items")
            .map(|source| Self::new(source, self.root))
    }

    /// What a map has under any name.
    pub(crate) fn other_fields(&self) -> Option<Self> {
        let any = self.keyword("additionalProperties")?;
        any.is_object().then(|| Self::new(any, self.root))
    }

    /// Calls `seen` for each value inside, down to any depth, with its name: dots lead into objects, and `*` is each element of
    /// a list or each value of a map. What several schemas describe comes once for each.
    pub(crate) fn each_field(&self, seen: &mut dyn FnMut(&str, &Self)) {
        self.each_below("", DEPTH, seen);
    }

    fn each_below(&self, at: &str, depth: usize, seen: &mut dyn FnMut(&str, &Self)) {
        let Some(depth) = depth.checked_sub(1) else {
            return;
        };
        let named = self.properties();
        let unnamed = self.element().into_iter().chain(self.other_fields());
        for (name, field) in named.chain(unnamed.map(|field| ("*", field))) {
            let at = match at {
                "" => name.to_owned(),
                at => format!("{at}.{name}"),
            };
            field.each_below(&at, depth, seen);
            seen(&at, &field);
        }
    }

    /// Whether a value may be one thing or another.
    pub(crate) fn has_alternatives(&self) -> bool {
        let mut schemas = self.schemas.iter();
        schemas.any(|schema| schema.contains_key("anyOf") || schema.contains_key("oneOf"))
    }

    /// What is at a step of a JSON pointer.
    fn step(&self, step: &str) -> Option<Self> {
        let of_number = || {
            let is_index = step.bytes().all(|byte| byte.is_ascii_digit());
            self.element().filter(|_| is_index)
        };
        self.property(step)
            .or_else(of_number)
            .or_else(|| self.field(step))
    }

    /// What is at a JSON pointer of a value.
    pub(crate) fn at(&self, pointer: &str) -> Option<Self> {
        pointer
            .split('/')
            .skip(1)
            .try_fold(self.clone(), |node, step| {
                node.step(&pointer::unescape(step))
            })
    }

    /// Whether a field has to be there, by any of the schemas.
    pub(crate) fn requires(&self, name: &str) -> bool {
        self.schemas
            .iter()
            .any(|schema| array(schema.get("required")).any(|one| one == name))
    }

    /// Whether an object may have fields that are not listed.
    pub(crate) fn is_open(&self) -> bool {
        let lists = |schema: &Map<String, Value>| {
            schema
                .get("properties")
                .and_then(Value::as_object)
                .is_some_and(|properties| !properties.is_empty())
        };
        !self.schemas.iter().any(|schema| lists(schema))
            || matches!(self.keyword("additionalProperties"), Some(extra) if *extra != Value::Bool(false))
    }

    /// Whether the value must not be shown.
    pub(crate) fn is_secret(&self) -> bool {
        self.keyword("x-secret").is_some_and(|mark| *mark != false)
            || self
                .keyword("format")
                .is_some_and(|form| form == "password")
    }

    /// Whether what is at a JSON pointer of a value is known, and neither it nor what it is in must not be shown.
    pub(crate) fn shows(&self, pointer: &str) -> bool {
        let ends = pointer
            .match_indices('/')
            .map(|(end, _)| end)
            .chain([pointer.len()]);
        ends.into_iter().all(|end| {
            let part = pointer.get(..end).and_then(|part| self.at(part));
            part.is_some_and(|node| !node.is_secret())
        })
    }

    /// Whether the value, or anything inside it down to `depth` levels, must not be shown.
    pub(crate) fn holds_secrets(&self, depth: usize) -> bool {
        let Some(depth) = depth.checked_sub(1) else {
            return false;
        };
        self.is_secret()
            || self
                .element()
                .is_some_and(|element| element.holds_secrets(depth))
            || self
                .properties()
                .any(|(_, field)| field.holds_secrets(depth))
    }

    /// Whether the value, or anything inside it down to `depth` levels, is a presigned link.
    pub(crate) fn holds_links(&self, depth: usize) -> bool {
        let Some(depth) = depth.checked_sub(1) else {
            return false;
        };
        self.keyword("x-secret").is_some_and(|mark| mark == "link")
            || self
                .element()
                .is_some_and(|element| element.holds_links(depth))
            || self.properties().any(|(_, field)| field.holds_links(depth))
    }

    /// The description of the value, on one line.
    pub(crate) fn description(&self) -> Option<String> {
        let text = self.keyword("description")?.as_str()?;
        Some(text.split_whitespace().collect::<Vec<_>>().join(" "))
    }
}

fn array(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    value.and_then(Value::as_array).into_iter().flatten()
}
