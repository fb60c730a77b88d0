//! Whether files still are what was recorded.
//!
//! Reading all of them would take long. The time at which the file system says that a file was written tells which have to
//! be read.

use std::io::Read as _;

use otcdb_core::Result;
use sha2::{Digest as _, Sha256};

use crate::files::{Access, Files, Seen, file_error};
use crate::manifest::{Manifest, ManifestEntry};

/// What the content of a file that was touched says.
enum Content {
    AsRecorded(Box<ManifestEntry>),
    Altered(String),
}

/// Looks at every file that is there with its size, and has those fetched again that were altered in place. Gives what
/// a person should know, one sentence each.
///
/// # Errors
/// The manifest cannot be written.
pub(crate) async fn look(manifest: &Manifest) -> Result<Vec<String>> {
    let mut notes = Vec::new();
    let records = manifest.records();
    let touched = manifest
        .files()
        .run(move |files| Ok(touched(files, records)))
        .await?;
    for (record, seen) in touched {
        match manifest
            .files()
            .run(move |files| content(files, record, seen))
            .await
        {
            // It is not read again the next time.
            Ok(Content::AsRecorded(record)) => manifest.add(*record)?,
            Ok(Content::Altered(file)) => {
                notes.push(format!(
                    "{file} is not what was fetched; it is fetched again where the service still has it"
                ));
                manifest.distrust(file);
            }
            // Nothing is known of it then, and nothing is done to it.
            Err(error) => notes.push(error.to_string()),
        }
    }
    Ok(notes)
}

/// The files that were written after they were recorded.
fn touched(files: &Files, records: Vec<ManifestEntry>) -> Vec<(ManifestEntry, Seen)> {
    let seen = records.into_iter().filter_map(|record| {
        let seen = files.look(&record.file).ok()??;
        Some((record, seen))
    });
    seen.filter(|(record, seen)| seen.size == record.size && !is_untouched(record, seen))
        .collect()
}

fn is_untouched(record: &ManifestEntry, seen: &Seen) -> bool {
    /// Records have whole seconds.
    const SECOND: i128 = 1_000_000_000;
    match record.modified {
        Some(modified) => seen.modified == modified,
        // Earlier versions did not record it. What is older than the record was not written since.
        None => i128::from(seen.modified) <= record.fetched_at.as_nanosecond() + SECOND,
    }
}

fn content(files: &Files, record: ManifestEntry, seen: Seen) -> Result<Content> {
    let failed = |error| file_error("read", &files.full(&record.file), error);
    let mut file = files.open(&record.file, Access::Read)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let read = match file.read(&mut buffer) {
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            read => read.map_err(failed)?,
        };
        if read == 0 {
            break;
        }
        hash.update(buffer.get(..read).unwrap_or_default());
    }
    Ok(match hex::encode(hash.finalize()) == record.sha256 {
        true => Content::AsRecorded(Box::new(ManifestEntry {
            modified: Some(seen.modified),
            ..record
        })),
        false => Content::Altered(record.file),
    })
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::*;
    use crate::kind::LogKind;

    const FETCHED: &str = "2026-11-22T01:00:00Z";
    const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    /// A folder of the first version, whose records say nothing of when files were written.
    fn folder(content: &str, written: Duration) -> (tempfile::TempDir, Manifest) {
        let folder = tempfile::tempdir().unwrap();
        let record = serde_json::json!({
            "kind": "rds-audit", "instance": "i", "instance_name": "n", "id": "1", "file": "f.log", "size": 3,
            "sha256": ABC, "fetched_at": FETCHED,
        });
        std::fs::write(folder.path().join("manifest.jsonl"), format!("{record}\n")).unwrap();
        let path = folder.path().join("f.log");
        std::fs::write(&path, content).unwrap();
        let fetched: jiff::Timestamp = FETCHED.parse().unwrap();
        let written = SystemTime::from(fetched) + written;
        let file = std::fs::OpenOptions::new().append(true).open(path).unwrap();
        file.set_modified(written).unwrap();
        let manifest = Manifest::open(folder.path()).unwrap();
        (folder, manifest)
    }

    fn find(manifest: &Manifest) -> Option<ManifestEntry> {
        manifest.find(LogKind::RdsAudit, "i", "1")
    }

    #[tokio::test]
    async fn what_was_not_written_since_it_was_fetched_is_not_read() {
        // With content that would tell.
        let (_folder, manifest) = folder("xyz", Duration::ZERO);
        assert_eq!(look(&manifest).await.unwrap(), [""; 0]);
        assert!(find(&manifest).is_some());
    }

    #[tokio::test]
    async fn what_was_altered_is_fetched_again_and_what_was_touched_is_read_once() {
        let later = Duration::from_secs(3600);
        let (_folder, manifest) = folder("xyz", later);
        let notes = look(&manifest).await.unwrap();
        assert!(notes.len() == 1 && notes[0].contains("f.log"), "{notes:?}");
        assert_eq!(find(&manifest), None);

        let (folder, manifest) = folder("abc", later);
        assert_eq!(look(&manifest).await.unwrap(), [""; 0]);
        assert!(find(&manifest).unwrap().modified.is_some());
        // Any other time of writing is one at which it may have been altered, an earlier one too.
        std::fs::write(folder.path().join("f.log"), "xyz").unwrap();
        let file = std::fs::File::options()
            .append(true)
            .open(folder.path().join("f.log"));
        file.unwrap().set_modified(SystemTime::UNIX_EPOCH).unwrap();
        assert_eq!(look(&manifest).await.unwrap().len(), 1);
        assert_eq!(find(&manifest), None);
    }
}
