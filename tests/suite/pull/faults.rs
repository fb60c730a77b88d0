//! The fault matrix: each fault, on each call of each kind of log, ends in the right files or in an error of the
//! right kind.

use otcdb_core::ErrorKind;
use otcdb_logs::LogKind;
use otcdb_simulator::Fault;

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

/// Faults of calls that begin work, have links, or list what there is, where a simulated cloud knows them to be such calls.
const CERTAIN: &[(&str, End)] = &[
    ("expired-link:times=1", Files),
    ("job-failed:times=always", Fails(&[Service])),
    ("job-stuck:times=always", Fails(&[Timeout])),
    ("stale-list:times=1", Listed),
];

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_ends_in_the_right_files_or_the_right_error() {
    let mut cases = Vec::new();
    let mut add = |kind: LogKind, fault: String, end: End| {
        cases.push(Case::new(&[kind], &[&fault], end));
    };
    for kind in LogKind::ALL {
        let service = kind.service();
        for call in kind.operations() {
            for (fault, end) in CALLS {
                add(kind, format!("{service}.{call}:{fault}"), *end);
            }
            let is_of_entries = kind.listed_by().is_some_and(|(list, _)| list == call);
            for (fault, end) in CERTAIN {
                let fault = format!("{service}.{call}:{fault}");
                // An entry that a list does not have yet is a matter of its own, and so are nodes that it lacks: the instance
                // may be asked as if it had one, and refuse that.
                let lists_no_files = is_of_entries || call == "ListGroupReplicationInfo";
                if fault.parse::<Fault>().is_ok()
                    && !(lists_no_files && fault.contains("stale-list"))
                {
                    add(kind, fault, *end);
                }
            }
        }
        if kind.is_downloaded() {
            for (fault, end) in DOWNLOADS {
                add(kind, format!("download:{fault}"), *end);
            }
        }
    }
    add(
        LogKind::RedisRun,
        "ListRedislog:stale-list:times=3".to_owned(),
        Files,
    );
    run_all(cases).await;
}
