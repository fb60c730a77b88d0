//! What an operation is about, and what stands at paths.

use std::sync::{Arc, LazyLock};

use jiff::Timestamp;
use serde_json::Value;

use super::{Function, Functions, State};
use crate::call::{Call, CallError};
use crate::model::{Error, Form, Link, Model, Models, OperationModel, Part, Path};
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
    /// The record that those of the resource belong to, as it was when the request came.
    pub(crate) parent: Option<Arc<Record>>,
    /// The id of the record that the operation leaves.
    pub(crate) left: Option<String>,
    /// Whether fields are what the model says, whatever the operation shows otherwise.
    pub(super) is_plain: bool,
    /// The ids of what a list has on all its pages.
    pub(crate) found: Arc<Vec<String>>,
    /// Which element of a list in the body is meant.
    pub(super) turn: usize,
    /// What a search has found.
    pub(super) one: Option<One<'a>>,
}

/// What [`Context::of_record`] knows of every record.
const OWN: [&str; 3] = ["under_way", "presigned", "job"];

/// What a search has found.
#[derive(Clone)]
pub(crate) enum One<'a> {
    Record(&'a str, &'a Model, Box<Record>),
    Item(Value),
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
            is_plain: false,
            found: Arc::default(),
            turn: 0,
            one: None,
        }
    }

    /// A member of the body, or a parameter; nothing for null. Dots lead into objects, and into one element of a list.
    pub(crate) fn given(&self, name: &str) -> Option<&Value> {
        let params = &self.call?.params;
        let mut steps = name.split('.');
        let first = steps.next()?;
        let value = params.field(first).or_else(|| params.value(first))?;
        let value = steps.try_fold(value, |value, step| match value {
            Value::Array(items) => items.get(self.turn)?.get(step),
            _ => value.get(step),
        });
        value.filter(|value| !value.is_null())
    }

    /// A text that the request gives.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.given(name)?.as_str()
    }

    /// What is known of the parent.
    pub(super) fn of_parent(&self, field: &str, state: &S) -> Result<Option<Value>, CallError> {
        let of = self.model.parent.as_deref();
        let of = of.and_then(|of| self.models.resources.get_key_value(of));
        let Some((parent, (resource, model))) = self.parent.as_ref().zip(of) else {
            return Ok(None);
        };
        self.about(resource, model)
            .of_record(field, Some(parent), state)
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
            self.of_list(first, state)?
        } else if root == "request" {
            self.given(&path.rest.join(".")).cloned()
        } else if root == "one" {
            match &self.one {
                Some(One::Record(resource, model, one)) => {
                    let mut context = self.about(resource, model);
                    context.parent = self.parent.clone();
                    context.of_record(first, Some(one), state)?
                }
                Some(One::Item(item)) => item.get(first).cloned(),
                None => None,
            }
        } else if root == "cloud" {
            self.call.and_then(|call| {
                let (accounts, options) = (&call.cloud.accounts, &call.cloud.options);
                let quirk = match first.as_str() {
                    "lowercase_errorlog_status" => Some(options.lowercase_errorlog_status),
                    "schemeless_errorlog_links" => Some(options.schemeless_errorlog_links),
                    _ => None,
                };
                if let Some(quirk) = quirk {
                    return Some(Value::from(quirk));
                }
                Some(Value::from(match first.as_str() {
                    "project_id" => match call.project() {
                        Some(project) if accounts.has_instances(project) => project.to_owned(),
                        _ => accounts.project_id.clone(),
                    },
                    "region" => accounts.region.clone(),
                    "zones" => format!("{0}-01,{0}-02", accounts.region),
                    "user_id" => accounts.user_id.clone(),
                    "user_name" => accounts.user_name.clone(),
                    _ => return None,
                }))
            })
        } else if self.model.parent.as_deref() == Some(root) {
            self.of_parent(first, state)?
        } else if let Some(link) = self.model.links.get(root) {
            match self.linked(link, record, state) {
                Some((context, other)) => context.of_record(first, Some(other), state)?,
                None => None,
            }
        } else {
            match self.referred(root, state)? {
                Some((context, record)) => context.of_record(first, Some(record), state)?,
                None => None,
            }
        };
        if root == "request" {
            return Ok(value);
        }
        Ok(value.and_then(|value| inside(value, rest)))
    }

    /// A record that the body names or, without a name, the newest one of its resource; with a context in which its own
    /// model speaks.
    pub(super) fn referred<'s>(
        &self,
        name: &str,
        state: &'s S,
    ) -> Result<Option<(Self, &'s Record)>, CallError> {
        let reference = self.operation.refers.get(name);
        let resource = reference.map_or(name, |reference| reference.resource.as_str());
        let Some((resource, model)) = self.models.resources.get_key_value(resource) else {
            return Ok(None);
        };
        let id = reference.map(|reference| self.text(&reference.from));
        if reference.is_some_and(|reference| reference.optional) && id == Some(None) {
            return Ok(None);
        }
        let by = reference.and_then(|reference| reference.by.as_deref());
        let id = id.map(Option::unwrap_or_default);
        let mut records = state
            .store()
            .of(resource, self.owner(resource, None))
            .iter();
        let record = records.rfind(|record| id.is_none_or(|id| is_named(record, by, id)));
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

    /// The record that another one names, with a context in which its own model speaks.
    fn linked<'s>(
        &self,
        link: &Link,
        record: Option<&Record>,
        state: &'s S,
    ) -> Option<(Self, &'s Record)> {
        let (resource, model) = self.models.resources.get_key_value(&link.resource)?;
        let name = self.of_record(&link.field, record, state).ok()??;
        let name = name.as_str()?;
        let mut records = state.store().of(resource, "").iter();
        let found = records.find(|other| is_named(other, link.by.as_deref(), name))?;
        Some((self.about(resource, model), found))
    }

    /// Of all that a list has, how many they are, or each value of a field once.
    fn of_list(&self, field: &str, state: &S) -> Result<Option<Value>, CallError> {
        if field == "total" {
            return Ok(Some(Value::from(self.found.len())));
        }
        let mut values = Vec::new();
        for id in self.found.iter() {
            let record = state.store().get(self.name, id);
            let value = self.of_record(field, record, state)?;
            values.extend(value.filter(|value| !values.contains(value)));
        }
        Ok(Some(Value::Array(values)))
    }

    /// A record of another resource, without a parent, as its own model has it.
    pub(super) fn about(&self, name: &'a str, model: &'a Model) -> Self {
        static NONE: LazyLock<OperationModel> = LazyLock::new(OperationModel::default);
        let about = (name, model, &*NONE);
        Self::new(self.call, self.now, self.models, self.functions, about)
    }

    /// Whether a field of records is what is stored of it, and nothing is found out.
    pub(super) fn is_stored(&self, field: &str) -> bool {
        !OWN.contains(&field)
            && !self.is_own_id(field)
            && !self.is_parents_id(field)
            && self.shows(field).is_none()
            && !self.model.show.contains_key(field)
            && !self.is_fact(field)
    }

    /// Whether the model's function says a field.
    pub(super) fn is_fact(&self, field: &str) -> bool {
        let facts = self.model.facts.as_ref();
        facts.is_some_and(|facts| facts.fields.iter().any(|fact| fact == field))
    }

    /// The id that a record has in a field: its own, or that of what it belongs to.
    pub(super) fn id_of<'r>(&self, field: &str, record: &'r Record) -> Option<&'r str> {
        match self.is_own_id(field) {
            true => Some(&record.id),
            false => self.is_parents_id(field).then_some(&record.parent),
        }
    }

    pub(super) fn is_own_id(&self, field: &str) -> bool {
        self.model.id.as_ref().is_some_and(|id| id.field == field)
    }

    pub(super) fn is_parents_id(&self, field: &str) -> bool {
        let parent = field.strip_suffix("_id");
        parent.is_some() && self.model.parent.as_deref() == parent
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
        if field == "presigned" {
            return self.of_file(Part::Link, Some(record), state);
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
        if let Some(id) = self.id_of(field, record) {
            return Ok(Some(Value::from(id)));
        }
        if let Some(form) = self.shows(field) {
            return self.as_the_model_has_it().value(form, Some(record), state);
        }
        if let Some(form) = self.model.show.get(field) {
            return self.value(form, Some(record), state);
        }
        if self.is_fact(field) {
            return Ok(self.fact(field, record, state));
        }
        Ok(record.fields.get(field).cloned())
    }

    /// What the operation shows otherwise than the model.
    fn shows(&self, field: &str) -> Option<&'a Form> {
        let operation = (!self.is_plain).then_some(self.operation)?;
        operation.show.get(field)
    }

    /// The same, in which fields are what the model says: what an operation shows otherwise is made of that.
    pub(super) fn as_the_model_has_it(&self) -> Self {
        Self {
            is_plain: true,
            ..self.as_it_is()
        }
    }

    pub(super) fn as_it_is(&self) -> Self {
        let about = (self.name, self.model, self.operation);
        Self {
            parent: self.parent.clone(),
            left: self.left.clone(),
            found: Arc::clone(&self.found),
            one: self.one.clone(),
            turn: self.turn,
            is_plain: self.is_plain,
            ..Self::new(self.call, self.now, self.models, self.functions, about)
        }
    }

    /// What the function of the model says of a field.
    pub(super) fn fact(&self, field: &str, record: &Record, state: &S) -> Option<Value> {
        let named = self.model.facts.as_ref();
        match named.and_then(|facts| self.function(&facts.rust)) {
            Some(Function::Facts(fact)) => fact(self, record, state, field),
            _ => None,
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
        let of = self
            .models
            .get(resource)
            .and_then(|model| model.parent.as_deref());
        let parent = self.parent.as_ref().map(|parent| parent.id.as_str());
        match (of, record) {
            (None, _) => "",
            (Some(of), Some(record)) if of == self.name => &record.id,
            _ => parent.unwrap_or_default(),
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

/// What steps lead to in a value.
pub(super) fn inside(value: Value, steps: &[String]) -> Option<Value> {
    let step = |value: Value, step: &String| match &value {
        Value::Array(items) => items.get(step.parse::<usize>().ok()?).cloned(),
        _ => value.get(step).cloned(),
    };
    steps.iter().try_fold(value, step)
}

/// Whether a record has this name: in a field, else as its id.
fn is_named(record: &Record, by: Option<&str>, name: &str) -> bool {
    name == by.map_or(record.id.as_str(), |field| record.text(field))
}

/// A value as it stands in texts.
pub(super) fn as_text(value: Value) -> String {
    match value {
        Value::String(text) => text,
        other => other.to_string(),
    }
}
