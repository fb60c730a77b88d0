//! Makes responses from records, schemas and documented examples.

use http::StatusCode;
use otcdb_openapi::{Operation, Schema};
use serde_json::{Map, Value};

use super::{Context, State};
use crate::call::CallError;
use crate::model::inside;
use crate::records::Record;
use crate::response::Response;

impl<S: State> Context<'_, S> {
    /// All that a record shows: what is stored, what is found out, and its ids.
    pub(super) fn shown(
        &self,
        record: &Record,
        state: &S,
    ) -> Result<Map<String, Value>, CallError> {
        let mut shown = record.fields.clone();
        if let Some(parent) = &self.model.parent {
            shown.insert(format!("{parent}_id"), Value::from(record.parent.clone()));
        }
        if let Some(id) = &self.model.id {
            shown.insert(id.field.clone(), Value::from(record.id.clone()));
        }
        shown.extend(self.facts(record, state));
        for name in self.model.show.keys().chain(self.operation.show.keys()) {
            shown.remove(name);
        }
        let plain = self.as_the_model_has_it();
        for fields in [&self.model.show, &self.operation.show] {
            shown.extend(plain.values(fields, Some(record), state)?);
        }
        Ok(shown)
    }

    /// Whether the model says anything of a field. If it does and there is no value, the field is left out.
    fn is_declared(&self, field: &str) -> bool {
        let sets = self.model.operations.values().map(|one| &one.set);
        let shows = [
            &self.model.set,
            &self.model.show,
            &self.operation.show,
            &self.operation.response,
        ];
        sets.chain(shows).any(|fields| fields.contains_key(field))
            || self
                .model
                .facts
                .iter()
                .any(|facts| facts.fields.iter().any(|own| own == field))
            || self.model.hidden.iter().any(|own| own == field)
    }

    /// The fields of a schema: what is known of them, else what the example has.
    pub(super) fn fill(
        &self,
        fields: &[String],
        shown: &Map<String, Value>,
        example: Option<&Value>,
    ) -> Map<String, Value> {
        let value = |field: &String| match shown.get(field) {
            Some(value) => Some(value.clone()),
            None if self.is_declared(field) => None,
            None => example?.get(field).cloned(),
        };
        fields
            .iter()
            .filter_map(|field| Some((field.clone(), value(field)?)))
            .collect()
    }

    /// The response to a request about one record.
    pub(super) fn answer_with(
        &self,
        operation: &Operation,
        shown: &Map<String, Value>,
        record: Option<&Record>,
        state: &S,
    ) -> Result<Response, CallError> {
        let Some((response, schema)) = with_body(operation) else {
            let status = operation.successes().next().map_or(200, |one| one.status);
            return Ok(empty(status));
        };
        let beside = self.values(&self.operation.response, record, state)?;
        let example = response.examples.first().map(|example| &example.value);
        let body = match inside(schema, self.name) {
            Some((member, inner)) => {
                let own = example.and_then(|example| example.get(&member));
                let own = self.fill(&inner.fields(), shown, own);
                let mut body = self.fill(&schema.fields(), &beside, example);
                body.insert(member, Value::Object(own));
                body
            }
            None => {
                let mut shown = shown.clone();
                shown.extend(beside);
                self.fill(&schema.fields(), &shown, example)
            }
        };
        Ok(Response::json(
            status(response.status),
            &Value::Object(body),
        ))
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
