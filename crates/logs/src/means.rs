//! By what means logs are had from a service: which operations are called, and where their responses have what matters.

use std::time::Duration;

use jiff::Timestamp;
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
    /// Where each node of an instance has a log of its own.
    pub(crate) nodes: Option<Nodes>,
    /// What its files were in the first version of this program, if that had them.
    pub(crate) first: Option<First>,
}

/// The nodes of an instance, each of which has a log of its own.
#[derive(Debug)]
pub(crate) struct Nodes {
    /// The operation that shows them.
    pub(crate) show: &'static str,
    /// The list of them in its response, whose elements have an `id`.
    pub(crate) list: &'static str,
    /// The parameter of the list of entries that takes the id.
    pub(crate) parameter: &'static str,
}

/// What files of entries were in the first version of this program.
#[derive(Debug)]
pub(crate) struct First {
    /// The beginning of their names.
    pub(crate) name: &'static str,
    /// What was kept of an entry: what was described.
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
    /// The field with the node whose log a file is, if each has one of its own.
    pub(crate) node: Option<&'static str>,
    /// The fields that may have the time at which the file was made.
    pub(crate) made: &'static [&'static str],
    pub(crate) size: Size,
}

/// In what a service gives sizes of files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Size {
    /// Byte for byte.
    Bytes,
    /// In KB, with a fraction.
    Kilobytes,
}

impl Size {
    /// The size in bytes.
    pub(crate) fn read(self, sent: f64) -> Option<u64> {
        const MOST: f64 = 1e15;
        let bytes = match self {
            Self::Bytes => sent,
            Self::Kilobytes => sent * 1024.0,
        };
        let bytes = bytes.round();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it is neither negative nor too large"
        )]
        (0.0..MOST).contains(&bytes).then_some(bytes as u64)
    }
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
    /// The field with the node whose log a file is, if each has one of its own.
    pub(crate) node: Option<&'static str>,
    pub(crate) size: Size,
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
    pub(crate) fn operations(&self) -> Vec<&'static str> {
        match self {
            Self::Collected(log) => vec![log.collect, log.replicas, log.list, log.link],
            Self::Entries(log) => {
                let nodes = log.nodes.iter().map(|nodes| nodes.show);
                nodes.chain([log.list]).collect()
            }
            Self::Exported(log) => [Some(log.export), log.files]
                .into_iter()
                .flatten()
                .collect(),
            Self::Listed(log) => vec![log.list, log.link],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_become_bytes() {
        assert_eq!(Size::Kilobytes.read(20481.835938), Some(20_973_400));
        assert_eq!(Size::Kilobytes.read(8.0 / 1024.0), Some(8));
        assert_eq!(Size::Bytes.read(24_735_174.0), Some(24_735_174));
        assert_eq!(Size::Bytes.read(-1.0), None);
        assert_eq!(Size::Kilobytes.read(1e300), None);
    }
}
