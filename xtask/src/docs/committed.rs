//! The facts that are committed beside the description.

use std::path::Path;

use anyhow::{Context as _, Result};
use otcdb_apidocs::{Facts, from_yaml};

use super::pages;

/// How the files of facts are called that say which rights operations need, up to the first dot.
pub(super) const PERMISSIONS: &str = "permissions";

/// A file of facts.
pub(super) struct Committed {
    /// Path relative to the workspace, with `/` as separator.
    pub(super) file: String,
    pub(super) text: String,
    pub(super) facts: Facts,
}

/// The names of `openapi/<service>/facts/*.yaml`, sorted; none if there is no such folder.
///
/// # Errors
/// The folder cannot be listed.
pub(super) fn names(root: &Path, service: &str) -> Result<Vec<String>> {
    let folder = format!("openapi/{service}/facts");
    let path = root.join(&folder);
    if !path.exists() {
        return Ok(Vec::new());
    }
    let mut names = Vec::new();
    for entry in std::fs::read_dir(&path).with_context(|| format!("cannot list {folder}"))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".yaml") {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

/// Whether the file of this name says which rights operations need.
pub(super) fn is_of_permissions(name: &str) -> bool {
    name.split('.').next() == Some(PERMISSIONS)
}

/// Reads the facts of the pages of operations.
///
/// # Errors
/// A file that cannot be read or holds no facts.
pub(super) fn load(root: &Path, service: &str) -> Result<Vec<Committed>> {
    let names = names(root, service)?.into_iter();
    names
        .filter(|name| !is_of_permissions(name))
        .map(|name| {
            let file = format!("openapi/{service}/facts/{name}");
            pages::regular(&root.join(&file))?;
            let text = std::fs::read_to_string(root.join(&file))
                .with_context(|| format!("cannot read {file}"))?;
            let facts = from_yaml(&text).with_context(|| file.clone())?;
            Ok(Committed { file, text, facts })
        })
        .collect()
}
