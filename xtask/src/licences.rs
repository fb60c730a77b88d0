//! The texts of the licences, which each package has to hold itself.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context as _, Result};

use crate::files::Files;

const TEXTS: [&str; 2] = ["LICENSE-APACHE", "LICENSE-MIT"];

/// Adds the texts to the packages that are for others: those of the services, and those that do not say otherwise.
///
/// # Errors
/// A text or a manifest that cannot be read.
pub fn add(root: &Path, services: &[&str], files: &mut Files) -> Result<()> {
    let crates = root.join("crates");
    let mut packages: BTreeSet<String> = services.iter().map(|one| (*one).to_owned()).collect();
    let entries = std::fs::read_dir(&crates)
        .with_context(|| format!("cannot list the packages in {}", crates.display()))?;
    for entry in entries {
        let entry = entry?;
        let manifest = entry.path().join("Cargo.toml");
        if !manifest.is_file() {
            continue;
        }
        let text = std::fs::read_to_string(&manifest)
            .with_context(|| format!("cannot read {}", manifest.display()))?;
        if !text.lines().any(|line| line.trim() == "publish = false") {
            packages.insert(entry.file_name().to_string_lossy().into_owned());
        }
    }
    for name in TEXTS {
        let text = std::fs::read_to_string(root.join(name))
            .with_context(|| format!("cannot read {name}"))?;
        for package in &packages {
            files.add(format!("crates/{package}/{name}"), text.clone());
        }
    }
    Ok(())
}
