//! What is sent, and how far.

use std::fmt::Write as _;
use std::time::Duration;

use http::StatusCode;
use serde_json::Value;
use tokio::io::{AsyncWrite, AsyncWriteExt as _};

/// Whoever waits for an end that does not come is to fail, not to hang.
const LONGEST: Duration = Duration::from_secs(60);

/// A response, or an accident in place of one. After it, the connection is closed.
#[derive(Clone, Debug)]
pub struct Response {
    /// Status and headers. Without them, the body is all that is sent.
    head: Option<(u16, Vec<(String, String)>)>,
    body: Vec<u8>,
    /// How many bytes of the body are sent, where not all are.
    sent: Option<usize>,
    then: Then,
}

/// What follows on what is sent.
#[derive(Clone, Debug)]
enum Then {
    Close,
    Stall,
    Endless { more: Vec<u8>, pause: Duration },
}

impl Response {
    /// An empty one.
    pub fn empty(status: u16) -> Self {
        Self {
            head: Some((status, Vec::new())),
            ..Self::raw("")
        }
    }

    /// One with a body.
    pub fn bytes(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self::empty(status)
            .header("Content-Type", content_type)
            .body(body)
    }

    /// One with a document for its body.
    pub fn json(status: u16, body: impl Into<Value>) -> Self {
        Self::bytes(status, "application/json", body.into().to_string())
    }

    /// These bytes and nothing else, whether they are HTTP or not.
    pub fn raw(bytes: impl Into<Vec<u8>>) -> Self {
        Self {
            head: None,
            body: bytes.into(),
            sent: None,
            then: Then::Close,
        }
    }

    /// The connection is closed without a response.
    pub fn close() -> Self {
        Self::raw("")
    }

    /// Nothing is sent, and the connection stays open.
    pub fn stall() -> Self {
        Self::raw("").then_stall()
    }

    /// With a header more, of which there may be several of one name. An accident has none.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        if let Some((_, headers)) = &mut self.head {
            headers.push((name.to_owned(), value.to_owned()));
        }
        self
    }

    /// With a body of no stated type.
    #[must_use]
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// Only so many bytes of the body are sent. The head announces all of them.
    #[must_use]
    pub fn cut_at(mut self, length: usize) -> Self {
        self.sent = Some(length);
        self
    }

    /// The connection stays open after what is sent.
    #[must_use]
    pub fn then_stall(mut self) -> Self {
        self.then = Then::Stall;
        self
    }

    /// These bytes follow again and again, each time after a pause, on a body whose length is not announced.
    #[must_use]
    pub fn then_endlessly(mut self, more: impl Into<Vec<u8>>, pause: Duration) -> Self {
        let more = more.into();
        self.then = Then::Endless { more, pause };
        self
    }

    /// The status, which an accident does not have.
    pub fn status(&self) -> Option<u16> {
        self.head.as_ref().map(|(status, _)| *status)
    }

    fn head(&self) -> String {
        let Some((status, headers)) = &self.head else {
            return String::new();
        };
        let known = StatusCode::from_u16(*status).ok();
        let reason = known.and_then(|status| status.canonical_reason());
        let mut head = format!("HTTP/1.1 {status} {}\r\n", reason.unwrap_or("X"));
        for (name, value) in headers {
            let _ = write!(head, "{name}: {value}\r\n");
        }
        let is_endless = matches!(self.then, Then::Endless { .. });
        if *status != 204 && !is_endless {
            let _ = write!(head, "Content-Length: {}\r\n", self.body.len());
        }
        head.push_str("Connection: close\r\n\r\n");
        head
    }

    /// Sends it. Whoever has heard enough may go: that is no error of the stub.
    pub(crate) async fn send(
        self,
        connection: &mut (impl AsyncWrite + Unpin),
    ) -> std::io::Result<()> {
        connection.write_all(self.head().as_bytes()).await?;
        let length = self.sent.unwrap_or(self.body.len()).min(self.body.len());
        let (sent, _) = self.body.split_at(length);
        connection.write_all(sent).await?;
        connection.flush().await?;
        match self.then {
            Then::Close => {}
            Then::Stall => tokio::time::sleep(LONGEST).await,
            Then::Endless { more, pause } => {
                let endless = async {
                    loop {
                        tokio::time::sleep(pause).await;
                        if let Err(error) = connection.write_all(&more).await {
                            break error;
                        }
                    }
                };
                // It ends with an error, or not at all.
                if let Ok(error) = tokio::time::timeout(LONGEST, endless).await {
                    return Err(error);
                }
            }
        }
        connection.shutdown().await
    }
}
