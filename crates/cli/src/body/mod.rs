//! Bodies: text, or `@` and a file, or `-` for the standard input stream.

mod unique;

use std::path::Path;

use otcdb_core::{Error, Result, files};
use serde_json::Value;

/// What some editors write before a text in UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// What no body is longer than, in bytes. The gateways before the services take fewer.
const MOST: u64 = 16 * 1024 * 1024;

/// The bytes of a body, and the place they are from, for messages.
///
/// # Errors
/// The file or the stream cannot be read.
pub(crate) fn read(given: &str) -> Result<(Vec<u8>, String)> {
    if given == "-" {
        let bytes = files::bounded(std::io::stdin().lock(), MOST).map_err(|error| {
            Error::invalid_argument(format!(
                "the body from the standard input stream cannot be read: {error}"
            ))
        })?;
        return Ok((bytes, "the standard input stream".to_owned()));
    }
    match given.strip_prefix('@') {
        Some("") => Err(Error::invalid_argument(
            "the body is to be read from a file, and no file is named",
        )
        .with_hint("write its name after the @, or - for the standard input stream")),
        Some(path) => {
            let bytes = files::read(Path::new(path), MOST).map_err(|error| {
                Error::invalid_argument(format!("the body file {path} cannot be read: {error}"))
            })?;
            Ok((bytes, format!("the file {path}")))
        }
        None => Ok((given.as_bytes().to_vec(), "--body".to_owned())),
    }
}

/// The bytes without a mark of the order of bytes, which is no JSON.
pub(crate) fn unmarked(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes)
}

/// The bytes of a body as JSON. Of what they hold only names of fields are quoted, since values may be secret.
///
/// # Errors
/// They are no JSON, or an object in them has a field twice: which of the two values counts is not for the program to
/// say.
pub(crate) fn json(bytes: &[u8], place: &str) -> Result<Value> {
    unique::parse(unmarked(bytes)).map_err(|error| {
        Error::invalid_argument(match error.is_data() {
            true => format!("in the body from {place}, {error}"),
            false => format!(
                "the body from {place} is no JSON at line {} column {}",
                error.line(),
                error.column()
            ),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_before_the_text_is_no_part_of_it() {
        assert_eq!(json(b"\xef\xbb\xbf{\"a\": 1}", "it").unwrap()["a"], 1);
        assert!(json(b"\xef\xbb\xbf\xef\xbb\xbf{}", "it").is_err());
    }

    #[test]
    fn a_field_that_stands_there_twice_is_refused_and_its_value_not_quoted() {
        let twice = br#"{"list": [{"pin": "hunter2",
            "pin": "hunter3"}]}"#;
        let error = json(twice, "--body").unwrap_err().to_string();
        assert_eq!(
            error,
            "in the body from --body, \"pin\" stands there twice at line 2 column 17"
        );
        assert!(json(br#"{"a": {"x": 1}, "b": {"x": 1}}"#, "it").is_ok());
    }

    #[test]
    fn what_is_no_json_is_not_quoted() {
        for bad in [
            "hunter2",
            "{\"a\": hunter2}",
            "\"hunter2",
            "{} hunter2",
            "1e999",
            "",
        ] {
            let error = json(bad.as_bytes(), "it").unwrap_err().to_string();
            assert!(
                error.starts_with("the body from it is no JSON at line 1 column "),
                "{error}"
            );
        }
    }

    #[test]
    fn a_file_has_to_be_named() {
        let error = read("@").unwrap_err();
        assert!(error.to_string().contains("no file is named"), "{error}");
        assert!(error.hint().is_some());
    }
}
