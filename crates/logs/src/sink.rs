//! Whoever takes the files of a pull in the place of a folder.

use std::sync::Arc;

use otcdb_core::Result;

use crate::manifest::{ManifestEntry, Taker};
use crate::reading::Folder;

/// Takes the files of a pull, each when it is whole. What was taken is removed, and counts as fetched in the manifest of the
/// output folder.
///
/// It is called on threads that may block, one call at a time for each of a few files.
pub trait Sink: std::fmt::Debug + Send + Sync {
    /// Takes a file; the folder holds this one alone.
    ///
    /// # Errors
    /// The file was not taken. It counts as not fetched then, and comes again in the next pull.
    fn take(&self, folder: &Folder, log: &ManifestEntry) -> Result<()>;
}

/// The same, as a manifest calls it.
pub(crate) fn taker(sink: Arc<dyn Sink>) -> Taker {
    Taker(Arc::new(move |files, log| {
        sink.take(&Folder::of(files, log), log)
    }))
}
