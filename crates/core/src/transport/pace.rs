//! When calls of a service may go, while it refuses some for being too many: a pure state, told what happened and when.

use std::time::Duration;

use tokio::time::Instant;

use crate::error::Error;
use crate::retry::RetryPolicy;

/// Below this there is no spacing any more.
const NO_SPACING: Duration = Duration::from_millis(1);

/// How the spacing shrinks with each call that is taken.
const FAST: f64 = 0.95;
/// The same, where the service has refused calls before.
const SLOW: f64 = 0.995;

/// What lies between two calls once the service has refused some.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spacing {
    /// After the first refusal.
    pub(super) first: Duration,
    /// At most.
    pub(super) longest: Duration,
}

impl Spacing {
    /// Half a second and five, by the default policy: a service that lets three calls a second through is not refused
    /// again by more than it would take.
    pub(super) fn of(policy: &RetryPolicy) -> Self {
        let longest = policy.longest_held_back / 12;
        Self {
            first: (policy.first_held_back / 2).min(longest),
            longest,
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Phase {
    /// Calls go, those after a refusal one by one.
    #[default]
    Open,
    /// None goes before this.
    Shut(Instant),
    /// One call is on its way to see whether the service takes calls again.
    Probing,
}

/// Whether a call may go.
#[derive(Debug)]
pub(super) enum Turn {
    /// It may, as one of this round.
    Now(u64),
    /// Ask again then.
    At(Instant),
    /// Ask again when the probe is back.
    AfterProbe,
    /// Not in sensible time: this is what the service said.
    Never(Box<Error>),
}

/// See the module. A *round* lasts from one refusal to the next; what calls of an earlier round bring back says nothing
/// about the present one.
#[derive(Debug, Default)]
pub(super) struct Pace {
    phase: Phase,
    round: u64,
    /// Rounds in a row that let no call through.
    refusals: u32,
    /// Since when that is, and what the service last said.
    refused: Option<(Instant, Error)>,
    spacing: Duration,
    /// A spacing that was too short once, and half of that again.
    careful: Duration,
    next: Option<Instant>,
}

impl Pace {
    /// Whether a call may go now. A service that has let nothing through for `patience` is asked by one call now and
    /// then; the others do not wait for it.
    pub(super) fn turn(&mut self, now: Instant, patience: Duration) -> Turn {
        match self.phase {
            Phase::Shut(until) if now < until => match &self.refused {
                Some((_, error)) if self.is_hopeless(now, patience) => {
                    Turn::Never(Box::new(error.clone()))
                }
                _ => Turn::At(until),
            },
            Phase::Shut(_) => {
                self.phase = Phase::Probing;
                Turn::Now(self.round)
            }
            Phase::Probing => Turn::AfterProbe,
            Phase::Open => match self.next {
                Some(next) if now < next => Turn::At(next),
                _ => {
                    self.next = self.spaced_from(now);
                    Turn::Now(self.round)
                }
            },
        }
    }

    /// Whether nothing was let through for `patience`.
    pub(super) fn is_hopeless(&self, now: Instant, patience: Duration) -> bool {
        self.refused
            .as_ref()
            .is_some_and(|(since, _)| now.duration_since(*since) >= patience)
    }

    fn spaced_from(&self, now: Instant) -> Option<Instant> {
        (!self.spacing.is_zero())
            .then(|| now.checked_add(self.spacing))
            .flatten()
    }

    /// How many rounds in a row refused a call, counting this refusal of a call of `round`.
    pub(super) fn refusals(&self, round: u64) -> u32 {
        self.refusals + u32::from(round == self.round)
    }

    /// A call of `round` was refused: nothing goes for `pause`. Whether this began a new round.
    pub(super) fn refuse(
        &mut self,
        round: u64,
        now: Instant,
        pause: Duration,
        spacing: Spacing,
        error: &Error,
    ) -> bool {
        let is_new = round == self.round;
        if is_new {
            self.round += 1;
            self.refusals = self.refusals.saturating_add(1);
            // A probe that comes too early says nothing about how fast calls may follow each other.
            if self.phase == Phase::Open {
                self.careful = self.spacing.mul_f64(1.5);
                self.spacing = self
                    .spacing
                    .saturating_mul(2)
                    .clamp(spacing.first, spacing.longest);
            }
            let since = self.refused.take().map_or(now, |(since, _)| since);
            self.refused = Some((since, error.clone()));
            self.shut(now, pause);
        }
        is_new
    }

    /// The service asks for this pause by itself.
    pub(super) fn shut(&mut self, now: Instant, pause: Duration) {
        let until = now.checked_add(pause).unwrap_or(now);
        self.phase = match self.phase {
            Phase::Shut(before) => Phase::Shut(before.max(until)),
            Phase::Open | Phase::Probing => Phase::Shut(until),
        };
    }

    /// A call of `round` was taken.
    pub(super) fn pass(&mut self, round: u64, now: Instant) {
        if round != self.round {
            return;
        }
        self.refusals = 0;
        self.refused = None;
        if self.phase != Phase::Open {
            self.phase = Phase::Open;
            self.next = self.spaced_from(now);
        }
        let factor = if self.spacing > self.careful {
            FAST
        } else {
            SLOW
        };
        self.spacing = self.spacing.mul_f64(factor);
        if self.spacing < NO_SPACING {
            self.spacing = Duration::ZERO;
        }
    }

    /// A call of `round` ended without a response that says anything about this: another one may probe.
    pub(super) fn abandon(&mut self, round: u64, now: Instant) {
        if round == self.round && self.phase == Phase::Probing {
            self.phase = Phase::Shut(now);
        }
    }
}
