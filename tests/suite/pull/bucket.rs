//! Pulls into a bucket: what is there in the end is what a folder would have, whatever the store does meanwhile.

use std::collections::BTreeSet;

use otcdb_core::ErrorKind;
use otcdb_logs::{LogKind, ManifestEntry, Summary};
use otcdb_simulator::{Clock, Running};

use super::harness::{Pull, files, small_cloud};
use super::s3::{Fault, S3, Wrong};

const KINDS: &[LogKind] = &[LogKind::RedisRun, LogKind::RedisSlow, LogKind::RdsAudit];

fn pull_into(s3: &S3) -> Pull {
    let mut pull = Pull::new(KINDS);
    pull.options = pull.options.bucket(Some(s3.bucket()));
    pull
}

async fn cloud() -> Running {
    // A clock that stands, so that a second pull has nothing new.
    let clock = Clock::auto(std::time::Duration::from_secs(2));
    small_cloud().clock(clock).start().await.unwrap()
}

/// What is in the bucket, checked as a folder is.
fn check(s3: &S3, cloud: &Running, result: &otcdb_core::Result<Summary>) -> Vec<ManifestEntry> {
    let mut there = Pull::new(KINDS);
    s3.lay_out(there.out.path());
    there
        .events
        .get_mut()
        .unwrap()
        .push_str(&s3.keys().join("\n"));
    there.check(cloud, result)
}

fn names(records: &[ManifestEntry]) -> BTreeSet<(LogKind, String, String)> {
    let names: BTreeSet<_> = (records.iter())
        .filter(|record| !record.file.ends_with(".jsonl"))
        .map(|record| (record.kind, record.instance.clone(), record.id.clone()))
        .collect();
    names
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_has_what_a_folder_would_have_and_nothing_comes_twice() {
    for s3 in [S3::start(), S3::start().without_conditions()] {
        let cloud = cloud().await;
        let pull = pull_into(&s3);
        let result = pull.run(&cloud).await;
        let records = check(&s3, &cloud, &result);
        assert!(result.unwrap().failures.is_empty());
        assert_eq!(
            files(pull.out.path()),
            [""; 0].map(std::path::PathBuf::from)
        );

        let folder = Pull::new(KINDS);
        let result = folder.run(&cloud).await;
        let beside = folder.check(&cloud, &result);
        assert_eq!(names(&records), names(&beside));
        let path = |records: &[ManifestEntry]| -> BTreeSet<String> {
            let files = records
                .iter()
                .filter(|record| !record.file.ends_with(".jsonl"));
            files.map(|record| record.file.clone()).collect()
        };
        assert_eq!(path(&records), path(&beside));

        // What is new now is entries alone; a file that somebody has removed comes again.
        let gone = records
            .iter()
            .find(|record| record.file.ends_with(".csv"))
            .unwrap();
        s3.remove(&gone.file);
        let result = pull.run(&cloud).await;
        let again = check(&s3, &cloud, &result);
        let summary = result.unwrap();
        assert!(summary.failures.is_empty(), "{:?}", summary.failures);
        let fetched: Vec<&str> = (summary.files.iter())
            .filter(|record| !record.file.ends_with(".jsonl"))
            .map(|record| record.file.as_str())
            .collect();
        assert_eq!(fetched, [gone.file.as_str()]);
        assert_eq!(names(&again), names(&records));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pull_that_ends_at_any_request_loses_nothing_and_repeats_nothing() {
    let cloud = cloud().await;
    let whole = {
        let s3 = S3::start();
        let result = pull_into(&s3).run(&cloud).await;
        (names(&check(&s3, &cloud, &result)), s3.requests())
    };
    for after in (0..whole.1).step_by(5) {
        let s3 = S3::start();
        let fault = |wrong, after, times| Fault {
            what: "any",
            wrong,
            after,
            times,
        };
        // Done or not, nobody hears of it, and nothing can be asked any more.
        s3.set_faults(&[
            fault(Wrong::DoneAndCut, after, 1),
            fault(Wrong::Refused, 0, usize::MAX),
        ]);
        let pull = pull_into(&s3);
        let result = pull.run(&cloud).await;
        check(&s3, &cloud, &result);
        assert!(s3.happened() > 0, "{after}");
        s3.set_faults(&[]);
        let result = pull.run(&cloud).await;
        let records = check(&s3, &cloud, &result);
        assert!(result.unwrap().failures.is_empty(), "{after}");
        assert_eq!(names(&records), whole.0, "{after}");
        assert_eq!(s3.left(), 0);
        let logs = s3
            .keys()
            .into_iter()
            .filter(|key| !key.contains("manifest"));
        assert_eq!(logs.count(), records.len(), "{after}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_misbehaves_for_a_while_has_everything_in_the_end() {
    let cases: &[(&'static str, Wrong, usize)] = &[
        ("put", Wrong::SlowDown, 3),
        ("put", Wrong::Fails, 2),
        ("put", Wrong::Cut, 2),
        ("put", Wrong::DoneAndCut, 2),
        ("put", Wrong::DoneAndFails, 2),
        ("put-manifest", Wrong::SlowDown, 2),
        ("put-manifest", Wrong::DoneAndCut, 2),
        ("put-manifest", Wrong::DoneAndFails, 2),
        ("get", Wrong::Cut, 2),
        ("get", Wrong::SlowDown, 2),
        ("list", Wrong::Fails, 2),
        ("list", Wrong::Cut, 1),
        ("begin", Wrong::SlowDown, 1),
        ("part", Wrong::Cut, 1),
        ("part", Wrong::SlowDown, 2),
        ("part", Wrong::DoneAndCut, 1),
        ("complete", Wrong::SlowDown, 1),
        ("complete", Wrong::DoneAndCut, 1),
        ("complete", Wrong::DoneAndFails, 1),
    ];
    for (what, wrong, times) in cases {
        let cloud = match *what {
            "begin" | "part" | "complete" => large_cloud().await,
            _ => cloud().await,
        };
        let s3 = S3::start();
        s3.set_faults(&[Fault {
            what,
            wrong: *wrong,
            after: 0,
            times: *times,
        }]);
        let pull = pull_into(&s3);
        let result = pull.run(&cloud).await;
        let records = check(&s3, &cloud, &result);
        let summary = result.unwrap();
        assert!(
            summary.failures.is_empty(),
            "{what} {wrong:?}: {:?}",
            summary.failures
        );
        assert_eq!(s3.happened(), *times, "{what} {wrong:?} happened");
        assert_eq!(
            (records.len(), s3.left()),
            (summary.files.len(), 0),
            "{what} {wrong:?}"
        );
    }
}

/// One whose files take several parts each.
async fn large_cloud() -> Running {
    let builder = small_cloud().redis(1, 0, 0).databases(0, 0, 0);
    builder
        .log_size(5_300_000..=5_400_000)
        .start()
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_refuses_costs_what_it_refuses_and_says_so_without_the_secret() {
    for (what, wrong) in [
        ("put", Wrong::Refused),
        ("part", Wrong::Refused),
        ("list", Wrong::Refused),
    ] {
        let cloud = large_cloud().await;
        let s3 = S3::start();
        s3.set_faults(&[Fault {
            what,
            wrong,
            after: 0,
            times: usize::MAX,
        }]);
        let pull = pull_into(&s3);
        let result = pull.run(&cloud).await;
        check(&s3, &cloud, &result);
        let errors: Vec<_> = match &result {
            Ok(summary) => summary
                .failures
                .iter()
                .map(|failure| &failure.error)
                .collect(),
            Err(error) => vec![error],
        };
        assert!(!errors.is_empty(), "{what}");
        for error in errors {
            let shown = format!("{error} {error:?} {:?}", error.hint());
            assert_eq!(error.kind(), ErrorKind::Storage, "{shown}");
            assert!(
                shown.contains("it says AccessDenied") && shown.contains("s3://bucket/some/prefix"),
                "{shown}"
            );
            assert!(!shown.contains("the-secret-of-the-store"), "{shown}");
        }
        // Parts that belong to nothing cost money.
        assert_eq!(s3.left(), 0, "{what}");
        assert_eq!(
            files(pull.out.path()),
            [""; 0].map(std::path::PathBuf::from)
        );
        s3.set_faults(&[]);
        let result = pull.run(&cloud).await;
        let summary = result.as_ref().unwrap();
        assert!(summary.failures.is_empty(), "{:?}", summary.failures);
        assert!(!check(&s3, &cloud, &result).is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_that_pull_the_same_at_once_do_no_harm() {
    let cloud = cloud().await;
    let s3 = S3::start();
    let (one, other) = (pull_into(&s3), pull_into(&s3));
    let (first, second) = tokio::join!(one.run(&cloud), other.run(&cloud));
    assert!(first.unwrap().failures.is_empty());
    let second = second.unwrap();
    assert!(second.failures.is_empty(), "{:?}", second.failures);
    let records = check(&s3, &cloud, &Ok(second));
    let result = one.run(&cloud).await;
    assert_eq!(names(&check(&s3, &cloud, &result)), names(&records));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mark_of_what_was_on_its_way_goes_when_it_has_arrived() {
    let cloud = cloud().await;
    let s3 = S3::start();
    let mut pull = pull_into(&s3);
    pull.options.selection.kinds = vec![LogKind::RdsAudit];
    // The first file arrives, and nothing can be written afterwards.
    let refused = |what, after| Fault {
        what,
        wrong: Wrong::Refused,
        after,
        times: usize::MAX,
    };
    s3.set_faults(&[refused("put", 1), refused("put-manifest", 3)]);
    drop(pull.run(&cloud).await);
    assert!(s3.has_marks());
    s3.set_faults(&[]);
    assert!(pull.run(&cloud).await.unwrap().failures.is_empty());
    assert!(!s3.has_marks());
}
