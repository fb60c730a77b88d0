//! A file as far as it is known: what is there of it, and what the store says of it.

/// What is there of a file already.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Held {
    /// How many bytes.
    pub length: u64,
    /// How many the whole file has, if that is known.
    pub size: Option<u64>,
    /// The strong `ETag` that they came with.
    pub tag: Option<String>,
}

impl Held {
    /// So many bytes, of so many if that is known, with this strong `ETag`.
    pub fn new(length: u64, size: Option<u64>, tag: Option<String>) -> Self {
        Self { length, size, tag }
    }
}

/// What the store says of the content.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct About {
    /// How many bytes the whole file has.
    pub size: Option<u64>,
    /// Its strong `ETag`.
    pub tag: Option<String>,
    /// How it is packed, if it is.
    pub encoding: Option<String>,
    /// Whether the store has encrypted it, so that its tag is no checksum.
    pub encrypted: bool,
}
