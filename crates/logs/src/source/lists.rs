//! How many lists of entries are read at once.

use otcdb_core::Service;
use tokio::sync::SemaphorePermit;

use crate::turns::Turns;

/// Turns to read a list of entries, which takes memory: a page, lines that are not written yet, and what is known of the
/// entries that were fetched before. A service that holds its calls back does not hold back the other.
#[derive(Debug)]
pub(crate) struct Lists(Turns);

impl Lists {
    /// As many of each service as there can be calls: more would only wait for those.
    pub(crate) fn new(calls: usize) -> Self {
        Self(Turns::new(calls))
    }

    /// Waits for a turn. Whoever holds one may wait for calls, and for threads that work on files, but not for another
    /// turn.
    pub(crate) async fn turn(&self, service: Service) -> Option<SemaphorePermit<'_>> {
        self.0.wait(service).await
    }
}
