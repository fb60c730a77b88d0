//! `otcdb logs pull`.

pub(super) mod place;
pub(super) mod report;
mod textfile;

use std::sync::Arc;
use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use otcdb_core::waiter::PollPolicy;
use otcdb_core::{Error, Result};
use otcdb_logs::{Event, Failure, Options, Puller, Shard};
use tokio_util::sync::CancellationToken;

use crate::args::moment::Moment;
use crate::args::{Pull, Sources};
use crate::cli::Cli;
use crate::commands::entries::stream::Stream;
use crate::console::Console;
use crate::exit::Code;
use crate::interrupt;
use crate::output;
use crate::progress;
use crate::realms::{self, Realms};
use crate::rights;
use crate::simulated;
use place::Place;
use textfile::Textfile;

pub(crate) async fn run(cli: &Cli, args: &Pull, console: &Console) -> Result<Code> {
    let place = Place::of(args)?;
    if args.sources.simulate {
        let (cloud, session) = simulated::start(cli, console).await?;
        let code = match options(cli, args, place.options(None)) {
            Ok(options) => pull(Realms::only(session), options, &place, args, console).await,
            Err(error) => Err(error),
        };
        cloud.shutdown().await;
        code
    } else {
        if !args.sources.is_chosen() {
            return Err(Error::invalid_argument("no logs are chosen").with_hint(
                "choose with --service, --instance, --engine, --tag or --kind, or pull everything with --all; --simulate shows how it goes",
            ));
        }
        let realms = realms::chosen(cli, args.sources.all_projects, console).await?;
        let options = options(cli, args, place.options(realms.key.clone()))?;
        pull(realms, options, &place, args, console).await
    }
}

async fn pull(
    realms: Realms,
    mut options: Options,
    place: &Place,
    args: &Pull,
    console: &Console,
) -> Result<Code> {
    let textfile = args.textfile.as_deref().map(Textfile::open).transpose()?;
    let cancel = interrupt::cancellation(console)?;
    let observer = progress::observer(console);
    let stream = match place.is_stream {
        true => Some(Arc::new(stream(&options, console, &cancel)?)),
        false => None,
    };
    if let Some(stream) = &stream {
        options = options.sink(stream.clone());
    }
    let summary = Puller::of(realms.sessions.clone(), options)
        .observer(|event: Event<'_>| {
            if let Some(textfile) = &textfile {
                textfile.see(&event);
            }
            observer.event(event);
        })
        .cancel(&cancel)
        .run()
        .await;
    drop(observer);
    if stream.as_ref().is_some_and(|stream| stream.is_closed()) {
        return Ok(Code::Success);
    }
    let mut summary = match summary {
        Ok(summary) => summary,
        Err(error) => return Err(rights::told(realms.explained(error).await)),
    };
    for failure in &mut summary.failures {
        failure.error = rights::told(failure.error.clone());
    }
    let report = report::render(args, &summary)?;
    match stream {
        // There, a report would be one of the entries.
        Some(_) => console.note(report.trim_end()),
        None => output::write(report.as_bytes())?,
    }
    report::failures(console, &summary.failures);
    if let Some(textfile) = textfile {
        textfile.write(Timestamp::now(), &summary)?;
    }
    Ok(exit_code(summary.sources, &summary.failures))
}

/// The entries of the time that is pulled, to the standard output stream.
fn stream(options: &Options, console: &Console, cancel: &CancellationToken) -> Result<Stream> {
    let since = SignedDuration::try_from(options.since).unwrap_or(SignedDuration::MAX);
    let back = Timestamp::now().checked_sub(since);
    let from = options.from.unwrap_or(back.unwrap_or(Timestamp::MIN));
    Stream::new(from, options.to, console, cancel)
}

/// What failures of parts come to.
pub(super) fn exit_code(sources: usize, failures: &[Failure]) -> Code {
    let kinds = failures.iter().map(|failure| failure.error.kind());
    if sources == 0 {
        Code::of_whole(kinds)
    } else {
        Code::of_parts(kinds)
    }
}

/// The share that a job of Kubernetes says, unless the flag does.
fn shard(args: &Sources) -> Result<Option<Shard>> {
    const COUNT: &str = "OTCDB_SHARDS";
    const INDEX: &str = "JOB_COMPLETION_INDEX";
    let number = |name: &str| match std::env::var(name) {
        Err(_) => Ok(None),
        Ok(text) if text.is_empty() => Ok(None),
        Ok(text) => match text.parse::<u32>() {
            Ok(number) => Ok(Some(number)),
            Err(_) => Err(Error::invalid_argument(format!(
                "the variable {name} is {text:?}, and has to be a whole number"
            ))),
        },
    };
    if args.shard.is_some() {
        return Ok(args.shard);
    }
    let Some(count) = number(COUNT)? else {
        return Ok(None);
    };
    let index = number(INDEX)?.ok_or_else(|| {
        Error::invalid_argument(format!(
            "{COUNT} is set, and {INDEX}, which says which of them this is, is not"
        ))
        .with_hint("set it, from 0, or choose with --shard")
    })?;
    Shard::new(index.saturating_add(1), count)
        .map(Some)
        .map_err(|error| {
            error.with_hint(format!(
                "{INDEX} counts from 0, and has to be less than {COUNT}"
            ))
        })
}

/// Options with the sources that flags choose.
///
/// # Errors
/// The variables that say which share this is are wrong.
pub(super) fn chosen(args: &Sources, options: Options) -> Result<Options> {
    Ok(options
        .shard(shard(args)?)
        .engines(args.engine.iter().cloned())
        .tags(args.tag.iter().cloned())
        .services(args.service.iter().copied())
        .instances(&args.instance)
        .kinds(args.kind.iter().copied())
        .simulated(args.simulate))
}

fn options(cli: &Cli, args: &Pull, options: Options) -> Result<Options> {
    let now = Timestamp::now();
    let zone = args.time_zone.clone().unwrap_or_else(TimeZone::system);
    let instant = |flag, moment: &Option<Moment>| {
        let moment = moment.as_ref();
        moment
            .map(|moment| moment.instant(flag, now, &zone))
            .transpose()
    };
    let either = |given: Option<Duration>, real, simulated| {
        given.unwrap_or(if args.sources.simulate {
            simulated
        } else {
            real
        })
    };
    let poll = PollPolicy::default();
    let simulated_pause = Duration::from_millis(100);
    let poll = poll.deadline(args.timeout).interval(either(
        args.poll_interval,
        poll.interval,
        simulated_pause,
    ));
    let settle = either(args.settle, options.settle, Duration::from_secs(1));
    Ok(chosen(&args.sources, options)?
        .from(instant("--from", &args.from)?)
        .to(instant("--to", &args.to)?)
        .since(args.since)
        .overlap(args.overlap)
        .no_refetch(args.no_refetch)
        .concurrency(args.concurrency)
        .min_rate(args.min_rate)
        .max_file_size(args.max_file_size)
        .file_mode(args.file_mode)
        .compression(args.compress)
        .attempts(cli.calls.attempts)
        .settle(settle)
        .poll(poll))
}
