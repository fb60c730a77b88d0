//! The fault matrix: each fault, on each call of each kind of log, ends in the right files or in an error of the
//! right kind.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use otcdb_core::ErrorKind;
use otcdb_logs::LogKind;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::harness::{Pull, small_cloud};

/// How a pull has to end.
#[derive(Clone, Copy, Debug)]
enum End {
    /// With every file.
    Files,
    /// With an error of one of these kinds, and the files that do not depend on the call.
    Fails(&'static [ErrorKind]),
    /// Either way: the fault may do no harm to a call, as an empty body does none where there is no body.
    Either(&'static [ErrorKind]),
    /// With every file that the list names.
    Listed,
}

use End::{Either, Fails, Files, Listed};
use ErrorKind::{
    Connection, InvalidArgument, Permission, Service, Throttled, Timeout, UndocumentedAnswer,
};

/// Faults of any call to a service.
const CALLS: &[(&str, End)] = &[
    ("429:times=2", Files),
    ("429:times=1:retry-after=1", Files),
    ("429:times=always", Fails(&[Throttled])),
    ("429:times=always:retry-after=3600", Fails(&[Throttled])),
    ("500:times=2", Files),
    ("500:times=always", Fails(&[Service])),
    ("502:times=2", Files),
    ("502:times=always", Fails(&[Service])),
    ("503:times=2", Files),
    ("503:times=always", Fails(&[Service])),
    ("slow:delay=20", Files),
    ("reset:times=2", Files),
    ("reset:times=always", Fails(&[Connection])),
    ("reset-head:times=2", Files),
    ("reset-body:times=2", Files),
    ("truncate:times=2", Files),
    ("corrupt-json:times=1", Either(&[UndocumentedAnswer])),
    (
        "corrupt-json:times=always",
        Either(&[UndocumentedAnswer, Connection]),
    ),
    ("html:times=always", Either(&[UndocumentedAnswer])),
    ("html:status=502:times=2", Files),
    ("html:status=502:times=always", Fails(&[Service])),
    (
        "error-in-200:times=always",
        Fails(&[Service, UndocumentedAnswer, InvalidArgument]),
    ),
    ("content-type:times=always", Either(&[UndocumentedAnswer])),
    ("empty:times=always", Either(&[UndocumentedAnswer, Timeout])),
];

/// Faults of the host that has the files.
const DOWNLOADS: &[(&str, End)] = &[
    ("429:times=2", Files),
    ("429:times=1:retry-after=1", Files),
    ("429:times=always", Fails(&[Throttled])),
    ("500:times=2", Files),
    ("500:times=always", Fails(&[Service])),
    ("502:times=2", Files),
    ("503:times=2", Files),
    ("503:times=always", Fails(&[Service])),
    ("slow:delay=20", Files),
    ("reset:times=2", Files),
    ("reset:times=always", Fails(&[Connection])),
    ("reset-head:times=2", Files),
    ("reset-body:times=2", Files),
    ("reset-body:at=1000:times=always", Files),
    ("truncate:times=2", Files),
    ("truncate:at=1000:times=always", Files),
    ("html:times=2", Files),
    ("html:times=always", Fails(&[UndocumentedAnswer])),
    ("html:status=502:times=2", Files),
    ("error-in-200:times=always", Fails(&[UndocumentedAnswer])),
    ("content-type:times=2", Files),
    ("empty:times=2", Files),
    ("empty:times=always", Fails(&[UndocumentedAnswer])),
    ("expired-link:times=2", Files),
    ("expired-link:times=always", Fails(&[Permission])),
];

/// Faults of a certain call.
const CERTAIN: &[(LogKind, &str, End)] = &[
    (
        LogKind::RedisRun,
        "CreateRedislogDownloadLink:expired-link:times=1",
        Files,
    ),
    (LogKind::RedisRun, "ListRedislog:stale-list:times=3", Files),
    (
        LogKind::RedisRun,
        "CreateRedislog:job-failed:times=always",
        Fails(&[Service]),
    ),
    (
        LogKind::RedisRun,
        "CreateRedislog:job-stuck:times=always",
        Fails(&[Timeout]),
    ),
    (
        LogKind::RdsError,
        "DownloadErrorlog:expired-link:times=1",
        Files,
    ),
    (
        LogKind::RdsError,
        "DownloadErrorlog:job-failed:times=always",
        Fails(&[Service]),
    ),
    (
        LogKind::RdsError,
        "DownloadErrorlog:job-stuck:times=always",
        Fails(&[Timeout]),
    ),
    (
        LogKind::RdsSlow,
        "DownloadSlowlog:expired-link:times=1",
        Files,
    ),
    (
        LogKind::RdsSlow,
        "DownloadSlowlog:job-failed:times=always",
        Fails(&[Service]),
    ),
    (
        LogKind::RdsSlow,
        "DownloadSlowlog:job-stuck:times=always",
        Fails(&[Timeout]),
    ),
    (
        LogKind::RdsSlow,
        "ListSlowLogFile:stale-list:times=1",
        Listed,
    ),
    (
        LogKind::RdsAudit,
        "ShowAuditlogDownloadLink:expired-link:times=1",
        Files,
    ),
    (
        LogKind::RdsAudit,
        "ListAuditlogs:stale-list:times=1",
        Listed,
    ),
];

/// The calls that a kind of log makes beyond finding the instances.
fn calls(kind: LogKind) -> &'static [&'static str] {
    match kind {
        LogKind::RedisRun => &[
            "ListGroupReplicationInfo",
            "CreateRedislog",
            "ListRedislog",
            "CreateRedislogDownloadLink",
        ],
        LogKind::RedisSlow => &["ListSlowlog"],
        LogKind::RdsError => &["DownloadErrorlog", "ListErrorLogs"],
        LogKind::RdsSlow => &["DownloadSlowlog", "ListSlowLogFile"],
        LogKind::RdsAudit => &["ListAuditlogs", "ShowAuditlogDownloadLink"],
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_ends_in_the_right_files_or_the_right_error() {
    let mut cases: Vec<(LogKind, String, End)> = Vec::new();
    for kind in LogKind::ALL {
        for call in calls(kind) {
            cases.extend(
                CALLS
                    .iter()
                    .map(|(fault, end)| (kind, format!("{call}:{fault}"), *end)),
            );
        }
        if kind != LogKind::RedisSlow {
            cases.extend(
                DOWNLOADS
                    .iter()
                    .map(|(fault, end)| (kind, format!("download:{fault}"), *end)),
            );
        }
    }
    cases.extend(
        CERTAIN
            .iter()
            .map(|(kind, fault, end)| (*kind, (*fault).to_owned(), *end)),
    );

    let mut whole = HashMap::new();
    for kind in LogKind::ALL {
        let files = run(kind, None, Listed, 0).await.unwrap();
        assert!(files > 0, "{kind} has nothing to compare with");
        whole.insert(kind, files);
    }
    let permits = Arc::new(Semaphore::new(8));
    let mut running = JoinSet::new();
    for (kind, fault, end) in cases {
        let (permits, files) = (Arc::clone(&permits), whole[&kind]);
        running.spawn(async move {
            let _permit = permits.acquire_owned().await;
            run(kind, Some(&fault), end, files).await.err()
        });
    }
    let total = running.len();
    let wrong: Vec<String> = running.join_all().await.into_iter().flatten().collect();
    assert!(
        wrong.is_empty(),
        "{} of {total} cases ended wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// Pulls one kind of log, and gives the number of files. `Err` says what was wrong.
async fn run(kind: LogKind, fault: Option<&str>, end: End, files: usize) -> Result<usize, String> {
    let cloud = small_cloud();
    let cloud = match fault {
        Some(fault) => cloud.fault(fault.parse().unwrap()),
        None => cloud,
    };
    let cloud = cloud.start().await.unwrap();
    let mut pull = Pull::new(&[kind]);
    if fault.is_some_and(|fault| fault.contains("job-stuck")) {
        pull.options.poll.deadline = Duration::from_millis(300);
    }
    let result = pull.run(&cloud).await;
    let records = pull.check(&cloud, &result);
    let wrong = |what: String| {
        Err(format!(
            "{kind} with {}: {what}",
            fault.unwrap_or("no fault")
        ))
    };
    if let Some(deviation) = cloud.deviations().first() {
        return wrong(format!(
            "the cloud itself answered otherwise than described: {deviation}"
        ));
    }
    let summary = match result {
        Ok(summary) => summary,
        Err(error) => return wrong(format!("the whole pull failed: {error}")),
    };
    let kinds: Vec<_> = summary
        .failures
        .iter()
        .map(|failure| failure.error.kind())
        .collect();
    let all = summary
        .failures
        .iter()
        .map(|failure| failure.error.to_string())
        .collect::<Vec<_>>();
    let fits = |allowed: &[ErrorKind]| kinds.iter().all(|kind| allowed.contains(kind));
    let good = match end {
        Files => kinds.is_empty() && records.len() == files,
        Listed => kinds.is_empty(),
        Fails(allowed) => !kinds.is_empty() && fits(allowed),
        Either(allowed) => fits(allowed) && (!kinds.is_empty() || records.len() == files),
    };
    if good {
        return Ok(records.len());
    }
    wrong(format!(
        "{end:?} was expected; {} of {files} files, failures {kinds:?} {all:?}",
        records.len()
    ))
}
