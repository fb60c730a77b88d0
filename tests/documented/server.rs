//! A service that gives prepared responses.

use std::fmt::Write as _;

use libtest_mimic::Failed;
use otcdb_core::Session;
use otcdb_stub::{Request, Response, Stub};
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

/// Runs a call against a service that gives these responses, one after the other and then none. Says what the call gave
/// and what arrived.
pub(crate) fn serve(
    responses: Vec<(u16, Option<Value>)>,
    call: impl AsyncFnOnce(&Session) -> Result<Value, CallError>,
) -> Result<(Value, Vec<Seen>), Failed> {
    let stub = Stub::in_turn(responses.into_iter().map(|(status, body)| match body {
        Some(body) => Response::json(status, body),
        None => Response::empty(status),
    }));
    let session = crate::support::session(&stub.url())?;
    let result = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(call(&session));
    let seen = stub.requests().iter().map(see).collect();
    Ok((result.map_err(|error| error.to_string())?, seen))
}

fn see(request: &Request) -> Seen {
    let mut text = format!("{} {}\n", request.method, request.target);
    let mut lines: Vec<_> = request
        .headers
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
    let _ = write!(text, "\n{}", String::from_utf8_lossy(&request.body));
    Seen {
        text,
        query: request.pairs().collect(),
        body: serde_json::from_slice(&request.body).unwrap_or_default(),
    }
}
