//! What was received.

use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;

/// A request as it was received.
#[derive(Clone, Debug)]
pub struct Request {
    /// How many requests the stub had received before.
    pub number: usize,
    /// The request line and the headers, as they were sent.
    pub head: String,
    /// The method.
    pub method: String,
    /// Path and query, as they were sent.
    pub target: String,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
}

impl Request {
    /// Reads the head of a request. There is none where a line cannot be read.
    pub(crate) fn parse(head: &str) -> Option<Self> {
        let mut lines = head.split("\r\n");
        let mut words = lines.next()?.split(' ');
        let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
        let mut headers = HeaderMap::new();
        for line in lines {
            let (name, value) = line.split_once(':')?;
            headers.append(
                name.parse::<HeaderName>().ok()?,
                HeaderValue::from_str(value.trim()).ok()?,
            );
        }
        Some(Self {
            number: 0,
            head: head.to_owned(),
            method,
            target,
            headers,
            body: Vec::new(),
        })
    }

    /// The target without its query.
    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    /// The query as it was sent, if there is one.
    pub fn query(&self) -> Option<&str> {
        self.target.split_once('?').map(|(_, query)| query)
    }

    /// The query, decoded.
    pub fn pairs(&self) -> impl Iterator<Item = (String, String)> {
        form_urlencoded::parse(self.query().unwrap_or_default().as_bytes()).into_owned()
    }

    /// The first header of this name.
    ///
    /// # Panics
    ///
    /// It is no text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// The body as a document.
    ///
    /// # Panics
    ///
    /// It is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}
