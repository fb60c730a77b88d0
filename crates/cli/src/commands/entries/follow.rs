//! `otcdb logs follow`.

use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use otcdb_core::{Error, ErrorKind, Result};
use otcdb_entries::Filter;
use otcdb_logs::{Folder, MANIFEST, ManifestEntry};
use tokio_util::sync::CancellationToken;

use super::logs::{Chosen, Logs, chosen};
use super::printer::Printer;
use super::shown::Shown;
use super::{Place, options, pull, tell};
use crate::args::Follow;
use crate::cli::Cli;
use crate::console::Console;
use crate::exit::Code;
use crate::interrupt;
use crate::realms::{self, Realms};
use crate::simulated;

pub(crate) async fn run(cli: &Cli, args: &Follow, console: &Console) -> Result<Code> {
    let choice = &args.choice;
    if !args.simulate && !args.all && choice.instance.is_empty() && choice.kind.is_empty() {
        return Err(Error::invalid_argument("no logs are chosen").with_hint(
            "choose with --instance or --kind, or follow everything with --all; --simulate shows how it goes",
        ));
    }
    let place = Place::of(args.dir.as_deref(), args.simulate)?;
    let cancel = interrupt::cancellation(console)?;
    if args.simulate {
        let (cloud, session) = simulated::start(cli, console).await?;
        let code = follow(
            cli,
            args,
            Realms::only(session),
            place.path(),
            console,
            &cancel,
        )
        .await;
        cloud.shutdown().await;
        code
    } else {
        let realms = realms::chosen(cli, args.all_projects, console).await?;
        follow(cli, args, realms, place.path(), console, &cancel).await
    }
}

/// Rounds until a signal comes, or until nobody reads any more.
async fn follow(
    cli: &Cli,
    args: &Follow,
    mut realms: Realms,
    out: &Path,
    console: &Console,
    cancel: &CancellationToken,
) -> Result<Code> {
    let since = SignedDuration::try_from(args.since).unwrap_or(SignedDuration::MAX);
    let from = Timestamp::now()
        .checked_sub(since)
        .unwrap_or(Timestamp::MIN);
    let filter = Filter::default()
        .from(from)
        .severity(args.choice.level)
        .pattern(args.choice.grep.clone());
    let mut printer = Printer::new(args.output, args.append.as_deref())?;
    let mut is_first = true;
    loop {
        let options = options(&args.choice, out, args.simulate)
            .since(args.since)
            .attempts(cli.calls.attempts);
        match pull(realms.clone(), options, console, cancel).await {
            Ok(summary) if !cancel.is_cancelled() => tell(console, &summary),
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::Cancelled => {}
            // What passes by itself is asked for again in the next round.
            Err(error) if error.is_transient() || !is_first && may_pass(error.kind()) => {
                console.error(&error);
            }
            Err(error) => return Err(error),
        }
        is_first = false;
        if out.join(MANIFEST).exists() && !show_new(args, out, &filter, &mut printer, console)? {
            return Ok(Code::Success);
        }
        tokio::select! {
            biased;
            () = cancel.cancelled() => return Ok(Code::Success),
            () = tokio::time::sleep(args.interval) => {}
        }
        if realms.may_become_more() {
            match realms::chosen(cli, args.all_projects, console).await {
                Ok(now) => realms = now,
                Err(error) => console.error(&error),
            }
        }
    }
}

/// Whether an error of a service that answered before may pass although it does not say so.
fn may_pass(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::Service | ErrorKind::UndocumentedResponse | ErrorKind::NotFound
    )
}

/// Shows the entries of files that were not shown; `false` if nobody reads any more.
fn show_new(
    args: &Follow,
    out: &Path,
    filter: &Filter,
    printer: &mut Printer,
    console: &Console,
) -> Result<bool> {
    let folder = Folder::open(out)?;
    let shown = Shown::open(out)?;
    let earlier = folder.earlier_copies();
    let all = match folder.logs().is_empty() {
        true => Vec::new(),
        // An instance that has no logs yet may have some later.
        false => chosen(&folder, &args.choice).unwrap_or_default(),
    };
    let new: Vec<&ManifestEntry> = all.into_iter().filter(|log| !shown.has(log)).collect();
    if new.is_empty() {
        return Ok(true);
    }
    let logs = new.iter().map(|log| {
        // Where the copy that was shown is gone, what came after it is new.
        let is_export = log.from.is_none() && log.kind.is_exported();
        let is_alone = is_export && !earlier.contains_key(log.file.as_str());
        let until = shown.until(log).filter(|_| is_alone);
        Chosen {
            record: log,
            after: until,
            skip: shown.entries(log),
        }
    });
    let mut logs = Logs::new(&folder, logs, &args.choice.log_timezone, filter.clone());
    let mut known = shown.clone();
    let is_read = printer.print(&mut logs, |logs| {
        logs.given()
            .for_each(|(file, entries)| known.begin(file, entries));
        known.save()
    })?;
    let failed = logs.failed();
    logs.tell_failures(console);
    if is_read {
        logs.given()
            .for_each(|(file, entries)| known.begin(file, entries));
        let whole = new.iter().filter(|log| !failed.contains(&log.file));
        whole.for_each(|log| known.add(log));
        known.save()?;
    }
    Ok(is_read)
}
