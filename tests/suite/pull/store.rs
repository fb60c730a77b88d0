//! The fault matrix of the object store: what goes wrong around ranges, tags and lengths never ends in a broken file.

use otcdb_core::ErrorKind;
use otcdb_logs::LogKind;

use super::case::{Case, End, run_all};

use End::{Fails, Files};
use ErrorKind::{Connection, InvalidArgument, NotFound, UndocumentedResponse};

/// A cut after which the client has exactly so many bytes.
const CUT: &str = "download:truncate:at=1000";
const ALWAYS_CUT: &str = "download:truncate:at=1000:times=always";

/// Faults in the order in which they are considered; those of a part only happen to what follows a cut.
const FAULTS: &[(&[&str], End)] = &[
    // The file changes between a cut and what follows.
    (&["download:changed", CUT], Files),
    (&["download:changed", "download:no-if-range", CUT], Files),
    (&["download:changed", "download:no-range", CUT], Files),
    (
        &["download:changed:times=always", ALWAYS_CUT],
        Fails(&[Connection]),
    ),
    // No tag tells whether it did.
    (&["download:no-etag:times=always"], Files),
    (&["download:no-etag:at=1000:times=2"], Files),
    (&[CUT, "download:no-etag:times=always"], Files),
    (
        &["download:no-etag:at=1000:times=always"],
        Fails(&[Connection]),
    ),
    // No length tells whether all of it came, but where chunks do.
    (&["download:chunked:times=always"], Files),
    (&["download:chunked:at=1000:times=2"], Files),
    (&["download:chunked:at=1000:times=always"], Files),
    (
        &["download:no-length:at=1000"],
        Fails(&[UndocumentedResponse]),
    ),
    (
        &["download:no-length:at=1000:times=always"],
        Fails(&[UndocumentedResponse]),
    ),
    // No ranges, or wrong ones.
    (&["download:no-range:times=always", CUT], Files),
    (&["download:no-range", ALWAYS_CUT], Files),
    (&["download:wrong-range", CUT], Files),
    (&["download:wrong-range:times=always", CUT], Files),
    (
        &["download:wrong-range:times=always", ALWAYS_CUT],
        Fails(&[Connection, UndocumentedResponse]),
    ),
    (&["download:416", CUT], Files),
    (&["download:416:times=always", CUT], Files),
    (&["download:416:at=1000", CUT], Files),
    (
        &["download:416:at=1000:times=always", ALWAYS_CUT],
        Fails(&[Connection, UndocumentedResponse]),
    ),
    // A page in place of the rest, such as a login form.
    (&[CUT, "download:html:times=2"], Files),
    (
        &[CUT, "download:html:times=always"],
        Fails(&[UndocumentedResponse]),
    ),
    (&[CUT, "download:content-type:times=2"], Files),
    (
        &[CUT, "download:content-type:times=always"],
        Fails(&[UndocumentedResponse]),
    ),
    (&[CUT, "download:error-in-200:times=2"], Files),
    // The store sends us elsewhere, once or without end.
    (&["download:redirect"], Files),
    (&[CUT, "download:redirect:times=3"], Files),
    (
        &["download:redirect:times=always"],
        Fails(&[UndocumentedResponse]),
    ),
    // Another way to say that a link has ended.
    (&["download:expired-token:times=3"], Files),
    (&[CUT, "download:expired-token:times=2"], Files),
    (
        &["download:expired-token:times=always"],
        Fails(&[InvalidArgument]),
    ),
    (&["download:missing:times=always"], Fails(&[NotFound])),
    // The content is not what the tag promises, which is a checksum unless the store has encrypted it.
    (&["download:damaged"], Files),
    (
        &["download:damaged:times=always"],
        Fails(&[UndocumentedResponse]),
    ),
    (&["download:encrypted:times=always"], Files),
    (&[CUT, "download:encrypted:times=always"], Files),
    (&[CUT, "download:empty:times=2"], Files),
];

/// The kinds whose files are downloaded, and whether the service says how long they are before.
const KINDS: &[(LogKind, bool)] = &[
    (LogKind::RedisRun, false),
    (LogKind::RdsError, true),
    (LogKind::RdsSlow, true),
    (LogKind::RdsAudit, false),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_misbehaves_never_leaves_a_broken_file() {
    let mut cases = Vec::new();
    for (kind, announced) in KINDS {
        for (faults, end) in FAULTS {
            cases.push(Case::new(&[*kind], faults, *end));
        }
        let end = if *announced {
            Files
        } else {
            Fails(&[UndocumentedResponse])
        };
        let endless = "download:no-length:times=always";
        cases.push(Case::new(&[*kind], &[endless], end));
        // The rest of a file says how long the whole is; the others of the kind come whole.
        cases.push(Case::new(&[*kind], &[CUT, endless], end));
    }
    run_all(cases).await;
}
