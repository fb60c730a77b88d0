//! Configuration parameters: which there are, what an instance has, and what was changed.

use std::collections::HashMap;

use jiff::Timestamp;

use crate::digits::number;
use crate::state::{Course, Progress};

/// A parameter that instances have.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Definition {
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
    pub(crate) default: &'static str,
    pub(crate) range: Range,
    pub(crate) description: &'static str,
}

/// Which values a parameter can have.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Range {
    Number(u64, u64),
    OneOf(&'static str),
    Text,
}

const fn parameter(
    id: &'static str,
    name: &'static str,
    default: &'static str,
    range: Range,
    description: &'static str,
) -> Definition {
    Definition {
        id,
        name,
        default,
        range,
        description,
    }
}

/// The policies under which the access frequency of keys is known.
pub(crate) const FREQUENCY_POLICIES: [&str; 2] = ["allkeys-lfu", "volatile-lfu"];
pub(crate) const POLICY: &str = "maxmemory-policy";

pub(crate) const DEFINITIONS: [Definition; 12] = [
    parameter(
        "1",
        "timeout",
        "0",
        Range::Number(0, 7200),
        "Seconds of idleness after which a client is disconnected; 0 never.",
    ),
    parameter(
        "2",
        POLICY,
        "volatile-lru",
        Range::OneOf(
            "volatile-lru,allkeys-lru,volatile-lfu,allkeys-lfu,volatile-random,allkeys-random,volatile-ttl,noeviction",
        ),
        "Which keys give way when memory is full.",
    ),
    parameter(
        "3",
        "hash-max-ziplist-entries",
        "512",
        Range::Number(1, 10_000),
        "Entries up to which a hash is stored compactly.",
    ),
    parameter(
        "4",
        "hash-max-ziplist-value",
        "64",
        Range::Number(1, 10_000),
        "Bytes of a value up to which a hash is stored compactly.",
    ),
    parameter(
        "5",
        "set-max-intset-entries",
        "512",
        Range::Number(1, 10_000),
        "Entries up to which a set of numbers is stored compactly.",
    ),
    parameter(
        "6",
        "zset-max-ziplist-entries",
        "128",
        Range::Number(1, 10_000),
        "Entries up to which a sorted set is stored compactly.",
    ),
    parameter(
        "7",
        "latency-monitor-threshold",
        "0",
        Range::Number(0, 86_400_000),
        "Milliseconds from which an event is sampled; 0 switches sampling off.",
    ),
    parameter(
        "8",
        "notify-keyspace-events",
        "Ex",
        Range::Text,
        "Which events of keys are published.",
    ),
    parameter(
        "9",
        "slowlog-log-slower-than",
        "10000",
        Range::Number(0, 1_000_000),
        "Microseconds from which a command is slow.",
    ),
    parameter(
        "10",
        "slowlog-max-len",
        "128",
        Range::Number(0, 1_000),
        "Commands that the slow log holds.",
    ),
    parameter(
        "11",
        "appendonly",
        "yes",
        Range::OneOf("yes,no"),
        "Whether writes are logged to disk.",
    ),
    parameter(
        "12",
        "lua-time-limit",
        "5000",
        Range::Number(100, 5_000),
        "Milliseconds that a script may run.",
    ),
];

impl Definition {
    pub(crate) fn named(name: &str) -> Option<&'static Self> {
        DEFINITIONS
            .iter()
            .find(|definition| definition.name == name)
    }

    pub(crate) fn accepts(&self, value: &str) -> bool {
        match self.range {
            Range::Number(least, most) => {
                number(value).is_some_and(|number: u64| (least..=most).contains(&number))
            }
            Range::OneOf(words) => words.split(',').any(|word| word == value),
            Range::Text => true,
        }
    }
}

/// A change of parameters.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    pub(crate) id: String,
    pub(crate) created: Timestamp,
    pub(crate) course: Course,
    values: Vec<(&'static str, String)>,
    applied: bool,
}

impl Change {
    pub(crate) fn status(&self, now: Timestamp) -> &'static str {
        match self.course.progress(now) {
            Progress::UnderWay => "UPDATING",
            Progress::Done(_) => "SUCCESS",
            Progress::Failed(_) => "FAILURE",
        }
    }
}

/// The parameters of an instance.
#[derive(Clone, Debug, Default)]
pub(crate) struct Parameters {
    values: HashMap<&'static str, String>,
    /// Oldest first.
    pub(crate) changes: Vec<Change>,
}

impl Parameters {
    pub(crate) fn value<'a>(&'a self, definition: &'a Definition) -> &'a str {
        self.values
            .get(definition.name)
            .map_or(definition.default, String::as_str)
    }

    /// Whether the access frequency of keys is known.
    pub(crate) fn knows_frequency(&self) -> bool {
        Definition::named(POLICY)
            .is_some_and(|policy| FREQUENCY_POLICIES.contains(&self.value(policy)))
    }

    /// Sets a value at once, as a template does.
    pub(crate) fn set(&mut self, name: &'static str, value: String) {
        self.values.insert(name, value);
    }

    /// Begins a change, which takes effect when its course is done.
    pub(crate) fn change(
        &mut self,
        id: String,
        created: Timestamp,
        course: Course,
        values: Vec<(&'static str, String)>,
    ) {
        self.changes.push(Change {
            id,
            created,
            course,
            values,
            applied: false,
        });
    }

    pub(crate) fn settle(&mut self, now: Timestamp) {
        for change in &mut self.changes {
            if !change.applied && matches!(change.course.progress(now), Progress::Done(_)) {
                change.applied = true;
                self.values.extend(change.values.iter().cloned());
            }
        }
    }

    pub(crate) fn changing(&self, now: Timestamp) -> bool {
        self.changes
            .iter()
            .any(|change| change.course.progress(now) == Progress::UnderWay)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_default_is_a_good_value() {
        for definition in DEFINITIONS {
            assert!(
                definition.accepts(definition.default),
                "{}",
                definition.name
            );
        }
        let timeout = Definition::named("timeout").unwrap();
        assert!(!timeout.accepts("+7") && timeout.accepts("7"));
        assert!(!timeout.accepts("7201") && !timeout.accepts("-1") && !timeout.accepts(""));
    }
}
