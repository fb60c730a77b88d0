//! Pulls without faults: everything is there, a second run fetches what is new, an interrupted one goes on.

use std::collections::BTreeSet;

use otcdb_core::ErrorKind;
use otcdb_dcs::types::RedislogType;
use otcdb_logs::{Event, LogKind, Observer};

use super::harness::{Pull, files, session, small_cloud};

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_log_of_every_instance_is_pulled() {
    // Sharded Redis: 3 shards with 2 replicas each, collected one by one.
    let cloud = small_cloud().redis(1, 1, 1).start().await.unwrap();
    let pull = Pull::new(&[]);
    let result = pull.run(&cloud).await;
    let records = pull.check(&cloud, &result);
    let summary = result.unwrap();
    assert!(summary.failures.is_empty(), "{:?}", summary.failures);
    assert_eq!(summary.files.len(), records.len());
    assert_eq!(
        summary.sources,
        3 * 2 + 3 * 2 + 1 + 3 * 3 + 2 * 2,
        "audit logs are those of MySQL and MongoDB alone"
    );
    let kinds: BTreeSet<_> = records.iter().map(|record| record.kind).collect();
    assert_eq!(kinds.len(), LogKind::ALL.len(), "{kinds:?}");
    assert!(records.iter().all(|record| record.size > 0), "{records:?}");

    // 1 for the single node, 2 replicas, and 6 replicas of the cluster.
    assert_eq!(cloud.count("CreateRedislog"), 1 + 2 + 6);
    for request in cloud
        .requests()
        .iter()
        .filter(|request| request.path.starts_with("/obs/"))
    {
        assert!(
            !format!("{request:?}")
                .to_lowercase()
                .contains("x-auth-token"),
            "{request:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_run_fetches_only_what_is_new() {
    let cloud = small_cloud().start().await.unwrap();
    let pull = Pull::new(&[LogKind::RdsAudit, LogKind::RdsSlow]);
    let first = pull.run(&cloud).await.unwrap();
    assert!(!first.files.is_empty() && first.skipped == 0);
    let downloads = cloud.count("download");
    let second = pull.run(&cloud).await.unwrap();
    assert_eq!(
        (second.files.len(), second.skipped),
        (0, first.files.len()),
        "{second:?}"
    );
    assert_eq!(cloud.count("download"), downloads);

    let lost = &first.files[0];
    std::fs::remove_file(pull.out.path().join(&lost.file)).unwrap();
    let third = pull.run(&cloud).await.unwrap();
    let again: Vec<_> = third
        .files
        .iter()
        .map(|record| (&record.file, &record.sha256))
        .collect();
    assert_eq!(again, [(&lost.file, &lost.sha256)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn instances_are_chosen_by_id_or_name_and_a_missing_one_is_named() {
    let cloud = small_cloud().start().await.unwrap();
    let redis = cloud.redis_instances();
    let mut pull = Pull::new(&[]);
    pull.options.selection.instances = vec![redis[0].name.clone()];
    let summary = pull.run(&cloud).await.unwrap();
    assert!(
        summary
            .files
            .iter()
            .all(|record| record.instance == redis[0].id)
    );
    assert_eq!(summary.sources, 2);

    pull.options.selection.instances = vec![redis[0].id.clone(), "no-such".to_owned()];
    let error = pull.run(&cloud).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert!(error.to_string().contains("no-such"), "{error}");
}

/// Cancels the pull once a file has begun to arrive.
struct Interrupt<'a>(&'a Pull);

impl Observer for Interrupt<'_> {
    fn event(&self, event: Event<'_>) {
        if matches!(event, Event::FileAdvanced { .. }) {
            self.0.cancel.cancel();
        }
        self.0.event(event);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_pull_leaves_nothing_broken_and_the_next_goes_on() {
    let cloud = small_cloud()
        .log_size(4_000_000..=5_000_000)
        .start()
        .await
        .unwrap();
    let pull = Pull::new(&[LogKind::RdsAudit]);
    let summary = pull.run_with(&cloud, &Interrupt(&pull)).await.unwrap();
    assert!(
        summary
            .failures
            .iter()
            .all(|failure| failure.error.kind() == ErrorKind::Cancelled)
    );
    assert!(!summary.failures.is_empty());
    pull.check(&cloud, &Ok(summary));
    let left = files(pull.out.path());
    assert!(
        left.iter()
            .any(|file| file.to_string_lossy().ends_with(".part")),
        "{left:?}"
    );

    let again = Pull {
        cancel: <_>::default(),
        ..pull
    };
    let result = again.run(&cloud).await;
    let records = again.check(&cloud, &result);
    assert_eq!(records.len(), 2);
    let resumed = cloud.requests().iter().any(|request| {
        request.path.starts_with("/obs/") && request.headers.iter().any(|(name, _)| name == "range")
    });
    assert!(resumed, "the second run began anew");
    let left = files(again.out.path());
    assert!(
        left.iter()
            .all(|file| !file.to_string_lossy().contains(".part")),
        "{left:?}"
    );
}

#[tokio::test]
async fn a_wrong_value_is_refused_before_anything_is_sent() {
    let cloud = small_cloud().start().await.unwrap();
    let client = otcdb_dcs::Client::connect(&session(&cloud).unwrap());
    let instance = cloud.redis_instances().remove(0).id;
    let call = || client.create_redislog().instance_id(&instance);
    let text = |text| otcdb_core::Open::<RedislogType>::new(text);
    for wrong in [
        call().log_type(text("audit")),
        call().log_type(text("RUN")),
        call().log_type(text("run")).query_time(2),
    ] {
        let error = wrong.await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument, "{error}");
        assert!(error.to_string().contains("has to be"), "{error}");
    }
    assert_eq!(cloud.requests().len(), 0);
    call().log_type(text("run")).query_time(3).await.unwrap();
    assert_eq!(cloud.count("CreateRedislog"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn more_trace_files_than_a_page_holds_are_all_pulled() {
    let count = 105;
    let cloud = small_cloud()
        .databases(0, 0, 1)
        .trace_files(count)
        .log_size(100..=400)
        .export_delay(std::time::Duration::from_secs(1))
        .start()
        .await
        .unwrap();
    let pull = Pull::new(&[LogKind::RdsSlow]);
    let result = pull.run(&cloud).await;
    let records = pull.check(&cloud, &result);
    assert!(result.unwrap().failures.is_empty());
    assert_eq!(records.len(), count);
    assert_eq!(
        cloud.count("ListSlowLogFile"),
        2,
        "a full page and the rest"
    );
    let asked: BTreeSet<_> = cloud
        .requests()
        .iter()
        .filter(|request| request.operation.as_deref() == Some("rds.DownloadSlowlog"))
        .map(|request| request.body.clone())
        .collect();
    assert_eq!(asked.len(), count, "each is exported by its name");
    assert_eq!(cloud.deviations(), [""; 0]);
    assert_eq!(cloud.unknown_parameters(), [""; 0]);
}
