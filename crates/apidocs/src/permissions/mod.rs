//! Which rights operations need, by the tables of actions on a page of their own.

mod diff;
mod pairing;
mod read;

use serde::{Deserialize, Serialize};

use crate::facts::{Operation, Page, Stated};

pub use diff::diff_permissions;
pub(crate) use pairing::stated;
pub use read::permissions;

/// The rights that a page states.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Permissions {
    /// The page itself.
    pub page: Page,
    /// The rows of its tables, in page order.
    pub permissions: Vec<Permission>,
}

/// One row of a table of actions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Permission {
    /// What it allows, which tells rows of one method and path apart.
    pub title: String,
    /// The operations that need it; none where the page names no API.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub operations: Vec<Operation>,
    /// The actions, `rds:instance:list` for instance, those that they depend on behind them. Stated as none where
    /// the page says that no authorization is needed.
    #[serde(default, skip_serializing_if = "Stated::is_missing")]
    pub actions: Stated<Vec<String>>,
    /// Whether it can be granted for a project of IAM.
    #[serde(default, skip_serializing_if = "Stated::is_missing")]
    pub iam_project: Stated<bool>,
    /// Whether it can be granted for an enterprise project.
    #[serde(default, skip_serializing_if = "Stated::is_missing")]
    pub enterprise_project: Stated<bool>,
    /// Hash of the words beside the actions.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// Line of the page.
    pub line: u32,
}
