//! What a pull would pull from, and what of it is there.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use jiff::Timestamp;
use otcdb_core::Result;

use crate::failure::Failure;
use crate::files::Files;
use crate::instance::Instance;
use crate::kind::LogKind;
use crate::manifest::{Holding, Look, MANIFEST, SPANS, object_of};
use crate::options::Options;
use crate::plan::{Plan, Planned};
use crate::reading;
use crate::remote::Remote;

/// How many sources of a bucket are looked at and how many of its folders are listed at once; the bucket has turns of its own.
const AT_ONCE: usize = 64;

/// What a pull would pull from, and what of it is there.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Listing {
    /// The chosen kinds of log of the chosen instances.
    pub sources: Vec<ListedSource>,
    /// Projects, clouds and services that could not be asked, and instances whose record cannot be used.
    pub failures: Vec<Failure>,
    /// What a reader should know: one sentence each.
    pub notes: Vec<String>,
}

/// A source, and what is there of it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ListedSource {
    /// The instance.
    pub instance: Instance,
    /// The kind of log.
    pub kind: LogKind,
    /// What is there.
    pub holding: Holding,
}

/// Looks at what is there of the sources of a plan.
///
/// # Errors
/// The folder or the bucket cannot be read.
pub(crate) async fn list(
    plan: Plan,
    options: &Options,
    remote: Option<Arc<dyn Remote>>,
) -> Result<Listing> {
    let Plan {
        now,
        sources,
        mut failures,
        mut notes,
        ..
    } = plan;
    failures.sort_by(Failure::order);
    let files = Files::new(&options.out, options.file_mode);
    let may_be_moved = options.no_refetch;
    let sources = match remote {
        None => {
            let (listed, unreadable) = files
                .run(move |files| here(files, now, sources, may_be_moved))
                .await?;
            notes.extend(unreadable);
            listed
        }
        Some(remote) => {
            let (listed, unreadable) = away(&*remote, &files, now, sources, may_be_moved).await?;
            notes.extend(note(unreadable, remote.shown()));
            listed
        }
    };
    Ok(Listing {
        sources,
        failures,
        notes,
    })
}

/// In a folder.
fn here(
    files: &Files,
    now: Timestamp,
    sources: Vec<Planned>,
    may_be_moved: bool,
) -> Result<(Vec<ListedSource>, Option<String>)> {
    let mut look = Look::new(files, now);
    let mut unreadable = 0;
    for name in [MANIFEST, SPANS] {
        if let Some(text) = reading::text(files, name)? {
            unreadable += look.take(&text);
        }
    }
    let size_of = |file: &str| files.look(file).ok().flatten().map(|seen| seen.size);
    let shown = files.root().display().to_string();
    Ok((
        listed(&look, sources, may_be_moved, size_of),
        note(unreadable, &shown),
    ))
}

/// In a bucket: each source has a manifest of its own.
async fn away(
    remote: &dyn Remote,
    files: &Files,
    now: Timestamp,
    sources: Vec<Planned>,
    may_be_moved: bool,
) -> Result<(Vec<ListedSource>, usize)> {
    let paths: Vec<String> = (sources.iter())
        .map(|source| object_of(source.kind, &source.instance.id))
        .collect();
    let reads: Vec<_> = paths.iter().map(|path| remote.read(path)).collect();
    let objects: Vec<_> = stream::iter(reads)
        .buffer_unordered(AT_ONCE)
        .try_collect()
        .await?;
    let mut look = Look::new(files, now);
    let mut unreadable = 0;
    for object in objects.into_iter().flatten() {
        unreadable += look.take(&object.content);
    }
    let folders: HashSet<&str> = (sources.iter())
        .flat_map(|source| look.files(source.kind, &source.instance.id))
        .filter_map(|file| Some(file.rsplit_once('/')?.0))
        .collect();
    let lists: Vec<_> = (folders.into_iter())
        .map(|folder| remote.sizes(folder))
        .collect();
    let sizes: HashMap<String, u64> = stream::iter(lists)
        .buffer_unordered(AT_ONCE)
        .try_concat()
        .await?;
    let size_of = |file: &str| sizes.get(file).copied();
    Ok((listed(&look, sources, may_be_moved, size_of), unreadable))
}

fn listed(
    look: &Look,
    sources: Vec<Planned>,
    may_be_moved: bool,
    size_of: impl Fn(&str) -> Option<u64>,
) -> Vec<ListedSource> {
    let listed = |Planned { instance, kind, .. }| ListedSource {
        holding: look.holding(kind, &instance.id, may_be_moved, &size_of),
        instance,
        kind,
    };
    sources.into_iter().map(listed).collect()
}

fn note(unreadable: usize, shown: &str) -> Option<String> {
    let (lines, name) = match unreadable {
        0 => return None,
        1 => ("1 line".to_owned(), "what it names does"),
        more => (format!("{more} lines"), "what they name does"),
    };
    Some(format!(
        "{lines} of the manifest of {shown} cannot be read, and {name} not count here"
    ))
}
