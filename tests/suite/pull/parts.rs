//! A part that fails costs that part: what else is ready is fetched in the same run, and the summary names the part.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use otcdb_core::{ErrorKind, Service};
use otcdb_logs::{Event, Failure, LogKind, ManifestEntry, Observer, Step, Summary};
use otcdb_simulator::Running;

use super::harness::{Pull, files, small_cloud};

/// Files of a replica: one for each day.
const DAYS: usize = 7;

fn set(cloud: &Running, faults: &[&str]) {
    let faults = faults.iter().map(|fault| fault.parse().unwrap());
    cloud.set_faults(faults.collect()).unwrap();
}

/// Pulls, and checks that every fault happened.
async fn run(pull: &Pull, cloud: &Running) -> (Vec<ManifestEntry>, Summary) {
    let result = pull.run(cloud).await;
    let records = pull.check(cloud, &result);
    assert_eq!(cloud.idle_faults(), [""; 0], "a fault never happened");
    assert_eq!(cloud.deviations(), [""; 0]);
    assert_eq!(cloud.unknown_parameters(), [""; 0]);
    (records, result.unwrap())
}

/// A master with a replica.
async fn pair() -> Running {
    small_cloud().redis(0, 1, 0).start().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replica_that_fails_costs_no_other() {
    for (fault, kind, failures, with_file) in [
        ("400", ErrorKind::InvalidArgument, 1, false),
        ("403", ErrorKind::Permission, 1, false),
        ("html", ErrorKind::UndocumentedResponse, 1, false),
        ("job-failed", ErrorKind::Service, DAYS, true),
        ("job-stuck", ErrorKind::Timeout, DAYS, true),
        ("job-lost", ErrorKind::Timeout, 1, false),
    ] {
        let cloud = pair().await;
        let mut pull = Pull::new(&[LogKind::RedisRun]);
        pull.options.poll.deadline = Duration::from_secs(1);
        set(&cloud, &[&format!("CreateRedislog:{fault}")]);
        let (records, summary) = run(&pull, &cloud).await;
        assert_eq!(
            summary.failures.len(),
            failures,
            "{fault}: {:?}",
            summary.failures
        );
        assert_eq!(records.len(), DAYS, "{fault}");
        assert_eq!((summary.sources, summary.sources_failed), (1, 1), "{fault}");
        let replicas: Vec<_> = cloud.redis_instances()[0]
            .replicas
            .iter()
            .map(|replica| replica.ip.clone())
            .collect();
        for failure in &summary.failures {
            let ip = failure.replica.as_ref().unwrap();
            assert!(replicas.contains(ip), "{fault}: {ip}");
            assert!(
                !records
                    .iter()
                    .any(|record| record.file.contains(&format!("_{ip}_")))
            );
            assert_eq!(failure.error.kind(), kind, "{fault}: {}", failure.error);
            assert_eq!(failure.file.is_some(), with_file, "{fault}");
        }
        // Work that never ends is still there in the next run.
        if fault != "job-stuck" {
            set(&cloud, &[]);
            pull.options.poll.deadline = Duration::from_secs(120);
            let (records, summary) = run(&pull, &cloud).await;
            assert!(
                summary.failures.is_empty(),
                "{fault}: {:?}",
                summary.failures
            );
            assert_eq!(records.len(), 2 * DAYS, "{fault}");
        }
    }
}

/// Cancels the pull after so many files.
struct After<'a> {
    pull: &'a Pull,
    files: AtomicUsize,
}

impl Observer for After<'_> {
    fn event(&self, event: Event<'_>) {
        if matches!(event, Event::FileDone { .. })
            && self.files.fetch_sub(1, Ordering::Relaxed) == 1
        {
            self.pull.cancel.cancel();
        }
        self.pull.event(event);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_ready_is_fetched_before_what_is_stuck_is_given_up() {
    let cloud = pair().await;
    set(&cloud, &["CreateRedislog:job-stuck"]);
    // Nothing but the last file ends this pull, which would wait for two minutes otherwise.
    let pull = Pull::new(&[LogKind::RedisRun]);
    let observer = After {
        pull: &pull,
        files: AtomicUsize::new(DAYS),
    };
    let result = pull.run_with(&cloud, &observer).await;
    assert_eq!(pull.check(&cloud, &result).len(), DAYS);
    let kinds = result.unwrap().failures;
    let kinds: Vec<_> = kinds.iter().map(|failure| failure.error.kind()).collect();
    assert_eq!(kinds, [ErrorKind::Cancelled]);
}

#[tokio::test(flavor = "multi_thread")]
async fn shards_that_cannot_be_listed_cost_no_file_that_is_ready() {
    for fault in ["400", "403", "404", "500:times=always", "html:times=always"] {
        let fault = format!("ListGroupReplicationInfo:{fault}");
        // A single node has no shards.
        let cloud = small_cloud().redis(1, 0, 0).start().await.unwrap();
        set(&cloud, &[&fault]);
        let pull = Pull::new(&[LogKind::RedisRun]);
        let (records, summary) = run(&pull, &cloud).await;
        assert!(
            summary.failures.is_empty(),
            "{fault}: {:?}",
            summary.failures
        );
        assert_eq!(records.len(), DAYS, "{fault}");

        let cloud = pair().await;
        let (records, _) = run(&Pull::new(&[LogKind::RedisRun]), &cloud).await;
        assert_eq!(records.len(), 2 * DAYS);
        set(&cloud, &[&fault]);
        let pull = Pull::new(&[LogKind::RedisRun]);
        let (records, summary) = run(&pull, &cloud).await;
        assert_eq!(
            records.len(),
            2 * DAYS,
            "{fault}: what was collected before"
        );
        assert_eq!(summary.failures.len(), 1, "{fault}");
        let failure = &summary.failures[0];
        assert_eq!((&failure.replica, &failure.file), (&None, &None));
        assert_eq!(failure.kind, Some(LogKind::RedisRun));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_cannot_be_had_costs_no_other() {
    // How many files each kind has in this cloud.
    let kinds = [
        (LogKind::RedisRun, 2 * DAYS, "CreateRedislogDownloadLink"),
        (LogKind::RdsSlow, 4, "DownloadSlowlog"),
        (LogKind::RdsAudit, 4, "ShowAuditlogDownloadLink"),
    ];
    for (kind, all, link) in kinds {
        let mut faults = vec![
            format!("{link}:404"),
            format!("{link}:400"),
            "download:404".to_owned(),
            "download:html".to_owned(),
            "download:empty".to_owned(),
            "download:reset".to_owned(),
        ];
        if kind == LogKind::RdsSlow {
            faults.push(format!("{link}:job-failed"));
        }
        for fault in faults {
            // Of SQL Server, each trace file is exported by itself.
            let databases = if kind == LogKind::RdsSlow {
                (0, 1)
            } else {
                (1, 0)
            };
            let cloud = small_cloud()
                .redis(0, 1, 0)
                .databases(databases.0, 0, databases.1)
                .trace_files(4)
                .audit_files(4)
                .start()
                .await
                .unwrap();
            let mut pull = Pull::new(&[kind]);
            pull.options.attempts = 1;
            set(&cloud, &[&fault]);
            let (records, summary) = run(&pull, &cloud).await;
            assert_eq!(
                records.len(),
                all - 1,
                "{kind} {fault}: {:?}",
                summary.failures
            );
            let [failure] = summary.failures.as_slice() else {
                panic!("{kind} {fault}: {:?}", summary.failures);
            };
            assert!(failure.file.is_some(), "{kind} {fault}: {failure:?}");
            assert_eq!(failure.replica.is_some(), kind == LogKind::RedisRun);

            set(&cloud, &[]);
            pull.options.attempts = 5;
            let (records, summary) = run(&pull, &cloud).await;
            assert!(
                summary.failures.is_empty(),
                "{kind} {fault}: {:?}",
                summary.failures
            );
            assert!(records.len() >= all, "{kind} {fault}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_refuses_costs_no_other() {
    let is_of = |service| move |failure: &Failure| failure.service == Some(service);
    for (target, refused) in [
        ("dcs.*", Service::Dcs),
        ("dcs.ListInstances", Service::Dcs),
        ("rds.*", Service::Rds),
        ("rds.ListInstances", Service::Rds),
    ] {
        let cloud = small_cloud().start().await.unwrap();
        set(&cloud, &[&format!("{target}:403:times=always")]);
        let pull = Pull::new(&[]);
        let (records, summary) = run(&pull, &cloud).await;
        assert!(
            summary.failures.iter().all(is_of(refused)),
            "{:?}",
            summary.failures
        );
        let [failure] = summary.failures.as_slice() else {
            panic!("{target}: {:?}", summary.failures);
        };
        assert!(failure.instance.is_none() && failure.kind.is_none());
        assert_eq!(failure.error.kind(), ErrorKind::Permission);
        assert_eq!(summary.sources_failed, 0);
        let of_service = |service| {
            records
                .iter()
                .filter(|it| it.kind.service() == service)
                .count()
        };
        assert_eq!(of_service(refused), 0);
        assert!(
            of_service(if refused == Service::Dcs {
                Service::Rds
            } else {
                Service::Dcs
            }) > 5
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_breaks_off_costs_what_was_not_listed() {
    // Two pages each, of which the second one cannot be had.
    let lists = [
        (LogKind::RedisSlow, "dcs.ListInstances", 100),
        (LogKind::RdsAudit, "ListAuditlogs", 50),
        (LogKind::RdsSlow, "ListSlowLogFile", 100),
    ];
    for (kind, list, of_first_page) in lists {
        let databases = match kind {
            LogKind::RdsAudit => (1, 0),
            LogKind::RdsSlow => (0, 1),
            _ => (0, 0),
        };
        let redis = if kind == LogKind::RedisSlow { 101 } else { 0 };
        let cloud = small_cloud()
            .redis(redis, 0, 0)
            .databases(databases.0, 0, databases.1)
            .log_size(100..=200)
            .entries(1)
            .audit_files(51)
            .trace_files(101)
            .export_delay(Duration::from_secs(1))
            .start()
            .await
            .unwrap();
        set(&cloud, &[&format!("{list}:403:after=1:times=always")]);
        let mut pull = Pull::new(&[kind]);
        // Audit files reach back six hours each.
        pull.options.since = Duration::from_secs(29 * 86_400);
        let (records, summary) = run(&pull, &cloud).await;
        assert_eq!(
            records.len(),
            of_first_page,
            "{list}: {:?}",
            summary.failures
        );
        let kinds: Vec<_> = summary.failures.iter().map(|it| it.error.kind()).collect();
        assert_eq!(kinds, [ErrorKind::Permission], "{list}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_no_service_can_be_asked_nothing_is_left_behind() {
    let cloud = small_cloud().start().await.unwrap();
    let lists =
        "dcs.ListInstances+rds.ListInstances+dds.ListInstances+gaussdb.ListGaussMySqlInstances";
    set(&cloud, &[&format!("{lists}:403:times=always")]);
    let pull = Pull::new(&[]);
    let summary = pull.run(&cloud).await.unwrap();
    let services: BTreeSet<_> = summary
        .failures
        .iter()
        .filter_map(|it| it.service)
        .collect();
    assert_eq!(services, LogKind::services().into_iter().collect());
    assert_eq!(summary.failures.len(), services.len());
    assert_eq!((summary.sources, summary.sources_failed), (0, 0));
    assert_eq!(std::fs::read_dir(pull.out.path()).unwrap().count(), 0);
}

/// Panics when the sources of a kind begin.
struct Panics<'a>(&'a Pull, LogKind);

impl Observer for Panics<'_> {
    fn event(&self, event: Event<'_>) {
        if let Event::Step {
            kind,
            step: Step::Collect,
            ..
        } = event
        {
            assert!(kind != self.1, "a defect");
        }
        self.0.event(event);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_costs_its_source() {
    let cloud = small_cloud().start().await.unwrap();
    let pull = Pull::new(&[]);
    let result = pull
        .run_with(&cloud, &Panics(&pull, LogKind::RdsAudit))
        .await;
    let records = pull.check(&cloud, &result);
    let summary = result.unwrap();
    let [failure] = summary.failures.as_slice() else {
        panic!("{:?}", summary.failures);
    };
    assert_eq!(failure.kind, Some(LogKind::RdsAudit));
    assert!(
        failure.error.to_string().contains("a defect"),
        "{}",
        failure.error
    );
    assert_eq!(summary.sources_failed, 1);
    let kinds: std::collections::BTreeSet<_> = records.iter().map(|record| record.kind).collect();
    assert_eq!(kinds.len(), LogKind::ALL.len() - 1);
    let left = files(pull.out.path());
    assert!(
        left.iter()
            .all(|file| !file.to_string_lossy().contains(".part")),
        "{left:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_fails_costs_its_own_log_and_is_asked_again_alone() {
    let cloud = small_cloud().start().await.unwrap();
    set(&cloud, &["ListGaussMySqlErrorLog:403:times=1"]);
    let mut pull = Pull::new(&[LogKind::GaussdbError]);
    pull.options.selection.instances = vec!["gaussdb-1".to_owned()];
    let (records, summary) = run(&pull, &cloud).await;
    assert_eq!((records.len(), summary.failures.len()), (1, 1));
    let failed = summary.failures[0].replica.clone().unwrap();
    let had = records[0].node.clone().unwrap();
    assert_ne!(failed, had);

    set(&cloud, &[]);
    let (records, summary) = run(&pull, &cloud).await;
    assert!(summary.failures.is_empty(), "{:?}", summary.failures);
    let longest = |node: &str| {
        let of = records
            .iter()
            .filter(|one| one.node.as_deref() == Some(node));
        let spans = of.map(|one| one.until.unwrap().duration_since(one.from.unwrap()));
        spans.max().unwrap().as_hours()
    };
    // The whole time is asked for of the one, and of the other only what has come since.
    assert_eq!((longest(&failed), longest(&had)), (7 * 24, 7 * 24));
    let new = summary
        .files
        .iter()
        .filter(|one| one.node.as_ref() == Some(&had));
    for file in new {
        assert!(
            file.from > records.iter().map(|one| one.from).min().unwrap(),
            "{file:?}"
        );
    }
}
