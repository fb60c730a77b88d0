//! Writes the published document of a service into a file, for the tools of another language.
#![allow(clippy::print_stdout, reason = "an example says what it did")]

use std::error::Error;
use std::fs;

fn main() -> Result<(), Box<dyn Error>> {
    let document = otcdb_bundles::document("rds")?;
    fs::write("rds.json", serde_json::to_vec_pretty(&document)?)?;
    println!("wrote rds.json: OpenAPI {}", document["openapi"]);
    Ok(())
}
