//! The world outside, as far as settings are concerned.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::error::{Error, Result};
use crate::files;

/// What no file of settings is longer than, in bytes.
const MOST: u64 = 1024 * 1024;

type ReadFile = dyn Fn(&Path) -> io::Result<String> + Send + Sync;
type ModeOf = dyn Fn(&Path) -> Option<u32> + Send + Sync;

/// Variables, folders and files.
#[derive(Clone)]
pub struct Environment {
    variables: BTreeMap<String, String>,
    home: Option<PathBuf>,
    read: Arc<ReadFile>,
    mode: Arc<ModeOf>,
    /// Variables that are not Unicode.
    unreadable: Vec<String>,
}

/// What a text says that stands for true or false, in any of YAML's ways.
pub(super) fn boolean(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" | "y" | "1" => Some(true),
        "false" | "no" | "off" | "n" | "0" => Some(false),
        _ => None,
    }
}

impl Environment {
    /// The environment of this process. Variables that are not Unicode are left out; those that would have counted are
    /// noted.
    pub fn process() -> Self {
        let mut unreadable = Vec::new();
        let variables = std::env::vars_os().filter_map(|(name, value)| {
            let name = name.into_string().ok()?;
            let value = value.into_string();
            if value.is_err() {
                unreadable.push(name.clone());
            }
            Some((name, value.ok()?))
        });
        let variables: Vec<_> = variables.collect();
        let environment = Self::new(variables, std::env::home_dir(), |path| {
            files::read_text(path, MOST)
        });
        Self {
            unreadable,
            ..environment
        }
        .with_modes(mode_of)
    }

    /// An environment made of parts. `read` answers with [`io::ErrorKind::NotFound`] for files that are not there.
    pub fn new(
        variables: impl IntoIterator<Item = (String, String)>,
        home: Option<PathBuf>,
        read: impl Fn(&Path) -> io::Result<String> + Send + Sync + 'static,
    ) -> Self {
        Self {
            variables: variables.into_iter().collect(),
            home,
            read: Arc::new(read),
            mode: Arc::new(|_| None),
            unreadable: Vec::new(),
        }
    }

    /// Adds the permissions of files, in the form of `chmod`. Without them, nothing is said about who may read a file.
    #[must_use]
    pub fn with_modes(
        mut self,
        mode: impl Fn(&Path) -> Option<u32> + Send + Sync + 'static,
    ) -> Self {
        self.mode = Arc::new(mode);
        self
    }

    /// A note if others than its owner may read or write a file that holds a secret. Nothing is said of files whose
    /// permissions are not known.
    pub fn exposed(&self, path: &Path) -> Option<String> {
        let mode = (self.mode)(path)? & 0o777;
        (mode & 0o077 != 0).then(|| {
            format!(
                "{} holds a secret and is open to others (mode {mode:04o}); close it with: chmod 600 {}",
                path.display(),
                path.display()
            )
        })
    }

    /// Notes on variables that would count if they were text.
    pub(super) fn unreadable(&self) -> Vec<String> {
        self.unreadable
            .iter()
            .filter(|name| {
                ["OTCDB_", "OS_", "HUAWEICLOUD_SDK_"]
                    .iter()
                    .any(|family| name.starts_with(family))
            })
            .map(|name| format!("{name} is not used: it is not UTF-8"))
            .collect()
    }

    /// A path in which `~` is the home folder.
    pub(super) fn expanded(&self, path: &str) -> PathBuf {
        match (path.strip_prefix("~/"), &self.home) {
            (Some(rest), Some(home)) => home.join(rest),
            _ => PathBuf::from(path),
        }
    }

    /// A variable that is set and not empty.
    pub(super) fn variable(&self, name: &str) -> Option<&str> {
        self.variables
            .get(name)
            .map(String::as_str)
            .filter(|value| !value.is_empty())
    }

    /// A path below the home folder, if there is one.
    pub(super) fn at_home(&self, path: &str) -> Option<PathBuf> {
        self.home.as_ref().map(|home| home.join(path))
    }

    /// The content of a file, or `None` if it is not there.
    pub(super) fn read(&self, path: &Path) -> Result<Option<String>> {
        match (self.read)(path) {
            Ok(text) => Ok(Some(text)),
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
                ) =>
            {
                Ok(None)
            }
            Err(error) => {
                let what = format!("the file {} cannot be read: {error}", path.display());
                Err(Error::invalid_argument(what).with_source(error))
            }
        }
    }
}

/// Variables hold secrets, so only their number is shown.
impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Environment")
            .field("variables", &self.variables.len())
            .field("home", &self.home)
            .finish_non_exhaustive()
    }
}

/// The permissions of a regular file. What a process was given, as shells do for `<(…)`, is nobody else's.
#[cfg(unix)]
fn mode_of(path: &Path) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt as _;
    let metadata = std::fs::metadata(path).ok()?;
    metadata.is_file().then(|| metadata.permissions().mode())
}

#[cfg(not(unix))]
fn mode_of(_: &Path) -> Option<u32> {
    None
}
