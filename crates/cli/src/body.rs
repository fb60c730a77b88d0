//! Bodies: text, or `@` and a file, or `-` for the standard input stream.

use std::io::Read as _;

use otcdb_core::{Error, Result};

/// The bytes of a body, and the place they are from, for messages.
///
/// # Errors
/// The file or the stream cannot be read.
pub(crate) fn read(given: &str) -> Result<(Vec<u8>, String)> {
    if given == "-" {
        let mut bytes = Vec::new();
        std::io::stdin()
            .lock()
            .read_to_end(&mut bytes)
            .map_err(|error| {
                Error::invalid_argument(format!(
                    "the standard input stream cannot be read: {error}"
                ))
            })?;
        return Ok((bytes, "the standard input stream".to_owned()));
    }
    match given.strip_prefix('@') {
        Some(path) => {
            let bytes = std::fs::read(path).map_err(|error| {
                Error::invalid_argument(format!("the body file {path} cannot be read: {error}"))
            })?;
            Ok((bytes, format!("the file {path}")))
        }
        None => Ok((given.as_bytes().to_vec(), "--body".to_owned())),
    }
}

/// That a body is no JSON. What it holds may be secret and is not quoted.
pub(crate) fn no_json(place: &str, error: &serde_json::Error) -> Error {
    Error::invalid_argument(format!(
        "the body from {place} is no JSON at line {} column {}",
        error.line(),
        error.column()
    ))
}
