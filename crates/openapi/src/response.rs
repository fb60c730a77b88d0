//! How a response that came differs from what is described.

use std::fmt;

use serde_json::Value;

use crate::check::{ValidationError, Violation};
use crate::node::Node;
use crate::operation::Operation;
use crate::time::{TIME, TimeForm};
use crate::{pointer, shown};

/// The body of a response, as far as it matters here.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Body<'a> {
    /// None.
    Empty,
    /// A JSON document.
    Json(&'a Value),
    /// Something else.
    Other,
}

/// What is wrong with a response, by what has to be written into the description.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum DifferenceKind {
    /// A success or redirection with a status that is not described.
    Status,
    /// A body where none is described, none where one is, or one that is no JSON.
    Body,
    /// A field that is not described.
    Field,
    /// A field that has to be there and is not.
    Missing,
    /// A value that is not among those that are listed.
    Value,
    /// Null where nothing says that it may be.
    Null,
    /// A value of another type.
    Type,
    /// A time that has another form than is stated.
    Time,
    /// A value outside of what is allowed otherwise: its length, its size, its pattern.
    Limit,
}

impl DifferenceKind {
    /// Every kind.
    pub const ALL: [Self; 9] = [
        Self::Status,
        Self::Body,
        Self::Field,
        Self::Missing,
        Self::Value,
        Self::Null,
        Self::Type,
        Self::Time,
        Self::Limit,
    ];

    /// A word for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::Body => "body",
            Self::Field => "field",
            Self::Missing => "missing",
            Self::Value => "value",
            Self::Null => "null",
            Self::Type => "type",
            Self::Time => "time",
            Self::Limit => "limit",
        }
    }
}

impl fmt::Display for DifferenceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One thing in which a response differs from what is described.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Difference {
    /// What kind of thing.
    pub kind: DifferenceKind,
    /// The JSON pointer of the value that it is about; empty for the body as a whole.
    pub pointer: String,
    /// What is there. It quotes nothing that is secret.
    pub problem: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.pointer.as_str() {
            "" => f.write_str(&self.problem),
            pointer => write!(f, "at {pointer}: {}", self.problem),
        }
    }
}

impl Operation {
    /// All in which a response differs from what is described, in the order of its body.
    pub fn differences(&self, status: u16, body: Body<'_>) -> Vec<Difference> {
        let about_body = |kind, problem: String| {
            vec![Difference {
                kind,
                pointer: String::new(),
                problem,
            }]
        };
        if status < 400 && self.response(status).is_none() {
            return about_body(
                DifferenceKind::Status,
                format!("the status {status} is not described"),
            );
        }
        match (self.body_of(status), body) {
            (None, Body::Empty) => Vec::new(),
            (None, _) => about_body(
                DifferenceKind::Body,
                format!("there is a body with status {status}, for which none is described"),
            ),
            (Some(_), Body::Empty) => about_body(
                DifferenceKind::Body,
                format!("there is no body with status {status}, for which one is described"),
            ),
            (Some(_), Body::Other) => about_body(
                DifferenceKind::Body,
                format!("the body with status {status} is no JSON"),
            ),
            (Some(schema), Body::Json(body)) => {
                let errors = schema.validation_errors(body).into_iter();
                let mut found: Vec<Difference> = errors.map(Difference::from).collect();
                listed(&schema.node(), body, "", &mut found);
                found
            }
        }
    }
}

impl From<ValidationError> for Difference {
    fn from(error: ValidationError) -> Self {
        Self {
            kind: match error.violation {
                Violation::Unknown => DifferenceKind::Field,
                Violation::Missing => DifferenceKind::Missing,
                Violation::Value => DifferenceKind::Value,
                Violation::Null => DifferenceKind::Null,
                Violation::Type => DifferenceKind::Type,
                Violation::Other => DifferenceKind::Limit,
            },
            pointer: error.pointer,
            problem: error.problem,
        }
    }
}

/// Values that are not among those that are known, and times of another form. No schema refuses either.
fn listed(node: &Node<'_>, value: &Value, at: &str, found: &mut Vec<Difference>) {
    let mut add = |kind, problem: String| {
        found.push(Difference {
            kind,
            pointer: at.to_owned(),
            problem,
        });
    };
    match value {
        Value::Null => {}
        // A blank stands for nothing.
        Value::String(text) if text.is_empty() => {}
        Value::Array(items) => {
            if let Some(element) = node.element() {
                for (index, item) in items.iter().enumerate() {
                    listed(&element, item, &format!("{at}/{index}"), found);
                }
            }
        }
        Value::Object(fields) => {
            for (name, field) in fields {
                if let Some(known) = node.field(name) {
                    listed(&known, field, &pointer::join(at, name), found);
                }
            }
        }
        _ => {
            let what = match node.is_secret() {
                true => "the value".to_owned(),
                false => value.to_string(),
            };
            let open = node.listed().filter(|listed| listed.is_open);
            if let Some(listed) = open
                && !listed.values.contains(value)
            {
                let known: Vec<String> = listed.values.iter().map(shown).collect();
                let problem = format!("{what} is none of the known values {}", known.join(", "));
                add(DifferenceKind::Value, problem);
            }
            let form = node.keyword(TIME).and_then(Value::as_str);
            let form = form.and_then(|form| form.parse::<TimeForm>().ok());
            if let Some(form) = form
                && !form.has(value)
            {
                let problem = format!("{what} is no time of the form {}", form.name());
                add(DifferenceKind::Time, problem);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::Description;

    fn description() -> Description {
        let thing = json!({ "type": "object", "required": ["id"], "properties": {
            "id": { "type": "string" },
            "job_id": { "type": "string", "x-alias": ["jobId"] },
            "status": { "type": "string", "nullable": true, "x-extensible-enum": ["ON", "OFF"] },
            "created": { "type": "string", "x-time": "rfc3339" },
            "size": { "type": "integer", "maximum": 9 },
            "link": { "type": "string", "x-secret": true, "x-extensible-enum": ["a"] },
            "labels": { "type": "object", "additionalProperties": { "type": "string", "x-extensible-enum": ["a"] } }
        } });
        let json = |schema: Value| json!({ "description": "", "content": { "application/json": { "schema": schema } } });
        let things = json!({ "type": "array", "items": thing });
        Description::of(
            "things",
            json!({ "paths": { "/things": { "get": { "operationId": "ListThings", "responses": {
                "200": json(json!({ "type": "object", "properties": { "things": things } })),
                "204": { "description": "" },
                "default": json(json!({ "type": "object", "properties": { "error_code": { "type": "string" } } })),
            } } } } }),
        )
        .unwrap()
    }

    fn found(status: u16, body: Body<'_>) -> Vec<String> {
        let description = description();
        let found = description.operations[0].differences(status, body);
        let line = |one: &Difference| format!("{} {} | {}", one.kind, one.pointer, one.problem);
        found.iter().map(line).collect()
    }

    #[test]
    fn what_is_described_is_no_difference() {
        let thing = json!({ "id": "i", "jobId": "j", "status": "ON", "created": "2019-05-10T08:31:16Z", "size": 9,
            "labels": { "x": "a" } });
        let blank = json!({ "id": "i", "status": null, "created": "", "link": "" });
        let body = json!({ "things": [thing, blank] });
        assert_eq!(found(200, Body::Json(&body)), [""; 0]);
        assert_eq!(found(204, Body::Empty), [""; 0]);
        let error = json!({ "error_code": "T.1" });
        assert_eq!(found(418, Body::Json(&error)), [""; 0]);
    }

    #[test]
    fn all_that_differs_is_told_by_its_kind_and_place() {
        let body = json!({ "things": [
            { "status": "BROKEN", "created": "2019-05-10", "size": 10, "extra": 1 },
            { "id": null, "job_id": 1, "link": "hunter2", "labels": { "x": "b" } },
        ] });
        let mut lines = found(200, Body::Json(&body));
        lines.sort();
        let kinds: Vec<String> = lines
            .iter()
            .map(|line| line.split(" | ").next().unwrap().to_owned())
            .collect();
        assert_eq!(
            kinds,
            [
                "field /things/0/extra",
                "limit /things/0/size",
                "missing /things/0",
                "null /things/1/id",
                "time /things/0/created",
                "type /things/1/job_id",
                "value /things/0/status",
                "value /things/1/labels/x",
                "value /things/1/link",
            ],
            "{lines:#?}"
        );
        assert!(!format!("{lines:?}").contains("hunter2"), "{lines:#?}");
        assert!(lines[6].ends_with("\"BROKEN\" is none of the known values ON, OFF"));
    }

    #[test]
    fn statuses_and_bodies_that_are_not_described_are_told() {
        let body = json!({});
        for (status, body, kind) in [
            (202, Body::Json(&body), "status"),
            (302, Body::Empty, "status"),
            (200, Body::Empty, "body"),
            (200, Body::Other, "body"),
            (204, Body::Json(&body), "body"),
            (503, Body::Other, "body"),
        ] {
            let lines = found(status, body);
            assert_eq!(lines.len(), 1);
            assert!(lines[0].starts_with(kind), "{lines:?}");
        }
    }
}
