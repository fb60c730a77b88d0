//! Redis instances and their run logs.

use std::collections::HashMap;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::{Course, Fate, Progress};
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

/// A run log that was asked for.
#[derive(Clone, Debug)]
pub(crate) struct RunLog {
    pub(crate) id: String,
    pub(crate) file_name: String,
    pub(crate) group: String,
    pub(crate) ip: String,
    pub(crate) day: Date,
    pub(crate) course: Course,
    /// Whether a list has shown it when it was done.
    pub(crate) shown: bool,
}

/// The state of the Redis service.
pub(crate) struct Redis {
    seed: Seed,
    pub(crate) instances: Vec<RedisInstance>,
    logs: HashMap<String, Vec<RunLog>>,
}

impl Redis {
    pub(crate) fn new(seed: Seed, single: usize, replicated: usize, cluster: usize) -> Self {
        let kinds = [
            (RedisKind::Single, "single", single),
            (RedisKind::Replicated, "ha", replicated),
            (RedisKind::Cluster, "cluster", cluster),
        ];
        let mut addresses = (0_u32..).map(address);
        let mut instances = Vec::new();
        for (kind, word, count) in kinds {
            for number in 1..=count {
                let name = format!("redis-{word}-{number}");
                instances.push(instance(seed, kind, name, &mut addresses));
            }
        }
        Self {
            seed,
            instances,
            logs: HashMap::new(),
        }
    }

    pub(crate) fn instance(&self, id: &str) -> Option<&RedisInstance> {
        self.instances.iter().find(|instance| instance.id == id)
    }

    /// Starts the collection of some days of one node. What is being collected or is there already stays, what
    /// failed is tried again.
    pub(crate) fn collect(
        &mut self,
        instance: &str,
        replica: &Replica,
        days: u64,
        now: Timestamp,
        takes: Duration,
        fate: Fate,
    ) {
        let logs = self.logs.entry(instance.to_owned()).or_default();
        let mut day = TimeZone::UTC.to_datetime(now).date();
        for _ in 0..days.max(1) {
            let file_name = format!("redis_{}_{day}.log", replica.ip);
            let course = Course::new(now, takes, fate);
            match logs.iter_mut().find(|log| log.file_name == file_name) {
                Some(log) => {
                    if matches!(log.course.progress(now), Progress::Failed(_)) {
                        log.course = course;
                    }
                }
                None => logs.push(RunLog {
                    id: self.seed.uuid(&format!("run log {instance} {file_name}")),
                    file_name,
                    group: replica.group.clone(),
                    ip: replica.ip.clone(),
                    day,
                    course,
                    shown: false,
                }),
            }
            let Ok(before) = day.yesterday() else { break };
            day = before;
        }
        logs.sort_by(|a, b| {
            b.day
                .cmp(&a.day)
                .then_with(|| a.file_name.cmp(&b.file_name))
        });
    }

    /// Run logs of an instance, newest day first. A stale list lacks those that were not shown as done before.
    pub(crate) fn run_logs(&mut self, instance: &str, now: Timestamp, stale: bool) -> Vec<&RunLog> {
        let logs = self.logs.entry(instance.to_owned()).or_default();
        if !stale {
            for log in logs.iter_mut() {
                log.shown |= matches!(log.course.progress(now), Progress::Done(_));
            }
        }
        logs.iter().filter(|log| !stale || log.shown).collect()
    }

    pub(crate) fn run_log(&self, instance: &str, id: &str) -> Option<&RunLog> {
        self.logs.get(instance)?.iter().find(|log| log.id == id)
    }
}

fn instance(
    seed: Seed,
    kind: RedisKind,
    name: String,
    addresses: &mut impl Iterator<Item = String>,
) -> RedisInstance {
    let (shards, copies) = match kind {
        RedisKind::Single => (1, 1),
        RedisKind::Replicated => (1, 2),
        RedisKind::Cluster => (3, 2),
    };
    let mut replicas = Vec::new();
    for shard in 0..shards {
        for copy in 0..copies {
            replicas.push(Replica {
                id: seed.uuid(&format!("replica {name} {shard} {copy}")),
                group: format!("group-{shard}"),
                ip: addresses.next().unwrap_or_default(),
                master: copy == 0,
            });
        }
    }
    let masters: Vec<&str> = replicas
        .iter()
        .filter(|replica| replica.master)
        .map(|replica| replica.ip.as_str())
        .collect();
    RedisInstance {
        id: seed.uuid(&format!("instance {name}")),
        ip: masters.join(","),
        name,
        kind,
        replicas,
    }
}

/// `10.20.0.10` and on, in a network that is large enough for any number of instances.
fn address(number: u32) -> String {
    let [a, b, c, d] = (u32::from_be_bytes([10, 20, 0, 10]).wrapping_add(number)).to_be_bytes();
    format!("{a}.{b}.{c}.{d}")
}
