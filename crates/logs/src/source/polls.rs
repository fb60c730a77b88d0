//! When to ask whether work is done: what waits for the same kind of work learns from what is over.
//!
//! Of the many that wait, a few scouts ask often. When one of them finds its work done, the others know how long it takes,
//! and ask when theirs has lasted as long. So a thousand exports cost little more than two calls each, and are seen
//! to be ready soon after they are.

use std::sync::Mutex;
use std::time::Duration;

use otcdb_core::sync::unpoisoned;
use tokio::sync::{Notify, Semaphore, SemaphorePermit};
use tokio::time::{Instant, sleep};

use crate::kind::LogKind;

/// How many ask often.
const SCOUTS: usize = 16;

/// The shortest pause of one who asks often. Later, it is a share of the time that the work has lasted.
const SHORTEST: Duration = Duration::from_millis(250);
const SHARE: u32 = 6;

/// What is known of each kind of work.
#[derive(Debug)]
pub(crate) struct Polls {
    /// The longest pause.
    longest: Duration,
    kinds: [Kind; LogKind::ALL.len()],
}

#[derive(Debug)]
struct Kind {
    scouts: Semaphore,
    /// The shortest time in which work was over that was not so at once.
    lasts: Mutex<Option<Duration>>,
    learned: Notify,
}

/// One who waits.
#[derive(Debug)]
pub(crate) struct Wait<'a> {
    kind: &'a Kind,
    longest: Duration,
    scout: Mutex<Option<SemaphorePermit<'a>>>,
    /// When the work began, once there was something to wait for.
    begun: Mutex<Option<Instant>>,
}

impl Polls {
    /// Nothing is known, and no pause is longer than that.
    pub(crate) fn new(longest: Duration) -> Self {
        let kind = |_| Kind {
            scouts: Semaphore::new(SCOUTS),
            lasts: Mutex::new(None),
            learned: Notify::new(),
        };
        Self {
            longest,
            kinds: LogKind::ALL.map(kind),
        }
    }

    /// One more who waits.
    pub(crate) fn wait(&self, kind: LogKind) -> Wait<'_> {
        // Kinds are numbered in the order of `ALL`.
        let at = kind as usize;
        Wait {
            kind: &self.kinds[at],
            longest: self.longest,
            scout: Mutex::new(None),
            begun: Mutex::new(None),
        }
    }
}

impl Wait<'_> {
    /// The pause before the next question about work that has lasted so long, and goes on.
    pub(crate) async fn pause(&self, lasted: Duration) {
        let now = Instant::now();
        unpoisoned(self.begun.lock()).get_or_insert(now.checked_sub(lasted).unwrap_or(now));
        let often = (lasted / SHARE).max(SHORTEST).min(self.longest);
        let mut slept = Duration::ZERO;
        loop {
            let learned = self.kind.learned.notified();
            let known = *unpoisoned(self.kind.lasts.lock());
            let pause = match known {
                Some(lasts) if lasts > lasted => (lasts - lasted).min(self.longest),
                Some(_) => often,
                None if self.is_scout() => often,
                None => self.longest,
            };
            let begun = Instant::now();
            tokio::select! {
                () = sleep(pause.saturating_sub(slept)) => return,
                () = learned => slept += begun.elapsed(),
            }
        }
    }

    /// The work is over. Where nothing was waited for, that says nothing of the others'.
    pub(crate) fn over(&self) {
        let Some(begun) = *unpoisoned(self.begun.lock()) else {
            return;
        };
        let lasted = begun.elapsed();
        let mut lasts = unpoisoned(self.kind.lasts.lock());
        if lasts.is_none_or(|known| lasted < known) {
            *lasts = Some(lasted);
            drop(lasts);
            self.kind.learned.notify_waiters();
        }
    }

    fn is_scout(&self) -> bool {
        let mut scout = unpoisoned(self.scout.lock());
        if scout.is_none() {
            *scout = self.kind.scouts.try_acquire().ok();
        }
        scout.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::future::join_all;

    /// Waits for work that lasts that long; gives when it was seen to be over, and after how many questions.
    async fn work(polls: &Polls, lasts: Duration) -> (Duration, u32) {
        let wait = polls.wait(LogKind::RdsError);
        let begun = Instant::now();
        let mut asked = 1;
        while begun.elapsed() < lasts {
            wait.pause(begun.elapsed()).await;
            asked += 1;
        }
        wait.over();
        (begun.elapsed(), asked)
    }

    #[tokio::test(start_paused = true)]
    async fn many_learn_from_a_few_how_long_work_lasts() {
        let polls = Polls::new(Duration::from_secs(5));
        let lasts = Duration::from_secs(3);
        let seen = join_all((0..1000).map(|_| work(&polls, lasts))).await;
        let latest = seen.iter().map(|(time, _)| *time).max().unwrap();
        assert!(latest <= lasts.mul_f64(1.2), "{latest:?}");
        let asked: u32 = seen.iter().map(|(_, asked)| asked).sum();
        assert!(asked < 2 * 1000 + 16 * 20, "{asked}");
    }

    #[tokio::test(start_paused = true)]
    async fn work_that_takes_longer_than_any_other_is_asked_about_ever_more_rarely() {
        let polls = Polls::new(Duration::from_secs(5));
        work(&polls, Duration::from_millis(1)).await;
        let (seen, asked) = work(&polls, Duration::from_secs(600)).await;
        assert!(seen <= Duration::from_secs(605), "{seen:?}");
        assert!((120..150).contains(&asked), "{asked}");
    }

    #[tokio::test(start_paused = true)]
    async fn no_pause_is_longer_than_what_was_asked_for() {
        let polls = Polls::new(Duration::from_millis(10));
        let seen = join_all((0..40).map(|_| work(&polls, Duration::from_millis(25)))).await;
        assert!(
            seen.iter()
                .all(|(time, _)| *time <= Duration::from_millis(36)),
            "{seen:?}"
        );
    }
}
