//! Operations that destroy data.

use crate::support::{Cloud, run};

const DELETE: [&str; 4] = ["dcs", "delete-backup-file", "--backup-id", "b"];

#[test]
fn what_destroys_data_is_not_done_without_yes_where_nobody_can_be_asked() {
    let cloud = Cloud::new();
    let id = cloud.running.redis_instances()[0].id.clone();
    let delete = |more: &[&'static str]| {
        let arguments = DELETE.into_iter().chain(["--instance-id", &id]);
        run(&mut cloud.otcdb(arguments.chain(more.iter().copied())))
    };
    let ran = delete(&[]);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert!(
        ran.err
            .contains("DeleteBackupFile destroys the files of the backup")
            && ran.err.contains("--yes"),
        "{ran:?}"
    );
    assert!(cloud.running.requests().is_empty(), "nothing was sent");
    delete(&["--yes"]);
    assert_eq!(cloud.running.count("DeleteBackupFile"), 1);
    let ran = run(&mut cloud.otcdb([
        "dcs",
        "restart-or-flush-instances",
        "--body",
        r#"{"instances": 7}"#,
    ]));
    assert!(
        ran.err.contains("/instances: "),
        "the body is checked first: {ran:?}"
    );
}

#[test]
fn what_destroys_nothing_is_not_asked_about() {
    let cloud = Cloud::new();
    let id = cloud.running.redis_instances()[0].id.clone();
    let command = ["dcs", "create-bigkey-scan-task", "--instance-id", &id];
    run(&mut cloud.otcdb(command));
    assert_eq!(cloud.running.count("CreateBigkeyScanTask"), 1);
    let ran = run(cloud.otcdb(command).arg("--yes"));
    assert_eq!(ran.code, 2, "there is nothing to agree to: {ran:?}");
}

/// It says DELETE, and no operation undoes it.
#[test]
fn what_no_operation_undoes_is_asked_about() {
    let cloud = Cloud::new();
    let id = cloud.running.redis_instances()[0].id.clone();
    let command = ["dcs", "delete-ip-from-domain-name", "--instance-id", &id];
    let called = || {
        let mut called = cloud.otcdb(command);
        called.args(["--group-id", "g", "--node-id", "n"]);
        called
    };
    let ran = run(&mut called());
    assert!(ran.err.contains("which no operation puts back"), "{ran:?}");
    assert_eq!(cloud.running.count("DeleteIpFromDomainName"), 0);
    run(called().arg("--yes"));
    assert_eq!(cloud.running.count("DeleteIpFromDomainName"), 1);
}
