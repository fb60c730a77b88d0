//! Fetching one file: through a `.part` file, in as many pieces as it takes.

mod pace;
mod part;
mod sidecar;
#[cfg(test)]
mod tests;

use otcdb_core::download::{AttemptError, Body, Bounds, Next, Tries, open};
use otcdb_core::{Error, ErrorKind, Result, Secret, Session};

use crate::files::{Files, Finished};
use crate::options::Options;
use crate::packing;
use pace::Pace;
use part::{Checked, Part, md5_in};
use tokio::sync::OwnedSemaphorePermit;

/// Where files come from, where they go to, and how.
#[derive(Clone, Copy)]
pub(crate) struct Store<'a> {
    pub(crate) session: &'a Session,
    pub(crate) files: &'a Files,
    pub(crate) options: &'a Options,
    /// How many times in a row a download may fail without progress.
    pub(crate) attempts: u32,
}

/// Where a file comes from: gives links, each of which may expire.
pub(crate) trait Origin {
    /// What the service calls the file. A `.part` file of another one is not continued.
    fn id(&self) -> &str;

    /// What the file is the latest version of, if the service gives each version another name: an unfinished one that is
    /// not the latest is never finished, see [`discard`].
    fn series(&self) -> Option<&str> {
        None
    }

    /// The size in bytes that the service announces, if it does.
    fn size(&self) -> Option<u64> {
        None
    }

    /// A link that was not given before, if `fresh`; else one that may have been.
    async fn link(&mut self, fresh: bool) -> Result<Secret>;
}

/// What a download tells while it runs.
pub(crate) trait Progress {
    /// It begins, with so many bytes of an earlier run.
    fn started(&self, resumed: u64, size: Option<u64>);
    /// Bytes arrived.
    fn advanced(&self, bytes: u64);
    /// What had arrived is void.
    fn restarted(&self);
}

/// A turn to have a file open, or on this machine only for a while.
pub(crate) type Turn = Option<OwnedSemaphorePermit>;

/// What became of a file.
#[derive(Debug)]
pub(crate) enum Fetched {
    /// It is whole.
    File {
        finished: Finished,
        /// What came, where it was packed here.
        sent: Option<Finished>,
        /// Its path below the output folder.
        path: String,
        /// What its reader should know, in sentences without the path.
        notes: Vec<String>,
        /// Whoever has more to do with the file keeps it until then.
        turn: Turn,
    },
    /// There is nothing in it, so there is no file.
    Nothing,
}

/// Removes what is unfinished of the versions of a series in a folder, but for those with one of these ids.
///
/// # Errors
/// The folder cannot be read, or a file cannot be removed.
pub(crate) async fn discard(
    files: &Files,
    folder: String,
    series: String,
    but: Vec<String>,
) -> Result<()> {
    files
        .run(move |files| sidecar::discard(files, &folder, &series, &but))
        .await
}

/// Removes from a service's folder what no run can go on from: bytes without a note, as a crash leaves them, and
/// everything unfinished of instances whose folders are not among `known`, which is sorted. Without a list of all instances that is to be `None`.
/// What cannot be removed stays: whoever needs its place will say so.
///
/// # Errors
/// The program is ending.
pub(crate) async fn sweep(
    files: &Files,
    service: &'static str,
    known: Option<Vec<String>>,
) -> Result<()> {
    files
        .run(move |files| {
            let folders = files.names(service).unwrap_or_default();
            for folder in folders {
                let gone = known
                    .as_ref()
                    .is_some_and(|known| known.binary_search(&folder).is_err());
                if let Err(error) = sidecar::sweep(files, &format!("{service}/{folder}"), gone) {
                    tracing::debug!(%error, "what is unfinished stays");
                }
            }
            Ok(())
        })
        .await
}

/// Fetches a file to `path`, or to what `named` makes of it if the store has it packed: what comes is kept as it comes.
///
/// # Errors
/// The link cannot be had or must not be followed, the host refuses, what comes is not a log, or the file cannot be
/// written. What has arrived stays in the `.part` file for the next run.
pub(crate) async fn fetch(
    store: &Store<'_>,
    origin: &mut impl Origin,
    path: &str,
    named: impl FnOnce(String) -> String,
    progress: &impl Progress,
) -> Result<Fetched> {
    let mut attempts = Attempts::default();
    let mut named = Some(named);
    loop {
        // What waits for its turn has no file open, and its work, which is large, is not there yet.
        let turn = store.files.turn().await;
        let fetched = fetch_now(store, origin, path, &mut named, &mut attempts, progress);
        if let Some(fetched) = Box::pin(fetched).await? {
            return Ok(match fetched {
                Fetched::File {
                    finished,
                    sent,
                    path,
                    notes,
                    ..
                } => Fetched::File {
                    finished,
                    sent,
                    path,
                    notes,
                    turn,
                },
                Fetched::Nothing => Fetched::Nothing,
            });
        }
        drop(turn);
        // A new link may take as long as the whole export. Nothing is held meanwhile.
        attempts.link = Some(origin.link(true).await?);
    }
}

/// What is known of the attempts at a file so far.
#[derive(Default)]
struct Attempts {
    tries: Option<Tries>,
    /// The link that came in the place of one that had expired.
    link: Option<Secret>,
    /// Whether the last attempt found nothing.
    was_empty: bool,
}

/// Fetches a file as far as its link reaches; `None` is that the link has expired.
async fn fetch_now(
    store: &Store<'_>,
    origin: &mut impl Origin,
    path: &str,
    named: &mut Option<impl FnOnce(String) -> String>,
    attempts: &mut Attempts,
    progress: &impl Progress,
) -> Result<Option<Fetched>> {
    let mut part = Part::open(store.files, path, origin.id(), origin.series()).await?;
    progress.started(part.length(), part.size());
    let outcome = pieces(store, origin, &mut part, attempts, progress).await;
    match outcome {
        Ok(End::Whole(mut notes)) => {
            let packed = part
                .encoding()
                .map(|encoding| (ending(encoding), encoding.to_owned()));
            let path = match packed {
                Some((ending, encoding)) if !path.to_ascii_lowercase().ends_with(ending) => {
                    notes.push(format!(
                        "the store has it packed ({encoding}), and so it was kept"
                    ));
                    let path = format!("{path}{ending}");
                    match named.take() {
                        Some(named) => named(path),
                        None => path,
                    }
                }
                _ => path.to_owned(),
            };
            let (finished, sent, path) = match (store.options.compression, named.take()) {
                (Some(how), Some(named)) if !packing::is_packed(&path) => {
                    let before = packing::before(&path);
                    let sent = part.finish(&before).await?;
                    let path = named(format!("{path}{}", how.ending()));
                    let to = path.clone();
                    let pack = move |files: &Files| packing::pack(files, &before, &to, how);
                    (store.files.run_again(pack).await?, Some(sent), path)
                }
                _ => (part.finish(&path).await?, None, path),
            };
            Ok(Some(Fetched::File {
                finished,
                sent,
                path,
                notes,
                turn: None,
            }))
        }
        Ok(End::Nothing) => {
            part.remove().await?;
            Ok(Some(Fetched::Nothing))
        }
        Ok(End::Expired) => {
            part.keep().await?;
            Ok(None)
        }
        Err(error) => {
            // Why the file could not be had says more than why its beginning could not be kept.
            if let Err(lost) = part.keep().await {
                tracing::debug!(%lost, "what has arrived is not kept");
            }
            Err(error)
        }
    }
}

/// The end of the name of a packed file.
fn ending(encoding: &str) -> &'static str {
    match encoding {
        "gzip" | "x-gzip" => ".gz",
        "br" => ".br",
        "zstd" => ".zst",
        "deflate" => ".zz",
        "compress" | "x-compress" => ".Z",
        _ => ".packed",
    }
}

/// What all pieces together gave.
enum End {
    Whole(Vec<String>),
    Nothing,
    /// The link is good for no more.
    Expired,
}

async fn pieces(
    store: &Store<'_>,
    origin: &mut impl Origin,
    part: &mut Part,
    attempts: &mut Attempts,
    progress: &impl Progress,
) -> Result<End> {
    let options = store.options;
    let mut pace = Pace::new(options.min_rate, options.min_rate_over);
    let begin = || Tries::new(store.attempts, options.backoff, part.length());
    let tries = attempts.tries.get_or_insert_with(begin);
    loop {
        let link = match attempts.link.take() {
            Some(link) => link,
            None => origin.link(false).await?,
        };
        let announced = origin.size();
        let outcome = piece(store, &link, part, announced, &mut pace, progress).await;
        pace.pause();
        let error = match outcome {
            Ok(()) if part.length() == 0 => match nothing(announced, part) {
                Nothing::Proved => return Ok(End::Whole(Vec::new())),
                // Once may be a slip of a proxy.
                Nothing::Said if attempts.was_empty || tries.is_last() => return Ok(End::Nothing),
                said => {
                    attempts.was_empty = said == Nothing::Said;
                    Error::new(
                        ErrorKind::UndocumentedResponse,
                        "an empty file came in place of the log",
                    )
                }
            },
            Ok(()) => match part.check().await? {
                Checked::Good => return Ok(End::Whole(otherwise(announced, part))),
                Checked::NoChecksum => {
                    let mut notes = otherwise(announced, part);
                    notes.push(
                        "the store's tag is not the MD5 of the content, as with encryption at the store"
                            .to_owned(),
                    );
                    return Ok(End::Whole(notes));
                }
                Checked::Wrong => {
                    restart(part, progress).await?;
                    Error::new(
                        ErrorKind::UndocumentedResponse,
                        "the content is not that of the store's tag, which is its MD5",
                    )
                    .with_hint("something on the way, such as a proxy, changes what is fetched")
                }
            },
            Err(AttemptError {
                next, void, error, ..
            }) => {
                if void {
                    restart(part, progress).await?;
                }
                match next {
                    Next::Relink => {
                        tries.renew(error)?;
                        return Ok(End::Expired);
                    }
                    Next::Retry => error,
                    _ => return Err(error),
                }
            }
        };
        tries.pause(part.length(), error).await?;
    }
}

/// What is to be said where the service has announced another size than the store gave. Some count in KiB, and some
/// announce 0 for what they have not measured.
fn otherwise(announced: Option<u64>, part: &Part) -> Vec<String> {
    let size = part.length();
    let note = announced
        .filter(|announced| ![0, size, size / 1024, size.div_ceil(1024)].contains(announced))
        .map(|announced| format!("the service announced {announced} bytes, and {size} came"));
    note.into_iter().collect()
}

/// What is known of a file in which nothing came.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Nothing {
    /// Nothing is all there is: the service says so, or the store's tag, which is the MD5 of the content, is that of
    /// nothing.
    Proved,
    /// The store says that there is nothing, and nobody else says otherwise.
    Said,
    /// There is something, or it is not known.
    Doubtful,
}

fn nothing(announced: Option<u64>, part: &Part) -> Nothing {
    const MD5_OF_NOTHING: &str = "d41d8cd98f00b204e9800998ecf8427e";
    let md5 = part.tag().and_then(md5_in);
    match (announced, md5, part.size()) {
        (Some(0), ..) => Nothing::Proved,
        (_, Some(md5), _) if md5.eq_ignore_ascii_case(MD5_OF_NOTHING) => Nothing::Proved,
        (None, None, Some(0)) => Nothing::Said,
        _ => Nothing::Doubtful,
    }
}

async fn restart(part: &mut Part, progress: &impl Progress) -> Result<()> {
    part.restart().await?;
    progress.restarted();
    Ok(())
}

/// Asks for what is missing and appends what comes.
async fn piece(
    store: &Store<'_>,
    link: &Secret,
    part: &mut Part,
    announced: Option<u64>,
    pace: &mut Pace,
    progress: &impl Progress,
) -> Result<(), AttemptError> {
    // Without a tag nothing tells whether what is there belongs to what would come.
    if part.length() > 0 && part.tag().is_none() {
        restart(part, progress).await.map_err(AttemptError::stop)?;
    }
    let held = part.held();
    let bounds = Bounds::new(announced, store.options.max_file_size);
    pace.run();
    let opened = tokio::select! {
        biased;
        opened = open(store.session, link, &held, bounds) => opened?,
        () = pace.over() => return Err(slow(pace, part)),
    };
    if opened.is_whole() && part.length() > 0 {
        restart(part, progress).await.map_err(AttemptError::stop)?;
    }
    let Some(body) = opened.into_body() else {
        return Ok(());
    };
    let about = body.about().clone();
    part.describe(about).await.map_err(AttemptError::stop)?;
    progress.started(part.length(), part.size());
    append(body, part, pace, progress).await
}

async fn append(
    mut body: Body,
    part: &mut Part,
    pace: &mut Pace,
    progress: &impl Progress,
) -> Result<(), AttemptError> {
    loop {
        let chunk = tokio::select! {
            biased;
            chunk = body.chunk() => chunk?,
            () = pace.over() => match pace.is_kept(part.length()) {
                true => continue,
                false => return Err(slow(pace, part)),
            },
        };
        let Some(chunk) = chunk else { return Ok(()) };
        let bytes = u64::try_from(chunk.len()).unwrap_or(u64::MAX);
        // The disk's time is not the host's.
        pace.pause();
        part.write(chunk).await.map_err(AttemptError::stop)?;
        pace.run();
        progress.advanced(bytes);
    }
}

/// The error of a host that sends too little in too long a time.
fn slow(pace: &mut Pace, part: &Part) -> AttemptError {
    pace.is_kept(part.length());
    AttemptError::retry(
        Error::new(
            ErrorKind::Timeout,
            format!(
                "the file comes too slowly: {} bytes are there",
                part.length()
            ),
        )
        .with_hint("--min-rate says what is too slow; 0 waits as long as anything comes"),
    )
}
