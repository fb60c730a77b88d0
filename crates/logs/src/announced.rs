//! What a service says of a file, by which a file that has changed is told from one that has not.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// What a service said of a file when it was fetched. Times are kept as they were sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Announced {
    /// Size in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// When what the file holds begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub begin: Option<String>,
    /// When what the file holds ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end: Option<String>,
    /// When the file was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created: Option<String>,
    /// The ETag of the store that has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
}

/// Whether a file is still the one that was fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// Nothing says that it is another one.
    None,
    /// It was made anew, maybe with the same content.
    Perhaps,
    /// It is another one.
    Certain,
}

impl Announced {
    /// Whether nothing is said.
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// What has become of a file of which so much was said when it was fetched. Where nothing was said then, as in folders
    /// of earlier versions, the announced size is held against that of the file, `slack` bytes more or less.
    pub(crate) fn since(&self, before: Option<&Self>, held: u64, slack: u64) -> Change {
        let differ = |now: &Option<String>, before: &Option<String>| matches!((now, before), (Some(now), Some(before)) if now != before);
        let resized = match (self.size, before.and_then(|before| before.size)) {
            (Some(now), Some(before)) => now != before,
            (Some(now), None) => now.abs_diff(held) > slack,
            (None, _) => false,
        };
        let Some(before) = before else {
            return if resized {
                Change::Certain
            } else {
                Change::None
            };
        };
        if resized
            || differ(&self.begin, &before.begin)
            || differ(&self.end, &before.end)
            || differ(&self.etag, &before.etag)
        {
            Change::Certain
        } else if differ(&self.created, &before.created) {
            Change::Perhaps
        } else {
            Change::None
        }
    }

    /// A text that is the same for the same version of a file alone.
    pub(crate) fn mark(&self) -> String {
        let text = format!(
            "{:?} {:?} {:?} {:?} {:?}",
            self.size, self.begin, self.end, self.created, self.etag
        );
        hex::encode(Sha256::digest(text.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sized(size: u64) -> Announced {
        Announced {
            size: Some(size),
            ..Announced::default()
        }
    }

    fn made(created: &str) -> Announced {
        Announced {
            created: Some(created.to_owned()),
            ..sized(8)
        }
    }

    #[test]
    fn what_is_announced_is_held_against_what_was() {
        let ended = |end: &str| Announced {
            end: Some(end.to_owned()),
            ..sized(8)
        };
        let change = |now: &Announced, before: &Announced| now.since(Some(before), 8, 0);
        assert_eq!(change(&sized(8), &sized(8)), Change::None);
        assert_eq!(change(&sized(9), &sized(8)), Change::Certain);
        assert_eq!(change(&sized(7), &sized(8)), Change::Certain);
        assert_eq!(change(&ended("b"), &ended("a")), Change::Certain);
        assert_eq!(change(&made("b"), &made("a")), Change::Perhaps);
        // What is said of one time alone says nothing.
        assert_eq!(change(&ended("b"), &sized(8)), Change::None);
        assert_eq!(change(&Announced::default(), &ended("b")), Change::None);
        // The service may count otherwise than the file is long.
        assert_eq!(sized(8).since(Some(&sized(8)), 9, 0), Change::None);
    }

    #[test]
    fn without_an_announcement_the_size_of_the_file_counts() {
        let now = sized(3000);
        assert_eq!(now.since(None, 3000, 0), Change::None);
        assert_eq!(now.since(None, 2999, 0), Change::Certain);
        assert_eq!(now.since(None, 2000, 1024), Change::None);
        assert_eq!(now.since(None, 1900, 1024), Change::Certain);
        assert_eq!(Announced::default().since(None, 7, 0), Change::None);
        assert_eq!(
            now.since(Some(&Announced::default()), 2999, 0),
            Change::Certain
        );
    }

    #[test]
    fn each_version_has_a_mark_of_its_own() {
        assert_eq!(made("a").mark(), made("a").mark());
        assert_ne!(made("a").mark(), made("b").mark());
        assert_ne!(sized(1).mark(), sized(2).mark());
    }
}
