//! Database instances, exports of their logs, and audit.

use std::collections::HashMap;
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::clock::{earlier, later};
use crate::records::{Deadline, JobOutcome, Progress};
use crate::seed::Seed;

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
    /// The engine as `datastore.type` has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::MySql => "MySQL",
            Self::PostgreSql => "PostgreSQL",
            Self::SqlServer => "SQLServer",
        }
    }

    fn id_suffix(self) -> &'static str {
        match self {
            Self::MySql => "in01",
            Self::PostgreSql => "in03",
            Self::SqlServer => "in04",
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

/// What a MySQL instance has been told about its audit log.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AuditPolicy {
    pub(crate) keep_days: u64,
    pub(crate) files_deleted: bool,
}

/// The state of the database service.
pub(crate) struct Databases {
    seed: Seed,
    started: Timestamp,
    audit_files: usize,
    pub(crate) instances: Vec<DatabaseInstance>,
    exports: Vec<Export>,
    policies: HashMap<String, AuditPolicy>,
    /// Instances whose slow log shows statements with their values.
    originals: HashMap<String, bool>,
}

const AUDIT_SPAN: Duration = Duration::from_secs(6 * 60 * 60);

impl Databases {
    pub(crate) fn new(
        seed: Seed,
        started: Timestamp,
        counts: [(Engine, usize); 3],
        audit_files: usize,
    ) -> Self {
        let mut instances = Vec::new();
        for (engine, count) in counts {
            let word = engine.name().to_lowercase();
            for number in 1..=count {
                let name = format!("{word}-{number}");
                let id = seed.hex32(&format!("database {name}"));
                let [_, b, c, d] = u32::try_from(instances.len())
                    .unwrap_or_default()
                    .wrapping_add(10)
                    .to_be_bytes();
                instances.push(DatabaseInstance {
                    id: format!("{id}{}", engine.id_suffix()),
                    ip: format!("10.{}.{c}.{d}", b.wrapping_add(40)),
                    name,
                    engine,
                });
            }
        }
        Self {
            seed,
            started,
            audit_files,
            instances,
            exports: Vec::new(),
            policies: HashMap::new(),
            originals: HashMap::new(),
        }
    }

    pub(crate) fn instance(&self, id: &str) -> Option<&DatabaseInstance> {
        self.instances.iter().find(|instance| instance.id == id)
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
        let export = Export {
            workflow_id: self.seed.uuid(&format!("workflow {instance} {file_name}")),
            instance: instance.to_owned(),
            what,
            file_name,
            created: now,
            deadline: Deadline::new(now, takes, outcome),
            reported: false,
        };
        self.exports.push(export.clone());
        export
    }

    pub(crate) fn export_by_workflow(&self, id: &str) -> Option<&Export> {
        self.exports.iter().find(|export| export.workflow_id == id)
    }

    /// A failure was reported, so the next call begins anew.
    pub(crate) fn reported(&mut self, workflow_id: &str) {
        for export in &mut self.exports {
            export.reported |= export.workflow_id == workflow_id;
        }
    }

    pub(crate) fn audit_policy(&self, instance: &str) -> AuditPolicy {
        self.policies.get(instance).copied().unwrap_or(AuditPolicy {
            keep_days: 7,
            files_deleted: false,
        })
    }

    pub(crate) fn set_audit_policy(&mut self, instance: &str, policy: AuditPolicy) {
        self.policies.insert(instance.to_owned(), policy);
    }

    /// Audit log files of an instance, newest first; each covers six hours, the newest ends when the cloud began.
    pub(crate) fn audit_files(&self, instance: &str) -> Vec<AuditFile> {
        if self.audit_policy(instance).files_deleted {
            return Vec::new();
        }
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

    pub(crate) fn shows_originals(&self, instance: &str) -> bool {
        self.originals.get(instance).copied().unwrap_or_default()
    }

    pub(crate) fn show_originals(&mut self, instance: &str, show: bool) {
        self.originals.insert(instance.to_owned(), show);
    }
}
