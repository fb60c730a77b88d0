//! The state of the Redis service: records, and what records do not say.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value, json};

use super::flavors::Mode;
use super::login::Login;
use super::topology::{Addresses, RedisInstance};
use super::{models, moment};
use crate::engine::{self, State};
use crate::records::{Job, Record, Store};
use crate::seed::Seed;

/// The resource of instances.
pub(super) const INSTANCE: &str = "instance";

/// The state of the Redis service.
pub(crate) struct Redis {
    pub(super) seed: Seed,
    pub(super) addresses: Addresses,
    store: Store,
    pub(super) started: Timestamp,
    /// Instances from the start whose other records are not made yet.
    pub(super) unplanted: BTreeSet<String>,
    /// Instances and GB that the tenant can have.
    pub(super) quota: (u64, u64),
    /// How instances are entered. No record has a password.
    logins: BTreeMap<String, Login>,
    passwords: Vec<SecretString>,
}

impl State for Redis {
    fn store(&self) -> &Store {
        &self.store
    }

    fn store_mut(&mut self) -> &mut Store {
        &mut self.store
    }

    fn time(time: Timestamp) -> String {
        moment(time)
    }
}

impl Redis {
    pub(crate) fn new(seed: Seed, started: Timestamp) -> Self {
        Self {
            seed,
            addresses: Addresses::default(),
            store: Store::new(seed),
            started,
            unplanted: BTreeSet::new(),
            quota: (0, 0),
            logins: BTreeMap::new(),
            passwords: Vec::new(),
        }
    }

    /// Makes of the first instance of each kind, which the model has, as many as there shall be: single-node,
    /// primary/standby, cluster.
    pub(super) fn multiply(&mut self, region: &str, counts: [usize; 3]) {
        let seed = self.seed;
        let first = self.store.of(INSTANCE, "").to_vec();
        self.store.forget(INSTANCE, "");
        for (first, count) in first.into_iter().zip(counts) {
            for number in 1..=count {
                let mode = first.text("cache_mode");
                let name = format!("redis-{mode}-{number}");
                let mut one = Record {
                    id: seed.uuid(&format!("instance {name}")),
                    ..first.clone()
                };
                one.fields.extend(object(json!({
                    "name": name,
                    "vpc_id": seed.uuid("vpc"),
                    "subnet_id": seed.uuid("subnet"),
                    "az_codes": [format!("{region}-01")],
                    "tags": [
                        { "key": "environment", "value": "simulated" }, { "key": "kind", "value": mode },
                    ],
                })));
                let password = seed.hex32(&format!("password {}", one.id));
                let password = format!("Pw-{}", password.split_at(16).0);
                self.set_password(&one.id, Some(&password));
                self.unplanted.insert(one.id.clone());
                self.build(&mut one, None);
                self.store.add_for_good(INSTANCE, one);
            }
        }
        let (instances, memory) = self.used();
        self.quota = (instances + 100, memory + 4096);
    }

    /// Gives an instance its first nodes, the first one of them with an address that was chosen.
    pub(super) fn build(&mut self, record: &mut Record, address: Option<&str>) {
        let mut shape = RedisInstance::of(record);
        if let Some(mode) = Mode::named(record.text("cache_mode")) {
            shape.build(self.seed, mode, &mut self.addresses);
        }
        if let Some((address, first)) = address.zip(shape.replicas.first_mut()) {
            address.clone_into(&mut first.ip);
        }
        record.fields.insert("nodes".to_owned(), shape.nodes());
    }

    pub(super) fn instances(&self) -> impl Iterator<Item = &Record> {
        self.store.of(INSTANCE, "").iter()
    }

    pub(super) fn instance(&self, id: &str) -> Option<&Record> {
        self.instances().find(|instance| instance.id == id)
    }

    pub(super) fn instance_mut(&mut self, id: &str) -> Option<&mut Record> {
        let mut instances = self.store.of_mut(INSTANCE, "").iter_mut();
        instances.find(|instance| instance.id == id)
    }

    /// The nodes of all instances.
    pub(crate) fn shapes(&self) -> Vec<RedisInstance> {
        self.instances().map(RedisInstance::of).collect()
    }

    /// What has ended by now takes effect.
    pub(crate) fn settle(&mut self, now: Timestamp) {
        engine::settle(models(), self, now);
    }

    /// Whether a node has an address, or is about to have it.
    pub(super) fn has_address(&self, address: &str) -> bool {
        self.instances().any(|instance| {
            let lists = [&instance.fields, &instance.pending];
            let lists = lists
                .into_iter()
                .filter_map(|fields| fields.get("nodes")?.as_array());
            lists.flatten().any(|node| node["ip"] == address)
        })
    }

    /// Removes an instance with everything of its own.
    pub(super) fn remove(&mut self, id: &str) {
        engine::remove(models(), INSTANCE, id, self);
        self.unplanted.remove(id);
        self.logins.remove(id);
    }

    /// Number of instances, and GB that they have or are about to have.
    pub(super) fn used(&self) -> (u64, u64) {
        let capacity = |fields: &Map<String, Value>| fields.get("exact_capacity")?.as_f64();
        let claimed = self.instances().map(|instance| {
            let now = capacity(&instance.fields).unwrap_or_default();
            capacity(&instance.pending).map_or(now, |then| now.max(then))
        });
        // At most 1024 GB each.
        let memory: f64 = claimed.sum();
        (self.instances().count() as u64, memory.ceil() as u64)
    }

    /// Begins a job on an instance, which has these values when it is done.
    pub(super) fn begin(&mut self, id: &str, job: Job, then: Value) {
        if let Some(instance) = self.instance_mut(id) {
            instance.job = Some(job);
            instance.pending = object(then);
        }
    }

    /// Leaves the background task of a job, and returns its id.
    pub(super) fn leave_task(
        &mut self,
        id: &str,
        job: &Job,
        (name, details): (&str, Value),
    ) -> String {
        let enable_show = details != json!({});
        let fields = json!({ "name": name, "details": details, "enable_show": enable_show });
        match models().resources.get_key_value("task") {
            Some((task, model)) => {
                engine::leave(self, (task, model), id, job.clone(), object(fields))
            }
            None => String::new(),
        }
    }

    /// Whether connections to an instance are encrypted.
    pub(super) fn is_encrypted(&self, instance: &str) -> bool {
        let mut own = self.store.of("ssl", instance).iter();
        own.any(|own| own.fields.get("enabled") == Some(&Value::Bool(true)))
    }

    /// The value of a parameter of an instance.
    pub(super) fn parameter(&self, instance: &str, name: &str) -> &str {
        let mut own = self.store.of("parameter", instance).iter();
        let own = own.find(|own| own.text("param_name") == name);
        own.map_or("", |own| own.text("param_value"))
    }

    /// Sets a parameter of an instance at once.
    pub(super) fn set_parameter(&mut self, instance: &str, name: &str, value: &str) {
        for own in self.store.of_mut("parameter", instance) {
            if own.text("param_name") == name {
                own.fields
                    .insert("param_value".to_owned(), Value::from(value));
            }
        }
    }

    /// How an instance is entered.
    pub(super) fn login(&mut self, instance: &str) -> &mut Login {
        self.logins.entry(instance.to_owned()).or_default()
    }

    /// Whether an instance is entered without a password.
    pub(super) fn is_open(&self, instance: &str) -> bool {
        self.logins.get(instance).is_none_or(Login::is_open)
    }

    /// Sets the password of an instance, or that it needs none.
    pub(super) fn set_password(&mut self, instance: &str, password: Option<&str>) {
        *self.login(instance) = Login::new(password);
        self.passwords.extend(password.map(SecretString::from));
    }

    /// Remembers a password, so that tests can look for it where it must not be.
    pub(super) fn remember(&mut self, password: &str) {
        self.passwords.push(password.into());
    }

    /// All passwords that instances have or had.
    pub(crate) fn passwords(&self) -> BTreeSet<String> {
        let passwords = self.passwords.iter();
        passwords
            .map(|password| password.expose_secret().to_owned())
            .collect()
    }
}

/// The members of an object.
pub(super) fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        _ => Map::new(),
    }
}
