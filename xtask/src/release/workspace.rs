//! What cargo says of the workspace.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;

use super::output;

#[derive(Debug, Deserialize)]
pub(super) struct Workspace {
    packages: Vec<Package>,
    workspace_members: BTreeSet<String>,
    target_directory: PathBuf,
}

#[derive(Debug, Deserialize)]
pub(super) struct Package {
    id: String,
    pub(super) name: String,
    pub(super) version: String,
    pub(super) license: Option<String>,
    pub(super) manifest_path: PathBuf,
    /// Empty where it is for nobody else.
    publish: Option<Vec<String>>,
    dependencies: Vec<Dependency>,
}

#[derive(Debug, Deserialize)]
struct Dependency {
    name: String,
    /// `*` for those that packages leave out.
    req: String,
    path: Option<PathBuf>,
}

impl Workspace {
    pub(super) fn read(root: &Path) -> Result<Self> {
        let mut command = Command::new("cargo");
        command.args(["metadata", "--format-version=1", "--locked"]);
        let text = output(command.current_dir(root))?;
        serde_json::from_str(&text).context("what cargo metadata writes cannot be read")
    }

    pub(super) fn target(&self) -> &Path {
        &self.target_directory
    }

    /// All packages, those of others included.
    pub(super) fn packages(&self) -> &[Package] {
        &self.packages
    }

    fn own(&self) -> impl Iterator<Item = &Package> {
        let mut all = self.packages.iter();
        std::iter::from_fn(move || all.find(|one| self.workspace_members.contains(&one.id)))
    }

    fn for_others(&self) -> impl Iterator<Item = &Package> {
        self.own().filter(|one| {
            one.publish
                .as_ref()
                .is_none_or(|registries| !registries.is_empty())
        })
    }

    /// The one version that all packages have, and ask of each other.
    pub(super) fn version(&self) -> Result<String> {
        let first = self
            .for_others()
            .next()
            .context("no package is for others")?;
        let version = &first.version;
        for package in self.for_others() {
            ensure!(
                package.version == *version,
                "{} has the version {}, and {} has {version}; all have one, in Cargo.toml",
                package.name,
                package.version,
                first.name
            );
            for dependency in package.needs() {
                ensure!(
                    dependency.req == format!("^{version}"),
                    "{} asks for {} {}, and the version is {version}; change it in Cargo.toml",
                    package.name,
                    dependency.name,
                    dependency.req
                );
            }
        }
        Ok(version.clone())
    }

    /// The packages that are for others, with those of the workspace that have to be published before them.
    pub(super) fn published(&self) -> BTreeMap<String, BTreeSet<String>> {
        let needs = |package: &Package| package.needs().map(|one| one.name.clone()).collect();
        self.for_others()
            .map(|package| (package.name.clone(), needs(package)))
            .collect()
    }
}

impl Package {
    /// What of the workspace it needs, also for its tests, apart from itself.
    fn needs(&self) -> impl Iterator<Item = &Dependency> {
        let all = self.dependencies.iter();
        all.filter(|one| one.path.is_some() && one.req != "*" && one.name != self.name)
    }
}
