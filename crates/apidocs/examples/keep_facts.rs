//! Writes the facts of a page as they are kept beside a description, and reads them again.
#![allow(clippy::print_stdout, reason = "an example says what it did")]

use std::error::Error;

use otcdb_apidocs::{Hint, from_yaml, read, to_yaml};

const PAGE: &str = r#"# Listing Things

## URI

GET /v1/things

## Example Responses

```
{ "count": 1 }
```
"#;

fn main() -> Result<(), Box<dyn Error>> {
    let reading = read(PAGE.as_bytes(), &Hint::default())?;
    for finding in &reading.findings {
        println!("{finding}");
    }
    let yaml = to_yaml(&reading.facts)?;
    print!("{yaml}");
    assert!(from_yaml(&yaml)? == reading.facts);
    Ok(())
}
