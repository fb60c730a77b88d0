//! How each service lists its instances.

use otcdb_core::Service;
use serde_json::value::RawValue;

use crate::engine::Engine;
use crate::fields;

/// The list of a service's instances, and where its items tell what matters.
#[derive(Debug)]
pub(crate) struct InstanceList {
    pub(crate) operation: &'static str,
    /// The field with the id.
    pub(crate) id: &'static str,
    pub(crate) engine: fn(item: &RawValue) -> Engine,
    /// How the instance is made up.
    pub(crate) mode: fn(item: &RawValue) -> Option<String>,
}

impl InstanceList {
    /// That of a service.
    pub(crate) fn of(service: Service) -> Self {
        match service {
            Service::Dcs => Self {
                operation: "ListInstances",
                id: "instance_id",
                engine: engine_of_dcs,
                mode: mode_of_dcs,
            },
            Service::Dds => Self {
                operation: "ListInstances",
                id: "id",
                engine: |_| Engine::MongoDb,
                mode: |item| fields::string(item, "mode"),
            },
            Service::Gaussdb => Self {
                operation: "ListGaussMySqlInstances",
                id: "id",
                engine: |_| Engine::GaussDbMySql,
                mode: |item| fields::string(item, "type"),
            },
            _ => Self {
                operation: "ListInstances",
                id: "id",
                engine: |item| {
                    Engine::named(&fields::string(item, "datastore.type").unwrap_or_default())
                },
                mode: |item| fields::string(item, "type"),
            },
        }
    }
}

/// DCS once offered Memcached too, which has none of these logs.
fn engine_of_dcs(item: &RawValue) -> Engine {
    match fields::string(item, "engine") {
        Some(engine) if engine.eq_ignore_ascii_case("memcached") => Engine::Other(engine),
        _ => Engine::Redis,
    }
}

/// The second part of the product's code, as in `redis.ha.xu1.tiny.r2.128`, if nothing else says it.
fn mode_of_dcs(item: &RawValue) -> Option<String> {
    fields::string(item, "cache_mode").or_else(|| {
        let code = fields::string(item, "spec_code")?;
        let mode = code.split('.').nth(1)?;
        Some(mode.to_owned())
    })
}
