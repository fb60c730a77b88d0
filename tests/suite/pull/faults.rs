//! The fault matrix: each fault, on each call of each kind of log, ends in the right files or in an error of the
//! right kind.

use otcdb_core::ErrorKind;
use otcdb_logs::LogKind;

use super::case::{Case, End, run_all};

use End::{Either, Fails, Files, Listed};
use ErrorKind::{
    Connection, InvalidArgument, Permission, Service, Throttled, Timeout, UndocumentedResponse,
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
    ("corrupt-json:times=1", Either(&[UndocumentedResponse])),
    (
        "corrupt-json:times=always",
        Either(&[UndocumentedResponse, Connection]),
    ),
    ("html:times=always", Either(&[UndocumentedResponse])),
    ("html:status=502:times=2", Files),
    ("html:status=502:times=always", Fails(&[Service])),
    (
        "error-in-200:times=always",
        Fails(&[Service, UndocumentedResponse, InvalidArgument]),
    ),
    ("content-type:times=always", Either(&[UndocumentedResponse])),
    (
        "empty:times=always",
        Either(&[UndocumentedResponse, Timeout]),
    ),
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
    ("html:times=always", Fails(&[UndocumentedResponse])),
    ("html:status=502:times=2", Files),
    ("error-in-200:times=always", Fails(&[UndocumentedResponse])),
    ("content-type:times=2", Files),
    ("empty:times=2", Files),
    ("empty:times=always", Fails(&[UndocumentedResponse])),
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
        _ => panic!("the calls of {kind} are to stand here"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_ends_in_the_right_files_or_the_right_error() {
    let mut cases = Vec::new();
    let mut add = |kind: LogKind, fault: String, end: End| {
        cases.push(Case::new(&[kind], &[&fault], end));
    };
    for kind in LogKind::ALL {
        for call in calls(kind) {
            for (fault, end) in CALLS {
                add(kind, format!("{call}:{fault}"), *end);
            }
        }
        if kind != LogKind::RedisSlow {
            for (fault, end) in DOWNLOADS {
                add(kind, format!("download:{fault}"), *end);
            }
        }
    }
    for (kind, fault, end) in CERTAIN {
        add(*kind, (*fault).to_owned(), *end);
    }
    run_all(cases).await;
}
