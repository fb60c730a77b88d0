//! The bundled descriptions: which operations there are, and whether a request or a response keeps to them.

mod operation;
mod route;
mod tolerance;
mod validate;

use std::sync::LazyLock;

use otcdb_openapi::Description;

pub(crate) use operation::Operation;
pub use otcdb_core::Service;
pub(crate) use route::{Found, Spec};
pub(crate) use validate::{InvalidReason, InvalidRequest, Params, Place};

/// All bundles, read once per process.
pub(crate) fn bundled() -> Result<&'static Spec, String> {
    static SPEC: LazyLock<Result<Spec, String>> = LazyLock::new(|| {
        let mut bundles = Vec::new();
        for service in otcdb_bundles::services() {
            bundles.push(otcdb_bundles::bundle(service).map_err(|error| error.to_string())?);
        }
        routes(&bundles)
    });
    SPEC.as_ref().map_err(Clone::clone)
}

/// The routes of all bundles.
pub(crate) fn routes(bundles: &[&'static Description]) -> Result<Spec, String> {
    let mut spec = Spec::default();
    for bundle in bundles {
        let named = |error: String| format!("the bundle of {}: {error}", bundle.service);
        let service = bundle.service.parse();
        let service: Service =
            service.map_err(|error: otcdb_core::Error| named(error.to_string()))?;
        let loose = tolerance::loose_fields(&bundle.operations);
        for operation in &bundle.operations {
            spec.insert(service, operation, &loose).map_err(named)?;
        }
    }
    Ok(spec)
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, Method};
    use serde_json::json;

    use super::operation::Example;
    use super::*;

    const BUNDLE: &str = r##"{
        "security": [{ "Token": [] }],
        "paths": { "/v9/{thing_id}/parts": {
            "parameters": [{ "$ref": "#/components/parameters/Thing" }],
            "get": {
                "operationId": "ListParts",
                "x-waiter": { "field": "status" },
                "parameters": [
                    { "name": "limit", "in": "query",
                      "schema": { "$ref": "#/components/schemas/Limit" } },
                    { "name": "ids", "in": "query",
                      "schema": { "type": "array", "maxItems": 2, "items": { "type": "integer" } } }
                ],
                "responses": {
                    "204": { "description": "None." },
                    "400": { "content": { "application/json": {
                        "examples": { "invalid_limit": { "value": { "error_code": "X.1" } } }
                    } } },
                    "default": { "content": { "application/json": {
                        "schema": { "type": "object", "properties": { "error_code": { "type": "string" } } }
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
            "schemas": { "Limit": { "type": "integer", "maximum": 9 } }
        }
    }"##;

    fn found<'a>(spec: &'a Spec, method: &Method) -> (&'a Operation, Vec<(String, String)>) {
        match spec.find(Service::Dcs, method, "/v9/a%20b/parts", b"") {
            Found::Operation(operation, path) => (operation, path),
            _ => panic!("not found"),
        }
    }

    #[test]
    fn an_operation_is_found_with_all_that_its_bundle_says() {
        let bundle = Box::leak(Box::new(
            Description::parse("dcs", BUNDLE.as_bytes()).unwrap(),
        ));
        let spec = routes(&[bundle]).unwrap();
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
        let check = |query: &[(&str, &str)]| {
            let query: Vec<_> = query
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect();
            list.check(&path, &query, &HeaderMap::new(), b"")
        };
        assert_eq!(check(&[]).unwrap().number("limit"), None);
        assert_eq!(check(&[("limit", "10")]).unwrap_err().name, "limit");
        assert!(check(&[("ids", "1"), ("ids", "2")]).is_ok());
        assert_eq!(check(&[("ids", "x")]).unwrap_err().name, "ids");

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
            spec.find(Service::Dcs, &Method::PUT, "/v9/x/parts", b""),
            Found::OtherMethod
        ));
    }

    #[test]
    fn two_operations_of_one_name_or_one_route_are_refused() {
        let bundle = |service: Service, text: &str| -> &'static Description {
            Box::leak(Box::new(
                Description::parse(service.as_str(), text.as_bytes()).unwrap(),
            ))
        };
        let twice = r#"{ "paths": {
            "/a": { "get": { "operationId": "A" } }, "/b": { "get": { "operationId": "A" } }
        } }"#;
        let error = routes(&[bundle(Service::Dcs, twice)]).err().unwrap();
        assert_eq!(error, "the bundle of dcs: there are two operations dcs.A");
        let same = r#"{ "paths": {
            "/a/{b}": { "get": { "operationId": "A" } }, "/a/{c}": { "get": { "operationId": "B" } }
        } }"#;
        let error = routes(&[bundle(Service::Dcs, same)]).err().unwrap();
        assert!(error.starts_with("the bundle of dcs: /a/{c}: "), "{error}");
    }

    #[test]
    fn operations_of_one_route_are_told_apart_by_their_bodies() {
        let of =
            |id: &str, field: &str| json!({ "operationId": id, "x-variant": { "field": field } });
        let both = json!({ "x-variants": [of("A", "a"), of("B", "b")] });
        let document = json!({ "paths": { "/a": { "post": both } } });
        let bundle = Box::leak(Box::new(Description::of("dcs", document).unwrap()));
        let spec = routes(&[bundle]).unwrap();
        let bodies = [r#"{"a": 1}"#, r#"{"b": 1}"#, "{}", "no JSON", ""];
        let found = bodies.map(|body| {
            match spec.find(Service::Dcs, &Method::POST, "/a", body.as_bytes()) {
                Found::Operation(operation, _) => operation.id.as_str(),
                _ => panic!("{body}: not found"),
            }
        });
        assert_eq!(found, ["A", "B", "A", "A", "A"]);
    }

    #[test]
    fn services_may_have_the_same_routes() {
        let bundle = |service: Service, id: &str| -> &'static Description {
            let text =
                format!(r#"{{ "paths": {{ "/a": {{ "get": {{ "operationId": "{id}" }} }} }} }}"#);
            Box::leak(Box::new(
                Description::parse(service.as_str(), text.as_bytes()).unwrap(),
            ))
        };
        let spec = routes(&[bundle(Service::Dcs, "A"), bundle(Service::Rds, "B")]).unwrap();
        for (service, id) in [(Service::Dcs, "A"), (Service::Rds, "B")] {
            let Found::Operation(found, _) = spec.find(service, &Method::GET, "/a", b"") else {
                panic!("{service} has no /a");
            };
            assert_eq!((found.service, found.id.as_str()), (service, id));
        }
        assert!(matches!(
            spec.find(Service::Iam, &Method::GET, "/a", b""),
            Found::Nothing
        ));
    }
}
