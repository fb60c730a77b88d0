//! What is known of each service while a session lasts.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::SignedDuration;
use reqwest::header::HeaderMap;

use super::gate::Gate;
use crate::clock::Clock;
use crate::error::date_of;
use crate::service::Service;

/// Shared by all clones of a session.
#[derive(Clone, Debug, Default)]
pub(crate) struct Services(Arc<All>);

#[derive(Debug, Default)]
struct All {
    /// In the order of [`Service::ALL`].
    each: [One; Service::ALL.len()],
    /// Of whichever answered last.
    offset: Offset,
}

#[derive(Debug, Default)]
pub(crate) struct One {
    pub(super) gate: Gate,
    pub(crate) offset: Offset,
}

impl Services {
    pub(crate) fn of(&self, service: Service) -> &One {
        &self.0.each[service as usize]
    }

    pub(crate) fn offset(&self) -> Option<SignedDuration> {
        self.0.offset.get()
    }

    /// Takes the time from a response that just came.
    pub(super) fn note_time(&self, service: Service, headers: &HeaderMap, clock: &Clock) {
        if let Some(offset) = offset(headers, clock) {
            self.of(service).offset.set(offset);
            self.0.offset.set(offset);
        }
    }
}

/// How far a response's `Date` is ahead of the clock.
pub(super) fn offset(headers: &HeaderMap, clock: &Clock) -> Option<SignedDuration> {
    Some(date_of(headers)?.duration_since(clock.now()))
}

/// In milliseconds, and whether it is known.
#[derive(Debug)]
pub(crate) struct Offset(AtomicI64);

const UNKNOWN: i64 = i64::MIN;

impl Default for Offset {
    fn default() -> Self {
        Self(AtomicI64::new(UNKNOWN))
    }
}

impl Offset {
    fn set(&self, offset: SignedDuration) {
        let millis = i64::try_from(offset.as_millis()).unwrap_or(UNKNOWN);
        self.0.store(millis, Ordering::Relaxed);
    }

    pub(crate) fn get(&self) -> Option<SignedDuration> {
        match self.0.load(Ordering::Relaxed) {
            UNKNOWN => None,
            millis => Some(SignedDuration::from_millis(millis)),
        }
    }
}
