//! One attempt to get what is missing of a file.

use bytes::Bytes;
use reqwest::Response;
use reqwest::header::TRANSFER_ENCODING;

use super::ask::{ask, lost};
use super::failure::AttemptError;
use super::held::{About, Held};
use super::response::{FileResponse, looks_like_page, page_in_place, read, too_large};
use crate::error::{Error, ErrorKind};
use crate::secret::Secret;
use crate::session::Session;

/// What bounds a file from outside of its response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Bounds {
    /// The size in bytes that the service announces, if it does. Some count in KiB.
    pub announced: Option<u64>,
    /// How many bytes the file may have at most.
    pub largest: u64,
}

impl Bounds {
    /// An announced size, and the largest one, in bytes.
    pub fn new(announced: Option<u64>, largest: u64) -> Self {
        Self { announced, largest }
    }
}

/// What an attempt leads to.
#[derive(Debug)]
#[non_exhaustive]
pub enum Opened {
    /// The file from its beginning, whatever was asked for.
    Whole(Body),
    /// What was missing.
    Rest(Body),
    /// Nothing was missing.
    Complete,
}

impl Opened {
    /// Whether what comes is the file from its beginning, so that what is there is to go.
    pub fn is_whole(&self) -> bool {
        matches!(self, Self::Whole(_))
    }

    /// What comes, if anything was missing.
    pub fn into_body(self) -> Option<Body> {
        match self {
            Self::Whole(body) | Self::Rest(body) => Some(body),
            Self::Complete => None,
        }
    }
}

/// Asks for what is missing of a file, wherever its host sends us.
///
/// # Errors
///
/// The link must not be followed, the host refuses it or cannot be reached, what comes is no file, or it is not the file of
/// which a part is there.
pub async fn open(
    session: &Session,
    link: &Secret,
    held: &Held,
    bounds: Bounds,
) -> Result<Opened, AttemptError> {
    let (mut response, shown) = ask(session, link, held).await?;
    let (about, held, is_whole) = match read(&mut response, held, &shown).await? {
        FileResponse::Complete => return Ok(Opened::Complete),
        FileResponse::Void => {
            let message = format!("the file at {shown} is not the one that was begun");
            let error = Error::new(ErrorKind::UndocumentedResponse, message);
            return Err(AttemptError::retry(error).void());
        }
        FileResponse::Whole(about) => (about, Held::default(), true),
        FileResponse::Rest(about) => (about, held.clone(), false),
    };
    let size = about.size.or(held.size);
    if size.is_some_and(|size| size > bounds.largest) {
        let error = too_large(&shown, size, bounds.largest);
        return Err(AttemptError::stop(error));
    }
    let chunked = response.headers().contains_key(TRANSFER_ENCODING);
    let body = Body {
        about,
        size,
        chunked,
        announced: bounds.announced,
        end: End::of(size, chunked, bounds),
        length: held.length,
        response,
        shown,
    };
    Ok(match is_whole {
        true => Opened::Whole(body),
        false => Opened::Rest(body),
    })
}

/// The content of a file, or the rest of it, on its way.
#[derive(Debug)]
pub struct Body {
    about: About,
    size: Option<u64>,
    chunked: bool,
    announced: Option<u64>,
    end: End,
    /// How many bytes are there, with those from before.
    length: u64,
    response: Response,
    shown: String,
}

impl Body {
    /// What the store says of the content.
    pub fn about(&self) -> &About {
        &self.about
    }

    /// The next bytes; `None` at the end of a file that is whole. Dropping the future loses nothing.
    ///
    /// # Errors
    ///
    /// The connection is lost, or the content is not what was announced.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, AttemptError> {
        let chunk = self.response.chunk().await;
        let chunk = chunk.map_err(|error| AttemptError::retry(lost(error, &self.shown)))?;
        let Some(chunk) = chunk else {
            return self.ended().map(|()| None);
        };
        if self.length == 0 && looks_like_page(&chunk) {
            return Err(page_in_place(
                self.response.status(),
                self.response.headers(),
                &chunk,
                &self.shown,
            ));
        }
        let bytes = u64::try_from(chunk.len()).unwrap_or(u64::MAX);
        if self.length.saturating_add(bytes) > self.end.at {
            return Err(self.end.error(&self.shown).void());
        }
        self.length += bytes;
        Ok(Some(chunk))
    }

    /// # Errors
    /// What came is not the whole file, or nobody can tell.
    fn ended(&self) -> Result<(), AttemptError> {
        let (length, shown) = (self.length, &self.shown);
        match self.size {
            Some(size) if length != size => {
                let message = format!("the file at {shown} ended after {length} of {size} bytes");
                let error = Error::new(ErrorKind::Connection, message);
                Err(AttemptError::retry(error))
            }
            // Neither length nor chunks: a connection that is cut looks like one that has ended.
            None if !self.chunked && self.announced != Some(length) => {
                let message = format!("the host of {shown} does not say how long the file is");
                let error = Error::new(ErrorKind::UndocumentedResponse, message)
                    .with_hint("something on the way, such as a proxy, may leave the length out");
                Err(AttemptError::stop(error))
            }
            _ => Ok(()),
        }
    }
}

/// Where a body has to end.
#[derive(Debug)]
struct End {
    at: u64,
    why: Why,
}

#[derive(Debug)]
enum Why {
    /// The host has said how long the file is.
    Size,
    /// The service has, and the host has not.
    Announced,
    /// No file may be longer.
    Largest,
}

impl End {
    fn of(size: Option<u64>, chunked: bool, bounds: Bounds) -> Self {
        /// Some services count in KiB, and their responses do not say so.
        const UNIT: u64 = 1024;
        /// Logs grow while they are exported.
        const GROWTH: u64 = 1 << 20;
        let Bounds { announced, largest } = bounds;
        let (at, why) = match (size, announced) {
            (Some(size), _) => (size, Why::Size),
            // Anything longer could not be told from a connection that never ends.
            (None, Some(announced)) if !chunked => (announced, Why::Announced),
            (None, Some(announced)) if announced > 0 => {
                let end = announced.saturating_mul(UNIT).saturating_add(GROWTH);
                (end, Why::Announced)
            }
            (None, _) => (largest, Why::Largest),
        };
        match at > largest {
            true => Self {
                at: largest,
                why: Why::Largest,
            },
            false => Self { at, why },
        }
    }

    fn error(&self, shown: &str) -> AttemptError {
        let at = self.at;
        let longer = |than: &str| {
            Error::new(
                ErrorKind::UndocumentedResponse,
                format!("the file at {shown} is longer than the {at} bytes that {than}"),
            )
        };
        match self.why {
            Why::Size => AttemptError::retry(longer("its host has announced")),
            Why::Announced => AttemptError::stop(longer("fit what the service has announced")),
            Why::Largest => AttemptError::stop(too_large(shown, None, at)),
        }
    }
}
