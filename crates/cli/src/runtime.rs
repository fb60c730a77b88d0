//! The threads of the program.
//!
//! There are few of them, whatever is asked for: work that waits is a task and no thread. Where the system gives fewer
//! still, the program makes do with two, or says so. It must find that out by itself, since tokio panics where it gets no
//! thread or no descriptor, and waits for ever where it gets some threads but not all.

use std::io;
use std::num::NonZero;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use otcdb_core::sync::unpoisoned;
use otcdb_core::{Error, Result};
use tokio::runtime::{Builder, Runtime};

use crate::interrupt::outlive_file_limit;

/// Threads that carry out tasks.
const WORKERS: usize = 8;

/// Threads for calls of the system that wait: those for files, and those for addresses of hosts.
const WAITERS: usize = 16;

/// One that has nothing to do is kept: where the system gives no other later, the work waits for this one.
const KEPT: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// How long the first of them may take to begin.
const BEGIN: Duration = Duration::from_secs(30);

/// How long the end of the program waits for a call of the system that nobody waits for any more.
const END: Duration = Duration::from_secs(5);

/// Carries out a future to its end.
///
/// # Errors
/// That of the future. Or the system gives not even one more thread, or no descriptors, or has an absurd clock.
pub(crate) fn block_on<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    block_on_with(WORKERS, work)
}

/// The same for what does one thing after another, which needs no more workers than this thread.
pub(crate) fn block_on_here<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    block_on_with(1, work)
}

fn block_on_with<T>(workers: usize, work: impl Future<Output = Result<T>>) -> Result<T> {
    within_calendar(SystemTime::now())?;
    let runtime = start(&System, workers)?;
    let result = runtime.block_on(async {
        outlive_file_limit();
        work.await
    });
    runtime.shutdown_timeout(END);
    result
}

/// Carries out a future that is nothing worth if it takes long; whatever it has begun is left alone then.
pub(crate) fn block_on_at_most<T>(
    limit: Duration,
    work: impl Future<Output = Result<T>>,
) -> Option<T> {
    within_calendar(SystemTime::now()).ok()?;
    let runtime = start(&System, 1).ok()?;
    let result = runtime.block_on(async { tokio::time::timeout(limit, work).await });
    runtime.shutdown_background();
    result.ok()?.ok()
}

/// Refuses a clock that no time can be told by: signatures, the life of tokens and spans of logs all go by it, and most of
/// what this program is built of panics on such a time.
fn within_calendar(time: SystemTime) -> Result<()> {
    let told = Timestamp::try_from(time).is_ok_and(|time| time >= Timestamp::UNIX_EPOCH);
    match told {
        true => Ok(()),
        false => Err(Error::invalid_argument(
            "the clock of this system shows a time before 1970 or after 9999",
        )
        .with_hint("set the clock, then run it again")),
    }
}

/// What threads are got from.
trait Threads {
    /// As many as run at the same time.
    fn workers(&self) -> usize;
    /// How many of these there can be now.
    fn obtainable(&self, wanted: usize) -> usize;
}

/// A runtime with as many workers at the most.
fn start(threads: &impl Threads, most: usize) -> Result<Runtime> {
    let workers = threads.workers().clamp(1, most);
    if workers > 1 {
        let wanted = workers + 1;
        let obtainable = threads.obtainable(wanted);
        if obtainable == wanted {
            let mut builder = Builder::new_multi_thread();
            // Since it was looked, others of the user may have been quicker.
            if let Some(runtime) = built(builder.worker_threads(workers))? {
                return Ok(runtime);
            }
        }
    }
    built(&mut Builder::new_current_thread())?.ok_or_else(|| {
        Error::invalid_argument("the system gives this program no thread").with_hint(
            "raise the limit of processes and threads (`ulimit -u`), or end others of this user",
        )
    })
}

/// A runtime with one waiting thread, which is there for good; `None` where the system does not give the threads.
fn built(builder: &mut Builder) -> Result<Option<Runtime>> {
    let build = || {
        let runtime = builder
            .enable_all()
            .max_blocking_threads(WAITERS)
            .thread_keep_alive(KEPT)
            .build()?;
        if has_begun(&runtime) {
            return Ok(Some(runtime));
        }
        runtime.shutdown_background();
        Ok(None)
    };
    descriptors()
        .and_then(|()| unless_panics(build).unwrap_or(Ok(None)))
        .map_err(|error| {
            Error::invalid_argument(format!(
                "the system gives this program too few descriptors: {error}"
            ))
            .with_hint("raise the limit of open files (`ulimit -n`)")
        })
}

/// Does something for which tokio has no other way to say that there is no thread.
fn unless_panics<T>(work: impl FnOnce() -> T) -> Option<T> {
    static ONE: Mutex<()> = Mutex::new(());
    let _one = unpoisoned(ONE.lock());
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let result = panic::catch_unwind(AssertUnwindSafe(work));
    panic::set_hook(hook);
    result.ok()
}

/// Looks whether there are as many as a runtime takes and a call besides.
#[cfg(unix)]
fn descriptors() -> io::Result<()> {
    const PAIRS: usize = 8;
    (0..PAIRS)
        .map(|_| std::os::unix::net::UnixStream::pair())
        .collect::<io::Result<Vec<_>>>()
        .map(drop)
}

#[cfg(not(unix))]
fn descriptors() -> io::Result<()> {
    Ok(())
}

/// Lets the first waiting thread begin.
fn has_begun(runtime: &Runtime) -> bool {
    runtime.block_on(async {
        let begun = tokio::task::spawn_blocking(|| ());
        matches!(tokio::time::timeout(BEGIN, begun).await, Ok(Ok(())))
    })
}

struct System;

impl Threads for System {
    fn workers(&self) -> usize {
        thread::available_parallelism().map_or(1, NonZero::get)
    }

    /// All at the same time, and none is left at the end.
    fn obtainable(&self, wanted: usize) -> usize {
        let before = running();
        let gate = Mutex::new(());
        let got = thread::scope(|scope| {
            let _closed = unpoisoned(gate.lock());
            let begin = |_: &usize| {
                let wait = || drop(gate.lock());
                thread::Builder::new().spawn_scoped(scope, wait).is_ok()
            };
            (0..wanted).take_while(begin).count()
        });
        settle(before);
        got
    }
}

/// Waits until no more threads are there than before: one that has ended still counts for a moment.
fn settle(before: Option<usize>) {
    const TRIES: usize = 1000;
    for _ in 0..TRIES {
        if running() <= before {
            return;
        }
        thread::sleep(Duration::from_millis(1));
    }
}

/// The threads of this program, where that can be seen.
fn running() -> Option<usize> {
    Some(std::fs::read_dir("/proc/self/task").ok()?.count())
}

#[cfg(test)]
mod tests {
    use tokio::runtime::RuntimeFlavor;

    use super::*;

    struct Given {
        workers: usize,
        obtainable: usize,
    }

    impl Threads for Given {
        fn workers(&self) -> usize {
            self.workers
        }

        fn obtainable(&self, wanted: usize) -> usize {
            self.obtainable.min(wanted)
        }
    }

    fn flavor(workers: usize, obtainable: usize) -> (RuntimeFlavor, usize) {
        let given = Given {
            workers,
            obtainable,
        };
        let runtime = start(&given, WORKERS).unwrap();
        let handle = runtime.handle();
        (handle.runtime_flavor(), handle.metrics().num_workers())
    }

    #[test]
    fn there_are_as_many_threads_as_run_up_to_a_few() {
        assert_eq!(flavor(4, 99), (RuntimeFlavor::MultiThread, 4));
        assert_eq!(flavor(96, 99), (RuntimeFlavor::MultiThread, WORKERS));
        assert_eq!(flavor(1, 99), (RuntimeFlavor::CurrentThread, 1));
    }

    #[test]
    fn where_threads_are_few_two_do() {
        assert_eq!(flavor(4, 4), (RuntimeFlavor::CurrentThread, 1));
        assert_eq!(flavor(4, 1), (RuntimeFlavor::CurrentThread, 1));
    }

    #[test]
    fn a_clock_beyond_the_calendar_is_refused() {
        let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        assert!(within_calendar(SystemTime::now()).is_ok());
        assert!(within_calendar(at(0)).is_ok() && within_calendar(at(253_402_000_000)).is_ok());
        let before = SystemTime::UNIX_EPOCH - Duration::from_secs(1);
        for time in [before, at(253_402_300_800), at(400_000_000_000)] {
            let error = within_calendar(time).unwrap_err();
            assert!(error.to_string().contains("clock") && error.hint().is_some());
        }
    }

    #[test]
    fn a_thread_that_is_not_given_after_all_is_no_panic() {
        assert_eq!(unless_panics(|| 1), Some(1));
        assert_eq!(unless_panics(|| -> usize { panic!("no thread") }), None);
    }

    #[test]
    fn what_is_asked_for_is_got_here() {
        assert_eq!(System.obtainable(3), 3);
    }

    /// Whatever is asked of them at once.
    #[test]
    fn waiting_work_takes_no_more_than_its_threads() {
        let given = Given {
            workers: 2,
            obtainable: 9,
        };
        let runtime = start(&given, WORKERS).unwrap();
        let names = runtime.block_on(async {
            let work = (0..200).map(|_| tokio::task::spawn_blocking(|| thread::current().id()));
            futures_util::future::join_all(work).await
        });
        let threads: std::collections::HashSet<_> = names.into_iter().map(Result::unwrap).collect();
        assert!(threads.len() <= WAITERS, "{}", threads.len());
    }
}
