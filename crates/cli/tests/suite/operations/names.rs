//! Names in place of ids.

use serde_json::json;

use super::stub::{ID as A, answer_with, at};
use super::succeed;
use crate::support::{Cloud, otcdb, run};

const B: &str = "ed7cc616-6ec2-4360-a5ed-5c5c9c2ed726";

fn show(name: &str) -> [&str; 4] {
    ["dcs", "show-instance", "--instance-id", name]
}

#[test]
fn a_name_is_looked_up_and_an_id_is_not() {
    let cloud = Cloud::new();
    let instance = cloud.running.redis_instances()[0].clone();
    let show = |name| {
        let spec = ["--query", "[instance_id, spec_code]", "-o", "json"];
        succeed(&cloud, show(name).into_iter().chain(spec))
    };
    let by_id = show(&instance.id);
    assert_eq!(cloud.running.count("ListInstances"), 0);
    let by_name = show(&instance.name);
    assert_eq!(cloud.running.count("ListInstances"), 1);
    assert_eq!(by_name.out, by_id.out);
    assert_eq!(
        by_name.err,
        format!("instance {:?} is {}\n", instance.name, instance.id)
    );
}

#[test]
fn names_in_a_body_are_looked_up_with_one_list() {
    let cloud = Cloud::new();
    let mut names: Vec<String> = (cloud.running.redis_instances().iter())
        .map(|one| one.name.clone())
        .collect();
    // One that is named twice is told once.
    names.push(names[0].clone());
    let body = json!({ "instances": names, "action": "restart" }).to_string();
    let restart = ["dcs", "restart-or-flush-instances", "--body", &body];
    let ran = succeed(&cloud, restart.into_iter().chain(["--yes", "-o", "json"]));
    assert_eq!(cloud.running.count("ListInstances"), 1);
    for instance in cloud.running.redis_instances() {
        let told = format!("instance {:?} is {}\n", instance.name, instance.id);
        assert_eq!(ran.err.matches(&told).count(), 1, "{ran:?}");
        assert!(ran.out.contains(&instance.id), "{ran:?}");
    }
    let unknown = json!({ "instances": ["none"], "action": "restart" }).to_string();
    let restart = ["dcs", "restart-or-flush-instances", "--body", &unknown];
    let ran = run(&mut cloud.otcdb(restart.into_iter().chain(["--yes"])));
    assert_eq!(ran.code, 4, "{ran:?}");
    assert_eq!(cloud.running.count("RestartOrFlushInstances"), 1);
}

#[test]
fn a_name_works_in_a_simulated_cloud_and_with_waiting() {
    let mut list = otcdb(["dcs", "list-instances", "--simulate", "-o", "json"]);
    let name = run(&mut list).json()[2]["name"].clone();
    let name = name.as_str().unwrap();
    let ran = run(&mut otcdb([
        "dcs",
        "copy-instance",
        "--simulate",
        "--wait",
        "--body",
        "{}",
        "--instance-id",
        name,
    ]));
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(
        ran.err.contains(&format!("instance {name:?} is ")),
        "{ran:?}"
    );
}

#[test]
fn what_is_destroyed_is_told_by_its_id() {
    let cloud = Cloud::new();
    let instance = cloud.running.redis_instances()[0].clone();
    let delete = |more: &[&'static str]| {
        let arguments = [
            "dcs",
            "delete-single-instance",
            "--instance-id",
            &instance.name,
        ];
        run(&mut cloud.otcdb(arguments.into_iter().chain(more.iter().copied())))
    };
    let ran = delete(&[]);
    assert_eq!(ran.code, 2, "there is nobody to ask: {ran:?}");
    assert!(cloud.running.requests().is_empty());
    let ran = delete(&["--yes"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.err.contains(&instance.id), "{ran:?}");
    assert_eq!(cloud.running.count("DeleteSingleInstance"), 1);
}

#[test]
fn a_name_of_several_is_refused_with_each_of_them() {
    let list = json!({ "instance_num": 2, "instances": [
        { "instance_id": A, "name": "orders", "status": "RUNNING" },
        { "instance_id": B, "name": "orders", "status": "ERROR" },
    ] });
    let service = answer_with([list.to_string()]);
    let ran = run(&mut at(otcdb(show("orders")), &service));
    assert_eq!(ran.code, 2, "{ran:?}");
    for told in [A, B, "RUNNING", "ERROR", "give the id"] {
        assert!(ran.err.contains(told), "{told}: {ran:?}");
    }
    assert_eq!(service.count(), 1, "nothing else was called");
}

#[test]
fn an_unknown_name_is_refused_with_those_that_are_like_it() {
    let list = || {
        json!({ "instance_num": 2, "instances": [
            { "instance_id": A, "name": "orders-db", "status": "RUNNING" },
            { "instance_id": B, "name": "session cache", "status": "RUNNING" },
        ] })
    };
    for (name, hint) in [
        ("ordersdb", "did you mean orders-db?"),
        ("Orders-DB", "did you mean orders-db?"),
        ("session*", "did you mean session cache?"),
        (
            "quite-another",
            "`otcdb dcs list-instances` lists what there is",
        ),
    ] {
        let service = answer_with([list().to_string()]);
        let ran = run(&mut at(otcdb(show(name)), &service));
        assert_eq!((ran.code, ran.out.as_str()), (4, ""), "{ran:?}");
        assert!(
            ran.err.contains(&format!("no instance is called {name:?}")),
            "{ran:?}"
        );
        assert!(ran.err.contains(hint), "{ran:?}");
        assert_eq!(service.count(), 1);
    }
    let instance = json!({ "instance_id": B, "name": "session cache" });
    let service = answer_with([list().to_string(), instance.to_string()]);
    let ran = run(&mut at(otcdb(show("session cache")), &service));
    assert_eq!(ran.code, 0, "a name may have spaces: {ran:?}");
}

#[test]
fn who_may_not_list_is_told_to_give_the_id() {
    let cloud = Cloud::with_fault("ListInstances:403:times=always");
    let ran = run(&mut cloud.otcdb(show("orders")));
    assert_eq!(ran.code, 3, "{ran:?}");
    assert!(ran.err.contains("give the id of the instance"), "{ran:?}");
}
