//! What a store says when it refuses.

use std::error::Error as _;

use otcdb_core::{Error, ErrorKind, redact};

/// An error of a store, with every cause that says more.
pub(super) fn failed(what: &str, error: object_store::Error) -> Error {
    use object_store::Error as Said;
    let (kind, hint) = match &error {
        Said::NotFound { .. } => (
            ErrorKind::Storage,
            "check the name of the bucket, and make it first",
        ),
        Said::PermissionDenied { .. } | Said::Unauthenticated { .. } => (
            ErrorKind::Storage,
            "check the key in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and that it may list, read and write there",
        ),
        _ => (
            ErrorKind::Storage,
            "check AWS_ENDPOINT_URL, AWS_REGION and the credentials in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
        ),
    };
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let more = inner.to_string();
        if !text.contains(&more) {
            text.push_str(": ");
            text.push_str(&more);
        }
        cause = inner.source();
    }
    Error::new(kind, format!("{what}: {}", redact::line(&text))).with_hint(hint)
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
            text.contains("NotImplemented") || text.contains("501 Not Implemented")
        }
    }
}
