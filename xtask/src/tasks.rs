//! What each command does, apart from reading its arguments and printing.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use heck::ToSnakeCase as _;
use otcdb_openapi::{Bundle, Diagnostics, written};

use crate::files::Files;
use crate::generate::{self, Beside, Names, dispatch_index, generate};
use crate::licences;
use crate::lint::{UNWRITTEN, lint};
use crate::publish;
use crate::view;

/// Calls and models by name, for the tests of the documented examples.
const DISPATCH: &str = "tests/documented/dispatch/generated";

/// The command that mends out-of-date generated code.
pub const CODEGEN: &str = "cargo xtask codegen";
/// The command that mends an out-of-date published description.
pub const PUBLISH: &str = "cargo xtask publish";

/// Of more operations than these no crate is made: the one compiler that builds it would take more than 2 GiB.
pub const MOST_OPERATIONS: usize = 400;

/// The folder that holds `Cargo.toml` of the workspace.
///
/// Asked of cargo at run time first, then of the working directory: checkouts that share a target folder share the binary,
/// too.
pub fn workspace() -> PathBuf {
    let by_cargo = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let by_cargo = by_cargo.filter(|folder| folder.ends_with("xtask"));
    let here = || workspace_above(&std::env::current_dir().ok()?);
    let xtask = by_cargo
        .or_else(here)
        .unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")));
    xtask.parent().unwrap_or(&xtask).to_owned()
}

/// The folder of this crate in the workspace that a folder lies in.
fn workspace_above(folder: &Path) -> Option<PathBuf> {
    let mut above = folder.ancestors().map(|one| one.join("xtask"));
    above.find(|xtask| {
        let root = xtask.parent().unwrap_or(xtask);
        xtask.join("Cargo.toml").is_file() && root.join("openapi").is_dir()
    })
}

/// The services under `openapi`: every folder with an `openapi.yaml`, sorted by name.
///
/// # Errors
/// When the folder cannot be read or holds no service.
pub fn services(openapi: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    let entries = std::fs::read_dir(openapi)
        .with_context(|| format!("cannot list the services in {}", openapi.display()))?;
    for entry in entries {
        let entry = entry?;
        if entry.path().join("openapi.yaml").is_file() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    ensure!(
        !names.is_empty(),
        "{} holds no service: a service is a folder with an openapi.yaml",
        openapi.display()
    );
    names.sort();
    Ok(names)
}

/// Bundles every service.
///
/// # Errors
/// The diagnostics of all services together.
pub fn bundles(root: &Path) -> Result<Vec<Bundle>> {
    let openapi = root.join("openapi");
    collect(
        services(&openapi)?
            .iter()
            .map(|service| Bundle::load(&openapi, service)),
    )
}

/// Bundles every service and applies the rules.
///
/// # Errors
/// The diagnostics of all services together.
pub fn checked_bundles(root: &Path) -> Result<Vec<Bundle>> {
    let bundles = bundles(root)?;
    collect(bundles.iter().map(lint))?;
    Ok(bundles)
}

/// Bundles every service, and applies all rules but the one that finds what drafts leave to a person: code can be made
/// of a draft before its words are written.
///
/// # Errors
/// The diagnostics of all services together.
pub fn drafted_bundles(root: &Path) -> Result<Vec<Bundle>> {
    let bundles = bundles(root)?;
    collect(bundles.iter().map(|bundle| {
        lint(bundle).or_else(|Diagnostics(mut found)| {
            found.retain(|one| one.rule != UNWRITTEN);
            match found.is_empty() {
                true => Ok(()),
                false => Err(Diagnostics(found)),
            }
        })
    }))?;
    Ok(bundles)
}

/// All that follows from the descriptions: clients, their crates, the tests' tables, the published documents, and the
/// entries in what lists services.
///
/// # Errors
/// Faults in the description, a rewrite that no service needs, or code that cannot be generated.
pub fn codegen(root: &Path) -> Result<Files> {
    let bundles = drafted_bundles(root)?;
    let views: Vec<_> = bundles
        .iter()
        .map(|bundle| view::view(&bundle.document))
        .collect();
    if let Some(rewrite) = view::unused(&views).first() {
        bail!(
            "the rewrite {:?} of the client view changes nothing any more; remove it from xtask/src/view \
             (it is there because {})",
            rewrite.name,
            rewrite.why
        );
    }
    let mut files = Files::default();
    let published = publish::Beside::read(root)?;
    for (bundle, view) in bundles.iter().zip(&views) {
        let service = &bundle.service;
        let operations = written::operations(&bundle.document);
        let sections = operations.iter().map(|one| &one.value["tags"][0]);
        fits(
            service,
            sections.map(|one| one.as_str().unwrap_or("no section")),
        )?;
        let package = format!("crates/{service}");
        let beside = Beside {
            has_readme: root.join(&package).join("README.md").is_file(),
            has_examples: root.join(&package).join("examples").is_dir(),
        };
        let generated = generate(bundle, view, beside)?;
        for (path, text) in generated.client {
            files.add(format!("{package}/{path}"), text);
        }
        files.own(format!("{package}/src"));
        let module = service.to_snake_case();
        files.add(format!("{DISPATCH}/{module}.rs"), generated.dispatch);
        publish::publish(bundle, &published, &mut files)?;
    }
    let services: Vec<&str> = bundles.iter().map(|one| one.service.as_str()).collect();
    files.add(format!("{DISPATCH}/mod.rs"), dispatch_index(&services)?);
    files.own(DISPATCH);
    publish::own(&mut files);
    lists(root, &bundles, &mut files)?;
    licences::add(root, &services, &mut files)?;
    Ok(files)
}

/// Takes the section of each operation.
///
/// # Errors
/// A service that is too large for one crate.
fn fits<'a>(service: &str, sections: impl Iterator<Item = &'a str>) -> Result<()> {
    let mut sizes = BTreeMap::<_, usize>::new();
    for section in sections {
        *sizes.entry(section).or_default() += 1;
    }
    let operations: usize = sizes.values().sum();
    if operations <= MOST_OPERATIONS {
        return Ok(());
    }
    let mut sizes: Vec<_> = sizes.into_iter().collect();
    sizes.sort_by_key(|(_, size)| Reverse(*size));
    let sizes: Vec<_> = (sizes.iter())
        .map(|(section, size)| format!("{section} {size}"))
        .collect();
    bail!(
        "openapi/{service} describes {operations} operations, more than the {MOST_OPERATIONS} of which one crate can be built \
         in 2 GiB of memory; move whole sections of it into a folder of their own beside it, which makes them a service with \
         a crate of its own. Its sections and how many operations they have: {}",
        sizes.join(", ")
    )
}

/// What lists all services: the runtime, the crate of all clients, and the manifests and settings that a person writes the
/// rest of.
fn lists(root: &Path, bundles: &[Bundle], files: &mut Files) -> Result<()> {
    let names: Vec<Names> = bundles.iter().map(Names::of).collect();
    for (package, text) in [
        ("core", generate::services(&names)),
        ("otcdb", generate::facade(&names)),
    ] {
        let folder = format!("crates/{package}/src/generated");
        files.add(format!("{folder}/mod.rs"), text);
        files.own(folder);
    }
    let read = |file: &str| {
        std::fs::read_to_string(root.join(file)).with_context(|| format!("cannot read {file}"))
    };
    let manifest = read("Cargo.toml")?;
    let version = generate::version("Cargo.toml", &manifest)?;
    let dependency = |service: &str| {
        format!(
            "otcdb-{service} = {{ path = \"crates/{service}\", version = \"{version}\", default-features = false }}\n"
        )
    };
    let optional =
        |service: &str| format!("otcdb-{service} = {{ workspace = true, optional = true }}\n");
    let schemars = |service: &str| format!("    \"otcdb-{service}?/schemars\",\n");
    let feature = |service: &str| format!("{service} = [\"dep:otcdb-{service}\"]\n");
    let of_facade = |service: &str| format!("    \"{service}\",\n");
    let tested = |service: &str| format!("    \"otcdb-{service}/schemars\",\n");
    let called = |service: &str| format!("otcdb-{service}.workspace = true\n");
    let linted =
        |service: &str| format!("  {service}:\n    root: ../openapi/dist/{service}.yaml\n");
    type Entry<'a> = &'a dyn Fn(&str) -> String;
    let lists: [(&str, &[Entry]); 4] = [
        ("Cargo.toml", &[&dependency]),
        (
            "crates/otcdb/Cargo.toml",
            &[&of_facade, &schemars, &feature, &optional],
        ),
        ("tests/Cargo.toml", &[&tested, &called]),
        (".ci/redocly.yaml", &[&linted]),
    ];
    for (file, entries) in lists {
        let lines: Vec<String> = entries
            .iter()
            .map(|entry| names.iter().map(|one| entry(&one.folder)).collect())
            .collect();
        files.add(file, generate::between(file, &read(file)?, &lines)?);
    }
    Ok(())
}

/// The published description of every service.
///
/// # Errors
/// Faults in the description, or pages of the documentation without an address.
pub fn publish(root: &Path) -> Result<Files> {
    let mut files = Files::default();
    let published = publish::Beside::read(root)?;
    let bundles = checked_bundles(root)?;
    published.complete(&bundles)?;
    for bundle in &bundles {
        publish::publish(bundle, &published, &mut files)?;
    }
    publish::own(&mut files);
    Ok(files)
}

fn collect<T>(results: impl Iterator<Item = Result<T, Diagnostics>>) -> Result<Vec<T>> {
    let mut values = Vec::new();
    let mut diagnostics = Vec::new();
    for result in results {
        match result {
            Ok(value) => values.push(value),
            Err(found) => diagnostics.extend(found.0),
        }
    }
    if diagnostics.is_empty() {
        Ok(values)
    } else {
        Err(Diagnostics(diagnostics).into())
    }
}

#[cfg(test)]
mod tests {
    use std::iter;

    use super::*;

    #[test]
    fn a_service_that_is_too_large_for_one_crate_is_refused_with_what_to_do() {
        let backups = iter::repeat_n("backups", 150);
        let sections = backups.chain(iter::repeat_n("instances", MOST_OPERATIONS - 150));
        assert!(fits("rds", sections.clone()).is_ok());
        let error = fits("rds", sections.chain(["quotas"])).unwrap_err();
        let error = error.to_string();
        assert!(
            error.contains("openapi/rds describes 401 operations"),
            "{error}"
        );
        assert!(error.contains("move whole sections"), "{error}");
        assert!(
            error.ends_with(": instances 250, backups 150, quotas 1"),
            "{error}"
        );
    }
}
