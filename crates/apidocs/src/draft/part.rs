//! One part of an operation that is described already, as a draft of its pages has it.

use std::collections::{BTreeMap, BTreeSet};

use otcdb_openapi::{UNWRITTEN, pointer};
use serde_json::{Map, Value, json};

use super::components::{Component, Components, Scope};
use super::errors;
use super::node::{self, Node, Property, Side, Type};
use super::plan::Plan;
use super::{DraftPage, enums, fit, in_order, naming, parameters, samples};
use crate::facts::{Field, Payload, Place, Stated};

/// Something that a draft has, with the components that it needs and nobody has described. References are those of a bundled
/// document.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Part {
    /// The thing itself.
    pub value: Value,
    /// New components, each before what it is made of.
    pub components: Vec<NewComponent>,
}

/// A component that is not described yet.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct NewComponent {
    /// `schemas`, `parameters` or `responses`.
    pub section: &'static str,
    /// Below the service's folder: `components/backups.yaml`.
    pub file: String,
    /// Its name.
    pub name: String,
    /// What it says.
    pub value: Value,
}

/// An example, as a draft has it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ExamplePart {
    /// The name of its entry.
    pub name: String,
    /// Names of the entries of the examples before it on the page, the nearest first.
    pub behind: Vec<String>,
    /// The payload as its types have it; `None` for a request without a body.
    pub value: Option<Value>,
    /// What its request line says: place, name and value of each parameter.
    pub values: Vec<(Place, String, Value)>,
}

/// A described operation with its pages.
pub struct Parts<'p> {
    operation: &'p Value,
    plan: Plan<'p>,
    components: Components,
    file: String,
}

impl<'p> Parts<'p> {
    /// Reads what the pages of an operation say, beside a bundled document. `at` is the operation's JSON pointer; `file_of`
    /// says in which file below the service's folder something of the document was written.
    pub fn of(
        document: &'p Value,
        at: &str,
        pages: &'p [DraftPage],
        file_of: &dyn Fn(&str) -> String,
    ) -> Option<Self> {
        let operation = document.pointer(at)?;
        let all = otcdb_openapi::written::operations(document);
        let written = all.iter().find(|one| one.pointer() == at)?;
        let mut plan = Plan::of(
            &written.method.to_uppercase(),
            written.path,
            pages.iter().collect(),
        );
        plan.id = written.id().to_owned();
        name_examples(&mut plan, written);
        let components = Components::described(document, file_of);
        // Components of its own stand beside those of its bodies.
        let body = |value: &Value| {
            Some(
                value["application/json"]["schema"]["$ref"]
                    .as_str()?
                    .to_owned(),
            )
        };
        let responses = operation["responses"].as_object();
        let success = responses
            .into_iter()
            .flatten()
            .filter(|(status, _)| status.starts_with('2'))
            .find_map(|(_, response)| body(&response["content"]));
        let file = body(&operation["requestBody"]["content"])
            .or(success)
            .map(|target| file_of(target.trim_start_matches('#')))
            .filter(|file| file.starts_with("components/"));
        let tag = operation["tags"][0].as_str().unwrap_or("operations");
        Some(Self {
            operation,
            plan,
            components,
            file: file.unwrap_or_else(|| format!("components/{tag}.yaml")),
        })
    }

    /// A parameter outside of the body.
    pub fn parameter(mut self, place: &str, name: &str) -> Option<Part> {
        let wanted = |one: &super::plan::Parameter| one.place.as_str() == place && one.name == name;
        self.plan.parameters.retain(wanted);
        if self.plan.parameters.is_empty() {
            return None;
        }
        let samples = samples(std::slice::from_ref(&self.plan));
        let sample = |name: &str| samples.get(name).cloned();
        let scopes = [(self.file.clone(), self.plan.noun())];
        let plans = std::slice::from_ref(&self.plan);
        let lists = parameters::all(plans, &scopes, &mut self.components, &sample);
        let value = lists.into_iter().flatten().next()?;
        Some(part(value, self.components))
    }

    /// Place and name of all parameters, in the order in which a draft has them.
    pub fn parameters(&self) -> Vec<(&'static str, String)> {
        let all = self.plan.parameters.iter();
        all.map(|one| (one.place.as_str(), one.name.clone()))
            .collect()
    }

    /// A field of a body: `place` is `request` or `response 200`, `path` leads to it. `holder` is the component that it stands
    /// in, and `file` that component's. With it come the names of the fields before it, the nearest first.
    pub fn field(
        mut self,
        place: &str,
        path: &str,
        holder: &str,
        file: &str,
    ) -> Option<(Part, Vec<String>)> {
        let node = self.body(place)?;
        let (fields, at) = find(&node, path)?;
        let side = match place {
            "request" => Side::Request,
            _ => Side::Response,
        };
        let property = fields.get(at)?;
        let noun = self.plan.noun();
        let file = match file.starts_with("components/") {
            true => file,
            false => &self.file,
        };
        let scope = Scope {
            file,
            operation: &self.plan.id,
            noun: &noun,
            side,
        };
        let value = self
            .components
            .schema(&property.name, &property.node, holder, &scope);
        let before = fields.iter().take(at).rev();
        let behind = before.map(|one| one.name.clone()).collect();
        Some((part(value, self.components), behind))
    }

    fn body(&self, place: &str) -> Option<Node> {
        let status = match place.split_once(' ') {
            None => return self.plan.request.clone(),
            Some((_, status)) => status,
        };
        if status.starts_with('2') {
            return self.plan.response.clone();
        }
        let pages = self.plan.pages.iter();
        let responses = pages.flat_map(|page| &page.facts.responses);
        let stated = Stated::Value(status.parse::<u16>().ok()?);
        let forms: Vec<&[Field]> = responses
            .filter(|response| response.status == stated)
            .flat_map(|response| &response.body.forms)
            .map(|form| form.fields.as_slice())
            .collect();
        (!forms.is_empty()).then(|| node::object(&forms, &[], Side::Response))
    }

    /// The response of a status. `None` for one whose body the other successes do not have.
    pub fn response(mut self, status: u16) -> Option<Part> {
        if status >= 400 {
            let plans = std::slice::from_ref(&self.plan);
            let common = errors::prepare(plans, None, &mut self.components);
            let bodies = self.plan.failures.get(&status);
            let bodies = bodies.map_or(&[][..], Vec::as_slice);
            let value = errors::response(status, bodies, &common, &self.components);
            return Some(part(value, self.components));
        }
        let stated = Stated::Value(status);
        let responses = self
            .plan
            .pages
            .iter()
            .flat_map(|page| &page.facts.responses);
        let has_body = responses
            .filter(|one| one.status == stated)
            .any(|one| one.body.forms.iter().any(|form| !form.fields.is_empty()));
        let mut value = json!({ "description": UNWRITTEN });
        if has_body {
            let described = self.operation["responses"].as_object();
            let same = described
                .into_iter()
                .flatten()
                .filter(|(status, _)| status.starts_with('2'))
                .find_map(|(_, response)| {
                    let media = &response["content"]["application/json"];
                    media["schema"].get("$ref").map(|_| media)
                })?;
            let answers = self.plan.answers.iter().filter(|one| one.0 == status);
            let node = self.plan.response.as_ref()?;
            let own: Map<String, Value> = answers
                .map(|(_, name, value)| {
                    let value = fit::fit(value, node);
                    (
                        name.clone(),
                        json!({ "summary": UNWRITTEN, "value": value }),
                    )
                })
                .collect();
            let examples = match own.is_empty() {
                true => same["examples"].clone(),
                false => Value::Object(own),
            };
            value["content"] =
                json!({ "application/json": { "schema": same["schema"], "examples": examples } });
        }
        Some(part(value, self.components))
    }

    /// The example request with this body.
    pub fn request_example(&self, payload: &Payload) -> Option<ExamplePart> {
        let body = payload.value.as_ref()?;
        let at = self
            .plan
            .examples
            .iter()
            .position(|one| one.body.as_ref() == Some(body))?;
        self.request(at)
    }

    /// All example requests.
    pub fn requests(&self) -> Vec<ExamplePart> {
        (0..self.plan.examples.len())
            .filter_map(|at| self.request(at))
            .collect()
    }

    fn request(&self, at: usize) -> Option<ExamplePart> {
        let example = self.plan.examples.get(at)?;
        let node = self.plan.request.as_ref();
        let value = example
            .body
            .as_ref()
            .map(|body| node.map_or_else(|| body.clone(), |node| fit::fit(body, node)));
        let parameters = self.plan.parameters.iter();
        let values = parameters.filter_map(|parameter| {
            let entries = parameter.entries.iter();
            let entry = entries.clone().find(|one| one.0 == example.name)?;
            Some((parameter.place, parameter.name.clone(), entry.1.clone()))
        });
        let before = self.plan.examples.iter().take(at).rev();
        Some(ExamplePart {
            name: example.name.clone(),
            behind: before.map(|one| one.name.clone()).collect(),
            value,
            values: values.collect(),
        })
    }

    /// The example response with this body.
    pub fn answer(&self, payload: &Payload) -> Option<ExamplePart> {
        let body = payload.value.as_ref()?;
        let failures = || {
            let bodies = self.plan.failures.values().flatten();
            bodies.clone().position(|one| one == body)
        };
        let Some(at) = self.plan.answers.iter().position(|one| one.2 == *body) else {
            return failures().map(|at| ExamplePart {
                name: errors::label(body, at),
                behind: Vec::new(),
                value: Some(body.clone()),
                values: Vec::new(),
            });
        };
        let (_, name, _) = self.plan.answers.get(at)?;
        let node = self.plan.response.as_ref()?;
        let before = self.plan.answers.iter().take(at).rev();
        Some(ExamplePart {
            name: name.clone(),
            behind: before.map(|one| one.1.clone()).collect(),
            value: Some(fit::fit(body, node)),
            values: Vec::new(),
        })
    }

    /// Names for the values of an enum of a request, one for each; `None` where the values serve as names.
    pub fn constants(mut self, component: &str, values: &[Value]) -> Option<Vec<String>> {
        let old = self.components.named(component)?.clone();
        let names = old.value["x-enum-varnames"].as_array();
        let known: Vec<String> = names
            .into_iter()
            .flatten()
            .filter_map(|one| Some(one.as_str()?.to_owned()))
            .collect();
        let mut new = old.value.clone();
        new.as_object_mut()?.shift_remove("x-enum-varnames");
        new["enum"] = values.into();
        self.components.replace(component, new);
        enums::name_constants(&mut self.components);
        let named = self.components.named(component)?;
        let drafted: Vec<String> = named.value["x-enum-varnames"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|one| Some(one.as_str()?.to_owned()))
            .collect();
        if known.is_empty() && drafted.is_empty() {
            return None;
        }
        // What is named stays so.
        let texts = values.iter().map(|one| one.as_str().unwrap_or_default());
        let mut all: Vec<String> = Vec::new();
        for (at, text) in texts.enumerate() {
            let own = super::names::constant("", text);
            let name = known.get(at).or_else(|| drafted.get(at)).cloned();
            let name = name.unwrap_or_else(|| match known.is_empty() {
                true => own,
                false => super::names::constant(component, text),
            });
            all.push(name);
        }
        Some(all)
    }
}

/// The fields beside which a path leads to one, and its index.
fn find<'n>(node: &'n Node, path: &str) -> Option<(&'n [Property], usize)> {
    let mut node = node;
    let mut found = None;
    for step in path.split('.') {
        let name = step.trim_end_matches("[]");
        if name.is_empty() {
            continue;
        }
        while let Type::Array(inner) | Type::Map(inner) = &node.kind {
            node = inner;
        }
        let fields = node.properties();
        let at = fields.iter().position(|one| one.name == name)?;
        found = Some((fields, at));
        node = &fields.get(at)?.node;
    }
    found
}

fn part(value: Value, mut components: Components) -> Part {
    enums::name_constants(&mut components);
    let value = bundled(&value, &components);
    let mut new: Vec<NewComponent> = Vec::new();
    let mut todo = vec![value.clone()];
    let mut wanted: BTreeSet<String> = BTreeSet::new();
    // What was made on the way and is not referred to was made for naught.
    while let Some(value) = todo.pop() {
        for name in super::targets(&value) {
            let known = components.named(&name).filter(|one| !one.exists);
            if let Some(one) = known.filter(|_| wanted.insert(name)) {
                todo.push(one.value.clone());
            }
        }
    }
    for one in in_order(&components) {
        if wanted.contains(&one.name) {
            new.push(NewComponent {
                section: one.section,
                file: one.file.clone(),
                name: one.name.clone(),
                value: bundled(&one.value, &components),
            });
        }
    }
    Part {
        value,
        components: new,
    }
}

/// References from the service's folder as those of a bundled document.
fn bundled(value: &Value, components: &Components) -> Value {
    match value {
        Value::Object(map) => {
            let each = map.iter().map(|(key, value)| {
                let value = match (key.as_str(), value) {
                    ("$ref", Value::String(target)) if !target.starts_with('#') => {
                        let name = target.rsplit('/').next().unwrap_or_default();
                        let section = components.named(name).map_or("schemas", |one| one.section);
                        let at = pointer::join(&format!("/components/{section}"), name);
                        Value::from(format!("#{at}"))
                    }
                    (_, value) => bundled(value, components),
                };
                (key.clone(), value)
            });
            Value::Object(each.collect())
        }
        Value::Array(items) => items.iter().map(|one| bundled(one, components)).collect(),
        other => other.clone(),
    }
}

/// Gives the examples of a plan the names that they have in the description, and those that are new names of their own.
fn name_examples(plan: &mut Plan<'_>, written: &otcdb_openapi::written::Operation<'_>) {
    naming::name_examples(plan);
    let requests = otcdb_openapi::examples::request_examples(written);
    let described: Vec<&str> = written
        .parameters()
        .filter_map(|one| one["name"].as_str())
        .collect();
    let text_of = |value: &Value| {
        value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned)
    };
    let node = plan.request.clone();
    let mut names: Vec<Option<String>> = Vec::new();
    for example in &plan.examples {
        let found = requests.iter().find(|known| match &example.body {
            Some(body) => known.body.is_some_and(|value| {
                let fitted = node.as_ref().map(|node| fit::fit(body, node));
                value == body || fitted.as_ref() == Some(value)
            }),
            None => {
                known.body.is_none()
                    && example.values.iter().all(|(_, name, text)| {
                        let value = known.parameters.get(name.as_str());
                        !described.contains(&name.as_str())
                            || value.is_some_and(|value| text_of(value) == *text)
                    })
            }
        });
        names.push(found.map(|known| known.name.to_owned()));
    }
    let mut taken: BTreeSet<String> = requests.iter().map(|one| one.name.to_owned()).collect();
    let labels: Vec<String> = plan.examples.iter().map(|one| one.name.clone()).collect();
    for ((example, name), label) in plan.examples.iter_mut().zip(names).zip(labels) {
        example.name = name.unwrap_or_else(|| free(&label, &mut taken));
    }
    naming::entries(plan);
    let mut taken: BTreeMap<u16, BTreeSet<String>> = BTreeMap::new();
    let response = plan.response.clone();
    for (status, name, body) in &mut plan.answers {
        let all = &written.value["responses"][status.to_string()]["content"]["application/json"]["examples"];
        let all = all.as_object();
        let taken = taken
            .entry(*status)
            .or_insert_with(|| all.into_iter().flatten().map(|one| one.0.clone()).collect());
        let fitted = response.as_ref().map(|node| fit::fit(body, node));
        let found = all.into_iter().flatten().find(|(_, entry)| {
            let value = &entry["value"];
            value == body || fitted.as_ref() == Some(value)
        });
        *name = match found {
            Some((name, _)) => name.clone(),
            None => free(name, taken),
        };
    }
}

/// A name, or one of the same with a number where it is taken.
fn free(name: &str, taken: &mut BTreeSet<String>) -> String {
    let numbered = (2..).map(|number| format!("{name}_{number}"));
    let mut all = std::iter::once(name.to_owned()).chain(numbered);
    all.find(|name| taken.insert(name.clone()))
        .unwrap_or_default()
}

impl Components {
    /// The components of a bundled document.
    pub(super) fn described(document: &Value, file_of: &dyn Fn(&str) -> String) -> Self {
        let mut components = Self::default();
        for section in ["schemas", "parameters", "responses"] {
            let all = document["components"][section].as_object();
            for (name, value) in all.into_iter().flatten() {
                components.add(Component {
                    file: file_of(&pointer::join(&format!("/components/{section}"), name)),
                    section,
                    name: name.clone(),
                    value: value.clone(),
                    exists: true,
                });
            }
        }
        components.note_uses(document);
        components
    }
}
