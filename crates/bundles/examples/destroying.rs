//! Says which operations of a service destroy data, and what is lost.
#![allow(clippy::print_stdout, reason = "an example says what it did")]

fn main() -> Result<(), otcdb_bundles::BundleError> {
    for operation in &otcdb_bundles::bundle("dcs")?.operations {
        if let Some(lost) = &operation.destroys {
            println!("{}: {lost}", operation.id);
        }
    }
    Ok(())
}
