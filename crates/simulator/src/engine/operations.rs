//! What operations do: list, show, create, update, delete, and act.

use otcdb_openapi::Verb;
use serde_json::{Map, Value};

use super::render::{empty, status, with_body};
use super::{Context, Function, Functions, Kept, State, page, period, plant};
use crate::answer::Answer;
use crate::call::{Call, Refusal};
use crate::fault::FaultKind;
use crate::model::{Fields, Filter, Model, Models, OperationModel};
use crate::problem::Problem;
use crate::records::{IdForm, Job, JobOutcome, Record};
use crate::spec::{Invalid, Place};

type Answered = Result<Answer, Refusal>;

/// Carries out an operation as its model says.
pub(crate) fn answer<S: State>(
    call: &Call<'_>,
    models: &Models,
    functions: &Functions<S>,
    state: &mut S,
) -> Answered {
    let verb = call
        .operation
        .resource
        .as_ref()
        .map(|resource| resource.verb);
    let found = models.operation(&call.operation.id);
    // An operation of which no model speaks is bound to no model.
    let ((name, model, operation), verb) = found.zip(verb).ok_or(Problem::Internal)?;
    let mut context = Context {
        call: Some(call),
        now: call.now(),
        models,
        name,
        model,
        operation,
        functions,
        parent: None,
        left: None,
        total: 0,
    };
    context.parent = context.parent_in_path(call, state)?;
    match verb {
        Verb::List => context.list(call, state),
        Verb::Show => context.show(call, state),
        Verb::Create => context.create(call, state),
        // An update changes what is set when a record is made, unless its model says otherwise.
        Verb::Update if operation.set.is_empty() => context.update(call, &model.set, state),
        Verb::Update | Verb::Action => context.update(call, &operation.set, state),
        Verb::Delete => context.delete(call, state),
    }
}

/// Whether the conditions of this name hold for a record that Rust keeps.
pub(crate) fn guard<S: State>(
    call: &Call<'_>,
    models: &Models,
    (resource, kept): (&str, Kept),
    name: &str,
    state: &S,
) -> Result<(), Refusal> {
    let model = models.get(resource).ok_or(Problem::Internal)?;
    let guards = model.guards.get(name).ok_or(Problem::Internal)?;
    let context = Context {
        call: Some(call),
        now: call.now(),
        models,
        name: resource,
        model,
        operation: &OperationModel::default(),
        functions: &[],
        parent: Some(kept),
        left: None,
        total: 0,
    };
    context.check(guards, None, state)
}

impl<S: State> Context<'_, S> {
    /// The parent in the path, if it is there.
    fn parent_in_path(&self, call: &Call<'_>, state: &S) -> Result<Option<Kept>, Refusal> {
        let own = match self.model.kept {
            Some(_) => self.name,
            None => match &self.model.parent {
                Some(parent) => parent,
                None => return Ok(None),
            },
        };
        let Some(id) = call.params.text(&format!("{own}_id")) else {
            return Ok(None);
        };
        if call
            .operation
            .parameter(otcdb_openapi::Place::Path, &format!("{own}_id"))
            .is_none()
        {
            return Ok(None);
        }
        let parent = self.parent_of(own, id, state);
        match parent.filter(|_| call.in_main_project()) {
            Some(parent) => Ok(Some(parent)),
            None => Err(self.missing_of(own)),
        }
    }

    /// What is known of a parent, whether Rust keeps it or the store has it.
    fn parent_of(&self, resource: &str, id: &str, state: &S) -> Option<Kept> {
        let (resource, model) = self.models.resources.get_key_value(resource)?;
        if model.kept.is_some() {
            return state.kept(resource, id, self.now);
        }
        let record = state.store().get(resource, id)?;
        let mut context = self.about_nothing();
        context.name = resource;
        context.model = model;
        Some(Kept {
            id: record.id.clone(),
            created: record.created,
            facts: context.shown(record, state).ok()?,
        })
    }

    /// The record in the path or, of a resource that a parent has once, the only one. Of what Rust keeps, it has no
    /// fields.
    fn record(&self, call: &Call<'_>, state: &S) -> Option<Record> {
        let parent = self.parent.as_ref();
        if self.model.kept.is_some() {
            return parent.map(|kept| Record::new(kept.id.clone(), &kept.id, kept.created));
        }
        let parent = parent.map(|parent| parent.id.as_str());
        if self.model.id.is_none() {
            let records = state.store().of(self.name, parent.unwrap_or_default());
            return records.first().cloned();
        }
        let known = self
            .model
            .parent
            .as_ref()
            .map(|parent| format!("{parent}_id"));
        let names = call.operation.path.split(['{', '}']).skip(1).step_by(2);
        let own = names.filter(|name| *name != "project_id" && Some(*name) != known.as_deref());
        let name = own.last();
        let id = name
            .and_then(|name| call.params.text(name))
            .unwrap_or_default();
        let record = state.store().get(self.name, id);
        record
            .filter(|_| call.in_main_project())
            .filter(|record| parent.is_none_or(|parent| record.parent == parent))
            .cloned()
    }

    /// All that is known of what the operation is about.
    fn all_shown(&self, record: &Record, state: &S) -> Result<Map<String, Value>, Refusal> {
        match self.model.kept {
            Some(_) => self.shown_of_kept(state),
            None => self.shown(record, state),
        }
    }

    fn missing(&self) -> Refusal {
        self.missing_of(self.name)
    }

    /// The refusal of a request for a record that is not there.
    fn missing_of(&self, resource: &str) -> Refusal {
        let model = self.models.get(resource);
        match model.and_then(|model| model.missing.as_ref()) {
            Some(error) => self.refuse(error),
            // What Rust keeps are instances.
            None if model.is_some_and(|model| model.kept.is_some()) => Problem::NoInstance.into(),
            None => Problem::NoObject("record").into(),
        }
    }

    fn list(&mut self, call: &Call<'_>, state: &mut S) -> Answered {
        self.check(&self.operation.needs, None, state)?;
        let found = self.found(call, state)?;
        if let Some(code) = self.operation.nothing.filter(|_| found.is_empty()) {
            return Ok(empty(code));
        }
        self.total = found.len();
        let (response, schema) = with_body(call.operation).ok_or(Problem::Internal)?;
        let paging = call
            .operation
            .pagination
            .as_ref()
            .ok_or(Problem::Internal)?;
        let example = response.examples.first().map(|example| &example.value);
        let template = example.and_then(|example| {
            let items = paging
                .items
                .split('.')
                .try_fold(example, |value, step| value.get(step));
            items?.get(0)
        });
        let fields = schema.element_fields(&paging.items);
        let mut items = Vec::new();
        for listed in page(call, found) {
            let shown = match state.kept(self.name, &listed.id, self.now) {
                Some(kept) => self.about(kept).shown_of_kept(state)?,
                None => listed.shown,
            };
            items.push(Value::Object(self.fill(&fields, &shown, template)));
        }
        let mut top = Map::new();
        if let Some(parent) = self.model.parent.as_ref().zip(self.parent.as_ref()) {
            top.insert(format!("{}_id", parent.0), Value::from(parent.1.id.clone()));
        }
        top.insert(paging.items.clone(), Value::from(items));
        if let Some(field) = &paging.total {
            top.insert(field.clone(), Value::from(self.total));
        }
        top.extend(self.values(&self.operation.answer, None, state)?);
        let body = self.fill(&schema.fields(), &top, example);
        Ok(Answer::json(status(response.status), &Value::Object(body)))
    }

    /// The records that the request asks for, on whatever page.
    fn found(&self, call: &Call<'_>, state: &mut S) -> Result<Vec<Listed>, Refusal> {
        let chosen = self.chosen(call)?;
        let mut found = match self.model.kept {
            Some(_) => self.kept_records(call, state),
            None => self.stored_records(call, state)?,
        };
        if self.model.newest_first {
            found.reverse();
        }
        found.retain(|listed| chosen(listed));
        Ok(found)
    }

    /// What is known of records that Rust keeps, each with when it was made.
    fn kept_records(&self, call: &Call<'_>, state: &S) -> Vec<Listed> {
        if !call.in_main_project() {
            return Vec::new();
        }
        let all = state.all_kept(self.name).into_iter();
        let listed = all.map(|kept| Listed {
            shown: kept.facts,
            created: kept.created,
            id: kept.id,
        });
        let mut found: Vec<Listed> = listed.collect();
        let settled = crate::clock::earlier(self.now, LATELY);
        if call.has_fault(FaultKind::StaleList) {
            found.retain(|listed| listed.created <= settled);
        }
        found
    }

    /// The records of the store, each with when it was made. A stale list lacks those that no list has shown since
    /// their jobs ended.
    fn stored_records(&self, call: &Call<'_>, state: &mut S) -> Result<Vec<Listed>, Refusal> {
        let stale = call.has_fault(FaultKind::StaleList);
        let parent = self.parent.as_ref().map_or("", |parent| parent.id.as_str());
        let is_listed = |record: &Record| record.shared || call.in_main_project();
        let now = self.now;
        let records = state.store_mut().of_mut(self.name, parent).iter_mut();
        for record in records.filter(|record| !stale && is_listed(record)) {
            record.seen |= !record.under_way(now);
        }
        let records = state.store().of(self.name, parent).iter();
        records
            .filter(|record| is_listed(record) && (!stale || record.seen))
            .map(|record| {
                Ok(Listed {
                    shown: self.shown(record, state)?,
                    created: record.created,
                    id: String::new(),
                })
            })
            .collect()
    }

    /// Whether the query asks for a record.
    fn chosen<'c>(
        &'c self,
        call: &'c Call<'_>,
    ) -> Result<impl Fn(&Listed) -> bool + use<'c, S>, Refusal> {
        let mut span = (None, None);
        for (name, filter) in &self.operation.filters {
            match filter {
                Filter::From => span.0 = period(call, name)?,
                Filter::To => span.1 = period(call, name)?,
                _ => {}
            }
        }
        if let (Some(first), Some(last)) = span
            && last < first
        {
            let names = self.operation.filters.iter();
            let last = names.into_iter().find(|(_, filter)| **filter == Filter::To);
            let name = last.map_or("", |(name, _)| name.as_str());
            return Err(match &self.operation.backwards {
                Some(error) => self.refuse(error),
                None => Invalid::value(Place::Query, name, "it is before the beginning").into(),
            });
        }
        let paging = call.operation.pagination.as_ref();
        let asked: Vec<(&str, &Value)> = call
            .operation
            .parameters
            .iter()
            .filter(|one| one.place == otcdb_openapi::Place::Query)
            .map(|one| one.name.as_str())
            .filter(|name| !paging.is_some_and(|paging| paging.counts_with(name)))
            .filter_map(|name| Some((name, call.params.value(name)?)))
            .collect();
        Ok(move |listed: &Listed| {
            let (shown, created) = (&listed.shown, listed.created);
            // Whole seconds, so that the last one belongs to it.
            let second = created.as_second();
            span.0.is_none_or(|first| first.as_second() <= second)
                && span.1.is_none_or(|last| second <= last.as_second())
                && self.is_let_through(shown)
                && asked
                    .iter()
                    .all(|(name, wanted)| self.is_asked_for(name, wanted, shown))
        })
    }

    fn is_asked_for(&self, name: &str, wanted: &Value, shown: &Map<String, Value>) -> bool {
        let text = |value: &Value| match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let own = || shown.get(name).map(text).unwrap_or_default();
        match self.operation.filters.get(name) {
            None => own() == text(wanted),
            Some(Filter::Contains) => own().contains(&text(wanted)),
            Some(Filter::From | Filter::To | Filter::Ignored) => true,
            Some(Filter::Rust(_)) => true,
        }
    }

    /// Whether the service's own filters let a record through.
    fn is_let_through(&self, shown: &Map<String, Value>) -> bool {
        self.operation.filters.values().all(|filter| {
            let Filter::Rust(name) = filter else {
                return true;
            };
            let found = self.functions.iter().find(|(own, _)| own == name);
            match found {
                Some((_, Function::Filter(filter))) => filter(self, shown),
                _ => false,
            }
        })
    }

    fn show(&mut self, call: &Call<'_>, state: &mut S) -> Answered {
        self.check(&self.operation.needs, None, state)?;
        let record = self.record(call, state).ok_or_else(|| self.missing())?;
        self.adopt(&record, state);
        if let (Some(path), Some(code)) = (&self.operation.only_if, self.operation.nothing)
            && self.at(path, Some(&record), state)? != Some(Value::Bool(true))
        {
            return Ok(empty(code));
        }
        let shown = self.all_shown(&record, state)?;
        self.answer_with(call.operation, &shown, Some(&record), state)
    }

    /// Takes the parent of a record for the one of the operation, whose path does not name it.
    fn adopt(&mut self, record: &Record, state: &S) {
        if let (None, Some(parent)) = (&self.parent, &self.model.parent) {
            self.parent = self.parent_of(parent, &record.parent, state);
        }
    }

    fn create(&mut self, call: &Call<'_>, state: &mut S) -> Answered {
        if !call.in_main_project() {
            return Err(Problem::Forbidden("this project of the simulator is empty").into());
        }
        self.check(&self.operation.needs, None, state)?;
        for name in self.operation.refers.keys() {
            self.referred(name, state)?;
        }
        let parent = self.parent.as_ref().map_or("", |parent| parent.id.as_str());
        let mut record = Record::new(String::new(), parent, self.now);
        for fields in [&self.model.set, &self.operation.set] {
            record
                .fields
                .extend(self.values(fields, Some(&record), state)?);
        }
        let form = self.model.id.as_ref().map_or(IdForm::Uuid, |id| id.form);
        record.id = state.store_mut().id(self.name, form);
        record.job = self.begin(call);
        state.store_mut().add(self.name, record.clone());
        if let Some(kept) = self.parent_of(self.name, &record.id, state) {
            plant(state, self.models, Some((self.name, &kept)), self.now, true);
        }
        self.finish(call, record, state)
    }

    fn update(&mut self, call: &Call<'_>, set: &Fields, state: &mut S) -> Answered {
        let mut record = self.record(call, state).ok_or_else(|| self.missing())?;
        self.adopt(&record, state);
        self.check(&self.operation.needs, Some(&record), state)?;
        let values = self.values(set, Some(&record), state)?;
        let job = self.begin(call);
        record.updated = self.now;
        match job {
            Some(job) => {
                record.job = Some(job);
                record.pending = values;
            }
            None => record.fields.extend(values),
        }
        if let Some(stored) = state.store_mut().get_mut(self.name, &record.id) {
            *stored = record.clone();
        }
        self.finish(call, record, state)
    }

    fn delete(&mut self, call: &Call<'_>, state: &mut S) -> Answered {
        let record = match (self.record(call, state), self.operation.nothing) {
            (Some(record), _) => record,
            (None, Some(code)) => return Ok(empty(code)),
            (None, None) => return Err(self.missing()),
        };
        self.adopt(&record, state);
        self.check(&self.operation.needs, Some(&record), state)?;
        let shown = self.all_shown(&record, state)?;
        let answer = self.answer_with(call.operation, &shown, Some(&record), state)?;
        if self.model.kept.is_none() {
            state.store_mut().remove(self.name, &record.id);
            state.store_mut().forget(&record.id, &[]);
        }
        self.effect(call, &record, state);
        Ok(answer)
    }

    /// The job that the operation begins. Faults of jobs count with it, so it is asked for only when nothing refuses
    /// the call any more.
    fn begin(&self, call: &Call<'_>) -> Option<Job> {
        let name = self.operation.job.as_ref();
        let name = name.filter(|_| !self.operation.begins_in_rust)?;
        let job = self.model.jobs.get(name)?;
        Some(Job::new(
            name,
            self.now,
            (job.waits, job.takes),
            call.outcome(),
        ))
    }

    /// Leaves what the operation leaves, and answers.
    fn finish(&mut self, call: &Call<'_>, record: Record, state: &mut S) -> Answered {
        self.leave(&record, state)?;
        self.effect(call, &record, state);
        // The effect may have changed it.
        let stored = state.store().get(self.name, &record.id).cloned();
        let record = stored.unwrap_or(record);
        let shown = self.all_shown(&record, state)?;
        self.answer_with(call.operation, &shown, Some(&record), state)
    }

    fn leave(&mut self, record: &Record, state: &mut S) -> Result<(), Refusal> {
        let leaves = self.operation.leaves.as_ref();
        let Some((leaves, model)) =
            leaves.and_then(|leaves| Some((leaves, self.models.get(&leaves.resource)?)))
        else {
            return Ok(());
        };
        let fields = self.values(&leaves.set, Some(record), state)?;
        // A task of what has changed with the answer itself always succeeds.
        let own = (std::time::Duration::ZERO, leaves.takes);
        let job = self.operation.job.as_ref().and(record.job.clone());
        let job = job.unwrap_or_else(|| Job::new("", self.now, own, JobOutcome::Good));
        let id = leave(
            state,
            (&leaves.resource, model),
            &record.parent,
            job,
            fields,
        );
        self.left = Some(id);
        Ok(())
    }

    fn effect(&self, call: &Call<'_>, record: &Record, state: &mut S) {
        let name = self.operation.then.as_ref();
        let found = name.and_then(|name| self.functions.iter().find(|(own, _)| own == name));
        if let Some((_, Function::Effect(effect))) = found {
            effect(call, state, record);
        }
    }
}

/// A record that a list may show.
struct Listed {
    /// All that it shows or, if Rust keeps it, what lists choose by.
    shown: Map<String, Value>,
    created: jiff::Timestamp,
    /// The id, if Rust keeps it.
    id: String,
}

/// What was made less than this ago is missing in a stale list of what Rust keeps.
const LATELY: std::time::Duration = std::time::Duration::from_secs(60);

/// Makes a record that goes with a job of something else, such as a background task, and returns its id.
fn leave<S: State>(
    state: &mut S,
    (resource, model): (&str, &Model),
    parent: &str,
    job: Job,
    fields: Map<String, Value>,
) -> String {
    let store = state.store_mut();
    let form = model.id.as_ref().map_or(IdForm::Uuid, |id| id.form);
    let mut record = Record::new(store.id(resource, form), parent, job.created);
    let name = model.jobs.keys().next().cloned().unwrap_or_default();
    record.job = Some(Job { name, ..job });
    record.fields = fields;
    let id = record.id.clone();
    store.add(resource, record);
    id
}
