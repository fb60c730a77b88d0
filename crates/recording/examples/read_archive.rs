//! Lists the calls of an HTTP archive.
#![allow(clippy::print_stdout, reason = "an example says what it did")]

use otcdb_recording::{Recording, RecordingError};

const ARCHIVE: &str = r#"{ "log": { "version": "1.2", "creator": { "name": "a browser", "version": "1" }, "entries": [{
    "startedDateTime": "2026-11-22T02:10:03Z", "time": 12.5, "cache": {},
    "timings": { "send": 0.1, "wait": 12.3, "receive": 0.1 },
    "request": {
        "method": "GET", "url": "https://things.example.com/v1/things?limit=1", "httpVersion": "HTTP/1.1",
        "cookies": [], "headers": [], "queryString": [], "headersSize": -1, "bodySize": 0
    },
    "response": {
        "status": 204, "statusText": "No Content", "httpVersion": "HTTP/1.1", "cookies": [], "headers": [],
        "content": { "size": 0, "mimeType": "" }, "redirectURL": "", "headersSize": -1, "bodySize": 0
    }
}] } }"#;

fn main() -> Result<(), RecordingError> {
    for exchange in Recording::parse(ARCHIVE.as_bytes())?.exchanges {
        let (path, query) = (exchange.path(), exchange.query());
        println!("{} {path} {query:?}: {}", exchange.method, exchange.status);
    }
    Ok(())
}
