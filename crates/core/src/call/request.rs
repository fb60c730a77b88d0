//! The request that arguments make, and what is wrong with them.

use bytes::Bytes;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};

use super::fields::{self, one_of, wrong_choice};
use super::given::Given;
use super::limits;
use crate::error::{Error, ErrorKind, Result};
use crate::operation::{Parameter, Place};
use crate::transport::{Call, Received};

/// What a segment of a path may not hold as it is.
const SEGMENT: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'/')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'`')
    .add(b'{')
    .add(b'}');

/// The parameter whose value the session knows.
const PROJECT: &str = "project_id";

impl Given {
    /// Sends the call. The project is the session's if none was given.
    pub(super) async fn send(&self) -> Result<Received> {
        self.check(&[])?;
        let call = self.request(&[], self.body.clone()).await?;
        self.client.send(call).await
    }

    /// The request, with `others` in the place of what was given. They were [checked](Self::check).
    pub(super) async fn request(
        &self,
        others: &[(&str, String)],
        body: Option<Bytes>,
    ) -> Result<Call> {
        let project = match self.lacks_project() {
            true => Some(self.project().await?),
            false => None,
        };
        let values = Values {
            others,
            project: project.as_slice(),
        };
        let base = self.client.base();
        let mut path = base.path().trim_end_matches('/').to_owned();
        let mut rest = self.operation.path;
        while let Some((before, name, after)) = next_in_path(rest) {
            path.push_str(before);
            let mut parameters = self.parameters();
            let parameter =
                parameters.find(|(one, _)| one.place == Place::Path && one.name == name);
            if let Some(value) = parameter.and_then(|(one, given)| values.of(one, given).first()) {
                path.extend(utf8_percent_encode(value, SEGMENT));
            }
            rest = after;
        }
        path.push_str(rest);
        // Host and port were read before.
        let mut url = base.clone();
        url.set_path(&path);
        let mut headers = HeaderMap::new();
        for (parameter, given) in self.parameters() {
            for value in values.of(parameter, given) {
                match parameter.place {
                    Place::Path => {}
                    Place::Query => {
                        url.query_pairs_mut().append_pair(parameter.name, value);
                    }
                    Place::Header => {
                        let (name, value) = header(parameter, value)
                            .ok_or_else(|| self.refuse(&[no_header(parameter)]))?;
                        headers.append(name, value);
                    }
                }
            }
        }
        let body = match (self.operation.body, body) {
            (Some(meta), None) if !meta.required => Bytes::from_static(b"{}"),
            (_, body) => body.unwrap_or_default(),
        };
        if !body.is_empty() {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        Ok(Call {
            method: self.operation.method().clone(),
            service: self.client.service(),
            url,
            headers,
            body,
            name: self.operation.id().into(),
            idempotent: self.operation.is_idempotent(),
            expect: self.operation.expected(),
            list: self.operation.lists().copied(),
            is_typed: true,
        })
    }

    fn lacks_project(&self) -> bool {
        let mut parameters = self.parameters();
        parameters.any(|(parameter, values)| is_of_the_session(parameter) && values.is_empty())
    }

    async fn project(&self) -> Result<String> {
        if let Some(project) = self.client.session().given_project() {
            return Ok(project.to_owned());
        }
        // Boxed: it is over when the call begins.
        let project = Box::pin(self.client.session().project_id()).await;
        project.map_err(|error| {
            let is_unknown = matches!(
                error.kind(),
                ErrorKind::NotFound | ErrorKind::Permission | ErrorKind::InvalidArgument
            );
            if is_unknown {
                error.with_hint(
                    "name the project by its id: with project_id of Session::builder, or with .project_id(…) on the call",
                )
            } else {
                error
            }
        })
    }

    /// Whether the call can be sent. `filled` are the names of parameters and fields of the body that are set later.
    ///
    /// # Errors
    ///
    /// All that is missing or wrong ([`ErrorKind::InvalidArgument`]).
    pub(super) fn check(&self, filled: &[&str]) -> Result<()> {
        let mut problems = Vec::new();
        for (parameter, values) in self.parameters() {
            let is_needed = parameter.required
                && !is_of_the_session(parameter)
                && !filled.contains(&parameter.name);
            if values.is_empty() && is_needed {
                let choices = one_of(parameter.choices);
                problems.push(format!("{} is missing{choices}", parameter.setter));
            }
            problems.extend(values.iter().filter_map(|value| problem(parameter, value)));
        }
        match (self.operation.body, &self.body) {
            (Some(meta), Some(body)) => problems.extend(fields::problems(body, &meta)),
            (Some(meta), None) if meta.required && !self.has_unwritable_body => {
                problems.push(format!("body is missing, which is a {}", meta.ty));
            }
            _ => {}
        }
        problems.extend(self.problem_of_page_size());
        problems.extend(self.problems.iter().cloned());
        if problems.is_empty() {
            Ok(())
        } else {
            Err(self.refuse(&problems))
        }
    }

    fn refuse(&self, problems: &[String]) -> Error {
        let what = format!("the call was not sent: {}", problems.join("; "));
        self.named(Error::invalid_argument(what).with_hint(format!(
            "see the documentation of {}",
            self.operation.name()
        )))
    }

    /// The error, with the operation in which it happened.
    pub(super) fn named(&self, error: Error) -> Error {
        error.with_call(self.client.service(), self.operation.id())
    }
}

/// The values that parameters have in a request.
struct Values<'a> {
    /// In the place of what was given.
    others: &'a [(&'a str, String)],
    /// The session's, if it is needed.
    project: &'a [String],
}

impl<'a> Values<'a> {
    fn of(&self, parameter: &Parameter, given: &'a [String]) -> &'a [String] {
        let mut others = self.others.iter();
        match others.find(|(name, _)| *name == parameter.name) {
            Some((_, value)) => std::slice::from_ref(value),
            None if given.is_empty() && parameter.name == PROJECT => self.project,
            None => given,
        }
    }
}

/// What comes before the next parameter of a path, its name, and what follows.
fn next_in_path(path: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = path.split_once('{')?;
    let (name, after) = rest.split_once('}')?;
    Some((before, name, after))
}

/// Whether the session knows the value.
fn is_of_the_session(parameter: &Parameter) -> bool {
    parameter.place == Place::Path && parameter.name == PROJECT
}

/// What is wrong with a value.
fn problem(parameter: &Parameter, value: &str) -> Option<String> {
    let name = parameter.setter;
    if !parameter.choices.is_empty() && !parameter.choices.contains(&value) {
        return Some(wrong_choice(name, value, parameter.choices));
    }
    match parameter.place {
        Place::Path if value.is_empty() => Some(format!("{name} is empty")),
        // A segment of dots is resolved, even where it is escaped: the request would go elsewhere.
        Place::Path if matches!(value, "." | "..") => {
            Some(format!("{name} is {value:?}, which leads to another path"))
        }
        Place::Header if header(parameter, value).is_none() => Some(no_header(parameter)),
        _ => limits::problem_of_text(name, value, parameter.limits),
    }
}

fn no_header(parameter: &Parameter) -> String {
    format!(
        "{} has characters that no header may have",
        parameter.setter
    )
}

fn header(parameter: &Parameter, value: &str) -> Option<(HeaderName, HeaderValue)> {
    let name = HeaderName::from_bytes(parameter.name.as_bytes()).ok()?;
    let mut value = HeaderValue::from_str(value).ok()?;
    value.set_sensitive(parameter.secret);
    Some((name, value))
}
