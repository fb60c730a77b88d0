//! What is listed before and after a pull, of a folder and of a bucket.

use std::collections::BTreeMap;

use otcdb_logs::{Holding, Listing, LogKind, ManifestEntry, Puller, Summary};
use otcdb_simulator::Running;

use super::harness::{Pull, files, session, small_cloud};
use super::s3::S3;

const KINDS: &[LogKind] = &[LogKind::RedisRun, LogKind::RedisSlow, LogKind::RdsAudit];

async fn list(pull: &Pull, cloud: &Running) -> Listing {
    let puller = Puller::new(&session(cloud).unwrap(), pull.options.clone());
    let listing = puller.list().await.unwrap();
    assert!(
        listing.failures.is_empty() && listing.notes.is_empty(),
        "{listing:?}"
    );
    listing
}

/// Files and bytes of each source.
fn counts(listing: &Listing) -> BTreeMap<(LogKind, String), (usize, u64)> {
    let sources = listing.sources.iter().map(|source| {
        let Holding { files, bytes, .. } = source.holding;
        ((source.kind, source.instance.id.clone()), (files, bytes))
    });
    sources.collect()
}

fn recorded(records: &[ManifestEntry]) -> BTreeMap<(LogKind, String), (usize, u64)> {
    let mut counts = BTreeMap::new();
    for record in records {
        let key = (record.kind, record.instance.clone());
        let (files, bytes): &mut (usize, u64) = counts.entry(key).or_default();
        *files += 1;
        *bytes += record.size;
    }
    counts
}

fn check_pulled(listing: &Listing, summary: &Summary) {
    assert_eq!(listing.sources.len(), summary.sources);
    assert_eq!(counts(listing), recorded(&summary.files));
    for source in &listing.sources {
        let (
            kind,
            Holding {
                since,
                until,
                fetched_at,
                ..
            },
        ) = (source.kind, &source.holding);
        assert!(until.is_some() && fetched_at.is_some(), "{source:?}");
        assert_eq!(since.is_some(), kind == LogKind::RedisSlow, "{source:?}");
        assert!(since.is_none_or(|since| Some(since) < *until), "{source:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_says_what_a_pull_would_ask_for_and_what_of_it_is_there() {
    let cloud = small_cloud().start().await.unwrap();
    let pull = Pull::new(KINDS);
    let before = list(&pull, &cloud).await;
    assert!(
        before
            .sources
            .iter()
            .all(|one| one.holding == Holding::default())
    );
    assert_eq!(std::fs::read_dir(pull.out.path()).unwrap().count(), 0);
    let called = cloud.requests().into_iter().filter_map(|one| one.operation);
    let called: std::collections::BTreeSet<String> = called.collect();
    assert!(
        called.iter().all(|one| one.ends_with(".ListInstances")),
        "no log is asked for: {called:?}"
    );

    let summary = pull.run(&cloud).await.unwrap();
    let there = files(pull.out.path());
    let after = list(&pull, &cloud).await;
    check_pulled(&after, &summary);
    assert_eq!(files(pull.out.path()), there);

    let gone = &summary.files[0];
    std::fs::remove_file(pull.out.path().join(&gone.file)).unwrap();
    let key = (gone.kind, gone.instance.clone());
    let mut expected = counts(&after);
    let (files, bytes) = expected[&key];
    expected.insert(key, (files - 1, bytes - gone.size));
    assert_eq!(counts(&list(&pull, &cloud).await), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_is_listed_as_a_folder_is() {
    let cloud = small_cloud().start().await.unwrap();
    let s3 = S3::start();
    let mut pull = Pull::new(KINDS);
    pull.options = pull.options.bucket(Some(s3.bucket()));
    let before = list(&pull, &cloud).await;
    assert!(
        before
            .sources
            .iter()
            .all(|one| one.holding == Holding::default())
    );
    assert_eq!(s3.keys(), [""; 0], "nothing is written");
    let summary = pull.run(&cloud).await.unwrap();
    let keys = s3.keys();
    let after = list(&pull, &cloud).await;
    check_pulled(&after, &summary);
    assert_eq!(s3.keys(), keys);

    let gone = &summary.files[0];
    s3.remove(&gone.file);
    let key = (gone.kind, gone.instance.clone());
    let (files, _) = counts(&after)[&key];
    assert_eq!(counts(&list(&pull, &cloud).await)[&key].0, files - 1);
}
