//! Files of the description, read once each.

use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};

use serde_json::Value;

use crate::diagnostic::Diagnostic;
use crate::yaml;

/// A place in the description: a file below `openapi/`, and a JSON pointer in it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
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

    /// A fault at this place.
    pub fn fault(
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

/// Reads the description's files, each at most once.
pub(super) struct Loader {
    root: PathBuf,
    files: HashMap<String, Result<Value, String>>,
}

impl Loader {
    pub(super) fn new(root: &Path) -> Self {
        Self {
            root: root.to_owned(),
            files: HashMap::new(),
        }
    }

    /// The value at a place.
    ///
    /// # Errors
    /// Says why there is none: no such file, not YAML, or nothing at the pointer.
    pub(super) fn get(&mut self, location: &Location) -> Result<&Value, String> {
        let file = self
            .files
            .entry(location.file.clone())
            .or_insert_with(|| read(&self.root.join(&location.file)));
        match file {
            Ok(value) => value.pointer(&location.pointer).ok_or_else(|| {
                format!(
                    "openapi/{} has nothing at #{}",
                    location.file, location.pointer
                )
            }),
            Err(message) => Err(format!("openapi/{}: {message}", location.file)),
        }
    }
}

fn read(path: &Path) -> Result<Value, String> {
    let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
    yaml::parse(&text).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_followed_from_the_file_they_stand_in() {
        let here = Location::new("dcs/log_management/list.yaml", "/responses");
        assert_eq!(
            here.follow("../components/logs.yaml#/RunlogItem"),
            Ok(Location::new("dcs/components/logs.yaml", "/RunlogItem"))
        );
        assert_eq!(
            here.follow("#/x"),
            Ok(Location::new("dcs/log_management/list.yaml", "/x"))
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
