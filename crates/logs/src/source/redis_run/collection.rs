//! How far a collection of run logs is, as its list tells.

use std::collections::{BTreeSet, HashMap, HashSet};

use serde_json::value::RawValue;

use super::Replica;
use crate::fields;

/// One file of the list.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Item {
    pub(super) id: Option<String>,
    pub(super) file_name: Option<String>,
    pub(super) time: Option<String>,
    /// No page of the documentation has it.
    pub(super) size: Option<u64>,
    /// Nor this.
    pub(super) etag: Option<String>,
    ip: Option<String>,
    status: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Ready,
    Failed,
    Pending,
}

impl Item {
    pub(super) fn read(item: &RawValue) -> Self {
        Self {
            id: fields::text(item, "id"),
            file_name: fields::text(item, "file_name"),
            time: fields::text(item, "time"),
            size: ["file_size", "size"]
                .into_iter()
                .find_map(|name| fields::text(item, name)?.parse().ok()),
            etag: fields::text(item, "etag"),
            ip: fields::string(item, "replication_ip"),
            status: fields::text(item, "status"),
        }
    }

    /// The address of its replica, if the list says it.
    pub(super) fn ip(&self) -> Option<&str> {
        self.ip.as_deref()
    }

    /// Its status, for people.
    pub(super) fn status(&self) -> String {
        match &self.status {
            Some(status) => otcdb_core::redact::identifier(status),
            None => "not stated".to_owned(),
        }
    }

    /// What the status means. The page `ListRedislog` knows `succeed` alone; words that say the same are taken for it. A
    /// file without a status is ready once the service has had time to give it one.
    fn state(&self, settled: bool) -> State {
        let Some(status) = &self.status else {
            return if settled {
                State::Ready
            } else {
                State::Pending
            };
        };
        let status = status.trim().to_ascii_lowercase();
        let begins = |words: &[&str]| words.iter().any(|word| status.starts_with(word));
        if begins(&["succe", "complete", "finish", "done", "available"]) {
            State::Ready
        } else if status.contains("fail") || status.contains("error") {
            State::Failed
        } else {
            State::Pending
        }
    }

    /// What tells it from the others.
    fn key(&self) -> String {
        match (&self.id, &self.file_name) {
            (Some(id), _) => id.clone(),
            (None, name) => format!("{name:?} {:?} {:?}", self.ip, self.time),
        }
    }

    /// Whether it is of the replica with this address.
    fn is_of(&self, ip: &str) -> bool {
        match (&self.ip, &self.file_name) {
            (Some(own), _) => own == ip,
            // As in `redis_192.168.0.142_2021-04-16.log`.
            (None, Some(name)) => name.split('_').any(|part| part == ip),
            (None, None) => false,
        }
    }
}

/// A collection that was begun.
#[derive(Debug, Default)]
pub(super) struct Collection {
    /// The status of each file that was listed before, as long as it has not changed.
    known: HashMap<String, Option<String>>,
    replicas: Vec<Replica>,
    items: Vec<Item>,
    /// What was handed on already.
    taken: HashSet<String>,
    settled: bool,
}

impl Collection {
    /// A collection of these replicas; `known` was listed before it began.
    pub(super) fn new(known: &[Item], replicas: Vec<Replica>) -> Self {
        let known = known.iter().map(|item| (item.key(), item.status.clone()));
        Self {
            known: known.collect(),
            replicas,
            ..Self::default()
        }
    }

    /// Takes a list in. Once it is `settled`, the service has had time to show newer files: what was listed before is then
    /// what the collection gives, since collecting the same day twice may give nothing new.
    pub(super) fn see(&mut self, items: Vec<Item>, settled: bool) {
        for item in &items {
            let key = item.key();
            if self
                .known
                .get(&key)
                .is_some_and(|known| *known != item.status)
            {
                self.known.remove(&key);
            }
        }
        self.items = items;
        self.settled = settled;
    }

    /// The files that can be fetched and were not handed on before.
    pub(super) fn take_ready(&mut self) -> Vec<Item> {
        self.take(|_, _| true, State::Ready)
    }

    /// The files whose collection has failed and that were not handed on before. An earlier failure counts only where its
    /// replica has nothing else to show.
    pub(super) fn take_failed(&mut self) -> Vec<Item> {
        let replaced: HashSet<Option<String>> = (self.items.iter())
            .filter(|item| item.state(self.settled) == State::Ready)
            .map(|item| item.ip.clone())
            .collect();
        let counts = |collection: &Self, item: &Item| {
            !collection.known.contains_key(&item.key())
                || (collection.settled && !replaced.contains(&item.ip))
        };
        self.take(counts, State::Failed)
    }

    fn take(&mut self, counts: impl Fn(&Self, &Item) -> bool, state: State) -> Vec<Item> {
        let new: Vec<Item> = (self.items.iter())
            .filter(|item| item.state(self.settled) == state && counts(self, item))
            .filter(|item| !self.taken.contains(&item.key()))
            .cloned()
            .collect();
        self.taken.extend(new.iter().map(Item::key));
        new
    }

    /// Whether nothing more can come.
    pub(super) fn is_over(&self) -> bool {
        self.pending().next().is_none() && self.silent().is_empty()
    }

    /// The files that are still collected.
    pub(super) fn pending(&self) -> impl Iterator<Item = &Item> {
        (self.items.iter()).filter(|item| item.state(self.settled) == State::Pending)
    }

    /// The replicas that have shown nothing.
    pub(super) fn silent(&self) -> Vec<&Replica> {
        // What was there before the collection began is nothing that it shows.
        let shown = |item: &&Item| {
            self.settled
                || item.state(self.settled) == State::Pending
                || !self.known.contains_key(&item.key())
        };
        let shown: Vec<&Item> = self.items.iter().filter(shown).collect();
        // The instance itself: whatever it shows is its own.
        if self.replicas.iter().all(|replica| replica.id.is_none()) && !shown.is_empty() {
            return Vec::new();
        }
        let ips: Vec<&str> = self
            .replicas
            .iter()
            .filter_map(|it| it.ip.as_deref())
            .collect();
        let of_nobody = shown
            .iter()
            .filter(|item| !ips.iter().any(|ip| item.is_of(ip)));
        // Whose they are cannot be told, so each address, or each file without one, stands for another replica.
        let mut unknown = of_nobody
            .map(|item| item.ip.clone().unwrap_or_else(|| item.key()))
            .collect::<BTreeSet<String>>()
            .len();
        (self.replicas.iter())
            .filter(|replica| match &replica.ip {
                Some(ip) => !shown.iter().any(|item| item.is_of(ip)),
                None if unknown > 0 => {
                    unknown -= 1;
                    false
                }
                None => true,
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(id: &str, ip: &str, status: &str) -> Item {
        let item = serde_json::json!({
            "id": id, "replication_ip": ip, "status": status, "file_name": format!("redis_{ip}_2026-11-22.log"),
        });
        read(&item.to_string())
    }

    fn read(text: &str) -> Item {
        Item::read(&RawValue::from_string(text.to_owned()).unwrap())
    }

    fn replica(id: &str, ip: Option<&str>) -> Replica {
        Replica {
            id: Some(id.to_owned()),
            ip: ip.map(str::to_owned),
        }
    }

    fn two() -> Vec<Replica> {
        vec![replica("1", Some("a")), replica("2", Some("b"))]
    }

    fn ids(items: Vec<Item>) -> Vec<String> {
        items.into_iter().filter_map(|item| item.id).collect()
    }

    #[test]
    fn what_is_ready_is_handed_on_once_while_others_are_waited_for() {
        let mut collection = Collection::new(&[], two());
        collection.see(vec![], false);
        assert!(!collection.is_over());
        collection.see(vec![item("1", "a", "succeed")], true);
        assert_eq!(ids(collection.take_ready()), ["1"]);
        assert!(!collection.is_over(), "b has shown nothing");
        assert_eq!(collection.silent(), [&replica("2", Some("b"))]);
        let both = || vec![item("1", "a", "succeed"), item("2", "b", "SUCCESS")];
        collection.see(both(), false);
        assert_eq!(ids(collection.take_ready()), ["2"]);
        assert!(collection.is_over());
    }

    #[test]
    fn what_was_there_counts_when_nothing_newer_came_in_time() {
        let both = || vec![item("1", "a", "succeed"), item("2", "b", "succeed")];
        let mut collection = Collection::new(&both()[1..], two());
        collection.see(both(), false);
        assert_eq!(
            ids(collection.take_ready()),
            ["1", "2"],
            "both can be fetched"
        );
        assert!(!collection.is_over(), "2 is old");
        collection.see(both(), true);
        assert!(collection.is_over());
    }

    #[test]
    fn a_failed_file_costs_its_replica_alone() {
        let mut collection = Collection::new(&[], two());
        collection.see(
            vec![item("1", "a", "succeed"), item("2", "b", "Failed")],
            false,
        );
        assert_eq!(ids(collection.take_ready()), ["1"]);
        assert_eq!(ids(collection.take_failed()), ["2"]);
        assert!(collection.is_over());
        assert_eq!(ids(collection.take_failed()), [""; 0]);
    }

    #[test]
    fn an_earlier_failure_counts_only_where_nothing_else_came() {
        let old = item("1", "a", "failed");
        let mut collection = Collection::new(std::slice::from_ref(&old), two());
        let with = |status| {
            vec![
                old.clone(),
                item("2", "a", status),
                item("3", "b", "succeed"),
            ]
        };
        collection.see(with("collecting"), false);
        assert!(!collection.is_over());
        collection.see(with("succeed"), true);
        assert_eq!(ids(collection.take_failed()), [""; 0]);
        assert!(collection.is_over());

        let mut collection = Collection::new(std::slice::from_ref(&old), two());
        let again = || vec![old.clone(), item("3", "b", "succeed")];
        collection.see(again(), false);
        assert!(collection.take_failed().is_empty() && !collection.is_over());
        collection.see(again(), true);
        assert_eq!(ids(collection.take_failed()), ["1"]);
        assert!(collection.is_over());

        // The same file, tried again in vain.
        let mut collection = Collection::new(std::slice::from_ref(&old), two());
        collection.see(
            vec![item("1", "a", "collecting"), item("3", "b", "succeed")],
            false,
        );
        collection.see(again(), false);
        assert_eq!(ids(collection.take_failed()), ["1"]);
        assert!(collection.is_over());
    }

    #[test]
    fn a_file_in_preparation_is_waited_for_and_named() {
        let mut collection = Collection::new(&[], two());
        collection.see(
            vec![item("1", "a", "succeed"), item("2", "b", "WHO KNOWS")],
            true,
        );
        assert!(!collection.is_over());
        let pending: Vec<_> = collection
            .pending()
            .map(|item| (item.ip(), item.status()))
            .collect();
        assert_eq!(pending, [(Some("b"), "WHO KNOWS".to_owned())]);
        assert!(collection.silent().is_empty(), "it is not named twice");
    }

    #[test]
    fn a_file_without_a_status_is_ready_after_some_time() {
        let odd = || {
            vec![read(
                r#"{"id":7,"file_name":"redis_a_2026-11-22.log","status":null}"#,
            )]
        };
        let mut collection = Collection::new(&[], vec![replica("1", Some("a"))]);
        collection.see(odd(), false);
        assert!(collection.take_ready().is_empty() && !collection.is_over());
        collection.see(odd(), true);
        assert_eq!(ids(collection.take_ready()), ["7"]);
        assert!(collection.is_over());
    }

    #[test]
    fn replicas_without_a_known_address_are_counted() {
        let three = vec![
            replica("1", Some("a")),
            replica("2", None),
            replica("3", None),
        ];
        let mut collection = Collection::new(&[], three);
        let mut seen = vec![item("1", "a", "succeed"), item("2", "x", "succeed")];
        collection.see(seen.clone(), false);
        assert_eq!(collection.silent(), [&replica("3", None)]);
        seen.push(item("3", "y", "succeed"));
        collection.see(seen, false);
        assert!(collection.is_over());
        // The name of a file tells whose it is too.
        let mut collection = Collection::new(&[], two());
        let named = |ip: &str| {
            read(&format!(
                r#"{{"id":"{ip}","file_name":"redis_{ip}_2026-11-22.log","status":"succeed"}}"#
            ))
        };
        collection.see(vec![named("a"), named("b")], false);
        assert!(collection.is_over());
    }

    #[test]
    fn of_one_node_any_file_will_do() {
        for ip in [None, Some("a")] {
            let mut collection = Collection::new(
                &[],
                vec![Replica {
                    id: None,
                    ip: ip.map(str::to_owned),
                }],
            );
            collection.see(vec![], true);
            assert!(!collection.is_over());
            collection.see(vec![item("1", "elsewhere", "succeed")], false);
            assert!(collection.is_over());
        }
    }

    #[test]
    fn where_nothing_was_begun_nothing_is_waited_for() {
        let mut collection = Collection::new(&[], Vec::new());
        collection.see(vec![item("1", "a", "succeed")], false);
        assert_eq!(ids(collection.take_ready()), ["1"]);
        assert!(collection.is_over());
    }
}
