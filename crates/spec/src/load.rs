//! From a document to its operations.

use std::sync::Arc;

use heck::ToKebabCase as _;
use http::Method;
use serde_json::{Map, Value};

use crate::bundle::Service;
use crate::operation::{
    Example, Link, Operation, Page, Pagination, PagingStyle, RequestBody, Resource, Response, Verb,
    Waiter,
};
use crate::parameter::{Parameter, Place};
use crate::schema::Schema;

const METHODS: [Method; 6] = [
    Method::GET,
    Method::POST,
    Method::PUT,
    Method::DELETE,
    Method::PATCH,
    Method::HEAD,
];

/// Reads the operations of a document.
pub(crate) fn load(service: Service, text: &str) -> Result<Vec<Operation>, String> {
    let mut root: Value =
        serde_json::from_str(text).map_err(|error| format!("not JSON: {error}"))?;
    let components = root
        .get_mut("components")
        .map(Value::take)
        .unwrap_or_default();
    let document = Document {
        service,
        security: root.get("security"),
        components: Arc::new(components),
    };
    let mut operations = Vec::new();
    for (path, item) in object(root.get("paths")) {
        for method in METHODS {
            if let Some(source) = item.get(method.as_str().to_lowercase()) {
                operations.push(document.operation(method, path, item, source)?);
            }
        }
    }
    Ok(operations)
}

struct Document<'a> {
    service: Service,
    security: Option<&'a Value>,
    components: Arc<Value>,
}

impl Document<'_> {
    fn operation(
        &self,
        method: Method,
        path: &str,
        item: &Value,
        source: &Value,
    ) -> Result<Operation, String> {
        let id = text(source, "operationId").ok_or("an operation has no operationId")?;
        let parameters = array(item.get("parameters"))
            .chain(array(source.get("parameters")))
            .map(|parameter| self.parameter(parameter))
            .collect::<Result<_, _>>()
            .map_err(|error| format!("{id}: {error}"))?;
        let idempotent = source
            .get("x-idempotent")
            .and_then(Value::as_bool)
            .unwrap_or(!matches!(method, Method::POST | Method::PATCH));
        Ok(Operation {
            service: self.service,
            name: id.to_kebab_case(),
            path: path.to_owned(),
            summary: text(source, "summary").unwrap_or_default(),
            description: text(source, "description").unwrap_or_default(),
            tag: array(source.get("tags"))
                .find_map(Value::as_str)
                .unwrap_or_default()
                .to_owned(),
            pages: array(source.get("x-documentation"))
                .filter_map(page)
                .collect(),
            parameters,
            body: source.get("requestBody").map(|body| self.body(body)),
            pagination: source.get("x-pagination").and_then(pagination),
            waiter: source.get("x-waiter").and_then(waiter),
            resource: text(source, "x-resource").and_then(|text| resource(&text)),
            destroys: text(source, "x-destroys"),
            idempotent,
            open: array(source.get("security").or(self.security))
                .next()
                .is_none(),
            responses: self.responses(source),
            id,
            method,
        })
    }

    fn resolve<'v>(&'v self, value: &'v Value) -> &'v Value {
        value
            .get("$ref")
            .and_then(Value::as_str)
            .and_then(|reference| reference.strip_prefix("#/components"))
            .and_then(|pointer| self.components.pointer(pointer))
            .unwrap_or(value)
    }

    fn schema(&self, source: Option<&Value>) -> Schema {
        let source = source.cloned().unwrap_or(Value::Bool(true));
        Schema::new(source, Arc::clone(&self.components))
    }

    fn parameter(&self, source: &Value) -> Result<Parameter, String> {
        let source = self.resolve(source);
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
        let source = self.resolve(source);
        let media = media(source);
        RequestBody {
            required: is_true(source.get("required")),
            schema: self.schema(media.and_then(|media| media.get("schema"))),
            examples: media.map(examples).unwrap_or_default(),
        }
    }

    fn responses(&self, source: &Value) -> Vec<Response> {
        let response = |(status, response): (&String, &Value)| {
            let response = self.resolve(response);
            let media = media(response);
            Some(Response {
                status: status.parse().ok()?,
                description: text(response, "description").unwrap_or_default(),
                schema: media
                    .and_then(|media| media.get("schema"))
                    .map(|schema| self.schema(Some(schema))),
                examples: media.map(examples).unwrap_or_default(),
                links: object(response.get("links")).filter_map(link).collect(),
            })
        };
        object(source.get("responses"))
            .filter_map(response)
            .collect()
    }
}

fn link((name, source): (&String, &Value)) -> Option<Link> {
    Some(Link {
        name: name.clone(),
        operation: text(source, "operationId")?,
        parameters: object(source.get("parameters"))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect(),
        item: text(source, "x-item"),
    })
}

fn pagination(source: &Value) -> Option<Pagination> {
    Some(Pagination {
        style: match source.get("style")?.as_str()? {
            "index" => PagingStyle::Index,
            "page_number" => PagingStyle::PageNumber,
            "cur_page" => PagingStyle::CurPage,
            "whole" => PagingStyle::Whole,
            _ => return None,
        },
        position: text(source, "position"),
        limit: text(source, "limit"),
        items: text(source, "items")?,
        total: text(source, "total"),
    })
}

fn waiter(source: &Value) -> Option<Waiter> {
    let texts = |key| {
        array(source.get(key))
            .filter_map(Value::as_str)
            .map(ToOwned::to_owned)
            .collect()
    };
    Some(Waiter {
        field: text(source, "field")?,
        done: texts("done"),
        failed: texts("failed"),
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

fn media(source: &Value) -> Option<&Value> {
    source.get("content")?.get("application/json")
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

    const DOCUMENT: &str = r##"{
        "security": [{ "Token": [] }],
        "paths": { "/v9/{thing_id}/parts": {
            "parameters": [{ "$ref": "#/components/parameters/Thing" }],
            "get": {
                "operationId": "ListSSLParts",
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
                "x-destroys": "the part before",
                "x-resource": "spare-part#create",
                "x-waiter": { "field": "status", "done": ["ON"], "failed": [] },
                "requestBody": { "required": true, "content": { "application/json": {
                    "schema": { "$ref": "#/components/schemas/Limit" },
                    "examples": { "seven": { "summary": "Seven", "value": 7 } }
                } } },
                "responses": { "202": { "description": "Begun.", "content": { "application/json": {
                    "schema": { "type": "object" },
                    "examples": { "one": { "value": { "id": 1 } } }
                } }, "links": { "finished": {
                    "operationId": "ListSSLParts",
                    "parameters": { "thing_id": "$request.path.thing_id" },
                    "x-item": "$response.body#/id"
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
            "schemas": { "Limit": { "type": "integer", "default": 7, "maximum": 9 } }
        }
    }"##;

    #[test]
    fn an_operation_is_all_that_the_document_says() {
        let operations = load(Service::Dcs, DOCUMENT).unwrap();
        let [list, create, flush] = operations.as_slice() else {
            panic!("{operations:?}");
        };
        assert_eq!(
            (list.name.as_str(), list.tag.as_str()),
            ("list-ssl-parts", "parts")
        );
        assert_eq!(list.qualified(), "dcs.ListSSLParts");
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
        assert_eq!(limit.schema.keyword("default"), Some(&json!(7)));
        assert!(!limit.explode && !limit.required && list.parameters[0].required);
        assert!(list.successes().next().unwrap().schema.is_none());
        assert!(!flush.idempotent, "the description outweighs the method");

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
        assert!(body.required && body.schema.complaint(&json!(10)).is_some());
        assert_eq!(body.examples[0].value, json!(7));
        let begun = create.response(202).unwrap();
        assert_eq!(begun.examples[0].value, json!({ "id": 1 }));
        assert_eq!(begun.links[0].item.as_deref(), Some("$response.body#/id"));
    }
}
