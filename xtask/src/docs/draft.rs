//! `cargo xtask docs draft`: pages into the description of operations that have none.

mod root;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use heck::ToSnakeCase as _;
use otcdb_apidocs::draft::{Draft, DraftPage, Named, document, draft as draft_of, record};
use otcdb_apidocs::{Facts, Hint, Permissions, Reason, check_with_permissions, import as facts_of};
use otcdb_openapi::{Bundle, Diagnostic, Diagnostics};
use serde_json::{Map, Value};

use super::SOURCES;
use super::catalogue::{Catalogue, Match, page_name};
use super::pages::{self, Page};
use super::{committed, endpoints, permissions};
use crate::addresses::{self, Addresses};
use crate::files::Files;
use crate::lint::{self, lint};

/// What is wanted beside the pages.
#[derive(Debug, Default)]
pub struct Options {
    /// The folder below `openapi/`; told from the pages' folders where it is not given.
    pub service: Option<String>,
    /// Names of operations.
    pub names: Vec<Named>,
    /// Hosts of the service.
    pub hosts: Vec<String>,
    /// Whose documentation the pages are.
    pub source: String,
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Drafted {
    /// The files, relative to the workspace.
    pub files: Files,
    /// The drafted operations: `rds: CreateInstance, POST /v3/…`.
    pub drafted: Vec<String>,
    /// Pages of operations that are described already.
    pub described: usize,
    /// Pages that were not drafted, with the reason.
    pub left_out: Vec<String>,
    /// Pages that could not be read, with the reason.
    pub refused: Vec<String>,
    /// What was odd about pages that could be read.
    pub oddities: Vec<String>,
    /// Whether a page that states an operation was not drafted.
    pub incomplete: bool,
    /// Pages of the folders that state no operation.
    pub others: usize,
    /// What a rule finds in the draft beside words that are to be written.
    pub unsound: Vec<Diagnostic>,
    /// How many places wait for words.
    pub unwritten: usize,
}

impl Drafted {
    /// Whether every draft is sound, and every page with a request line is drafted.
    ///
    /// # Errors
    /// What rules find in the drafts beside words that are to be written, or that pages were not drafted.
    pub fn verdict(&self) -> Result<()> {
        if !self.unsound.is_empty() {
            return Err(Diagnostics(self.unsound.clone()).into());
        }
        ensure!(
            !self.incomplete,
            "not every page with a request line is drafted; mend the pages that are listed above"
        );
        Ok(())
    }
}

impl fmt::Display for Drafted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in &self.drafted {
            writeln!(f, "{line}")?;
        }
        for line in &self.oddities {
            writeln!(f, "odd: {line}")?;
        }
        for line in &self.refused {
            writeln!(f, "not read: {line}")?;
        }
        for line in &self.left_out {
            writeln!(f, "left out: {line}")?;
        }
        writeln!(
            f,
            "{} operations drafted, {} pages of described ones, {} pages state no operation, {} places wait for words",
            self.drafted.len(),
            self.described,
            self.others,
            self.unwritten
        )
    }
}

/// Drafts the operations of pages, and of the pages in folders. Nothing is written here, and nothing that a person
/// wrote is changed but for what is added: to the table of paths, to tags, and to files of components.
///
/// # Errors
/// A broken description, a path that is not there, pages of which nothing tells the service, or a draft that is no
/// description.
pub fn draft(root: &Path, paths: &[PathBuf], options: &Options) -> Result<Drafted> {
    let loaded = pages::load(paths, &options.source)?;
    let mut done = Drafted {
        others: loaded.others,
        oddities: loaded.oddities(),
        ..Drafted::default()
    };
    for (path, refusal) in &loaded.refused {
        // One that describes no operation is no fault, named by itself or in a folder; nor is an empty one, which is told.
        done.incomplete |= refusal.reason != Reason::NoOperation
            && pages::bytes(path).is_ok_and(|bytes| has_request_line(&bytes));
        done.refused.push(format!("{}: {refusal}", path.display()));
    }
    let mut services: BTreeMap<String, Vec<&Page>> = BTreeMap::new();
    for page in &loaded.read {
        if page.facts.operation.value().is_none() {
            done.left_out.push(format!(
                "{}: it states no method and path",
                page.path.display()
            ));
            continue;
        }
        let service = match &options.service {
            Some(service) => service.clone(),
            None => service_of(&page.path).with_context(|| {
                format!(
                    "nothing tells which service {} is of; name it with --service",
                    page.path.display()
                )
            })?,
        };
        services.entry(service).or_default().push(page);
    }
    let hosts = match options.hosts.is_empty() {
        true => endpoints::of(paths),
        false => options.hosts.clone(),
    };
    let mut addresses = Addresses::read(root)?;
    for (service, pages) in services {
        let given: Vec<Permissions> = loaded
            .permissions
            .iter()
            .filter(|(_, facts)| permissions::speaks_of(facts, &service))
            .map(|(path, facts)| with_id(facts, path))
            .collect();
        let drafted = one(root, &service, &pages, &hosts, given, options, &mut done)?;
        for (page, draft) in drafted {
            addresses.add(&draft.source, &service, &draft.id, &page.path);
        }
    }
    if !done.drafted.is_empty() {
        done.files.add(addresses::FILE, addresses.text());
    }
    Ok(done)
}

/// The facts of a page of rights, with the name of its file for an id that it has lost.
fn with_id(facts: &Permissions, path: &Path) -> Permissions {
    let mut facts = facts.clone();
    let stem = || {
        path.file_stem()
            .map(|stem| stem.to_string_lossy().into_owned())
    };
    facts.page.id = facts.page.id.take().or_else(stem);
    facts
}

/// Whether a page that cannot be read looks like one of an operation.
fn has_request_line(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let methods = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD"];
    methods.iter().any(|method| {
        text.match_indices(method).any(|(at, _)| {
            let rest = text.get(at + method.len()..).unwrap_or_default();
            let target = rest.trim_start();
            target.len() < rest.len() && (target.starts_with('/') || target.starts_with("http"))
        })
    })
}

/// The folder above `api-ref`, as in `otc/<service>/api-ref/source/…`, or the one below the name of a source.
fn service_of(path: &Path) -> Option<String> {
    let path = std::path::absolute(path).ok()?;
    let names: Vec<String> = path
        .iter()
        .map(|name| name.to_string_lossy().into_owned())
        .collect();
    let above = names
        .iter()
        .position(|name| name == "api-ref")
        .and_then(|at| at.checked_sub(1));
    // Not the file itself.
    let folders = names.len().saturating_sub(1);
    let below = || {
        let at = names
            .iter()
            .rposition(|name| SOURCES.contains(&name.as_str()))?
            + 1;
        (at < folders).then_some(at)
    };
    names
        .get(above.or_else(below)?)
        .map(|name| name.to_lowercase())
}

/// The id of a page; the name of its file where it has lost it.
fn id_of(page: &Page) -> String {
    let stem = || {
        page.path
            .file_stem()
            .map(|stem| stem.to_string_lossy().into_owned())
    };
    page.facts
        .page
        .id
        .clone()
        .or_else(stem)
        .unwrap_or_else(|| "page".to_owned())
}

fn section_of(page: &Page) -> String {
    let folder = page.path.parent().and_then(Path::file_name);
    let folder = folder
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let plain: String = folder
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { ' ' })
        .collect();
    match plain.to_snake_case() {
        section if section.starts_with(|c: char| c.is_ascii_alphabetic()) => section,
        section if section.is_empty() => "operations".to_owned(),
        section => format!("v{section}"),
    }
}

/// Drafts what the pages of one service state, and gives those of which operations were drafted.
fn one<'p>(
    root: &Path,
    service: &str,
    pages: &[&'p Page],
    hosts: &[String],
    given: Vec<Permissions>,
    options: &Options,
    done: &mut Drafted,
) -> Result<Vec<(&'p Page, DraftPage)>> {
    let openapi = root.join("openapi");
    let exists = openapi.join(service).join("openapi.yaml").is_file();
    let described: Vec<Bundle> = match exists {
        true => vec![Bundle::load(&openapi, service)?],
        false => Vec::new(),
    };
    let catalogue = Catalogue::of(&described);
    let mut subjects: Vec<(&'p Page, DraftPage)> = Vec::new();
    let mut seen = BTreeSet::new();
    for &page in pages {
        let name = page.path.display();
        let facts = &page.facts;
        match catalogue.find(facts) {
            Match::Named(_) => done.described += 1,
            Match::Unnamed(entry) => done.left_out.push(format!(
                "{name}: it documents {}, which is described and does not name it; add {{source: {}, page: {}}} to \
                 x-documentation in {} if it is to be",
                entry.operation.id(),
                options.source,
                page_name(facts),
                entry.file()
            )),
            Match::Unknown if !seen.insert(id_of(page)) => {
                done.incomplete = true;
                done.left_out.push(format!("{name}: another page has the same id {}", id_of(page)));
            }
            Match::Unknown => {
                let source = options.source.as_str();
                let draft = DraftPage::new(id_of(page), source, section_of(page), facts.clone());
                subjects.push((page, draft));
            }
        }
    }
    if subjects.is_empty() {
        return Ok(subjects);
    }
    let of_draft: Vec<DraftPage> = subjects.iter().map(|(_, page)| page.clone()).collect();
    // A described service has the pages of rights that its root names; a new one those that are given.
    let rights: Vec<Permissions> = match described.first() {
        Some(_) => permissions::load(root, service)?
            .into_iter()
            .map(|one| one.facts)
            .collect(),
        None => given,
    };
    let mut drafted = draft_of(&of_draft, described.first(), &options.names, &rights);
    let stage = tempfile::tempdir().context("there is no place for a draft")?;
    copy(
        &openapi.join(service),
        &stage.path().join("openapi").join(service),
    )?;
    let mut files = described_by(root, service, &drafted, hosts, &rights, described.first())?;
    files.write(stage.path())?;
    let mut bundle = load(stage.path(), service)?;
    if require(&mut drafted, &lint::could_be_required(&bundle)) {
        files = described_by(root, service, &drafted, hosts, &rights, described.first())?;
        files.write(stage.path())?;
        bundle = load(stage.path(), service)?;
    }
    let facts = facts_files(&bundle, &subjects, &mut files)?;
    if described.is_empty() {
        for facts in &rights {
            let (file, text) = permissions::file_of(&bundle, facts)?;
            files.add(file, text);
        }
    }
    // What the pages say otherwise is recorded, so that the check finds nothing.
    let mut all: Vec<Facts> = committed::load(root, service)?
        .into_iter()
        .map(|one| one.facts)
        .collect();
    all.extend(facts);
    let checked = check_with_permissions(&bundle.document, &all, Some(&rights));
    for operation in &mut drafted.operations {
        let found = checked
            .operations
            .iter()
            .find(|one| one.operation_id.as_deref() == Some(operation.id.as_str()));
        if let Some(found) = found {
            operation.value = record(&operation.value, &found.settled.unexplained);
        }
    }
    for operation in &drafted.operations {
        files.add(
            format!("openapi/{service}/{}", operation.file),
            document(&operation.value),
        );
    }
    files.write(stage.path())?;
    let bundle = load(stage.path(), service)?;
    if let Err(Diagnostics(found)) = lint(&bundle) {
        for diagnostic in found {
            match diagnostic.rule == lint::UNWRITTEN {
                true => done.unwritten += 1,
                false => done.unsound.push(diagnostic),
            }
        }
    }
    for operation in &drafted.operations {
        done.drafted.push(format!(
            "{service}: {}, {} {}",
            operation.id, operation.method, operation.path
        ));
    }
    for (path, text) in files.iter() {
        done.files.add(path, text.to_owned());
    }
    Ok(subjects)
}

/// Requires fields of drafted schemas, each given as `Schema.field`. Whether there was one.
fn require(draft: &mut Draft, fields: &[String]) -> bool {
    let mut is_changed = false;
    for (_, name, schema) in &mut draft.components {
        let of_schema = fields
            .iter()
            .filter_map(|field| field.strip_prefix(&format!("{name}.")));
        let wanted: BTreeSet<&str> = of_schema.collect();
        let properties = schema["properties"].as_object();
        let in_order = properties.into_iter().flat_map(Map::keys);
        let required: Vec<&String> = in_order
            .filter(|one| wanted.contains(one.as_str()))
            .collect();
        if required.is_empty() {
            continue;
        }
        let required = serde_json::json!(required);
        // Beside the type and the description, as people write it.
        let mut written = Map::new();
        for (key, value) in schema.as_object().into_iter().flatten() {
            if key == "properties" {
                written.insert("required".to_owned(), required.clone());
            }
            written.insert(key.clone(), value.clone());
        }
        *schema = Value::Object(written);
        is_changed = true;
    }
    is_changed
}

fn load(root: &Path, service: &str) -> Result<Bundle> {
    Bundle::load(&root.join("openapi"), service)
        .context("the draft is no description; this is a fault of this program")
}

/// The files of the description.
fn described_by(
    root: &Path,
    service: &str,
    draft: &Draft,
    hosts: &[String],
    rights: &[Permissions],
    described: Option<&Bundle>,
) -> Result<Files> {
    let mut files = Files::default();
    let folder = format!("openapi/{service}");
    for operation in &draft.operations {
        let file = format!("{folder}/{}", operation.file);
        if root.join(&file).exists() {
            bail!(
                "{file} is there, and its operation is not in the table of paths; add it there, or remove the file"
            );
        }
        files.add(file, document(&operation.value));
    }
    let mut components: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    for (file, name, value) in &draft.components {
        components
            .entry(file)
            .or_default()
            .insert(name.clone(), value.clone());
    }
    for (file, entries) in components {
        let file = format!("{folder}/{file}");
        let path = root.join(&file);
        let mut text = match path.exists() {
            true => {
                std::fs::read_to_string(&path).with_context(|| format!("cannot read {file}"))?
            }
            false => String::new(),
        };
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        text.push_str(&document(&Value::Object(entries)));
        files.add(file, text);
    }
    let text = match described {
        Some(_) => {
            let path = root.join(&folder).join("openapi.yaml");
            let text = std::fs::read_to_string(&path)
                .with_context(|| format!("cannot read {}", path.display()))?;
            root::extended(&text, &draft.operations)
        }
        None => {
            files.add(
                format!("{folder}/components/security.yaml"),
                root::security(),
            );
            root::new(service, &draft.operations, hosts, rights)
        }
    };
    files.add(format!("{folder}/openapi.yaml"), text);
    Ok(files)
}

/// Facts of the drafted pages, beside the description.
fn facts_files(
    bundle: &Bundle,
    subjects: &[(&Page, DraftPage)],
    files: &mut Files,
) -> Result<Vec<Facts>> {
    let catalogue = Catalogue::of(std::slice::from_ref(bundle));
    let mut found = Vec::new();
    for (page, subject) in subjects {
        let entry = catalogue.0.iter().find(|entry| {
            entry
                .pages
                .iter()
                .any(|(source, id)| *source == subject.source && *id == subject.id)
        });
        let Some(entry) = entry else {
            bail!(
                "{} was read and is in no draft; this is a fault of this program",
                page.path.display()
            );
        };
        let hint = Hint::of(subject.source.as_str()).page_id(subject.id.clone());
        let imported = facts_of(&page.bytes, &hint, Some(entry.operation.id()))?;
        files.add(entry.facts_file(&imported.facts), imported.text);
        found.push(imported.facts);
    }
    Ok(found)
}

/// Copies a folder, where it is there.
fn copy(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to)?;
    if !from.is_dir() {
        return Ok(());
    }
    for entry in
        std::fs::read_dir(from).with_context(|| format!("cannot list {}", from.display()))?
    {
        let entry = entry?;
        let target = to.join(entry.file_name());
        match entry.file_type()?.is_dir() {
            true => copy(&entry.path(), &target)?,
            false => {
                std::fs::copy(entry.path(), &target)?;
            }
        }
    }
    Ok(())
}
