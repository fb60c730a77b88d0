//! What a store says when it refuses.

use std::error::Error as _;

use otcdb_core::{Error, ErrorKind, redact};

/// An error of a store, in the words of the store or of what is the innermost cause.
pub(super) fn failed(what: &str, error: &object_store::Error) -> Error {
    use object_store::Error as Said;
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text = inner.to_string();
        cause = inner.source();
    }
    let of_store = |tag: &str| {
        let (_, rest) = text.split_once(&format!("<{tag}>"))?;
        Some(rest.split_once(&format!("</{tag}>"))?.0.to_owned())
    };
    let code = of_store("Code");
    let hint = match (&error, code.as_deref()) {
        (_, Some("NoSuchBucket")) => {
            "make the bucket first, or check its name and AWS_ENDPOINT_URL"
        }
        (Said::PermissionDenied { .. } | Said::Unauthenticated { .. }, _) => {
            "check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or the access key of the cloud, and that it may list, read and \
             write there"
        }
        _ => "check AWS_ENDPOINT_URL, AWS_REGION and the credentials, and run it again",
    };
    let text = match (of_store("Message"), code) {
        (Some(message), Some(code)) => format!("{message} ({code})"),
        (None, Some(code)) => code,
        _ => text,
    };
    Error::new(
        ErrorKind::Storage,
        format!("{what}: {}", redact::line(&text)),
    )
    .with_hint(hint)
}

/// Whether somebody else was quicker.
pub(super) fn is_conflict(error: &object_store::Error) -> bool {
    use object_store::Error as Said;
    matches!(
        error,
        Said::AlreadyExists { .. } | Said::Precondition { .. } | Said::NotModified { .. }
    )
}

/// Whether the store has no such operation.
pub(super) fn is_unknown_here(error: &object_store::Error) -> bool {
    use object_store::Error as Said;
    match error {
        Said::NotImplemented { .. } | Said::NotSupported { .. } => true,
        error => {
            let text = error.to_string();
            text.contains("501 Not Implemented") || text.contains("<Code>NotImplemented</Code>")
        }
    }
}
