//! Files at presigned links.
//!
//! [`Session::download`] gives the content as a stream. What it is made of is here, too, for those who keep what has
//! arrived over the end of a process: [`open`] makes one attempt to get what is missing, and [`Tries`] says whether and when
//! to make another.

mod ask;
mod attempt;
mod failure;
mod file;
mod held;
mod response;
mod tries;

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_util::future::BoxFuture;
use futures_util::{FutureExt as _, Stream, StreamExt as _};

pub use attempt::{Body, Bounds, Opened, open};
pub use failure::{AttemptError, Next};
pub use held::{About, Held};
pub use tries::Tries;

use crate::error::{Error, ErrorKind, Result};
use crate::secret::Secret;
use crate::session::Session;

/// The content of a file at a presigned link; see [`Session::download`]. Nothing is sent until it is read.
///
/// ```
/// # async fn example(session: otcdb_core::Session, link: otcdb_core::Secret) -> otcdb_core::Result<()> {
/// let mut content = session.download(&link);
/// let mut length = 0;
/// while let Some(bytes) = content.try_next().await? {
///     length += bytes.len();
/// }
/// // The same into a file, which has its name only when it is whole.
/// session.download(&link).to_file("redis.log").await?;
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is sent until it is read"]
pub struct Download {
    /// `None` while it is asked, and at the end.
    reader: Option<Box<Reader>>,
    asked: Option<BoxFuture<'static, Asked>>,
}

/// How many attempts in a row may bring nothing new.
const ATTEMPTS: u32 = 5;

/// The first pause after a failed attempt.
const BACKOFF: Duration = Duration::from_millis(500);

type Asked = (Box<Reader>, Result<Option<Bytes>>);
type Renew = Box<dyn FnMut() -> BoxFuture<'static, Result<Secret>> + Send>;

/// Reads a file, over as many attempts as it takes.
struct Reader {
    session: Session,
    link: Secret,
    renew: Option<Renew>,
    largest: u64,
    /// What was given out.
    held: Held,
    tries: Tries,
    body: Option<Body>,
    /// How many bytes of the body were given out before.
    skip: u64,
}

impl Session {
    /// The content of a file at a presigned link, as a stream. Nothing but the link says who asks: no credential and no
    /// referrer goes with it, wherever it leads.
    ///
    /// A link without a scheme is completed, as RDS sends some. It is followed to no address where links have no business,
    /// such as this machine or a cloud's metadata service, unless the services are there themselves, and by plain HTTP only
    /// where [that is allowed](crate::SessionBuilder::allow_plain_http). Where a connection is lost, what is missing is asked for
    /// again, and is that of the same file or an error. The content is given as it comes: what the store has packed stays
    /// packed.
    ///
    /// ```
    /// use otcdb_core::{Result, Secret, Session};
    ///
    /// async fn lines(session: &Session, link: &Secret) -> Result<usize> {
    ///     let content = session.download(link).max_size(64 << 20).bytes().await?;
    ///     Ok(content.iter().filter(|byte| **byte == b'\n').count())
    /// }
    /// ```
    pub fn download(&self, link: &Secret) -> Download {
        Download::new(self.clone(), link.clone())
    }
}

impl Download {
    fn new(session: Session, link: Secret) -> Self {
        let reader = Reader {
            session,
            link,
            renew: None,
            largest: u64::MAX,
            held: Held::default(),
            tries: Tries::new(ATTEMPTS, BACKOFF, 0),
            body: None,
            skip: 0,
        };
        Self {
            reader: Some(Box::new(reader)),
            asked: None,
        }
    }

    fn set(mut self, set: impl FnOnce(&mut Reader)) -> Self {
        if let Some(reader) = &mut self.reader {
            set(reader);
        }
        self
    }

    /// How many attempts in a row may bring nothing new, at least 1; 5 by default.
    pub fn attempts(self, attempts: u32) -> Self {
        self.set(|reader| reader.tries.attempts = attempts)
    }

    /// The pause before the first repetition; it doubles each time. 500 ms by default.
    pub fn backoff(self, pause: Duration) -> Self {
        self.set(|reader| reader.tries.backoff = pause)
    }

    /// How many bytes the file may have at most; any number by default.
    pub fn max_size(self, bytes: u64) -> Self {
        self.set(|reader| reader.largest = bytes)
    }

    /// Asks for another link where the store refuses the one before, as it does when that has expired.
    pub fn renew<F, A>(self, mut ask: F) -> Self
    where
        F: FnMut() -> A + Send + 'static,
        A: Future<Output = Result<Secret>> + Send + 'static,
    {
        self.set(|reader| reader.renew = Some(Box::new(move || ask().boxed())))
    }

    /// The next bytes; `None` at the end of a file that is whole.
    ///
    /// # Errors
    ///
    /// - [`ErrorKind::UndocumentedResponse`]: the link is none or must not be followed, a web page or an error comes in place
    ///   of the file, or the file changes meanwhile;
    /// - [`ErrorKind::Permission`], [`ErrorKind::NotFound`] and other kinds by status: the store refuses the link;
    /// - [`ErrorKind::Connection`], [`ErrorKind::Timeout`]: the connection was lost too often, or once where the file cannot
    ///   be asked for in parts.
    pub async fn try_next(&mut self) -> Result<Option<Bytes>> {
        self.next().await.transpose()
    }

    /// All of it in memory. Set [`max_size`](Self::max_size) where the host is not to be trusted with that.
    ///
    /// # Errors
    ///
    /// See [`try_next`](Self::try_next).
    pub async fn bytes(mut self) -> Result<Bytes> {
        let mut all = BytesMut::new();
        while let Some(bytes) = self.try_next().await? {
            all.extend_from_slice(&bytes);
        }
        Ok(all.freeze())
    }
}

impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download").finish_non_exhaustive()
    }
}

impl Stream for Download {
    type Item = Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let Some(mut reader) = self.reader.take() {
            self.asked = Some(Box::pin(async move {
                let next = reader.next().await;
                (reader, next)
            }));
        }
        let Some(asked) = &mut self.asked else {
            return Poll::Ready(None);
        };
        let (reader, next) = ready!(asked.poll_unpin(context));
        self.asked = None;
        // After an error there is nothing to go on with.
        self.reader = matches!(next, Ok(Some(_))).then_some(reader);
        Poll::Ready(next.transpose())
    }
}

impl Reader {
    async fn next(&mut self) -> Result<Option<Bytes>> {
        loop {
            let failed = match self.chunk().await {
                Ok(Some(bytes)) if bytes.is_empty() => continue,
                Ok(next) => return Ok(next),
                Err(failed) => failed,
            };
            self.body = None;
            match (failed.next, &mut self.renew) {
                (Next::Relink, Some(renew)) => {
                    self.tries.renew(failed.error)?;
                    self.link = renew().await?;
                }
                (Next::Retry, _) if self.held.length == 0 || self.held.tag.is_some() => {
                    self.tries.pause(self.held.length, failed.error).await?;
                }
                (Next::Retry, _) => {
                    let hint = "the store gives the file no ETag, so it cannot be continued: download it again";
                    return Err(failed.error.with_hint(hint));
                }
                _ => return Err(failed.error),
            }
        }
    }

    /// The next bytes that were not given out yet, or none of them.
    async fn chunk(&mut self) -> Result<Option<Bytes>, AttemptError> {
        let body = match &mut self.body {
            Some(body) => body,
            None => match self.open().await? {
                Some(body) => self.body.insert(body),
                None => return Ok(None),
            },
        };
        let Some(mut bytes) = body.chunk().await? else {
            return Ok(None);
        };
        let again = usize::try_from(self.skip).unwrap_or(usize::MAX);
        let again = bytes.split_to(again.min(bytes.len()));
        self.skip -= length(&again);
        self.held.length += length(&bytes);
        Ok(Some(bytes))
    }

    /// The body that has what was not given out yet; `None` if that is nothing.
    async fn open(&mut self) -> Result<Option<Body>, AttemptError> {
        let bounds = Bounds {
            announced: None,
            largest: self.largest,
        };
        let opened = open(&self.session, &self.link, &self.held, bounds).await;
        let opened = opened.map_err(|failed| match failed.void && self.held.length > 0 {
            true => AttemptError::stop(changed(failed.error)),
            false => failed,
        })?;
        let (body, is_whole) = match opened {
            Opened::Complete => return Ok(None),
            Opened::Rest(body) => (body, false),
            Opened::Whole(body) => (body, true),
        };
        let About { size, tag, .. } = body.about().clone();
        if is_whole && self.held.length > 0 {
            // Not all stores give parts.
            if tag.is_none() || tag != self.held.tag {
                let error = Error::new(
                    ErrorKind::UndocumentedResponse,
                    "the file at the link is not the one that was begun",
                );
                return Err(AttemptError::stop(changed(error)));
            }
            self.skip = self.held.length;
        }
        self.held.size = size.or(self.held.size);
        self.held.tag = tag.or(self.held.tag.take());
        Ok(Some(body))
    }
}

fn length(bytes: &Bytes) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}

/// What was given out cannot be taken back.
fn changed(error: Error) -> Error {
    error.with_hint("the file has changed while it was fetched: download it again")
}
