//! Where files go that are not to stay in the output folder.

use std::collections::HashMap;
use std::fmt;

use futures_util::future::BoxFuture;
use otcdb_core::Result;

use crate::files::Files;

/// What a store knows one content of an object by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Version(pub(crate) String);

/// A small object, read whole.
#[derive(Debug)]
pub(crate) struct Object {
    pub(crate) content: Vec<u8>,
    /// `None` where the store has no word for it.
    pub(crate) version: Option<Version>,
}

/// What became of an object that was to be written.
#[derive(Debug, PartialEq, Eq)]
#[cfg_attr(
    not(feature = "s3"),
    allow(dead_code, reason = "only buckets say what became of it")
)]
pub(crate) enum Written {
    /// It is there.
    Done(Option<Version>),
    /// Somebody else has written it meanwhile, so it was not.
    Conflict,
}

/// A place that files are brought to when they are whole. Paths are those of the output folder.
pub(crate) trait Remote: fmt::Debug + Send + Sync {
    /// What messages call it.
    fn shown(&self) -> &str;

    /// The names of the folders in a folder.
    ///
    /// # Errors
    /// The place cannot be read.
    fn folders<'a>(&'a self, path: &'a str) -> BoxFuture<'a, Result<Vec<String>>>;

    /// The sizes of the files in a folder, by their paths.
    ///
    /// # Errors
    /// The place cannot be read.
    fn sizes<'a>(&'a self, folder: &'a str) -> BoxFuture<'a, Result<HashMap<String, u64>>>;

    /// Reads an object, if it is there.
    ///
    /// # Errors
    /// It cannot be read.
    fn read<'a>(&'a self, path: &'a str) -> BoxFuture<'a, Result<Option<Object>>>;

    /// Writes an object, unless there is another version of it than this one; `None` is that there is none.
    ///
    /// # Errors
    /// It cannot be written, or nobody knows whether it was.
    fn write<'a>(
        &'a self,
        path: &'a str,
        content: Vec<u8>,
        replaces: Option<&'a Version>,
    ) -> BoxFuture<'a, Result<Written>>;

    /// Whether the place heeds versions. Where it does not, whoever writes reads before it.
    fn heeds_versions(&self) -> bool;

    /// From now on it counts as one that does not.
    fn ignores_versions(&self);

    /// Brings a file here.
    ///
    /// # Errors
    /// It cannot be read or written. Nothing of it is then here.
    fn upload<'a>(
        &'a self,
        files: &'a Files,
        path: &'a str,
        size: u64,
    ) -> BoxFuture<'a, Result<()>>;

    /// Brings a file back.
    ///
    /// # Errors
    /// It cannot be read or written.
    fn download<'a>(&'a self, files: &'a Files, path: &'a str) -> BoxFuture<'a, Result<()>>;
}
