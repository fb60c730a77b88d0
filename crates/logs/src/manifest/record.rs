//! What the manifest says of one file.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::announced::Announced;
use crate::files::Finished;
use crate::kind::LogKind;
use crate::pattern;
use crate::realm::Realm;
use crate::time::Interval;

/// One file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ManifestEntry {
    /// The kind of log.
    pub kind: LogKind,
    /// Id of the instance.
    pub instance: String,
    /// Name of the instance when the file was fetched.
    pub instance_name: String,
    /// The project that the instance belongs to, where logs of several were pulled: the members `cloud` and `project`.
    #[serde(flatten)]
    pub realm: Realm,
    /// The node of the instance whose log it is, where each has one of its own: its id or name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node: Option<String>,
    /// What the service calls the file: an id or a name; for entries, the interval that was asked for.
    pub id: String,
    /// The name that the service gives the file, where that is not what it calls it by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Path below the output folder, with `/` as separator.
    pub file: String,
    /// Size in bytes.
    pub size: u64,
    /// SHA-256 of the content, in hexadecimal.
    pub sha256: String,
    /// What the service has sent, where the file was packed here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent: Option<Sent>,
    /// When the interval begins whose entries the file holds. Only files of entries have it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Timestamp>,
    /// When what the file holds ends, if that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// The time of the oldest entry. It may be before [`Self::from`]: services show some entries late.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oldest: Option<Timestamp>,
    /// The time of the newest entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub newest: Option<Timestamp>,
    /// What the service said of the file before it was fetched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub announced: Option<Announced>,
    /// The file, below the output folder, that holds an earlier content of the same log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supersedes: Option<String>,
    /// When it was fetched.
    pub fetched_at: Timestamp,
    /// When the file system says that it was written, in nanoseconds since 1970. Where that has changed, the content is
    /// looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modified: Option<i64>,
    /// When the file was deleted to free space. It is not fetched again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pruned_at: Option<Timestamp>,
    /// Whether it is from a simulated cloud.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub simulated: bool,
    /// What a newer version of this program has written about it.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// What a file was before it was packed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Sent {
    /// Size in bytes.
    pub size: u64,
    /// SHA-256 of the content, in hexadecimal.
    pub sha256: String,
}

impl From<Finished> for Sent {
    fn from(finished: Finished) -> Self {
        let Finished { size, sha256 } = finished;
        Self { size, sha256 }
    }
}

impl ManifestEntry {
    /// The size in bytes of what the service has sent.
    pub fn sent_size(&self) -> u64 {
        self.sent.as_ref().map_or(self.size, |sent| sent.size)
    }

    /// The SHA-256 of what the service has sent, in hexadecimal.
    pub fn sent_sha256(&self) -> &str {
        let sent = self.sent.as_ref();
        sent.map_or(&self.sha256, |sent| &sent.sha256)
    }

    /// Whether it is of an instance that is meant by its id or its name, or by a pattern of either, as in
    /// [`Selection`](crate::Selection).
    pub fn is_of(&self, wanted: &str) -> bool {
        pattern::means(wanted, &self.instance, &self.instance_name)
    }

    /// The interval whose entries the file holds, if it is one of entries. Files of the first version have it in their
    /// id.
    pub(crate) fn interval(&self) -> Option<Interval> {
        let to = self.until?;
        let from = match self.from {
            Some(from) => from,
            None => Interval::of_compact(&self.id)?.from,
        };
        Some(Interval { from, to })
    }

    /// The interval within which all its entries are.
    pub(crate) fn extent(&self) -> Option<Interval> {
        let interval = self.interval()?;
        Some(Interval {
            from: self
                .oldest
                .map_or(interval.from, |time| interval.from.min(time)),
            to: self
                .newest
                .map_or(interval.to, |time| interval.to.max(time)),
        })
    }

    /// Whether the first version of this program wrote it: that version kept only what is described of an entry.
    pub(crate) fn is_of_first_version(&self) -> bool {
        self.from.is_none()
    }

    /// When what the file holds ended or, where that is not known, when it was fetched.
    pub(crate) fn ended(&self) -> Timestamp {
        self.until.unwrap_or(self.fetched_at)
    }
}
