//! By what means logs are had from a service: which operations are called, and where their responses have what matters.

use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use crate::entries::Fields;

/// How logs of a kind are had. What is named are operations, by their ids, their parameters, and fields of their responses.
#[derive(Debug)]
pub(crate) enum Means {
    Collected(Collected),
    Entries(Entries),
    Exported(Exported),
    Listed(Listed),
}

/// Files that are collected from each replica, listed when they are ready, and linked to one by one.
#[derive(Debug)]
pub(crate) struct Collected {
    pub(crate) collect: &'static str,
    pub(crate) replicas: &'static str,
    pub(crate) list: &'static str,
    pub(crate) link: &'static str,
}

/// Entries of a list, which are written as JSON lines.
#[derive(Debug)]
pub(crate) struct Entries {
    pub(crate) list: &'static str,
    /// The parameters with begin and end of the interval.
    pub(crate) span: [&'static str; 2],
    /// How the service takes times.
    pub(crate) time: fn(Timestamp) -> String,
    /// Parameters with the order.
    pub(crate) order: &'static [(&'static str, &'static str)],
    pub(crate) fields: Fields,
    /// How far back it can be asked for.
    pub(crate) longest: Option<Duration>,
    /// The beginning of the names of its files in folders of the first version.
    pub(crate) old_name: &'static str,
    /// What the first version of this program kept of an entry: what is described.
    pub(crate) described: fn(sent: &RawValue) -> Option<String>,
}

/// A log that is exported: the same call is repeated until it answers with links.
#[derive(Debug)]
pub(crate) struct Exported {
    pub(crate) export: &'static str,
    /// The list of the files that are exported one by one, if it is not the log as a whole.
    pub(crate) files: Option<&'static str>,
    /// What is exported, in words.
    pub(crate) log: &'static str,
    pub(crate) extension: &'static str,
}

/// Files that are listed, then linked to one by one.
#[derive(Debug)]
pub(crate) struct Listed {
    pub(crate) list: &'static str,
    /// The parameters with begin and end of the interval.
    pub(crate) span: [&'static str; 2],
    /// The longest interval that the list can be asked for.
    pub(crate) longest: Duration,
    /// The field with the time from which on a file has entries.
    pub(crate) begin: &'static str,
    pub(crate) link: &'static str,
    pub(crate) extension: &'static str,
}

impl Means {
    /// What its files' names end with, where the service does not say.
    pub(crate) fn extension(&self) -> &'static str {
        match self {
            Self::Exported(export) => export.extension,
            Self::Listed(files) => files.extension,
            Self::Collected(_) | Self::Entries(_) => "log",
        }
    }

    /// The operations that are called.
    #[cfg(test)]
    pub(crate) fn operations(&self) -> Vec<&'static str> {
        match self {
            Self::Collected(log) => vec![log.collect, log.replicas, log.list, log.link],
            Self::Entries(log) => vec![log.list],
            Self::Exported(log) => [Some(log.export), log.files]
                .into_iter()
                .flatten()
                .collect(),
            Self::Listed(log) => vec![log.list, log.link],
        }
    }
}

/// What the description has of an entry, as JSON.
pub(crate) fn described<T: DeserializeOwned + Serialize>(sent: &RawValue) -> Option<String> {
    let item: T = serde_json::from_str(sent.get()).ok()?;
    serde_json::to_string(&item).ok()
}
