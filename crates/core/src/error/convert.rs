//! From the errors of a generated client.

use progenitor_client::{Error as ClientError, ResponseValue};

use super::{Error, ErrorKind, RawResponse, Result};
use crate::transport::{body, classify};

/// The body of what a generated call gave.
///
/// # Errors
///
/// That of the call, as [`from_client`] makes it.
pub async fn value<T, E>(outcome: Result<ResponseValue<T>, ClientError<E>>) -> Result<T> {
    match outcome {
        Ok(response) => Ok(response.into_inner()),
        Err(error) => Err(from_client(error).await),
    }
}

/// Turns the error of a generated client into an [`Error`].
///
/// Asynchronous because the body of a failing response may still have to be read; at most
/// 64 KiB of it are. An error that [`crate::ServiceSession::exec`] made travels inside the
/// response and comes out unchanged.
pub async fn from_client<E>(error: ClientError<E>) -> Error {
    match error {
        ClientError::UnexpectedResponse(response) => {
            if let Some(error) = response.extensions().get::<Error>() {
                return error.clone();
            }
            let status = response.status();
            let headers = response.headers().clone();
            let body = body::read_up_to(response, body::ERROR_BYTES).await;
            RawResponse {
                status,
                headers: &headers,
                body: &body,
            }
            .to_error()
        }
        ClientError::CommunicationError(error)
        | ClientError::ResponseBodyError(error)
        | ClientError::InvalidUpgrade(error) => classify::to_error(error).1,
        // Status and headers are lost here. Generated clients decode with `crate::decode`, which still has them.
        ClientError::InvalidResponsePayload(body, error) => Error::new(
            ErrorKind::UndocumentedResponse,
            format!(
                "the response does not have the documented shape: {}",
                crate::redact::decode_error(&error)
            ),
        )
        .edit(|inner| inner.excerpt = Some(super::response::excerpt(&body))),
        ClientError::ErrorResponse(response) => RawResponse {
            status: response.status(),
            headers: response.headers(),
            body: b"",
        }
        .to_error(),
        ClientError::InvalidRequest(message) | ClientError::Custom(message) => {
            Error::invalid_argument(crate::redact::line(&message))
        }
    }
}
