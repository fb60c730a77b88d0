//! Models of resources: what only a simulator has to know of a service, beside its description.
//!
//! Beside the models, `errors.yaml` has the documented errors of a service, and
//! `examples.yaml` lists the operations that answer as their documented examples do. A model is a YAML
//! file `models/<service>/<resource>.yaml`. It says how long jobs take and what their states are
//! called, what has to hold before an operation does anything and with which documented code it is refused else, and
//! which values a record has. What it does not say follows from the description: names and types of fields, filters,
//! pages, and the values of fields that nobody sets, which are those of the documented example.
//!
//! Nothing here is a language. What paths and constants cannot say is a function of the service that the model names.

mod bundled;
mod check;
mod errors;
mod file;
mod guard;
mod path;
mod read;
mod terms;

use std::collections::{BTreeMap, HashSet};
use std::sync::OnceLock;
use std::time::Duration;

use jiff::Timestamp;
use otcdb_openapi::{Schema, Verb};
use serde::Deserialize;
use serde_json::Value;

use crate::log_entries::Log;
use crate::records::{IdForm, Job, JobStatus};

#[cfg(test)]
pub(crate) use bundled::read;
pub(crate) use bundled::{bundled, of};
pub(crate) use errors::{Common, DocumentedError, Errors};
pub(crate) use file::{FileModel, Setting, Span};
pub(crate) use guard::Guard;
pub(crate) use path::{End, Error, Moment, Part, Path, Text};
pub(crate) use terms::{Condition, Fields, Form, Search, Source, Test};

/// The models of a service.
#[derive(Debug, Default)]
pub(crate) struct Models {
    pub(crate) resources: BTreeMap<String, Model>,
    /// Documented errors.
    pub(crate) errors: Errors,
    /// Operations that answer as their documented examples do.
    pub(crate) examples: Vec<String>,
}

/// The model of a resource.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Model {
    /// The resource that it belongs to, whose id is in the paths; nothing for one of the project.
    #[serde(default)]
    pub(crate) parent: Option<String>,
    /// Where its id is shown; a parent has exactly one record of a resource that has none.
    #[serde(default)]
    pub(crate) id: Option<Id>,
    /// Whether its records stay when what they belong to is deleted.
    #[serde(default)]
    pub(crate) outlives_parent: bool,
    /// Lists begin with what was made last.
    #[serde(default)]
    pub(crate) newest_first: bool,
    /// With what a request for one that is not there is refused.
    #[serde(default)]
    pub(crate) missing: Option<Error>,
    #[serde(default)]
    pub(crate) jobs: BTreeMap<String, JobModel>,
    /// Records of resources that belong to nothing, by the names under which paths lead to them.
    #[serde(default)]
    pub(crate) links: BTreeMap<String, Link>,
    /// Conditions that operations can name.
    #[serde(default)]
    pub(crate) guards: BTreeMap<String, Vec<Guard>>,
    /// What is stored when a record is made.
    #[serde(default)]
    pub(crate) set: Fields,
    /// The field with the time from which on it is gone.
    #[serde(default)]
    pub(crate) until: Option<String>,
    /// The file that a record has.
    #[serde(default)]
    pub(crate) file: Option<FileModel>,
    /// The log whose entries its records are.
    #[serde(default)]
    pub(crate) entries: Option<Entries>,
    /// What is found out when it is shown.
    #[serde(default)]
    pub(crate) show: Fields,
    /// More that is found out when it is shown, by a function of the service.
    #[serde(default)]
    pub(crate) facts: Option<Facts>,
    /// What is stored or found out and never shown.
    #[serde(default)]
    pub(crate) hidden: Vec<String>,
    /// What is there from the start.
    #[serde(default)]
    pub(crate) seeds: Vec<Seed>,
    /// What the resource's operations do.
    #[serde(default)]
    pub(crate) operations: BTreeMap<String, OperationModel>,
    /// The fields of which it says anything, once that was asked.
    #[serde(skip)]
    declared: OnceLock<HashSet<String>>,
}

impl Model {
    /// Whether it says anything of a field, whichever operation is asked for.
    pub(crate) fn is_declared(&self, field: &str) -> bool {
        let declared = self.declared.get_or_init(|| {
            let fields = self.operations.values().map(|one| &one.set);
            let fields = fields.chain([&self.set, &self.show]);
            let facts = self.facts.iter().flat_map(|facts| &facts.fields);
            let names = fields.flat_map(BTreeMap::keys);
            names.chain(facts).chain(&self.hidden).cloned().collect()
        });
        declared.contains(field)
    }
}

/// Fields that a function finds out.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Facts {
    pub(crate) rust: String,
    /// All values that it may say.
    pub(crate) fields: Vec<String>,
}

/// A log whose entries are records. None is stored.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Entries {
    pub(crate) log: Log,
    /// Whose log it is, if it is not that of the parent: a list of objects. The `id` of each has a log of its own, whose
    /// entries have the other members.
    #[serde(default)]
    pub(crate) of: Option<Form>,
}

/// The id of a record.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Id {
    pub(crate) field: String,
    #[serde(default)]
    pub(crate) form: IdForm,
    /// What it ends with.
    #[serde(default)]
    pub(crate) suffix: Option<Form>,
}

/// A record that another one names.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Link {
    pub(crate) resource: String,
    /// The field that names it.
    pub(crate) field: String,
    /// Its own field that has the name, if that is not its id.
    #[serde(default)]
    pub(crate) by: Option<String>,
}

/// A job.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct JobModel {
    /// How long it waits before it begins, if it does.
    #[serde(default)]
    pub(crate) waits: Span,
    #[serde(default)]
    pub(crate) takes: Span,
    /// The words for a record on which it waits, runs, is done, has failed. A job without words shows in another way.
    #[serde(default)]
    pub(crate) waiting: Option<String>,
    #[serde(default)]
    pub(crate) running: Option<String>,
    #[serde(default)]
    pub(crate) done: Option<String>,
    #[serde(default)]
    pub(crate) failed: Option<String>,
}

/// A record that is there from the start.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Seed {
    /// How long before the start it was made.
    #[serde(default, deserialize_with = "duration")]
    pub(crate) ago: Duration,
    /// How many of them there are, each made so long after the one before, the last one `ago`. What they are made of has
    /// the number of each as `this.number`, 0 for the last.
    #[serde(default)]
    pub(crate) count: Option<Setting>,
    #[serde(default, deserialize_with = "duration")]
    pub(crate) every: Duration,
    /// Which parents do not have it: those of which a field has this value, or one of these.
    #[serde(default)]
    pub(crate) unless: Option<BTreeMap<String, serde_json::Value>>,
    /// The id, where it is a documented one.
    #[serde(default)]
    pub(crate) id: Option<String>,
    /// The job that was done on it.
    #[serde(default)]
    pub(crate) job: Option<String>,
    /// Whether parents that are made later have it as well.
    #[serde(default)]
    pub(crate) of_new: bool,
    /// Whether every project has it, not the main one alone.
    #[serde(default)]
    pub(crate) shared: bool,
    #[serde(default)]
    pub(crate) set: Fields,
}

/// What an operation does.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OperationModel {
    /// Whether a function of the service does all of it.
    #[serde(default)]
    pub(crate) rust: bool,
    /// What it does, where the description does not say so with `x-resource`.
    #[serde(default)]
    pub(crate) does: Option<Does>,
    /// The parameter or member of the body that has the id of the record, where that is neither the last in the path nor
    /// called after the resource.
    #[serde(default)]
    pub(crate) named: Option<String>,
    /// The field that has what the request names, if that is not the id. What the operation needs is looked at first.
    #[serde(default)]
    pub(crate) by: Option<String>,
    /// A list of objects that are listed in place of records.
    #[serde(default)]
    pub(crate) items: Option<Form>,
    /// What it exports: a list of objects, for each of which there is one record with its members. Without it, there is
    /// one.
    #[serde(default)]
    pub(crate) exports: Option<Form>,
    /// How long an export that has ended is answered with.
    #[serde(default)]
    pub(crate) kept: Span,
    /// The job that it begins. One that a function chooses from has the first of them here.
    #[serde(default)]
    pub(crate) job: Option<String>,
    /// Whether the function that is called in the end begins the job.
    #[serde(default)]
    pub(crate) begins_in_rust: bool,
    /// The list in the body of which it makes one record for each element.
    #[serde(default)]
    pub(crate) each: Option<String>,
    /// Records that it refers to, by the names under which paths lead to them.
    #[serde(default)]
    pub(crate) refers: BTreeMap<String, Reference>,
    #[serde(default)]
    pub(crate) needs: Vec<Guard>,
    /// What it stores beside what the model sets.
    #[serde(default)]
    pub(crate) set: Fields,
    /// What it shows otherwise than the model.
    #[serde(default)]
    pub(crate) show: Fields,
    /// Fields of the response that are no record's.
    #[serde(default)]
    pub(crate) response: Fields,
    /// Records of other resources that go with the job, such as a background task. Paths lead to the id of the first.
    #[serde(default, deserialize_with = "one_or_many")]
    pub(crate) leaves: Vec<Leaves>,
    /// What becomes of other records.
    #[serde(default)]
    pub(crate) also: Vec<Change>,
    /// A function of the service that is called in the end.
    #[serde(default)]
    pub(crate) then: Option<String>,
    /// What query parameters choose by, where it is no equally named field.
    #[serde(default)]
    pub(crate) filters: BTreeMap<String, Filter>,
    /// The status of a response without body: to an empty list, or to a deletion of what is not there.
    #[serde(default)]
    pub(crate) nothing: Option<u16>,
    /// What the span of time that is asked for has to be like.
    #[serde(default)]
    pub(crate) period: Period,
    /// What has to have a value, and not be false, for a record to be listed or shown. What is not shown is answered with
    /// `nothing`.
    #[serde(default)]
    pub(crate) only_if: Option<Path>,
}

/// What an operation of no resource does.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Does {
    List,
    Show,
    Create,
    Update,
    Delete,
    Action,
    /// It begins an export, or tells how far the one is that is under way or has ended lately.
    Export,
    /// It is about no record, and answers with what its model says.
    Answer,
}

impl Does {
    /// What that is to a resource.
    pub(crate) const fn verb(self) -> Verb {
        match self {
            Self::List => Verb::List,
            Self::Show => Verb::Show,
            Self::Create => Verb::Create,
            Self::Update => Verb::Update,
            Self::Delete => Verb::Delete,
            Self::Action | Self::Export | Self::Answer => Verb::Action,
        }
    }
}

/// A record that a request names.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reference {
    pub(crate) resource: String,
    /// The parameter or the member of the body that names it.
    pub(crate) from: String,
    /// Its own field that has the name, if that is not its id.
    #[serde(default)]
    pub(crate) by: Option<String>,
    /// Whether a request may name none.
    #[serde(default)]
    pub(crate) optional: bool,
    pub(crate) error: Error,
}

/// A record that an operation leaves.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Leaves {
    pub(crate) resource: String,
    /// How long its job takes, where it is not that of the operation.
    #[serde(default, deserialize_with = "some_duration")]
    pub(crate) takes: Option<Duration>,
    /// The condition under which it is left.
    #[serde(default, rename = "if")]
    pub(crate) condition: Option<Condition>,
    #[serde(default)]
    pub(crate) set: Fields,
    /// What is stored when its job is done.
    #[serde(default)]
    pub(crate) done: Fields,
}

/// What becomes of other records with the operation.
#[derive(Debug, Deserialize)]
#[serde(try_from = "Value")]
pub(crate) struct Change {
    /// Of which.
    pub(crate) search: Search,
    /// The job of theirs that goes on as long as that of the operation; if that ends the record, they are gone as well.
    pub(crate) job: Option<String>,
    pub(crate) set: Fields,
    /// Whether they are gone with it at once.
    pub(crate) removes: bool,
}

impl TryFrom<Value> for Change {
    type Error = String;

    fn try_from(value: Value) -> Result<Self, String> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Rest {
            #[serde(default)]
            job: Option<String>,
            #[serde(default)]
            set: Fields,
        }
        let Value::Object(mut keys) = value else {
            return Err(format!("{value} is no change"));
        };
        let removes = keys.contains_key("remove");
        let key = if removes { "remove" } else { "change" };
        let search = Search::read(key, &mut keys)?;
        let rest = Rest::deserialize(Value::Object(keys)).map_err(|error| error.to_string())?;
        Ok(Self {
            search,
            job: rest.job,
            set: rest.set,
            removes,
        })
    }
}

/// What a span of time that is asked for has to be like.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Period {
    /// With what one whose end comes before its begin is refused.
    #[serde(default)]
    pub(crate) backwards: Option<Error>,
    /// Whether its end comes after its begin, not at the same time.
    #[serde(default)]
    pub(crate) apart: bool,
    /// How long it is at most.
    #[serde(default, deserialize_with = "some_duration")]
    pub(crate) longest: Option<Duration>,
    /// How long ago it begins at most.
    #[serde(default, deserialize_with = "some_duration")]
    pub(crate) oldest: Option<Duration>,
}

/// How a parameter chooses.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Filter {
    /// It is the text of this field, or one of those in it.
    Is(String),
    /// The same; `ALL` asks for any text.
    OrAll(String),
    /// The same, whatever the case.
    Like(String),
    /// It is the text of this field or, behind an asterisk, a part of it.
    Wildcard(String),
    /// All of its `key=value`, with commas between them, are tags in this field; a key alone asks for any value.
    Tags(String),
    /// It is one of the texts that this field has, with commas between them.
    Among(String),
    /// The text is part of this field.
    Within(String),
    /// Made at this time or later, to the second.
    From,
    /// Made at this time or earlier.
    To,
    /// Ended at this time or later.
    Ended,
    /// Nothing: it says whether the newest comes first (`DESC`) or the oldest (`ASC`).
    Order,
    /// Nothing: what comes last is what has most in the field that stands here for its value, if one does.
    Sort(BTreeMap<String, String>),
    /// Nothing: there is only one value that the parameter can have.
    Ignored,
    /// As a function of the service says.
    Rust(String),
}

impl Filter {
    /// Whether the parameter is one end of a span of time.
    pub(crate) const fn is_time(&self) -> bool {
        matches!(self, Self::From | Self::To | Self::Ended)
    }
}

impl Model {
    /// The word for how far a job is.
    pub(crate) fn status(&self, job: &Job, now: Timestamp) -> Option<&str> {
        let model = self.jobs.get(&job.name)?;
        let word = match job.status(now) {
            JobStatus::Waiting => model.waiting.as_ref().or(model.running.as_ref()),
            JobStatus::Running => model.running.as_ref(),
            JobStatus::Done(_) => model.done.as_ref(),
            JobStatus::Failed(_) => model.failed.as_ref(),
        };
        word.map(String::as_str)
    }
}

impl Models {
    /// The model of a resource.
    pub(crate) fn get(&self, resource: &str) -> Option<&Model> {
        self.resources.get(resource)
    }

    /// What an operation does, and to which resource.
    pub(crate) fn operation(&self, id: &str) -> Option<(&str, &Model, &OperationModel)> {
        self.resources.iter().find_map(|(name, model)| {
            let operation = model.operations.get(id)?;
            Some((name.as_str(), model, operation))
        })
    }

    /// The job of a resource.
    pub(crate) fn job(&self, resource: &str, job: &str) -> Option<&JobModel> {
        self.get(resource)?.jobs.get(job)
    }
}

/// The member of a response that is called after a resource, and is an object with all that is said of it.
pub(crate) fn inside(schema: &Schema, resource: &str) -> Option<(String, Schema)> {
    let member = resource.replace('-', "_");
    let inner = schema.field(&member)?;
    (!inner.fields().is_empty()).then_some((member, inner))
}

/// A list, or its only element.
fn one_or_many<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: serde::Deserializer<'de>,
    T: serde::de::DeserializeOwned,
{
    let all = match Value::deserialize(deserializer)? {
        Value::Array(all) => all,
        one => vec![one],
    };
    let all = all.into_iter().map(T::deserialize);
    all.collect::<Result<_, _>>()
        .map_err(serde::de::Error::custom)
}

fn some_duration<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Duration>, D::Error> {
    duration(deserializer).map(Some)
}

/// Such as `8s`, `5m`, `2h` or `30d`.
fn duration<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let text = String::deserialize(deserializer)?;
    file::duration(&text).map_err(serde::de::Error::custom)
}
