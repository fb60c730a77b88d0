//! The records of all resources of a service, and the jobs on them.

mod job;

use std::collections::{BTreeMap, BTreeSet, HashMap};

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
    /// Where a record is: parent and place, by resource and id. There may be thousands of one parent, and every request
    /// asks for some. What each instance has with the same id is here once.
    places: HashMap<String, HashMap<String, (String, usize)>>,
    made: u64,
    /// Milliseconds since 1970 that were given out, by resource.
    moments: BTreeMap<String, BTreeSet<i64>>,
    /// Resource and parent of the records that somebody may have changed, or that a job is about to change.
    unsettled: BTreeSet<(String, String)>,
}

impl Store {
    pub(crate) fn new(seed: Seed) -> Self {
        Self {
            seed,
            records: BTreeMap::new(),
            places: HashMap::new(),
            made: 0,
            moments: BTreeMap::new(),
            unsettled: BTreeSet::new(),
        }
    }

    /// A number that nothing else has got, for ids.
    pub(crate) fn number(&mut self) -> u64 {
        self.made += 1;
        self.made
    }

    /// A millisecond that no other record of the resource has got: this one, or the next that is free. Nothing where the
    /// calendar has no more.
    pub(crate) fn moment(&mut self, resource: &str, now: Timestamp) -> Option<Timestamp> {
        /// So far back nothing is asked for any more: the clock does not go back.
        const KEPT: i64 = 60 * 60 * 1000;
        let taken = self.moments.entry(resource.to_owned()).or_default();
        let mut moment = now.as_millisecond();
        *taken = taken.split_off(&moment.saturating_sub(KEPT));
        while !taken.insert(moment) {
            moment += 1;
        }
        Timestamp::from_millisecond(moment).ok()
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
        let parent = record.parent.clone();
        let records = self.records_of(resource, &parent);
        if records.len() >= KEPT
            && let Some(oldest) = records.iter().position(|one| !one.under_way(now))
        {
            let gone = records.remove(oldest);
            self.forget_place(resource, &gone);
            self.note_places(resource, &parent, oldest);
        }
        self.add_for_good(resource, record);
    }

    /// Adds a record beside which all others stay, however many there are: those to which others belong.
    pub(crate) fn add_for_good(&mut self, resource: &str, record: Record) {
        let parent = record.parent.clone();
        self.unsettle(resource, &parent);
        let records = self.records_of(resource, &parent);
        records.push(record);
        let last = records.len() - 1;
        self.note_places(resource, &parent, last);
    }

    fn records_of(&mut self, resource: &str, parent: &str) -> &mut Vec<Record> {
        let of_resource = self.records.entry(resource.to_owned()).or_default();
        of_resource.entry(parent.to_owned()).or_default()
    }

    /// Notes where the records of a parent are, from one place on.
    fn note_places(&mut self, resource: &str, parent: &str, from: usize) {
        let parents = self.records.get(resource);
        let records = parents.and_then(|parents| parents.get(parent));
        let places = self.places.entry(resource.to_owned()).or_default();
        for (place, record) in records.into_iter().flatten().enumerate().skip(from) {
            places.insert(record.id.clone(), (parent.to_owned(), place));
        }
    }

    fn forget_place(&mut self, resource: &str, gone: &Record) {
        if let Some(places) = self.places.get_mut(resource) {
            places.remove(&gone.id);
        }
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
        self.unsettle(resource, parent);
        let records = self.records.get_mut(resource);
        let records = records.and_then(|parents| parents.get_mut(parent));
        records.map_or(&mut [], Vec::as_mut_slice)
    }

    pub(crate) fn get(&self, resource: &str, id: &str) -> Option<&Record> {
        let (parent, place) = self.place(resource, id)?;
        self.of(resource, parent).get(place)
    }

    pub(crate) fn get_mut(&mut self, resource: &str, id: &str) -> Option<&mut Record> {
        let (parent, place) = self.place(resource, id)?;
        let parent = parent.to_owned();
        self.of_mut(resource, &parent).get_mut(place)
    }

    /// The parent of a record, and its place among that one's.
    fn place(&self, resource: &str, id: &str) -> Option<(&str, usize)> {
        let known = self.places.get(resource).and_then(|places| places.get(id));
        let known = known.map(|(parent, place)| (parent.as_str(), *place));
        // It may have been moved since, and another one with its id may have gone.
        let is_there = |(parent, place): &(&str, usize)| {
            let record = self.of(resource, parent).get(*place);
            record.is_some_and(|record| record.id == id)
        };
        known.filter(is_there).or_else(|| {
            let mut parents = self.records.get(resource)?.iter();
            parents.find_map(|(parent, records)| {
                let place = records.iter().position(|record| record.id == id)?;
                Some((parent.as_str(), place))
            })
        })
    }

    fn unsettle(&mut self, resource: &str, parent: &str) {
        self.unsettled
            .insert((resource.to_owned(), parent.to_owned()));
    }

    pub(crate) fn remove(&mut self, resource: &str, id: &str) {
        let Some((parent, place)) = self.place(resource, id) else {
            return;
        };
        let parent = parent.to_owned();
        let gone = self.records_of(resource, &parent).remove(place);
        self.forget_place(resource, &gone);
        self.note_places(resource, &parent, place);
    }

    /// Whether a job is under way on any of the parent's records.
    pub(crate) fn is_busy(&self, resource: &str, parent: &str, now: Timestamp) -> bool {
        let mut records = self.of(resource, parent).iter();
        records.any(|record| record.under_way(now))
    }

    /// Removes the records of a parent that is gone.
    pub(crate) fn forget(&mut self, resource: &str, parent: &str) {
        let parents = self.records.get_mut(resource);
        let gone = parents.and_then(|parents| parents.remove(parent));
        for record in gone.iter().flatten() {
            self.forget_place(resource, record);
        }
    }

    /// Jobs that have ended by now take effect. Returns which records that were to leave are to be removed, by resource
    /// and id.
    pub(crate) fn settle(&mut self, now: Timestamp) -> Vec<(String, String)> {
        let mut gone = Vec::new();
        // Every request asks for this, and nearly none has anything to do.
        for (resource, parent) in std::mem::take(&mut self.unsettled) {
            let mut is_settled = true;
            for record in self.of_mut(&resource, &parent) {
                if record.pending.is_empty() && !record.leaving {
                    continue;
                }
                if record.under_way(now) {
                    is_settled = false;
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
            if is_settled {
                self.unsettled.remove(&(resource, parent));
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
    fn a_record_is_found_by_its_id_wherever_others_have_gone() {
        let mut store = Store::new(Seed(1));
        let now = Timestamp::from_second(0).unwrap();
        for parent in ["one", "other"] {
            for id in ["a", "b", "c"] {
                store.add("task", Record::new(format!("{parent} {id}"), parent, now));
                // Each parent has its own of these.
                store.add("setting", Record::new(id.to_owned(), parent, now));
            }
        }
        store.remove("task", "one a");
        let found = ["one a", "one b", "one c", "other c"].map(|id| store.get("task", id));
        let found = found.map(|record| record.map_or("", |record| record.id.as_str()));
        assert_eq!(found, ["", "one b", "one c", "other c"]);
        // Whoever changes records may bring them into another order.
        store.of_mut("task", "other").reverse();
        for id in ["other a", "other c"] {
            assert_eq!(store.get_mut("task", id).unwrap().id, id);
        }
        for parent in ["other", "one"] {
            let setting = store.get_mut("setting", "b").unwrap();
            assert_eq!(
                (setting.id.as_str(), setting.parent.as_str()),
                ("b", parent)
            );
            store.forget("setting", parent);
        }
        assert!(store.get("setting", "b").is_none());
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
