//! `otcdb logs list`.

use indicatif::{HumanBytes, HumanCount};
use jiff::Timestamp;
use otcdb_core::{Error, Result};
use otcdb_logs::{ListedSource, Listing, LogKind, Options, Puller, Realm};
use serde::Serialize;

use super::pull::place;
use super::pull::report::{self, FailureLine, RealmColumns};
use super::pull::{chosen, exit_code};
use crate::args::List;
use crate::cli::Cli;
use crate::console::Console;
use crate::exit::Code;
use crate::interrupt;
use crate::output::{self, Format, clean};
use crate::realms::{self, Realms};
use crate::rights;
use crate::simulated;

#[derive(Serialize)]
struct Report<'a> {
    #[serde(flatten)]
    totals: Totals<'a>,
    sources: Vec<SourceLine<'a>>,
    failures: Vec<FailureLine<'a>>,
    notes: &'a [String],
}

#[derive(Serialize)]
struct Totals<'a> {
    out: &'a str,
    files: usize,
    bytes: u64,
}

#[derive(Serialize)]
struct SourceLine<'a> {
    #[serde(flatten)]
    realm: &'a Realm,
    service: &'a str,
    kind: LogKind,
    instance: &'a str,
    instance_name: &'a str,
    engine: String,
    files: usize,
    bytes: u64,
    since: Option<Timestamp>,
    until: Option<Timestamp>,
    newest: Option<Timestamp>,
    fetched_at: Option<Timestamp>,
}

/// A line of the form `jsonl`.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
enum Line<'a> {
    Source(SourceLine<'a>),
    Failure(FailureLine<'a>),
    Note { text: &'a str },
    Summary(Totals<'a>),
}

pub(crate) async fn run(cli: &Cli, args: &List, console: &Console) -> Result<Code> {
    if place::is_stream(&args.out) {
        return Err(Error::invalid_argument(
            "nothing is kept of what goes to the standard output stream, so there is nothing to list",
        )
        .with_hint("name the folder of --spool with --out, and add --no-refetch"));
    }
    let bucket = place::bucket(&args.out)?;
    let options = chosen(&args.sources, Options::new(&args.out))?.no_refetch(args.no_refetch);
    if args.sources.simulate {
        let (cloud, session) = simulated::start(cli, console).await?;
        let code = list(Realms::only(session), options.bucket(bucket), args, console).await;
        cloud.shutdown().await;
        return code;
    }
    let realms = realms::chosen(cli, args.sources.all_projects, console).await?;
    let bucket = bucket.map(|bucket| bucket.access_key(realms.key.clone()));
    list(realms, options.bucket(bucket), args, console).await
}

async fn list(realms: Realms, options: Options, args: &List, console: &Console) -> Result<Code> {
    let puller =
        Puller::of(realms.sessions.clone(), options).cancel(&interrupt::cancellation(console)?);
    let mut listing = match puller.list().await {
        Ok(listing) => listing,
        Err(error) => return Err(rights::told(realms.explained(error).await)),
    };
    for failure in &mut listing.failures {
        failure.error = rights::told(failure.error.clone());
    }
    for note in &listing.notes {
        console.note(note);
    }
    output::write(render(args, &listing)?.as_bytes())?;
    report::failures(console, &listing.failures);
    Ok(exit_code(listing.sources.len(), &listing.failures))
}

fn render(args: &List, listing: &Listing) -> Result<String> {
    let out = args.out.to_string_lossy();
    let totals = Totals {
        out: &out,
        files: listing.sources.iter().map(|one| one.holding.files).sum(),
        bytes: listing.sources.iter().map(|one| one.holding.bytes).sum(),
    };
    let sources = listing.sources.iter().map(line);
    let failures = listing.failures.iter().map(FailureLine::new);
    let notes = listing.notes.as_slice();
    match args.output {
        Format::Table => Ok(table(&totals, listing)),
        Format::Json => output::json(&Report {
            totals,
            sources: sources.collect(),
            failures: failures.collect(),
            notes,
        }),
        Format::Yaml => output::yaml(&Report {
            totals,
            sources: sources.collect(),
            failures: failures.collect(),
            notes,
        }),
        Format::Jsonl => {
            let lines = (sources.map(Line::Source))
                .chain(failures.map(Line::Failure))
                .chain(notes.iter().map(|text| Line::Note { text }))
                .chain([Line::Summary(totals)]);
            lines.map(|line| output::json_line(&line)).collect()
        }
    }
}

fn line(source: &ListedSource) -> SourceLine<'_> {
    let (instance, holding) = (&source.instance, &source.holding);
    SourceLine {
        realm: &instance.realm,
        service: instance.service.as_str(),
        kind: source.kind,
        instance: &instance.id,
        instance_name: &instance.name,
        engine: instance.engine.to_string(),
        files: holding.files,
        bytes: holding.bytes,
        since: holding.since,
        until: holding.until,
        newest: holding.newest,
        fetched_at: holding.fetched_at,
    }
}

fn table(totals: &Totals<'_>, listing: &Listing) -> String {
    let realms = RealmColumns::of(listing.sources.iter().map(|one| &one.instance.realm));
    let mut headings = realms.headings();
    headings.extend([
        "SERVICE", "INSTANCE", "ENGINE", "KIND", "FILES", "SIZE", "SINCE", "UNTIL",
    ]);
    let numbers = [headings.len() - 4, headings.len() - 3];
    let time = |time: Option<Timestamp>| time.map_or_else(|| "-".to_owned(), shown);
    let rows = listing.sources.iter().map(|source| {
        let (instance, holding) = (&source.instance, &source.holding);
        let mut row = realms.row(&instance.realm);
        row.extend([
            instance.service.to_string(),
            instance.name.clone(),
            instance.engine.to_string(),
            source.kind.to_string(),
            HumanCount(holding.files as u64).to_string(),
            HumanBytes(holding.bytes).to_string(),
            time(holding.since),
            time(holding.until),
        ]);
        row
    });
    let mut text = String::new();
    if !listing.sources.is_empty() {
        text = output::table(&headings, &numbers, rows);
        text.push('\n');
    }
    text.push_str(&sentence(totals, listing));
    text
}

/// A time to the second.
fn shown(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn sentence(totals: &Totals<'_>, listing: &Listing) -> String {
    let out = clean(totals.out);
    let sources = match listing.sources.len() {
        0 if !listing.failures.is_empty() => {
            return "What a pull would ask for is not known: not all instances could be listed.\n"
                .to_owned();
        }
        0 => {
            return "Nothing would be pulled: no instance has logs of what is chosen.\n".to_owned();
        }
        1 => "1 source".to_owned(),
        sources => format!("{} sources", HumanCount(sources as u64)),
    };
    let there = match totals.files {
        0 => "nothing".to_owned(),
        1 => format!("1 file ({})", HumanBytes(totals.bytes)),
        files => format!(
            "{} files ({})",
            HumanCount(files as u64),
            HumanBytes(totals.bytes)
        ),
    };
    format!("A pull asks for {sources}; {out} has {there} of them.\n")
}
