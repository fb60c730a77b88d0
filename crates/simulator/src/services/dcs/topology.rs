//! What an instance is built of: its kind, its shards and its nodes.

use std::collections::HashSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::flavors::{Mode, RedisKind};
use crate::records::{Deadline, Progress, Record};
use crate::seed::Seed;

/// A Redis instance.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RedisInstance {
    /// Id in the form of a UUID.
    pub id: String,
    /// Name, such as `redis-cluster-1`.
    pub name: String,
    /// How it is built.
    pub kind: RedisKind,
    /// Addresses to connect to, those of the masters.
    pub ip: String,
    /// Its nodes. A single-node instance has one, which no operation lists.
    pub replicas: Vec<Replica>,
}

/// A node of a Redis instance.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Replica {
    /// Id that CreateRedislog takes.
    pub id: String,
    /// Shard it belongs to, such as `group-0`.
    pub group: String,
    /// Address, unique among all instances.
    pub ip: String,
    /// Whether it takes writes.
    pub master: bool,
    /// How likely it is to become the master; 0 for never.
    pub(super) weight: u64,
    /// When the read-only domain name ends to lead to it, if it does.
    pub(super) hidden: Option<Deadline>,
}

impl Replica {
    /// Id of the node, which is another one than that of the replica.
    pub(super) fn node_id(&self, seed: Seed) -> String {
        seed.hex32(&format!("node {}", self.id))
    }

    /// Id under which the node is monitored.
    pub(super) fn metric_id(&self, seed: Seed) -> String {
        seed.hex32(&format!("metric {}", self.id))
    }

    /// Its name in lists: its role and its address.
    pub(super) fn name(&self) -> String {
        let role = if self.master { "master" } else { "replica" };
        format!("({role}){}", self.ip)
    }

    /// Its role in most lists.
    pub(super) fn role(&self) -> &'static str {
        if self.master { "master" } else { "slave" }
    }

    /// Whether the read-only domain name does not lead to it.
    pub(super) fn is_hidden(&self, now: Timestamp) -> bool {
        let hidden = self.hidden.map(|hidden| hidden.progress(now));
        matches!(hidden, Some(Progress::Done(_)))
    }

    /// Whether the read-only domain name does not lead to it, or soon will not.
    pub(super) fn loses_address(&self, now: Timestamp) -> bool {
        let hidden = self.hidden.map(|hidden| hidden.progress(now));
        hidden.is_some_and(|hidden| !matches!(hidden, Progress::Failed(_)))
    }
}

impl RedisInstance {
    /// The shape of an instance.
    pub(super) fn of(record: &Record) -> Self {
        let nodes = record.fields.get("nodes").map(Vec::<Replica>::deserialize);
        let nodes = nodes.and_then(Result::ok).unwrap_or_default();
        let mode = Mode::named(record.text("cache_mode"));
        Self {
            id: record.id.clone(),
            name: record.text("name").to_owned(),
            kind: mode.map_or(RedisKind::Single, |mode| mode.kind),
            ip: masters_of(&nodes),
            replicas: nodes,
        }
    }

    /// The nodes as records have them.
    pub(super) fn nodes(&self) -> Value {
        serde_json::to_value(&self.replicas).unwrap_or_default()
    }

    pub(super) fn masters(&self) -> impl Iterator<Item = &Replica> {
        self.replicas.iter().filter(|node| node.master)
    }

    /// The nodes of a shard.
    pub(super) fn shard<'a>(&'a self, group: &'a str) -> impl Iterator<Item = &'a Replica> {
        self.replicas.iter().filter(move |node| node.group == group)
    }

    /// Names of the shards, in order.
    pub(super) fn groups(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for replica in &self.replicas {
            if !names.contains(&replica.group) {
                names.push(replica.group.clone());
            }
        }
        names
    }

    /// Nodes per shard.
    pub(super) fn copies(&self) -> usize {
        self.replicas.len() / self.groups().len().max(1)
    }

    /// Id of a shard.
    pub(super) fn group_id(&self, seed: Seed, group: &str) -> String {
        seed.uuid(&format!("group {} {group}", self.id))
    }

    /// Adds a node to a shard.
    pub(super) fn add(&mut self, seed: Seed, group: &str, master: bool, ip: String) {
        let replica = Replica {
            id: seed.uuid(&format!("replica {} {group} {ip}", self.id)),
            group: group.to_owned(),
            ip,
            master,
            weight: 100,
            hidden: None,
        };
        // Nodes of a shard stay together.
        let last = self.replicas.iter().rposition(|other| other.group == group);
        let place = last.map_or(self.replicas.len(), |place| place + 1);
        self.replicas.insert(place, replica);
    }

    /// Gives it the nodes that a new instance has; the first one of each shard is the master.
    pub(super) fn build(&mut self, seed: Seed, mode: &Mode, addresses: &mut Addresses) {
        let (shards, copies) = mode.nodes;
        self.replicas.clear();
        for shard in 0..shards {
            for copy in 0..copies {
                self.add(seed, &format!("group-{shard}"), copy == 0, addresses.next());
            }
        }
    }

    /// The first replica of each shard becomes its master. What concerns a replica goes to the node that is one then.
    pub(super) fn swap(&mut self) {
        for group in self.groups() {
            let place = |master| {
                let is_wanted = |node: &Replica| node.group == group && node.master == master;
                self.replicas.iter().position(is_wanted)
            };
            let Some((old, new)) = place(true).zip(place(false)) else {
                continue;
            };
            if let Ok([old, new]) = self.replicas.get_disjoint_mut([old, new]) {
                std::mem::swap(&mut old.master, &mut new.master);
                std::mem::swap(&mut old.weight, &mut new.weight);
                std::mem::swap(&mut old.hidden, &mut new.hidden);
            }
        }
    }
}

fn masters_of(nodes: &[Replica]) -> String {
    let masters = nodes.iter().filter(|node| node.master);
    let addresses: Vec<&str> = masters.map(|node| node.ip.as_str()).collect();
    addresses.join(",")
}

/// Addresses from `10.20.0.10` on, in a network that is large enough for any number of instances.
#[derive(Default)]
pub(super) struct Addresses {
    given: u32,
    /// Those that somebody chose.
    chosen: HashSet<String>,
}

impl Addresses {
    pub(super) fn next(&mut self) -> String {
        loop {
            let number = u32::from_be_bytes([10, 20, 0, 10]).wrapping_add(self.given);
            self.given = self.given.wrapping_add(1);
            let address = std::net::Ipv4Addr::from(number).to_string();
            if !self.chosen.contains(&address) {
                return address;
            }
        }
    }

    /// Keeps an address from being given to anything else.
    pub(super) fn choose(&mut self, address: &str) {
        self.chosen.insert(address.to_owned());
    }
}
