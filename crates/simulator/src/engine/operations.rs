//! What operations do: list, show, create, update, delete, and act.

use std::time::Duration;

use otcdb_openapi::Verb;
use serde_json::{Map, Value};

use super::context::{One, as_text};
use super::render::{empty, status, with_body};
use super::{Context, Function, Functions, Parent, State, page, period, plant};
use crate::call::{Call, CallError};
use crate::fault::FaultKind;
use crate::model::{Fields, Filter, Form, Model, Models, OperationModel, Path};
use crate::records::{IdForm, Job, JobOutcome, Record};
use crate::response::Response;
use crate::service_error::ServiceError;
use crate::spec::{InvalidRequest, Place};

type Outcome = Result<Response, CallError>;

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
    let verb = verb.or(operation.does.map(Verb::from));
    let verb = verb.ok_or(ServiceError::Internal)?;
    let about = (name, model, operation);
    let mut context = Context::new(Some(call), call.now(), models, functions, about);
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
    fn parent_in_path(&self, call: &Call<'_>, state: &S) -> Result<Option<Parent>, CallError> {
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
        match parent.filter(|_| call.in_main_project()) {
            Some(parent) => Ok(Some(parent)),
            None => Err(self.missing_of(own)),
        }
    }

    /// What is known of a parent.
    pub(super) fn parent_of(&self, resource: &str, id: &str, state: &S) -> Option<Parent> {
        let (resource, model) = self.models.resources.get_key_value(resource)?;
        let record = state.store().get(resource, id)?;
        let mut facts = self.about(resource, model).shown(record, state).ok()?;
        let is_busy = record.under_way(self.now);
        facts.insert("under_way".to_owned(), Value::from(is_busy));
        Some(Parent {
            id: record.id.clone(),
            created: record.created,
            facts,
        })
    }

    /// The record in the path or, of a resource that a parent has once, the only one.
    fn record(&self, call: &Call<'_>, state: &S) -> Option<Record> {
        let parent = self.parent.as_ref().map(|parent| parent.id.as_str());
        if self.model.id.is_none() {
            let records = state.store().of(self.name, parent.unwrap_or_default());
            let record = records.first();
            return record
                .filter(|record| record.shared || call.in_main_project())
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
            .filter(|_| call.in_main_project())
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

    fn list(&mut self, call: &Call<'_>, state: &mut S) -> Outcome {
        self.check(&self.operation.needs, None, state)?;
        let parent = self.owner(self.name, None).to_owned();
        let is_listed = |record: &Record| record.shared || call.in_main_project();
        let is_chosen = self.chosen(call)?;
        // A stale list lacks the records that no list has shown since their jobs ended.
        let is_stale = call.has_fault(FaultKind::StaleList);
        let records = state.store_mut().of_mut(self.name, &parent).iter_mut();
        for record in records.filter(|record| !is_stale && is_listed(record)) {
            record.seen |= !record.under_way(self.now);
        }
        let state: &S = state;
        let made = self.items(call, state)?;
        let records = made.as_deref();
        let records = records.unwrap_or_else(|| state.store().of(self.name, &parent));
        let mut found: Vec<&Record> = records
            .iter()
            .filter(|record| is_listed(record) && (!is_stale || record.seen))
            .filter(|record| is_chosen(record, state))
            .collect();
        drop(is_chosen);
        if let Some(path) = &self.operation.only_if {
            let mut listed = Vec::new();
            for record in found {
                if self.is_there(path, record, state)? {
                    listed.push(record);
                }
            }
            found = listed;
        }
        if self.is_newest_first() {
            found.reverse();
        }
        if let Some(code) = self.operation.nothing.filter(|_| found.is_empty()) {
            return Ok(empty(code));
        }
        self.found = found.iter().map(|record| record.id.clone()).collect();
        let (response, schema) = with_body(call.operation).ok_or(ServiceError::Internal)?;
        let paging = call
            .operation
            .pagination
            .as_ref()
            .ok_or(ServiceError::Internal)?;
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
        for record in page(call, found) {
            let shown = self.shown(record, state)?;
            items.push(Value::Object(self.fill(&fields, &shown, template)));
        }
        let mut top = Map::new();
        if let Some(parent) = self.model.parent.as_ref().zip(self.parent.as_ref()) {
            top.insert(format!("{}_id", parent.0), Value::from(parent.1.id.clone()));
        }
        top.insert(paging.items.clone(), Value::from(items));
        if let Some(field) = &paging.total {
            top.insert(field.clone(), Value::from(self.found.len()));
        }
        top.extend(self.values(&self.operation.response, None, state)?);
        let body = self.fill(&schema.fields(), &top, example);
        Ok(Response::json(
            status(response.status),
            &Value::Object(body),
        ))
    }

    /// Records that are made of what the operation lists in place of those that there are.
    fn items(&self, call: &Call<'_>, state: &S) -> Result<Option<Vec<Record>>, CallError> {
        let Some(form) = &self.operation.items else {
            return Ok(None);
        };
        let record = |item: Value| {
            let mut record = Record::new(String::new(), "", self.now);
            record.fields = item.as_object().cloned().unwrap_or_default();
            record.seen = true;
            record
        };
        let items = self.value(form, None, state)?;
        let items = items.and_then(|items| items.as_array().cloned());
        let mut records: Vec<Record> = items.into_iter().flatten().map(record).collect();
        call.drop_latest(&mut records);
        Ok(Some(records))
    }

    /// Whether the newest comes first: as the query asks, else as the model says.
    fn is_newest_first(&self) -> bool {
        let mut filters = self.operation.filters.iter();
        let order = filters.find(|(_, filter)| **filter == Filter::Order);
        match order.and_then(|(name, _)| self.text(name)) {
            Some(order) => order.eq_ignore_ascii_case("desc"),
            None => self.model.newest_first,
        }
    }

    /// Whether the query asks for a record.
    fn chosen<'c>(
        &'c self,
        call: &'c Call<'_>,
    ) -> Result<impl Fn(&Record, &S) -> bool + use<'a, 'c, S>, CallError> {
        let mut span = (None, None);
        for (name, filter) in &self.operation.filters {
            match filter {
                Filter::From => span.0 = period(call, name)?,
                Filter::To => span.1 = period(call, name)?,
                Filter::Wildcard(_) if self.text(name) == Some("*") => {
                    return Err(
                        InvalidRequest::value(Place::Query, name, "an asterisk alone").into(),
                    );
                }
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
                None => {
                    InvalidRequest::value(Place::Query, name, "it is before the beginning").into()
                }
            });
        }
        let paging = call.operation.pagination.as_ref();
        let asked: Vec<(&str, &Value)> = call
            .operation
            .parameters
            .iter()
            .filter(|one| {
                one.place == otcdb_openapi::Place::Query
                    || self.operation.filters.contains_key(&one.name)
            })
            .map(|one| one.name.as_str())
            .filter(|name| !paging.is_some_and(|paging| paging.counts_with(name)))
            .filter_map(|name| Some((name, call.params.value(name)?)))
            .collect();
        Ok(move |record: &Record, state: &S| {
            // Whole seconds, so that the last one belongs to it.
            let second = record.created.as_second();
            span.0.is_none_or(|first| first.as_second() <= second)
                && span.1.is_none_or(|last| second <= last.as_second())
                && self.is_let_through(record, state)
                && asked
                    .iter()
                    .all(|(name, wanted)| self.is_asked_for(name, wanted, record, state))
        })
    }

    fn is_asked_for(&self, name: &str, wanted: &Value, record: &Record, state: &S) -> bool {
        let wanted = as_text(wanted.clone());
        let value = |field: &str| {
            let (first, rest) = field.split_once('.').unwrap_or((field, ""));
            let own = self.of_record(first, Some(record), state).ok()??;
            let mut steps = rest.split('.').filter(|step| !step.is_empty());
            steps.try_fold(own, |value, step| value.get(step).cloned())
        };
        let own = |field: &str| value(field).map(as_text).unwrap_or_default();
        match self.operation.filters.get(name) {
            None => is_same(&own(name), &wanted),
            Some(Filter::Is(field)) => match value(field) {
                Some(Value::Array(texts)) => {
                    texts.into_iter().map(as_text).any(|own| own == wanted)
                }
                _ => is_same(&own(field), &wanted),
            },
            Some(Filter::Like(field)) => own(field).eq_ignore_ascii_case(&wanted),
            Some(Filter::Wildcard(field)) => match wanted.strip_prefix('*') {
                Some(part) => own(field).contains(part),
                None => own(field) == wanted,
            },
            Some(Filter::Tags(field)) => has_tags(value(field).as_ref(), &wanted),
            Some(Filter::Among(field)) => own(field).split(',').any(|own| own == wanted),
            Some(Filter::Within(field)) => own(field).contains(&wanted),
            Some(Filter::From | Filter::To | Filter::Order | Filter::Ignored | Filter::Rust(_)) => {
                true
            }
        }
    }

    /// Whether the service's own filters let a record through.
    fn is_let_through(&self, record: &Record, state: &S) -> bool {
        self.operation.filters.values().all(|filter| match filter {
            Filter::Rust(name) => match self.function(name) {
                Some(Function::Filter(filter)) => filter(self, record, state),
                _ => false,
            },
            _ => true,
        })
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
        let shown = self.shown(&record, state)?;
        self.answer_with(call.operation, &shown, Some(&record), state)
    }

    /// Whether there is a value at a path of a record, and it is not false.
    fn is_there(&self, path: &Path, record: &Record, state: &S) -> Result<bool, CallError> {
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
        if !call.in_main_project() {
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
        plant(state, self.models, self.functions, made, self.now, true);
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
        let shown = self.shown(&record, state)?;
        let response = self.answer_with(call.operation, &shown, Some(&record), state)?;
        self.change_others(&record, state)?;
        remove(self.models, self.name, &record.id, state);
        self.effect(call, &record, state);
        Ok(response)
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
    fn finish(&mut self, call: &Call<'_>, record: Record, state: &mut S) -> Outcome {
        self.leave(&record, state)?;
        self.change_others(&record, state)?;
        self.effect(call, &record, state);
        // The effect may have changed it.
        let stored = state.store().get(self.name, &record.id).cloned();
        let record = stored.unwrap_or(record);
        let shown = self.shown(&record, state)?;
        self.answer_with(call.operation, &shown, Some(&record), state)
    }

    fn leave(&mut self, record: &Record, state: &mut S) -> Result<(), CallError> {
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
                let One::Record(resource, _, other) = &one else {
                    continue;
                };
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

/// Whether all of `key=value,key=value` are among the tags.
fn has_tags(own: Option<&Value>, wanted: &str) -> bool {
    let own = own.and_then(Value::as_array);
    let has = |pair: &str| {
        let (key, value) = match pair.split_once('=') {
            Some((key, value)) => (key, Some(value)),
            None => (pair, None),
        };
        own.into_iter()
            .flatten()
            .any(|tag| tag["key"] == key && value.is_none_or(|value| tag["value"] == value))
    };
    let mut pairs = wanted.split(',').filter(|pair| !pair.is_empty());
    pairs.all(has)
}

/// Whether a field has the value that is asked for. Some clients write a whole number as `2.0`.
fn is_same(own: &str, wanted: &str) -> bool {
    let number = |text: &str| text.parse::<f64>().ok();
    own == wanted || number(own).is_some_and(|own| number(wanted) == Some(own))
}
