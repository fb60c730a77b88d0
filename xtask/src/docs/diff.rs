//! `cargo xtask docs diff`: what changed on pages, and the work it means.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use otcdb_apidocs::{
    Class, DiffReport, Facts, Finding, FolderDiff, PageDiff, Permissions, Reason, Source,
    contradictions, diff_report, from_yaml, pair,
};

use super::apply::{self, Applied, Changed};
use super::catalogue::{Catalogue, Match, page_name, source};
use super::next_steps::NextSteps;
use super::{committed, pages, permissions, version};
use crate::tasks;

/// What changed, and what to do.
#[derive(Debug)]
pub struct Diff {
    /// The changes, by page.
    pub changes: FolderDiff,
    /// The YAML files to edit, relative to the workspace.
    pub edit: Vec<String>,
    /// The commands to run after that.
    pub run: Vec<String>,
    /// All of it, for people.
    pub text: String,
}

/// Compares pages, files of facts, or folders of these. Without `before`, pages are compared with the committed
/// facts of their source; of a folder, only those are that document a described operation.
///
/// # Errors
/// A broken description, a path that cannot be read, or a page that is refused.
pub fn diff(root: &Path, before: Option<&Path>, after: &Path, source: &str) -> Result<Diff> {
    let bundles = tasks::bundles(root)?;
    let catalogue = Catalogue::of(&bundles);
    let states = States::load(root, &catalogue, before, after, source)?;
    let report = states.compare();
    let States {
        committed,
        new,
        old,
        not_described,
        ..
    } = &states;
    let mut text = report.text;
    if *not_described > 0 {
        let _ = writeln!(
            text,
            "{not_described} pages document operations that are not described; `cargo xtask docs check --docs` lists them"
        );
    }
    let mut work = NextSteps::default();
    let (about_rights, about_operations): (Vec<_>, Vec<_>) = report
        .diff
        .pages
        .iter()
        .partition(|page| page.is_of_permissions());
    if !about_rights.is_empty() {
        work.rights(&new.permissions, committed, &catalogue);
    }
    for page in about_operations {
        let is = new.facts.iter().find(|facts| page.is_of(facts));
        let was = old.iter().find(|facts| page.is_of(facts));
        // A page that is gone has no facts any more; those it had say which operation it was.
        let Some(facts) = is.or(was) else { continue };
        contradictions_of(facts, was, &mut text);
        let only_words = page.changes.iter().all(|c| c.class == Class::WordingOnly);
        match catalogue.find(facts) {
            Match::Named(entry) => work.described(entry, is, only_words, committed, &catalogue),
            Match::Unnamed(entry) => work.add(
                entry.file(),
                format!(
                    "#/x-documentation: name {}, if {} is described from it",
                    page.name,
                    entry.operation.id()
                ),
            ),
            Match::Unknown if only_words => {}
            Match::Unknown => work.unknown(facts, is.is_some(), &catalogue),
        }
    }
    let run = work.commands(&new.paths, source);
    work.write(&run, &mut text);
    let classes = report.diff.pages.iter().flat_map(|page| &page.changes);
    if let Some(step) = version::step(root, classes.map(|change| change.class))? {
        let _ = writeln!(text, "\n{step}");
    }
    Ok(Diff {
        changes: report.diff,
        edit: work.edit.into_keys().collect(),
        run,
        text,
    })
}

/// Inserts into the description what pages have that have changed and that it lacks, if that is only new. What
/// [`diff`] says afterwards is what is left. Nothing is written here.
///
/// # Errors
/// As for [`diff`].
pub fn apply(root: &Path, before: Option<&Path>, after: &Path, source: &str) -> Result<Applied> {
    let bundles = tasks::bundles(root)?;
    let catalogue = Catalogue::of(&bundles);
    let states = States::load(root, &catalogue, before, after, source)?;
    let report = states.compare();
    let mut changed = Vec::new();
    for page in &report.diff.pages {
        let is = states.new.facts.iter().find(|facts| page.is_of(facts));
        let was = states.old.iter().find(|facts| page.is_of(facts));
        let Some(facts) = is else { continue };
        if let Match::Named(entry) = catalogue.find(facts) {
            changed.push(Changed {
                bundle: entry.bundle,
                operation: entry.operation.pointer(),
                page: facts,
                was,
            });
        }
    }
    if report.diff.pages.iter().any(PageDiff::is_of_permissions) {
        let described = catalogue.0.iter().filter_map(|entry| {
            let page = states.facts().find(|facts| entry.names(facts))?;
            Some((entry, page))
        });
        for (entry, page) in described {
            let operation = entry.operation.pointer();
            if !changed.iter().any(|one| one.operation == operation) {
                changed.push(Changed {
                    bundle: entry.bundle,
                    operation,
                    page,
                    was: Some(page),
                });
            }
        }
    }
    let facts: Vec<Facts> = states.facts().cloned().collect();
    apply::apply(
        root,
        &changed,
        &facts,
        &states.rights(&catalogue),
        &catalogue,
    )
}

/// What pages said, and what they say.
struct States {
    /// The committed facts: of operations, and of rights.
    committed: Vec<Facts>,
    committed_rights: Vec<Permissions>,
    new: Loaded,
    old: Vec<Facts>,
    old_rights: Vec<Permissions>,
    /// How many pages of the folder document no described operation.
    not_described: usize,
}

impl States {
    fn load(
        root: &Path,
        catalogue: &Catalogue<'_>,
        before: Option<&Path>,
        after: &Path,
        source: &str,
    ) -> Result<Self> {
        let (committed, committed_rights) = all_committed(root, catalogue)?;
        let mut new = load(after, source, before.is_some())?;
        let mut not_described = 0;
        let (old, old_rights) = match before {
            Some(before) => {
                let before = load(before, source, true)?;
                (before.facts, before.permissions)
            }
            None => {
                let old = described(&committed, source, &new.facts);
                let old_rights =
                    permissions::of_same_services(&committed_rights, &new.permissions, catalogue);
                if after.is_dir() {
                    let all = new.facts.len();
                    new.facts
                        .retain(|facts| !matches!(catalogue.find(facts), Match::Unknown));
                    not_described = all - new.facts.len();
                }
                (old, old_rights)
            }
        };
        Ok(Self {
            committed,
            committed_rights,
            new,
            old,
            old_rights,
            not_described,
        })
    }

    fn compare(&self) -> DiffReport {
        let sources = |facts: &[Facts], rights: &[Permissions]| -> Vec<Source> {
            let facts = facts.iter().cloned().map(Box::new).map(Source::Facts);
            let rights = rights.iter().cloned().map(Box::new);
            facts.chain(rights.map(Source::Permissions)).collect()
        };
        diff_report(
            sources(&self.old, &self.old_rights),
            sources(&self.new.facts, &self.new.permissions),
        )
    }

    /// The facts of all pages: those that are new, in place of what is committed of the same page.
    fn facts(&self) -> impl Iterator<Item = &Facts> {
        let same = |old: &Facts, new: &Facts| {
            source(old) == source(new)
                && match (&old.page.id, &new.page.id) {
                    (Some(old), Some(new)) => old == new,
                    // A page that has lost its id is known by its operation.
                    _ => old.operation.key() == new.operation.key(),
                }
        };
        let older = move |old: &&Facts| !self.new.facts.iter().any(|new| same(old, new));
        self.committed.iter().filter(older).chain(&self.new.facts)
    }

    /// The same of the pages of rights.
    fn rights(&self, catalogue: &Catalogue<'_>) -> Vec<Permissions> {
        let new = &self.new.permissions;
        let older = permissions::of_same_services(&self.committed_rights, new, catalogue);
        let kept = self
            .committed_rights
            .iter()
            .filter(|old| !older.contains(old));
        kept.chain(new).cloned().collect()
    }
}

/// The committed facts of all services: those of operations, and those of rights.
fn all_committed(root: &Path, catalogue: &Catalogue<'_>) -> Result<(Vec<Facts>, Vec<Permissions>)> {
    let mut all = Vec::new();
    let mut rights = Vec::new();
    for bundle in &catalogue.1 {
        let committed = committed::load(root, &bundle.service)?.into_iter();
        all.extend(committed.map(|c| c.facts));
        let committed = permissions::load(root, &bundle.service)?.into_iter();
        rights.extend(committed.map(|c| c.facts));
    }
    Ok((all, rights))
}

/// The committed facts that pages are the newer state of.
fn described(committed: &[Facts], of: &str, pages: &[Facts]) -> Vec<Facts> {
    let same = committed.iter().filter(|facts| source(facts) == of);
    let all: Vec<Facts> = same.cloned().collect();
    let pairs = pair(&all, pages);
    let paired = all
        .into_iter()
        .zip(pairs)
        .filter(|(_, page)| page.is_some());
    paired.map(|(facts, _)| facts).collect()
}

/// Says where a page contradicts itself and did not before.
fn contradictions_of(facts: &Facts, was: Option<&Facts>, text: &mut String) {
    let before: Vec<Finding> = was.map(contradictions).unwrap_or_default();
    for found in contradictions(facts) {
        let known = before
            .iter()
            .any(|b| b.kind == found.kind && b.place == found.place && b.what == found.what);
        if !known {
            let _ = writeln!(text, "contradiction in {}: {found}", page_name(facts));
        }
    }
}

#[derive(Default)]
struct Loaded {
    facts: Vec<Facts>,
    permissions: Vec<Permissions>,
    /// The pages among them, for the command that imports them.
    paths: Vec<PathBuf>,
}

/// Pages and files of facts. Where two states are compared, an empty file that is named itself stands for no page.
fn load(path: &Path, source: &str, may_be_none: bool) -> Result<Loaded> {
    let is_facts = |path: &Path| path.extension().is_some_and(|ending| ending == "yaml");
    let mut loaded = Loaded::default();
    let mut add = |path: &Path| -> Result<()> {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if committed::is_of_permissions(&name) {
            loaded.permissions.push(permissions::read(path)?.1);
            return Ok(());
        }
        pages::regular(path)?;
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("cannot read {}", path.display()))?;
        let facts = from_yaml(&text).with_context(|| path.display().to_string())?;
        loaded.facts.push(facts);
        Ok(())
    };
    if is_facts(path) {
        add(path)?;
        return Ok(loaded);
    }
    let mut read = pages::load(&[path.to_owned()], source)?;
    read.refused.retain(|(refused, refusal)| {
        !(may_be_none && refused == path && refusal.reason == Reason::Empty)
    });
    if path.is_dir() {
        let unlisted = || format!("cannot list {}", path.display());
        for entry in std::fs::read_dir(path).with_context(unlisted)? {
            let file = entry.with_context(unlisted)?.path();
            if is_facts(&file) {
                add(&file)?;
            }
        }
    }
    let read = read.whole()?;
    if !read.read.is_empty() || !read.permissions.is_empty() {
        loaded.paths.push(path.to_owned());
    }
    loaded
        .facts
        .extend(read.read.into_iter().map(|page| page.facts));
    let rights = read.permissions.into_iter().map(|page| page.1);
    loaded.permissions.extend(rights);
    Ok(loaded)
}
