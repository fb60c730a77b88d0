//! `otcdb logs pull`.

mod report;

use std::time::Duration;

use otcdb_core::waiter::PollPolicy;
use otcdb_core::{Error, Result, Session};
use otcdb_logs::{Options, Puller, Selection, Summary};

use crate::args::Pull;
use crate::cli::Cli;
use crate::console::Console;
use crate::exit::Code;
use crate::interrupt;
use crate::output;
use crate::progress;
use crate::rights;
use crate::session;
use crate::simulated;

pub(crate) async fn run(cli: &Cli, args: &Pull, console: &Console) -> Result<Code> {
    if args.simulate {
        let (cloud, session) = simulated::start(cli, console).await?;
        let code = pull(session, options(cli, args), args, console).await;
        cloud.shutdown().await;
        code
    } else {
        let chosen = args.all
            || !(args.service.is_empty() && args.instance.is_empty() && args.kind.is_empty());
        if !chosen {
            return Err(Error::invalid_argument("no logs are chosen").with_hint(
                "choose with --service, --instance or --kind, or pull everything with --all; --simulate shows how it goes",
            ));
        }
        let settings = session::settings(cli, console)?;
        pull(
            session::session(&cli.calls, &settings)?,
            options(cli, args),
            args,
            console,
        )
        .await
    }
}

async fn pull(session: Session, options: Options, args: &Pull, console: &Console) -> Result<Code> {
    let puller = Puller::new(session, options)?;
    let cancel = interrupt::cancellation(console)?;
    let observer = progress::observer(console);
    let summary = puller.run(&*observer, &cancel).await;
    drop(observer);
    let mut summary = summary.map_err(rights::told)?;
    for failure in &mut summary.failures {
        failure.error = rights::told(failure.error.clone());
    }
    output::write(report::render(args, &summary)?.as_bytes())?;
    report::failures(console, &summary);
    Ok(exit_code(&summary))
}

fn exit_code(summary: &Summary) -> Code {
    let kinds = summary.failures.iter().map(|failure| failure.error.kind());
    if summary.sources == 0 {
        Code::of_whole(kinds)
    } else {
        Code::of_parts(kinds)
    }
}

fn options(cli: &Cli, args: &Pull) -> Options {
    let either = |given: Option<Duration>, real, simulated| {
        given.unwrap_or(if args.simulate { simulated } else { real })
    };
    let mut options = Options::new(&args.out);
    options.selection = Selection {
        services: args.service.clone(),
        instances: args.instance.clone(),
        kinds: args.kind.clone(),
    };
    options.since = args.since;
    options.overlap = args.overlap;
    options.no_refetch = args.no_refetch;
    options.simulated = args.simulate;
    options.concurrency = args.concurrency;
    options.min_rate = args.min_rate;
    options.max_file_size = args.max_file_size;
    options.file_mode = args.file_mode;
    options.attempts = cli.calls.attempts;
    options.settle = either(args.settle, options.settle, Duration::from_secs(1));
    let real = PollPolicy::default();
    options.poll = PollPolicy {
        interval: either(
            args.poll_interval,
            real.interval,
            Duration::from_millis(100),
        ),
        deadline: args.timeout,
        ..real
    };
    options
}
