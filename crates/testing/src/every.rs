//! The story that every client tells: each operation is called once.

use otcdb_openapi::Operation;
use serde_json::Value;

use crate::client::Client;
use crate::small_cloud::SmallCloud;

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
    let world = SmallCloud::new();
    let name = operation.qualified();
    let fixture = world
        .cloud
        .fixture(&name)
        .map_err(|error| error.to_string())?;
    let response = world.call(client, &fixture);
    let response = response.map_err(|refused| format!("{name}: {fixture:?}: {}", refused.text))?;
    let noted = [world.cloud.deviations(), world.cloud.unknown_parameters()].concat();
    match (world.cloud.count(&name), noted.as_slice()) {
        (1, []) => Ok(response),
        (1, noted) => Err(format!("{name}: {}", noted.join("\n"))),
        (count, _) => Err(format!("{name} was called {count} times")),
    }
}
