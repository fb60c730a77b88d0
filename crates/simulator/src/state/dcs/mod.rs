//! The state of the Redis service.

pub(crate) mod flavors;
pub(crate) mod instance;
pub(crate) mod security;
pub(crate) mod seeds;
mod shape;
mod timing;

use std::collections::BTreeSet;

use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use crate::ident::Seed;
use crate::records::{Deadline, IdForm, Job, Record, Store};
use instance::{Instance, InstanceJob};
pub(crate) use shape::Addresses;
pub use shape::{RedisInstance, RedisKind, Replica};
pub(crate) use timing::takes;

/// The state of the Redis service.
pub(crate) struct Redis {
    pub(crate) seed: Seed,
    pub(crate) instances: Vec<Instance>,
    pub(crate) addresses: Addresses,
    pub(crate) store: Store,
    pub(crate) started: Timestamp,
    /// Instances from the start whose other records are not made yet.
    pub(crate) unplanted: BTreeSet<String>,
    /// Instances and GB that the tenant can have.
    pub(crate) quota: (u64, u64),
    passwords: Vec<SecretString>,
    made: u64,
}

impl Redis {
    /// A service with so many instances of each kind: single-node, primary/standby, cluster.
    pub(crate) fn new(seed: Seed, region: &str, started: Timestamp, counts: [usize; 3]) -> Self {
        let mut redis = Self {
            seed,
            instances: Vec::new(),
            addresses: Addresses::default(),
            store: Store::new(seed),
            started,
            unplanted: BTreeSet::new(),
            quota: (0, 0),
            passwords: Vec::new(),
            made: 0,
        };
        seeds::fill(&mut redis, region, started, counts);
        let (instances, memory) = redis.used();
        redis.quota = (instances + 100, memory + 4096);
        redis
    }

    pub(crate) fn instance(&self, id: &str) -> Option<&Instance> {
        self.instances.iter().find(|instance| instance.id() == id)
    }

    pub(crate) fn instance_mut(&mut self, id: &str) -> Option<&mut Instance> {
        self.instances
            .iter_mut()
            .find(|instance| instance.id() == id)
    }

    /// What has ended by now takes effect.
    pub(crate) fn settle(&mut self, now: Timestamp) {
        self.store.settle(now);
        for instance in &mut self.instances {
            instance.settle(now);
        }
    }

    /// Whether a node has an address, or is about to have it.
    pub(crate) fn has_address(&self, address: &str) -> bool {
        self.instances.iter().any(|instance| {
            let new = match &instance.job {
                Some((InstanceJob::Resize(to), _)) => to.shape.replicas.as_slice(),
                _ => &[],
            };
            let mut nodes = instance.shape.replicas.iter().chain(new);
            nodes.any(|node| node.ip == address)
        })
    }

    /// Removes an instance with everything of its own. Its background tasks can still be asked for by their ids.
    pub(crate) fn remove(&mut self, id: &str) {
        self.instances.retain(|instance| instance.id() != id);
        self.unplanted.remove(id);
        self.store.forget(id, &["task"]);
    }

    /// Number of instances, and GB that they have or are about to have.
    pub(crate) fn used(&self) -> (u64, u64) {
        let memory: f64 = self.instances.iter().map(Instance::claimed).sum();
        // At most 1024 GB each.
        (self.instances.len() as u64, memory.ceil() as u64)
    }

    /// Leaves the background task of a job, and returns its id.
    pub(crate) fn leave_task(
        &mut self,
        now: Timestamp,
        instance: &str,
        name: &str,
        deadline: Deadline,
        details: Value,
    ) -> String {
        let id = self.store.id("task", IdForm::Hex);
        let mut record = Record::new(id.clone(), instance, now);
        record.job = Some(Job {
            name: "run".to_owned(),
            created: now,
            started: now,
            deadline,
        });
        record.fields.insert("name".to_owned(), Value::from(name));
        record.fields.insert("details".to_owned(), details);
        self.store.add("task", record);
        id
    }

    /// Whether connections to an instance are encrypted.
    pub(crate) fn is_encrypted(&self, instance: &str) -> bool {
        let mut own = self.store.of("ssl", instance).iter();
        own.any(|own| own.fields.get("enabled") == Some(&Value::Bool(true)))
    }

    /// The value of a parameter of an instance.
    pub(crate) fn parameter(&self, instance: &str, name: &str) -> &str {
        let mut own = self.store.of("parameter", instance).iter();
        let own = own.find(|own| own.text("param_name") == name);
        own.map_or("", |own| own.text("param_value"))
    }

    /// Sets a parameter of an instance at once.
    pub(crate) fn set_parameter(&mut self, instance: &str, name: &str, value: &str) {
        for own in self.store.of_mut("parameter", instance) {
            if own.text("param_name") == name {
                own.fields
                    .insert("param_value".to_owned(), Value::from(value));
            }
        }
    }

    /// A number that no other thing has got, for ids.
    pub(crate) fn number(&mut self) -> u64 {
        self.made += 1;
        self.made
    }

    /// Remembers a password, so that tests can look for it where it must not be.
    pub(crate) fn remember(&mut self, password: &str) {
        self.passwords.push(password.into());
    }

    /// All passwords that instances have or had.
    pub(crate) fn passwords(&self) -> BTreeSet<String> {
        self.passwords
            .iter()
            .map(|password| password.expose_secret().to_owned())
            .collect()
    }
}
