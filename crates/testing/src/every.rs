//! The story that every client tells: each operation is called once.

use otcdb_openapi::Operation;
use serde_json::Value;

use crate::small_cloud::{Client, SmallCloud};

/// All operations of all services.
pub fn operations() -> impl Iterator<Item = &'static Operation> {
    let bundles = otcdb_bundles::services().map(|service| otcdb_bundles::bundle(service).unwrap());
    bundles.flat_map(|bundle| &bundle.operations)
}

/// Calls an operation in a cloud of its own, since some destroy what others need, and gives the response.
///
/// # Errors
///
/// It was not carried out, was not called exactly once, or the call or the cloud's response was none that is described.
pub fn every(client: &dyn Client, operation: &Operation) -> Result<Value, String> {
    let cloud = SmallCloud::new();
    let name = operation.qualified();
    let fixture = cloud
        .running
        .fixture(&name)
        .map_err(|error| error.to_string())?;
    let response = cloud.call(client, &fixture);
    let response = response.map_err(|refused| format!("{name}: {fixture:?}: {}", refused.text))?;
    let noted = [
        cloud.running.deviations(),
        cloud.running.unknown_parameters(),
    ]
    .concat();
    match (cloud.running.count(&name), noted.as_slice()) {
        (1, []) => Ok(response),
        (1, noted) => Err(format!("{name}: {}", noted.join("\n"))),
        (count, _) => Err(format!("{name} was called {count} times")),
    }
}
