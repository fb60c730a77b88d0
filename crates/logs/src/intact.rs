//! Whether files still are what was recorded.
//!
//! Reading all of them would take long. The time at which the file system says that a file was written tells which have to
//! be read.

use std::io::Read as _;

use otcdb_core::Result;
use sha2::{Digest as _, Sha256};

use crate::files::{Access, Files, Seen, file_error};
use crate::manifest::{Manifest, Record};

/// What the content of a file that was touched says.
enum Content {
    AsRecorded(Box<Record>),
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
fn touched(files: &Files, records: Vec<Record>) -> Vec<(Record, Seen)> {
    let seen = records.into_iter().filter_map(|record| {
        let seen = files.look(&record.file).ok()??;
        Some((record, seen))
    });
    seen.filter(|(record, seen)| seen.size == record.size && !is_untouched(record, seen))
        .collect()
}

fn is_untouched(record: &Record, seen: &Seen) -> bool {
    /// Records have whole seconds.
    const SECOND: i128 = 1_000_000_000;
    match record.modified {
        Some(modified) => seen.modified == modified,
        // Earlier versions did not record it. What is older than the record was not written since.
        None => i128::from(seen.modified) <= record.fetched_at.as_nanosecond() + SECOND,
    }
}

fn content(files: &Files, record: Record, seen: Seen) -> Result<Content> {
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
        true => Content::AsRecorded(Box::new(Record {
            modified: Some(seen.modified),
            ..record
        })),
        false => Content::Altered(record.file),
    })
}
