//! What every resource promises, by the program.

use otcdb_testing::contract::{contract, resources};

use super::all_operations::{Program, in_parallel};

#[test]
fn every_resource_keeps_the_contract() {
    in_parallel(&resources(), |resource| {
        let name = format!("{} of {}", resource.name, resource.service);
        match contract(&Program, resource) {
            Ok(report) => println!("{name}\n{report}"),
            Err(error) => return Err(format!("{name}: {error}")),
        }
        Ok(())
    });
}
