//! Finding the chosen instances.

use futures_util::TryStreamExt as _;
use otcdb_core::{Error, ErrorKind, Result, Service};

use crate::call::Clients;
use crate::instance::{Engine, Instance};
use crate::options::Selection;

/// Lists the instances of the chosen services, and keeps the chosen ones.
///
/// # Errors
/// A list cannot be read, or a chosen instance does not exist.
pub(crate) async fn instances(clients: &Clients, selection: &Selection) -> Result<Vec<Instance>> {
    let mut found = Vec::new();
    if selection.has_service(Service::Dcs) {
        found.extend(dcs(clients).await?);
    }
    if selection.has_service(Service::Rds) {
        found.extend(rds(clients).await?);
    }
    if selection.instances.is_empty() {
        return Ok(found);
    }
    let missing: Vec<_> = selection
        .instances
        .iter()
        .filter(|wanted| !found.iter().any(|instance| is(instance, wanted)))
        .map(String::as_str)
        .collect();
    if !missing.is_empty() {
        return Err(Error::new(
            ErrorKind::NotFound,
            format!("no instance has the id or name {}", missing.join(", ")),
        )
        .with_hint("check the spelling, the region and the project"));
    }
    found.retain(|instance| {
        selection
            .instances
            .iter()
            .any(|wanted| is(instance, wanted))
    });
    Ok(found)
}

fn is(instance: &Instance, wanted: &str) -> bool {
    instance.id == wanted || instance.name == wanted
}

async fn dcs(clients: &Clients) -> Result<Vec<Instance>> {
    clients
        .dcs
        .list_instances()
        .project_id(&clients.project)
        .stream()
        .and_then(async |item| {
            Instance::new(Service::Dcs, item.instance_id, item.name, Engine::Redis)
        })
        .try_collect()
        .await
}

async fn rds(clients: &Clients) -> Result<Vec<Instance>> {
    clients
        .rds
        .list_instances()
        .project_id(&clients.project)
        .stream()
        .and_then(async |item| {
            let engine = item
                .datastore
                .and_then(|datastore| datastore.type_)
                .unwrap_or_default();
            Instance::new(Service::Rds, item.id, item.name, Engine::of_rds(&engine))
        })
        .try_collect()
        .await
}
