//! Facts as YAML.

use thiserror::Error;

use crate::facts::Facts;
use crate::permissions::Permissions;

/// Facts that could not be written or read.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum YamlError {
    /// The facts could not be written.
    #[error("the facts of a page cannot be written as YAML: {0}")]
    Write(String),
    /// The text holds no facts.
    #[error("this is not a file of facts; import the page again: {0}")]
    Read(String),
}

/// Writes facts; the same facts give the same bytes.
///
/// # Errors
/// The YAML writer refused a value, which no facts of a page do.
pub fn to_yaml(facts: &Facts) -> Result<String, YamlError> {
    serde_saphyr::to_string(facts).map_err(|error| YamlError::Write(error.to_string()))
}

/// Reads facts.
///
/// # Errors
/// The text is not YAML or holds something else than facts.
pub fn from_yaml(text: &str) -> Result<Facts, YamlError> {
    serde_saphyr::from_str(text).map_err(|error| YamlError::Read(error.to_string()))
}

/// Writes the facts of a page of rights; the same facts give the same bytes.
///
/// # Errors
/// The YAML writer refused a value, which no facts of a page do.
pub fn permissions_to_yaml(permissions: &Permissions) -> Result<String, YamlError> {
    serde_saphyr::to_string(permissions).map_err(|error| YamlError::Write(error.to_string()))
}

/// Reads the facts of a page of rights.
///
/// # Errors
/// The text is not YAML or holds something else than these facts.
pub fn permissions_from_yaml(text: &str) -> Result<Permissions, YamlError> {
    serde_saphyr::from_str(text).map_err(|error| YamlError::Read(error.to_string()))
}
