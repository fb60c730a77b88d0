//! Makes responses from records, schemas and documented examples.

use std::sync::Arc;

use http::StatusCode;
use otcdb_openapi::{Operation, Schema};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use super::context::Known;
use super::{Context, State};
use crate::call::CallError;
use crate::model::inside;
use crate::records::Record;
use crate::response::Response;

/// All that a record shows: what is stored, what is found out, and its ids.
#[derive(Default)]
pub(super) struct Shown<'r> {
    stored: Option<&'r Map<String, Value>>,
    /// Its own id and that of what it belongs to.
    ids: Vec<(String, Value)>,
    known: Option<Arc<Known>>,
    /// What models say in the place of that, or that there is nothing.
    said: Map<String, Value>,
    unsaid: Vec<&'r str>,
}

impl Shown<'_> {
    fn get(&self, field: &str) -> Option<&Value> {
        let found = || {
            let fact = self.known.as_ref().and_then(|known| known.facts.get(field));
            let id = || self.ids.iter().find(|(name, _)| name == field);
            let id = || id().map(|(_, id)| id);
            let found = fact.or_else(id).or_else(|| self.stored?.get(field))?;
            (!self.unsaid.contains(&field)).then_some(found)
        };
        self.said.get(field).or_else(found)
    }

    /// The same by itself.
    pub(super) fn into_map(self) -> Map<String, Value> {
        let mut map = self.stored.cloned().unwrap_or_default();
        map.extend(self.ids);
        map.extend(
            self.known
                .map(|known| known.facts.clone())
                .unwrap_or_default(),
        );
        map.retain(|name, _| !self.unsaid.contains(&name.as_str()));
        map.extend(self.said);
        map
    }
}

/// An object of what others hold.
pub(super) struct Object<'v>(Vec<(&'v str, Member<'v>)>);

/// A member of an object.
pub(super) enum Member<'v> {
    Value(&'v Value),
    Object(Object<'v>),
    Objects(Vec<Object<'v>>),
}

impl Serialize for Object<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, member)| (name, member)))
    }
}

impl Serialize for Member<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Value(value) => value.serialize(serializer),
            Self::Object(object) => object.serialize(serializer),
            Self::Objects(objects) => objects.serialize(serializer),
        }
    }
}

impl<S: State> Context<'_, S> {
    /// What a record shows.
    pub(super) fn shown<'r>(
        &'r self,
        record: &'r Record,
        state: &S,
    ) -> Result<Shown<'r>, CallError> {
        let parent = self.model.parent.as_ref();
        let parent = parent.map(|name| (format!("{name}_id"), &record.parent));
        let id = self.model.id.as_ref();
        let id = id.map(|id| (id.field.clone(), &record.id));
        let ids = id.into_iter().chain(parent);
        let ids = ids
            .map(|(name, id)| (name, Value::from(id.as_str())))
            .collect();
        let known = Arc::new(Known {
            id: record.id.clone(),
            facts: self.facts(record, state),
        });
        let mut plain = self.as_the_model_has_it();
        plain.known = Some(Arc::clone(&known));
        let mut said = Map::new();
        let mut unsaid = Vec::new();
        for (name, form) in self.model.show.iter().chain(&self.operation.show) {
            unsaid.push(name.as_str());
            if let Some(value) = plain.value(form, Some(record), state)? {
                said.insert(name.clone(), value);
            }
        }
        Ok(Shown {
            stored: Some(&record.fields),
            ids,
            known: Some(known),
            said,
            unsaid,
        })
    }

    /// Whether the model says anything of a field. If it does and there is no value, the field is left out.
    fn is_declared(&self, field: &str) -> bool {
        let of_operation = [&self.operation.show, &self.operation.response];
        self.model.is_declared(field)
            || of_operation.iter().any(|fields| fields.contains_key(field))
    }

    /// The fields of a schema: what is known of them, else what the example has.
    pub(super) fn fill<'v>(
        &self,
        fields: &'v [String],
        mut shown: impl FnMut(&str) -> Option<Member<'v>>,
        example: Option<&'v Value>,
    ) -> Object<'v> {
        let mut member = |field: &str| match shown(field) {
            Some(member) => Some(member),
            None if self.is_declared(field) => None,
            None => example?.get(field).map(Member::Value),
        };
        let members = fields.iter();
        Object(
            members
                .filter_map(|field| Some((field.as_str(), member(field)?)))
                .collect(),
        )
    }

    /// The same of a record.
    pub(super) fn fill_with<'v>(
        &self,
        fields: &'v [String],
        shown: &'v Shown<'_>,
        example: Option<&'v Value>,
    ) -> Object<'v> {
        self.fill(fields, |field| shown.get(field).map(Member::Value), example)
    }

    /// The response to a request about one record.
    pub(super) fn answer_with(
        &self,
        operation: &Operation,
        shown: &Shown<'_>,
        record: Option<&Record>,
        state: &S,
    ) -> Result<Response, CallError> {
        let Some((response, schema)) = with_body(operation) else {
            let status = operation.successes().next().map_or(200, |one| one.status);
            return Ok(empty(status));
        };
        let beside = self.values(&self.operation.response, record, state)?;
        let example = response.examples.first().map(|example| &example.value);
        let (inside, fields) = (inside(schema, self.name), schema.fields());
        let inner = inside
            .as_ref()
            .map(|(member, inner)| (member, inner.fields()));
        let beside = |field: &str| beside.get(field).map(Member::Value);
        let body = match &inner {
            Some((name, inner)) => {
                let own = example.and_then(|example| example.get(name));
                let mut own = Some(self.fill_with(inner, shown, own));
                let mut body = self.fill(
                    &fields,
                    |field| match field == *name {
                        true => own.take().map(Member::Object),
                        false => beside(field),
                    },
                    example,
                );
                if let Some(own) = own {
                    body.0.push((name, Member::Object(own)));
                }
                body
            }
            None => {
                let shown = |field: &str| shown.get(field).map(Member::Value);
                self.fill(
                    &fields,
                    |field| beside(field).or_else(|| shown(field)),
                    example,
                )
            }
        };
        Ok(Response::json(status(response.status), &body))
    }
}

/// The first success that has a body.
pub(super) fn with_body(operation: &Operation) -> Option<(&otcdb_openapi::Response, &Schema)> {
    operation
        .successes()
        .find_map(|response| Some((response, response.schema.as_ref()?)))
}

pub(super) fn status(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::OK)
}

pub(super) fn empty(code: u16) -> Response {
    Response::empty(status(code))
}
