//! Any text as a file of facts.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(facts) = otcdb_apidocs::from_yaml(text) {
        let _ = otcdb_apidocs::diff(&facts, &facts);
    }
});
