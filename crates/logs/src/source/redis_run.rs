//! Redis run logs: each replica's are collected, then listed when they are ready, then linked to one by one.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::TryStreamExt as _;
use otcdb_core::error::value;
use otcdb_core::waiter::Observation;
use otcdb_core::{Error, ErrorKind, Result, Secret};
use otcdb_dcs::types::{LogType, RunlogItem};
use tokio::time::Instant;

use super::Source;
use crate::call::Clients;
use crate::download::Origin;
use crate::event::Step;
use crate::instance::Instance;
use crate::time::collection_days;

/// The one status of a file that can be downloaded (page `ListRedislog`); others are not documented.
const READY: &str = "succeed";

/// A replica to collect from.
struct Replica {
    id: String,
    /// The address under which its files are listed.
    ip: Option<String>,
}

pub(super) async fn pull(source: &mut Source<'_>) -> Result<()> {
    let clients = source.clients();
    let instance = source.instance;
    source.step(Step::Collect);
    let known: BTreeSet<String> = list(clients, instance)
        .await?
        .into_iter()
        .filter_map(|item| item.id)
        .collect();
    let replicas = replicas(clients, instance).await?;
    collect(source, &replicas).await?;

    source.step(Step::Wait);
    let begun = Instant::now();
    let settle = source.context.options.settle;
    let items = source
        .waiter("the collection of run logs")
        .wait(|| async {
            let items = list(clients, instance).await?;
            Ok(observe(items, &known, &replicas, begun.elapsed() >= settle))
        })
        .await?;

    source.step(Step::Download);
    for item in items {
        let (Some(id), Some(name)) = (item.id, item.file_name) else {
            return Err(Error::new(
                ErrorKind::UndocumentedAnswer,
                format!(
                    "ListRedislog names a file of {} without id or name",
                    instance.name
                ),
            ));
        };
        if !source.has(&id) {
            source
                .download(
                    &name,
                    &mut Link {
                        clients,
                        instance,
                        id,
                        last: None,
                    },
                )
                .await?;
        }
    }
    Ok(())
}

/// Whether the collection is over, and what it gave.
///
/// Every replica has to have a ready file, and none may be in preparation. A file that was listed before counts only
/// when the service has had time to show a newer one: collecting the same day twice may give nothing new.
fn observe(
    items: Vec<RunlogItem>,
    known: &BTreeSet<String>,
    replicas: &[Replica],
    settled: bool,
) -> Observation<Vec<RunlogItem>> {
    let status = |item: &RunlogItem| item.status.clone().unwrap_or_default();
    let is_old = |item: &RunlogItem| item.id.as_ref().is_some_and(|id| known.contains(id));
    let (failed, items): (Vec<_>, Vec<_>) = items
        .into_iter()
        .partition(|item| status(item).to_ascii_lowercase().contains("fail"));
    if let Some(item) = failed.iter().find(|item| !is_old(item)) {
        return Observation::Failed(status(item));
    }
    if let Some(item) = items
        .iter()
        .find(|item| !status(item).eq_ignore_ascii_case(READY))
    {
        return Observation::Continue(Some(status(item)));
    }
    let fresh = |item: &&RunlogItem| settled || !is_old(item);
    let seen: BTreeSet<_> = items
        .iter()
        .filter(fresh)
        .filter_map(|item| item.replication_ip.as_deref())
        .collect();
    let missing = replicas
        .iter()
        .filter_map(|replica| replica.ip.as_deref())
        .find(|ip| !seen.contains(ip));
    match missing {
        Some(ip) => Observation::Continue(Some(format!("nothing from {ip} yet"))),
        None if items.iter().filter(fresh).count() == 0 => Observation::Continue(None),
        None => Observation::Done(items),
    }
}

/// Asks for a collection of each replica; of the instance itself if it is single-node.
async fn collect(source: &Source<'_>, replicas: &[Replica]) -> Result<()> {
    let clients = source.clients();
    let days = collection_days(source.context.options.since);
    let single = replicas.len() < 2;
    let ids: Vec<Option<&str>> = if single {
        vec![None]
    } else {
        replicas
            .iter()
            .map(|replica| Some(replica.id.as_str()))
            .collect()
    };
    for id in ids {
        let mut call = clients
            .dcs
            .create_redislog()
            .project_id(&clients.project)
            .instance_id(&source.instance.id)
            .query_time(days)
            .log_type(LogType::Run);
        if let Some(id) = id {
            call = call.replication_id(id);
        }
        value(call.send().await).await?;
    }
    Ok(())
}

async fn replicas(clients: &Clients, instance: &Instance) -> Result<Vec<Replica>> {
    let call = clients
        .dcs
        .list_group_replication_info()
        .project_id(&clients.project)
        .instance_id(&instance.id);
    let answer = value(call.send().await).await?;
    let mut replicas = BTreeMap::new();
    for group in answer.group_list.unwrap_or_default() {
        for replica in group.replication_list.unwrap_or_default() {
            if let Some(id) = replica.replication_id {
                replicas.insert(id, replica.replication_ip);
            }
        }
    }
    Ok(replicas
        .into_iter()
        .map(|(id, ip)| Replica { id, ip })
        .collect())
}

async fn list(clients: &Clients, instance: &Instance) -> Result<Vec<RunlogItem>> {
    clients
        .dcs
        .list_redislog()
        .project_id(&clients.project)
        .instance_id(&instance.id)
        .log_type(LogType::Run)
        .stream()
        .try_collect()
        .await
}

/// A link that `CreateRedislogDownloadLink` makes, good for 24 hours.
struct Link<'a> {
    clients: &'a Clients,
    instance: &'a Instance,
    id: String,
    last: Option<Secret>,
}

impl Origin for Link<'_> {
    fn id(&self) -> &str {
        &self.id
    }

    async fn link(&mut self, fresh: bool) -> Result<Secret> {
        if let (Some(last), false) = (&self.last, fresh) {
            return Ok(last.clone());
        }
        let call = self
            .clients
            .dcs
            .create_redislog_download_link()
            .project_id(&self.clients.project)
            .instance_id(&self.instance.id)
            .id(&self.id);
        let link = value(call.send().await).await?.link.ok_or_else(|| {
            Error::new(
                ErrorKind::UndocumentedAnswer,
                "CreateRedislogDownloadLink answered without a link",
            )
        })?;
        self.last = Some(link.clone());
        Ok(link)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(id: &str, ip: &str, status: &str) -> RunlogItem {
        serde_json::from_value(serde_json::json!({
            "id": id, "replication_ip": ip, "status": status, "file_name": format!("redis_{ip}.log"),
        }))
        .unwrap()
    }

    fn replica(ip: &str) -> Replica {
        Replica {
            id: ip.to_owned(),
            ip: Some(ip.to_owned()),
        }
    }

    fn done(observation: &Observation<Vec<RunlogItem>>) -> bool {
        matches!(observation, Observation::Done(_))
    }

    #[test]
    fn every_replica_has_to_show_something_new() {
        let replicas = [replica("a"), replica("b")];
        let one = || vec![item("1", "a", "succeed")];
        let both = || vec![item("1", "a", "succeed"), item("2", "b", "SUCCEED")];
        let known = BTreeSet::new();
        assert!(!done(&observe(vec![], &known, &replicas, false)));
        assert!(!done(&observe(one(), &known, &replicas, true)));
        assert!(done(&observe(both(), &known, &replicas, false)));
        let known = BTreeSet::from(["2".to_owned()]);
        assert!(
            !done(&observe(both(), &known, &replicas, false)),
            "2 is old"
        );
        assert!(
            done(&observe(both(), &known, &replicas, true)),
            "nothing newer came in time"
        );
    }

    #[test]
    fn a_file_in_preparation_is_waited_for_and_a_failed_one_is_not() {
        let replicas = [replica("a")];
        let known = BTreeSet::new();
        let items = vec![item("1", "a", "succeed"), item("2", "a", "collecting")];
        let observed = observe(items, &known, &replicas, true);
        assert!(matches!(observed, Observation::Continue(Some(state)) if state == "collecting"));
        let items = || vec![item("1", "a", "Failed"), item("2", "a", "succeed")];
        let observed = observe(items(), &known, &replicas, true);
        assert!(matches!(observed, Observation::Failed(state) if state == "Failed"));
        let known = BTreeSet::from(["1".to_owned()]);
        let observed = observe(items(), &known, &replicas, false);
        assert!(
            matches!(observed, Observation::Done(files) if files.len() == 1),
            "an old failure is no failure"
        );
    }
}
