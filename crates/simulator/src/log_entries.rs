//! Single entries of slow and error logs. They follow from seed, instance and number; none is stored.

use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::clock::{earlier, later};
use crate::records::Record;
use crate::seed::Seed;

/// A log that has entries, under the name that models have for it.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Log {
    SlowCommands,
    SlowStatements,
    Failures,
}

/// Where the entries of all instances come from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LogEntries {
    pub(crate) seed: Seed,
    /// The newest entry of each log is shortly before this time.
    pub(crate) started: Timestamp,
    /// Entries per log.
    pub(crate) count: usize,
    /// Whether there are new ones as time passes, for which the oldest ones go.
    pub(crate) goes_on: bool,
}

/// Only the newest entries of a database log can be queried.
const KEPT: usize = 2000;

/// Entries are spread over this time before the start.
const SPAN: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// A slow Redis command.
#[derive(Clone, Debug)]
struct SlowCommand {
    id: u64,
    time: Timestamp,
    command: String,
    milliseconds: u32,
    /// Number that chooses the shard.
    shard: usize,
}

impl SlowCommand {
    fn said(&self) -> (Timestamp, Value) {
        let said = json!({
            "number": self.id,
            "command": self.command,
            "milliseconds": self.milliseconds,
            "shard": self.shard,
        });
        (self.time, said)
    }
}

/// A slow SQL statement.
#[derive(Clone, Debug)]
pub(crate) struct SlowStatement {
    pub(crate) time: Timestamp,
    pub(crate) kind: &'static str,
    pub(crate) microseconds: u64,
    pub(crate) lock_microseconds: u64,
    pub(crate) rows_sent: u32,
    pub(crate) rows_examined: u32,
    pub(crate) database: &'static str,
    pub(crate) user: &'static str,
    pub(crate) client: String,
    /// With the values replaced by `N`.
    pub(crate) pattern: String,
    /// As it was run.
    original: String,
}

impl SlowStatement {
    fn said(&self) -> (Timestamp, Value) {
        let said = json!({
            "kind": self.kind,
            "seconds": seconds(self.microseconds),
            "milliseconds": self.microseconds / 1_000,
            "lock_seconds": seconds(self.lock_microseconds),
            "lock_microseconds": self.lock_microseconds,
            "sent": self.rows_sent.to_string(),
            "examined": self.rows_examined.to_string(),
            "schema": self.database,
            "user": self.user,
            "client": self.client,
            "pattern": self.pattern,
            "original": self.original,
        });
        (self.time, said)
    }
}

/// Seconds with five digits behind the point.
pub(crate) fn seconds(microseconds: u64) -> String {
    format!(
        "{}.{:05}",
        microseconds / 1_000_000,
        microseconds % 1_000_000 / 10
    )
}

/// Each of what a log has as a record that is of its time.
fn each<T>(entries: Vec<T>, said: fn(&T) -> (Timestamp, Value)) -> Vec<Record> {
    let record = |entry: T| {
        let (time, said) = said(&entry);
        let mut record = Record::new(String::new(), "", time);
        if let Value::Object(fields) = said {
            record.fields = fields;
        }
        record.seen = true;
        record
    };
    entries.into_iter().map(record).collect()
}

/// An entry of an error log.
#[derive(Clone, Debug)]
struct ErrorEntry {
    time: Timestamp,
    level: &'static str,
    content: String,
}

impl ErrorEntry {
    fn said(&self) -> (Timestamp, Value) {
        let said = json!({ "severity": self.level, "text": self.content });
        (self.time, said)
    }
}

impl LogEntries {
    /// Number, time and random numbers of each entry, newest first. The first one before the start has the number 0, and those
    /// after it have negative ones.
    fn each(
        self,
        log: &str,
        now: Timestamp,
    ) -> impl Iterator<Item = (i64, Timestamp, fastrand::Rng)> {
        let count = i64::try_from(self.count).unwrap_or(i64::MAX);
        let gap = SPAN / u32::try_from(self.count.max(1)).unwrap_or(u32::MAX);
        let passed = Duration::try_from(now.duration_since(self.started)).unwrap_or_default();
        let new = match self.goes_on {
            true => passed.as_nanos() / gap.as_nanos().max(1),
            false => 0,
        };
        let first = -i64::try_from(new).unwrap_or(0);
        let base = self.seed.number(log);
        (first..first.saturating_add(count)).map(move |number| {
            let steps = u32::try_from(number.unsigned_abs()).unwrap_or(u32::MAX);
            let time = match number {
                ..0 => later(self.started, gap * steps),
                _ => earlier(self.started, gap * (steps + 1)),
            };
            let rng = fastrand::Rng::with_seed(base.wrapping_add(number.cast_unsigned()));
            (number, time, rng)
        })
    }

    /// The entries that a log of an instance or a node has by now, as records, oldest first.
    pub(crate) fn records(self, log: Log, of: &str, now: Timestamp) -> Vec<Record> {
        let mut entries = match log {
            Log::SlowCommands => each(self.slow_commands(of, now), SlowCommand::said),
            Log::SlowStatements => each(self.slow_statements(of, now), SlowStatement::said),
            Log::Failures => each(self.failures(of, now), ErrorEntry::said),
        };
        entries.reverse();
        entries
    }

    fn slow_commands(self, instance: &str, now: Timestamp) -> Vec<SlowCommand> {
        self.each(&format!("slow commands {instance}"), now)
            .map(|(number, time, mut rng)| SlowCommand {
                id: (self.count as u64).wrapping_sub(number.cast_unsigned()),
                time,
                command: match rng.u8(0..4) {
                    0 => "SLOWLOG GET 128".to_owned(),
                    1 => format!("KEYS session:{}*", rng.u16(..)),
                    2 => format!("HGETALL basket:{}", rng.u32(..)),
                    _ => format!("SMEMBERS tags:{}", rng.u16(..)),
                },
                milliseconds: rng.u32(11..4_000),
                shard: rng.usize(..1_000),
            })
            .collect()
    }

    pub(crate) fn slow_statements(self, instance: &str, now: Timestamp) -> Vec<SlowStatement> {
        self.each(&format!("slow statements {instance}"), now)
            .take(KEPT)
            .map(|(_, time, mut rng)| {
                let kind = rng
                    .choice(["SELECT", "INSERT", "UPDATE", "DELETE"])
                    .unwrap_or("SELECT");
                let table = rng
                    .choice(["orders", "customers", "invoices"])
                    .unwrap_or("orders");
                let id = rng.u32(1_000..999_999).to_string();
                let statement = |value: &str| match kind {
                    "INSERT" => format!("INSERT INTO {table} (id) VALUES ({value});"),
                    "UPDATE" => format!("UPDATE {table} SET state = {value} WHERE id = {value};"),
                    "DELETE" => format!("DELETE FROM {table} WHERE id < {value};"),
                    _ => format!("SELECT * FROM {table} WHERE id > {value};"),
                };
                SlowStatement {
                    time,
                    kind,
                    microseconds: rng.u64(1_000_000..20_000_000),
                    lock_microseconds: rng.u64(0..900),
                    rows_sent: rng.u32(0..2_000),
                    rows_examined: rng.u32(0..2_000_000),
                    database: rng.choice(["shop", "billing"]).unwrap_or("shop"),
                    user: rng.choice(["app", "root"]).unwrap_or("app"),
                    client: format!("192.*.*.{}", rng.u8(2..250)),
                    pattern: statement("N"),
                    original: statement(&id),
                }
            })
            .collect()
    }

    fn failures(self, instance: &str, now: Timestamp) -> Vec<ErrorEntry> {
        self.each(&format!("failures {instance}"), now)
            .take(KEPT)
            .map(|(_, time, mut rng)| {
                let level = rng
                    .choice(["ERROR", "ERROR", "WARNING", "NOTE", "FATAL"])
                    .unwrap_or("ERROR");
                let content = match rng.u8(0..3) {
                    0 => format!(
                        "Aborted connection {} to db: 'shop' user: 'app' (Got timeout reading communication packets)",
                        rng.u32(..)
                    ),
                    1 => "Slave I/O for channel '': error reconnecting, retry-time: 60".to_owned(),
                    _ => format!("relation \"orders_{}\" does not exist", rng.u16(..)),
                };
                ErrorEntry {
                    time,
                    level,
                    content,
                }
            })
            .collect()
    }
}

/// A time as `2018-08-06T10:41:14+0000`.
pub(crate) fn with_offset(time: Timestamp) -> String {
    TimeZone::UTC
        .to_datetime(time)
        .strftime("%Y-%m-%dT%H:%M:%S+0000")
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_in_utc() {
        let time = "2018-08-06T10:41:14+08:00".parse().unwrap();
        assert_eq!(with_offset(time), "2018-08-06T02:41:14+0000");
    }

    #[test]
    fn entries_follow_from_the_seed_and_go_back_in_time() {
        let log_entries = LogEntries {
            seed: Seed(1),
            started: "2026-01-02T03:04:05Z".parse().unwrap(),
            count: 50,
            goes_on: true,
        };
        let entries = log_entries.slow_statements("a", log_entries.started);
        assert_eq!(entries.len(), 50);
        assert!(entries.is_sorted_by(|a, b| a.time > b.time));
        assert_eq!(
            entries.first().map(|entry| &entry.original),
            log_entries
                .slow_statements("a", log_entries.started)
                .first()
                .map(|entry| &entry.original)
        );
    }

    #[test]
    fn new_entries_come_as_time_passes() {
        let started = "2026-01-02T03:04:05Z".parse().unwrap();
        let log_entries = LogEntries {
            seed: Seed(1),
            started,
            count: 7 * 24,
            goes_on: true,
        };
        let first = log_entries.slow_commands("a", started);
        let hour = Duration::from_secs(3600);
        let then = log_entries.slow_commands("a", later(started, 2 * hour));
        assert_eq!(then.len(), first.len());
        assert_eq!(then[0].time, later(started, 2 * hour));
        assert_eq!(then[1].time, later(started, hour));
        assert_eq!(then[2].time, first[0].time);
        assert_eq!((then[0].id, then[2].id), (first[0].id + 2, first[0].id));
        assert_eq!(then[2].command, first[0].command);
    }
}
