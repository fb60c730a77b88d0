//! The chosen logs of a folder, merged.

use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use otcdb_core::{Error, ErrorKind, Result};
use otcdb_entries::{Entry, Filter, Format, Label, Log, Merge, TimeContext};
use otcdb_logs::{Engine, Folder, LogKind, ManifestEntry};

use crate::args::moment::Moment;
use crate::args::{Choice, Window};
use crate::console::Console;

/// The logs of a folder that are read, and what is chosen of them.
pub(super) struct Logs {
    merge: Merge,
    /// By the numbers of the logs.
    labels: Vec<Label>,
    files: Vec<String>,
    /// Entries up to this time are left out, by the numbers of the logs.
    after: Vec<Option<Timestamp>>,
    /// How many of their entries are left out and were given whole, by the numbers of the logs.
    skip: Vec<u64>,
    given: Vec<u64>,
    /// The log whose entry is being given, of which more pieces may come.
    open: Option<usize>,
    filter: Filter,
    was_taken: bool,
}

/// A log that is read.
pub(super) struct Chosen<'a> {
    pub(super) record: &'a ManifestEntry,
    /// The time up to which its entries are known, if it has no copy to tell that.
    pub(super) after: Option<Timestamp>,
    /// How many of its entries are left out.
    pub(super) skip: u64,
}

impl<'a> Chosen<'a> {
    pub(super) fn whole(record: &'a ManifestEntry) -> Self {
        Self {
            record,
            after: None,
            skip: 0,
        }
    }
}

/// # Errors
/// A chosen instance is not in the folder.
pub(super) fn chosen<'a>(folder: &'a Folder, choice: &Choice) -> Result<Vec<&'a ManifestEntry>> {
    for wanted in &choice.instance {
        if !folder.logs().iter().any(|log| log.is_of(wanted)) {
            let names: BTreeSet<&str> = (folder.logs().iter())
                .map(|log| log.instance_name.as_str())
                .collect();
            let names: Vec<&str> = names.into_iter().take(20).collect();
            return Err(Error::new(
                ErrorKind::NotFound,
                format!("no log is of an instance {wanted:?}"),
            )
            .with_hint(format!("logs are there of: {}", names.join(", "))));
        }
    }
    let logs = folder.logs().iter().filter(|log| {
        (choice.kind.is_empty() || choice.kind.contains(&log.kind))
            && (choice.instance.is_empty()
                || choice.instance.iter().any(|wanted| log.is_of(wanted)))
    });
    Ok(logs.collect())
}

/// What a window and the rest of a choice let through.
///
/// # Errors
/// A time that there is not, or a window in which there is none.
pub(super) fn filter(choice: &Choice, window: &Window, now: Timestamp) -> Result<Filter> {
    let zone = window.time_zone.clone().unwrap_or_else(TimeZone::system);
    let at = |moment: &Option<Moment>, flag| {
        let moment = moment.as_ref();
        moment
            .map(|moment| moment.instant(flag, now, &zone))
            .transpose()
    };
    let since = window.since.map(|since| {
        let since = jiff::SignedDuration::try_from(since).unwrap_or(jiff::SignedDuration::MAX);
        now.checked_sub(since).unwrap_or(Timestamp::MIN)
    });
    let (from, to) = (
        at(&window.from, "--from")?.or(since),
        at(&window.to, "--to")?,
    );
    if let (Some(from), Some(to)) = (from, to)
        && from >= to
    {
        return Err(Error::invalid_argument(format!(
            "nothing is from {from} on and before {to}: --from has to be before --to"
        )));
    }
    Ok(Filter::default()
        .from(from)
        .to(to)
        .severity(choice.level)
        .pattern(choice.grep.clone()))
}

impl Logs {
    pub(super) fn new<'a>(
        folder: &Folder,
        logs: impl IntoIterator<Item = Chosen<'a>>,
        zone: &TimeZone,
        filter: Filter,
    ) -> Self {
        let mut all = Self {
            merge: Merge::new(),
            labels: Vec::new(),
            files: Vec::new(),
            after: Vec::new(),
            skip: Vec::new(),
            given: Vec::new(),
            open: None,
            filter,
            was_taken: false,
        };
        let earlier = folder.earlier_copies();
        for Chosen {
            record,
            after,
            skip,
        } in logs
        {
            // All entries of this one are known to be too early.
            if let (Some(from), Some(newest)) = (all.filter.from, record.newest)
                && newest < from
            {
                continue;
            }
            let opener = |record: &ManifestEntry| -> otcdb_entries::Opener {
                let (folder, record) = (folder.clone(), record.clone());
                Arc::new(move || folder.file(&record))
            };
            let times = [record.oldest, record.from, record.until];
            let known = times.into_iter().flatten().next();
            let near = record.until.unwrap_or(record.fetched_at);
            let before = earlier.get(record.file.as_str());
            let log = Log::new(opener(record))
                .likely(likely(record.kind))
                .context(TimeContext::new(zone.clone(), near))
                .fallback(known.unwrap_or(record.fetched_at))
                .until(record.until.max(Some(record.fetched_at)))
                .before(before.map(|before| opener(before)));
            all.merge.add(log);
            all.labels.push(label(record));
            all.files.push(record.file.clone());
            all.after.push(after);
            all.skip.push(skip);
            all.given.push(0);
        }
        all
    }

    /// How many columns the names take.
    pub(super) fn width(&self) -> usize {
        const MOST: usize = 40;
        let names = self.labels.iter().map(|label| label.name.chars().count());
        names.max().unwrap_or_default().min(MOST)
    }

    /// The next chosen entry, with whose log it is from.
    pub(super) fn next(&mut self) -> Option<(usize, &Label, Entry<'_>)> {
        let Self {
            merge,
            labels,
            after,
            skip,
            given,
            open,
            filter,
            was_taken,
            ..
        } = self;
        // The entry that is looked at cannot be given from within a loop that goes on with the merge.
        let found = loop {
            let Some((number, entry)) = merge.next() else {
                if let Some(given) = open.take().and_then(|open| given.get_mut(open)) {
                    *given += 1;
                }
                return None;
            };
            if filter.is_over(entry.time) {
                return None;
            }
            // The pieces of a long entry are shown as its first one is.
            if !entry.is_rest {
                if let Some(given) = open.replace(number).and_then(|open| given.get_mut(open)) {
                    *given += 1;
                }
                let begun = given.get(number).copied().unwrap_or_default();
                let is_known = skip.get(number).is_some_and(|skip| begun < *skip);
                let after = after.get(number).copied().flatten();
                *was_taken = !is_known
                    && filter.takes(&entry)
                    && after.is_none_or(|after| entry.time > after);
            }
            if *was_taken {
                break number;
            }
        };
        let entry = merge.current()?;
        Some((found, labels.get(found)?, entry))
    }

    /// How many entries of each file are behind the one that is given, chosen or not.
    pub(super) fn given(&self) -> impl Iterator<Item = (&str, u64)> {
        let files = self.files.iter().map(String::as_str);
        files.zip(self.given.iter().copied())
    }

    /// The files that could not be read to their ends so far.
    pub(super) fn failed(&self) -> Vec<String> {
        let numbers = self.merge.failed();
        let files = numbers.filter_map(|number| self.files.get(number).cloned());
        files.collect()
    }

    /// Tells the logs that could not be read to their ends.
    pub(super) fn tell_failures(&mut self, console: &Console) -> Vec<ErrorKind> {
        let failures: Vec<(usize, io::Error)> = self.merge.failures();
        for (number, error) in &failures {
            let file = self.files.get(*number).map_or("", String::as_str);
            console.failure(
                &format!("{file} cannot be read to its end: {error}"),
                Some("pull it again, or leave it out with --instance or --kind"),
            );
        }
        failures.iter().map(|_| ErrorKind::Storage).collect()
    }
}

/// The forms that logs of a kind have.
fn likely(kind: LogKind) -> Vec<Format> {
    match kind {
        LogKind::RedisRun => vec![Format::Redis],
        LogKind::RedisSlow => vec![Format::Json],
        LogKind::RdsError => vec![
            Format::Json,
            Format::Postgres,
            Format::PostgresCsv,
            Format::MysqlError,
        ],
        LogKind::RdsSlow => vec![Format::MysqlSlow, Format::Postgres, Format::Json],
        LogKind::RdsAudit => vec![Format::Audit],
        _ => Vec::new(),
    }
}

/// What OpenTelemetry calls a database that all logs of a kind are of.
fn system(engine: &Engine) -> Option<&'static str> {
    match engine {
        Engine::Redis => Some("redis"),
        Engine::MySql | Engine::GaussDbMySql => Some("mysql"),
        Engine::PostgreSql => Some("postgresql"),
        Engine::SqlServer => Some("microsoft.sql_server"),
        Engine::MongoDb => Some("mongodb"),
        _ => None,
    }
}

fn label(record: &ManifestEntry) -> Label {
    let mut resource = vec![
        ("service.name", record.instance_name.clone()),
        ("service.namespace", record.kind.service().to_string()),
        ("service.instance.id", record.instance.clone()),
    ];
    let system = record.kind.engine().and_then(system);
    resource.extend(system.map(|system| ("db.system.name", system.to_owned())));
    Label::new(record.instance_name.clone())
        .resource(resource)
        .attributes([
            ("otcdb.kind", record.kind.to_string()),
            ("log.file.path", record.file.clone()),
        ])
}
