//! `cargo xtask docs diff --apply`: what is only new on a page, into the description.
//!
//! Each difference between a description and its pages that is an addition is inserted where it belongs, in the file
//! in which that part was written, if the description then says what the page says and no other operation differs from
//! its own. What a person has to write is marked.

mod addition;
mod insertion;
mod schema;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;

use anyhow::{Context as _, Result};
use otcdb_apidocs::{Discrepancy, Facts, Permissions, check_with_permissions};
use otcdb_openapi::{Bundle, UNWRITTEN, pointer};
use serde_json::Value;

use super::catalogue::Catalogue;
use super::permissions;
use crate::files::Files;
use addition::Addition;

/// What was inserted.
#[derive(Debug, Default)]
pub struct Applied {
    /// The files that are new, whole, by their paths relative to the workspace.
    pub files: Files,
    /// What was inserted: file, pointer and difference.
    pub done: Vec<String>,
    /// What is left to write: file and pointer of each marker.
    pub unwritten: Vec<String>,
    /// What was not inserted, and why.
    pub left: Vec<String>,
}

impl fmt::Display for Applied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lists = [
            ("Inserted:", &self.done),
            ("Left to write, where `TODO` stands:", &self.unwritten),
            ("Left to edit:", &self.left),
        ];
        for (title, lines) in lists {
            if !lines.is_empty() {
                writeln!(f, "{title}")?;
            }
            for line in lines {
                writeln!(f, "  {line}")?;
            }
        }
        if self.done.is_empty() && self.left.is_empty() {
            writeln!(f, "There is nothing to insert.")?;
        }
        writeln!(f)
    }
}

/// A page that has changed, of an operation of a bundle.
pub(super) struct Changed<'a> {
    pub(super) bundle: &'a Bundle,
    /// JSON pointer to the operation.
    pub(super) operation: String,
    /// The page as it is, and as it was.
    pub(super) page: &'a Facts,
    pub(super) was: Option<&'a Facts>,
}

/// A difference of an operation: the pointer of this, and the difference's key.
type Name = (String, String);

/// Inserts what the changed pages have and the description lacks. `facts` are those of all pages, as they are now.
///
/// # Errors
/// A file of the description that cannot be read.
pub(super) fn apply(
    root: &Path,
    changed: &[Changed<'_>],
    facts: &[Facts],
    permissions: &[Permissions],
    catalogue: &Catalogue<'_>,
) -> Result<Applied> {
    let mut applied = Applied::default();
    let mut services: BTreeMap<&str, Vec<&Changed<'_>>> = BTreeMap::new();
    for one in changed {
        let service = one.bundle.service.as_str();
        services.entry(service).or_default().push(one);
    }
    for changed in services.values() {
        let Some(first) = changed.first() else {
            continue;
        };
        let rights = permissions::of(first.bundle, permissions.iter(), catalogue);
        let facts = catalogue.of_service(facts, &first.bundle.service);
        let mut work = Work {
            root,
            bundle: first.bundle,
            document: first.bundle.document.clone(),
            facts: &facts,
            permissions: &rights,
            texts: BTreeMap::new(),
        };
        work.run(changed, &mut applied)?;
        for (file, text) in work.texts {
            applied.files.add(file, text);
        }
    }
    Ok(applied)
}

struct Work<'a> {
    root: &'a Path,
    bundle: &'a Bundle,
    /// The bundled document with what has been inserted.
    document: Value,
    facts: &'a [Facts],
    permissions: &'a [Permissions],
    /// The files with what has been inserted, by their paths relative to the workspace.
    texts: BTreeMap<String, String>,
}

impl Work<'_> {
    fn run(&mut self, changed: &[&Changed<'_>], applied: &mut Applied) -> Result<()> {
        let mut refused: BTreeSet<Name> = BTreeSet::new();
        let mut differences = self.differences(&self.document);
        loop {
            let next = changed.iter().find_map(|page| {
                let mut own = differences
                    .iter()
                    .filter(|(name, _)| name.0 == page.operation && !refused.contains(*name));
                own.next()
                    .map(|(name, difference)| (*page, name.clone(), difference.clone()))
            });
            let Some((page, name, difference)) = next else {
                return Ok(());
            };
            match self.one(page, &name, &difference, &differences, applied)? {
                Ok(now) => differences = now,
                Err(why) => {
                    let place = self.bundle.origin(&difference.pointer);
                    applied.left.push(format!(
                        "openapi/{}#{}: {} ({}): {why}",
                        place.file, place.pointer, difference.advice, difference.key
                    ));
                    refused.insert(name);
                }
            }
        }
    }

    /// Inserts what one difference means and returns those that are left, or says why it is a person's edit.
    fn one(
        &mut self,
        page: &Changed<'_>,
        name: &Name,
        difference: &Discrepancy,
        before: &BTreeMap<Name, Discrepancy>,
        applied: &mut Applied,
    ) -> Result<Result<BTreeMap<Name, Discrepancy>, String>> {
        let additions = match addition::of(
            difference,
            &page.operation,
            &self.document,
            page.page,
            page.was,
        ) {
            Ok(additions) => additions,
            Err(why) => return Ok(Err(why)),
        };
        let mut document = self.document.clone();
        for Addition { pointer, insertion } in &additions {
            match insertion.insert_value(document, pointer) {
                Some(changed) => document = changed,
                None => return Ok(Err("something else stands there".to_owned())),
            }
        }
        let now = self.differences(&document);
        if now.contains_key(name) {
            return Ok(Err("the page would still say something else".to_owned()));
        }
        let other = now
            .keys()
            .find(|one| one.0 != name.0 && !before.contains_key(*one));
        if let Some((operation, _)) = other {
            let id = document.pointer(operation).map(|one| &one["operationId"]);
            let id = id.and_then(Value::as_str).unwrap_or_default();
            return Ok(Err(format!(
                "{id} has the same component, and its page does not say so: give them a component each"
            )));
        }
        let mut texts = self.texts.clone();
        for Addition { pointer, insertion } in &additions {
            let place = self.bundle.origin(pointer);
            let file = format!("openapi/{}", place.file);
            let text = match texts.get(&file) {
                Some(text) => text.clone(),
                None => std::fs::read_to_string(self.root.join(&file))
                    .with_context(|| format!("cannot read {file}"))?,
            };
            let written = insertion.with(self.written(insertion.value(), &place.file));
            match written.insert_text(&text, &place.pointer) {
                Ok(text) => texts.insert(file, text),
                Err(error) => return Ok(Err(format!("{error:#}"))),
            };
        }
        for Addition {
            pointer: at,
            insertion,
        } in &additions
        {
            let place = self.bundle.origin(at);
            let here = match insertion.key() {
                Some(key) => pointer::join(&place.pointer, key),
                None => place.pointer,
            };
            let here = format!("openapi/{}#{here}", place.file);
            applied.done.push(format!("{here}: {}", difference.key));
            if insertion.value().to_string().contains(UNWRITTEN) {
                applied.unwritten.push(here);
            }
        }
        self.texts = texts;
        self.document = document;
        Ok(Ok(now))
    }

    /// A value of the bundled document as a file has it: a reference leads to the file of its target.
    fn written(&self, value: &Value, file: &str) -> Value {
        let Some(target) = value["$ref"]
            .as_str()
            .and_then(|link| link.strip_prefix('#'))
        else {
            return value.clone();
        };
        let place = self.bundle.origin(target);
        let mut written = value.clone();
        let path = if place.file == file {
            String::new()
        } else {
            relative(file, &place.file)
        };
        written["$ref"] = format!("{path}#{}", place.pointer).into();
        written
    }

    /// Every difference between a document and the pages.
    fn differences(&self, document: &Value) -> BTreeMap<Name, Discrepancy> {
        let rights = (!self.permissions.is_empty()).then_some(self.permissions);
        let checked = check_with_permissions(document, self.facts, rights);
        let operations = checked.operations.into_iter();
        operations
            .flat_map(|operation| {
                let pointer = operation.pointer;
                let found = operation.settled.unexplained.into_iter();
                found.map(move |one| ((pointer.clone(), one.key.clone()), one))
            })
            .collect()
    }
}

/// The path from a file to another one.
fn relative(from: &str, to: &str) -> String {
    let from: Vec<&str> = from.split('/').collect();
    let to: Vec<&str> = to.split('/').collect();
    let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = from.len().saturating_sub(shared + 1);
    let down = to.get(shared..).unwrap_or_default().join("/");
    format!("{}{down}", "../".repeat(up))
}

#[cfg(test)]
mod tests {
    use super::relative;

    #[test]
    fn a_reference_is_relative_to_its_file() {
        assert_eq!(relative("a/b/c.yaml", "a/d/e.yaml"), "../d/e.yaml");
        assert_eq!(relative("a/c.yaml", "a/d/e.yaml"), "d/e.yaml");
        assert_eq!(relative("a/b/c.yaml", "a/b/e.yaml"), "e.yaml");
    }
}
