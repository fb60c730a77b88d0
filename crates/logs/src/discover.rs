//! Finding the chosen instances.

use std::collections::HashSet;
use std::sync::Arc;

use futures_util::stream::FuturesOrdered;
use futures_util::{FutureExt as _, Stream, StreamExt as _, TryStreamExt as _};
use otcdb_core::{Error, ErrorKind, Result, Service};
use serde_json::value::RawValue;

use crate::clients::Clients;
use crate::failure::Failure;
use crate::instance::Instance;
use crate::instance_list::InstanceList;
use crate::kind::LogKind;
use crate::list::List;
use crate::options::Selection;
use crate::realm::Realm;
use crate::shard::Shard;

/// A list that fits this is one response; a longer one comes in pages, between which instances may come and go.
const ONE_PAGE: usize = 100;

/// How many instances of a service there may be. No account has as many, so a list that goes on does not end, and of what it
/// holds nothing is true.
const MOST: usize = 50_000;

/// What is there of what is chosen.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) instances: Vec<Instance>,
    /// The ids of all instances of the services that were asked, chosen or not.
    pub(crate) ids: HashSet<(Service, String)>,
    /// Services that cannot be asked, and instances whose record cannot be used.
    pub(crate) failures: Vec<Failure>,
    /// What stops nothing.
    pub(crate) notes: Vec<String>,
}

impl Found {
    /// Keeps what is in a share, and what concerns all.
    pub(crate) fn take(&mut self, shard: Shard) {
        self.instances.retain(|instance| shard.has(&instance.id));
        self.failures.retain(|failure| {
            failure
                .instance
                .as_ref()
                .is_none_or(|one| shard.has(&one.id))
        });
    }
}

/// The instances of one service.
#[derive(Debug, Default)]
struct Instances {
    instances: Vec<Instance>,
    odd: Vec<Failure>,
    /// Why there may be more that are not here.
    broken_off: Option<Error>,
}

/// Lists the instances of the chosen services in all projects, and keeps the chosen ones. `of_refused` has the projects that
/// could not even be asked, and takes those that refuse now.
///
/// # Errors
/// The only identity is refused, or a chosen instance does not exist.
pub(crate) async fn find(
    clients: &[Arc<Clients>],
    selection: &Selection,
    of_refused: &mut Vec<Failure>,
) -> Result<Found> {
    let is_only = clients.len() == 1 && of_refused.is_empty();
    let (chosen, others): (Vec<_>, Vec<_>) = LogKind::services()
        .into_iter()
        .partition(|service| selection.has_service(*service));
    let mut all = Instances::default();
    let mut unlisted = Vec::new();
    let mut ids = HashSet::new();
    for (realm, service, listed) in list_all(clients, &chosen).await {
        let listed = match listed {
            Ok(listed) => listed,
            Err(error) if is_only || error.kind() == ErrorKind::Cancelled => return Err(error),
            Err(error) => {
                // Each service says the same.
                if of_refused.iter().all(|failure| failure.realm != realm) {
                    of_refused.push(Failure::of_realm(realm, error));
                }
                continue;
            }
        };
        let known = listed.instances.iter();
        ids.extend(known.map(|instance| (service, instance.id.clone())));
        let chosen = listed.instances.into_iter();
        all.instances
            .extend(chosen.filter(|instance| selection.has(instance)));
        all.odd.extend(listed.odd);
        if let Some(error) = listed.broken_off {
            unlisted.push(Failure::of_service(realm, service, error));
        }
    }
    if selection.instances.is_empty() {
        unlisted.extend(all.odd);
        return Ok(Found {
            instances: all.instances,
            ids,
            failures: unlisted,
            notes: Vec::new(),
        });
    }
    let mut found = choose(all, &selection.instances);
    found.ids = ids;
    let mut missing: Vec<&str> = (selection.instances.iter().map(String::as_str))
        .filter(|wanted| {
            let failed = found.failures.iter();
            let mut known = found
                .instances
                .iter()
                .chain(failed.filter_map(|failure| failure.instance.as_ref()));
            !known.any(|instance| instance.is(wanted))
        })
        .collect();
    let mut elsewhere = Vec::new();
    if !missing.is_empty() {
        for (_, _, listed) in list_all(clients, &others).await {
            // Only what can be found there matters: nothing was to be pulled from it.
            let mut there = listed.unwrap_or_default().instances;
            there.retain(|instance| selection.has(instance));
            missing.retain(|wanted| match there.iter().find(|it| it.is(wanted)) {
                Some(instance) => {
                    elsewhere.push(instance.clone());
                    false
                }
                None => true,
            });
        }
    }
    if !missing.is_empty() && unlisted.is_empty() && of_refused.is_empty() {
        return Err(Error::new(
            ErrorKind::NotFound,
            match selection.engines.is_empty() && selection.tags.is_empty() {
                true => format!("no instance has the id or name {}", missing.join(", ")),
                false => format!(
                    "no instance of the chosen engines and tags has the id or name {}",
                    missing.join(", ")
                ),
            },
        )
        .with_hint("check the spelling, the region and the project"));
    }
    for instance in &elsewhere {
        found.notes.push(not_of(instance));
    }
    if found.instances.is_empty() && found.failures.is_empty() && missing.is_empty() {
        return Err(nothing_chosen(&found.notes));
    }
    for failure in unlisted {
        if missing.is_empty() {
            // Whatever was chosen is known to be elsewhere.
            found.notes.push(format!(
                "the instances of {failure} could not be listed, and all that were chosen by id or name are others: {}",
                failure.error
            ));
            continue;
        }
        let may_be = Error::new(
            failure.error.kind(),
            format!(
                "{} may be there, but its instances could not be listed",
                missing.join(", ")
            ),
        )
        .with_hint("pull the others without it, or see to it that the list can be had");
        let may_be = Failure {
            error: may_be,
            ..failure.clone()
        };
        found.failures.push(failure);
        found.failures.push(may_be);
    }
    Ok(found)
}

/// Those that are meant by an id or a name.
fn choose(mut all: Instances, wanted: &[String]) -> Found {
    let is_wanted = |instance: &Instance| wanted.iter().any(|wanted| instance.is(wanted));
    all.instances.retain(&is_wanted);
    all.odd
        .retain(|failure| failure.instance.as_ref().is_some_and(&is_wanted));
    Found {
        instances: all.instances,
        failures: all.odd,
        ..Found::default()
    }
}

/// Nothing can be pulled of what is chosen, for these reasons.
pub(crate) fn nothing_chosen(reasons: &[String]) -> Error {
    const SHOWN: usize = 5;
    let mut text = reasons
        .iter()
        .take(SHOWN)
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join("; ");
    if let Some(more) = reasons.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        text.push_str(&format!("; and {more} more"));
    }
    Error::invalid_argument(format!("nothing can be pulled of what is chosen: {text}"))
        .with_hint("choose other kinds of log, or other instances")
}

/// Why nothing is pulled of an instance of a service of which nothing is chosen.
fn not_of(instance: &Instance) -> String {
    format!(
        "{} is an instance of {}, of which no kind of log is chosen; it has {}",
        instance.name,
        instance.service,
        LogKind::names_of(instance)
    )
}

async fn list_all(
    clients: &[Arc<Clients>],
    services: &[Service],
) -> Vec<(Realm, Service, Result<Instances>)> {
    let mut lists = FuturesOrdered::new();
    for clients in clients {
        for service in services.iter().copied() {
            let list = list_instances(clients, service);
            lists.push_back(list.map(move |listed| (clients.realm.clone(), service, listed)));
        }
    }
    lists.collect().await
}

/// The instances of a service, each once, as far as the list can be read.
///
/// An instance that is made or deleted while pages are fetched shifts the others: one is listed twice, or never. So a
/// list of several pages is fetched twice, and what is in either counts.
///
/// # Errors
/// One that concerns everything else too.
async fn list_instances(clients: &Clients, service: Service) -> Result<Instances> {
    let mut listed = Instances::default();
    let mut known = HashSet::new();
    let first = read(clients, service, &mut listed, &mut known).await;
    let count = match first {
        Ok(count) => count,
        Err(error) if Failure::ends_all(&error) => return Err(error),
        Err(error) => {
            listed.broken_off = Some(error);
            return Ok(listed);
        }
    };
    if count > ONE_PAGE || count > known.len() {
        match read(clients, service, &mut listed, &mut known).await {
            Err(error) if Failure::ends_all(&error) => return Err(error),
            Err(error) => {
                tracing::debug!(%service, %error, "the list could not be fetched again");
            }
            Ok(_) => {}
        }
    }
    Ok(listed)
}

/// Adds what is not known yet, and gives the number of all.
async fn read(
    clients: &Clients,
    service: Service,
    listed: &mut Instances,
    known: &mut HashSet<String>,
) -> Result<usize> {
    let items = List::new(service, InstanceList::of(service).operation)?
        .counted()
        .items(clients);
    take((service, &clients.realm), items, listed, known).await
}

async fn take(
    (service, realm): (Service, &Realm),
    items: impl Stream<Item = Result<Box<RawValue>>>,
    listed: &mut Instances,
    known: &mut HashSet<String>,
) -> Result<usize> {
    let mut items = std::pin::pin!(items);
    let mut count = 0;
    while let Some(item) = items.try_next().await? {
        count += 1;
        if count > MOST {
            *listed = Instances::default();
            return Err(Error::new(
                ErrorKind::UndocumentedResponse,
                format!("the list does not end: more than {MOST} instances came"),
            )
            .with_call(service, InstanceList::of(service).operation));
        }
        match Instance::read(service, realm, &item) {
            Ok(instance) => {
                if known.insert(instance.id.clone()) {
                    listed.instances.push(instance);
                }
            }
            // The whole record stands for the id that it has not.
            Err((instance, error)) => {
                if known.insert(item.get().to_owned()) {
                    listed.odd.push(match instance {
                        Some(instance) => Failure::of_instance(*instance, error),
                        None => Failure::of_service(realm.clone(), service, unknown(count, error)),
                    });
                }
            }
        }
    }
    Ok(count)
}

/// The error of a record that does not even say whose it is.
fn unknown(number: usize, error: Error) -> Error {
    Error::new(
        error.kind(),
        format!(
            "item {number} of the list is no record of an instance: {}",
            error.message()
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Engine;

    fn instance(service: Service, id: &str, name: &str) -> Instance {
        Instance {
            service,
            id: id.to_owned(),
            name: name.to_owned(),
            engine: Engine::Redis,
            mode: None,
            tags: Vec::new(),
            realm: Realm::default(),
        }
    }

    #[tokio::test]
    async fn of_a_list_that_does_not_end_nothing_is_taken() {
        let records = |number: usize| {
            let record = |at| format!(r#"{{"instance_id":"i{at}","name":"n","engine":"Redis"}}"#);
            futures_util::stream::iter(
                (0..number).map(move |at| Ok(RawValue::from_string(record(at)).unwrap())),
            )
        };
        for (number, taken) in [(MOST, MOST), (MOST + 1, 0), (usize::MAX, 0)] {
            let mut listed = Instances::default();
            let mut known = HashSet::new();
            let of = (Service::Dcs, &Realm::default());
            match take(of, records(number), &mut listed, &mut known).await {
                Ok(count) => assert_eq!(count, MOST),
                Err(error) => assert_eq!(
                    error.to_string(),
                    "dcs ListInstances: the list does not end: more than 50000 instances came"
                ),
            }
            assert_eq!(listed.instances.len(), taken);
        }
    }

    #[test]
    fn an_instance_with_an_odd_record_is_chosen_by_its_name() {
        let error = || Error::new(ErrorKind::UndocumentedResponse, "odd");
        let all = || Instances {
            instances: vec![
                instance(Service::Dcs, "a", "one"),
                instance(Service::Rds, "b", "one"),
                instance(Service::Rds, "c", "two"),
            ],
            odd: vec![
                Failure::of_instance(instance(Service::Dcs, "../x", "three"), error()),
                Failure::of_service(Realm::default(), Service::Dcs, error()),
            ],
            broken_off: None,
        };
        let chosen = |wanted: &str| {
            let found = choose(all(), &[wanted.to_owned()]);
            (found.instances.len(), found.failures.len())
        };
        assert_eq!(chosen("one"), (2, 0));
        assert_eq!(chosen("c"), (1, 0));
        assert_eq!(chosen("three"), (0, 1));
        assert_eq!(chosen("../x"), (0, 1));
        assert_eq!(chosen("four"), (0, 0));
    }
}
