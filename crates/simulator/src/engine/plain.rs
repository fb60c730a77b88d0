//! The state of a service that its models say all of.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::State;
use crate::records::Store;

/// Records alone.
pub(crate) struct Plain<'a>(pub(crate) &'a mut Store);

impl State for Plain<'_> {
    fn store(&self) -> &Store {
        self.0
    }

    fn store_mut(&mut self) -> &mut Store {
        self.0
    }

    fn time(time: Timestamp) -> String {
        let time = TimeZone::UTC.to_datetime(time);
        time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
    }
}
