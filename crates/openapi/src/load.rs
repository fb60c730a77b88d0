//! From a document to its operations.

use std::sync::Arc;

use heck::ToKebabCase as _;
use http::Method;
use serde_json::{Map, Value};

use crate::example::Example;
use crate::link::{Expression, Link};
use crate::operation::{DEFAULT, Operation, Page, RequestBody, Resource, Response, Verb};
use crate::paging::Pagination;
use crate::parameter::{Parameter, Place};
use crate::reference::resolve;
use crate::schema::Schema;
use crate::variants::{Mark, expand};
use crate::waiter::Waiter;
use crate::written::{self, json_content};

/// Reads the operations of a document.
pub(crate) fn load(service: &Arc<str>, document: Value) -> Result<Vec<Operation>, String> {
    let document = Document {
        service: Arc::clone(service),
        root: Arc::new(expand(document)),
    };
    written::operations(&document.root)
        .iter()
        .map(|written| {
            let id = written.id();
            if id.is_empty() {
                return Err("an operation has no operationId".to_owned());
            }
            let operation = document.operation(id, written);
            operation.map_err(|error| format!("{id}: {error}"))
        })
        .collect()
}

struct Document {
    service: Arc<str>,
    root: Arc<Value>,
}

impl Document {
    fn operation(&self, id: &str, written: &written::Operation<'_>) -> Result<Operation, String> {
        let source = written.value;
        let method = written.method.to_uppercase();
        let method = Method::from_bytes(method.as_bytes()).map_err(|error| error.to_string())?;
        let is_idempotent = source.get("x-idempotent").and_then(Value::as_bool);
        let pagination = source
            .get("x-pagination")
            .map(|paging| Pagination::read(paging).ok_or("x-pagination has no form that is known"));
        let waiter = source.get("x-waiter").map(Waiter::read).transpose();
        let mut operation = Operation {
            service: Arc::clone(&self.service),
            id: id.to_owned(),
            name: id.to_kebab_case(),
            method,
            path: written.path.to_owned(),
            summary: text(source, "summary").unwrap_or_default(),
            description: text(source, "description").unwrap_or_default(),
            tag: array(source.get("tags"))
                .find_map(Value::as_str)
                .unwrap_or_default()
                .to_owned(),
            pages: array(source.get("x-documentation"))
                .filter_map(page)
                .collect(),
            deviations: array(source.get("x-doc-deviations"))
                .filter_map(|deviation| text(deviation, "fact"))
                .collect(),
            parameters: written
                .parameters()
                .map(|parameter| self.parameter(parameter))
                .collect::<Result<_, _>>()?,
            body: source.get("requestBody").map(|body| self.body(body)),
            pagination: pagination.transpose()?,
            waiter: waiter.map_err(|error| error.to_string())?,
            resource: text(source, "x-resource").and_then(|text| resource(&text)),
            permissions: source.get("x-permissions").map(|actions| {
                let actions = array(Some(actions)).filter_map(Value::as_str);
                actions.map(str::to_owned).collect()
            }),
            destroys: text(source, "x-destroys"),
            variant: Mark::read(source),
            idempotent: false,
            open: array(source.get("security").or(self.root.get("security")))
                .next()
                .is_none(),
            responses: self.responses(written)?,
            other_responses: written
                .responses()
                .find(|(status, _)| *status == DEFAULT)
                .and_then(|(_, response)| self.body_of(response)),
        };
        operation.idempotent = is_idempotent.unwrap_or(operation.is_idempotent_by_method());
        Ok(operation)
    }

    fn schema(&self, source: Option<&Value>) -> Schema {
        let source = source.cloned().unwrap_or(Value::Bool(true));
        Schema::new(source, Arc::clone(&self.root))
    }

    fn parameter(&self, source: &Value) -> Result<Parameter, String> {
        let name = text(source, "name").ok_or("a parameter has no name")?;
        let place = match source.get("in").and_then(Value::as_str) {
            Some("path") => Place::Path,
            Some("query") => Place::Query,
            Some("header") => Place::Header,
            _ => {
                return Err(format!(
                    "the parameter {name} is in no place that is known here"
                ));
            }
        };
        Ok(Parameter {
            kebab: name.to_kebab_case(),
            name,
            place,
            required: place == Place::Path || is_true(source.get("required")),
            description: text(source, "description").unwrap_or_default(),
            schema: self.schema(source.get("schema")),
            explode: source
                .get("explode")
                .is_none_or(|explode| is_true(Some(explode))),
            examples: examples(source),
        })
    }

    fn body(&self, source: &Value) -> RequestBody {
        let source = resolve(&self.root, source);
        let media = json_content(source);
        RequestBody {
            required: is_true(source.get("required")),
            schema: self.schema(media.and_then(|media| media.get("schema"))),
            examples: media.map(examples).unwrap_or_default(),
        }
    }

    fn responses(&self, written: &written::Operation<'_>) -> Result<Vec<Response>, String> {
        let mut responses = Vec::new();
        for (status, response) in written.responses() {
            let Ok(status) = status.parse() else { continue };
            let schema = self.body_of(response);
            let links = object(response.get("links"));
            responses.push(Response {
                status,
                description: text(response, "description").unwrap_or_default(),
                examples: json_content(response).map(examples).unwrap_or_default(),
                links: links
                    .filter(|(_, source)| !is_by_header(source))
                    .map(|source| link(source, schema.as_ref()))
                    .collect::<Result<_, _>>()?,
                schema,
            });
        }
        Ok(responses)
    }

    /// What the body of a response looks like.
    fn body_of(&self, response: &Value) -> Option<Schema> {
        let schema = json_content(response)?.get("schema")?;
        Some(self.schema(Some(schema)))
    }
}

/// Whether a link takes a value from a header. `publish` writes such for callers of other languages; a client here knows the
/// token without it.
fn is_by_header(source: &Value) -> bool {
    let mut values = object(source.get("parameters")).filter_map(|(_, value)| value.as_str());
    values.any(|value| value.starts_with("$response.header."))
}

fn link((name, source): (&String, &Value), response: Option<&Schema>) -> Result<Link, String> {
    let value = |value: &Value| {
        let parsed = Expression::parse(value).map_err(|error| format!("the link {name}: {error}"));
        Ok::<_, String>(match parsed? {
            Expression::ResponseBody(pointers) => {
                let other = pointers.iter().flat_map(|pointer| {
                    response.map_or_else(Vec::new, |schema| schema.other_pointers(pointer))
                });
                let all = pointers.iter().cloned().chain(other);
                Expression::ResponseBody(all.collect())
            }
            other => other,
        })
    };
    Ok(Link {
        name: name.clone(),
        operation: text(source, "operationId").ok_or("a link has no operationId")?,
        parameters: object(source.get("parameters"))
            .map(|(name, expression)| Ok((name.clone(), value(expression)?)))
            .collect::<Result<_, String>>()?,
        item: source.get("x-item").map(value).transpose()?,
    })
}

fn resource(text: &str) -> Option<Resource> {
    let (name, verb) = text.split_once('#')?;
    Some(Resource {
        name: name.to_owned(),
        verb: Verb::of_word(verb)?,
    })
}

fn page(source: &Value) -> Option<Page> {
    Some(Page {
        source: text(source, "source")?,
        id: text(source, "page")?,
    })
}

fn examples(source: &Value) -> Vec<Example> {
    object(source.get("examples"))
        .filter_map(|(name, example)| {
            Some(Example {
                name: name.clone(),
                summary: text(example, "summary").unwrap_or_default(),
                value: example.get("value")?.clone(),
            })
        })
        .collect()
}

fn text(source: &Value, key: &str) -> Option<String> {
    source.get(key)?.as_str().map(ToOwned::to_owned)
}

fn object(value: Option<&Value>) -> impl Iterator<Item = (&String, &Value)> {
    value
        .and_then(Value::as_object)
        .into_iter()
        .flat_map(Map::iter)
}

fn array(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    value.and_then(Value::as_array).into_iter().flatten()
}

fn is_true(value: Option<&Value>) -> bool {
    value == Some(&Value::Bool(true))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::paging::PagingStyle;

    const DOCUMENT: &str = r##"{
        "security": [{ "Token": [] }],
        "paths": { "/v9/{thing_id}/parts": {
            "parameters": [{ "$ref": "#/components/parameters/Thing" }],
            "get": {
                "operationId": "ListSSLParts",
                "x-permissions": ["thing:part:list"],
                "summary": "List parts",
                "tags": ["parts"],
                "x-documentation": [{ "source": "otc", "page": "p" }],
                "x-pagination": { "style": "index", "position": "offset", "limit": "limit", "items": "a.b" },
                "parameters": [{ "name": "pageLimit", "in": "query", "explode": false,
                    "schema": { "$ref": "#/components/schemas/Limit" } }],
                "responses": { "204": { "description": "None." } }
            },
            "post": {
                "operationId": "CreatePart",
                "security": [],
                "x-permissions": [],
                "x-destroys": "the part before",
                "x-resource": "spare-part#create",
                "x-waiter": { "field": "status", "done": ["ON"], "failed": [] },
                "requestBody": { "required": true, "content": { "application/json": {
                    "schema": { "$ref": "#/components/schemas/Limit" },
                    "examples": { "seven": { "summary": "Seven", "value": 7 } }
                } } },
                "responses": { "202": { "description": "Begun.", "content": { "application/json": {
                    "schema": { "type": "object", "properties": { "id": { "type": "integer", "x-alias": ["Id"] } } },
                    "examples": { "one": { "value": { "id": 1 } } }
                } }, "links": { "finished": {
                    "operationId": "ListSSLParts",
                    "parameters": { "thing_id": "$request.path.thing_id" },
                    "x-item": "$response.body#/id"
                }, "FlushParts": {
                    "operationId": "FlushParts",
                    "parameters": { "X-Part": "$response.header.X-Part" }
                } } }, "default": { "description": "Failed.", "content": { "application/json": {
                    "schema": { "type": "string" }
                } } } }
            },
            "put": {
                "operationId": "FlushParts",
                "x-idempotent": false,
                "responses": { "200": { "description": "Flushed." } }
            }
        } },
        "components": {
            "parameters": { "Thing": {
                "name": "thing_id", "in": "path", "required": true, "schema": { "type": "string" }
            } },
            "schemas": { "Limit": { "type": "integer", "minimum": 7, "maximum": 9 } }
        }
    }"##;

    #[test]
    fn an_operation_is_all_that_the_document_says() {
        let document = serde_json::from_str(DOCUMENT).unwrap();
        let operations = load(&"things".into(), document).unwrap();
        let [list, create, flush] = operations.as_slice() else {
            panic!("{operations:?}");
        };
        assert_eq!(
            (list.name.as_str(), list.tag.as_str()),
            ("list-ssl-parts", "parts")
        );
        assert_eq!(list.qualified(), "things.ListSSLParts");
        assert_eq!(list.pages[0].id, "p");
        assert!(list.idempotent && !list.open && list.waiter.is_none());
        let paging = list.pagination.as_ref().unwrap();
        assert_eq!(
            (paging.style, paging.items.as_str()),
            (PagingStyle::Index, "a.b")
        );
        let names: Vec<_> = list
            .parameters
            .iter()
            .map(|one| one.kebab.as_str())
            .collect();
        assert_eq!(names, ["thing-id", "page-limit"]);
        let limit = list.parameter(Place::Query, "pageLimit").unwrap();
        assert_eq!(limit.schema.keyword("minimum"), Some(&json!(7)));
        assert!(!limit.explode && !limit.required && list.parameters[0].required);
        assert!(list.successes().next().unwrap().schema.is_none());
        assert!(list.body_of(500).is_none());
        assert!(!flush.idempotent, "the description outweighs the method");

        assert_eq!(list.permissions.as_deref().unwrap(), ["thing:part:list"]);
        assert_eq!(create.permissions, Some(Vec::new()), "none are needed");
        assert_eq!(flush.permissions, None, "no page says");

        assert!(create.open && !create.idempotent);
        assert_eq!(create.destroys.as_deref(), Some("the part before"));
        let resource = create.resource.as_ref().unwrap();
        assert_eq!(
            (resource.name.as_str(), resource.verb),
            ("spare-part", Verb::Create)
        );
        assert!(list.resource.is_none());
        assert_eq!(create.waiter.as_ref().unwrap().done, ["ON"]);
        let body = create.body.as_ref().unwrap();
        assert!(body.required && body.schema.validation_error(&json!(10)).is_some());
        assert_eq!(body.examples[0].value, json!(7));
        assert!(create.response(500).is_none());
        let failed = create.body_of(500).unwrap();
        assert_eq!(failed.keyword("type"), Some(&json!("string")));
        assert!(create.body_of(201).is_none(), "`default` is for failures");
        let begun = create.response(202).unwrap();
        assert_eq!(begun.examples[0].value, json!({ "id": 1 }));
        assert_eq!(begun.links.len(), 1, "the other one is of a header");
        assert_eq!(
            begun.links[0].item,
            Some(Expression::ResponseBody(vec![
                "/id".to_owned(),
                "/Id".to_owned()
            ]))
        );
    }
}
