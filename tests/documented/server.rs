//! A service that gives prepared answers.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use libtest_mimic::Failed;
use otcdb_core::Session;
use otcdb_core::sync::unpoisoned;
use serde_json::Value;

use crate::support::CallError;

/// A request as it arrived.
#[derive(Debug)]
pub(crate) struct Seen {
    /// All of it. The port, which differs from run to run, is left out of Host.
    pub(crate) text: String,
    /// The query, decoded.
    pub(crate) query: Vec<(String, String)>,
    /// The body; null if it is none.
    pub(crate) body: Value,
}

type Answers = VecDeque<(u16, Option<Value>)>;

/// Runs a call against a service that gives these answers, one after the other and then none. Says what the call gave
/// and what arrived.
pub(crate) fn serve(
    answers: Vec<(u16, Option<Value>)>,
    call: impl AsyncFnOnce(&Session) -> Result<Value, CallError>,
) -> Result<(Value, Vec<Seen>), Failed> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(async {
            let seen = Arc::new(Mutex::new(Vec::new()));
            let answers = Arc::new(Mutex::new(Answers::from(answers)));
            let recorder = Arc::clone(&seen);
            let app = axum::Router::new().fallback(
                move |method: Method, uri: Uri, headers: HeaderMap, body: Bytes| async move {
                    unpoisoned(recorder.lock()).push(see(&method, &uri, &headers, &body));
                    let answer = unpoisoned(answers.lock()).pop_front();
                    answer.map_or_else(|| StatusCode::IM_A_TEAPOT.into_response(), response)
                },
            );
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
            let base = format!("http://{}", listener.local_addr()?);
            let server = tokio::spawn(async move { axum::serve(listener, app).await });
            let session = crate::support::session(&base)?;
            let result = call(&session).await;
            server.abort();
            let seen = std::mem::take(&mut *unpoisoned(seen.lock()));
            Ok((result.map_err(|error| error.to_string())?, seen))
        })
}

fn response((status, body): (u16, Option<Value>)) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    match body {
        Some(body) => {
            let headers = [(header::CONTENT_TYPE, "application/json")];
            (status, headers, body.to_string()).into_response()
        }
        None => status.into_response(),
    }
}

fn see(method: &Method, uri: &Uri, headers: &HeaderMap, body: &[u8]) -> Seen {
    let mut text = format!("{method} {uri}\n");
    let mut lines: Vec<_> = headers
        .iter()
        .map(|(name, value)| match name.as_str() {
            "host" => "host: <loopback>".to_owned(),
            name => format!("{name}: {}", String::from_utf8_lossy(value.as_bytes())),
        })
        .collect();
    lines.sort();
    for line in lines {
        let _ = writeln!(text, "{line}");
    }
    let _ = write!(text, "\n{}", String::from_utf8_lossy(body));
    let pairs = reqwest::Url::parse(&format!("http://localhost{uri}"))
        .map(|url| url.query_pairs().into_owned().collect())
        .unwrap_or_default();
    Seen {
        text,
        query: pairs,
        body: serde_json::from_slice(body).unwrap_or_default(),
    }
}
