//! How long a call may take.

use std::time::Duration;

/// How long a call may take. [`Duration::MAX`] is no limit, for any of them.
///
/// ```
/// use std::time::Duration;
///
/// let timeouts = otcdb_core::Timeouts::default().total(Duration::from_secs(30));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Timeouts {
    /// From the start of a connection until TLS is up.
    pub connect: Duration,
    /// Between two pieces of a response, and until its first.
    pub read: Duration,
    /// The whole call, with all its attempts and pauses. While a service refuses calls for being too many, those that
    /// wait for their turn behind others do so beyond it, as long as the service lets any through.
    pub total: Duration,
}

impl Default for Timeouts {
    /// 10 seconds to connect, 60 to wait for data, 5 minutes in all.
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            read: Duration::from_secs(60),
            total: Duration::from_secs(300),
        }
    }
}

impl Timeouts {
    /// Sets [`connect`](Self::connect).
    #[must_use]
    pub fn connect(mut self, limit: Duration) -> Self {
        self.connect = limit;
        self
    }

    /// Sets [`read`](Self::read).
    #[must_use]
    pub fn read(mut self, limit: Duration) -> Self {
        self.read = limit;
        self
    }

    /// Sets [`total`](Self::total).
    #[must_use]
    pub fn total(mut self, limit: Duration) -> Self {
        self.total = limit;
        self
    }
}
