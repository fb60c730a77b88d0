//! Writes a call as an HTTP archive, which browsers and proxies read.
#![allow(clippy::print_stdout, reason = "an example says what it did")]

use std::error::Error;

use otcdb_recording::{Content, Exchange, Recording};

fn main() -> Result<(), Box<dyn Error>> {
    let exchange = Exchange {
        started: "2026-11-22T02:10:03Z".to_owned(),
        milliseconds: 12.5,
        method: "GET".to_owned(),
        url: "https://things.example.com/v1/things?limit=1".to_owned(),
        status: 200,
        content: Content::Text(r#"{"things": []}"#.to_owned()),
        ..Exchange::default()
    };
    let recording = Recording {
        exchanges: vec![exchange],
    };
    std::fs::write("call.har", recording.to_json()?)?;
    println!("wrote call.har");
    Ok(())
}
