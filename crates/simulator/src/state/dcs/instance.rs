//! An instance with everything that belongs to it, and the work that is done on it.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::Timestamp;
use serde_json::Value;

use super::flavors::Mode;
use super::security::Login;
use super::shape::RedisInstance;
use crate::records::{Deadline, Progress};

/// What is done to an instance as a whole. One such thing at a time.
#[derive(Clone, Debug)]
pub(crate) enum InstanceJob {
    Create,
    Resize(Box<Resized>),
    Restart,
    Flush,
    Restore,
    Swap,
}

/// What an instance becomes.
#[derive(Clone, Debug)]
pub(crate) struct Resized {
    pub(crate) mode: Mode,
    pub(crate) spec_code: String,
    pub(crate) capacity: f64,
    pub(crate) shape: RedisInstance,
}

/// An instance.
#[derive(Clone, Debug)]
pub(crate) struct Instance {
    pub(crate) shape: RedisInstance,
    pub(crate) mode: Mode,
    pub(crate) spec_code: String,
    /// GB.
    pub(crate) capacity: f64,
    pub(crate) version: String,
    pub(crate) description: Option<String>,
    pub(crate) port: u64,
    pub(crate) vpc_id: String,
    pub(crate) subnet_id: String,
    pub(crate) security_group_id: Option<String>,
    pub(crate) zones: Vec<String>,
    /// First and last hour, such as `18:00:00`.
    pub(crate) window: (String, String),
    pub(crate) enterprise_project: (String, String),
    pub(crate) policy: Option<Policy>,
    pub(crate) created: Timestamp,
    pub(crate) updated: Timestamp,
    pub(crate) tags: BTreeMap<String, String>,
    pub(crate) login: Login,
    pub(crate) keys: u64,
    /// Weights of replicas, where they are not 100.
    pub(crate) priorities: HashMap<String, u64>,
    /// Replicas that the read-only domain name does not lead to.
    pub(crate) hidden: HashSet<String>,
    /// Replicas that it will not lead to when the work is done.
    pub(crate) hiding: HashMap<String, Deadline>,
    pub(crate) job: Option<(InstanceJob, Deadline)>,
    /// `CREATEFAILED` or `ERROR`, when something went wrong for good.
    pub(crate) broken: Option<&'static str>,
}

/// When backups are made.
#[derive(Clone, Debug)]
pub(crate) struct Policy {
    pub(crate) id: String,
    pub(crate) created: Timestamp,
    pub(crate) updated: Timestamp,
    /// As it is answered.
    pub(crate) value: Value,
}

impl Instance {
    pub(crate) fn id(&self) -> &str {
        &self.shape.id
    }

    /// The state. While work goes on it is never RUNNING, since other work is refused then and clients wait for that.
    pub(crate) fn status(&self) -> &'static str {
        if let Some(broken) = self.broken {
            return broken;
        }
        match self.job.as_ref().map(|(job, _)| job) {
            Some(InstanceJob::Create) => "CREATING",
            Some(InstanceJob::Resize(_)) => "EXTENDING",
            // A switchover has no state of its own; as in a restart, clients lose their connections.
            Some(InstanceJob::Restart | InstanceJob::Swap) => "RESTARTING",
            Some(InstanceJob::Restore) => "RESTORING",
            Some(InstanceJob::Flush) => "FLUSHING",
            None => "RUNNING",
        }
    }

    pub(crate) fn megabytes(&self) -> u64 {
        // Capacities are positive and at most 1024 GB.
        (self.capacity * 1024.0).round() as u64
    }

    /// GB that count for the quota: what it has, or what it is to become if that is more.
    pub(crate) fn claimed(&self) -> f64 {
        match &self.job {
            Some((InstanceJob::Resize(to), _)) => self.capacity.max(to.capacity),
            _ => self.capacity,
        }
    }

    pub(crate) fn used_megabytes(&self) -> u64 {
        2 + self.keys / 1_000
    }

    pub(crate) fn domain_name(&self) -> String {
        format!("redis-{}.dcs.example.com", self.id())
    }

    /// Work that has ended by now takes effect.
    pub(crate) fn settle(&mut self, now: Timestamp) {
        self.settle_addresses(now);
        let Some((_, deadline)) = &self.job else {
            return;
        };
        let (good, end) = match deadline.progress(now) {
            Progress::UnderWay => return,
            Progress::Done(end) => (true, end),
            Progress::Failed(end) => (false, end),
        };
        let Some((job, _)) = self.job.take() else {
            return;
        };
        self.updated = end;
        match (job, good) {
            (InstanceJob::Create, false) => self.broken = Some("CREATEFAILED"),
            (InstanceJob::Restart, false) => self.broken = Some("ERROR"),
            (InstanceJob::Resize(to), true) => {
                let Resized {
                    mode,
                    spec_code,
                    capacity,
                    shape,
                } = *to;
                self.mode = mode;
                self.spec_code = spec_code;
                self.capacity = capacity;
                let name = std::mem::take(&mut self.shape.name);
                self.shape = RedisInstance { name, ..shape };
                self.forget_replicas();
            }
            (InstanceJob::Flush, true) => self.keys = 0,
            (InstanceJob::Restore, true) => self.keys = 1_200,
            (InstanceJob::Swap, true) => self.swap(),
            _ => {}
        }
    }

    /// Drops what concerns replicas that are gone.
    fn forget_replicas(&mut self) {
        let nodes = &self.shape.replicas;
        let is_there = |id: &String| nodes.iter().any(|node| node.id == *id);
        self.priorities.retain(|id, _| is_there(id));
        self.hidden.retain(is_there);
        self.hiding.retain(|id, _| is_there(id));
    }

    fn settle_addresses(&mut self, now: Timestamp) {
        let hidden = &mut self.hidden;
        self.hiding.retain(|replica, deadline| {
            let progress = deadline.progress(now);
            if matches!(progress, Progress::Done(_)) {
                hidden.insert(replica.clone());
            }
            progress == Progress::UnderWay
        });
    }

    /// Whether the read-only domain name does not lead to a replica, or soon will not.
    pub(crate) fn loses_address(&self, replica: &str) -> bool {
        self.hidden.contains(replica) || self.hiding.contains_key(replica)
    }

    /// The first replica of each shard becomes its master.
    fn swap(&mut self) {
        let groups: Vec<String> = self
            .shape
            .groups()
            .into_iter()
            .map(ToOwned::to_owned)
            .collect();
        for group in groups {
            let mut nodes: Vec<_> = self
                .shape
                .replicas
                .iter_mut()
                .filter(|node| node.group == group)
                .collect();
            let master = nodes.iter().position(|node| node.master);
            let Some(next) = nodes.iter().position(|node| !node.master) else {
                continue;
            };
            for (place, node) in nodes.iter_mut().enumerate() {
                node.master = place == next;
            }
            let id = |place: usize| nodes.get(place).map(|node| node.id.clone());
            let Some((old, new)) = master.and_then(id).zip(id(next)) else {
                continue;
            };
            // What concerns a replica goes to the node that is one now.
            if let Some(weight) = self.priorities.remove(&new) {
                self.priorities.insert(old.clone(), weight);
            }
            if let Some(deadline) = self.hiding.remove(&new) {
                self.hiding.insert(old.clone(), deadline);
            }
            if self.hidden.remove(&new) {
                self.hidden.insert(old);
            }
        }
        self.shape.connect();
    }

    pub(crate) fn priority(&self, replica: &str) -> u64 {
        self.priorities.get(replica).copied().unwrap_or(100)
    }
}
