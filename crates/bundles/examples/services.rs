//! Lists the services that are described, with the number of their operations.
#![allow(clippy::print_stdout, reason = "an example says what it did")]

fn main() -> Result<(), otcdb_bundles::BundleError> {
    for service in otcdb_bundles::services() {
        let operations = &otcdb_bundles::bundle(service)?.operations;
        println!("{service}: {} operations", operations.len());
    }
    Ok(())
}
