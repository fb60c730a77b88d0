//! What every resource promises, by requests as they are.

use otcdb_testing::Http;
use otcdb_testing::contract::{contract, resources};

#[test]
fn every_resource_keeps_the_contract() {
    let mut broken = Vec::new();
    for resource in resources() {
        let name = format!("{} of {}", resource.name, resource.service);
        match contract(&Http, &resource) {
            Ok(report) => println!("{name}\n{report}"),
            Err(error) => broken.push(format!("{name}: {error}")),
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}
