//! Run logs of Redis instances.

use std::collections::HashMap;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::shape::Replica;
use crate::ident::Seed;
use crate::state::{Course, Fate, Progress};

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

/// The run logs of all instances.
#[derive(Default)]
pub(crate) struct RunLogs(HashMap<String, Vec<RunLog>>);

impl RunLogs {
    /// Starts the collection of some days of one node. What is being collected or is there already stays, what
    /// failed is tried again.
    #[expect(
        clippy::too_many_arguments,
        reason = "each is a fact of the collection"
    )]
    pub(crate) fn collect(
        &mut self,
        seed: Seed,
        instance: &str,
        replica: &Replica,
        days: u64,
        now: Timestamp,
        takes: Duration,
        fate: Fate,
    ) {
        let logs = self.0.entry(instance.to_owned()).or_default();
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
                    id: seed.uuid(&format!("run log {instance} {file_name}")),
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
    pub(crate) fn list(&mut self, instance: &str, now: Timestamp, stale: bool) -> Vec<&RunLog> {
        let logs = self.0.entry(instance.to_owned()).or_default();
        if !stale {
            for log in logs.iter_mut() {
                log.shown |= matches!(log.course.progress(now), Progress::Done(_));
            }
        }
        logs.iter().filter(|log| !stale || log.shown).collect()
    }

    pub(crate) fn get(&self, instance: &str, id: &str) -> Option<&RunLog> {
        self.0.get(instance)?.iter().find(|log| log.id == id)
    }

    /// Forgets the run logs of an instance that is gone.
    pub(crate) fn forget(&mut self, instance: &str) {
        self.0.remove(instance);
    }
}
