//! Responses that break off, are empty, or never come.

use crate::support::{Cloud, run};

/// The data that came in between would be lost, too.
#[test]
fn what_does_harm_twice_is_sent_once_whatever_its_method() {
    for fault in ["502", "reset"] {
        let cloud = Cloud::with_fault(&format!("RestartOrFlushInstances:{fault}:times=always"));
        let id = &cloud.running.redis_instances()[0].id;
        let body = format!(r#"{{"instances": ["{id}"], "action": "flush"}}"#);
        let ran = run(&mut cloud.otcdb([
            "dcs",
            "restart-or-flush-instances",
            "--yes",
            "--body",
            &body,
        ]));
        assert_ne!(ran.code, 0, "{ran:?}");
        assert_eq!(cloud.running.count("RestartOrFlushInstances"), 1, "{fault}");
    }
}

#[test]
fn what_may_be_sent_again_is() {
    let cloud = Cloud::with_fault("dcs.ListInstances:502:times=2");
    let ran = run(&mut cloud.otcdb(["dcs", "list-instances"]));
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(cloud.running.count("dcs.ListInstances"), 3);
}

/// With as many attempts as there are refusals, the last of them would be the end.
#[test]
fn too_many_calls_use_up_no_attempts() {
    let cloud = Cloud::with_fault("dcs.ListInstances:429:times=2");
    let ran = run(&mut cloud.otcdb(["dcs", "list-instances", "--attempts", "2"]));
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(cloud.running.count("dcs.ListInstances"), 3);
}

/// It could be the middle of a list, or work that was never begun.
#[test]
fn an_empty_response_is_no_success_where_a_document_is_documented() {
    let cloud = Cloud::with_fault("dcs.ListInstances:empty:times=always");
    let ran = run(&mut cloud.otcdb(["dcs", "list-instances"]));
    assert_eq!((ran.code, ran.out.as_str()), (5, ""), "{ran:?}");
    assert!(ran.err.contains("the response is empty"), "{ran:?}");

    let cloud = Cloud::with_fault("CreateBigkeyScanTask:empty:times=always");
    let id = cloud.running.redis_instances()[0].id.clone();
    let ran = run(&mut cloud.otcdb(["dcs", "create-bigkey-scan-task", "--instance-id", &id]));
    assert_eq!((ran.code, ran.out.as_str()), (5, ""), "{ran:?}");
    assert_eq!(cloud.running.count("CreateBigkeyScanTask"), 1);
}
