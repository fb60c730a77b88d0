//! Fetching one file: through a `.part` file, in as many pieces as it takes.

mod answer;
mod note;
mod part;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::time::Duration;

use futures_util::StreamExt as _;
use otcdb_core::{Error, ErrorKind, Result, Secret, redact};
use reqwest::header::{IF_RANGE, RANGE, TRANSFER_ENCODING};

use crate::options::Options;
use answer::{Answer, read};
pub(crate) use part::Finished;
use part::Part;

/// How many new links are asked for because the old one is refused.
const RENEWALS: u32 = 3;

/// A host that asks for a longer pause is not waited for.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(60);

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

/// Removes what is unfinished of the versions of a series in a folder, but for those with one of these ids.
///
/// # Errors
/// The folder cannot be read, or a file cannot be removed.
pub(crate) async fn discard(folder: PathBuf, series: String, but: Vec<String>) -> Result<()> {
    part::run(move || note::discard(&folder, &series, &but)).await
}

/// Fetches a file to `path`.
///
/// # Errors
/// The link cannot be had, the host refuses, what comes is not a log, or the file cannot be written. What has arrived
/// stays in the `.part` file for the next run.
pub(crate) async fn fetch(
    client: &reqwest::Client,
    origin: &mut impl Origin,
    path: &Path,
    options: &Options,
    progress: &impl Progress,
) -> Result<Finished> {
    let mut part = Part::open(path, origin.id(), origin.series()).await?;
    progress.started(part.length(), part.size());
    let mut failures = 0;
    let mut renewals = 0;
    let mut furthest = part.length();
    let mut fresh = false;
    loop {
        let link = match origin.link(fresh).await {
            Ok(link) => link,
            Err(error) => {
                part.keep().await?;
                return Err(error);
            }
        };
        fresh = false;
        let error = match piece(client, &link, &mut part, origin.size(), progress).await {
            Ok(()) if part.length() == 0 && !may_be_empty(origin, &part) => Error::new(
                ErrorKind::UndocumentedAnswer,
                "an empty file came in place of the log",
            ),
            Ok(()) => return part.finish().await,
            Err(Trouble::Final(error)) => {
                part.keep().await?;
                return Err(error);
            }
            Err(Trouble::Refused(error)) => {
                tracing::debug!(%error, "a link is refused; asking for a new one");
                renewals += 1;
                fresh = true;
                if renewals > RENEWALS {
                    part.keep().await?;
                    return Err(error);
                }
                continue;
            }
            Err(Trouble::Passing(error)) => error,
        };
        // Only what was never there before is progress: a host that sends the beginning again and again makes none.
        if part.length() > furthest {
            furthest = part.length();
            failures = 0;
            renewals = 0;
        }
        failures += 1;
        if failures >= options.attempts {
            part.keep().await?;
            return Err(error);
        }
        let asked = error.retry_after().unwrap_or_default();
        if asked > LONGEST_RETRY_AFTER {
            part.keep().await?;
            return Err(error);
        }
        let pause = pause(options.backoff, failures).max(asked);
        tracing::debug!(%error, failures, ?pause, "a download goes on after a pause");
        tokio::time::sleep(pause).await;
    }
}

/// Whether nothing is all there is: the service says so, or the store's tag, which for most files is the MD5 of the
/// content, is that of nothing.
fn may_be_empty(origin: &impl Origin, part: &Part) -> bool {
    const MD5_OF_NOTHING: &str = "\"d41d8cd98f00b204e9800998ecf8427e\"";
    origin.size() == Some(0) || part.tag() == Some(MD5_OF_NOTHING)
}

/// Doubles each time up to half a minute; half of it is chance, so that many downloads do not come back at once.
fn pause(base: Duration, failures: u32) -> Duration {
    let longest = base
        .saturating_mul(1 << failures.min(16).saturating_sub(1))
        .min(Duration::from_secs(30));
    longest.mul_f64(0.5 + fastrand::f64() / 2.0)
}

/// Why a piece ended before the file did.
enum Trouble {
    /// Another try may go better.
    Passing(Error),
    /// The link is not accepted, as when it has expired.
    Refused(Error),
    /// No try will go better.
    Final(Error),
}

/// Asks for what is missing and appends what comes.
async fn piece(
    client: &reqwest::Client,
    link: &Secret,
    part: &mut Part,
    announced: Option<u64>,
    progress: &impl Progress,
) -> Result<(), Trouble> {
    let url = url_of(link).map_err(Trouble::Final)?;
    let shown = redact::url(&url);
    // Without a tag nothing tells whether what is there belongs to what would come.
    if part.length() > 0 && part.tag().is_none() {
        part.restart().await.map_err(Trouble::Final)?;
        progress.restarted();
    }
    let mut request = client.get(url);
    if part.length() > 0 {
        request = request.header(RANGE, format!("bytes={}-", part.length()));
        if let Some(tag) = part.tag() {
            request = request.header(IF_RANGE, tag);
        }
    }
    let response = request
        .send()
        .await
        .map_err(|error| Trouble::Passing(lost(error, &shown)))?;
    tracing::debug!(
        url = shown,
        status = response.status().as_u16(),
        offset = part.length(),
        "download"
    );
    let chunked = response.headers().contains_key(TRANSFER_ENCODING);
    match read(&response, part, &shown)? {
        Answer::Complete => return Ok(()),
        Answer::Void => {
            part.restart().await.map_err(Trouble::Final)?;
            progress.restarted();
            return Err(Trouble::Passing(Error::new(
                ErrorKind::UndocumentedAnswer,
                format!("the file at {shown} is not the one that was begun"),
            )));
        }
        Answer::Whole { size, tag } => {
            if part.length() > 0 {
                part.restart().await.map_err(Trouble::Final)?;
                progress.restarted();
            }
            part.describe(size, tag).await.map_err(Trouble::Final)?;
        }
        Answer::Rest { size, tag } => part.describe(size, tag).await.map_err(Trouble::Final)?,
    }
    progress.started(part.length(), part.size());
    let mut stream = response.bytes_stream();
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|error| Trouble::Passing(lost(error, &shown)))?;
        let bytes = u64::try_from(chunk.len()).unwrap_or(u64::MAX);
        part.write(chunk).await.map_err(Trouble::Final)?;
        progress.advanced(bytes);
    }
    match part.size() {
        Some(size) if part.length() != size => Err(Trouble::Passing(Error::new(
            ErrorKind::Connection,
            format!(
                "the file at {shown} ended after {} of {size} bytes",
                part.length()
            ),
        ))),
        // Neither length nor chunks: a connection that is cut looks like one that has ended.
        None if !chunked && announced != Some(part.length()) => Err(Trouble::Final(Error::new(
            ErrorKind::UndocumentedAnswer,
            format!("the host of {shown} does not say how long the file is"),
        ))),
        _ => Ok(()),
    }
}

/// Reads a link. Some answers leave the scheme out; on this machine such a link is plain HTTP, anywhere else HTTPS.
fn url_of(link: &Secret) -> Result<reqwest::Url> {
    let text = link.expose().trim();
    let full = if text.contains("://") {
        text.to_owned()
    } else {
        // The host as it will be used, not as the text begins.
        let host = reqwest::Url::parse(&format!("http://{text}")).ok();
        let host = host
            .as_ref()
            .and_then(reqwest::Url::host_str)
            .unwrap_or_default();
        let local = ["127.0.0.1", "localhost", "[::1]"].contains(&host);
        format!("{}://{text}", if local { "http" } else { "https" })
    };
    // The cause would show the link.
    let url = reqwest::Url::parse(&full).ok().filter(|url| url.has_host());
    url.filter(|url| matches!(url.scheme(), "http" | "https"))
        .ok_or_else(|| {
            Error::new(
                ErrorKind::UndocumentedAnswer,
                "the service's link is no address of a file",
            )
        })
}

/// A connection that failed; the URL in the cause would show the link.
fn lost(error: reqwest::Error, shown: &str) -> Error {
    let (kind, what) = if error.is_timeout() {
        (ErrorKind::Timeout, "stalled")
    } else {
        (ErrorKind::Connection, "was lost")
    };
    Error::new(kind, format!("the connection to {shown} {what}")).with_source(error.without_url())
}
