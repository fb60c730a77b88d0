//! The state of a service that its models say all of.

use jiff::Timestamp;
use jiff::fmt::temporal::DateTimePrinter;

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
        static FORM: DateTimePrinter = DateTimePrinter::new().precision(Some(0));
        FORM.timestamp_to_string(&time)
    }
}
