//! How a response tells that asynchronous work has ended: `x-waiter`.

use serde_json::Value;

use crate::state_path::{InvalidStatePath, StatePath};

/// How a response tells that asynchronous work has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Waiter {
    /// Where the state is.
    pub path: StatePath,
    /// The values that mean that the work is done.
    pub done: Vec<String>,
    /// The values that mean that it has failed.
    pub failed: Vec<String>,
}

impl Waiter {
    /// Reads what stands under `x-waiter`.
    ///
    /// # Errors
    /// There is no field, or it is no path.
    pub fn read(written: &Value) -> Result<Self, InvalidStatePath> {
        let texts = |key: &str| {
            let texts = written[key].as_array().into_iter().flatten();
            texts
                .filter_map(Value::as_str)
                .map(ToOwned::to_owned)
                .collect()
        };
        Ok(Self {
            path: written["field"].as_str().unwrap_or_default().parse()?,
            done: texts("done"),
            failed: texts("failed"),
        })
    }
}
