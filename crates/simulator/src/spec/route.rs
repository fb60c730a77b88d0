//! From method and path to the operation.

use axum::http::Method;
use percent_encoding::percent_decode_str;

use super::{Operation, Service};

/// All operations, by path.
#[derive(Default)]
pub(crate) struct Spec {
    paths: matchit::Router<Paths>,
    names: Vec<String>,
}

/// The operations of one path. Names of path parameters differ between services, places do not.
struct Paths {
    parameters: Vec<String>,
    operations: Vec<Operation>,
}

/// What a method and a path lead to.
pub(crate) enum Found<'a> {
    /// An operation, with its path parameters decoded.
    Operation(&'a Operation, Vec<(String, String)>),
    /// The path exists, but not with this method.
    OtherMethod(Service),
    /// No bundle has the path.
    Nothing,
}

impl Spec {
    /// Adds an operation. No other one may have its method and path, or it would never be reached.
    pub(crate) fn insert(
        &mut self,
        operation: &'static otcdb_spec::Operation,
    ) -> Result<(), String> {
        let path = operation.path.as_str();
        let (pattern, parameters) = pattern(path);
        let name = operation.qualified();
        if self.names.contains(&name) {
            return Err(format!("there are two operations {name}"));
        }
        let operation = Operation::new(self.names.len(), operation);
        self.names.push(name.clone());
        if let Ok(found) = self.paths.at_mut(&pattern)
            && found.value.parameters == parameters
        {
            let operations = &mut found.value.operations;
            let taken = operations.iter().find(|one| one.method == operation.method);
            if let Some(taken) = taken {
                let (method, other) = (&operation.method, taken.qualified());
                return Err(format!("{other} and {name} are both {method} {path}"));
            }
            operations.push(operation);
            return Ok(());
        }
        let paths = Paths {
            parameters,
            operations: vec![operation],
        };
        self.paths
            .insert(pattern, paths)
            .map_err(|error| format!("{path}: {error}"))
    }

    /// Finds the operation of a request.
    pub(crate) fn find(&self, method: &Method, path: &str) -> Found<'_> {
        let path = match path.trim_end_matches('/') {
            "" => "/",
            trimmed => trimmed,
        };
        let Ok(found) = self.paths.at(path) else {
            return Found::Nothing;
        };
        let values = found
            .params
            .iter()
            .map(|(_, value)| percent_decode_str(value).decode_utf8_lossy().into_owned());
        let operations = &found.value.operations;
        match operations
            .iter()
            .find(|operation| operation.method == method)
        {
            Some(operation) => {
                let names = found.value.parameters.iter().cloned();
                Found::Operation(operation, names.zip(values).collect())
            }
            None => match operations.first() {
                Some(operation) => Found::OtherMethod(operation.service),
                None => Found::Nothing,
            },
        }
    }

    /// All operations by their numbers, such as `dcs.ListInstances`.
    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }
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
