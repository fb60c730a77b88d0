//! A file that has changed under its old name or id is fetched again beside its earlier copy, and only then.

use otcdb_logs::{LogKind, MANIFEST, ManifestEntry};
use serde_json::{Value, json};

use super::between::Between;
use super::harness::{Pull, small_cloud};

/// What is announced of the one file.
#[derive(Clone, Debug)]
struct File {
    content: &'static str,
    /// By which a version is told from another one, besides the size.
    version: u32,
}

const MORNING: File = File {
    content: "morning\n",
    version: 1,
};

/// Puts the file in the place of what the cloud lists.
fn announce_file(between: &Between, kind: LogKind, file: File) {
    let link = between.file("log", file.content.as_bytes());
    let size = file.content.len();
    between.set(move |path, response| {
        let path = path.split('?').next().unwrap();
        let new = match kind {
            LogKind::RdsSlow if path.ends_with("/slowlog-files") => json!({
                "total_count": 1,
                "list": [{"file_name": "SQLTrace.trc", "file_size": size.to_string()}],
            }),
            LogKind::RdsSlow if path.ends_with("/slowlog-download") => json!({
                "status": "FINISH", "count": 1,
                "list": [{
                    "workflow_id": "w", "file_name": "SQLTrace.trc", "status": "SUCCESS", "file_link": link,
                    "file_size": size.to_string(), "create_at": 1_637_140_301_659_u64 + u64::from(file.version),
                }],
            }),
            LogKind::RdsAudit if path.ends_with("/auditlog") => json!({
                "total_record": 1,
                "auditlogs": [{
                    "id": "a", "name": "audit.log", "size": size as f64 / 1024.0,
                    "begin_time": "2026-11-25T10:00:00+0000", "end_time": format!("2026-11-25T11:00:0{}+0000", file.version),
                }],
            }),
            LogKind::RdsAudit if path.ends_with("/auditlog-links") => json!({"links": [link]}),
            _ => return false,
        };
        *response = new;
        true
    });
}

/// Pulls, and gives the contents of the files that the summary names.
async fn run(
    pull: &Pull,
    between: &Between,
    cloud: &otcdb_simulator::Running,
) -> Vec<(ManifestEntry, String)> {
    let summary = pull.run(cloud).await.unwrap();
    assert!(summary.failures.is_empty(), "{:?}", summary.failures);
    assert!(between.changed() > 0, "no response was changed");
    let read = |record: ManifestEntry| {
        let content = std::fs::read_to_string(pull.out.path().join(&record.file)).unwrap();
        (record, content)
    };
    summary.files.into_iter().map(read).collect()
}

async fn start(kind: LogKind) -> (otcdb_simulator::Running, Between, Pull) {
    let databases = match kind {
        LogKind::RdsSlow => (0, 1),
        _ => (1, 0),
    };
    let cloud = small_cloud()
        .databases(databases.0, 0, databases.1)
        .start()
        .await
        .unwrap();
    let between = Between::new(&cloud, |_, _| false);
    let mut pull = Pull::new(&[kind]);
    pull.endpoint = Some(between.url());
    (cloud, between, pull)
}

const KINDS: [LogKind; 2] = [LogKind::RdsSlow, LogKind::RdsAudit];

#[tokio::test(flavor = "multi_thread")]
async fn what_has_grown_or_rotated_is_fetched_beside_its_earlier_copy() {
    for kind in KINDS {
        for content in ["morning\nevening\n", "short\n", "evening\n"] {
            let (cloud, between, pull) = start(kind).await;
            announce_file(&between, kind, MORNING);
            let first = run(&pull, &between, &cloud).await;
            assert_eq!(first.len(), 1, "{kind}");
            assert_eq!(first[0].0.supersedes, None);

            announce_file(
                &between,
                kind,
                File {
                    content,
                    version: 2,
                },
            );
            let second = run(&pull, &between, &cloud).await;
            let [(record, fetched)] = second.as_slice() else {
                panic!("{kind} {content:?}: {second:?}");
            };
            assert_eq!(fetched, content, "{kind}");
            assert_eq!(record.supersedes.as_ref(), Some(&first[0].0.file), "{kind}");
            assert_ne!(record.file, first[0].0.file);
            let earlier = std::fs::read_to_string(pull.out.path().join(&first[0].0.file));
            assert_eq!(earlier.unwrap(), MORNING.content, "the earlier copy stays");

            // It has not changed again.
            let third = run(&pull, &between, &cloud).await;
            assert!(third.is_empty(), "{kind} {content:?}: {third:?}");
            assert_eq!(between.fetched().len(), 2, "{kind} {content:?}");
            let manifest = std::fs::read_to_string(pull.out.path().join(MANIFEST)).unwrap();
            assert_eq!(manifest.lines().count(), 2, "a line for each file");

            // A copy that is gone comes again to where it was.
            std::fs::remove_file(pull.out.path().join(&record.file)).unwrap();
            let fourth = run(&pull, &between, &cloud).await;
            assert_eq!(fourth.len(), 1, "{kind} {content:?}");
            assert_eq!(
                (&fourth[0].0.file, fourth[0].1.as_str()),
                (&record.file, content)
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_that_is_made_anew_with_the_same_content_is_no_other_file() {
    let (cloud, between, pull) = start(LogKind::RdsSlow).await;
    announce_file(&between, LogKind::RdsSlow, MORNING);
    assert_eq!(run(&pull, &between, &cloud).await.len(), 1);
    announce_file(
        &between,
        LogKind::RdsSlow,
        File {
            version: 2,
            ..MORNING
        },
    );
    let summary = pull.run(&cloud).await.unwrap();
    assert!(summary.failures.is_empty() && between.changed() > 0);
    assert_eq!((summary.files.len(), summary.skipped), (0, 1));
    let left = super::harness::files(pull.out.path());
    assert_eq!(left.len(), 1, "{left:?}");
    let manifest = std::fs::read_to_string(pull.out.path().join(MANIFEST)).unwrap();
    assert_eq!(manifest.lines().count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_of_an_earlier_version_is_held_against_the_announced_size() {
    for kind in KINDS {
        let (cloud, between, pull) = start(kind).await;
        announce_file(&between, kind, MORNING);
        assert_eq!(run(&pull, &between, &cloud).await.len(), 1);
        let path = pull.out.path().join(MANIFEST);
        let line = std::fs::read_to_string(&path).unwrap();
        let mut record: Value = serde_json::from_str(&line).unwrap();
        assert!(
            record
                .as_object_mut()
                .unwrap()
                .remove("announced")
                .is_some()
        );
        std::fs::write(&path, format!("{record}\n")).unwrap();

        assert!(
            run(&pull, &between, &cloud).await.is_empty(),
            "{kind}: it is the same"
        );
        assert_eq!(between.fetched().len(), 1);
        // More than what a size in KB is rounded by.
        let content: &'static str = Box::leak("evening\n".repeat(1000).into_boxed_str());
        announce_file(
            &between,
            kind,
            File {
                content,
                version: 2,
            },
        );
        let again = run(&pull, &between, &cloud).await;
        assert_eq!(again.len(), 1, "{kind}");
        assert_eq!(again[0].1, content);
        assert!(again[0].0.supersedes.is_some());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn versions_of_one_size_and_time_are_told_apart_by_an_etag_that_the_list_has() {
    let (cloud, between, pull) = start(LogKind::RdsAudit).await;
    for (content, tag) in [("morning\n", "1"), ("evening\n", "2")] {
        let link = between.file("log", content.as_bytes());
        between.set(move |path, response| {
            let path = path.split('?').next().unwrap();
            *response = match path {
                _ if path.ends_with("/auditlog") => json!({
                    "total_record": 1,
                    "auditlogs": [{"id": "a", "name": "audit.log", "size": 8.0 / 1024.0, "etag": tag}],
                }),
                _ if path.ends_with("/auditlog-links") => json!({"links": [link]}),
                _ => return false,
            };
            true
        });
        let fetched = run(&pull, &between, &cloud).await;
        assert_eq!(fetched.len(), 1, "{content:?}");
        assert_eq!(fetched[0].1, content);
    }
}
