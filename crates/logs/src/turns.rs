//! Turns: of each service so many at once, so that one that holds its calls back does not hold back the others.

use otcdb_core::Service;
use tokio::sync::{Semaphore, SemaphorePermit};

/// The turns of all services.
#[derive(Debug)]
pub(crate) struct Turns([Semaphore; Service::ALL.len()]);

impl Turns {
    /// So many at once of each service.
    pub(crate) fn new(at_once: usize) -> Self {
        Self(Service::ALL.map(|_| Semaphore::new(at_once)))
    }

    /// Waits for a turn.
    pub(crate) async fn wait(&self, service: Service) -> Option<SemaphorePermit<'_>> {
        let at = Service::ALL.iter().position(|one| *one == service)?;
        // Nobody closes it.
        self.0.get(at)?.acquire().await.ok()
    }
}
