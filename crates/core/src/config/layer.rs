//! Values of one place, and where they came from.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use secrecy::{ExposeSecret as _, SecretString};

use super::Key;
use crate::error::Error;
use crate::secret::Secret;

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Source {
    /// Told explicitly, by a flag of this name.
    Flag(String),
    /// An environment variable.
    Variable(String),
    /// A file, with the entry or section in it.
    File {
        /// The file.
        path: PathBuf,
        /// `clouds.<name>`, or the section.
        entry: String,
    },
    /// The built-in profile of a vendor.
    Profile(String),
    /// Worked out from another setting.
    Derived(Key),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(name) => write!(f, "flag {name}"),
            Self::Variable(name) => write!(f, "variable {name}"),
            Self::File { path, entry } => write!(f, "{} ({entry})", path.display()),
            Self::Profile(name) => write!(f, "built-in profile {name}"),
            Self::Derived(key) => write!(f, "derived from {key}"),
        }
    }
}

/// The error of what a place says that cannot be used.
pub(super) fn refused(source: &Source, what: &str, hint: &str) -> Error {
    Error::invalid_argument(format!("{source}: {what}")).with_hint(hint)
}

/// A value with its source. All values are held like secrets; whether one may be shown depends on its key.
#[derive(Clone)]
pub struct Setting {
    value: SecretString,
    source: Source,
}

impl Setting {
    pub(super) fn new(value: impl Into<String>, source: Source) -> Self {
        Self {
            value: value.into().into(),
            source,
        }
    }

    /// Where it came from.
    pub fn source(&self) -> &Source {
        &self.source
    }

    pub(super) fn expose(&self) -> &str {
        self.value.expose_secret()
    }

    pub(super) fn secret(&self) -> Secret {
        self.expose().into()
    }
}

impl fmt::Debug for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Setting")
            .field("source", &self.source)
            .finish_non_exhaustive()
    }
}

/// The values that one place has. Empty values count as absent.
#[derive(Clone, Debug, Default)]
pub struct Layer(BTreeMap<Key, Setting>);

impl Layer {
    /// No values.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds what a flag says; `None` and an empty text add nothing.
    #[must_use]
    pub fn flag(mut self, key: Key, name: &str, value: Option<impl Into<String>>) -> Self {
        if let Some(value) = value {
            self.add(key, value, Source::Flag(name.to_owned()));
        }
        self
    }

    /// The first value that is added for a key stays.
    pub(super) fn add(&mut self, key: Key, value: impl Into<String>, source: Source) {
        let value = value.into();
        if !value.is_empty() {
            self.0
                .entry(key)
                .or_insert_with(|| Setting::new(value, source));
        }
    }

    pub(super) fn get(&self, key: Key) -> Option<&Setting> {
        self.0.get(&key)
    }

    pub(super) fn has_any(&self, keys: &[Key]) -> bool {
        keys.iter().any(|key| self.0.contains_key(key))
    }

    pub(super) fn remove(&mut self, keys: &[Key]) {
        self.remove_all(|key| keys.contains(&key));
    }

    pub(super) fn remove_all(&mut self, is_removed: impl Fn(Key) -> bool) {
        self.0.retain(|key, _| !is_removed(*key));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
