//! The fault matrix of what comes before any source: proving who calls, looking up the project, finding the instances.
//! A fault there concerns the whole pull, or all instances of one service.

use otcdb_core::ErrorKind;
use otcdb_logs::LogKind;

use super::case::{Case, End, run_all};
use super::harness::Identity;

use End::{Costs, Files, Refused};
use ErrorKind::{Connection, Service, Throttled, UndocumentedResponse};

/// The calls, and the identity that makes a pull need them.
const CALLS: &[(Identity, &str)] = &[
    (Identity::Password, "KeystoneCreateUserToken"),
    (Identity::AccessKey, "KeystoneListProjects"),
    (Identity::TokenAlone, "KeystoneListProjects"),
    (Identity::Token, "dcs.ListInstances"),
    (Identity::Token, "rds.ListInstances"),
];

const FAULTS: &[(&str, End)] = &[
    ("429:times=2", Files),
    ("429:times=1:retry-after=1", Files),
    ("429:times=always", Refused(Throttled)),
    ("429:times=always:retry-after=3600", Refused(Throttled)),
    ("500:times=2", Files),
    ("500:times=always", Refused(Service)),
    ("502:times=2", Files),
    ("502:times=always", Refused(Service)),
    ("503:times=2", Files),
    ("503:times=1:retry-after=1", Files),
    ("503:times=always", Refused(Service)),
    ("slow:delay=20", Files),
    ("reset:times=2", Files),
    ("reset:times=always", Refused(Connection)),
    ("reset-head:times=2", Files),
    ("reset-head:times=always", Refused(Connection)),
    ("reset-body:times=2", Files),
    ("reset-body:times=always", Refused(Connection)),
    ("truncate:times=2", Files),
    ("truncate:times=always", Refused(Connection)),
    ("corrupt-json:times=always", Refused(UndocumentedResponse)),
    ("html:times=always", Refused(UndocumentedResponse)),
    ("html:status=502:times=2", Files),
    ("html:status=502:times=always", Refused(Service)),
    ("error-in-200:times=always", Refused(UndocumentedResponse)),
    ("content-type:times=always", Refused(UndocumentedResponse)),
    ("empty:times=always", Refused(UndocumentedResponse)),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_fault_before_any_source_ends_in_the_right_files_or_one_error_for_all() {
    let cases = CALLS.iter().flat_map(|(identity, call)| {
        FAULTS.iter().map(move |(fault, end)| {
            let kinds = [LogKind::RedisSlow, LogKind::RdsAudit];
            let end = match *end {
                Refused(kind) if call.ends_with(".ListInstances") => Costs(kind),
                end => end,
            };
            Case::new(&kinds, &[&format!("{call}:{fault}")], end).identity(*identity)
        })
    });
    run_all(cases.collect()).await;
}
