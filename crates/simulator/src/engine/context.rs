//! Looks up paths, evaluates the sources of values, and checks conditions.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Map, Value};

use super::{Function, Functions, Parent, State};
use crate::call::{Call, CallError};
use crate::model::{End, Error, Fields, Form, Guard, Model, Models, Moment, OperationModel, Path};
use crate::records::{JobStatus, Record};
use crate::service_error::ServiceError;
use crate::spec::{InvalidRequest, Place};

/// What an operation is about.
pub(crate) struct Context<'a, S> {
    /// Nothing for what is there from the start.
    pub(crate) call: Option<&'a Call<'a>>,
    pub(crate) now: Timestamp,
    pub(crate) models: &'a Models,
    /// The resource.
    pub(crate) name: &'a str,
    pub(crate) model: &'a Model,
    pub(crate) operation: &'a OperationModel,
    pub(crate) functions: &'a Functions<S>,
    pub(crate) parent: Option<Parent>,
    /// The id of the record that the operation leaves.
    pub(crate) left: Option<String>,
    /// How many records a list has on all its pages.
    pub(crate) total: usize,
}

impl<'a, S: State> Context<'a, S> {
    pub(crate) fn new(
        call: Option<&'a Call<'a>>,
        now: Timestamp,
        models: &'a Models,
        functions: &'a Functions<S>,
        (name, model, operation): (&'a str, &'a Model, &'a OperationModel),
    ) -> Self {
        Self {
            call,
            now,
            models,
            name,
            model,
            operation,
            functions,
            parent: None,
            left: None,
            total: 0,
        }
    }

    /// A member of the body, or a parameter; nothing for null.
    pub(crate) fn given(&self, name: &str) -> Option<&Value> {
        let params = &self.call?.params;
        let value = params.field(name).or_else(|| params.value(name));
        value.filter(|value| !value.is_null())
    }

    /// A text that the request gives.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.given(name)?.as_str()
    }

    /// What is known of the parent.
    pub(crate) fn fact(&self, name: &str) -> Option<&Value> {
        self.parent.as_ref()?.facts.get(name)
    }

    /// The values of fields. Those without a value are left out.
    pub(crate) fn values(
        &self,
        fields: &Fields,
        record: Option<&Record>,
        state: &S,
    ) -> Result<Map<String, Value>, CallError> {
        let mut values = Map::new();
        for (name, form) in fields {
            if let Some(value) = self.value(form, record, state)? {
                values.insert(name.clone(), value);
            }
        }
        Ok(values)
    }

    /// The value of one source.
    pub(crate) fn value(
        &self,
        form: &Form,
        record: Option<&Record>,
        state: &S,
    ) -> Result<Option<Value>, CallError> {
        let job = record.and_then(|record| record.job(self.now));
        let status = job.map(|job| job.status(self.now));
        Ok(match form {
            Form::Constant(value) => Some(value.clone()),
            Form::From(name) => self.given(name).cloned(),
            Form::Of(path) => self.at(path, record, state)?,
            Form::Text(text) => {
                let mut whole = String::new();
                for (before, path) in &text.pieces {
                    let Some(value) = self.at(path, record, state)? else {
                        return Ok(None);
                    };
                    whole += before;
                    whole += &as_text(value);
                }
                Some(Value::from(whole + &text.end))
            }
            Form::Time(moment) => self
                .moment(*moment, record)
                .map(|time| Value::from(S::time(time))),
            Form::Milliseconds(moment) => self
                .moment(*moment, record)
                .map(|time| Value::from(time.as_millisecond().to_string())),
            Form::Stamp(format) => {
                let time = TimeZone::UTC.to_datetime(record.map_or(self.now, |one| one.created));
                Some(Value::from(time.strftime(format).to_string()))
            }
            Form::Progress => {
                let done = job.map_or(1.0, |job| job.done(self.now));
                Some(Value::from(format!("{:.2}", done * 100.0)))
            }
            Form::Status => job
                .and_then(|job| self.model.status(job, self.now))
                .map(Value::from),
            Form::Ended(end, form) => {
                let has_ended = match end {
                    End::Done => matches!(status, None | Some(JobStatus::Done(_))),
                    End::Failed => matches!(status, Some(JobStatus::Failed(_))),
                };
                match has_ended {
                    true => self.value(form, record, state)?,
                    false => None,
                }
            }
            Form::Rust(name) => match self.function(name) {
                Some(Function::Value(function)) => function(self, record, state)?,
                _ => None,
            },
            Form::Fields(fields) => Some(Value::Object(self.values(fields, record, state)?)),
            Form::Else(form, other) => match self.value(form, record, state)? {
                // An empty text is as good as none.
                Some(Value::String(text)) if text.is_empty() => self.value(other, record, state)?,
                Some(value) => Some(value),
                None => self.value(other, record, state)?,
            },
        })
    }

    fn moment(&self, moment: Moment, record: Option<&Record>) -> Option<Timestamp> {
        let record = record?;
        let job = record.job(self.now);
        match moment {
            Moment::Created => Some(record.created),
            Moment::Started => job
                .map(|job| job.started)
                .filter(|start| *start <= self.now),
            Moment::Ended => job.and_then(|job| job.ended(self.now)),
            Moment::Updated => Some(record.updated(self.now)),
        }
    }

    /// What stands at a path.
    pub(crate) fn at(
        &self,
        path: &Path,
        record: Option<&Record>,
        state: &S,
    ) -> Result<Option<Value>, CallError> {
        let Some((first, rest)) = path.rest.split_first() else {
            return Ok(None);
        };
        let root = path.root.as_str();
        let value = if root == "this" || root == self.name {
            self.of_record(first, record, state)?
        } else if root == "left" {
            self.left.clone().map(Value::from)
        } else if root == "list" {
            Some(Value::from(self.total))
        } else if root == "cloud" {
            self.call.and_then(|call| {
                let accounts = &call.cloud.accounts;
                Some(Value::from(match first.as_str() {
                    "project_id" => accounts.project_id.clone(),
                    "region" => accounts.region.clone(),
                    "user_id" => accounts.user_id.clone(),
                    "user_name" => accounts.user_name.clone(),
                    _ => return None,
                }))
            })
        } else if self.model.parent.as_deref() == Some(root) {
            self.fact(first).cloned()
        } else {
            match self.referred(root, state)? {
                Some((context, record)) => context.of_record(first, Some(record), state)?,
                None => None,
            }
        };
        let at = |value: Value| {
            rest.iter()
                .try_fold(value, |value, step| value.get(step).cloned())
        };
        Ok(value.and_then(at))
    }

    /// A record that the body names or, without a name, the newest one of its resource; with a context in which its own
    /// model speaks.
    pub(super) fn referred<'s>(
        &self,
        name: &str,
        state: &'s S,
    ) -> Result<Option<(Self, &'s Record)>, CallError> {
        let parent = self.parent.as_ref().map_or("", |parent| parent.id.as_str());
        let reference = self.operation.refers.get(name);
        let resource = reference.map_or(name, |reference| reference.resource.as_str());
        let Some((resource, model)) = self.models.resources.get_key_value(resource) else {
            return Ok(None);
        };
        let id = reference.map(|reference| self.text(&reference.from).unwrap_or_default());
        let mut records = state.store().of(resource, parent).iter().rev();
        let record = records.find(|record| id.is_none_or(|id| record.id == id));
        let Some(record) = record else {
            return match reference {
                Some(reference) => Err(self.refuse(&reference.error)),
                None => Ok(None),
            };
        };
        let mut context = self.about(resource, model);
        context.parent = self.parent.clone();
        Ok(Some((context, record)))
    }

    /// The same operation on a record of another resource, without a parent.
    pub(super) fn about(&self, name: &'a str, model: &'a Model) -> Self {
        let about = (name, model, self.operation);
        Self::new(self.call, self.now, self.models, self.functions, about)
    }

    /// A field of a record, whether it is stored or found out.
    pub(crate) fn of_record(
        &self,
        field: &str,
        record: Option<&Record>,
        state: &S,
    ) -> Result<Option<Value>, CallError> {
        let Some(record) = record else {
            return Ok(None);
        };
        if field == "under_way" {
            return Ok(Some(Value::from(record.under_way(self.now))));
        }
        if field == "job" {
            let status = record.job(self.now).map(|job| job.status(self.now));
            return Ok(Some(Value::from(match status {
                None => "none",
                Some(JobStatus::Waiting) => "waiting",
                Some(JobStatus::Running) => "running",
                Some(JobStatus::Done(_)) => "done",
                Some(JobStatus::Failed(_)) => "failed",
            })));
        }
        if self.model.id.as_ref().is_some_and(|id| id.field == field) {
            return Ok(Some(Value::from(record.id.clone())));
        }
        let shown = self
            .operation
            .show
            .get(field)
            .or(self.model.show.get(field));
        if let Some(form) = shown {
            return self.value(form, Some(record), state);
        }
        let facts = self.model.facts.as_ref();
        if facts.is_some_and(|facts| facts.fields.iter().any(|own| own == field)) {
            return Ok(self.facts(record, state).remove(field));
        }
        Ok(record.fields.get(field).cloned())
    }

    /// What the function of the model says of a record.
    pub(super) fn facts(&self, record: &Record, state: &S) -> Map<String, Value> {
        let named = self.model.facts.as_ref();
        let named = named.and_then(|facts| self.function(&facts.rust));
        match named {
            Some(Function::Facts(facts)) => facts(self, record, state),
            _ => Map::new(),
        }
    }

    /// The function of the service that has a name.
    pub(super) fn function(&self, name: &str) -> Option<&'a Function<S>> {
        let mut all = self.functions.iter();
        all.find(|(own, _)| *own == name)
            .map(|(_, function)| function)
    }

    /// The id of what the records of a resource belong to: the record itself, or what that belongs to.
    pub(super) fn owner<'r>(&'r self, resource: &str, record: Option<&'r Record>) -> &'r str {
        let model = self.models.get(resource);
        let is_own = model.is_some_and(|model| model.parent.as_deref() == Some(self.name));
        let parent = self.parent.as_ref().map(|parent| parent.id.as_str());
        match record {
            Some(record) if is_own => &record.id,
            _ => parent.unwrap_or_default(),
        }
    }

    /// Whether all conditions hold.
    pub(crate) fn check(
        &self,
        guards: &[Guard],
        record: Option<&Record>,
        state: &S,
    ) -> Result<(), CallError> {
        guards
            .iter()
            .try_for_each(|guard| self.check_one(guard, record, state))
    }

    fn check_one(
        &self,
        guard: &Guard,
        record: Option<&Record>,
        state: &S,
    ) -> Result<(), CallError> {
        let (holds, error) = match guard {
            Guard::Named(path) => {
                let guards = self
                    .models
                    .get(&path.root)
                    .zip(path.rest.first())
                    .and_then(|(model, name)| model.guards.get(name));
                return match guards {
                    Some(guards) => self.check(guards, record, state),
                    None => Ok(()),
                };
            }
            Guard::Rust(name) => {
                return match self.function(name) {
                    Some(Function::Guard(function)) => function(self, record, state),
                    _ => Ok(()),
                };
            }
            Guard::Is {
                path,
                values,
                wanted,
                error,
            } => {
                let value = self.at(path, record, state)?.unwrap_or_default();
                (values.contains(&value) == *wanted, error)
            }
            Guard::Free { resource, error } => {
                let owner = self.owner(resource, record);
                (!state.store().is_busy(resource, owner, self.now), error)
            }
        };
        match holds {
            true => Ok(()),
            false => Err(self.refuse(error)),
        }
    }

    /// The refusal that a model names.
    pub(crate) fn refuse(&self, error: &Error) -> CallError {
        match error {
            Error::Code(code) => {
                let found = self.models.errors.get(code);
                found
                    .map_or(ServiceError::Internal, ServiceError::DocumentedError)
                    .into()
            }
            Error::Field(name, why) => {
                InvalidRequest::value(Place::Body, name, why.as_str()).into()
            }
            Error::Parameter(name) => {
                InvalidRequest::value(Place::Path, name, "there is no such thing").into()
            }
        }
    }
}

/// A value as it stands in texts.
pub(super) fn as_text(value: Value) -> String {
    match value {
        Value::String(text) => text,
        other => other.to_string(),
    }
}
