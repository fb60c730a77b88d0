//! What a pull is to do: the chosen kinds of log of the chosen instances.

use std::collections::HashSet;

use jiff::Timestamp;
use otcdb_core::limits::Limits;
use otcdb_core::{Result, Session};

use crate::clients::Clients;
use crate::discover::{Found, find, nothing_chosen};
use crate::failure::Failure;
use crate::instance::Instance;
use crate::kind::LogKind;
use crate::options::{Options, Selection};

/// What a pull is to do.
#[derive(Debug)]
pub(crate) struct Plan {
    /// When it was made.
    pub(crate) now: Timestamp,
    pub(crate) clients: Clients,
    /// How many calls of a service are made at once.
    pub(crate) calls: usize,
    /// All chosen instances, those of other shares as well.
    pub(crate) all: Vec<Instance>,
    /// How many of them are in this share.
    pub(crate) instances: usize,
    pub(crate) sources: Vec<(Instance, LogKind)>,
    /// Services that cannot be asked, and instances whose record cannot be used.
    pub(crate) failures: Vec<Failure>,
    /// What stops nothing.
    pub(crate) notes: Vec<String>,
}

impl Plan {
    /// Asks the services for their instances.
    ///
    /// # Errors
    /// Options that nothing can be pulled with, an identity that is refused, a chosen instance that does not exist or has none
    /// of the chosen kinds of log.
    pub(crate) async fn make(session: &Session, options: &Options) -> Result<Self> {
        options.validate()?;
        let calls = Limits::of_process().calls.min(options.concurrency);
        let now = crate::time::now(session.clock())?;
        options.window(now)?;
        let clients = Clients::connect(session, calls).await?;
        let selection = &options.selection;
        let mut found = find(&clients, selection).await?;
        let all = found.instances.clone();
        if let Some(shard) = options.shard {
            found.take(shard);
        }
        let sources = sources(&found.instances, selection);
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
            instances: found.instances.len(),
            sources,
            failures: found.failures,
            notes: found.notes.into_iter().chain(reasons).collect(),
        })
    }
}

/// The chosen kinds of log of the instances.
fn sources(instances: &[Instance], selection: &Selection) -> Vec<(Instance, LogKind)> {
    instances
        .iter()
        .flat_map(|instance| LogKind::ALL.map(|kind| (instance.clone(), kind)))
        .filter(|(instance, kind)| kind.applies_to(instance) && selection.has_kind(*kind))
        .collect()
}

/// Why nothing is pulled of an instance that was chosen by id or name, or of a kind that was chosen.
fn without_source(
    found: &Found,
    sources: &[(Instance, LogKind)],
    selection: &Selection,
) -> Vec<String> {
    let mut reasons = Vec::new();
    if !selection.instances.is_empty() {
        let at_work: HashSet<_> = (sources.iter())
            .map(|(instance, _)| (instance.service.as_str(), &instance.id))
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
    let at_work: HashSet<_> = sources.iter().map(|(_, kind)| *kind).collect();
    for kind in &selection.kinds {
        let service = kind.service();
        let unknown = found
            .failures
            .iter()
            .any(|failure| failure.service == service);
        if !at_work.contains(kind) && !unknown {
            reasons.push(format!(
                "no chosen instance has logs of the kind {kind}; those are of {} in {service}",
                kind.engines()
            ));
        }
    }
    reasons
}
