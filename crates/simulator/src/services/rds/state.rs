//! The state of the database service: its records, and what is kept beside them.

use std::collections::HashSet;

use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};

use crate::engine::State;
use crate::log_entries::with_offset;
use crate::records::{Record, Store};
use crate::seed::Seed;

/// The resource of instances.
pub(super) const INSTANCE: &str = "instance";

/// A database engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Engine {
    /// MySQL.
    MySql,
    /// PostgreSQL.
    PostgreSql,
    /// Microsoft SQL Server.
    SqlServer,
}

impl Engine {
    pub(super) const ALL: [Self; 3] = [Self::MySql, Self::PostgreSql, Self::SqlServer];

    /// The engine of a name.
    pub(super) fn named(name: &str) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|engine| engine.name().eq_ignore_ascii_case(name))
    }

    /// The engine as `datastore.type` has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::MySql => "MySQL",
            Self::PostgreSql => "PostgreSQL",
            Self::SqlServer => "SQLServer",
        }
    }
}

/// A database instance.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct DatabaseInstance {
    /// Id, 32 hex digits and a suffix for the engine.
    pub id: String,
    /// Name, such as `postgresql-1`.
    pub name: String,
    /// Its engine.
    pub engine: Engine,
    /// Private address.
    pub ip: String,
}

impl DatabaseInstance {
    /// The instance that a record is of.
    fn of(record: &Record) -> Option<Self> {
        let engine = record.fields.get("datastore")?["type"].as_str()?;
        Some(Self {
            id: record.id.clone(),
            name: record.text("name").to_owned(),
            engine: Engine::named(engine)?,
            ip: record.texts("private_ips").first()?.to_string(),
        })
    }
}

/// The state of the database service.
pub(crate) struct Databases {
    store: Store,
    /// No record has a password.
    passwords: Vec<SecretString>,
    /// The ids of instances that Rust has made, and that have nothing yet of what belongs to an instance.
    pub(super) made: Vec<String>,
}

impl State for Databases {
    fn store(&self) -> &Store {
        &self.store
    }

    fn store_mut(&mut self) -> &mut Store {
        &mut self.store
    }

    fn time(time: Timestamp) -> String {
        with_offset(time)
    }
}

impl Databases {
    pub(crate) fn new(seed: Seed) -> Self {
        Self {
            store: Store::new(seed),
            passwords: Vec::new(),
            made: Vec::new(),
        }
    }

    /// An address that no instance has.
    pub(super) fn free_address(&self) -> String {
        let taken: HashSet<&str> = self
            .store
            .all(INSTANCE)
            .flat_map(|one| one.texts("private_ips"))
            .chain(self.store.all("proxy").map(|one| one.text("address")))
            .collect();
        let mut addresses = (1..).map(address);
        addresses
            .find(|address| !taken.contains(address.as_str()))
            .unwrap_or_default()
    }

    /// All instances.
    pub(crate) fn instances(&self) -> impl Iterator<Item = DatabaseInstance> {
        self.store
            .of(INSTANCE, "")
            .iter()
            .filter_map(DatabaseInstance::of)
    }

    pub(crate) fn instance(&self, id: &str) -> Option<DatabaseInstance> {
        DatabaseInstance::of(self.store.get(INSTANCE, id)?)
    }

    /// Remembers a password, so that tests can look for it where it must not be.
    pub(super) fn remember(&mut self, password: &str) {
        self.passwords.push(password.into());
    }

    /// All passwords that instances were made with.
    pub(crate) fn passwords(&self) -> impl Iterator<Item = String> {
        let passwords = self.passwords.iter();
        passwords.map(|password| password.expose_secret().to_owned())
    }
}

/// The private address with a number.
pub(super) fn address(number: u32) -> String {
    let [_, b, c, d] = number.wrapping_add(9).to_be_bytes();
    format!("10.{}.{c}.{d}", b.wrapping_add(40))
}
