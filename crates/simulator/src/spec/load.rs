//! Reads the bundles.

use std::collections::HashMap;
use std::sync::Arc;

use axum::http::Method;
use serde_json::{Map, Value};

use super::Service;
use super::operation::{Example, Operation, Parameter, Place, RequestBody};
use super::route::Spec;
use super::schema::{Schema, convert};

const METHODS: [Method; 6] = [
    Method::GET,
    Method::POST,
    Method::PUT,
    Method::DELETE,
    Method::PATCH,
    Method::HEAD,
];

/// Reads all bundles into one table of routes.
pub(crate) fn load(bundles: &[(Service, &str)]) -> Result<Spec, String> {
    let mut spec = Spec::default();
    for (service, text) in bundles {
        let fail = |error: String| format!("the bundle of {}: {error}", service.name());
        let root: Value =
            serde_json::from_str(text).map_err(|error| fail(format!("not JSON: {error}")))?;
        let bundle = Bundle {
            service: *service,
            components: Arc::new(convert(root.get("components").unwrap_or(&Value::Null))),
            root: &root,
        };
        for (path, item) in object(root.get("paths")) {
            for method in METHODS {
                let Some(source) = item.get(method.as_str().to_lowercase()) else {
                    continue;
                };
                let operation = bundle.operation(method, item, source).map_err(&fail)?;
                spec.insert(path, operation).map_err(&fail)?;
            }
        }
    }
    Ok(spec)
}

struct Bundle<'a> {
    service: Service,
    root: &'a Value,
    components: Arc<Value>,
}

impl<'a> Bundle<'a> {
    fn operation(
        &self,
        method: Method,
        item: &'a Value,
        source: &'a Value,
    ) -> Result<Operation, String> {
        let id = source
            .get("operationId")
            .and_then(Value::as_str)
            .ok_or("an operation has no operationId")?;
        let parameters = array(item.get("parameters"))
            .chain(array(source.get("parameters")))
            .map(|parameter| self.parameter(parameter))
            .collect::<Result<_, _>>()
            .map_err(|error| format!("{id}: {error}"))?;
        let security = source.get("security").or_else(|| self.root.get("security"));
        Ok(Operation {
            service: self.service,
            id: id.to_owned(),
            method,
            parameters,
            body: source
                .get("requestBody")
                .map(|body| self.body(self.resolve(body))),
            open: array(security).next().is_none(),
            polled: source.get("x-waiter").is_some(),
            example: self.success(source),
            refusals: self.refusals(source),
            answers: self.answers(source),
        })
    }

    fn resolve(&self, value: &'a Value) -> &'a Value {
        value
            .get("$ref")
            .and_then(Value::as_str)
            .and_then(|reference| reference.strip_prefix('#'))
            .and_then(|pointer| self.root.pointer(pointer))
            .unwrap_or(value)
    }

    fn schema(&self, source: Option<&Value>) -> Schema {
        Schema::new(
            source.unwrap_or(&Value::Bool(true)),
            Arc::clone(&self.components),
        )
    }

    fn parameter(&self, source: &'a Value) -> Result<Parameter, String> {
        let source = self.resolve(source);
        let name = source
            .get("name")
            .and_then(Value::as_str)
            .ok_or("a parameter has no name")?;
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
            name: name.to_owned(),
            place,
            required: place == Place::Path || is_true(source.get("required")),
            schema: self.schema(source.get("schema")),
        })
    }

    fn body(&self, source: &Value) -> RequestBody {
        RequestBody {
            required: is_true(source.get("required")),
            schema: self.schema(media(source).and_then(|media| media.get("schema"))),
        }
    }

    fn responses(&self, source: &'a Value) -> impl Iterator<Item = (u16, &'a Value)> {
        object(source.get("responses")).filter_map(|(status, response)| {
            status
                .parse()
                .ok()
                .map(|status| (status, self.resolve(response)))
        })
    }

    fn success(&self, source: &'a Value) -> Example {
        self.responses(source)
            .find(|(status, _)| (200..300).contains(status))
            .map(|(status, response)| Example {
                status,
                body: examples(response).next().map(|(_, value)| value.clone()),
            })
            .unwrap_or(Example {
                status: 200,
                body: None,
            })
    }

    fn refusals(&self, source: &'a Value) -> HashMap<String, Value> {
        self.responses(source)
            .filter(|(status, _)| *status == 400)
            .flat_map(|(_, response)| examples(response))
            .filter_map(|(name, value)| {
                let parameter = name.strip_prefix("invalid_")?;
                Some((parameter.to_owned(), value.clone()))
            })
            .collect()
    }

    fn answers(&self, source: &'a Value) -> HashMap<u16, Option<Arc<Schema>>> {
        self.responses(source)
            .map(|(status, response)| {
                let schema = media(response)
                    .and_then(|media| media.get("schema"))
                    .map(|schema| Arc::new(self.schema(Some(schema))));
                (status, schema)
            })
            .collect()
    }
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

fn media(source: &Value) -> Option<&Value> {
    source.get("content")?.get("application/json")
}

fn examples(response: &Value) -> impl Iterator<Item = (&String, &Value)> {
    object(media(response).and_then(|media| media.get("examples")))
        .filter_map(|(name, example)| Some((name, example.get("value")?)))
}

fn is_true(value: Option<&Value>) -> bool {
    value == Some(&Value::Bool(true))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderMap;
    use serde_json::json;

    use super::*;
    use crate::spec::Found;

    const BUNDLE: &str = r##"{
        "security": [{ "Token": [] }],
        "paths": { "/v9/{thing_id}/parts": {
            "parameters": [{ "$ref": "#/components/parameters/Thing" }],
            "get": {
                "operationId": "ListParts",
                "x-waiter": { "field": "status" },
                "parameters": [
                    { "name": "limit", "in": "query",
                      "schema": { "$ref": "#/components/schemas/Limit" } }
                ],
                "responses": {
                    "204": { "description": "None." },
                    "400": { "content": { "application/json": {
                        "examples": { "invalid_limit": { "value": { "error_code": "X.1" } } }
                    } } }
                }
            },
            "post": {
                "operationId": "CreatePart",
                "security": [],
                "responses": { "202": { "content": { "application/json": {
                    "schema": { "type": "object" },
                    "examples": { "one": { "value": { "id": 1 } } }
                } } } }
            }
        } },
        "components": {
            "parameters": { "Thing": {
                "name": "thing_id", "in": "path", "required": true, "schema": { "type": "string" }
            } },
            "schemas": { "Limit": { "type": "integer", "default": 7, "maximum": 9 } }
        }
    }"##;

    fn found<'a>(spec: &'a Spec, method: &Method) -> (&'a Operation, Vec<(String, String)>) {
        match spec.find(method, "/v9/a%20b/parts") {
            Found::Operation(operation, path) => (operation, path),
            _ => panic!("not found"),
        }
    }

    #[test]
    fn an_operation_is_found_with_all_that_its_bundle_says() {
        let spec = load(&[(Service::Dcs, BUNDLE)]).unwrap();
        assert_eq!(spec.names(), ["dcs.ListParts", "dcs.CreatePart"]);
        let (list, path) = found(&spec, &Method::GET);
        assert_eq!(path, [("thing_id".to_owned(), "a b".to_owned())]);
        assert!(list.polled && !list.open);
        assert_eq!(
            list.example,
            Example {
                status: 204,
                body: None
            }
        );
        assert_eq!(
            list.refusals.get("limit"),
            Some(&json!({ "error_code": "X.1" }))
        );
        let check = |query: &[(String, String)]| list.check(&path, query, &HeaderMap::new(), b"");
        assert_eq!(check(&[]).unwrap().number("limit"), Some(7));
        let ten = [("limit".to_owned(), "10".to_owned())];
        assert_eq!(check(&ten).unwrap_err().name, "limit");

        let (create, _) = found(&spec, &Method::POST);
        assert!(create.open && !create.polled);
        assert_eq!(
            create.example,
            Example {
                status: 202,
                body: Some(json!({ "id": 1 }))
            }
        );
        assert!(matches!(
            spec.find(&Method::PUT, "/v9/x/parts"),
            Found::OtherMethod(Service::Dcs)
        ));
    }

    #[test]
    fn a_bundle_that_cannot_be_read_is_named() {
        let error = load(&[(Service::Rds, "{")]).err().unwrap();
        assert!(error.starts_with("the bundle of rds: not JSON"), "{error}");
        let nameless = r#"{ "paths": { "/a": { "get": {} } } }"#;
        let error = load(&[(Service::Iam, nameless)]).err().unwrap();
        assert_eq!(error, "the bundle of iam: an operation has no operationId");
    }
}
