//! Any bytes as a page: an error or facts that come back from YAML unchanged.
#![no_main]

use libfuzzer_sys::fuzz_target;
use otcdb_apidocs::{Hint, diff, from_yaml, read, to_yaml};

fuzz_target!(|bytes: &[u8]| {
    let Ok(reading) = read(bytes, &Hint::default()) else {
        return;
    };
    let text = to_yaml(&reading.facts).expect("facts are written");
    let back = from_yaml(&text).expect("facts are read back");
    assert_eq!(back, reading.facts);
    assert!(diff(&reading.facts, &back).is_empty());
});
