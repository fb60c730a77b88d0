//! The state of the database service: records, exports of logs, and audit.

use std::collections::HashSet;
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use super::models;
use crate::clock::{earlier, later};
use crate::engine::{self, State};
use crate::log_entries::with_offset;
use crate::records::{Deadline, Job, JobOutcome, Progress, Record, Store};
use crate::seed::Seed;

/// The resource of instances.
pub(super) const INSTANCE: &str = "instance";

/// A database engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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

/// Name of one of SQL Server's slow log files: `SQLTrace.trc`, `SQLTrace_1.trc` and so on.
pub(crate) fn trace_file(number: usize) -> String {
    match number {
        0 => "SQLTrace.trc".to_owned(),
        _ => format!("SQLTrace_{number}.trc"),
    }
}

/// Which log an export is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Exported {
    Slow,
    /// The [trace file](trace_file) of this number.
    Trace(usize),
    Error,
}

/// The export of a log to a file.
#[derive(Clone, Debug)]
pub(crate) struct Export {
    pub(crate) workflow_id: String,
    pub(crate) instance: String,
    pub(crate) what: Exported,
    pub(crate) file_name: String,
    pub(crate) created: Timestamp,
    pub(crate) deadline: Deadline,
    /// Whether a caller has been told that it failed.
    reported: bool,
}

/// An audit log file.
#[derive(Clone, Debug)]
pub(crate) struct AuditFile {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) begin: Timestamp,
    pub(crate) end: Timestamp,
}

/// The state of the database service.
pub(crate) struct Databases {
    seed: Seed,
    started: Timestamp,
    audit_files: usize,
    store: Store,
    exports: Vec<Export>,
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

const AUDIT_SPAN: Duration = Duration::from_secs(6 * 60 * 60);

impl Databases {
    pub(crate) fn new(seed: Seed, started: Timestamp, audit_files: usize) -> Self {
        Self {
            seed,
            started,
            audit_files,
            store: Store::new(seed),
            exports: Vec::new(),
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

    /// The export that a call is about, if one is under way, ended well less than `kept` ago, or has failed
    /// without anybody having been told.
    pub(crate) fn current_export(
        &self,
        instance: &str,
        what: Exported,
        now: Timestamp,
        kept: Duration,
    ) -> Option<&Export> {
        self.exports
            .iter()
            .rev()
            .find(|export| export.instance == instance && export.what == what)
            .filter(|export| match export.deadline.progress(now) {
                Progress::UnderWay => true,
                Progress::Done(end) => later(end, kept) > now,
                Progress::Failed(_) => !export.reported,
            })
    }

    /// Begins an export.
    pub(crate) fn export(
        &mut self,
        instance: &str,
        project: &str,
        what: Exported,
        now: Timestamp,
        takes: Duration,
        outcome: JobOutcome,
    ) -> Export {
        let word = match what {
            Exported::Slow | Exported::Trace(_) => "slowlog",
            Exported::Error => "errorlog",
        };
        // Names carry the millisecond; two exports in the same one still need names of their own.
        let mut moment = now;
        let file_name = loop {
            let time = TimeZone::UTC.to_datetime(moment);
            let mut name = format!(
                "{project}_{word}_download_{}{:03}",
                time.strftime("%Y%m%d%H%M%S"),
                time.millisecond()
            );
            let next = later(moment, Duration::from_millis(1));
            if next == moment {
                // The last millisecond of the calendar.
                name = format!("{name}{}", self.exports.len());
            }
            if self.exports.iter().all(|export| export.file_name != name) {
                break name;
            }
            moment = next;
        };
        let job = Job::new("", now, (Duration::ZERO, takes), outcome);
        let export = Export {
            deadline: job.deadline,
            workflow_id: self.leave_job(instance, what, job),
            instance: instance.to_owned(),
            what,
            file_name,
            created: now,
            reported: false,
        };
        self.exports.push(export.clone());
        export
    }

    /// Leaves the task of an export, and returns its id.
    fn leave_job(&mut self, instance: &str, what: Exported, job: Job) -> String {
        let name = match what {
            Exported::Slow | Exported::Trace(_) => "DownloadSlowLog",
            Exported::Error => "DownloadErrorLog",
        };
        let named = self.instance(instance).map(|instance| instance.name);
        let fields = json!({
            "name": name, "instance_id": instance, "instance_name": named, "entities": {},
        });
        let fields = fields.as_object().cloned().unwrap_or_default();
        match models().resources.get_key_value("job") {
            Some((resource, model)) => engine::leave(self, (resource, model), "", job, fields),
            None => String::new(),
        }
    }

    /// A failure was reported, so the next call begins anew.
    pub(crate) fn reported(&mut self, workflow_id: &str) {
        for export in &mut self.exports {
            export.reported |= export.workflow_id == workflow_id;
        }
    }

    /// The audit log files that an instance has.
    pub(crate) fn audit_files(&self, instance: &str) -> Vec<AuditFile> {
        let mut policies = self.store.of("audit-policy", instance).iter();
        match policies.any(|policy| policy.fields.get("files_deleted") == Some(&json!(true))) {
            true => Vec::new(),
            false => self.all_audit_files(instance),
        }
    }

    /// Those that it has had, newest first; each covers six hours, the newest ends when the cloud began.
    pub(super) fn all_audit_files(&self, instance: &str) -> Vec<AuditFile> {
        let mut end = self.started;
        (0..self.audit_files)
            .map(|number| {
                let begin = earlier(end, AUDIT_SPAN);
                let uuid = self.seed.uuid(&format!("audit {instance} {number}"));
                let time = TimeZone::UTC.to_datetime(begin).strftime("%Y%m%d%H%M%S");
                let file = AuditFile {
                    id: self.seed.hex32(&format!("audit id {instance} {number}")) + "br01",
                    name: format!("{}_{time}_{instance}_Audit_{uuid}", 317_000 + number),
                    begin,
                    end,
                };
                end = begin;
                file
            })
            .collect()
    }

    /// Whether the slow log of an instance shows statements with their values.
    pub(crate) fn shows_originals(&self, instance: &str) -> bool {
        let instance = self.store.get(INSTANCE, instance);
        instance.is_some_and(|one| one.text("shows_originals") == "on")
    }
}

/// The private address with a number.
pub(super) fn address(number: u32) -> String {
    let [_, b, c, d] = number.wrapping_add(9).to_be_bytes();
    format!("10.{}.{c}.{d}", b.wrapping_add(40))
}
