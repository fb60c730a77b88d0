//! What operations share: a component where name and content are equal, a name of its own where they are not.

use std::collections::{BTreeMap, BTreeSet};

use otcdb_openapi::{TIME, UNWRITTEN, is_type_elsewhere};
use serde_json::{Map, Value, json};

use super::names;
use super::node::{Node, Side, Type};
use super::times;

/// One component.
#[derive(Debug, Clone)]
pub(super) struct Component {
    /// Below the service's folder: `components/backups.yaml`.
    pub(super) file: String,
    /// `schemas`, `parameters` or `responses`.
    pub(super) section: &'static str,
    pub(super) name: String,
    pub(super) value: Value,
    /// Written before the draft.
    pub(super) exists: bool,
}

/// All components of a service by their names, which are one in all languages.
#[derive(Debug, Default)]
pub(super) struct Components {
    pub(super) all: Vec<Component>,
    by_name: BTreeMap<String, usize>,
    /// The described components that fields and parameters of a name refer to, by that name.
    by_field: BTreeMap<String, BTreeSet<String>>,
}

/// Where a schema is used, which tells what it may be called.
#[derive(Debug, Clone)]
pub(super) struct Scope<'a> {
    pub(super) file: &'a str,
    pub(super) operation: &'a str,
    /// What the operation is about: `Backup` for ListBackups.
    pub(super) noun: &'a str,
    pub(super) side: Side,
}

/// Names that say too little alone, or mean something else in generated code.
const VAGUE: [&str; 32] = [
    "Action",
    "Array",
    "Box",
    "Builder",
    "Client",
    "Code",
    "Data",
    "Default",
    "Detail",
    "Error",
    "Info",
    "Item",
    "Kind",
    "Level",
    "List",
    "Map",
    "Mode",
    "Name",
    "Object",
    "Open",
    "Option",
    "Parameter",
    "Result",
    "Role",
    "Secret",
    "Self",
    "State",
    "Status",
    "String",
    "Type",
    "Value",
    "Vec",
];

impl Components {
    pub(super) fn add(&mut self, component: Component) {
        let at = self.all.len();
        self.by_name
            .entry(names::fold(&component.name))
            .or_insert(at);
        self.all.push(component);
    }

    pub(super) fn named(&self, name: &str) -> Option<&Component> {
        self.all.get(*self.by_name.get(&names::fold(name))?)
    }

    /// Takes another value for a component.
    pub(super) fn replace(&mut self, name: &str, value: Value) {
        let at = self.by_name.get(&names::fold(name));
        if let Some(one) = at.and_then(|at| self.all.get_mut(*at)) {
            one.value = value;
            one.exists = false;
        }
    }

    /// Notes to which components the fields and parameters of a document refer.
    pub(super) fn note_uses(&mut self, document: &Value) {
        let target = |schema: &Value| {
            let item = schema.get("$ref").or_else(|| schema["items"].get("$ref"));
            let target = item.and_then(Value::as_str)?;
            Some(target.rsplit('/').next().unwrap_or_default().to_owned())
        };
        let mut todo = vec![document];
        while let Some(value) = todo.pop() {
            if let (Some(name), Some(used)) = (value["name"].as_str(), target(&value["schema"])) {
                let uses = self.by_field.entry(names::fold(name)).or_default();
                uses.insert(used);
            }
            for (name, property) in value["properties"].as_object().into_iter().flatten() {
                if let Some(used) = target(property) {
                    let uses = self.by_field.entry(names::fold(name)).or_default();
                    uses.insert(used);
                }
            }
            match value {
                Value::Object(map) => todo.extend(map.values()),
                Value::Array(items) => todo.extend(items),
                _ => {}
            }
        }
    }

    /// A described component with this content that another field of the name refers to.
    fn used(&self, field: &str, value: &Value) -> Option<Value> {
        let wanted = content(value);
        let names = self.by_field.get(&names::fold(field))?;
        let known = names.iter().filter_map(|name| self.named(name));
        let mut same =
            known.filter(|one| one.section == "schemas" && content(&one.value) == wanted);
        same.next().map(reference)
    }

    /// Refers to a component of one of these names with this content, and makes it where there is none.
    pub(super) fn put(
        &mut self,
        section: &'static str,
        candidates: &[String],
        file: &str,
        value: Value,
    ) -> Value {
        let wanted = content(&value);
        let numbered =
            (2..).filter_map(|number| candidates.last().map(|name| format!("{name}{number}")));
        for name in candidates.iter().cloned().chain(numbered.take(1_000)) {
            match self.named(&name) {
                Some(known)
                    if known.section == section
                        && known.name == name
                        && content(&known.value) == wanted =>
                {
                    return reference(known);
                }
                Some(_) => {}
                None => {
                    let component = Component {
                        file: file.to_owned(),
                        section,
                        name,
                        value,
                        exists: false,
                    };
                    let reference = reference(&component);
                    self.add(component);
                    return reference;
                }
            }
        }
        Value::Null
    }

    /// A component for documented values.
    pub(super) fn enumeration(
        &mut self,
        name: &str,
        node: &Node,
        candidates: &[String],
        scope: &Scope<'_>,
    ) -> Value {
        let value = enumeration(node, scope.side);
        if let Some(used) = self.used(name, &value) {
            return used;
        }
        self.put("schemas", candidates, scope.file, value)
    }

    /// A parameter that several operations have.
    pub(super) fn put_parameter(
        &mut self,
        candidates: &[String],
        file: &str,
        value: Value,
    ) -> Value {
        // Two that differ in their examples alone are two.
        let last = candidates.last().cloned().unwrap_or_default();
        let numbered = (2..1_000).map(|number| format!("{last}{number}"));
        let free = candidates
            .iter()
            .cloned()
            .chain(numbered)
            .find(|name| self.named(name).is_none());
        let component = Component {
            file: file.to_owned(),
            section: "parameters",
            name: free.unwrap_or(last),
            value,
            exists: false,
        };
        let reference = reference(&component);
        self.add(component);
        reference
    }

    /// The schema of a field: a reference where it has fields or values of its own.
    pub(super) fn schema(
        &mut self,
        name: &str,
        node: &Node,
        parent: &str,
        scope: &Scope<'_>,
    ) -> Value {
        let secret = mark_of_secret(name, node, scope.side);
        self.of(name, node, parent, scope, secret.as_ref(), true)
    }

    fn of(
        &mut self,
        name: &str,
        node: &Node,
        parent: &str,
        scope: &Scope<'_>,
        secret: Option<&Value>,
        described: bool,
    ) -> Value {
        let mut map = Map::new();
        match &node.kind {
            Type::Object(_) => {
                let base = match &node.type_name {
                    Some(name) => names::pascal(name),
                    None => names::pascal(&names::singular(name)),
                };
                let candidates = candidates(&base, parent, scope);
                let own = candidates.first().cloned().unwrap_or_default();
                let value = self.object(node, &own, scope);
                if let Some(used) = self.used(name, &value) {
                    return used;
                }
                return self.put("schemas", &candidates, scope.file, value);
            }
            Type::String | Type::Integer(_) if !node.values.is_empty() && secret.is_none() => {
                let base = names::pascal(&names::singular(name));
                let candidates = candidates(&base, parent, scope);
                return self.enumeration(name, node, &candidates, scope);
            }
            Type::String => {
                map.insert("type".into(), "string".into());
                if let Some(mark) = secret {
                    map.insert("format".into(), "password".into());
                    map.insert("x-secret".into(), mark.clone());
                }
                bounds(&mut map, node, ["minLength", "maxLength"]);
                let is_checked = scope.side == Side::Request && secret.is_none();
                if let Some(pattern) = times::pattern(name, node).filter(|_| is_checked) {
                    map.insert("pattern".into(), pattern.into());
                }
            }
            Type::Integer(wide) => {
                map.insert("type".into(), "integer".into());
                map.insert(
                    "format".into(),
                    if *wide { "int64" } else { "int32" }.into(),
                );
                bounds(&mut map, node, ["minimum", "maximum"]);
            }
            Type::Number => {
                map.insert("type".into(), "number".into());
                map.insert("format".into(), "double".into());
            }
            Type::Boolean => {
                map.insert("type".into(), "boolean".into());
            }
            Type::Array(items) => {
                map.insert("type".into(), "array".into());
                if described {
                    map.insert("description".into(), described_by(node).into());
                }
                let mut item = (**items).clone();
                item.type_name = item.type_name.or_else(|| node.type_name.clone());
                let schema = self.of(&names::singular(name), &item, parent, scope, secret, false);
                map.insert("items".into(), schema);
                return Value::Object(map);
            }
            Type::Map(entry) => {
                map.insert("type".into(), "object".into());
                if described {
                    map.insert("description".into(), described_by(node).into());
                }
                let schema = self.of(&names::singular(name), entry, parent, scope, secret, false);
                map.insert("additionalProperties".into(), schema);
                return Value::Object(map);
            }
            Type::Any => {
                map.insert("x-any".into(), UNWRITTEN.into());
            }
        }
        if let Some(form) = node.time {
            map.insert(TIME.into(), form.name().into());
        }
        if described {
            map.insert("description".into(), described_by(node).into());
        }
        Value::Object(map)
    }

    /// The schema of an object, by the name that it most likely gets.
    pub(super) fn object(&mut self, node: &Node, own: &str, scope: &Scope<'_>) -> Value {
        let mut map = Map::new();
        map.insert("type".into(), "object".into());
        map.insert("description".into(), UNWRITTEN.into());
        let required: Vec<&str> = node
            .properties()
            .iter()
            .filter(|one| one.required)
            .map(|one| one.name.as_str())
            .collect();
        if !required.is_empty() {
            map.insert("required".into(), json!(required));
        }
        let mut properties = Map::new();
        for property in node.properties() {
            let mut schema = self.schema(&property.name, &property.node, own, scope);
            if !property.aliases.is_empty() && schema.get("$ref").is_none() {
                schema["x-alias"] = json!(property.aliases);
            }
            properties.insert(property.name.clone(), schema);
        }
        match properties.is_empty() {
            true => {
                map.shift_remove("type");
                map.insert("x-any".into(), UNWRITTEN.into());
            }
            false => {
                map.insert("properties".into(), Value::Object(properties));
            }
        }
        Value::Object(map)
    }
}

/// A reference from the service's folder.
pub(super) fn reference(component: &Component) -> Value {
    json!({ "$ref": format!("{}#/{}", component.file, component.name) })
}

/// Whether a name says too little by itself.
pub(super) fn is_vague(name: &str) -> bool {
    VAGUE.contains(&name)
}

/// What a field may be called, from what is nicest to what is surely its own.
fn candidates(base: &str, parent: &str, scope: &Scope<'_>) -> Vec<String> {
    let parent = match parent.is_empty() {
        true => scope.noun,
        false => parent,
    };
    let stem = parent
        .strip_suffix("ResponseBody")
        .or_else(|| parent.strip_suffix("Request"))
        .map_or(parent, |stem| {
            if stem == scope.operation {
                scope.noun
            } else {
                stem
            }
        });
    let base = if base.is_empty() { "Entry" } else { base };
    let mut found = Vec::new();
    if !is_vague(base) {
        found.push(base.to_owned());
    }
    // `InstanceInstance` says nothing more.
    if stem != base {
        found.push(format!("{stem}{base}"));
    }
    // What the type is of says more than which operation takes it.
    if stem != scope.noun && stem != base {
        found.push(format!("{}{stem}{base}", scope.operation));
    }
    found.push(format!("{}{base}", scope.operation));
    found.retain(|name| !name.ends_with("Response") && !is_type_elsewhere(name));
    if found.is_empty() {
        found.push(format!("{}Entry", scope.operation));
    }
    found
}

fn enumeration(node: &Node, side: Side) -> Value {
    let mut map = Map::new();
    let is_text = node.kind == Type::String;
    map.insert(
        "type".into(),
        if is_text { "string" } else { "integer" }.into(),
    );
    if let Type::Integer(wide) = node.kind {
        map.insert("format".into(), if wide { "int64" } else { "int32" }.into());
    }
    map.insert("description".into(), described_by(node).into());
    let values: Vec<Value> = node
        .values
        .iter()
        .map(|one| match is_text {
            true => Value::from(one.as_str()),
            false => one.parse::<i64>().map_or(Value::Null, Value::from),
        })
        .collect();
    let keyword = match side {
        Side::Request => "enum",
        Side::Response => otcdb_openapi::OPEN,
    };
    map.insert(keyword.into(), Value::Array(values));
    Value::Object(map)
}

fn bounds(map: &mut Map<String, Value>, node: &Node, [least, most]: [&str; 2]) {
    if let Some(bound) = node.bounds.0 {
        map.insert(least.into(), bound.into());
    }
    if let Some(bound) = node.bounds.1 {
        map.insert(most.into(), bound.into());
    }
}

/// The marker, with what the page states beside its prose.
pub(super) fn described_by(node: &Node) -> String {
    let mut notes = node.notes.clone();
    let sample = node.samples.iter().filter_map(Value::as_str).find(|text| {
        let plain = !text.contains(['`', '\n', '"']) && !text.trim().is_empty();
        plain && (2..=48).contains(&text.chars().count()) && !text.contains("**")
    });
    if let (true, Type::String, Some(sample)) = (node.values.is_empty(), &node.kind, sample) {
        notes.push(format!("such as `{sample}`"));
    }
    match notes.is_empty() {
        true => UNWRITTEN.to_owned(),
        false => format!("{UNWRITTEN} {}", notes.join("; ")),
    }
}

/// The `x-secret` of what no program may print: passwords, keys and links that whoever holds them can use.
fn mark_of_secret(name: &str, node: &Node, side: Side) -> Option<Value> {
    let lower = name.to_lowercase();
    let is_text = match &node.kind {
        Type::String => true,
        Type::Array(items) => items.kind == Type::String,
        _ => false,
    };
    let plain = [
        "_id", "_name", "policy", "_type", "_time", "_status", "_days",
    ]
    .iter()
    .any(|end| lower.ends_with(end));
    let word = |word: &str| lower.contains(word);
    let key = ["password", "passwd", "secret", "private_key", "privatekey"]
        .into_iter()
        .any(word)
        || lower.ends_with("pwd");
    let link = side == Side::Response
        && (["link", "links"].iter().any(|end| lower.ends_with(end))
            || word("download") && word("url")
            || lower == "url");
    if !is_text || plain || !node.values.is_empty() {
        return None;
    }
    match (key, link) {
        (true, _) => Some(true.into()),
        (false, true) => Some("link".into()),
        (false, false) => None,
    }
}

/// What a component says, but for its words, with references by name.
pub(super) fn content(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let mut kept = Map::new();
            for (key, value) in map {
                let value = match (key.as_str(), value) {
                    (
                        "description" | "x-enum-varnames" | "examples" | "x-any",
                        Value::String(_) | Value::Array(_),
                    ) => continue,
                    ("examples", _) => continue,
                    ("$ref", Value::String(target)) => {
                        Value::from(target.rsplit('/').next().unwrap_or_default())
                    }
                    ("properties", Value::Object(properties)) => Value::Object(
                        properties
                            .iter()
                            .map(|(name, value)| (name.clone(), content(value)))
                            .collect(),
                    ),
                    // Nor does the order of values.
                    ("enum" | otcdb_openapi::OPEN, Value::Array(values)) => {
                        let mut texts: Vec<String> = values.iter().map(Value::to_string).collect();
                        texts.sort();
                        texts.into()
                    }
                    (_, value) => content(value),
                };
                kept.insert(key.clone(), value);
            }
            // The order of keys says nothing.
            kept.sort_keys();
            Value::Object(kept)
        }
        Value::Array(items) => items.iter().map(content).collect(),
        other => other.clone(),
    }
}
