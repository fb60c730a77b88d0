//! Background tasks: what every asynchronous operation leaves.

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::timing::Takes;
use crate::ident::Seed;
use crate::state::{Course, Fate, Progress};

/// A background task.
#[derive(Clone, Debug)]
pub(crate) struct Task {
    pub(crate) id: String,
    pub(crate) instance: String,
    /// Such as `EXTEND`.
    pub(crate) name: &'static str,
    pub(crate) details: Map<String, Value>,
    pub(crate) created: Timestamp,
    pub(crate) course: Course,
}

impl Task {
    /// The documented word for how far it is, and when it ended.
    pub(crate) fn status(&self, now: Timestamp) -> (&'static str, Option<Timestamp>) {
        match self.course.progress(now) {
            Progress::UnderWay => ("RUNNING", None),
            Progress::Done(end) => ("SUCCESS", Some(end)),
            Progress::Failed(end) => ("FAIL", Some(end)),
        }
    }
}

/// Tasks of one instance that are kept; the oldest that have ended are forgotten, so that a simulator can run for days.
const KEPT: usize = 1_000;

/// All background tasks of the project, oldest first.
#[derive(Default)]
pub(crate) struct Tasks {
    list: Vec<Task>,
    count: u64,
}

/// Work that begins now.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Begin {
    pub(crate) seed: Seed,
    pub(crate) now: Timestamp,
    pub(crate) fate: Fate,
}

impl Begin {
    pub(crate) fn course(self, takes: Takes) -> Course {
        Course::new(self.now, takes.time(), self.fate)
    }
}

impl Tasks {
    /// Adds a task and returns its id.
    pub(crate) fn add(
        &mut self,
        begin: Begin,
        instance: &str,
        name: &'static str,
        course: Course,
        details: Value,
    ) -> String {
        self.forget(instance, begin.now);
        self.count += 1;
        let id = begin.seed.hex32(&format!("task {}", self.count));
        self.list.push(Task {
            id: id.clone(),
            instance: instance.to_owned(),
            name,
            details: match details {
                Value::Object(details) => details,
                _ => Map::new(),
            },
            created: begin.now,
            course,
        });
        id
    }

    /// Makes room for one more task of an instance.
    fn forget(&mut self, instance: &str, now: Timestamp) {
        if self.of(instance).count() < KEPT {
            return;
        }
        let has_ended = |task: &Task| task.instance == instance && task.status(now).1.is_some();
        if let Some(oldest) = self.list.iter().position(has_ended) {
            self.list.remove(oldest);
        }
    }

    /// Tasks of an instance, newest first.
    pub(crate) fn of(&self, instance: &str) -> impl Iterator<Item = &Task> {
        self.list
            .iter()
            .rev()
            .filter(move |task| task.instance == instance)
    }

    pub(crate) fn get(&self, id: &str) -> Option<&Task> {
        self.list.iter().find(|task| task.id == id)
    }

    pub(crate) fn remove(&mut self, id: &str) {
        self.list.retain(|task| task.id != id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_tasks_that_have_ended_make_room() {
        let begin = |second: i64, fate| Begin {
            seed: Seed(1),
            now: Timestamp::from_second(second).unwrap(),
            fate,
        };
        let mut tasks = Tasks::default();
        let mut add = |second, fate, instance| {
            let begin = begin(second, fate);
            let course = begin.course(Takes::Change);
            tasks.add(begin, instance, "modify", course, Value::Null)
        };
        let other = add(0, Fate::Good, "other");
        let stuck = add(0, Fate::Stuck, "one");
        let first = add(0, Fate::Good, "one");
        for second in 1..=1_100 {
            add(second * 10, Fate::Good, "one");
        }
        assert_eq!(tasks.of("one").count(), KEPT);
        assert!(tasks.get(&first).is_none());
        assert!(tasks.get(&other).is_some() && tasks.get(&stuck).is_some());
    }
}
