//! What an instance is built of: its kind, its shards and its nodes.

use std::collections::HashSet;

use crate::ident::Seed;

/// How a Redis instance is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RedisKind {
    /// One node, no shards.
    Single,
    /// One shard with a master and a replica.
    Replicated,
    /// Three shards with a master and a replica each.
    Cluster,
}

/// A Redis instance.
#[derive(Clone, Debug)]
pub struct RedisInstance {
    /// Id in the form of a UUID.
    pub id: String,
    /// Name, such as `redis-cluster-1`.
    pub name: String,
    /// How it is built.
    pub kind: RedisKind,
    /// Addresses to connect to.
    pub ip: String,
    /// Its nodes. A single-node instance has one, which no operation lists.
    pub replicas: Vec<Replica>,
}

/// A node of a Redis instance.
#[derive(Clone, Debug)]
pub struct Replica {
    /// Id that CreateRedislog takes.
    pub id: String,
    /// Shard it belongs to, such as `group-0`.
    pub group: String,
    /// Address, unique among all instances.
    pub ip: String,
    /// Whether it takes writes.
    pub master: bool,
}

impl Replica {
    /// Id of the node, which is another one than that of the replica.
    pub(crate) fn node_id(&self, seed: Seed) -> String {
        seed.hex32(&format!("node {}", self.id))
    }

    /// Id under which the node is monitored.
    pub(crate) fn metric_id(&self, seed: Seed) -> String {
        seed.hex32(&format!("metric {}", self.id))
    }
}

impl RedisInstance {
    /// An instance with so many shards of so many nodes each; the first node of each shard is the master.
    pub(crate) fn new(
        seed: Seed,
        kind: RedisKind,
        (shards, copies): (usize, usize),
        name: String,
        label: &str,
        addresses: &mut Addresses,
    ) -> Self {
        let mut instance = Self {
            id: seed.uuid(&format!("instance {label}")),
            ip: String::new(),
            name,
            kind,
            replicas: Vec::new(),
        };
        for shard in 0..shards {
            for copy in 0..copies {
                instance.replicas.push(Replica {
                    id: seed.uuid(&format!("replica {label} {shard} {copy}")),
                    group: format!("group-{shard}"),
                    ip: addresses.next(),
                    master: copy == 0,
                });
            }
        }
        instance.connect();
        instance
    }

    /// Sets the addresses to those of the masters.
    pub(crate) fn connect(&mut self) {
        let masters: Vec<&str> = self
            .replicas
            .iter()
            .filter(|replica| replica.master)
            .map(|replica| replica.ip.as_str())
            .collect();
        self.ip = masters.join(",");
    }

    /// Names of the shards, in order.
    pub(crate) fn groups(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for replica in &self.replicas {
            if !names.contains(&replica.group.as_str()) {
                names.push(&replica.group);
            }
        }
        names
    }

    /// Id of a shard.
    pub(crate) fn group_id(&self, seed: Seed, group: &str) -> String {
        seed.uuid(&format!("group {} {group}", self.id))
    }

    /// Adds a node to a shard.
    pub(crate) fn add_replica(&mut self, seed: Seed, group: &str, master: bool, ip: String) {
        let replica = Replica {
            id: seed.uuid(&format!("replica {} {group} {ip}", self.id)),
            group: group.to_owned(),
            ip,
            master,
        };
        // Nodes of a shard stay together.
        let place = self
            .replicas
            .iter()
            .rposition(|other| other.group == group)
            .map_or(self.replicas.len(), |place| place + 1);
        self.replicas.insert(place, replica);
    }
}

/// Addresses from `10.20.0.10` on, in a network that is large enough for any number of instances.
#[derive(Default)]
pub(crate) struct Addresses {
    given: u32,
    /// Those that somebody chose.
    chosen: HashSet<String>,
}

impl Addresses {
    pub(crate) fn next(&mut self) -> String {
        loop {
            let number = u32::from_be_bytes([10, 20, 0, 10]).wrapping_add(self.given);
            let [a, b, c, d] = number.to_be_bytes();
            self.given = self.given.wrapping_add(1);
            let address = format!("{a}.{b}.{c}.{d}");
            if !self.chosen.contains(&address) {
                return address;
            }
        }
    }

    /// Keeps an address from being given to anything else.
    pub(crate) fn choose(&mut self, address: &str) {
        self.chosen.insert(address.to_owned());
    }
}
