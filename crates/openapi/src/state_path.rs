//! Where a response has the state of asynchronous work: the grammar of `field` in `x-waiter`.

use std::fmt;

use thiserror::Error;

/// A path such as `records[backup_id].status`: names of fields, joined by dots. After a list stands `[]` if every
/// element counts, or the name of the field by which one element is chosen.
///
/// ```
/// use otcdb_openapi::{StatePath, Step};
///
/// let path: StatePath = "records[backup_id].status".parse()?;
/// assert_eq!(path.key(), Some("backup_id"));
/// assert_eq!(path.steps()[1], Step::Field("status".to_owned()));
/// assert_eq!(path.to_string(), "records[backup_id].status");
/// # Ok::<(), otcdb_openapi::InvalidStatePath>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatePath(Vec<Step>);

/// A step of a [`StatePath`]. A list without a name is the response itself.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "whatever reads descriptions has to do something about each"
)]
pub enum Step {
    /// Into a field.
    Field(String),
    /// Into every element of the list in a field.
    Each(String),
    /// Into the element of a list whose `key` is the id that is waited for.
    Choose {
        /// The field that has the list.
        list: String,
        /// The field of an element that has its id.
        key: String,
    },
}

/// A text is no [`StatePath`].
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{0:?} is no path to a state such as status, list[].status or records[backup_id].status")]
pub struct InvalidStatePath(String);

impl StatePath {
    /// The steps, the first one first. There is at least one.
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    /// The field by which one element of a list is chosen; `None` if the path chooses none.
    pub fn key(&self) -> Option<&str> {
        self.0.iter().find_map(|step| match step {
            Step::Choose { key, .. } => Some(key.as_str()),
            Step::Field(_) | Step::Each(_) => None,
        })
    }

    /// Whether the state is that of one element of a list.
    pub fn chooses(&self) -> bool {
        self.key().is_some()
    }

    /// The first list on the way, as the names that lead to it, joined by dots; `None` if there is none.
    pub fn list(&self) -> Option<String> {
        let mut names = Vec::new();
        for step in &self.0 {
            match step {
                Step::Field(name) => names.push(name.as_str()),
                Step::Each(list) | Step::Choose { list, .. } => {
                    names.push(list);
                    return Some(names.join("."));
                }
            }
        }
        None
    }
}

impl std::str::FromStr for StatePath {
    type Err = InvalidStatePath;

    /// # Errors
    /// A name is missing, or its brackets do not match.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let steps: Option<Vec<Step>> = text.split('.').map(step).collect();
        steps
            .map(Self)
            .ok_or_else(|| InvalidStatePath(text.to_owned()))
    }
}

fn step(text: &str) -> Option<Step> {
    let is_name = |name: &str| !name.contains(['[', ']']) && !name.contains(char::is_whitespace);
    let Some(inside) = text.strip_suffix(']') else {
        return (!text.is_empty() && is_name(text)).then(|| Step::Field(text.to_owned()));
    };
    let (list, key) = inside.split_once('[')?;
    if !is_name(list) || !is_name(key) {
        return None;
    }
    Some(match key {
        "" => Step::Each(list.to_owned()),
        key => Step::Choose {
            list: list.to_owned(),
            key: key.to_owned(),
        },
    })
}

impl fmt::Display for StatePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, step) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(".")?;
            }
            match step {
                Step::Field(name) => f.write_str(name)?,
                Step::Each(list) => write!(f, "{list}[]")?,
                Step::Choose { list, key } => write!(f, "{list}[{key}]")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_reads_back_as_it_was_written() {
        for (text, key, list) in [
            ("status", None, None),
            ("job.status", None, None),
            ("list[].status", None, Some("list")),
            ("a.list[id].status", Some("id"), Some("a.list")),
            ("[].status", None, Some("")),
            ("[id].status", Some("id"), Some("")),
            ("a[].b[id].c", Some("id"), Some("a")),
        ] {
            let path: StatePath = text.parse().unwrap();
            assert_eq!(path.to_string(), text);
            assert_eq!(path.key(), key, "{text}");
            assert_eq!(path.chooses(), key.is_some(), "{text}");
            assert_eq!(path.list().as_deref(), list, "{text}");
        }
    }

    #[test]
    fn what_is_no_path_is_refused() {
        for text in [
            "", ".", "a.", ".a", "a[", "a]", "a[b", "a[b]c", "a[[b]]", "a b", "a[b c]",
        ] {
            let error = text.parse::<StatePath>().unwrap_err().to_string();
            assert!(error.contains(&format!("{text:?}")), "{error}");
        }
    }
}
