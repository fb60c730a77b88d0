//! What a pull did, in the chosen form.

use std::collections::{BTreeMap, BTreeSet};

use indicatif::{HumanBytes, HumanCount};
use otcdb_core::{ErrorKind, Result, Service};
use otcdb_logs::{Failure, LogKind, ManifestEntry, Realm, Summary};
use serde::Serialize;

use crate::args::Pull;
use crate::console::Console;
use crate::output::{self, Format, clean};

/// Reasons that are written one by one; a project can have thousands of sources that fail for the same one.
const SHOWN: usize = 50;

#[derive(Serialize)]
struct Report<'a> {
    #[serde(flatten)]
    totals: Totals<'a>,
    files: &'a [ManifestEntry],
    failures: Vec<FailureLine<'a>>,
    notes: &'a [String],
}

#[derive(Serialize)]
struct Totals<'a> {
    out: &'a str,
    sources: usize,
    sources_failed: usize,
    files_fetched: usize,
    files_skipped: usize,
    bytes_fetched: u64,
}

#[derive(Serialize)]
pub(in crate::commands) struct FailureLine<'a> {
    #[serde(flatten)]
    realm: &'a Realm,
    #[serde(skip_serializing_if = "Option::is_none")]
    service: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<LogKind>,
    #[serde(skip_serializing_if = "Option::is_none")]
    instance: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    instance_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    replica: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'a str>,
    reason: String,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<&'a str>,
}

impl<'a> FailureLine<'a> {
    pub(in crate::commands) fn new(failure: &'a Failure) -> Self {
        let (error, instance) = (&failure.error, failure.instance.as_ref());
        Self {
            realm: &failure.realm,
            service: failure.service.map(Service::as_str),
            kind: failure.kind,
            instance: instance.map(|instance| instance.id.as_str()),
            instance_name: instance.map(|instance| instance.name.as_str()),
            replica: failure.replica.as_deref(),
            file: failure.file.as_deref(),
            reason: error.kind().to_string(),
            message: error.to_string(),
            status: error.status().map(|status| status.as_u16()),
            code: error.code(),
            request_id: error.request_id(),
            hint: error.hint(),
        }
    }
}

/// The columns that tell projects and clouds apart, as far as there are several.
pub(in crate::commands) struct RealmColumns {
    clouds: bool,
    projects: bool,
}

impl RealmColumns {
    /// Those that these need.
    pub(in crate::commands) fn of<'a>(realms: impl Iterator<Item = &'a Realm>) -> Self {
        let (mut clouds, mut projects) = (false, false);
        for realm in realms {
            clouds |= realm.cloud.is_some();
            projects |= realm.project.is_some();
        }
        Self { clouds, projects }
    }

    pub(in crate::commands) fn headings(&self) -> Vec<&'static str> {
        let columns = [(self.clouds, "CLOUD"), (self.projects, "PROJECT")];
        let shown = columns.into_iter().filter(|(is_shown, _)| *is_shown);
        shown.map(|(_, heading)| heading).collect()
    }

    pub(in crate::commands) fn row(&self, realm: &Realm) -> Vec<String> {
        let columns = [(self.clouds, &realm.cloud), (self.projects, &realm.project)];
        let shown = columns.into_iter().filter(|(is_shown, _)| *is_shown);
        let text = |name: &Option<String>| name.clone().unwrap_or_else(|| "-".to_owned());
        shown.map(|(_, name)| text(name)).collect()
    }
}

/// A line of the form `jsonl`.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
enum Line<'a> {
    File(&'a ManifestEntry),
    Failure(FailureLine<'a>),
    Note { text: &'a str },
    Summary(Totals<'a>),
}

/// The summary as text.
///
/// # Errors
/// It cannot be written in this form.
pub(super) fn render(args: &Pull, summary: &Summary) -> Result<String> {
    let out = args.out.to_string_lossy();
    let totals = Totals {
        out: &out,
        sources: summary.sources,
        sources_failed: summary.sources_failed,
        files_fetched: summary.files.len(),
        files_skipped: summary.skipped,
        bytes_fetched: summary.bytes(),
    };
    let failures = summary.failures.iter().map(FailureLine::new);
    match args.output {
        Format::Table => Ok(table(&totals, summary)),
        Format::Json => output::json(&Report {
            totals,
            files: &summary.files,
            failures: failures.collect(),
            notes: &summary.notes,
        }),
        Format::Yaml => output::yaml(&Report {
            totals,
            files: &summary.files,
            failures: failures.collect(),
            notes: &summary.notes,
        }),
        Format::Jsonl => {
            let mut text = String::new();
            let files = summary.files.iter().map(Line::File);
            let notes = summary.notes.iter().map(|text| Line::Note { text });
            let lines = files
                .chain(failures.map(Line::Failure))
                .chain(notes)
                .chain([Line::Summary(totals)]);
            for line in lines {
                text.push_str(&output::json_line(&line)?);
            }
            Ok(text)
        }
    }
}

fn table(totals: &Totals<'_>, summary: &Summary) -> String {
    let mut text = String::new();
    if !summary.files.is_empty() {
        let mut kinds: BTreeMap<LogKind, (u64, u64)> = BTreeMap::new();
        for record in &summary.files {
            let (files, bytes) = kinds.entry(record.kind).or_default();
            *files += 1;
            *bytes += record.size;
        }
        let rows = kinds.iter().map(|(kind, (files, bytes))| {
            vec![
                kind.service().to_string(),
                kind.to_string(),
                HumanCount(*files).to_string(),
                HumanBytes(*bytes).to_string(),
            ]
        });
        text.push_str(&output::table(
            &["SERVICE", "KIND", "FILES", "SIZE"],
            &[2, 3],
            rows,
        ));
        text.push('\n');
    }
    if !summary.failures.is_empty() {
        let in_part = |failure: &Failure| failure.replica.is_some() || failure.file.is_some();
        let realms = RealmColumns::of(summary.failures.iter().map(|failure| &failure.realm));
        let mut headings = realms.headings();
        headings.extend(["SERVICE", "KIND", "INSTANCE"]);
        let has_parts = summary.failures.iter().any(in_part);
        headings.extend(has_parts.then_some("PART"));
        headings.push("FAILED");
        let rows = summary.failures.iter().take(SHOWN).map(|failure| {
            let instance = failure.instance.as_ref();
            let parts = [&failure.replica, &failure.file].into_iter().flatten();
            let parts: Vec<&str> = parts.map(String::as_str).collect();
            let mut row = realms.row(&failure.realm);
            row.extend([
                failure
                    .service
                    .map_or_else(all, |service| service.to_string()),
                failure.kind.map_or_else(all, |kind| kind.to_string()),
                instance.map_or_else(all, |instance| instance.name.clone()),
            ]);
            row.extend(has_parts.then(|| parts.join(" ")));
            row.push(failure.error.kind().to_string());
            row
        });
        text.push_str(&output::table(&headings, &[], rows));
        if let Some(more) = summary
            .failures
            .len()
            .checked_sub(SHOWN)
            .filter(|more| *more > 0)
        {
            text.push_str(&format!("and {more} more\n"));
        }
        text.push('\n');
    }
    text.push_str(&sentence(totals, summary));
    text.push('\n');
    text
}

/// What stands for a place that a failure does not narrow down.
fn all() -> String {
    "all".to_owned()
}

fn sentence(totals: &Totals<'_>, summary: &Summary) -> String {
    let out = clean(totals.out);
    let files = |count: usize| match count {
        1 => "1 file".to_owned(),
        count => format!("{} files", HumanCount(count as u64)),
    };
    let mut text = match (totals.files_fetched, totals.files_skipped) {
        (0, _) if !summary.failures.is_empty() => "Fetched nothing".to_owned(),
        (0, 0) if totals.sources == 0 => {
            "Fetched nothing: no instance has logs of what is chosen".to_owned()
        }
        (0, 0) => "Fetched nothing: there are no new logs".to_owned(),
        (0, skipped) => {
            let were = if skipped == 1 { "is" } else { "are" };
            format!("Nothing new: {} {were} already in {out}", files(skipped))
        }
        (fetched, skipped) => {
            let bytes = HumanBytes(totals.bytes_fetched);
            let already = match skipped {
                0 => String::new(),
                1 => "; 1 file was already there".to_owned(),
                skipped => format!("; {} were already there", files(skipped)),
            };
            format!("Fetched {} ({bytes}) into {out}{already}", files(fetched))
        }
    };
    if totals.sources_failed > 0 {
        text.push_str(&format!(
            "; {} of {} sources failed",
            totals.sources_failed, totals.sources
        ));
    }
    let unlisted: BTreeSet<_> = (summary.failures.iter())
        .filter(|failure| failure.instance.is_none() && failure.service.is_some())
        .map(|failure| (&failure.realm, failure.service.map(Service::as_str)))
        .collect();
    for (realm, service) in unlisted {
        let realm = Some(realm.to_string()).filter(|realm| !realm.is_empty());
        let parts = [realm, service.map(str::to_owned)].into_iter().flatten();
        let place = parts.collect::<Vec<_>>().join(" ");
        text.push_str(&format!("; not all instances of {place} could be listed"));
    }
    let refused = summary
        .failures
        .iter()
        .filter(|failure| failure.service.is_none());
    for failure in refused {
        text.push_str(&format!("; {} could not be asked", failure.realm));
    }
    let odd = summary
        .failures
        .iter()
        .filter(|failure| failure.instance.is_some() && failure.kind.is_none());
    match odd.count() {
        0 => {}
        1 => text.push_str("; the record of 1 instance could not be read"),
        odd => text.push_str(&format!(
            "; the records of {odd} instances could not be read"
        )),
    }
    text.push('.');
    text
}

/// Why parts failed, each hint once.
pub(in crate::commands) fn failures(console: &Console, failures: &[Failure]) {
    let (cancelled, failed): (Vec<&Failure>, Vec<&Failure>) = failures
        .iter()
        .partition(|failure| failure.error.kind() == ErrorKind::Cancelled);
    let mut hints = BTreeSet::new();
    for failure in failed.iter().take(SHOWN) {
        let error = &failure.error;
        let hint = error.hint().filter(|hint| hints.insert((*hint).to_owned()));
        console.failure(&format!("{failure}: {error}"), hint);
    }
    if let Some(more) = failed.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        console.failure(
            &format!("{more} more failures"),
            Some("--output json names them all"),
        );
    }
    if !cancelled.is_empty() {
        console.failure(
            "the pull was interrupted",
            Some("run it again: it goes on where it stopped"),
        );
    }
}
