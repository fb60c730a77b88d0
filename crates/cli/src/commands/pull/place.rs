//! What `--out` names.

use std::path::{Path, PathBuf};

use otcdb_core::credentials::AccessKey;
use otcdb_core::{Credentials, Error, ErrorKind, Result};
use otcdb_logs::{Bucket, Options};

use crate::args::Pull;

/// Where files go, and where they are on their way.
pub(super) struct Place {
    bucket: Option<Bucket>,
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
        let url = args.out.to_str().filter(|out| out.contains("://"));
        let Some(url) = url else {
            if args.spool.is_some() {
                return Err(Error::invalid_argument(
                    "--spool is for what goes on to a bucket, and --out names a folder",
                )
                .with_hint("leave --spool out, or write --out s3://BUCKET/PREFIX"));
            }
            return Ok(Self {
                bucket: None,
                folder: Folder::Given(args.out.clone()),
            });
        };
        let bucket = Some(Bucket::parse(url)?);
        let folder = match &args.spool {
            Some(folder) => Folder::Given(folder.clone()),
            None => Folder::Temporary(tempfile::tempdir().map_err(|error| {
                let what = format!("cannot make a temporary folder: {error}");
                Error::new(ErrorKind::Storage, what).with_hint("name a folder with --spool")
            })?),
        };
        Ok(Self { bucket, folder })
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

/// The access key among credentials.
pub(super) fn key_of(credentials: Credentials) -> Option<AccessKey> {
    match credentials {
        Credentials::AccessKey(key) => Some(key),
        _ => None,
    }
}
