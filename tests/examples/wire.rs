//! Every documented request, as the generated client puts it on the wire.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::IntoResponse as _;
use libtest_mimic::{Failed, Trial};
use serde_json::Value;
use xtask::bundle::Bundle;
use xtask::examples::{request_examples, response_examples};
use xtask::operations::{is_success, operations};

use crate::dispatch;
use crate::json::normalise;
use crate::snapshot::snapshot;
use crate::support::Arguments;

struct Case {
    service: &'static str,
    operation: &'static str,
    name: String,
    arguments: Arguments<'static>,
    /// The status of the success and its documented body.
    status: u16,
    answer: Option<&'static Value>,
}

pub(crate) fn trials(bundle: &'static Bundle) -> Vec<Trial> {
    let service = &bundle.service;
    let mut trials = Vec::new();
    for operation in operations(&bundle.document) {
        let success = operation.responses().find(|(status, _)| is_success(status));
        let status = success
            .and_then(|(status, _)| status.parse().ok())
            .unwrap_or(500);
        let answer = response_examples(&operation)
            .into_iter()
            .find(|example| is_success(example.status))
            .map(|example| example.value);
        for example in request_examples(&operation) {
            let case = Case {
                service,
                operation: operation.id(),
                name: format!("wire__{service}__{}__{}", operation.id(), example.name),
                arguments: Arguments {
                    parameters: example.parameters,
                    body: example.body,
                },
                status,
                answer,
            };
            let name = format!("wire::{service}::{}::{}", operation.id(), example.name);
            trials.push(Trial::test(name, move || run(&case)));
        }
    }
    trials
}

fn run(case: &Case) -> Result<(), Failed> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(send(case))
}

async fn send(case: &Case) -> Result<(), Failed> {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let answer = match case.answer {
        Some(body) => {
            let headers = [(header::CONTENT_TYPE, "application/json")];
            (
                StatusCode::from_u16(case.status)?,
                headers,
                body.to_string(),
            )
                .into_response()
        }
        None => StatusCode::from_u16(case.status)?.into_response(),
    };
    let answer = Arc::new(Mutex::new(Some(answer)));
    let recorder = Arc::clone(&seen);
    let app = axum::Router::new().fallback(
        move |method: Method, uri: Uri, headers: HeaderMap, body: Bytes| async move {
            let text = describe(&method, &uri, &headers, &body);
            recorder
                .lock()
                .unwrap_or_else(|poison| poison.into_inner())
                .push(text);
            let answer = answer
                .lock()
                .unwrap_or_else(|poison| poison.into_inner())
                .take();
            answer.unwrap_or_else(|| StatusCode::IM_A_TEAPOT.into_response())
        },
    );
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let base = format!("http://{}", listener.local_addr()?);
    let server = tokio::spawn(async move { axum::serve(listener, app).await });

    let session = crate::support::session(&base)?;
    let result = dispatch::call(case.service, &session, case.operation, &case.arguments).await;
    server.abort();

    let got = result.map_err(|error| error.to_string())?;
    let seen = seen.lock().unwrap_or_else(|poison| poison.into_inner());
    let [request] = seen.as_slice() else {
        return Err(format!("one request was expected, not {}", seen.len()).into());
    };
    snapshot(&case.name, request);
    let expected = case.answer.map_or(Value::Null, normalise);
    if normalise(&got) != expected {
        return Err(format!("the client read {got:#} from {expected:#}").into());
    }
    Ok(())
}

/// The request as text. The port, which differs from run to run, is left out of Host.
fn describe(method: &Method, uri: &Uri, headers: &HeaderMap, body: &[u8]) -> String {
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
    text
}
