//! Fetching one file: through a `.part` file, in as many pieces as it takes.

mod answer;
mod part;

use std::path::Path;
use std::time::Duration;

use futures_util::StreamExt as _;
use otcdb_core::{Error, ErrorKind, Result, Secret, redact};
use reqwest::header::{IF_RANGE, RANGE};

use crate::options::Options;
use answer::{Answer, read};
pub(crate) use part::Finished;
use part::Part;

/// How many new links are asked for because the old one is refused.
const RENEWALS: u32 = 3;

/// Where a file comes from: gives links, each of which may expire.
pub(crate) trait Origin {
    /// What the service calls the file. A `.part` file of another one is not continued.
    fn id(&self) -> &str;

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
    let mut part = Part::open(path, origin.id()).await?;
    progress.started(part.length(), part.size());
    let mut failures = 0;
    let mut renewals = 0;
    let mut fresh = false;
    loop {
        let before = part.length();
        let link = origin.link(fresh).await?;
        fresh = false;
        let error = match piece(client, &link, &mut part, progress).await {
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
        if part.length() > before {
            failures = 0;
            renewals = 0;
        }
        failures += 1;
        if failures >= options.attempts {
            part.keep().await?;
            return Err(error);
        }
        let asked = error.retry_after().unwrap_or_default();
        tokio::time::sleep(pause(options.backoff, failures).max(asked)).await;
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
    progress: &impl Progress,
) -> Result<(), Trouble> {
    let url = url_of(link).map_err(Trouble::Final)?;
    let shown = redact::url(&url);
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
    match read(&response, part.length(), &shown)? {
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
        _ => Ok(()),
    }
}

/// Reads a link. Some answers leave the scheme out; on this machine such a link is plain HTTP, anywhere else HTTPS.
fn url_of(link: &Secret) -> Result<reqwest::Url> {
    let text = link.expose().trim();
    let full = if text.contains("://") {
        text.to_owned()
    } else {
        let local = ["127.0.0.1", "localhost", "[::1]"]
            .iter()
            .any(|host| text.starts_with(host));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_without_a_scheme_is_https_but_on_this_machine() {
        let scheme = |link: &str| url_of(&link.into()).map(|url| url.scheme().to_owned()).ok();
        assert_eq!(
            scheme("bucket.example.com:443/f?Signature=s").as_deref(),
            Some("https")
        );
        assert_eq!(scheme("127.0.0.1:8080/f").as_deref(), Some("http"));
        assert_eq!(
            scheme("http://bucket.example.com/f").as_deref(),
            Some("http")
        );
        for bad in ["", "file:///etc/passwd", "****.com:443/x", "ftp://host/x"] {
            let error = url_of(&bad.into());
            assert!(error.is_err() || bad.starts_with('*'), "{bad}");
        }
    }

    #[test]
    fn pauses_grow_to_a_bound() {
        let base = Duration::from_millis(100);
        assert!(pause(base, 1) <= base);
        assert!(
            pause(base, 40) <= Duration::from_secs(30)
                && pause(base, 40) >= Duration::from_secs(15)
        );
    }
}
