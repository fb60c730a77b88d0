//! What `--out` names.

use std::path::{Path, PathBuf};

use otcdb_core::credentials::AccessKey;
use otcdb_core::{Error, ErrorKind, Result};
use otcdb_logs::{Bucket, Options};

use crate::args::Pull;

/// Where files go, and where they are on their way.
pub(super) struct Place {
    bucket: Option<Bucket>,
    /// Whether entries go to the standard output stream.
    pub(super) is_stream: bool,
    folder: Folder,
}

enum Folder {
    Given(PathBuf),
    /// Removed at the end.
    Temporary(tempfile::TempDir),
}

impl Place {
    /// # Errors
    /// It is no address of a bucket, or a folder cannot be made.
    pub(super) fn of(args: &Pull) -> Result<Self> {
        let bucket = bucket(&args.out)?;
        let is_stream = is_stream(&args.out);
        if bucket.is_none() && !is_stream {
            if args.spool.is_some() {
                return Err(Error::invalid_argument(
                    "--spool is for what goes on to a bucket or a stream, and --out names a folder",
                )
                .with_hint("leave --spool out, or write --out s3://BUCKET/PREFIX"));
            }
            return Ok(Self {
                bucket: None,
                is_stream,
                folder: Folder::Given(args.out.clone()),
            });
        }
        let folder = match &args.spool {
            Some(folder) => Folder::Given(folder.clone()),
            None => Folder::Temporary(tempfile::tempdir().map_err(|error| {
                let what = format!("cannot make a temporary folder: {error}");
                Error::new(ErrorKind::Storage, what).with_hint("name a folder with --spool")
            })?),
        };
        Ok(Self {
            bucket,
            is_stream,
            folder,
        })
    }

    /// Begins options. An access key of the cloud is good for its store, too.
    pub(super) fn options(&self, key: Option<AccessKey>) -> Options {
        let bucket = self.bucket.clone().map(|bucket| bucket.access_key(key));
        Options::new(self.folder()).bucket(bucket)
    }

    fn folder(&self) -> &Path {
        match &self.folder {
            Folder::Given(folder) => folder,
            Folder::Temporary(folder) => folder.path(),
        }
    }
}

/// The bucket that `--out` names, if it names one.
///
/// # Errors
/// It is no address of a bucket.
pub(in crate::commands) fn bucket(out: &Path) -> Result<Option<Bucket>> {
    let url = out.to_str().filter(|out| out.contains("://"));
    url.map(Bucket::parse).transpose()
}

/// Whether `--out` is the standard output stream.
pub(in crate::commands) fn is_stream(out: &Path) -> bool {
    out.to_str() == Some("-")
}
