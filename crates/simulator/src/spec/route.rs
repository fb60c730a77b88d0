//! From method and path to the operation.

use std::collections::BTreeMap;

use http::Method;
use percent_encoding::percent_decode_str;

use super::tolerance::without_nulls;
use super::{Operation, Service};

/// All operations, by service and path: services have the same paths.
#[derive(Default)]
pub(crate) struct Spec {
    services: BTreeMap<&'static str, Router>,
    names: Vec<String>,
}

#[derive(Default)]
struct Router(matchit::Router<Paths>);

/// The operations of one path.
struct Paths {
    parameters: Vec<String>,
    operations: Vec<Operation>,
}

/// What a method and a path lead to.
pub(crate) enum Found<'a> {
    /// An operation, with its path parameters decoded.
    Operation(&'a Operation, Vec<(String, String)>),
    /// The service has the path, but not with this method.
    OtherMethod,
    /// The service has no such path.
    Nothing,
}

impl Spec {
    /// Adds an operation. No other one of its service may have its method and path, or it would never be reached, unless
    /// their bodies tell them apart.
    pub(crate) fn insert(
        &mut self,
        service: Service,
        operation: &'static otcdb_openapi::Operation,
        loose: &[String],
    ) -> Result<(), String> {
        let path = operation.path.as_str();
        let (pattern, parameters) = pattern(path);
        let name = operation.qualified();
        if self.names.contains(&name) {
            return Err(format!("there are two operations {name}"));
        }
        let operation = Operation::new(self.names.len(), service, operation, loose);
        self.names.push(name.clone());
        let paths = self.router(service);
        if let Ok(found) = paths.at_mut(&pattern)
            && found.value.parameters == parameters
        {
            let operations = &mut found.value.operations;
            let taken = operations.iter().find(|one| {
                let told_apart = one.variant.is_some() && operation.variant.is_some();
                one.method == operation.method && !told_apart
            });
            if let Some(taken) = taken {
                let (method, other) = (&operation.method, taken.qualified());
                return Err(format!("{other} and {name} are both {method} {path}"));
            }
            operations.push(operation);
            return Ok(());
        }
        let only = Paths {
            parameters,
            operations: vec![operation],
        };
        paths
            .insert(pattern, only)
            .map_err(|error| format!("{path}: {error}"))
    }

    fn router(&mut self, service: Service) -> &mut matchit::Router<Paths> {
        &mut self.services.entry(service.as_str()).or_default().0
    }

    /// Finds the operation of a request to a service. Of several for the method and path it is the one for the body; if
    /// there is none, any of them says what is wrong. HEAD asks for the head of what GET would get: clients check tokens
    /// with it.
    pub(crate) fn find(
        &self,
        service: Service,
        method: &Method,
        path: &str,
        body: &[u8],
    ) -> Found<'_> {
        let Some(Router(paths)) = self.services.get(service.as_str()) else {
            return Found::Nothing;
        };
        let path = match path.trim_end_matches('/') {
            "" => "/",
            trimmed => trimmed,
        };
        let Ok(found) = paths.at(path) else {
            return Found::Nothing;
        };
        let values = found
            .params
            .iter()
            .map(|(_, value)| percent_decode_str(value).decode_utf8_lossy().into_owned());
        let method = match *method {
            Method::HEAD => &Method::GET,
            _ => method,
        };
        let operations = found.value.operations.iter();
        let operations: Vec<&Operation> = operations.filter(|one| one.method == method).collect();
        match choose(&operations, body) {
            Some(operation) => {
                let names = found.value.parameters.iter().cloned();
                Found::Operation(operation, names.zip(values).collect())
            }
            None => Found::OtherMethod,
        }
    }

    /// All operations by their numbers: service and operationId with a dot between them.
    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }
}

/// The operation that the body is for, else the first.
fn choose<'a>(operations: &[&'a Operation], body: &[u8]) -> Option<&'a Operation> {
    let (first, others) = operations.split_first()?;
    if others.is_empty() {
        return Some(*first);
    }
    let body = without_nulls(serde_json::from_slice(body).unwrap_or_default());
    let is_for = |one: &&&Operation| one.variant.as_ref().is_none_or(|mark| mark.fits(&body));
    operations.iter().find(is_for).or(Some(first)).copied()
}

/// The path with its parameters named by their place, and their own names.
fn pattern(path: &str) -> (String, Vec<String>) {
    let mut names = Vec::new();
    let segments: Vec<String> = path
        .split('/')
        .enumerate()
        .map(|(place, segment)| {
            match segment
                .strip_prefix('{')
                .and_then(|rest| rest.strip_suffix('}'))
            {
                Some(name) => {
                    names.push(name.to_owned());
                    format!("{{p{place}}}")
                }
                None => segment.to_owned(),
            }
        })
        .collect();
    (segments.join("/"), names)
}
