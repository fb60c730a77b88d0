//! Asking the host of a file for it, wherever it sends us.

use reqwest::header::{CONTENT_LENGTH, IF_RANGE, LOCATION, RANGE};
use reqwest::{Response, StatusCode, Url};
use tokio::time::Instant;

use super::failure::AttemptError;
use super::held::Held;
use crate::error::{Error, ErrorKind, Result};
use crate::limits::{EXHAUSTED_PAUSE, is_exhausted};
use crate::redact;
use crate::secret::Secret;
use crate::session::{Destinations, Session};
use crate::transport::FileExchange;
use crate::transport::classify::root_cause;

/// How many times a host may name another place. Stores do it once: for the region of a bucket.
const REDIRECTS: usize = 5;

/// Asks for everything of a file that is not held yet. Nothing but the link says who asks, wherever it leads.
pub(super) async fn ask(
    session: &Session,
    link: &Secret,
    held: &Held,
) -> Result<(Response, String), AttemptError> {
    let destinations = session.destinations();
    let mut url = url_of(link, destinations).map_err(AttemptError::stop)?;
    let mut first = None;
    for _ in 0..=REDIRECTS {
        destinations.check(&url).map_err(AttemptError::stop)?;
        let shown = redact::url(&url);
        first.get_or_insert_with(|| shown.clone());
        let response = send(session, &url, held, &shown).await?;
        tracing::debug!(
            url = shown,
            status = response.status().as_u16(),
            offset = held.length,
            "download"
        );
        match elsewhere(&response, &url) {
            None => return Ok((response, shown)),
            Some(next) => url = next.map_err(AttemptError::stop)?,
        }
    }
    let first = first.unwrap_or_default();
    Err(AttemptError::stop(Error::new(
        ErrorKind::UndocumentedResponse,
        format!("the link {first} was redirected more than {REDIRECTS} times"),
    )))
}

async fn send(
    session: &Session,
    url: &Url,
    held: &Held,
    shown: &str,
) -> Result<Response, AttemptError> {
    loop {
        let request = request(session, url, held).map_err(|error| lost(error, shown));
        let request = request.map_err(AttemptError::stop)?;
        let sent = session
            .observer()
            .map(|observer| (observer, request.headers().clone(), session.clock().now()));
        let begun = Instant::now();
        match session.download_client().execute(request).await {
            Err(error) if is_exhausted(&error) => {
                tracing::debug!("no descriptor for a connection; waiting for one");
                tokio::time::sleep(EXHAUSTED_PAUSE).await;
            }
            Err(error) => {
                return Err(match Destinations::refusal(&error) {
                    Some(why) => {
                        AttemptError::stop(Error::new(ErrorKind::UndocumentedResponse, why))
                    }
                    None => AttemptError::retry(lost(error, shown)),
                });
            }
            Ok(response) => {
                if let Some((observer, request_headers, started)) = sent {
                    let length = response.headers().get(CONTENT_LENGTH);
                    observer.observe_file(&FileExchange {
                        url,
                        request_headers: &request_headers,
                        status: response.status(),
                        response_headers: response.headers(),
                        length: length.and_then(|value| value.to_str().ok()?.parse().ok()),
                        started,
                        elapsed: begun.elapsed(),
                    });
                }
                return Ok(response);
            }
        }
    }
}

/// A request for everything that is not held yet.
fn request(session: &Session, url: &Url, held: &Held) -> reqwest::Result<reqwest::Request> {
    let mut request = session.download_client().get(url.clone());
    if held.length > 0 {
        request = request.header(RANGE, format!("bytes={}-", held.length));
        if let Some(tag) = &held.tag {
            request = request.header(IF_RANGE, tag);
        }
    }
    request.build()
}

/// Where a response sends us, if it does.
fn elsewhere(response: &Response, from: &Url) -> Option<Result<Url>> {
    let moved = [
        StatusCode::MOVED_PERMANENTLY,
        StatusCode::FOUND,
        StatusCode::SEE_OTHER,
        StatusCode::TEMPORARY_REDIRECT,
        StatusCode::PERMANENT_REDIRECT,
    ];
    if !moved.contains(&response.status()) {
        return None;
    }
    let text = response
        .headers()
        .get(LOCATION)?
        .to_str()
        .unwrap_or_default();
    Some(follow(from, text))
}

/// Reads the place that a host names. A secured connection stays one; a plain one, where it is allowed at all, is for
/// its host alone.
fn follow(from: &Url, location: &str) -> Result<Url> {
    let refused = |what: &str| {
        Error::new(
            ErrorKind::UndocumentedResponse,
            format!(
                "{} was redirected {what}; that is not followed",
                redact::url(from)
            ),
        )
    };
    let mut next = from
        .join(location)
        .ok()
        .filter(Url::has_host)
        .ok_or_else(|| refused("to what is no address"))?;
    next.set_fragment(None);
    // These fail only for URLs that cannot have user information. It would be sent as credentials.
    let _ = next.set_username("");
    let _ = next.set_password(None);
    match (from.scheme(), next.scheme()) {
        ("https", "https") => Ok(next),
        ("https", _) => Err(refused("to a connection that is not secured")),
        (_, "http" | "https") if from.host() == next.host() => Ok(next),
        (_, "http" | "https") => Err(refused("from plain HTTP to another host")),
        _ => Err(refused("to what is no address of a file")),
    }
}

/// Reads a link. Some responses leave the scheme out; where the services are on this machine, such a link to it is
/// plain HTTP, anywhere else HTTPS.
pub(super) fn url_of(link: &Secret, destinations: &Destinations) -> Result<Url> {
    let text = link.expose().trim();
    let url = if text.contains("://") {
        Url::parse(text).ok()
    } else {
        // The host as it will be used, not as the text begins.
        let plain = Url::parse(&format!("http://{text}")).ok();
        match plain {
            Some(url) if destinations.is_here(&url) => Some(url),
            _ => Url::parse(&format!("https://{text}")).ok(),
        }
    };
    // The cause would show the link.
    let url = url.filter(|url| url.has_host() && matches!(url.scheme(), "http" | "https"));
    let mut url = url.ok_or_else(|| {
        Error::new(
            ErrorKind::UndocumentedResponse,
            "the service's link is no address of a file",
        )
    })?;
    let _ = url.set_username("");
    let _ = url.set_password(None);
    Ok(url)
}

/// A connection that failed; the URL in the cause would show the link.
pub(super) fn lost(error: reqwest::Error, shown: &str) -> Error {
    let (kind, what) = if error.is_timeout() {
        (ErrorKind::Timeout, "stalled")
    } else if error.is_connect() {
        (ErrorKind::Connection, "could not be made")
    } else {
        (ErrorKind::Connection, "was lost")
    };
    let cause = error.without_url();
    let reason = root_cause(&cause);
    Error::new(kind, format!("the connection to {shown} {what}: {reason}")).with_source(cause)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Credentials, Endpoints, Region};

    #[test]
    fn a_link_without_a_scheme_is_https_but_on_this_machine() {
        let session = Session::builder(
            Credentials::Token("t".into()),
            Region::new("eu-de").unwrap(),
        );
        let session = session
            .endpoints(Endpoints::all_at("http://127.0.0.1:1").unwrap())
            .build()
            .unwrap();
        let read = |link: &str| url_of(&link.into(), session.destinations());
        let scheme = |link: &str| read(link).map(|url| url.scheme().to_owned()).ok();
        assert_eq!(
            scheme("bucket.example.com:443/f?Signature=s").as_deref(),
            Some("https")
        );
        assert_eq!(scheme("127.0.0.1:8080/f").as_deref(), Some("http"));
        assert_eq!(
            scheme("http://bucket.example.com/f").as_deref(),
            Some("http")
        );
        assert_eq!(scheme("127.0.0.1.example.com/f").as_deref(), Some("https"));
        for bad in ["", "file:///etc/passwd", "****.com:443/x", "ftp://host/x"] {
            assert!(read(bad).is_err() || bad.starts_with('*'), "{bad}");
        }
    }

    #[test]
    fn a_redirection_stays_as_safe_as_the_link_was() {
        let follow = |from: &str, to: &str| {
            follow(&from.parse().unwrap(), to)
                .map(String::from)
                .map_err(|error| error.to_string())
        };
        let good =
            |from: &str, to: &str, next: &str| assert_eq!(follow(from, to).as_deref(), Ok(next));
        good(
            "https://a/f?s=1",
            "https://b.example/g?s=2",
            "https://b.example/g?s=2",
        );
        good("https://a/f?s=1", "/g?s=2", "https://a/g?s=2");
        good("https://a/f", "//b/g", "https://b/g");
        good("https://a/f", "https://user:secret@b/g#x", "https://b/g");
        good("http://a:1/f", "http://a:2/g", "http://a:2/g");
        good("http://a/f", "https://a/g", "https://a/g");
        for (from, to) in [
            ("https://a/f", "http://a/f"),
            ("https://a/f", "http://b/f"),
            ("http://a/f", "http://b/f"),
            ("http://a/f", "https://b/f"),
            ("http://a/f", "//b/f"),
            ("https://a/f", "ftp://a/f"),
            ("https://a/f", "file:///etc/passwd"),
            ("http://a/f", "http://"),
            ("https://a/f", "https://:x/"),
        ] {
            let error = follow(&format!("{from}?Signature=s3cret"), to).unwrap_err();
            assert!(
                error.contains("redirected") && !error.contains("s3cret"),
                "{from} {to}: {error}"
            );
        }
    }
}
