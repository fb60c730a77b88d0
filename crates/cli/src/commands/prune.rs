//! `otcdb logs prune`.

use std::collections::BTreeMap;

use indicatif::{HumanBytes, HumanCount};
use otcdb_core::Result;
use otcdb_logs::{LogKind, ManifestEntry, Pruned};
use serde::Serialize;

use crate::args::Prune;
use crate::console::Console;
use crate::exit::Code;
use crate::output::{self, Format, clean};

#[derive(Serialize)]
struct Report<'a> {
    #[serde(flatten)]
    totals: Totals<'a>,
    files: &'a [ManifestEntry],
    failures: Vec<FailureLine<'a>>,
}

#[derive(Serialize)]
struct Totals<'a> {
    out: &'a str,
    /// What ended before this was old.
    before: String,
    dry_run: bool,
    files_deleted: usize,
    files_failed: usize,
    bytes_freed: u64,
}

#[derive(Serialize)]
struct FailureLine<'a> {
    file: &'a str,
    message: String,
}

/// A line of the form `jsonl`.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
enum Line<'a> {
    File(&'a ManifestEntry),
    Failure(FailureLine<'a>),
    Summary(Totals<'a>),
}

pub(crate) fn run(args: &Prune, console: &Console) -> Result<Code> {
    let pruned = otcdb_logs::prune(&args.out, args.older_than, args.dry_run)?;
    for note in &pruned.notes {
        console.note(note);
    }
    output::write(render(args, &pruned)?.as_bytes())?;
    for (record, error) in &pruned.failures {
        console.failure(&format!("{}: {error}", record.file), error.hint());
    }
    Ok(Code::of_parts(
        pruned.failures.iter().map(|(_, error)| error.kind()),
    ))
}

fn render(args: &Prune, pruned: &Pruned) -> Result<String> {
    let out = args.out.to_string_lossy();
    let totals = Totals {
        out: &out,
        before: pruned.before.to_string(),
        dry_run: args.dry_run,
        files_deleted: pruned.files.len(),
        files_failed: pruned.failures.len(),
        bytes_freed: pruned.bytes(),
    };
    let failures = pruned.failures.iter().map(|(record, error)| FailureLine {
        file: &record.file,
        message: error.to_string(),
    });
    let files = &pruned.files;
    match args.output {
        Format::Table => Ok(table(&totals, files)),
        Format::Json => output::json(&Report {
            totals,
            files,
            failures: failures.collect(),
        }),
        Format::Yaml => output::yaml(&Report {
            totals,
            files,
            failures: failures.collect(),
        }),
        Format::Jsonl => {
            let mut text = String::new();
            let files = files.iter().map(Line::File);
            let lines = files
                .chain(failures.map(Line::Failure))
                .chain([Line::Summary(totals)]);
            for line in lines {
                text.push_str(&output::json_line(&line)?);
            }
            Ok(text)
        }
    }
}

fn table(totals: &Totals<'_>, files: &[ManifestEntry]) -> String {
    let mut text = String::new();
    if !files.is_empty() {
        let mut kinds: BTreeMap<LogKind, (u64, u64)> = BTreeMap::new();
        for record in files {
            let (count, bytes) = kinds.entry(record.kind).or_default();
            *count += 1;
            *bytes += record.size;
        }
        let rows = kinds.iter().map(|(kind, (count, bytes))| {
            vec![
                kind.service().to_string(),
                kind.to_string(),
                HumanCount(*count).to_string(),
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
    text.push_str(&sentence(totals));
    text.push('\n');
    text
}

fn sentence(totals: &Totals<'_>) -> String {
    let out = clean(totals.out);
    let did = match totals.dry_run {
        true => "Would delete",
        false => "Deleted",
    };
    let files = match totals.files_deleted {
        0 => {
            return format!(
                "{did} nothing: no log in {out} ended before {}.",
                totals.before
            );
        }
        1 => "1 file".to_owned(),
        count => format!("{} files", HumanCount(count as u64)),
    };
    format!(
        "{did} {files} ({}) in {out} whose logs ended before {}.",
        HumanBytes(totals.bytes_freed),
        totals.before
    )
}
