//! The services: what each of their operations does, and what they remember. Nothing else in this crate knows which
//! services there are.

mod dcs;
mod iam;
mod rds;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::ops::Deref;
use std::sync::{LazyLock, Mutex};

use http::StatusCode;
use otcdb_core::sync::unpoisoned;
use serde_json::{Value, json};

use crate::call::{Call, CallError};
use crate::cloud::Cloud;
use crate::engine::{self, Plain};
use crate::model::{self, Models};
use crate::records::{Record, Store};
use crate::response::Response;
use crate::seed::Seed;
use crate::service_error::ServiceError;
use crate::spec::{self, Service, Spec};
pub use dcs::{RedisInstance, RedisKind, Replica};
pub use rds::{DatabaseInstance, Engine};

type Outcome = Result<Response, CallError>;

/// Carries out one operation.
type Handler = fn(&Call<'_>, &States) -> Outcome;

/// What has a handler of its own, by service and operationId.
const RUST: &[(Service, &[(&str, Handler)])] = &[
    (Service::Dcs, dcs::HANDLERS),
    (Service::Rds, rds::HANDLERS),
    (Service::Iam, &iam::HANDLERS),
];

/// What carries out the operations of models, for services of which Rust keeps something, too.
const BY_MODEL: &[(Service, Handler)] =
    &[(Service::Dcs, dcs::by_model), (Service::Rds, rds::by_model)];

/// What the services remember.
pub(crate) struct States {
    seed: Seed,
    pub(crate) redis: Mutex<dcs::Redis>,
    pub(crate) databases: Mutex<rds::Databases>,
    /// The records of services that models say all of, by the services' names.
    records: Mutex<BTreeMap<&'static str, Store>>,
}

impl States {
    /// Those of a project whose ids follow from a seed.
    fn new(seed: Seed, cloud: &Cloud) -> Self {
        let started = cloud.log_entries.started;
        let databases = rds::Databases::new(seed);
        Self {
            seed,
            redis: Mutex::new(dcs::Redis::new(seed, started)),
            databases: Mutex::new(databases),
            records: Mutex::default(),
        }
    }
}

/// A cloud with what its services remember.
pub(crate) struct Simulation {
    cloud: Cloud,
    /// Of the first project.
    pub(crate) states: States,
    /// Of further projects, by their ids.
    more: BTreeMap<String, States>,
}

impl Deref for Simulation {
    type Target = Cloud;

    fn deref(&self) -> &Cloud {
        &self.cloud
    }
}

impl Simulation {
    pub(crate) fn new(cloud: Cloud) -> Self {
        let made = |seed| {
            let states = States::new(seed, &cloud);
            plant(&cloud, &states);
            states
        };
        let projects = cloud.accounts.more_projects.iter();
        let more = projects
            .map(|project| (project.id.clone(), made(cloud.seed.below(&project.name))))
            .collect();
        let states = made(cloud.seed);
        Self {
            cloud,
            states,
            more,
        }
    }

    /// What the services remember of each project.
    pub(crate) fn all_states(&self) -> impl Iterator<Item = &States> {
        [&self.states].into_iter().chain(self.more.values())
    }

    /// What the services remember of a project.
    pub(crate) fn states_of(&self, project: Option<&str>) -> &States {
        let own = project.and_then(|project| self.more.get(project));
        own.unwrap_or(&self.states)
    }
}

/// What carries out each operation, by the operations' numbers.
struct Handlers(Vec<Handler>);

/// The handlers of the bundled operations, bound once per process.
fn bound() -> Result<&'static Handlers, String> {
    static BOUND: LazyLock<Result<Handlers, String>> = LazyLock::new(|| {
        dcs::check()?;
        rds::check()?;
        bind(spec::bundled()?, &modelled()?, RUST)
    });
    BOUND.as_ref().map_err(Clone::clone)
}

/// Checks that each operation has its handler.
///
/// # Errors
///
/// What does not fit the descriptions.
pub(crate) fn check() -> Result<(), String> {
    bound().map(|_| ())
}

/// Makes what there is from the start.
fn plant(cloud: &Cloud, states: &States) {
    dcs::plant(cloud, states);
    rds::plant(cloud, states);
    // A cloud whose models cannot be read does not start.
    for (service, models) in model::bundled().unwrap_or_default() {
        if BY_MODEL.iter().all(|(of, _)| of != service) {
            let when = (cloud.clock.now(), Some(&cloud.options), false);
            with_records(states, *service, |state| {
                engine::plant_all(state, models, &[], when);
            });
        }
    }
}

/// All entries that an operation lists of an instance, as it shows them. None is listed by an operation of another kind.
pub(crate) fn entries(
    Simulation { cloud, states, .. }: &Simulation,
    (service, id): (Service, &str),
    instance: &str,
) -> Vec<Value> {
    let bundle = otcdb_bundles::bundle(service.as_str()).ok();
    let Some(operation) = bundle.and_then(|bundle| bundle.operation(id)) else {
        return Vec::new();
    };
    let when = (cloud.log_entries, cloud.clock.now());
    match service {
        Service::Dcs => dcs::entries(states, when, (operation, instance)),
        Service::Rds => rds::entries(states, when, (operation, instance)),
        _ => with_records(states, service, |state| {
            engine::entries_of(
                (model::of(service), &[]),
                state,
                when,
                (operation, instance),
            )
        }),
    }
}

/// Carries out an operation of a service that its models say all of.
fn by_model(call: &Call<'_>, states: &States) -> Outcome {
    let service = call.operation.service;
    with_records(states, service, |state| {
        engine::settle(model::of(service), state, call.now());
        engine::answer(call, model::of(service), &[], state)
    })
}

fn with_records<T>(states: &States, service: Service, then: impl FnOnce(&mut Plain<'_>) -> T) -> T {
    let mut records = unpoisoned(states.records.lock());
    let store = records.entry(service.as_str());
    then(&mut Plain(store.or_insert_with(|| Store::new(states.seed))))
}

/// The models of the services that have any, with what carries out their operations.
fn modelled() -> Result<Vec<(Service, &'static Models, Handler)>, String> {
    let with_handler = |(service, models): &'static (Service, Models)| -> Result<_, String> {
        let found = BY_MODEL.iter().find(|(of, _)| of == service);
        if found.is_none() {
            // There are no functions that these models could name.
            engine::check_functions::<()>(models, &[])?;
        }
        let handler = found.map_or(by_model as Handler, |(_, handler)| *handler);
        Ok((*service, models, handler))
    };
    model::bundled()?.iter().map(with_handler).collect()
}

/// Finds the handler of each operation. A service of which nothing is said at all answers from its examples; where
/// something is said, each operation is named once: by a model, by a function in Rust, or among the examples.
fn bind(
    spec: &Spec,
    modelled: &[(Service, &Models, Handler)],
    rust: &[(Service, &[(&str, Handler)])],
) -> Result<Handlers, String> {
    let mut named = Vec::new();
    for (service, models, handler) in modelled {
        let examples = models.examples.iter();
        named.extend(examples.map(|id| (*service, id.as_str(), example as Handler)));
        let operations = models
            .resources
            .values()
            .flat_map(|model| &model.operations);
        for (id, operation) in operations {
            if !operation.rust {
                named.push((*service, id.as_str(), *handler));
                continue;
            }
            let mut own = rust.iter().filter(|(of, _)| of == service);
            if !own.any(|(_, handlers)| handlers.iter().any(|(own, _)| own == id)) {
                return Err(format!(
                    "{service}.{id} is said to be carried out in Rust, and is not"
                ));
            }
        }
    }
    for (service, handlers) in rust {
        named.extend(
            handlers
                .iter()
                .map(|(id, handler)| (*service, *id, *handler)),
        );
    }
    let mut bound: Vec<Option<Handler>> = vec![None; spec.names().len()];
    let mut services = HashSet::new();
    for (service, id, handler) in named {
        services.insert(service.as_str());
        let name = format!("{}.{id}", service.as_str());
        let number = spec.names().iter().position(|one| *one == name);
        let place = number.and_then(|number| bound.get_mut(number));
        let place = place.ok_or_else(|| {
            format!("{name} has a handler, but no bundled description has such an operation")
        })?;
        if place.replace(handler).is_some() {
            return Err(format!("{name} has two handlers"));
        }
    }
    let handlers = spec.names().iter().zip(bound).map(|(name, handler)| {
        let is_known = name
            .split_once('.')
            .is_some_and(|(service, _)| services.contains(service));
        match handler {
            Some(handler) => Ok(handler),
            None if !is_known => Ok(example as Handler),
            None => Err(format!(
                "{name} has no handler; write a model or a function, or add it to examples.yaml"
            )),
        }
    });
    handlers.collect::<Result<_, _>>().map(Handlers)
}

/// Whether models or functions say what a service does.
pub(crate) fn remembers(service: &str) -> bool {
    let models = model::bundled().unwrap_or_default().iter();
    let mut services = models
        .map(|(of, _)| of)
        .chain(RUST.iter().map(|(of, _)| of));
    services.any(|of| of.as_str() == service)
}

/// Carries a request out.
pub(crate) fn handle(call: &Call<'_>, states: &States) -> Outcome {
    let handler = bound()
        .ok()
        .and_then(|handlers| handlers.0.get(call.operation.number));
    // A cloud whose handlers are not bound does not start.
    handler.ok_or(ServiceError::Internal)?(call, states)
}

#[expect(clippy::unnecessary_wraps, reason = "every handler ends with it")]
fn good(body: &Value) -> Outcome {
    Ok(Response::json(StatusCode::OK, body))
}

#[expect(clippy::unnecessary_wraps, reason = "every handler ends with it")]
fn nothing(status: StatusCode) -> Outcome {
    Ok(Response::empty(status))
}

/// Lists the keys of all tags of records, each with its values.
fn tags_of<'a>(call: &Call<'_>, records: impl IntoIterator<Item = &'a Record>) -> Outcome {
    let mut tags: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for record in records {
        let own = record.fields.get("tags").and_then(Value::as_array);
        for tag in own.into_iter().flatten() {
            if let (Some(key), Some(value)) = (tag["key"].as_str(), tag["value"].as_str()) {
                tags.entry(key).or_default().insert(value);
            }
        }
    }
    let mut tags: Vec<_> = tags.into_iter().collect();
    call.drop_latest(&mut tags);
    let show = |(key, values)| json!({ "key": key, "values": values });
    engine::list(call, tags, show, &Value::Null)
}

fn example(call: &Call<'_>, states: &States) -> Outcome {
    let service = call.operation.service;
    let models = model::bundled().unwrap_or_default();
    let own = models.iter().find(|(of, _)| *of == service);
    if let Some((_, models)) = own
        && BY_MODEL.iter().all(|(of, _)| *of != service)
    {
        with_records(states, service, |state| {
            engine::has_instance(call, models, &[], state)
        })?;
    }
    let example = &call.operation.example;
    let status = StatusCode::from_u16(example.status).unwrap_or(StatusCode::OK);
    Ok(match &example.body {
        Some(body) => Response::json(status, body),
        None => Response::empty(status),
    })
}

#[cfg(test)]
mod tests {
    use otcdb_openapi::Description;

    use super::*;

    const TWO: &str = r#"{ "paths": { "/a": {
        "get": { "operationId": "ListParts", "responses": {} },
        "post": { "operationId": "CreatePart", "responses": {} }
    } } }"#;

    fn spec(text: &str) -> Spec {
        let bundle = Box::leak(Box::new(
            Description::parse("rds", text.as_bytes()).unwrap(),
        ));
        spec::routes(&[bundle]).unwrap()
    }

    fn models(resource: &str, examples: &[&str]) -> Models {
        let model = serde_saphyr::from_str(resource).unwrap();
        Models {
            resources: [("part".to_owned(), model)].into_iter().collect(),
            examples: examples.iter().map(|id| (*id).to_owned()).collect(),
            ..Models::default()
        }
    }

    fn bound(models: &Models, rust: &[(&str, Handler)]) -> Result<(), String> {
        let modelled = [(Service::Rds, models, example as Handler)];
        bind(&spec(TWO), &modelled, &[(Service::Rds, rust)]).map(|_| ())
    }

    #[test]
    fn every_bundled_operation_has_its_handler() {
        check().unwrap();
    }

    #[test]
    fn an_operation_that_does_not_exist_or_has_no_handler_keeps_the_cloud_from_starting() {
        let refused = |rust: &[(&str, Handler)], examples: &[&str]| {
            bound(&models("{}", examples), rust).unwrap_err()
        };
        let error = refused(&[("ListPart", example)], &[]);
        assert!(
            error.starts_with("rds.ListPart has a handler, but"),
            "{error}"
        );
        let error = refused(&[], &["ListParts", "CreateParts"]);
        assert!(
            error.starts_with("rds.CreateParts has a handler, but"),
            "{error}"
        );
        let error = refused(&[("ListParts", example)], &[]);
        assert!(
            error.starts_with("rds.CreatePart has no handler"),
            "{error}"
        );
        let error = refused(&[("ListParts", example)], &["ListParts", "CreatePart"]);
        assert_eq!(error, "rds.ListParts has two handlers");
    }

    #[test]
    fn what_a_model_leaves_to_rust_is_there_and_what_it_does_itself_is_not() {
        let left = models("operations: {ListParts: {rust: true}}", &["CreatePart"]);
        let own = models("operations: {ListParts: {}}", &["CreatePart"]);
        let rust: [(&str, Handler); 1] = [("ListParts", example)];
        assert_eq!(bound(&left, &rust), Ok(()));
        assert_eq!(bound(&own, &[]), Ok(()));
        let error = bound(&left, &[]).unwrap_err();
        assert!(
            error.contains("rds.ListParts is said to be carried out in Rust"),
            "{error}"
        );
        assert_eq!(
            bound(&own, &rust).unwrap_err(),
            "rds.ListParts has two handlers"
        );
    }

    #[test]
    fn a_service_of_which_nothing_is_said_answers_from_its_examples() {
        assert_eq!(bind(&spec(TWO), &[], &[]).unwrap().0.len(), 2);
    }
}
