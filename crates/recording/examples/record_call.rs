//! Writes a call as an HTTP archive, which browsers and proxies read.
#![allow(clippy::print_stdout, reason = "an example says what it did")]

use std::error::Error;

use otcdb_recording::{Content, Exchange, Recording};

fn main() -> Result<(), Box<dyn Error>> {
    let exchange = Exchange::new("GET", "https://things.example.com/v1/things?limit=1", 200)
        .took("2026-11-22T02:10:03Z", 12.5)
        .content(Content::Text(r#"{"things": []}"#.to_owned()));
    std::fs::write("call.har", Recording::new([exchange]).to_json()?)?;
    println!("wrote call.har");
    Ok(())
}
