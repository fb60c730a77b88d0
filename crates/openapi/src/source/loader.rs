//! Files of the description, read once each.

use std::collections::{HashMap, HashSet};
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};

use serde_json::Value;

use crate::diagnostic::Diagnostic;
use crate::yaml;

/// A place in the description: a file below `openapi/`, and a JSON pointer in it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Location {
    /// Path relative to `openapi/`, with `/` as separator.
    pub file: String,
    /// JSON pointer in that file.
    pub pointer: String,
}

impl Location {
    /// Names a place.
    pub fn new(file: &str, pointer: &str) -> Self {
        Self {
            file: file.to_owned(),
            pointer: pointer.to_owned(),
        }
    }

    /// The place under `key`.
    pub fn at(&self, key: &str) -> Self {
        Self {
            file: self.file.clone(),
            pointer: crate::pointer::join(&self.pointer, key),
        }
    }

    /// A diagnostic at this place.
    pub fn diagnostic(
        &self,
        rule: &'static str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Diagnostic {
        Diagnostic {
            file: format!("openapi/{}", self.file),
            pointer: self.pointer.clone(),
            rule,
            message: message.into(),
            help: help.into(),
        }
    }

    /// Follows a `$ref` that is written at this place.
    ///
    /// # Errors
    /// A reference that leaves `openapi/` or is not a relative path with a JSON pointer.
    pub fn follow(&self, reference: &str) -> Result<Self, String> {
        let (file, pointer) = reference.split_once('#').unwrap_or((reference, ""));
        if !pointer.is_empty() && !pointer.starts_with('/') {
            return Err(format!("{reference:?} has no JSON pointer after the #"));
        }
        if file.contains("://") {
            return Err(format!("{reference:?} is not a relative path"));
        }
        if file.is_empty() {
            return Ok(Self::new(&self.file, pointer));
        }
        let mut path = PathBuf::from(&self.file);
        path.pop();
        for component in Path::new(file).components() {
            match component {
                Component::CurDir => {}
                Component::Normal(name) => path.push(name),
                Component::ParentDir if path.pop() => {}
                _ => return Err(format!("{reference:?} leaves the folder openapi")),
            }
        }
        let file: Vec<_> = path
            .components()
            .map(|c| c.as_os_str().to_string_lossy())
            .collect();
        Ok(Self::new(&file.join("/"), pointer))
    }
}

/// Why there is no value at a place.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Absent {
    /// The file or the pointer does not exist; the text says which.
    Nothing(String),
    /// The file cannot be read. That is a diagnostic of the file, which the loader keeps, and not of who refers to it.
    Broken,
}

/// Reads the description's files, each at most once.
pub(super) struct Loader {
    root: PathBuf,
    files: HashMap<String, Result<Value, Absent>>,
    broken: Vec<Diagnostic>,
    visited: HashSet<Location>,
}

impl Loader {
    pub(super) fn new(root: &Path) -> Self {
        Self {
            root: root.to_owned(),
            files: HashMap::new(),
            broken: Vec::new(),
            visited: HashSet::new(),
        }
    }

    /// The value at a place.
    ///
    /// # Errors
    /// Says whether there is none or its file is broken.
    pub(super) fn get(&mut self, location: &Location) -> Result<&Value, Absent> {
        self.visited.insert(location.clone());
        let file = self.files.entry(location.file.clone()).or_insert_with(|| {
            read(&self.root, &location.file).map_err(|diagnostic| match diagnostic {
                Unreadable::Absent(message) => Absent::Nothing(message),
                Unreadable::Broken(diagnostic) => {
                    self.broken.push(diagnostic);
                    Absent::Broken
                }
            })
        });
        match file {
            Ok(value) => value.pointer(&location.pointer).ok_or_else(|| {
                Absent::Nothing(format!(
                    "openapi/{} has nothing at #{}",
                    location.file, location.pointer
                ))
            }),
            Err(Absent::Nothing(message)) => Err(Absent::Nothing(message.clone())),
            Err(Absent::Broken) => Err(Absent::Broken),
        }
    }

    /// Every place that was asked for.
    pub(super) fn visited(&self) -> &HashSet<Location> {
        &self.visited
    }

    /// The diagnostics of the files that were read, one for each broken file.
    pub(super) fn take_broken(&mut self) -> Vec<Diagnostic> {
        std::mem::take(&mut self.broken)
    }
}

enum Unreadable {
    Absent(String),
    Broken(Diagnostic),
}

fn read(root: &Path, file: &str) -> Result<Value, Unreadable> {
    let broken = |message: String, help: &str| {
        Unreadable::Broken(Location::new(file, "").diagnostic("yaml", message, help))
    };
    let bytes = std::fs::read(root.join(file)).map_err(|error| match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => {
            Unreadable::Absent(format!("there is no file openapi/{file}"))
        }
        ErrorKind::IsADirectory => Unreadable::Absent(format!("openapi/{file} is a folder")),
        _ => broken(
            format!("this file cannot be read: {error}"),
            "see that it may be read",
        ),
    })?;
    let text = std::str::from_utf8(&bytes).map_err(|error| {
        let good = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let (line, column) = position(&String::from_utf8_lossy(good));
        broken(
            format!("this file is not UTF-8: line {line}, column {column}"),
            "save it as UTF-8",
        )
    })?;
    yaml::parse(text).map_err(|error| {
        broken(
            format!("this file is not YAML: {error}"),
            "mend the file at that line: one document, indented by spaces, each key once",
        )
    })
}

/// Line and column behind a text, both from 1.
fn position(text: &str) -> (usize, usize) {
    let line = text.rsplit('\n').next().unwrap_or_default();
    (text.matches('\n').count() + 1, line.chars().count() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_followed_from_the_file_they_stand_in() {
        let here = Location::new("things/log_management/list.yaml", "/responses");
        assert_eq!(
            here.follow("../components/logs.yaml#/RunlogItem"),
            Ok(Location::new("things/components/logs.yaml", "/RunlogItem"))
        );
        assert_eq!(
            here.follow("#/x"),
            Ok(Location::new("things/log_management/list.yaml", "/x"))
        );
        for outside in [
            "../../../secret.yaml",
            "/etc/x.yaml",
            "https://host/x.yaml",
            "a.yaml#x",
        ] {
            assert!(here.follow(outside).is_err(), "{outside}");
        }
    }
}
