//! Makes responses from records, schemas and documented examples.

use std::borrow::Cow;

use http::StatusCode;
use otcdb_openapi::{Operation, Schema};
use serde::{Serialize, Serializer};
use serde_json::Value;

use super::{Context, State};
use crate::call::CallError;
use crate::model::{Form, inside};
use crate::records::Record;
use crate::response::Response;

/// What a record shows: what is stored, what is found out, and its ids. Each is found out when it is asked for.
pub(super) struct Shown<'r, S> {
    /// Nothing of an operation that is about no record.
    of: Option<(Context<'r, S>, &'r Record, &'r S)>,
}

impl<S> Shown<'_, S> {
    /// Nothing.
    pub(super) fn nothing() -> Self {
        Self { of: None }
    }
}

impl<S: State> Shown<'_, S> {
    fn get(&self, field: &str) -> Result<Option<Cow<'_, Value>>, CallError> {
        match &self.of {
            Some((context, record, state)) => {
                context.shown_from(&context.source(field), field, record, state)
            }
            None => Ok(None),
        }
    }
}

/// Where a field of records comes from.
enum Source<'a> {
    /// What the operation says and, where that is nothing, the model. It replaces all that is known otherwise.
    Said([Option<&'a Form>; 2]),
    /// The function of the model or, where that says nothing, what is stored.
    Fact,
    OwnId,
    ParentsId,
    Stored,
}

/// A field of the elements of a list.
struct Column<'v> {
    name: &'v str,
    source: Source<'v>,
    /// What it is where nothing is known.
    otherwise: Option<&'v Value>,
}

/// The fields of the elements of a list, found out once for all of them.
pub(super) struct Columns<'v, S> {
    context: Context<'v, S>,
    columns: Vec<Column<'v>>,
}

impl<S: State> Columns<'_, S> {
    /// An element.
    pub(super) fn object<'v>(
        &'v self,
        record: &'v Record,
        state: &S,
    ) -> Result<Object<'v>, CallError> {
        let mut members = Vec::with_capacity(self.columns.len());
        for Column {
            name,
            source,
            otherwise,
        } in &self.columns
        {
            let shown = self.context.shown_from(source, name, record, state)?;
            let member = shown.or(otherwise.map(Cow::Borrowed));
            members.extend(member.map(|member| (*name, Member::Value(member))));
        }
        Ok(Object(members))
    }
}

/// An object of what others hold.
pub(super) struct Object<'v>(Vec<(&'v str, Member<'v>)>);

/// A member of an object.
pub(super) enum Member<'v> {
    Value(Cow<'v, Value>),
    Object(Object<'v>),
    Objects(Vec<Object<'v>>),
}

impl<'v> Member<'v> {
    pub(super) fn of(value: &'v Value) -> Self {
        Self::Value(Cow::Borrowed(value))
    }
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

impl<'a, S: State> Context<'a, S> {
    /// What a record shows.
    pub(super) fn shown<'r>(&self, record: &'r Record, state: &'r S) -> Shown<'r, S>
    where
        'a: 'r,
    {
        Shown {
            of: Some((self.as_the_model_has_it(), record, state)),
        }
    }

    /// The fields of a schema in a list of records, beside the documented example of an element.
    pub(super) fn columns<'v>(
        &self,
        fields: &'v [String],
        example: Option<&'v Value>,
    ) -> Columns<'v, S>
    where
        'a: 'v,
    {
        let column = |field: &'v String| Column {
            name: field,
            source: self.source(field),
            otherwise: example
                .filter(|_| !self.is_declared(field))
                .and_then(|example| example.get(field)),
        };
        Columns {
            context: self.as_the_model_has_it(),
            columns: fields.iter().map(column).collect(),
        }
    }

    /// Where a field of records comes from.
    fn source(&self, field: &str) -> Source<'a> {
        let said = [&self.operation.show, &self.model.show].map(|fields| fields.get(field));
        if said.iter().any(Option::is_some) {
            Source::Said(said)
        } else if self.is_fact(field) {
            Source::Fact
        } else if self.is_own_id(field) {
            Source::OwnId
        } else if self.is_parents_id(field) {
            Source::ParentsId
        } else {
            Source::Stored
        }
    }

    fn shown_from<'v>(
        &self,
        source: &Source<'v>,
        field: &str,
        record: &'v Record,
        state: &S,
    ) -> Result<Option<Cow<'v, Value>>, CallError> {
        let stored = || record.fields.get(field).map(Cow::Borrowed);
        let id = |id: &str| Some(Cow::Owned(Value::from(id)));
        Ok(match source {
            Source::Said(forms) => {
                for form in forms.iter().flatten() {
                    let value = match form {
                        Form::Constant(value) => Some(Cow::Borrowed(value)),
                        form => self.value(form, Some(record), state)?.map(Cow::Owned),
                    };
                    if value.is_some() {
                        return Ok(value);
                    }
                }
                None
            }
            Source::Fact => match self.fact(field, record, state) {
                Some(fact) => Some(Cow::Owned(fact)),
                None => stored(),
            },
            Source::OwnId => id(&record.id),
            Source::ParentsId => id(&record.parent),
            Source::Stored => stored(),
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
        mut shown: impl FnMut(&'v str) -> Result<Option<Member<'v>>, CallError>,
        example: Option<&'v Value>,
    ) -> Result<Object<'v>, CallError> {
        let mut members = Vec::with_capacity(fields.len());
        for field in fields {
            let member = match shown(field)? {
                Some(member) => Some(member),
                None if self.is_declared(field) => None,
                None => example.and_then(|example| Some(Member::of(example.get(field)?))),
            };
            members.extend(member.map(|member| (field.as_str(), member)));
        }
        Ok(Object(members))
    }

    /// The same of a record.
    pub(super) fn fill_with<'v>(
        &self,
        fields: &'v [String],
        shown: &'v Shown<'_, S>,
        example: Option<&'v Value>,
    ) -> Result<Object<'v>, CallError> {
        self.fill(
            fields,
            |field| Ok(shown.get(field)?.map(Member::Value)),
            example,
        )
    }

    /// The response to a request about one record.
    pub(super) fn answer_with(
        &self,
        operation: &Operation,
        shown: &Shown<'_, S>,
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
        let inside = inside.map(|(member, inner)| (member, inner.fields()));
        let beside = |field: &str| beside.get(field).map(Member::of);
        let body = match &inside {
            Some((name, inner)) => {
                let own = example.and_then(|example| example.get(name));
                let mut own = Some(self.fill_with(inner, shown, own)?);
                let mut body = self.fill(
                    &fields,
                    |field| match field == *name {
                        true => Ok(own.take().map(Member::Object)),
                        false => Ok(beside(field)),
                    },
                    example,
                )?;
                if let Some(own) = own {
                    body.0.push((name, Member::Object(own)));
                }
                body
            }
            None => self.fill(
                &fields,
                |field| match beside(field) {
                    Some(member) => Ok(Some(member)),
                    None => Ok(shown.get(field)?.map(Member::Value)),
                },
                example,
            )?,
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
