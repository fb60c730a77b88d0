//! `cargo xtask docs diff --apply`: what is only new on a page, into the description.
//!
//! Each difference between a description and its pages that is an addition is inserted where it belongs, in the file
//! in which that part was written, as a draft of the page has it, if the description then says what the page says, keeps
//! all rules, and no other operation differs from its own. What a person has to write is marked, and what contradicts
//! itself in what is new is recorded as a draft records it.

mod addition;
mod insertion;
mod on_page;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;

use anyhow::{Context as _, Result};
use otcdb_apidocs::draft::{DraftPage, Parts};
use otcdb_apidocs::{Discrepancy, Facts, Permissions, check_with_permissions, documents};
use otcdb_openapi::written::{Operation, operations};
use otcdb_openapi::{Bundle, Diagnostics, Location, UNWRITTEN, pointer};
use serde_json::Value;

use super::catalogue::{Catalogue, source};
use super::permissions;
use crate::files::Files;
use crate::lint::{self, lint};
use addition::{Addition, Additions, Subject};

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
        let begin = |faults| Work {
            root,
            bundle: first.bundle,
            document: first.bundle.document.clone(),
            facts: &facts,
            permissions: &rights,
            texts: BTreeMap::new(),
            new: BTreeMap::new(),
            faults,
        };
        let mut done = Applied::default();
        let mut work = begin(None);
        work.run(changed, catalogue, &mut done)?;
        // The rules take longer than all else: only where one is broken is each insertion held against them.
        let service = &first.bundle.service;
        let before = faults(service, &first.bundle.document);
        if !faults(service, &work.document).is_subset(&before) {
            done = Applied::default();
            work = begin(Some(before));
            work.run(changed, catalogue, &mut done)?;
        }
        applied.done.extend(done.done);
        applied.unwritten.extend(done.unwritten);
        applied.left.extend(done.left);
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
    /// The components that are new, by their pointers: the files below the folder of services.
    new: BTreeMap<String, String>,
    /// What the rules find, but for words that are to be written, where each insertion is held against them.
    faults: Option<BTreeSet<String>>,
}

impl Work<'_> {
    fn run(
        &mut self,
        changed: &[&Changed<'_>],
        catalogue: &Catalogue<'_>,
        applied: &mut Applied,
    ) -> Result<()> {
        let before = self.before(changed);
        let mut refused: BTreeSet<Name> = BTreeSet::new();
        let mut differences = self.differences(&self.document, self.facts);
        loop {
            // What a contradiction is about comes first; examples come behind the fields that they show.
            let rank = |name: &Name| {
                let is_example = name.1.contains(" example ") || name.1.ends_with(": example");
                (is_contradiction(&name.1), is_example)
            };
            let next = changed.iter().find_map(|page| {
                let own = differences
                    .iter()
                    .filter(|(name, _)| name.0 == page.operation && !refused.contains(*name));
                own.min_by_key(|(name, _)| rank(name))
                    .map(|(name, difference)| (*page, name.clone(), difference.clone()))
            });
            let Some((page, name, difference)) = next else {
                return Ok(());
            };
            let pages = pages_of(page, self.facts, catalogue);
            let is_whole = !refused.iter().any(|one| one.0 == name.0);
            let found = match is_contradiction(&name.1) && is_whole && !before.contains(&name) {
                true => Ok(Additions {
                    list: Vec::new(),
                    is_recorded: true,
                }),
                false => self.additions(page, &pages, &difference),
            };
            let done = match found {
                Ok(found) => self.one(&name, found, &differences, applied)?,
                Err(why) => Err(why),
            };
            match done {
                Ok(now) => differences = now,
                Err(why) => {
                    let place = self.place(&difference.pointer);
                    applied.left.push(format!(
                        "openapi/{}#{}: {} ({}): {why}",
                        place.file, place.pointer, difference.advice, difference.key
                    ));
                    refused.insert(name);
                }
            }
        }
    }

    /// The differences that there would be if the pages had not changed.
    fn before(&self, changed: &[&Changed<'_>]) -> BTreeSet<Name> {
        let old = self.facts.iter().map(|facts| {
            let page = changed.iter().find(|one| one.page == facts);
            page.and_then(|page| page.was).unwrap_or(facts).clone()
        });
        let old: Vec<Facts> = old.collect();
        let differences = self.differences(&self.document, &old);
        differences.into_keys().collect()
    }

    /// What a difference means.
    fn additions(
        &self,
        page: &Changed<'_>,
        pages: &[DraftPage],
        difference: &Discrepancy,
    ) -> Result<Additions, String> {
        let file_of = |pointer: &str| {
            let file = self.place(pointer).file;
            file.split_once('/').map_or("", |(_, file)| file).to_owned()
        };
        let draft = || Parts::of(&self.document, &page.operation, pages, &file_of);
        addition::of(
            difference,
            &Subject {
                document: &self.document,
                operation: &page.operation,
                page: page.page,
                was: page.was,
                draft: &draft,
                file_of: &file_of,
            },
        )
    }

    /// Inserts what a difference means and returns those that are left, or says why it is a person's edit.
    fn one(
        &mut self,
        name: &Name,
        found: Additions,
        before: &BTreeMap<Name, Discrepancy>,
        applied: &mut Applied,
    ) -> Result<Result<BTreeMap<Name, Discrepancy>, String>> {
        let mut additions = found.list;
        let mut document = self.document.clone();
        for one in &additions {
            match one.insertion.insert_value(document, &one.pointer) {
                Some(changed) => document = changed,
                None => return Ok(Err("something else stands there".to_owned())),
            }
        }
        let mut now = self.differences_now(&document, name, &additions, before);
        if now.contains_key(name) && !found.is_recorded {
            return Ok(Err("the page would still say something else".to_owned()));
        }
        // What differs of that which is new, too.
        let is_left = |one: &Name| one == name || !before.contains_key(one);
        let own: Vec<Name> = now
            .keys()
            .filter(|one| one.0 == name.0 && is_left(one))
            .cloned()
            .collect();
        for one in own {
            let Some(left) = now.remove(&one) else {
                continue;
            };
            let record = addition::record(&left, &name.0, &document);
            match record.insertion.insert_value(document, &record.pointer) {
                Some(changed) => document = changed,
                None => return Ok(Err("something else stands there".to_owned())),
            }
            additions.push(record);
        }
        let other = now.keys().find(|one| !before.contains_key(*one));
        if let Some((operation, key)) = other {
            let id = document.pointer(operation).map(|one| &one["operationId"]);
            let id = id.and_then(Value::as_str).unwrap_or_default();
            return Ok(Err(format!(
                "{id} has the same component, and its page does not say so ({key}): give them a component each"
            )));
        }
        if let Some(known) = &self.faults {
            let faults = faults(&self.bundle.service, &document);
            if let Some(fault) = faults.difference(known).next() {
                return Ok(Err(format!("it would break a rule: {fault}")));
            }
        }
        let mut new = self.new.clone();
        for one in &additions {
            if let (Some(file), Some(key)) = (&one.file, one.insertion.key()) {
                let file = format!("{}/{file}", self.bundle.service);
                new.insert(pointer::join(&one.pointer, key), file);
            }
        }
        let old = std::mem::replace(&mut self.new, new);
        let mut texts = self.texts.clone();
        for one in &additions {
            let place = self.place_of(one);
            let file = format!("openapi/{}", place.file);
            let path = self.root.join(&file);
            let text = match texts.get(&file) {
                Some(text) => text.clone(),
                None if !path.exists() => String::new(),
                None => {
                    std::fs::read_to_string(path).with_context(|| format!("cannot read {file}"))?
                }
            };
            let value = self.written(one.insertion.value(), &place.file);
            let written = one.insertion.with(value);
            match written.insert_text(&text, &place.pointer) {
                Ok(text) => texts.insert(file, text),
                Err(error) => {
                    self.new = old;
                    return Ok(Err(format!("{error:#}")));
                }
            };
        }
        for one in &additions {
            let place = self.place_of(one);
            let here = match one.insertion.key() {
                Some(key) => pointer::join(&place.pointer, key),
                None => place.pointer,
            };
            let here = format!("openapi/{}#{here}", place.file);
            applied.done.push(format!("{here}: {}", name.1));
            if one.insertion.value().to_string().contains(UNWRITTEN) {
                applied.unwritten.push(here);
            }
        }
        self.texts = texts;
        self.document = document;
        Ok(Ok(now))
    }

    /// Where something is inserted: a new component into the file that it is to stand in.
    fn place_of(&self, one: &Addition) -> Location {
        match &one.file {
            Some(file) => Location::new(&format!("{}/{file}", self.bundle.service), ""),
            None => self.place(&one.pointer),
        }
    }

    /// Where something of the document is written.
    fn place(&self, at: &str) -> Location {
        // `/components/schemas/Name`, and what is in it.
        let end = at.match_indices('/').nth(3).map_or(at.len(), |one| one.0);
        let (component, rest) = at.split_at(end);
        match self.new.get(component) {
            Some(file) => {
                let name = component.rsplit('/').next().unwrap_or_default();
                Location::new(file, &format!("/{name}{rest}"))
            }
            None => self.bundle.origin(at),
        }
    }

    /// A value of the bundled document as a file has it: references lead to the files of their targets.
    fn written(&self, value: &Value, file: &str) -> Value {
        match value {
            Value::Object(members) => {
                let each = members.iter().map(|(key, value)| {
                    let target = value.as_str().and_then(|link| link.strip_prefix('#'));
                    let value = match target.filter(|_| key == "$ref") {
                        Some(target) => {
                            let place = self.place(target);
                            let path = match place.file == file {
                                true => String::new(),
                                false => relative(file, &place.file),
                            };
                            format!("{path}#{}", place.pointer).into()
                        }
                        None => self.written(value, file),
                    };
                    (key.clone(), value)
                });
                Value::Object(each.collect())
            }
            Value::Array(items) => items.iter().map(|one| self.written(one, file)).collect(),
            other => other.clone(),
        }
    }

    /// The differences after an insertion: those of the operations that have what was inserted are looked for anew.
    fn differences_now(
        &self,
        document: &Value,
        name: &Name,
        additions: &[Addition],
        before: &BTreeMap<Name, Discrepancy>,
    ) -> BTreeMap<Name, Discrepancy> {
        let old = additions.iter().filter(|one| one.file.is_none());
        let touched = users(document, &name.0, old.map(|one| one.pointer.as_str()));
        let all = operations(document);
        let subjects: Vec<&Operation<'_>> = all
            .iter()
            .filter(|one| touched.contains(&one.pointer()))
            .collect();
        let speaks = |facts: &&Facts| {
            subjects.iter().any(|one| {
                let pages = one.value["x-documentation"].as_array();
                let mut pages = pages.into_iter().flatten();
                documents(facts, one.method, one.path)
                    || pages.any(|page| page["page"].as_str() == facts.page.id.as_deref())
            })
        };
        let facts: Vec<Facts> = self.facts.iter().filter(speaks).cloned().collect();
        let is_touched = |name: &Name| touched.contains(&name.0);
        let others = before.iter().filter(|(name, _)| !is_touched(name));
        let own = self.differences(document, &facts).into_iter();
        others
            .map(|(name, one)| (name.clone(), one.clone()))
            .chain(own.filter(|(name, _)| is_touched(name)))
            .collect()
    }

    /// Every difference between a document and pages.
    fn differences(&self, document: &Value, facts: &[Facts]) -> BTreeMap<Name, Discrepancy> {
        let rights = (!self.permissions.is_empty()).then_some(self.permissions);
        let checked = check_with_permissions(document, facts, rights);
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

/// An operation, and those that refer to components in which something was inserted.
fn users<'a>(
    document: &Value,
    operation: &str,
    pointers: impl Iterator<Item = &'a str>,
) -> BTreeSet<String> {
    let component = |at: &str| {
        let end = at.match_indices('/').nth(3).map_or(at.len(), |one| one.0);
        at.starts_with("/components/")
            .then(|| at.get(..end).unwrap_or(at).to_owned())
    };
    let mut holders: Vec<(String, BTreeSet<String>)> = Vec::new();
    for (section, all) in document["components"].as_object().into_iter().flatten() {
        for (name, value) in all.as_object().into_iter().flatten() {
            let at = pointer::join(&format!("/components/{section}"), name);
            holders.push((at, targets(value)));
        }
    }
    for one in operations(document) {
        holders.push((one.pointer(), targets(one.value)));
    }
    let mut todo: Vec<String> = pointers.filter_map(component).collect();
    let mut found = BTreeSet::from([operation.to_owned()]);
    while let Some(at) = todo.pop() {
        for (holder, _) in holders.iter().filter(|(_, targets)| targets.contains(&at)) {
            if found.insert(holder.clone()) {
                todo.push(holder.clone());
            }
        }
    }
    found
}

/// Where the references of a value lead.
fn targets(value: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut todo = vec![value];
    while let Some(value) = todo.pop() {
        match value {
            Value::Object(members) => {
                let target = members.get("$ref").and_then(Value::as_str);
                found.extend(
                    target
                        .and_then(|one| one.strip_prefix('#'))
                        .map(str::to_owned),
                );
                todo.extend(members.values());
            }
            Value::Array(items) => todo.extend(items),
            _ => {}
        }
    }
    found
}

/// Whether a difference is one of a page with itself.
fn is_contradiction(key: &str) -> bool {
    let what = key.rsplit(": ").next().unwrap_or_default();
    what.starts_with("example-") || what.starts_with("json-")
}

/// What the rules find in a document beside words that are to be written.
fn faults(service: &str, document: &Value) -> BTreeSet<String> {
    let found = match lint(&Bundle::of(service, document.clone())) {
        Ok(()) => Vec::new(),
        Err(Diagnostics(found)) => found,
    };
    let found = found.into_iter().filter(|one| one.rule != lint::UNWRITTEN);
    found
        .map(|one| format!("{}: {} [{}]", one.pointer, one.message, one.rule))
        .collect()
}

/// The pages of one source of the operation of a page, the changed one as it is.
fn pages_of(changed: &Changed<'_>, facts: &[Facts], catalogue: &Catalogue<'_>) -> Vec<DraftPage> {
    let entry = catalogue.0.iter().find(|entry| {
        entry.operation.pointer() == changed.operation
            && entry.bundle.service == changed.bundle.service
    });
    let same = |one: &&Facts| {
        let is_named = entry.is_some_and(|entry| entry.names(one));
        *one == changed.page || (source(one) == source(changed.page) && is_named)
    };
    facts
        .iter()
        .filter(same)
        .map(|facts| {
            let id = facts.page.id.as_deref().unwrap_or_default();
            DraftPage::new(id, source(facts), "", facts.clone())
        })
        .collect()
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
