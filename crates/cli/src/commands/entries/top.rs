//! `otcdb logs top`.

use jiff::Timestamp;
use otcdb_core::{ErrorKind, Result};
use otcdb_entries::{Group, Statement, Top as Groups};
use otcdb_logs::Folder;
use serde::Serialize;

use super::logs::{Chosen, Logs, chosen, filter};
use super::{Place, pull_first};
use crate::args::Top;
use crate::cli::Cli;
use crate::columns;
use crate::console::Console;
use crate::exit::Code;
use crate::output::{self, Format, clean};

/// A group as JSON and YAML have it; times are in seconds.
#[derive(Serialize)]
struct Shown<'a> {
    fingerprint: &'a str,
    count: u64,
    total_seconds: f64,
    mean_seconds: f64,
    p95_seconds: f64,
    max_seconds: f64,
    worst_instance: &'a str,
    worst_instance_total_seconds: f64,
    instances: usize,
    sample: &'a str,
}

impl<'a> From<&'a Group> for Shown<'a> {
    fn from(group: &'a Group) -> Self {
        Self {
            fingerprint: &group.fingerprint,
            count: group.count,
            total_seconds: rounded(group.total),
            mean_seconds: rounded(group.mean),
            p95_seconds: group.p95,
            max_seconds: group.max,
            worst_instance: &group.worst_instance,
            worst_instance_total_seconds: rounded(group.worst_total),
            instances: group.instances,
            sample: &group.sample,
        }
    }
}

/// To the microsecond: sums have more digits than their parts.
fn rounded(seconds: f64) -> f64 {
    (seconds * 1e6).round() / 1e6
}

pub(crate) async fn run(cli: &Cli, args: &Top, console: &Console) -> Result<Code> {
    let (choice, first) = (&args.choice, &args.first);
    let filter = filter(choice, &args.window, Timestamp::now())?;
    let place = Place::of(args.dir.as_deref(), first.simulate)?;
    let since = args.window.since;
    let failed = pull_first(cli, first, choice, since, place.path(), console).await?;
    let folder = Folder::open(place.path())?;
    for note in folder.notes() {
        console.note(note);
    }
    let logs = chosen(&folder, choice)?;
    let logs = logs.into_iter().map(Chosen::whole);
    let mut logs = Logs::new(&folder, logs, &choice.log_timezone, filter);
    let mut groups = Groups::default();
    while let Some((_, label, entry)) = logs.next() {
        if let Some(statement) = Statement::of(&entry) {
            groups.add(&label.name, &statement);
        }
    }
    let mut groups = groups.groups();
    if args.limit > 0 {
        groups.truncate(args.limit);
    }
    output::write(render(args.output, &groups)?.as_bytes())?;
    let mut kinds = logs.tell_failures(console);
    kinds.extend((0..failed).map(|_| ErrorKind::Service));
    Ok(Code::of_parts(kinds))
}

fn render(format: Format, groups: &[Group]) -> Result<String> {
    let shown: Vec<Shown<'_>> = groups.iter().map(Shown::from).collect();
    match format {
        Format::Table => Ok(table(groups)),
        Format::Json => output::json(&shown),
        Format::Yaml => output::yaml(&shown),
        Format::Jsonl => shown.iter().map(output::json_line).collect(),
    }
}

fn table(groups: &[Group]) -> String {
    if groups.is_empty() {
        return "No slow statements.\n".to_owned();
    }
    /// What a statement gets at least.
    const LEAST: usize = 40;
    let seconds = |seconds: f64| format!("{seconds:.3}s");
    let row = |group: &Group, statement: String| {
        vec![
            group.count.to_string(),
            seconds(group.total),
            seconds(group.mean),
            seconds(group.p95),
            group.worst_instance.clone(),
            statement,
        ]
    };
    let headings = [
        "COUNT",
        "TOTAL",
        "MEAN",
        "P95",
        "WORST INSTANCE",
        "STATEMENT",
    ];
    let others = output::table(
        &headings,
        &[0, 1, 2, 3],
        groups.iter().map(|group| row(group, String::new())),
    );
    let used = others.lines().map(columns::of).max().unwrap_or_default();
    let room = output::width().map(|width| width.saturating_sub(used + output::GAP).max(LEAST));
    let rows = groups.iter().map(|group| {
        let statement = clean(&group.fingerprint);
        row(
            group,
            match room {
                Some(room) => columns::cut(&statement, room),
                None => statement,
            },
        )
    });
    output::table(&headings, &[0, 1, 2, 3], rows)
}
