//! Links from what answers with the ids of resources to the operations that take them.
//!
//! Nobody writes them: `x-resource` says what an operation lists or makes, and a parameter is called after the resource
//! whose id it takes. A header of a response leads to who takes a header of the same name. Links that a person has written, to
//! the end of work, stay beside them. None leads into a body: openapi-generator refuses a document with a link whose
//! `requestBody` is an object.

use std::collections::{BTreeSet, HashMap};

use otcdb_openapi::written::{Operation, is_success, json_content, operations};
use otcdb_openapi::{Verb, pointer, reference};
use serde_json::{Map, Value, json};

/// Adds a link to each operation that the id in a response leads to, called after that operation.
pub(super) fn add(document: &mut Value) {
    for (at, name, link) in found(document) {
        if let Some(response) = document.pointer_mut(&at) {
            response["links"][name] = link;
        }
    }
}

/// Each link with the pointer of the response that it belongs to, and its name.
fn found(document: &Value) -> Vec<(String, String, Value)> {
    let targets = Targets::of(document);
    let mut found = Vec::new();
    for from in &targets.all {
        let is_other = |to: &&Operation<'_>| to.id() != from.id();
        for (status, response) in from.responses().filter(|(status, _)| is_success(status)) {
            let at = pointer::join(&pointer::join(&from.pointer(), "responses"), status);
            // What several operations share is no one's to link from.
            if document
                .pointer(&at)
                .is_none_or(|own| own.get("$ref").is_some())
            {
                continue;
            }
            let mut add = |to: &Operation<'_>, link| {
                found.push((at.clone(), to.id().to_owned(), link));
            };
            for (name, _) in response["headers"].as_object().into_iter().flatten() {
                for to in targets.given(name).filter(is_other) {
                    if let Some(link) = of_header(name, to) {
                        add(to, link);
                    }
                }
            }
            let Some(schema) = json_content(response).and_then(|media| media.get("schema")) else {
                continue;
            };
            for (resource, verb) in resources(from) {
                if !matches!(verb, Verb::List | Verb::Create) {
                    continue;
                }
                let answer = Answer {
                    targets: &targets,
                    document,
                    from,
                    schema,
                    places: places(from, &resource),
                };
                for to in targets.of_resource(&resource).filter(is_other) {
                    if let Some(link) = answer.link(to, &resource) {
                        add(to, link);
                    }
                }
            }
        }
    }
    found
}

/// The link to an operation that has to be given a header that the response has.
fn of_header(header: &str, to: &Operation<'_>) -> Option<Value> {
    let mut required = to.parameters().filter(|one| one["required"] == true);
    let taken = required.next()?;
    let name = taken["name"].as_str()?;
    let is_all = taken["in"] == "header" && required.next().is_none();
    (is_all && header == name).then(|| {
        json!({ "operationId": to.id(), "parameters": { name: format!("$response.header.{name}") } })
    })
}

/// The operations of a document by what a link to them may start from.
struct Targets<'a> {
    all: Vec<Operation<'a>>,
    /// By the names of their parameters.
    parameters: HashMap<&'a str, Vec<usize>>,
    /// By the resources that they concern.
    resources: HashMap<String, Vec<usize>>,
}

impl<'a> Targets<'a> {
    fn of(document: &'a Value) -> Self {
        let all = operations(document);
        let (mut parameters, mut of_resources) = (HashMap::new(), HashMap::new());
        for (number, operation) in all.iter().enumerate() {
            let names = operation
                .parameters()
                .filter_map(|one| one["name"].as_str());
            for name in names.collect::<BTreeSet<_>>() {
                parameters.entry(name).or_insert_with(Vec::new).push(number);
            }
            let names = resources(operation).into_iter().map(|(name, _)| name);
            for name in names.collect::<BTreeSet<_>>() {
                of_resources
                    .entry(name)
                    .or_insert_with(Vec::new)
                    .push(number);
            }
        }
        Self {
            all,
            parameters,
            resources: of_resources,
        }
    }

    /// Those that take a parameter of this name.
    fn given(&self, name: &str) -> impl Iterator<Item = &Operation<'a>> {
        self.at(self.parameters.get(name).cloned().unwrap_or_default())
    }

    /// Those that may take the id of a resource, in the order of the document.
    fn of_resource(&self, resource: &str) -> impl Iterator<Item = &Operation<'a>> {
        let given = self.parameters.get(id_of(resource).as_str());
        let own = self.resources.get(resource);
        let numbers: BTreeSet<usize> = given.into_iter().chain(own).flatten().copied().collect();
        self.at(numbers.into_iter().collect())
    }

    /// Those that list a resource.
    fn lists(&self, resource: &str) -> impl Iterator<Item = &Operation<'a>> {
        let is_it = move |(name, verb): &(String, Verb)| name == resource && *verb == Verb::List;
        let all = self.resources.get(resource).into_iter().flatten();
        let all = all.filter_map(|number| self.all.get(*number));
        all.filter(move |list| resources(list).iter().any(is_it))
    }

    /// What stands for several operations is unfolded again by those who read links, and is no operation then.
    fn at(&self, numbers: Vec<usize>) -> impl Iterator<Item = &Operation<'a>> {
        let all = numbers
            .into_iter()
            .filter_map(|number| self.all.get(number));
        all.filter(|to| to.value.get("x-variants").is_none())
    }
}

/// The parameter that takes the id of a resource.
fn id_of(resource: &str) -> String {
    format!("{}_id", resource.replace('-', "_"))
}

/// What an operation does to which resource; where it stands for several, what each does.
fn resources(operation: &Operation<'_>) -> Vec<(String, Verb)> {
    let variants = operation.value["x-variants"].as_array();
    let each = variants.into_iter().flatten().chain([operation.value]);
    let mut found: Vec<_> = each
        .filter_map(|one| {
            let (name, verb) = one["x-resource"].as_str()?.split_once('#')?;
            Some((name.to_owned(), Verb::of_word(verb)?))
        })
        .collect();
    found.dedup();
    found
}

/// Where a response may have the resource, most likely first: in its list, by itself, or in a member that is called so.
fn places(from: &Operation<'_>, resource: &str) -> Vec<String> {
    let name = resource.replace('-', "_");
    match from.value.get("x-pagination") {
        Some(paging) => {
            let items = paging["items"].as_str().unwrap_or_default();
            let steps = items.split('.').filter(|step| !step.is_empty());
            let list = steps.fold(String::new(), |at, step| pointer::join(&at, step));
            vec![format!("{list}/0")]
        }
        None => vec![format!("/{name}"), format!("/{name}s/0"), String::new()],
    }
}

/// A response that has the id of a resource.
struct Answer<'a> {
    targets: &'a Targets<'a>,
    document: &'a Value,
    from: &'a Operation<'a>,
    schema: &'a Value,
    places: Vec<String>,
}

impl Answer<'_> {
    /// The link to an operation that takes the id, if everything else that its path needs is known, too.
    fn link(&self, to: &Operation<'_>, resource: &str) -> Option<Value> {
        let of_resource = id_of(resource);
        let last = to.path.split(['{', '}']).skip(1).step_by(2).last();
        let own = resources(to).into_iter().find(|(_, verb)| {
            // What lists or makes resources is called by the id of what these belong to.
            !matches!(verb, Verb::List | Verb::Create)
        });
        let own = own.map(|(name, _)| name);
        let taken = match (own, last) {
            (Some(own), Some(last)) if own == resource && !self.is_asked(last) => last,
            // The list of another resource may call its ids likewise.
            (Some(own), Some(last)) if last == of_resource && self.lists(&own, last) => {
                return None;
            }
            _ => &of_resource,
        };
        let mut all = to.parameters();
        let taken = all.find(|one| {
            one["name"] == taken && ["path", "query"].iter().any(|place| one["in"] == *place)
        })?;
        let taken = taken["name"].as_str()?;
        let (place, id) = self.places.iter().find_map(|place| {
            let keys = [taken, of_resource.as_str(), "id"].map(|key| pointer::join(place, key));
            let id = keys.into_iter().find(|id| self.has(id))?;
            Some((place, id))
        })?;
        let mut parameters = Map::new();
        for parameter in to.parameters() {
            let name = parameter["name"].as_str()?;
            let asked = self.from.parameters().find(|one| one["name"] == name);
            let beside = pointer::join(place, name);
            let value = match asked {
                _ if name == taken => format!("$response.body#{id}"),
                _ if parameter["required"] != true => continue,
                Some(asked) => format!("$request.{}.{name}", asked["in"].as_str()?),
                None if self.has(&beside) => format!("$response.body#{beside}"),
                // What is no part of the path is the caller's to choose.
                None if parameter["in"] != "path" => continue,
                None => return None,
            };
            parameters.insert(name.to_owned(), value.into());
        }
        Some(json!({ "operationId": to.id(), "parameters": parameters }))
    }

    /// Whether the call itself was given a parameter: it tells nothing of what the response has.
    fn is_asked(&self, name: &str) -> bool {
        self.from.parameters().any(|one| one["name"] == name)
    }

    /// Whether the list of a resource has items with this field.
    fn lists(&self, resource: &str, field: &str) -> bool {
        self.targets.lists(resource).any(|list| {
            let at = |place: &String| pointer::join(place, field);
            let mut successes = list.responses().filter(|(status, _)| is_success(status));
            successes.any(|(_, response)| {
                let schema = json_content(response).map(|media| &media["schema"]);
                let mut places = places(list, resource).into_iter();
                schema.is_some_and(|schema| {
                    places.any(|place| reference::leads(self.document, schema, &at(&place)))
                })
            })
        })
    }

    /// Whether the response has something at a pointer.
    fn has(&self, at: &str) -> bool {
        reference::leads(self.document, self.schema, at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(names: &[&str]) -> Value {
        let all = names
            .iter()
            .map(|name| json!({ "name": name, "in": "path", "required": true }));
        all.collect()
    }

    fn answer(properties: Value) -> Value {
        let schema = json!({ "type": "object", "properties": properties });
        json!({ "200": { "content": { "application/json": { "schema": schema } } } })
    }

    fn operation(id: &str, resource: &str, names: &[&str], responses: Value) -> Value {
        json!({ "operationId": id, "x-resource": resource, "parameters": path(names), "responses": responses })
    }

    fn list(id: &str, resource: &str, names: &[&str], item: Value) -> Value {
        let items = json!({ "type": "array", "items": { "type": "object", "properties": item } });
        let mut list = operation(id, resource, names, answer(json!({ "all": items })));
        list["x-pagination"] = json!({ "items": "all" });
        list
    }

    /// Each link: from, to, and the values of its parameters.
    fn links(document: &Value) -> Vec<String> {
        let mut document = document.clone();
        add(&mut document);
        let mut all = Vec::new();
        for from in operations(&document) {
            for link in from.value["responses"]["200"]["links"]
                .as_object()
                .into_iter()
                .flatten()
            {
                let (name, link) = link;
                assert_eq!(link["operationId"], **name);
                let values = link["parameters"].as_object().unwrap().iter();
                let values: Vec<_> = values
                    .map(|(name, value)| format!("{name}={}", value.as_str().unwrap()))
                    .collect();
                all.push(format!("{} {name} {}", from.id(), values.join(" ")));
            }
        }
        all
    }

    #[test]
    fn an_id_leads_to_the_operations_that_take_it() {
        let text = || json!({ "type": "string" });
        let document = json!({ "paths": {
            "/{project_id}/pots": {
                "get": list("ListPots", "pot#list", &["project_id"], json!({ "id": text() })),
                "post": operation("CreatePot", "pot#create", &["project_id"], answer(json!({ "pot": {
                    "type": "object", "properties": { "id": text() },
                } }))),
                "delete": operation("DeletePots", "pot#delete", &["project_id"], json!({})),
            },
            "/{project_id}/pots/{pot}": {
                "get": operation("ShowPot", "pot#show", &["project_id", "pot"], json!({})),
            },
            "/{project_id}/pots/{pot_id}/leaves": {
                "get": list("ListLeaves", "leaf#list", &["project_id", "pot_id"], json!({ "leaf_id": text() })),
            },
            "/{project_id}/leaves/{pot_id}": {
                "put": operation("TurnLeaf", "other#update", &["project_id", "pot_id"], json!({})),
            },
            "/{project_id}/others": {
                "get": list("ListOthers", "other#list", &["project_id"], json!({ "pot_id": text() })),
            },
            "/{project_id}/{kind}/{leaf_id}": {
                "delete": operation("DeleteLeaf", "leaf#delete", &["project_id", "kind", "leaf_id"], json!({})),
            },
        } });
        let project = "project_id=$request.path.project_id";
        let first = "$response.body#/all/0";
        assert_eq!(
            links(&document),
            [
                format!("ListPots ShowPot {project} pot={first}/id"),
                format!("ListPots ListLeaves {project} pot_id={first}/id"),
                format!("CreatePot ShowPot {project} pot=$response.body#/pot/id"),
                format!("CreatePot ListLeaves {project} pot_id=$response.body#/pot/id"),
                format!("ListOthers TurnLeaf {project} pot_id={first}/pot_id"),
            ]
        );
    }

    #[test]
    fn a_header_leads_to_who_has_to_be_given_it() {
        let headers =
            json!({ "200": { "headers": { "X-Pot": { "schema": { "type": "string" } } } } });
        let mut show = operation("ShowPot", "pot#show", &[], headers.clone());
        show["parameters"] = json!([{ "name": "X-Pot", "in": "header", "required": true }]);
        let mut other = show.clone();
        other["operationId"] = "ShowLeaf".into();
        other["parameters"] = json!([{ "name": "X-Pot", "in": "header" }]);
        let document = json!({ "paths": {
            "/pots": { "post": operation("FindPot", "pot#action", &[], headers), "get": show },
            "/leaves": { "get": other },
        } });
        assert_eq!(
            links(&document),
            [
                "FindPot ShowPot X-Pot=$response.header.X-Pot",
                "ShowLeaf ShowPot X-Pot=$response.header.X-Pot",
            ]
        );
    }
}
