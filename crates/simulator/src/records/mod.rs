//! The records of all resources of a service, and the jobs on them.

mod job;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::seed::Seed;
pub(crate) use job::{Deadline, Job, JobOutcome, JobStatus, Progress};

/// What an id looks like.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum IdForm {
    #[default]
    Uuid,
    /// 32 hex digits.
    Hex,
}

/// A record of a resource.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    pub(crate) id: String,
    /// The id of what it belongs to; empty for what belongs to the project.
    pub(crate) parent: String,
    /// What is stored of it.
    pub(crate) fields: Map<String, Value>,
    pub(crate) job: Option<Job>,
    /// The job that goes on if this one, which was to end it, fails.
    pub(crate) before: Option<Job>,
    /// What is stored when the job is done.
    pub(crate) pending: Map<String, Value>,
    pub(crate) created: Timestamp,
    pub(crate) updated: Timestamp,
    /// Whether a list has shown it when no job was under way.
    pub(crate) seen: bool,
    /// Whether every project has it.
    pub(crate) shared: bool,
    /// Whether it is gone when its job is done.
    pub(crate) leaving: bool,
}

impl Record {
    pub(crate) fn new(id: String, parent: &str, created: Timestamp) -> Self {
        Self {
            id,
            parent: parent.to_owned(),
            fields: Map::new(),
            job: None,
            before: None,
            pending: Map::new(),
            created,
            updated: created,
            seen: false,
            shared: false,
            leaving: false,
        }
    }

    /// The job that counts.
    pub(crate) fn job(&self, now: Timestamp) -> Option<&Job> {
        let has_failed = |job: &Job| matches!(job.status(now), JobStatus::Failed(_));
        match (&self.job, &self.before) {
            (Some(job), Some(before)) if has_failed(job) => Some(before),
            (job, _) => job.as_ref(),
        }
    }

    pub(crate) fn under_way(&self, now: Timestamp) -> bool {
        self.job(now).is_some_and(|job| job.under_way(now))
    }

    /// Whether it has no job, or one that ended well.
    pub(crate) fn is_done(&self, now: Timestamp) -> bool {
        let status = self.job(now).map(|job| job.status(now));
        status.is_none_or(|status| matches!(status, JobStatus::Done(_)))
    }

    /// When something about it last changed.
    pub(crate) fn updated(&self, now: Timestamp) -> Timestamp {
        let of_job = self.job(now).map(|job| job.updated(now));
        of_job.map_or(self.updated, |of_job| of_job.max(self.updated))
    }

    pub(crate) fn number(&self, field: &str) -> u64 {
        let number = self.fields.get(field).and_then(Value::as_u64);
        number.unwrap_or_default()
    }

    pub(crate) fn texts(&self, field: &str) -> Vec<&str> {
        let texts = self.fields.get(field).and_then(Value::as_array);
        let texts = texts.into_iter().flatten().filter_map(Value::as_str);
        texts.collect()
    }

    pub(crate) fn text(&self, field: &str) -> &str {
        self.fields
            .get(field)
            .and_then(Value::as_str)
            .unwrap_or_default()
    }
}

/// Records of one resource and one parent that are kept; the oldest whose jobs have ended are forgotten, so that a
/// simulator can run for days.
const KEPT: usize = 1_000;

/// All records, oldest first.
pub(crate) struct Store {
    pub(crate) seed: Seed,
    /// By resource and parent.
    records: BTreeMap<String, BTreeMap<String, Vec<Record>>>,
    made: u64,
    /// Whether no job can change a record as long as nobody else does.
    is_settled: bool,
}

impl Store {
    pub(crate) fn new(seed: Seed) -> Self {
        Self {
            seed,
            records: BTreeMap::new(),
            made: 0,
            is_settled: true,
        }
    }

    /// A number that nothing else has got, for ids.
    pub(crate) fn number(&mut self) -> u64 {
        self.made += 1;
        self.made
    }

    /// A new id.
    pub(crate) fn id(&mut self, resource: &str, form: IdForm) -> String {
        let label = format!("{resource} {}", self.number());
        match form {
            IdForm::Uuid => self.seed.uuid(&label),
            IdForm::Hex => self.seed.hex32(&label),
        }
    }

    /// Adds a record. Where there are very many of its parent, the oldest one makes room.
    pub(crate) fn add(&mut self, resource: &str, record: Record) {
        let now = record.created;
        let records = self.records_of(resource, &record.parent);
        if records.len() >= KEPT
            && let Some(oldest) = records.iter().position(|one| !one.under_way(now))
        {
            records.remove(oldest);
        }
        records.push(record);
    }

    /// Adds a record beside which all others stay, however many there are: those to which others belong.
    pub(crate) fn add_for_good(&mut self, resource: &str, record: Record) {
        self.records_of(resource, &record.parent).push(record);
    }

    fn records_of(&mut self, resource: &str, parent: &str) -> &mut Vec<Record> {
        self.is_settled = false;
        let of_resource = self.records.entry(resource.to_owned()).or_default();
        of_resource.entry(parent.to_owned()).or_default()
    }

    /// All records of a resource.
    pub(crate) fn all(&self, resource: &str) -> impl Iterator<Item = &Record> + use<'_> {
        let parents = self.records.get(resource).into_iter();
        parents.flat_map(BTreeMap::values).flatten()
    }

    /// The records of a parent; those of the project have an empty one.
    pub(crate) fn of(&self, resource: &str, parent: &str) -> &[Record] {
        let records = self.records.get(resource);
        let records = records.and_then(|parents| parents.get(parent));
        records.map_or(&[], Vec::as_slice)
    }

    pub(crate) fn of_mut(&mut self, resource: &str, parent: &str) -> &mut [Record] {
        self.is_settled = false;
        let records = self.records.get_mut(resource);
        let records = records.and_then(|parents| parents.get_mut(parent));
        records.map_or(&mut [], Vec::as_mut_slice)
    }

    pub(crate) fn get(&self, resource: &str, id: &str) -> Option<&Record> {
        self.all(resource).find(|record| record.id == id)
    }

    pub(crate) fn get_mut(&mut self, resource: &str, id: &str) -> Option<&mut Record> {
        self.is_settled = false;
        let parents = self.records.get_mut(resource).into_iter();
        let mut records = parents.flat_map(BTreeMap::values_mut).flatten();
        records.find(|record| record.id == id)
    }

    pub(crate) fn remove(&mut self, resource: &str, id: &str) {
        let parents = self.records.get_mut(resource).into_iter();
        for records in parents.flat_map(BTreeMap::values_mut) {
            records.retain(|record| record.id != id);
        }
    }

    /// Whether a job is under way on any of the parent's records.
    pub(crate) fn is_busy(&self, resource: &str, parent: &str, now: Timestamp) -> bool {
        let mut records = self.of(resource, parent).iter();
        records.any(|record| record.under_way(now))
    }

    /// Removes the records of a parent that is gone.
    pub(crate) fn forget(&mut self, resource: &str, parent: &str) {
        if let Some(parents) = self.records.get_mut(resource) {
            parents.remove(parent);
        }
    }

    /// Jobs that have ended by now take effect. Returns which records that were to leave are to be removed, by resource
    /// and id.
    pub(crate) fn settle(&mut self, now: Timestamp) -> Vec<(String, String)> {
        let mut gone = Vec::new();
        // Every request asks for this, and nearly none has anything to do.
        if std::mem::replace(&mut self.is_settled, true) {
            return gone;
        }
        for (resource, parents) in &mut self.records {
            for record in parents.values_mut().flatten() {
                if record.pending.is_empty() && !record.leaving {
                    continue;
                }
                if record.under_way(now) {
                    self.is_settled = false;
                    continue;
                }
                let pending = std::mem::take(&mut record.pending);
                let leaves = std::mem::take(&mut record.leaving);
                if record.is_done(now) {
                    record.updated = record.updated(now);
                    record.fields.extend(pending);
                    gone.extend(leaves.then(|| (resource.clone(), record.id.clone())));
                }
            }
        }
        gone
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn record(store: &mut Store, parent: &str, second: i64, outcome: JobOutcome) -> Record {
        let id = store.id("task", IdForm::Hex);
        let created = Timestamp::from_second(second).unwrap();
        let times = (Duration::ZERO, Duration::from_secs(1));
        Record {
            job: Some(Job::new("run", created, times, outcome)),
            ..Record::new(id, parent, created)
        }
    }

    #[test]
    fn the_oldest_records_whose_jobs_have_ended_make_room() {
        let mut store = Store::new(Seed(1));
        let mut add = |parent, second, outcome| {
            let record = record(&mut store, parent, second, outcome);
            let id = record.id.clone();
            store.add("task", record);
            id
        };
        let other = add("other", 0, JobOutcome::Good);
        let stuck = add("one", 0, JobOutcome::Stuck);
        let first = add("one", 0, JobOutcome::Good);
        for second in 1..=1_100 {
            add("one", second * 10, JobOutcome::Good);
        }
        assert_eq!(store.of("task", "one").len(), KEPT);
        assert!(store.get("task", &first).is_none());
        assert!(store.get("task", &other).is_some() && store.get("task", &stuck).is_some());
        store.forget("task", "one");
        assert_eq!(store.all("task").count(), 1);
    }

    #[test]
    fn what_a_job_changes_is_stored_when_it_is_done_and_not_if_it_fails() {
        let mut store = Store::new(Seed(1));
        for (outcome, value) in [(JobOutcome::Good, "new"), (JobOutcome::Fails, "old")] {
            let mut record = record(&mut store, "", 0, outcome);
            let id = record.id.clone();
            record.fields.insert("a".to_owned(), Value::from("old"));
            record.pending.insert("a".to_owned(), Value::from("new"));
            store.add("task", record);
            store.settle(Timestamp::from_second(0).unwrap());
            assert_eq!(store.get("task", &id).unwrap().text("a"), "old");
            store.settle(Timestamp::from_second(1).unwrap());
            assert_eq!(store.get("task", &id).unwrap().text("a"), value);
        }
    }
}
