//! A service of two resources that nothing but its models knows.

mod terms;

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method};
use otcdb_openapi::Description;
use serde_json::{Value, json};

use super::{Plain, answer, check_functions};
use crate::builder::Simulator;
use crate::call::{Call, CallError};
use crate::clock::Clock;
use crate::cloud::{Addresses, Cloud};
use crate::model::{Models, read};
use crate::principal::Principal;
use crate::records::Store;
use crate::request::Request;
use crate::response::{Body, Response};
use crate::seed::Seed;
use crate::spec::{Found, Service, Spec, routes};

const DESCRIPTION: &str = include_str!("../../../tests/toy/description.json");
const FILES: [(&str, &str); 3] = [
    ("errors", include_str!("../../../tests/toy/errors.yaml")),
    ("box", include_str!("../../../tests/toy/box.yaml")),
    ("part", include_str!("../../../tests/toy/part.yaml")),
];

struct Toy {
    cloud: Cloud,
    spec: &'static Spec,
    models: Models,
    store: Store,
}

impl Toy {
    fn new() -> Self {
        Self::of(&FILES)
    }

    /// The same with parts that another model knows.
    fn with_parts(model: &'static str) -> Self {
        let [errors, boxes, _] = FILES;
        Self::of(&[errors, boxes, ("part", model)])
    }

    fn of(files: &[(&'static str, &'static str)]) -> Self {
        let bundle = Description::parse("iam", DESCRIPTION.as_bytes()).unwrap();
        let bundle: &'static Description = Box::leak(Box::new(bundle));
        let models = read(bundle, files).unwrap();
        check_functions::<()>(&models, &[]).unwrap();
        let spec: &'static Spec = Box::leak(Box::new(routes(&[bundle]).unwrap()));
        let clock = Clock::manual("2026-01-02T03:04:05Z".parse().unwrap());
        let options = Simulator::builder().clock(clock).options();
        Self {
            cloud: Cloud::new(options, spec, Addresses(Vec::new())),
            spec,
            models,
            store: Store::new(Seed(1)),
        }
    }

    /// What comes of a call.
    fn call<T>(
        &mut self,
        (method, path, body): (Method, &str, Value),
        then: impl FnOnce(&Call<'_>, &Models, &mut Store) -> T,
    ) -> T {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let Found::Operation(operation, found) = self.spec.find(Service::Iam, &method, path, b"")
        else {
            panic!("{method} {path}");
        };
        let query: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect();
        let body = match body {
            Value::Null => Bytes::new(),
            body => Bytes::from(body.to_string()),
        };
        let headers = HeaderMap::new();
        let params = operation.check(&found, &query, &headers, &body).unwrap();
        let request = Request {
            id: String::new(),
            now: self.cloud.clock.now(),
            method,
            path: path.to_owned(),
            query: None,
            headers,
            body,
        };
        let call = Call {
            cloud: &self.cloud,
            request: &request,
            operation,
            params,
            principal: Principal::Anyone,
        };
        self.store.settle(call.now());
        then(&call, &self.models, &mut self.store)
    }

    /// The status and the body of a response, or the code of a refusal.
    fn send(&mut self, method: Method, path: &str, body: Value) -> Result<(u16, Value), String> {
        let answered = self.call((method, path, body), |call, models, store| {
            answer(call, models, &[], &mut Plain(store))
        });
        match answered {
            Ok(Response { status, body, .. }) => {
                let body = match body {
                    Body::Bytes(bytes) => serde_json::from_slice(&bytes).unwrap(),
                    _ => Value::Null,
                };
                Ok((status.as_u16(), body))
            }
            Err(CallError::ServiceError(crate::service_error::ServiceError::DocumentedError(
                error,
            ))) => Err(error.code.to_owned()),
            Err(refusal) => Err(format!("{refusal:?}")),
        }
    }

    fn get(&mut self, path: &str) -> Value {
        self.send(Method::GET, path, Value::Null).unwrap().1
    }

    fn post(&mut self, path: &str, body: Value) -> Value {
        self.send(Method::POST, path, body).unwrap().1
    }

    fn advance(&self, seconds: u64) {
        self.cloud.clock.advance(Duration::from_secs(seconds));
    }
}

fn id(value: &Value) -> String {
    value["id"].as_str().unwrap().to_owned()
}

#[test]
fn what_is_made_is_listed_shown_changed_and_deleted_as_the_models_say() {
    let mut toy = Toy::new();
    let first = id(&toy.post("/p/boxes", json!({ "name": "first" })));
    let parts = format!("/p/boxes/{first}/parts");
    // A box comes with a screw.
    assert_eq!(toy.get(&parts)["total"], 1);
    let made = toy.post(&parts, json!({ "kind": "nut" }));
    assert_eq!(
        (&made["status"], &made["colour"]),
        (&json!("WAITING"), &json!("grey"))
    );
    let one = format!("{parts}/{}", id(&made));
    toy.advance(1);
    let shown = toy.get(&one);
    assert_eq!(
        (&shown["status"], &shown["box_name"]),
        (&json!("MAKING"), &json!("first"))
    );
    assert_eq!(shown.get("ended_at"), None);
    let busy = toy.send(Method::POST, &parts, json!({ "kind": "bolt" }));
    assert_eq!(busy.unwrap_err(), "TOY.2");
    let busy = toy.send(Method::DELETE, &one, Value::Null);
    assert_eq!(busy.unwrap_err(), "TOY.1");
    toy.advance(5);
    let shown = toy.get(&one);
    assert_eq!(
        (&shown["status"], &shown["ended_at"]),
        (&json!("ON"), &json!("2026-01-02T03:04:11Z"))
    );
    // What no model says is as in the documented example.
    assert_eq!(shown["weight"], 7);

    let list = toy.get(&format!("{parts}?kind=nut"));
    assert_eq!(
        (&list["total"], &list["parts"][0]["kind"]),
        (&json!(1), &json!("nut"))
    );
    let list = toy.get(&format!("{parts}?page=2&size=1"));
    assert_eq!(list["total"], 2);
    assert_eq!(list["parts"].as_array().unwrap().len(), 1);
    assert_eq!(list["parts"][0]["kind"], "screw");

    // A change takes effect when its job is done.
    let (status, changed) = toy
        .send(Method::PUT, &one, json!({ "colour": "red" }))
        .unwrap();
    assert_eq!((status, changed), (204, Value::Null));
    assert_eq!(toy.get(&one)["colour"], "grey");
    toy.advance(2);
    assert_eq!(toy.get(&one)["colour"], "red");

    assert_eq!(toy.send(Method::DELETE, &one, Value::Null).unwrap().0, 204);
    let gone = toy.send(Method::DELETE, &one, Value::Null);
    assert_eq!(gone.unwrap_err(), "TOY.3");
    assert_eq!(toy.get(&parts)["total"], 1);
}

#[test]
fn what_belongs_to_another_or_is_gone_is_not_found() {
    let mut toy = Toy::new();
    let first = id(&toy.post("/p/boxes", json!({ "name": "first" })));
    let second = id(&toy.post("/p/boxes", json!({ "name": "second" })));
    let part = toy.post(&format!("/p/boxes/{first}/parts"), json!({ "kind": "nut" }));
    let elsewhere = format!("/p/boxes/{second}/parts/{}", id(&part));
    let error = toy.send(Method::GET, &elsewhere, Value::Null).unwrap_err();
    assert_eq!(error, "TOY.3");
    let whole = format!("/p/boxes/{first}");
    assert_eq!(
        toy.send(Method::DELETE, &whole, Value::Null).unwrap().0,
        204
    );
    let error = toy.send(Method::GET, &format!("{whole}/parts"), Value::Null);
    assert_eq!(error.unwrap_err(), "TOY.4");
    assert_eq!(toy.store.all("part").count(), 1);
}

#[test]
fn functions_and_their_names_have_to_fit() {
    use super::Function;
    let models = |text: &str| Models {
        resources: [("part".to_owned(), serde_saphyr::from_str(text).unwrap())]
            .into_iter()
            .collect(),
        ..Models::default()
    };
    let named = models("set: {kind: {rust: kind}}");
    let error = check_functions::<()>(&named, &[]).unwrap_err();
    assert!(
        error.contains("value \"kind\", and there is none"),
        "{error}"
    );
    let value = [("kind", Function::Value(|_, _, ()| Ok(None)))];
    assert_eq!(check_functions::<()>(&named, &value), Ok(()));
    let guard = [("kind", Function::Guard(|_, _, ()| Ok(())))];
    assert!(check_functions::<()>(&named, &guard).is_err());
    let error = check_functions::<()>(&models("{}"), &value).unwrap_err();
    assert_eq!(error, "no model names the value \"kind\"");
}
