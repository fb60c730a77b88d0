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

/// Variables, folders and files.
#[derive(Clone)]
pub struct Environment {
    variables: BTreeMap<String, String>,
    home: Option<PathBuf>,
    read: Arc<ReadFile>,
}

impl Environment {
    /// The environment of this process. Variables that are not Unicode are left out.
    pub fn process() -> Self {
        let variables = std::env::vars_os().filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        });
        Self::new(variables, std::env::home_dir(), |path| {
            files::read_text(path, MOST)
        })
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
            Err(error) => Err(Error::invalid_argument(format!(
                "the file {} cannot be read: {error}",
                path.display()
            ))
            .with_source(error)),
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
