//! Redis run logs: each replica's are collected, then listed when they are ready, then linked to one by one.
//!
//! What one replica does not give costs that replica alone, and what is ready is fetched while others are waited for.

mod collection;

use std::collections::BTreeMap;

use futures_util::{FutureExt as _, TryStreamExt as _};
use otcdb_core::{Error, ErrorKind, Result, Secret};
use serde::de::IgnoredAny;
use serde_json::value::RawValue;
use tokio::time::Instant;

use super::link::CachedLink;
use super::{Remote, Source};
use crate::announced::Announced;
use crate::clients::{described, document, operation, undocumented};
use crate::event::Step;
use crate::failure::Failure;
use crate::fields;
use crate::instance::Instance;
use crate::list::List;
use crate::means::Collected;
use crate::time::collection_days;
use collection::{Collection, Item};

/// A replica to collect from.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Replica {
    /// `None` for the instance itself, which has no replicas to choose from.
    id: Option<String>,
    /// The address under which its files are listed.
    ip: Option<String>,
}

impl Replica {
    /// What people know it by.
    fn name(&self) -> Option<&str> {
        self.ip.as_deref().or(self.id.as_deref())
    }
}

pub(super) async fn pull(source: &mut Source<'_>, log: &'static Collected) -> Result<()> {
    source.step(Step::Collect);
    let (known, listed) = list_run_logs(source, log).await?;
    match listed {
        Err(error) if !error.is_transient() => {
            let mut before = Collection::default();
            before.see(known, true);
            fetch_ready(source, log, &mut before).await?;
            return Err(error);
        }
        // It is asked for again below.
        _ => {}
    }
    let mut collecting = Vec::new();
    for replica in replicas(source, log).await? {
        match collect(source, log, replica.id.as_deref()).await {
            Ok(()) => collecting.push(replica),
            Err(error) => source.part(Err(error), replica.name(), None)?,
        }
    }
    let collection = Collection::new(&known, collecting);
    wait_and_fetch(source, log, collection).await
}

/// Looks for files until each replica has shown what it has or the time is up, and fetches what is ready meanwhile.
async fn wait_and_fetch(
    source: &mut Source<'_>,
    log: &'static Collected,
    mut collection: Collection,
) -> Result<()> {
    let (poll, settle) = (source.context.options.poll, source.context.options.settle);
    let begun = Instant::now();
    let waiting = source.context.polls.wait(source.kind);
    let mut errors = 0;
    source.step(Step::Wait);
    loop {
        let (items, listed) = list_run_logs(source, log).await?;
        match listed {
            Ok(()) => {
                errors = 0;
                collection.see(items, begun.elapsed() >= settle);
            }
            Err(error) if error.is_transient() && errors < poll.transient_errors => {
                errors += 1;
                tracing::debug!(%error, errors, "asking again in spite of an error");
            }
            Err(error) => {
                // What was listed up to the error is there all the same.
                collection.see(items, true);
                fetch_ready(source, log, &mut collection).await?;
                return Err(error);
            }
        }
        fetch_ready(source, log, &mut collection).await?;
        for item in collection.take_failed() {
            let error = Error::new(
                ErrorKind::Service,
                format!("its collection failed; its status is {}", item.status()),
            );
            source.part(Err(error), item.ip(), item.file_name.as_deref())?;
        }
        if collection.is_over() {
            waiting.over();
            return Ok(());
        }
        if begun.elapsed().saturating_add(poll.interval) >= poll.deadline {
            break;
        }
        waiting.pause(begun.elapsed()).await;
    }
    let late = |what: String| {
        Error::new(
            ErrorKind::Timeout,
            format!("{what} within {} s", poll.deadline.as_secs_f32()),
        )
        .with_hint("run it again later, or allow more time: the service goes on with it")
    };
    for item in collection.pending() {
        let error = late(format!(
            "its collection did not end; its last status is {}",
            item.status()
        ));
        source.part(Err(error), item.ip(), item.file_name.as_deref())?;
    }
    for replica in collection.silent() {
        let error = late("it has shown no run log".to_owned());
        source.part(Err(error), replica.name(), None)?;
    }
    Ok(())
}

async fn fetch_ready(
    source: &mut Source<'_>,
    log: &'static Collected,
    collection: &mut Collection,
) -> Result<()> {
    let ready = collection.take_ready();
    if !ready.is_empty() {
        source.step(Step::Download);
    }
    for item in ready {
        // Boxed: what waits for a collection has nothing to fetch yet.
        fetch(source, log, item).boxed().await?;
    }
    Ok(())
}

async fn fetch(source: &mut Source<'_>, log: &'static Collected, item: Item) -> Result<()> {
    let Some(id) = item.id.clone() else {
        let error = Error::new(
            ErrorKind::UndocumentedResponse,
            "the list has a file without an id, so no link can be asked for",
        )
        .with_operation(log.list);
        return source.part(Err(error), item.ip(), item.file_name.as_deref());
    };
    let remote = Remote {
        name: item.file_name.clone().unwrap_or_else(|| id.clone()),
        replica: item.ip().map(str::to_owned),
        announced: Announced {
            size: item.size,
            created: item.time.clone(),
            etag: item.etag.clone(),
            ..Announced::default()
        },
        id,
        ..Remote::default()
    };
    let (context, instance) = (source.context, source.instance);
    // Such a link is good for 24 hours.
    let ask = || link(context, log, instance, &remote.id).boxed();
    let mut origin = CachedLink::new(&remote, ask);
    source.get_or_go_on(&remote, &mut origin).await
}

/// Asks for a collection of a replica, or of the instance itself.
async fn collect(source: &Source<'_>, log: &Collected, replica: Option<&str>) -> Result<()> {
    let operation = operation(source.instance.service, log.collect)?;
    let context = source.context;
    let back = context.now.duration_since(context.window.from);
    let days = collection_days(back.try_into().unwrap_or_default());
    let mut values = vec![
        ("instance_id", source.instance.id.clone()),
        ("query_time", days.to_string()),
        ("log_type", "run".to_owned()),
    ];
    if let Some(replica) = replica {
        values.push(("replication_id", replica.to_owned()));
    }
    let call = described(operation, &values)?;
    let received = source
        .clients()
        .execute(source.instance.service, call)
        .await?;
    // Nothing is documented to come; whatever is no JSON is from something else that answers in the service's place.
    if received.body.is_empty() || serde_json::from_slice::<IgnoredAny>(&received.body).is_ok() {
        return Ok(());
    }
    let what = "a response without content was expected".to_owned();
    Err(undocumented(&received, what).with_operation(operation.id.as_str()))
}

/// What is collected from: each replica, or the instance itself if it has but one.
///
/// Where they cannot be listed, that is a failure of its own, unless the instance has one node: it has no shards, and some
/// clouds refuse to list none.
async fn replicas(source: &mut Source<'_>, log: &Collected) -> Result<Vec<Replica>> {
    let itself = |ip| vec![Replica { id: None, ip }];
    let groups: Result<Vec<Box<RawValue>>> = List::new(source.instance.service, log.replicas)?
        .set("instance_id", source.instance.id.as_str())
        .items(source.clients())
        .try_collect()
        .await;
    let groups = match (groups, source.instance.is_single()) {
        (Ok(groups), _) => groups,
        (Err(error), _) if Failure::ends_all(&error) => return Err(error),
        (Err(error), Some(true)) => {
            tracing::debug!(%error, "the shards of a single node cannot be listed");
            return Ok(itself(None));
        }
        (Err(error), Some(false)) => {
            source.part(Err(error), None, None)?;
            return Ok(Vec::new());
        }
        (Err(error), None) => {
            let has_none = matches!(
                error.kind(),
                ErrorKind::NotFound | ErrorKind::InvalidArgument
            );
            if !has_none {
                source.part(Err(error), None, None)?;
            }
            return Ok(itself(None));
        }
    };
    let mut replicas = BTreeMap::new();
    let members = groups
        .iter()
        .flat_map(|group| fields::elements(group, "replication_list"));
    let mut without_id = Vec::new();
    for member in members {
        let ip = fields::text(member, "replication_ip");
        match fields::text(member, "replication_id") {
            Some(id) => drop(replicas.insert(id, ip)),
            None => without_id.push((ip, fields::quoted(member, "replication_id"))),
        }
    }
    if replicas.len() + without_id.len() < 2 {
        return Ok(itself(replicas.into_values().next().flatten()));
    }
    for (ip, quoted) in without_id {
        let error = Error::new(
            ErrorKind::UndocumentedResponse,
            format!("its replication_id is {quoted}, so its logs cannot be asked for"),
        )
        .with_operation(log.replicas);
        source.part(Err(error), ip.as_deref(), None)?;
    }
    let of = |(id, ip)| Replica { id: Some(id), ip };
    Ok(replicas.into_iter().map(of).collect())
}

/// The files that are listed, up to an error if there is one.
async fn list_run_logs(source: &Source<'_>, log: &Collected) -> Result<(Vec<Item>, Result<()>)> {
    let (items, listed) = List::new(source.instance.service, log.list)?
        .set("instance_id", source.instance.id.as_str())
        .set("log_type", "run")
        .gather(source.clients())
        .await;
    Ok((items.iter().map(|item| Item::read(item)).collect(), listed))
}

async fn link(
    context: &super::Context<'_>,
    log: &Collected,
    instance: &Instance,
    id: &str,
) -> Result<Secret> {
    let operation = operation(instance.service, log.link)?;
    let values = [("instance_id", instance.id.clone()), ("id", id.to_owned())];
    let call = described(operation, &values)?;
    let response = document(context.clients, instance.service, operation, call).await?;
    fields::string(&response, "link")
        .map(Secret::from)
        .ok_or_else(|| {
            Error::new(ErrorKind::UndocumentedResponse, "the response has no link")
                .with_operation(log.link)
        })
}
