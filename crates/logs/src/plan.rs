//! What a pull is to do: the chosen kinds of log of the chosen instances.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesOrdered;
use jiff::Timestamp;
use otcdb_core::clock::Clock;
use otcdb_core::limits::Limits;
use otcdb_core::{ErrorKind, Result, Service, Session};

use crate::clients::Clients;
use crate::discover::{Found, find, nothing_chosen};
use crate::failure::Failure;
use crate::instance::Instance;
use crate::kind::LogKind;
use crate::options::{Options, Selection};
use crate::realm::Realm;
use crate::turns::Turns;

/// What a pull is to do.
#[derive(Debug)]
pub(crate) struct Plan {
    /// When it was made.
    pub(crate) now: Timestamp,
    /// Those of each project that can be asked.
    pub(crate) clients: Vec<Arc<Clients>>,
    /// How many calls of a service are made at once.
    pub(crate) calls: usize,
    /// All chosen instances, those of other shares as well.
    pub(crate) all: Vec<Instance>,
    /// The ids of all instances of the services that were asked, chosen or not.
    pub(crate) ids: HashSet<(Service, String)>,
    /// How many of them are in this share.
    pub(crate) instances: usize,
    pub(crate) sources: Vec<Planned>,
    /// Projects, clouds and services that cannot be asked, and instances whose record cannot be used.
    pub(crate) failures: Vec<Failure>,
    /// What stops nothing.
    pub(crate) notes: Vec<String>,
}

/// A kind of log of an instance, and who asks for it.
#[derive(Clone, Debug)]
pub(crate) struct Planned {
    pub(crate) clients: Arc<Clients>,
    pub(crate) instance: Instance,
    pub(crate) kind: LogKind,
}

impl Plan {
    /// Asks the services of all projects for their instances. Of several projects one that cannot be asked costs itself.
    ///
    /// # Errors
    /// Options that nothing can be pulled with, a chosen instance that does not exist or has none of the chosen kinds of log;
    /// where there is one project only, an identity that is refused.
    pub(crate) async fn make(
        sessions: &[(Realm, Result<Session>)],
        options: &Options,
    ) -> Result<Self> {
        options.validate()?;
        let calls = Limits::of_process().calls.min(options.concurrency);
        let first = sessions
            .iter()
            .find_map(|(_, session)| session.as_ref().ok());
        let clock = first.map_or_else(Clock::system, |session| session.clock().clone());
        let now = crate::time::now(&clock)?;
        options.window(now)?;
        let (clients, mut refused, repeated) = connect(sessions, calls).await?;
        let selection = &options.selection;
        let mut found = find(&clients, selection, &mut refused).await?;
        found.failures.append(&mut refused);
        found.notes.extend(repeated);
        let all = found.instances.clone();
        if let Some(shard) = options.shard {
            found.take(shard);
        }
        let sources = sources(&clients, &found.instances, selection);
        let mut reasons = without_source(&found, &sources, selection);
        // What one share does not have, another may.
        if options.shard.is_some() {
            reasons.clear();
        }
        if sources.is_empty()
            && found.failures.is_empty()
            && !selection.instances.is_empty()
            && options.shard.is_none()
        {
            return Err(nothing_chosen(&reasons));
        }
        Ok(Self {
            now,
            clients,
            calls,
            all,
            ids: found.ids,
            instances: found.instances.len(),
            sources,
            failures: found.failures,
            notes: found.notes.into_iter().chain(reasons).collect(),
        })
    }
}

/// The clients of each project once, with the failures of those that cannot be asked, and notes of those that are named twice.
///
/// # Errors
/// The only project cannot be asked.
async fn connect(
    sessions: &[(Realm, Result<Session>)],
    calls: usize,
) -> Result<(Vec<Arc<Clients>>, Vec<Failure>, Vec<String>)> {
    let turns = Arc::new(Turns::new(calls));
    let mut connecting = FuturesOrdered::new();
    for (realm, session) in sessions {
        let turns = Arc::clone(&turns);
        connecting.push_back(async move {
            let connected = match session.clone() {
                Ok(session) => Clients::connect(session, realm.clone(), turns).await,
                Err(error) => Err(error),
            };
            (realm.clone(), connected)
        });
    }
    let connected: Vec<_> = connecting.collect().await;
    let (mut all, mut refused, mut notes) = (Vec::<Arc<Clients>>::new(), Vec::new(), Vec::new());
    for (realm, clients) in connected {
        match clients {
            Err(error) if sessions.len() == 1 || error.kind() == ErrorKind::Cancelled => {
                return Err(error);
            }
            Err(error) => refused.push(Failure::of_realm(realm, error)),
            Ok(clients) => {
                let same = all.iter().find(|one| one.project_id == clients.project_id);
                match same {
                    Some(same) => {
                        notes.push(format!("{realm} is the same project as {}", same.realm))
                    }
                    None => all.push(Arc::new(clients)),
                }
            }
        }
    }
    Ok((all, refused, notes))
}

/// The chosen kinds of log of the instances.
fn sources(
    clients: &[Arc<Clients>],
    instances: &[Instance],
    selection: &Selection,
) -> Vec<Planned> {
    let of: HashMap<&Realm, &Arc<Clients>> = clients.iter().map(|one| (&one.realm, one)).collect();
    let mut sources = Vec::new();
    for instance in instances {
        let kinds = LogKind::ALL.into_iter();
        let chosen = kinds.filter(|kind| kind.applies_to(instance) && selection.has_kind(*kind));
        for (kind, clients) in chosen.filter_map(|kind| Some((kind, of.get(&instance.realm)?))) {
            sources.push(Planned {
                clients: Arc::clone(clients),
                instance: instance.clone(),
                kind,
            });
        }
    }
    sources
}

/// Why nothing is pulled of an instance that was chosen by id or name, or of a kind that was chosen.
fn without_source(found: &Found, sources: &[Planned], selection: &Selection) -> Vec<String> {
    let mut reasons = Vec::new();
    if !selection.instances.is_empty() {
        let at_work: HashSet<_> = (sources.iter())
            .map(|Planned { instance, .. }| (instance.service.as_str(), &instance.id))
            .collect();
        let idle = found
            .instances
            .iter()
            .filter(|instance| !at_work.contains(&(instance.service.as_str(), &instance.id)));
        reasons.extend(idle.map(|instance| {
            format!(
                "{} is an instance of {} with {}, and has no logs of the chosen kinds; it has {}",
                instance.name,
                instance.service,
                instance.engine,
                LogKind::names_of(instance)
            )
        }));
    }
    let at_work: HashSet<_> = sources.iter().map(|source| source.kind).collect();
    for kind in &selection.kinds {
        let service = kind.service();
        let unknown = found.failures.iter().any(|failure| failure.hides(service));
        if !at_work.contains(kind) && !unknown {
            reasons.push(format!(
                "no chosen instance has logs of the kind {kind}; those are of {} in {service}",
                kind.engines()
            ));
        }
    }
    reasons
}
