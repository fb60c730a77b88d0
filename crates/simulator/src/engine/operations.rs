//! What operations do: list, show, create, update, delete, and act.

use std::sync::Arc;
use std::time::Duration;

use otcdb_openapi::Verb;
use serde_json::{Map, Value};

use super::context::{One, as_text};
use super::render::{Shown, empty};
use super::{Context, Function, Functions, State, plant, settings};
use crate::call::{Call, CallError};
use crate::model::{Does, Fields, Form, Model, Models, OperationModel, Path};
use crate::records::{IdForm, Job, JobOutcome, Record};
use crate::response::Response;
use crate::service_error::ServiceError;

type Outcome = Result<Response, CallError>;

/// The resource to which a path leads by `instance_id`.
const INSTANCE: &str = "instance";

/// Carries out an operation as its model says.
pub(crate) fn answer<S: State>(
    call: &Call<'_>,
    models: &Models,
    functions: &Functions<S>,
    state: &mut S,
) -> Outcome {
    // An operation of which no model speaks is bound to no model.
    let found = models.operation(&call.operation.id);
    let (name, model, operation) = found.ok_or(ServiceError::Internal)?;
    let resource = call.operation.resource.as_ref();
    let verb = resource.map(|resource| resource.verb);
    let verb = verb.or(operation.does.map(Does::verb));
    let verb = verb.ok_or(ServiceError::Internal)?;
    let about = (name, model, operation);
    let mut context = Context::new(Some(call), call.now(), models, functions, about);
    context.parent = context.parent_in_path(call, state)?;
    match verb {
        Verb::Action if operation.does == Some(Does::Export) => context.export(call, state),
        Verb::Action if operation.does == Some(Does::Answer) => {
            context.check(&operation.needs, None, state)?;
            context.answer_with(call.operation, &Shown::nothing(), None, state)
        }
        Verb::List => context.list(call, state),
        Verb::Show => context.show(call, state),
        Verb::Create => context.create(call, state),
        // An update changes what is set when a record is made, unless its model says otherwise.
        Verb::Update if operation.set.is_empty() => context.update(call, &model.set, state),
        Verb::Update | Verb::Action => context.update(call, &operation.set, state),
        Verb::Delete => context.delete(call, state),
    }
}

/// Refuses a call whose path leads to an instance that is not there, of a service whose instances are records.
pub(crate) fn has_instance<S: State>(
    call: &Call<'_>,
    models: &Models,
    functions: &Functions<S>,
    state: &S,
) -> Result<(), CallError> {
    let id = call.params.text("instance_id");
    let (Some(id), Some(model)) = (id, models.get(INSTANCE)) else {
        return Ok(());
    };
    if state.store().get(INSTANCE, id).is_some() {
        return Ok(());
    }
    let about = (INSTANCE, model, &OperationModel::default());
    Err(Context::new(Some(call), call.now(), models, functions, about).missing())
}

/// Whether the conditions of this name hold for a record of a resource that belongs to nothing.
pub(crate) fn guard<S: State>(
    call: &Call<'_>,
    models: &Models,
    functions: &Functions<S>,
    (resource, record): (&str, &Record),
    name: &str,
    state: &S,
) -> Result<(), CallError> {
    let model = models.get(resource).ok_or(ServiceError::Internal)?;
    let guards = model.guards.get(name).ok_or(ServiceError::Internal)?;
    let about = (resource, model, &OperationModel::default());
    let context = Context::new(Some(call), call.now(), models, functions, about);
    context.check(guards, Some(record), state)
}

/// What has ended by now takes effect. Returns what is gone with it, by resource and id.
pub(crate) fn settle<S: State>(
    models: &Models,
    state: &mut S,
    now: jiff::Timestamp,
) -> Vec<(String, String)> {
    let mut gone = state.store_mut().settle(now);
    // Times of one service compare as texts.
    let text = S::time(now);
    for (resource, model) in &models.resources {
        if let Some(field) = &model.until {
            let over = state.store().all(resource).filter(|one| {
                let until = one.text(field);
                !until.is_empty() && until <= text.as_str()
            });
            gone.extend(over.map(|one| (resource.clone(), one.id.clone())));
        }
    }
    for (resource, id) in &gone {
        remove(models, resource, id, state);
    }
    gone
}

/// Removes a record with all that belongs to it and does not outlive it.
pub(crate) fn remove<S: State>(models: &Models, resource: &str, id: &str, state: &mut S) {
    let children = models
        .resources
        .iter()
        .filter(|(_, model)| model.parent.as_deref() == Some(resource) && !model.outlives_parent);
    let store = state.store_mut();
    store.remove(resource, id);
    for (child, _) in children {
        store.forget(child, id);
    }
}

impl<'a, S: State> Context<'a, S> {
    /// The parent in the path, if it is there.
    pub(super) fn parent_in_path(
        &self,
        call: &Call<'_>,
        state: &S,
    ) -> Result<Option<Arc<Record>>, CallError> {
        let Some(own) = &self.model.parent else {
            return Ok(None);
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
        match parent.filter(|_| call.in_project_with_instances()) {
            Some(parent) => Ok(Some(parent)),
            None => Err(self.missing_of(own)),
        }
    }

    /// A record that others belong to.
    pub(super) fn parent_of(&self, resource: &str, id: &str, state: &S) -> Option<Arc<Record>> {
        state.store().get(resource, id).cloned().map(Arc::new)
    }

    /// The record in the path or, of a resource that a parent has once, the only one.
    fn record(&self, call: &Call<'_>, state: &S) -> Option<Record> {
        let parent = self.parent.as_ref().map(|parent| parent.id.as_str());
        if self.model.id.is_none() {
            let records = state.store().of(self.name, parent.unwrap_or_default());
            let record = records.first();
            return record
                .filter(|record| record.shared || call.in_project_with_instances())
                .cloned();
        }
        let known = self
            .model
            .parent
            .as_ref()
            .map(|parent| format!("{parent}_id"));
        let names = call.operation.path.split(['{', '}']).skip(1).step_by(2);
        let own = names.filter(|name| *name != "project_id" && Some(*name) != known.as_deref());
        let id = match own.last().filter(|_| self.operation.named.is_none()) {
            Some(name) => call.params.text(name),
            None => self.named(),
        };
        let id = id.unwrap_or_default();
        let record = match &self.operation.by {
            Some(field) => {
                let mut all = state
                    .store()
                    .of(self.name, parent.unwrap_or_default())
                    .iter();
                all.find(|one| one.text(field) == id)
            }
            None => state.store().get(self.name, id),
        };
        record
            .filter(|_| call.in_project_with_instances())
            .filter(|record| parent.is_none_or(|parent| record.parent == parent))
            .cloned()
    }

    /// The id of the record in the query or in the body: where the model says, under the name of the resource, or under
    /// that which the id has in responses.
    fn named(&self) -> Option<&str> {
        if let Some(name) = &self.operation.named {
            return self.text(name);
        }
        let own = self.text(&format!("{}_id", self.name.replace('-', "_")));
        own.or_else(|| self.text(&self.model.id.as_ref()?.field))
    }

    fn missing(&self) -> CallError {
        self.missing_of(self.name)
    }

    /// The refusal of a request for a record that is not there.
    fn missing_of(&self, resource: &str) -> CallError {
        let model = self.models.get(resource);
        match model.and_then(|model| model.missing.as_ref()) {
            Some(error) => self.refuse(error),
            None => ServiceError::NoObject("record").into(),
        }
    }

    fn show(&mut self, call: &Call<'_>, state: &mut S) -> Outcome {
        let record = self.record(call, state);
        self.check(&self.operation.needs, record.as_ref(), state)?;
        let record = record.ok_or_else(|| self.missing())?;
        self.adopt(&record, state);
        if let (Some(path), Some(code)) = (&self.operation.only_if, self.operation.nothing)
            && !self.is_there(path, &record, state)?
        {
            return Ok(empty(code));
        }
        let shown = self.shown(&record, state);
        self.answer_with(call.operation, &shown, Some(&record), state)
    }

    /// Whether there is a value at a path of a record, and it is not false.
    pub(super) fn is_there(
        &self,
        path: &Path,
        record: &Record,
        state: &S,
    ) -> Result<bool, CallError> {
        let value = self.at(path, Some(record), state)?;
        Ok(!matches!(
            value,
            None | Some(Value::Null | Value::Bool(false))
        ))
    }

    /// Takes the parent of a record for the one of the operation, whose path does not name it.
    fn adopt(&mut self, record: &Record, state: &S) {
        if let (None, Some(parent)) = (&self.parent, &self.model.parent) {
            self.parent = self.parent_of(parent, &record.parent, state);
        }
    }

    fn create(&mut self, call: &Call<'_>, state: &mut S) -> Outcome {
        if !call.in_project_with_instances() {
            return Err(ServiceError::Forbidden("this project of the simulator is empty").into());
        }
        self.check(&self.operation.needs, None, state)?;
        for name in self.operation.refers.keys() {
            self.referred(name, state)?;
        }
        let record = self.make(|| self.begin(call), state)?;
        let list = self
            .operation
            .each
            .as_ref()
            .and_then(|list| self.given(list));
        let count = list.and_then(Value::as_array).map_or(1, Vec::len);
        for turn in 1..count {
            self.turn = turn;
            self.make(|| record.job.clone(), state)?;
        }
        self.turn = 0;
        self.finish(call, record, state)
    }

    /// Makes one record, with a job that begins when nothing refuses the call any more.
    fn make(&self, job: impl FnOnce() -> Option<Job>, state: &mut S) -> Result<Record, CallError> {
        let parent = self.parent.as_ref().map_or("", |parent| parent.id.as_str());
        let mut record = Record::new(String::new(), parent, self.now);
        for fields in [&self.model.set, &self.operation.set] {
            record
                .fields
                .extend(self.values(fields, Some(&record), state)?);
        }
        let form = self.model.id.as_ref().map_or(IdForm::Uuid, |id| id.form);
        record.id = state.store_mut().id(self.name, form) + &self.suffix(&record, state)?;
        record.job = job();
        let mut others = self.models.resources.values();
        let store = state.store_mut();
        match others.any(|other| other.parent.as_deref() == Some(self.name)) {
            true => store.add_for_good(self.name, record.clone()),
            false => store.add(self.name, record.clone()),
        }
        let made = Some((self.name, record.id.as_str()));
        let when = (self.now, self.call.map(|call| &call.cloud.options), true);
        plant(state, self.models, self.functions, made, when);
        Ok(record)
    }

    /// What the id of a record ends with.
    pub(super) fn suffix(&self, record: &Record, state: &S) -> Result<String, CallError> {
        let suffix = self.model.id.as_ref().and_then(|id| id.suffix.as_ref());
        let suffix = suffix.map(|form| self.value(form, Some(record), state));
        let suffix = suffix.transpose()?.flatten();
        Ok(suffix.map(as_text).unwrap_or_default())
    }

    fn update(&mut self, call: &Call<'_>, set: &Fields, state: &mut S) -> Outcome {
        let record = self.record(call, state);
        if self.operation.by.is_some() {
            self.check(&self.operation.needs, record.as_ref(), state)?;
        }
        let mut record = record.ok_or_else(|| self.missing())?;
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

    fn delete(&mut self, call: &Call<'_>, state: &mut S) -> Outcome {
        let mut record = match (self.record(call, state), self.operation.nothing) {
            (Some(record), _) => record,
            (None, Some(code)) => return Ok(empty(code)),
            (None, None) => return Err(self.missing()),
        };
        self.adopt(&record, state);
        self.check(&self.operation.needs, Some(&record), state)?;
        if let Some(job) = self.begin(call) {
            record.job = Some(job);
            record.leaving = true;
            if let Some(stored) = state.store_mut().get_mut(self.name, &record.id) {
                *stored = record.clone();
            }
            return self.finish(call, record, state);
        }
        let shown = self.shown(&record, state);
        let response = self.answer_with(call.operation, &shown, Some(&record), state)?;
        self.change_others(&record, state)?;
        self.remove_file(&record, state)?;
        remove(self.models, self.name, &record.id, state);
        self.effect(call, &record, state);
        Ok(response)
    }

    /// The job that the operation begins. Faults of jobs count with it, so it is asked for only when nothing refuses
    /// the call any more.
    pub(super) fn begin(&self, call: &Call<'_>) -> Option<Job> {
        let name = self.operation.job.as_ref();
        let name = name.filter(|_| !self.operation.begins_in_rust)?;
        let job = self.model.jobs.get(name)?;
        let times = settings::times(job, &call.cloud.options);
        Some(Job::new(name, self.now, times, call.outcome()))
    }

    /// Leaves what the operation leaves, and answers.
    fn finish(&mut self, call: &Call<'_>, record: Record, state: &mut S) -> Outcome {
        self.leave(&record, state)?;
        self.change_others(&record, state)?;
        self.effect(call, &record, state);
        // The effect may have changed it.
        let stored = state.store().get(self.name, &record.id).cloned();
        let record = stored.unwrap_or(record);
        let shown = self.shown(&record, state);
        self.answer_with(call.operation, &shown, Some(&record), state)
    }

    pub(super) fn leave(&mut self, record: &Record, state: &mut S) -> Result<(), CallError> {
        let operation = self.operation;
        for leaves in &operation.leaves {
            let Some(model) = self.models.get(&leaves.resource) else {
                continue;
            };
            let condition = leaves.condition.as_ref();
            let holds = condition.map(|condition| self.holds(condition, Some(record), state));
            if !holds.transpose()?.unwrap_or(true) {
                continue;
            }
            let mut fields = self.values(&model.set, Some(record), state)?;
            fields.extend(self.values(&leaves.set, Some(record), state)?);
            let done = self.values(&leaves.done, Some(record), state)?;
            let of_operation = operation.job.as_ref().and(record.job.clone());
            let of_operation = of_operation.filter(|_| leaves.takes.is_none());
            // A task of what has changed with the response itself always succeeds.
            let own = (Duration::ZERO, leaves.takes.unwrap_or_default());
            let job = of_operation.unwrap_or_else(|| Job::new("", self.now, own, JobOutcome::Good));
            let owner = self.owner(&leaves.resource, Some(record));
            let id = leave(state, (&leaves.resource, model), owner, job, fields);
            if let Some(left) = state.store_mut().get_mut(&leaves.resource, &id) {
                left.pending = done;
            }
            self.left.get_or_insert(id);
        }
        Ok(())
    }

    /// Changes what else the operation changes.
    fn change_others(&self, record: &Record, state: &mut S) -> Result<(), CallError> {
        for change in &self.operation.also {
            for one in self.search(&change.search, Some(record), state)? {
                let One::Record(resource, model, other) = &one else {
                    continue;
                };
                if change.removes {
                    self.about(resource, model).remove_file(other, state)?;
                    remove(self.models, resource, &other.id, state);
                    continue;
                }
                let values = self
                    .with(one.clone())
                    .values(&change.set, Some(record), state)?;
                let Some(stored) = state.store_mut().get_mut(resource, &other.id) else {
                    continue;
                };
                stored.updated = self.now;
                match change.job.as_ref().zip(record.job.clone()) {
                    Some((name, job)) => {
                        let name = name.clone();
                        stored.job = Some(Job { name, ..job });
                        stored.leaving = record.leaving;
                        stored.pending = values;
                    }
                    None => stored.fields.extend(values),
                }
            }
        }
        Ok(())
    }

    fn effect(&self, call: &Call<'_>, record: &Record, state: &mut S) {
        let named = self.operation.then.as_ref();
        if let Some(Function::Effect(effect)) = named.and_then(|name| self.function(name)) {
            effect(call, state, record);
        }
    }
}

/// Makes a record that goes with a job of something else, such as a background task, and returns its id.
pub(crate) fn leave<S: State>(
    state: &mut S,
    (resource, model): (&str, &Model),
    parent: &str,
    job: Job,
    fields: Map<String, Value>,
) -> String {
    let store = state.store_mut();
    let own = model.id.as_ref();
    let form = own.map_or(IdForm::Uuid, |id| id.form);
    let mut id = store.id(resource, form);
    if let Some(Form::Constant(Value::String(suffix))) = own.and_then(|own| own.suffix.as_ref()) {
        id += suffix;
    }
    let mut record = Record::new(id, parent, job.created);
    let name = model.jobs.keys().next().cloned().unwrap_or_default();
    record.job = Some(Job { name, ..job });
    record.fields = fields;
    let id = record.id.clone();
    store.add(resource, record);
    id
}
