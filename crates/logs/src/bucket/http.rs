//! Requests to a store, sent by the session's HTTP client.

use async_trait::async_trait;
use http_body_util::BodyExt as _;
use object_store::ClientOptions;
use object_store::client::{
    ClientConfigKey, HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest,
    HttpResponse, HttpResponseBody, HttpService,
};
use otcdb_core::reqwest::{self, Body, Client};

/// Makes clients of one that is there.
#[derive(Debug)]
pub(super) struct Connector(pub(super) Client);

impl HttpConnector for Connector {
    fn connect(&self, options: &ClientOptions) -> object_store::Result<HttpClient> {
        let plain = options.get_config_value(&ClientConfigKey::AllowHttp);
        Ok(HttpClient::new(Sender {
            client: self.0.clone(),
            allows_plain: plain.as_deref() == Some("true"),
        }))
    }
}

#[derive(Debug)]
struct Sender {
    client: Client,
    /// Whether requests may be sent without TLS.
    allows_plain: bool,
}

#[async_trait]
impl HttpService for Sender {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        if request.uri().scheme_str() != Some("https") && !self.allows_plain {
            return Err(HttpError::new(HttpErrorKind::Unknown, Plain));
        }
        let (parts, body) = request.into_parts();
        let url = parts.uri.to_string();
        let request = (self.client.request(parts.method, url))
            .headers(parts.headers)
            .body(Body::wrap(body));
        let response = request.send().await.map_err(failed)?;
        let (parts, body) = http::Response::<Body>::from(response).into_parts();
        let body = HttpResponseBody::new(body.map_err(failed));
        Ok(HttpResponse::from_parts(parts, body))
    }
}

/// A store without TLS that nobody has allowed.
#[derive(Debug)]
struct Plain;

impl std::fmt::Display for Plain {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(
            "the endpoint is plain HTTP, so that logs could be read on the way; AWS_ALLOW_HTTP=true allows it",
        )
    }
}

impl std::error::Error for Plain {}

/// An error without the address, which may be signed. What is no answer is asked for again.
fn failed(error: reqwest::Error) -> HttpError {
    let kind = if error.is_timeout() {
        HttpErrorKind::Timeout
    } else if error.is_connect() {
        HttpErrorKind::Connect
    } else if error.is_builder() {
        HttpErrorKind::Unknown
    } else {
        HttpErrorKind::Interrupted
    };
    HttpError::new(kind, error.without_url())
}
