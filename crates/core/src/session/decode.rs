//! The body of a successful answer as the type that the description gives it.

use bytes::Bytes;
use progenitor_client::{Error as ClientError, ResponseValue};
use reqwest::{Response, StatusCode, Url, header::HeaderMap};
use serde::de::DeserializeOwned;

use super::service::{OperationName, error_response};
use crate::error::Answer;

/// Decodes a response of [`ServiceSession::exec`](super::ServiceSession::exec). Generated clients call it where
/// progenitor's own would lose status and headers of a body that does not fit.
///
/// # Errors
///
/// A body of another shape than documented: [`ErrorKind::UndocumentedAnswer`](crate::ErrorKind::UndocumentedAnswer)
/// with status, request id and operation, once it went through [`from_client`](crate::error::from_client).
pub async fn decode<T: DeserializeOwned>(
    response: Response,
) -> Result<ResponseValue<T>, ClientError<()>> {
    let head = Head::of(&response);
    let body = response
        .bytes()
        .await
        .map_err(ClientError::ResponseBodyError)?;
    match serde_json::from_slice(&body) {
        Ok(inner) => Ok(ResponseValue::new(inner, head.status, head.headers)),
        Err(error) => Err(head.mismatch(&body, &error)),
    }
}

struct Head {
    url: Url,
    status: StatusCode,
    headers: HeaderMap,
    operation: Option<OperationName>,
}

impl Head {
    fn of(response: &Response) -> Self {
        Self {
            url: response.url().clone(),
            status: response.status(),
            headers: response.headers().clone(),
            operation: response.extensions().get().cloned(),
        }
    }

    fn mismatch(self, body: &Bytes, error: &serde_json::Error) -> ClientError<()> {
        let what = format!(
            "the answer does not have the documented shape: {}",
            crate::redact::decode_error(error)
        );
        let error = Answer {
            status: self.status,
            headers: &self.headers,
            body,
        }
        .to_undocumented(what);
        let error = match self.operation {
            Some(OperationName(service, name)) => error.with_call(service, name),
            None => error,
        };
        ClientError::UnexpectedResponse(error_response(&self.url, error))
    }
}
