//! Projects and clouds, where a pull has several.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The names of a project and of its cloud, as far as they have to be told from others.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Realm {
    /// The cloud, as the caller calls it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cloud: Option<String>,
    /// The project.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
}

impl Realm {
    /// A project of a cloud. What is the same for all has no name.
    pub fn new(cloud: Option<String>, project: Option<String>) -> Self {
        Self { cloud, project }
    }

    /// The realm with a space behind it, for what follows; nothing where it has no name.
    pub(crate) fn before(&self) -> String {
        let shown = self.to_string();
        match shown.is_empty() {
            true => shown,
            false => shown + " ",
        }
    }
}

/// Cloud and project, as far as they have names: `production/eu-de_orders`.
impl fmt::Display for Realm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = [&self.cloud, &self.project].into_iter().flatten();
        let names: Vec<&str> = names.map(String::as_str).collect();
        f.write_str(&names.join("/"))
    }
}
