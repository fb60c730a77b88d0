//! What no reference of a service leads to.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use super::loader::{Loader, Location};
use crate::diagnostic::Diagnostic;
use crate::pointer;

/// Folder of a service whose files the description does not refer to, since they are about it.
const FACTS: &str = "facts";

/// The YAML files in a service's folder, and the entries of its component files, that were not visited.
///
/// # Errors
/// A folder that cannot be listed.
pub(super) fn unused(
    openapi: &Path,
    service: &str,
    loader: &mut Loader,
) -> Result<Vec<Location>, Diagnostic> {
    let mut files = Vec::new();
    list_files(openapi, service, &mut files)?;
    files.sort();
    let mut unused = Vec::new();
    for file in files {
        let visited: BTreeSet<String> = loader
            .visited()
            .iter()
            .filter(|place| place.file == file)
            .map(|place| place.pointer.clone())
            .collect();
        let whole = Location::new(&file, "");
        if visited.is_empty() {
            unused.push(whole);
        } else if file.starts_with(&format!("{service}/components/")) && !visited.contains("") {
            let entries = loader.get(&whole).ok().and_then(Value::as_object);
            for name in entries.into_iter().flat_map(serde_json::Map::keys) {
                let entry = pointer::join("", name);
                let inside = format!("{entry}/");
                if !visited
                    .iter()
                    .any(|place| *place == entry || place.starts_with(&inside))
                {
                    unused.push(Location::new(&file, &entry));
                }
            }
        }
    }
    Ok(unused)
}

/// Collects the YAML files below a folder, by their paths below `openapi/`.
fn list_files(openapi: &Path, folder: &str, files: &mut Vec<String>) -> Result<(), Diagnostic> {
    let unlisted = |error: std::io::Error| {
        Location::new(folder, "").diagnostic(
            "unreferenced",
            format!("this folder cannot be listed: {error}"),
            "see that it may be read",
        )
    };
    for entry in std::fs::read_dir(openapi.join(folder)).map_err(unlisted)? {
        let entry = entry.map_err(unlisted)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_service = !folder.contains('/');
        let path = format!("{folder}/{name}");
        if entry.file_type().map_err(unlisted)?.is_dir() {
            if !(is_service && name == FACTS) {
                list_files(openapi, &path, files)?;
            }
        } else if (name.ends_with(".yaml") || name.ends_with(".yml"))
            && !(is_service && name == "openapi.yaml")
        {
            files.push(path);
        }
    }
    Ok(())
}
