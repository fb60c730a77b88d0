//! Recordings of what services were sent and have answered, as HTTP archives (HAR 1.2), and how they differ from what is
//! described.
//!
//! A [`Recording`] is a list of [exchanges](Exchange). Each finds its [operation](Exchange::operation) in the descriptions, and
//! [compares](Exchange::differences) itself with it. Recordings of other programs, such as a browser or a proxy, are read,
//! too.
//!
//! Nothing is masked here: who records masks before, and who reads takes values as they stand.
//!
//! ```
//! use otcdb_recording::{Exchange, Recording};
//!
//! let exchange = Exchange::new("GET", "https://dcs.example.com/v2/p/instances?limit=1", 204);
//! let text = Recording::new([exchange]).to_json()?;
//! let recording = Recording::parse(text.as_bytes())?;
//! assert_eq!(recording.exchanges[0].path(), "/v2/p/instances");
//! assert_eq!(recording.exchanges[0].query(), [("limit".to_owned(), "1".to_owned())]);
//! # Ok::<(), otcdb_recording::RecordingError>(())
//! ```

mod archive;
mod exchange;

pub use archive::RecordingError;
pub use exchange::{Content, Exchange};

/// Exchanges in the order in which they took place.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Recording {
    /// The exchanges.
    pub exchanges: Vec<Exchange>,
}

impl Recording {
    /// A recording of these exchanges.
    pub fn new(exchanges: impl IntoIterator<Item = Exchange>) -> Self {
        Self {
            exchanges: exchanges.into_iter().collect(),
        }
    }
}
