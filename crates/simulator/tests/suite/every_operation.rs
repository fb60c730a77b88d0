//! Every operation of the bundled descriptions is answered, with what the documentation shows as a request.

use otcdb_openapi::{Operation, Verb};
use otcdb_simulator::Service;
use otcdb_testing::{Client as _, Fixture, Http, Ids, SmallCloud, builder, every, operations};
use serde_json::{Value, json};

use crate::tables;

#[test]
fn every_operation_answers_its_documented_request() {
    let failures: Vec<String> = operations()
        .filter_map(|operation| match every(&Http, operation) {
            Ok(response) => no_texts(operation, &response),
            Err(error) => Some(error),
        })
        .collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// Where a table of the operation's page says String and the response has something else.
fn no_texts(operation: &Operation, response: &Value) -> Option<String> {
    let service: Service = operation.service.parse().unwrap();
    let statuses = operation.successes().map(|one| one.status);
    let places: Vec<String> = statuses
        .flat_map(|status| {
            tables::no_texts(
                service,
                &operation.method,
                &operation.path,
                status,
                response,
            )
        })
        .collect();
    (!places.is_empty()).then(|| format!("{}: no texts at {places:?}", operation.qualified()))
}

#[test]
fn in_a_cloud_with_enough_instances_operations_can_be_called_one_after_the_other() {
    let cloud = SmallCloud::of(builder().redis(4, 90, 4).databases(120, 120, 120));
    let fixtures = cloud.running.fixtures().unwrap();
    assert_eq!(fixtures.len(), operations().count());
    for fixture in fixtures {
        if let Err(refused) = cloud.call(&Http, &fixture) {
            panic!("{fixture:?}: {}", refused.text);
        }
    }
}

#[test]
fn a_cloud_with_one_instance_of_each_kind_has_a_request_for_every_operation() {
    for builder in [builder(), builder().redis(1, 1, 1).databases(1, 1, 1)] {
        let cloud = SmallCloud::of(builder);
        let fixtures = cloud.running.fixtures().unwrap();
        assert_eq!(fixtures.len(), operations().count());
        // A person may open an operation again.
        let name = "rds.BatchDeleteManualBackup";
        let [first, second] = [(); 2].map(|()| cloud.fixture(name, &Ids::new()).body);
        assert_ne!(first, second, "of each backup once");
    }
}

#[test]
fn every_operation_on_an_instance_refuses_an_unknown_one() {
    let cloud = SmallCloud::new();
    let mut seen = 0;
    for operation in operations().filter(|one| one.path.contains("{instance_id}")) {
        let name = operation.qualified();
        let mut fixture = cloud.fixture(&name, &Ids::new());
        fixture.parameters["instance_id"] = json!("no-such-instance");
        let refused = cloud.call(&Http, &fixture).unwrap_err();
        let expected = match fixture.service {
            "dcs" => "404 Not Found {\"error_code\":\"DCS.3022\"",
            _ => "404 Not Found {\"error_code\":\"DBS.200002\"",
        };
        assert!(refused.has(expected), "{name}: {}", refused.text);
        seen += 1;
    }
    assert!(seen > 50, "{seen}");
    assert_eq!(cloud.running.deviations(), [""; 0]);
}

/// What the main project has, as its own token shows it. Not everything can be read of each instance.
fn main_project(cloud: &SmallCloud, reads: &[Fixture]) -> Vec<Result<Value, String>> {
    let responses = reads.iter().map(|fixture| {
        let response = cloud.call(&Http, fixture);
        response.map_err(|refused| refused.text)
    });
    responses.collect()
}

#[test]
fn no_operation_reaches_the_main_project_with_the_token_of_another() {
    let is_get = |operation: &&Operation| operation.method == reqwest::Method::GET;
    let in_project = || operations().filter(|one| one.path.contains("{project_id}"));
    let mut seen = 0;
    for operation in in_project().filter(|one| !is_get(one)) {
        let cloud = SmallCloud::new();
        let name = operation.qualified();
        let mut fixture = cloud.fixture(&name, &Ids::new());
        let reads: Vec<_> = in_project()
            .filter(|one| is_get(one) && one.service == operation.service)
            .map(|one| {
                // Not everything can be read of each instance.
                let about = cloud.running.fixture_about(&one.qualified(), &fixture.ids);
                about.unwrap_or_else(|_| cloud.fixture(&one.qualified(), &Ids::new()))
            })
            .collect();
        let before = main_project(&cloud, &reads);
        let read = before.iter().filter(|response| response.is_ok()).count();
        assert!(read > 2, "{name}: {before:?}");
        let other = cloud.other_project();
        fixture.parameters["project_id"] = json!(other.project);
        let response = Http.call(&cloud, &other, &fixture);
        if operation.id.starts_with("Create") {
            let refused = response.unwrap_err();
            assert!(
                refused.has("403 ") || refused.has("404 "),
                "{name}: {}",
                refused.text
            );
        }
        assert_eq!(main_project(&cloud, &reads), before, "{name}");
        seen += 1;
    }
    assert!(seen > 35, "{seen}");
}

#[test]
fn every_list_of_a_resource_can_be_stale() {
    let is_list = |operation: &&Operation| {
        let resource = operation.resource.as_ref();
        resource.is_some_and(|resource| resource.verb == Verb::List)
    };
    let mut seen = 0;
    for operation in operations().filter(is_list) {
        let name = operation.qualified();
        let cloud = SmallCloud::new();
        let fixture = cloud.fixture(&name, &Ids::new());
        cloud.fail(&format!("{name}:stale-list"));
        cloud.call(&Http, &fixture).unwrap();
        assert_eq!(cloud.running.idle_faults(), [""; 0], "{name}");
        seen += 1;
    }
    assert!(seen > 10, "{seen}");
}
