//! Files that are packed here, and files that somebody takes.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::sync::{Arc, Mutex};

use otcdb_logs::{Compression, Folder, LogKind, ManifestEntry, Sink};

use super::harness::{Pull, files, small_cloud};

const KINDS: &[LogKind] = &[LogKind::RedisRun, LogKind::RedisSlow, LogKind::RdsAudit];

#[tokio::test(flavor = "multi_thread")]
async fn packed_files_hold_what_the_service_sent_and_nothing_comes_twice() {
    for how in Compression::ALL {
        let cloud = small_cloud().start().await.unwrap();
        let mut pull = Pull::new(KINDS);
        pull.options = pull.options.compression(Some(how));
        let summary = pull.run(&cloud).await.unwrap();
        assert!(summary.failures.is_empty());
        let paths: Vec<String> = (files(pull.out.path()).iter())
            .map(|path| path.to_string_lossy().into_owned())
            .collect();
        let recorded: Vec<&str> = summary
            .files
            .iter()
            .map(|file| file.file.as_str())
            .collect();
        assert_eq!(paths, recorded);
        for record in &summary.files {
            let packed = std::fs::read(pull.out.path().join(&record.file)).unwrap();
            assert_eq!(packed.len() as u64, record.size);
            let sent = record.sent.as_ref().unwrap();
            assert!(
                sent.size > record.size && sent.sha256 != record.sha256,
                "{record:?}"
            );
            if let Some(expected) =
                cloud.expected_bytes(record.name.as_deref().unwrap_or(&record.id))
            {
                assert_eq!(expected.len() as u64, sent.size, "{}", record.file);
            }
        }
        // Entries are asked for again at the end of what came, and told by what the packed file has.
        std::fs::remove_file(pull.out.path().join(otcdb_logs::SPANS)).unwrap();
        let again = pull.run(&cloud).await.unwrap();
        assert!(again.failures.is_empty(), "{:?}", again.failures);
        let files = again.files.iter().filter(|file| file.from.is_none());
        assert_eq!(files.count(), 0, "{:?}", again.files);

        // One that was removed comes to the same place.
        let gone = summary
            .files
            .iter()
            .find(|file| file.from.is_none())
            .unwrap();
        std::fs::remove_file(pull.out.path().join(&gone.file)).unwrap();
        let again = pull.run(&cloud).await.unwrap();
        assert!(
            again
                .files
                .iter()
                .any(|file| file.file == gone.file && file.sent == gone.sent)
        );
    }
}

/// Keeps what it takes, unless it is to refuse.
#[derive(Debug, Default)]
struct Kept {
    files: Mutex<BTreeMap<String, Vec<u8>>>,
    refuses: Mutex<bool>,
}

impl Sink for Kept {
    fn take(&self, folder: &Folder, log: &ManifestEntry) -> otcdb_core::Result<()> {
        if *self.refuses.lock().unwrap() {
            let full = otcdb_core::Error::new(otcdb_core::ErrorKind::Storage, "it is full");
            return Err(full);
        }
        let mut content = Vec::new();
        folder.file(log).unwrap().read_to_end(&mut content).unwrap();
        let there = self.files.lock().unwrap().insert(log.file.clone(), content);
        assert!(there.is_none(), "{} came twice", log.file);
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_takes_is_taken_once_and_what_was_refused_comes_again() {
    let cloud = small_cloud().start().await.unwrap();
    let kept = Arc::new(Kept::default());
    let mut pull = Pull::new(KINDS);
    pull.options = pull.options.sink(kept.clone());
    *kept.refuses.lock().unwrap() = true;
    let summary = pull.run(&cloud).await.unwrap();
    assert!(!summary.failures.is_empty() && summary.files.is_empty());
    *kept.refuses.lock().unwrap() = false;
    for _ in 0..2 {
        let summary = pull.run(&cloud).await.unwrap();
        assert!(summary.failures.is_empty(), "{:?}", summary.failures);
        for record in &summary.files {
            assert_eq!(
                kept.files.lock().unwrap()[&record.file].len() as u64,
                record.size
            );
        }
        assert!(files(pull.out.path()).is_empty());
    }
    let taken = kept.files.lock().unwrap();
    let whole = taken.iter().filter(|(file, _)| !file.ends_with(".jsonl"));
    for (file, content) in whole {
        let records = std::fs::read_to_string(pull.out.path().join(otcdb_logs::MANIFEST)).unwrap();
        let record = records
            .lines()
            .find(|line| line.contains(file.as_str()))
            .unwrap();
        let record: ManifestEntry = serde_json::from_str(record).unwrap();
        let name = record.name.as_deref().unwrap_or(&record.id);
        assert!(cloud.expected_bytes(name).unwrap() == *content, "{file}");
    }
}
