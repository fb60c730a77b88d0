//! Reading bodies no further than sense goes.

use bytes::{Bytes, BytesMut};

/// How much of a failing response's body is read.
pub(crate) const ERROR_BYTES: usize = 64 * 1024;

/// The longest successful response that is held in memory. Log files are streamed elsewhere.
pub(crate) const SUCCESS_BYTES: usize = 64 * 1024 * 1024;

pub(crate) enum Unread {
    TooLong,
    Broken(reqwest::Error),
}

/// The beginning of a body. A connection that breaks ends it early: for an error, what came is enough.
pub(crate) async fn read_up_to(mut response: reqwest::Response, limit: usize) -> Bytes {
    let mut body = BytesMut::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        let room = limit.saturating_sub(body.len());
        body.extend_from_slice(chunk.get(..room).unwrap_or(&chunk));
        if body.len() >= limit {
            break;
        }
    }
    body.freeze()
}

pub(crate) async fn read_whole(
    mut response: reqwest::Response,
    limit: usize,
) -> Result<Bytes, Unread> {
    // Most bodies come at once, and are not copied then.
    let mut first = Bytes::new();
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(Unread::Broken)? {
        let length = first.len() + body.len();
        if length.saturating_add(chunk.len()) > limit {
            return Err(Unread::TooLong);
        }
        if length == 0 {
            first = chunk;
        } else {
            body.extend_from_slice(&std::mem::take(&mut first));
            body.extend_from_slice(&chunk);
        }
    }
    Ok(if body.is_empty() {
        first
    } else {
        body.freeze()
    })
}
