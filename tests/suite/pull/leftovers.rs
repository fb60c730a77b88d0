//! What a cut download leaves is finished, taken over or removed; nothing stays for ever.

use std::time::Duration;

use otcdb_core::ErrorKind;
use otcdb_logs::LogKind;
use otcdb_simulator::Running;

use super::harness::{Pull, files, small_cloud};

/// The files that a folder has besides the whole ones.
fn unfinished(pull: &Pull) -> Vec<String> {
    let files = files(pull.out.path());
    let names = files.iter().map(|file| file.to_string_lossy().into_owned());
    names.filter(|name| name.contains(".part")).collect()
}

fn set(cloud: &Running, faults: &[&str]) {
    let faults = faults.iter().map(|fault| fault.parse().unwrap());
    cloud.set_faults(faults.collect()).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_left_of_an_export_that_is_made_anew_is_removed() {
    // Of MySQL an export, of PostgreSQL two in one folder, of SQL Server two of one kind.
    let cloud = small_cloud().trace_files(2).start().await.unwrap();
    let mut pull = Pull::new(&[LogKind::RdsSlow, LogKind::RdsError]);
    pull.options.attempts = 1;
    set(&cloud, &["download:truncate:at=1000:times=always"]);
    let result = pull.run(&cloud).await;
    pull.check(&cloud, &result);
    let summary = result.unwrap();
    let kinds: Vec<_> = summary.failures.iter().map(|it| it.error.kind()).collect();
    // Of MySQL and PostgreSQL a slow log, of PostgreSQL an error log, and two trace files, neither of which costs the other.
    assert_eq!(kinds, [ErrorKind::Connection; 5]);
    let left = unfinished(&pull);
    assert_eq!(left.len(), 10, "a part and a note of each: {left:?}");

    // The service has forgotten its exports. What is left of the error log is not touched by a pull of slow logs.
    set(&cloud, &[]);
    cloud.clock().advance(Duration::from_secs(2 * 60 * 60));
    let mut slow = pull;
    slow.options.attempts = 5;
    slow.options.selection.kinds = vec![LogKind::RdsSlow];
    let result = slow.run(&cloud).await;
    slow.check(&cloud, &result);
    assert!(result.unwrap().failures.is_empty());
    let left = unfinished(&slow);
    assert_eq!(left.len(), 2, "{left:?}");
    assert!(
        left.iter().all(|name| name.contains("rds-error")),
        "{left:?}"
    );

    slow.options.selection.kinds = vec![LogKind::RdsError];
    let result = slow.run(&cloud).await;
    slow.check(&cloud, &result);
    assert_eq!(unfinished(&slow), [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_that_is_made_anew_meanwhile_is_fetched_in_its_place() {
    // The clock moves 2 seconds with each question. An export takes 3, is answered with a link once and is then
    // forgotten; the link of the first one has ended when it is used.
    let cloud = small_cloud()
        .databases(1, 0, 0)
        .export_kept(Duration::from_secs(3))
        .start()
        .await
        .unwrap();
    let pull = Pull::new(&[LogKind::RdsSlow]);
    set(
        &cloud,
        &["download:truncate:at=1000", "download:expired-link"],
    );
    let result = pull.run(&cloud).await;
    let records = pull.check(&cloud, &result);
    let summary = result.unwrap();
    assert!(summary.failures.is_empty(), "{:?}", summary.failures);
    assert_eq!(cloud.idle_faults(), [""; 0]);
    assert_eq!(records.len(), 1);
    let exports = cloud
        .objects()
        .into_iter()
        .filter(|file| file.name().contains("slowlog"));
    assert!(exports.count() > 1, "there was only one export");
    assert_eq!(unfinished(&pull), [""; 0]);

    // A service that forgets each export at once is not asked for ever.
    set(&cloud, &["download:expired-link:times=always"]);
    let other = Pull::new(&[LogKind::RdsSlow]);
    let result = other.run(&cloud).await;
    other.check(&cloud, &result);
    let summary = result.unwrap();
    assert_eq!(summary.failures.len(), 1);
    assert_eq!(summary.failures[0].error.kind(), ErrorKind::Service);
    assert_eq!(unfinished(&other), [""; 0], "nothing had arrived");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_changes_between_two_runs_is_fetched_anew() {
    let cloud = small_cloud().start().await.unwrap();
    let pull = Pull::new(&[LogKind::RdsAudit]);
    set(
        &cloud,
        &[
            "download:truncate:at=1000",
            "download:expired-link:times=always",
        ],
    );
    let summary = pull.run(&cloud).await.unwrap();
    // The first file began to arrive, the second did not.
    assert_eq!(summary.failures.len(), 2);
    assert_eq!(unfinished(&pull).len(), 2);
    let old = cloud.objects();

    set(&cloud, &["download:changed"]);
    let result = pull.run(&cloud).await;
    let records = pull.check(&cloud, &result);
    assert!(result.unwrap().failures.is_empty());
    assert_eq!(cloud.idle_faults(), [""; 0]);
    assert_eq!(records.len(), 2);
    let changed = cloud.objects();
    let changed = changed
        .iter()
        .zip(&old)
        .filter(|(new, old)| new.etag() != old.etag());
    assert_eq!(changed.count(), 1);
    assert_eq!(unfinished(&pull), [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_unfinished_of_an_instance_that_is_gone_is_removed_where_all_instances_are_known() {
    let cloud = small_cloud().start().await.unwrap();
    let mut pull = Pull::new(&[LogKind::RdsAudit]);
    let leave = |pull: &Pull, path: &str| {
        let path = pull.out.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path.with_added_extension("part"), "abc").unwrap();
        let note = r#"{"id":"1","size":9,"tag":"\"t\""}"#;
        std::fs::write(path.with_added_extension("part.json"), note).unwrap();
    };
    for path in ["rds/gone/a.log", "dcs/gone/b.log"] {
        leave(&pull, path);
    }
    // As a crash leaves the entries of a list: nobody goes on from them, wherever they are.
    std::fs::write(pull.out.path().join("dcs/gone/slow.jsonl.part"), "{").unwrap();
    pull.options.selection.instances = vec![cloud.database_instances()[0].name.clone()];
    pull.run(&cloud).await.unwrap();
    let names = |pull: &Pull| unfinished(pull).join(" ").replace('\\', "/");
    let all =
        "dcs/gone/b.log.part dcs/gone/b.log.part.json rds/gone/a.log.part rds/gone/a.log.part.json";
    assert_eq!(
        names(&pull),
        all,
        "an instance alone says nothing of others"
    );

    pull.options.selection.instances.clear();
    pull.run(&cloud).await.unwrap();
    assert_eq!(
        names(&pull),
        "dcs/gone/b.log.part dcs/gone/b.log.part.json",
        "of Redis, nothing was listed"
    );
    pull.options.selection.kinds = vec![LogKind::RedisSlow];
    pull.run(&cloud).await.unwrap();
    assert_eq!(names(&pull), "");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_ends_during_the_only_turn_is_asked_for_again_in_it() {
    // The first download is cut, and its link has ended when it goes on; all others wait for the turn meanwhile.
    let cloud = small_cloud().databases(0, 4, 0).start().await.unwrap();
    let mut pull = Pull::new(&[LogKind::RdsError]);
    pull.options.concurrency = 1;
    set(
        &cloud,
        &["download:truncate:at=1000", "download:expired-link"],
    );
    let result = pull.run(&cloud).await;
    let records = pull.check(&cloud, &result);
    let summary = result.unwrap();
    assert!(summary.failures.is_empty(), "{:?}", summary.failures);
    assert_eq!(records.len(), 4);
    assert_eq!(cloud.idle_faults(), [""; 0]);
    assert_eq!(unfinished(&pull), [""; 0]);
}
