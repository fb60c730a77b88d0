//! A connection that a fault can cut at a certain byte.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, ready};

use otcdb_core::sync::unpoisoned;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// Where and how the response that is written next is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cut {
    /// After so many bytes of the body; `None` is before the head.
    pub(crate) after: Option<u64>,
    pub(crate) kind: CutKind,
}

/// What becomes of the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CutKind {
    /// TCP RST.
    Reset,
    /// TCP FIN.
    Close,
    /// It stays open, but nothing comes any more.
    Stall,
}

/// Lets the code that answers a request cut the connection it came on.
#[derive(Clone, Debug, Default)]
pub(crate) struct ConnectionFault(Arc<Mutex<Option<Progress>>>);

/// A cut, and how far the response has come.
#[derive(Clone, Copy, Debug)]
struct Progress {
    cut: Cut,
    /// How much of the empty line at the end of the head was seen; 4 is all of it.
    seen: u8,
    body: u64,
}

impl ConnectionFault {
    /// Cuts the response that is about to be written.
    pub(crate) fn cut(&self, cut: Cut) {
        *unpoisoned(self.0.lock()) = Some(Progress {
            cut,
            seen: 0,
            body: 0,
        });
    }
}

impl Progress {
    /// How many of these bytes may still go out.
    fn allowed(&self, bytes: &[u8]) -> usize {
        let Some(after) = self.cut.after else {
            return 0;
        };
        let mut progress = *self;
        let head = progress.head(bytes);
        if progress.seen < 4 {
            return head;
        }
        let body = usize::try_from(after.saturating_sub(progress.body)).unwrap_or(usize::MAX);
        head.saturating_add(body).min(bytes.len())
    }

    /// Counts what went out.
    fn sent(&mut self, bytes: &[u8]) {
        let head = self.head(bytes);
        self.body += (bytes.len() - head) as u64;
    }

    /// Whether all that may go out has gone out.
    fn is_over(&self) -> bool {
        self.cut
            .after
            .is_some_and(|after| self.seen == 4 && self.body >= after)
    }

    /// Follows the head to its end, and returns how many of the bytes belong to it.
    fn head(&mut self, bytes: &[u8]) -> usize {
        for (count, byte) in bytes.iter().enumerate() {
            self.seen = match (self.seen, byte) {
                (4, _) => return count,
                (0 | 2, b'\r') | (1 | 3, b'\n') => self.seen + 1,
                (_, b'\r') => 1,
                _ => 0,
            };
        }
        bytes.len()
    }
}

/// A TCP connection with its connection_fault.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: TcpStream,
    connection_fault: ConnectionFault,
}

impl Connection {
    pub(crate) fn new(stream: TcpStream) -> (Self, ConnectionFault) {
        let connection_fault = ConnectionFault::default();
        let connection = Self {
            stream,
            connection_fault: connection_fault.clone(),
        };
        (connection, connection_fault)
    }

    fn end(&self, kind: CutKind) -> Poll<io::Result<usize>> {
        match kind {
            // The task that serves the connection sleeps until the client or the simulator ends it.
            CutKind::Stall => return Poll::Pending,
            CutKind::Close => {}
            CutKind::Reset => self.stream.set_zero_linger()?,
        }
        Poll::Ready(Err(io::Error::new(
            io::ErrorKind::ConnectionAborted,
            "cut by a fault",
        )))
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let progress = *unpoisoned(self.connection_fault.0.lock());
        let Some(mut progress) = progress else {
            return Pin::new(&mut self.stream).poll_write(context, bytes);
        };
        let allowed = progress.allowed(bytes);
        let Some(bytes) = bytes.get(..allowed).filter(|bytes| !bytes.is_empty()) else {
            return self.end(progress.cut.kind);
        };
        let written = ready!(Pin::new(&mut self.stream).poll_write(context, bytes))?;
        progress.sent(bytes.get(..written).unwrap_or_default());
        *unpoisoned(self.connection_fault.0.lock()) = Some(progress);
        Poll::Ready(Ok(written))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let progress = *unpoisoned(self.connection_fault.0.lock());
        ready!(Pin::new(&mut self.stream).poll_flush(context))?;
        match progress.filter(Progress::is_over) {
            Some(progress) => self.end(progress.cut.kind).map_ok(|_| ()),
            None => Poll::Ready(Ok(())),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_counts_from_the_end_of_the_head_however_it_is_split() {
        let response = b"HTTP/1.1 200 OK\r\nA: b\r\n\r\n0123456789";
        let head = response.len() - 10;
        for size in [1, 3, 7, 100] {
            let cut = Cut {
                after: Some(4),
                kind: CutKind::Reset,
            };
            let mut progress = Progress {
                cut,
                seen: 0,
                body: 0,
            };
            let mut sent = 0;
            for piece in response.chunks(size) {
                let allowed = progress.allowed(piece);
                progress.sent(&piece[..allowed]);
                sent += allowed;
                if allowed < piece.len() {
                    break;
                }
            }
            assert_eq!(sent, head + 4, "{size}");
        }
    }
}
