//! Replaces external references: operations are put in place, everything reusable becomes a component.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::loader::{Absent, Loader, Location};
use crate::diagnostic::Diagnostic;
use crate::grammar::{Kind, Reusable};
use crate::pointer;

const RULE: &str = "reference";

/// How deep a description may nest; far beyond any real one, and well inside the stack.
const MAX_DEPTH: usize = 200;

pub(super) struct Resolver<'a> {
    loader: &'a mut Loader,
    components: BTreeMap<(Reusable, String), Component>,
    origins: BTreeMap<String, Location>,
    diagnostics: Vec<Diagnostic>,
}

struct Component {
    source: Location,
    value: Value,
}

impl<'a> Resolver<'a> {
    pub(super) fn new(loader: &'a mut Loader) -> Self {
        Self {
            loader,
            components: BTreeMap::new(),
            origins: BTreeMap::new(),
            diagnostics: Vec::new(),
        }
    }

    /// Resolves the root document.
    pub(super) fn document(&mut self, root: &Location) -> Option<Value> {
        match self.loader.get(root).cloned() {
            Ok(value) if value.is_object() => {
                Some(self.walk(value, Kind::Root, root, String::new(), 0))
            }
            Ok(_) => {
                let diagnostic =
                    root.diagnostic(RULE, "this is not a mapping", "start with `openapi: 3.0.3`");
                self.diagnostics.push(diagnostic);
                None
            }
            Err(Absent::Nothing(message)) => {
                let diagnostic = root.diagnostic(RULE, message, "add the file");
                self.diagnostics.push(diagnostic);
                None
            }
            Err(Absent::Broken) => None,
        }
    }

    /// Adds the components that were collected, in a fixed order.
    pub(super) fn finish(
        self,
        document: Option<Value>,
    ) -> (Option<Value>, BTreeMap<String, Location>, Vec<Diagnostic>) {
        let mut diagnostics = self.diagnostics;
        diagnostics.extend(self.loader.take_broken());
        let document = document.map(|mut document| {
            let mut sections: BTreeMap<Reusable, Map<String, Value>> = BTreeMap::new();
            for ((kind, name), component) in self.components {
                sections
                    .entry(kind)
                    .or_default()
                    .insert(name, component.value);
            }
            if let Some(root) = document.as_object_mut() {
                let components: Map<String, Value> = sections
                    .into_iter()
                    .map(|(kind, map)| (kind.section().to_owned(), Value::Object(map)))
                    .collect();
                root.shift_remove("components");
                if !components.is_empty() {
                    root.insert("components".to_owned(), Value::Object(components));
                }
            }
            document
        });
        (document, self.origins, diagnostics)
    }

    /// Rewrites a value of the given kind, written at `source`, for its place `target` in the bundle.
    fn walk(
        &mut self,
        value: Value,
        kind: Kind,
        source: &Location,
        target: String,
        depth: usize,
    ) -> Value {
        if depth > MAX_DEPTH {
            self.diagnostics.push(source.diagnostic(
                RULE,
                format!("nested deeper than {MAX_DEPTH} levels"),
                "break the circle of references that are put in place, or flatten the structure",
            ));
            return Value::Null;
        }
        match value {
            _ if kind == Kind::Opaque => value,
            Value::Object(map) if is_reference(&map) => {
                self.reference(&map, kind, source, target, depth)
            }
            Value::Object(map) if kind == Kind::Components => {
                self.own_components(map, source, depth);
                Value::Object(Map::new())
            }
            Value::Object(map) => Value::Object(
                map.into_iter()
                    .map(|(key, value)| {
                        let place = pointer::join(&target, &key);
                        let value =
                            self.walk(value, kind.child(&key), &source.at(&key), place, depth + 1);
                        (key, value)
                    })
                    .collect(),
            ),
            Value::Array(items) => Value::Array(
                items
                    .into_iter()
                    .enumerate()
                    .map(|(index, item)| {
                        let index = index.to_string();
                        let place = pointer::join(&target, &index);
                        self.walk(item, kind.element(), &source.at(&index), place, depth + 1)
                    })
                    .collect(),
            ),
            scalar => scalar,
        }
    }

    fn reference(
        &mut self,
        map: &Map<String, Value>,
        kind: Kind,
        source: &Location,
        target: String,
        depth: usize,
    ) -> Value {
        let reference = map.get("$ref").and_then(Value::as_str).unwrap_or_default();
        if map.len() > 1 {
            self.diagnostics.push(source.diagnostic(
                RULE,
                "OpenAPI 3.0 ignores whatever stands beside a $ref",
                "move the other keys into the referenced object, or copy that object here",
            ));
        }
        let place = match source.follow(reference) {
            Ok(place) => place,
            Err(message) => {
                self.diagnostics.push(source.diagnostic(
                    RULE,
                    message,
                    "write a path relative to this file, such as ../components/errors.yaml#/ErrorResponse",
                ));
                return Value::Null;
            }
        };
        let value = match self.loader.get(&place) {
            Ok(value) => value.clone(),
            Err(Absent::Nothing(message)) => {
                self.diagnostics.push(source.diagnostic(
                    RULE,
                    format!("$ref {reference:?} leads nowhere: {message}"),
                    "correct the path or the pointer, or add what it should lead to",
                ));
                return Value::Null;
            }
            Err(Absent::Broken) => return Value::Null,
        };
        match kind {
            Kind::One(reusable) => self.component(reusable, value, place, source, depth),
            Kind::Operation | Kind::PathItem => {
                self.origins.insert(target.clone(), place.clone());
                self.walk(value, kind, &place, target, depth + 1)
            }
            _ => {
                self.diagnostics.push(source.diagnostic(
                    RULE,
                    format!("a $ref cannot stand for {kind:?}"),
                    "refer to a path item, an operation, a schema, response, parameter, example, request \
                     body, header or security scheme",
                ));
                Value::Null
            }
        }
    }

    /// Registers the referenced object as a component and gives the reference to it.
    fn component(
        &mut self,
        kind: Reusable,
        value: Value,
        place: Location,
        from: &Location,
        depth: usize,
    ) -> Value {
        let name = pointer::last(&place.pointer).unwrap_or_else(|| file_stem(&place.file));
        let target = format!("/components/{}/{}", kind.section(), pointer::escape(&name));
        let reference = serde_json::json!({ "$ref": format!("#{target}") });
        let key = (kind, name.clone());
        match self.components.get(&key) {
            Some(known) if known.source == place => return reference,
            Some(known) => {
                let message = format!(
                    "two {} are called {name}: openapi/{}#{} and openapi/{}#{}",
                    kind.section(),
                    known.source.file,
                    known.source.pointer,
                    place.file,
                    place.pointer
                );
                self.diagnostics.push(from.diagnostic(
                    RULE,
                    message,
                    "rename one: a component's name is the last part of the reference",
                ));
                return reference;
            }
            None => {}
        }
        // Registered before it is walked, so that a schema may refer to itself.
        self.components.insert(
            key.clone(),
            Component {
                source: place.clone(),
                value: Value::Null,
            },
        );
        self.origins.insert(target.clone(), place.clone());
        let value = self.walk(value, Kind::One(kind), &place, target, depth + 1);
        if let Some(component) = self.components.get_mut(&key) {
            component.value = value;
        }
        reference
    }

    /// Takes over the components that the root document lists itself.
    fn own_components(&mut self, sections: Map<String, Value>, source: &Location, depth: usize) {
        for (section, entries) in sections {
            let source = source.at(&section);
            let Kind::Many(kind) = Kind::Components.child(&section) else {
                self.diagnostics.push(source.diagnostic(
                    RULE,
                    format!("components has no section {section:?}"),
                    "use one of schemas, responses, parameters, examples, requestBodies, headers, \
                     securitySchemes",
                ));
                continue;
            };
            let Value::Object(entries) = entries else {
                self.diagnostics.push(source.diagnostic(
                    RULE,
                    "this is not a mapping",
                    "map names to objects",
                ));
                continue;
            };
            for (name, value) in entries {
                let here = source.at(&name);
                match value.get("$ref").and_then(Value::as_str) {
                    Some(reference) => match here.follow(reference) {
                        Ok(place) if pointer::last(&place.pointer).as_ref() == Some(&name) => {
                            self.walk(value, Kind::One(kind), &here, String::new(), depth + 1);
                        }
                        Ok(_) => self.diagnostics.push(here.diagnostic(
                            RULE,
                            format!("{name} refers to an object of another name"),
                            "give both the same name",
                        )),
                        Err(message) => self.diagnostics.push(here.diagnostic(
                            RULE,
                            message,
                            "write a path relative to this file",
                        )),
                    },
                    None => {
                        self.component(kind, value, here.clone(), &here, depth);
                    }
                }
            }
        }
    }
}

fn is_reference(map: &Map<String, Value>) -> bool {
    map.get("$ref").is_some_and(Value::is_string)
}

fn file_stem(file: &str) -> String {
    let name = file.rsplit('/').next().unwrap_or(file);
    name.split('.').next().unwrap_or(name).to_owned()
}
