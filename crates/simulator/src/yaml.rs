//! Reading the YAML that is carried.

use serde::de::DeserializeOwned;
use serde_json::Value;

/// Reads a text as a type, by way of a value: a reader of YAML for each type would be a tenth of this crate.
///
/// # Errors
/// The text is no YAML, or not of the type.
pub(crate) fn read<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    // Words such as ON are no truth values: what they are to be is not known yet.
    let options = serde_saphyr::options! { strict_booleans: true };
    let value: Value = serde_saphyr::from_str_with_options(text, options)
        .map_err(|error| error.without_snippet().to_string())?;
    T::deserialize(value).map_err(|error| located::<T>(text).unwrap_or_else(|| error.to_string()))
}

/// The error with its line, for whoever is writing it.
#[cfg(debug_assertions)]
fn located<T: DeserializeOwned>(text: &str) -> Option<String> {
    let error = serde_saphyr::from_str::<T>(text).err()?;
    Some(error.without_snippet().to_string())
}

#[cfg(not(debug_assertions))]
fn located<T>(_: &str) -> Option<String> {
    None
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn an_error_says_its_line() {
        let read = |text| read::<BTreeMap<String, u8>>(text);
        assert_eq!(read("a: 1\nb: 2\n").unwrap()["b"], 2);
        assert_eq!(
            super::read::<[String; 2]>("[ON, no]").unwrap(),
            ["ON", "no"]
        );
        for text in ["a: 1\nb: [\n", "a: 1\nb: many\n"] {
            let error = read(text).unwrap_err();
            assert!(
                error.contains("line 2") || error.contains("line 3"),
                "{error}"
            );
        }
    }
}
