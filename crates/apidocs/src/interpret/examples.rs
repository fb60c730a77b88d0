//! Example requests and responses.

use std::sync::Arc;

use super::section::Spots;
use super::uri::{self, Target};
use crate::block::{Content, Document};
use crate::facts::{Header, Payload, RequestExample, ResponseExample, Stated};
use crate::vocabulary::Section;

/// The examples of a page.
#[derive(Debug, Default)]
pub(crate) struct Examples {
    /// Requests with the request line taken apart, where there is one.
    pub(crate) requests: Vec<(RequestExample, Option<Target>)>,
    /// Responses.
    pub(crate) responses: Vec<ResponseExample>,
}

/// Collects the examples of a page. `success` is the status that a page gives
/// to its normal responses.
pub(crate) fn collect(doc: &Document, spots: &Spots, success: Option<u16>) -> Examples {
    let mut out = Examples::default();
    let mut previous = None;
    let mut labels: Arc<[String]> = Arc::from(Vec::new());
    for (index, block) in doc.blocks.iter().enumerate() {
        let spot = spots.of(index);
        // A page may set its example right under the response's label.
        let section = match (&block.content, spot.section) {
            (Content::Code(_), Section::Request) => Section::RequestExample,
            (Content::Code(_), Section::Response) => Section::ResponseExample,
            (_, section) => section,
        };
        let code = match &block.content {
            Content::Code(code) => code.clone(),
            Content::Paragraph(text, _) if section == Section::RequestExample => {
                let plain = text.plain();
                let bare = plain.starts_with("https://") && uri::url(&plain).is_some();
                if uri::request_line(&plain).is_none() && !bare {
                    continue;
                }
                plain
            }
            _ => continue,
        };
        match section {
            Section::RequestExample => {
                let next = request(&code, block.line);
                // A request line and, right behind it, its body are one example.
                let joins = next.1.is_none()
                    && next.0.body.is_some()
                    && previous == Some(index)
                    && block.labels == labels;
                match out.requests.last_mut() {
                    Some((last, Some(_))) if joins && last.body.is_none() => {
                        last.body = next.0.body;
                    }
                    _ => out.requests.push(next),
                }
                previous = Some(index + 1);
                labels = Arc::clone(&block.labels);
            }
            Section::ResponseExample => {
                let status = match spot.status.or(success.filter(|_| !spot.abnormal)) {
                    Some(code) => Stated::Value(code),
                    None => Stated::Missing,
                };
                out.responses.push(response(&code, block.line, status));
            }
            _ => {}
        }
    }
    out
}

fn request(code: &str, line: u32) -> (RequestExample, Option<Target>) {
    let (head, body) = split(code);
    let mut target = None;
    let mut headers = Vec::new();
    if let Some(curl) = curl(&head) {
        target = curl.0;
        headers = curl.1;
    } else {
        let joined = crate::block::collapse(&head);
        target = target.or_else(|| uri::request_line(&joined));
        for text in head.lines() {
            if target.is_none() {
                target = uri::request_line(text).or_else(|| uri::url(text));
            } else if let Some(header) = header(text) {
                headers.push(header);
            }
        }
    }
    let example = RequestExample {
        line,
        method: target
            .as_ref()
            .map(|t| t.method.clone())
            .filter(|m| !m.is_empty()),
        url: target.as_ref().map(|t| t.url.clone()),
        headers,
        body: body.map(Payload::new),
    };
    (example, target)
}

fn response(code: &str, line: u32, status: Stated<u16>) -> ResponseExample {
    let (head, body) = split(code);
    let headers = head.lines().filter_map(header).collect();
    // Text without JSON is a payload of its own.
    let body = body.or_else(|| Some(head.trim().to_owned()).filter(|h| !h.is_empty()));
    ResponseExample {
        line,
        status,
        headers,
        body: body.map(Payload::new),
    }
}

/// What stands before the JSON, and the JSON.
fn split(code: &str) -> (String, Option<String>) {
    let mut offset = 0;
    for text in code.split_inclusive('\n') {
        let trimmed = text.trim_start();
        if trimmed.starts_with(['{', '[']) && !trimmed.starts_with("{endpoint}") {
            let head = code.get(..offset).unwrap_or_default();
            let body = code.get(offset..).unwrap_or_default();
            return (head.to_owned(), Some(body.trim_end().to_owned()));
        }
        offset += text.len();
    }
    (code.to_owned(), None)
}

/// `Name: value` with a name that may be a header's.
fn header(text: &str) -> Option<Header> {
    let (name, value) = text.trim().split_once(':')?;
    let name = name.trim();
    let named = !name.is_empty()
        && name.len() <= 60
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    let value = value.trim();
    (named && !value.is_empty() && !value.starts_with("//")).then(|| Header {
        name: name.to_owned(),
        value: value.to_owned(),
    })
}

/// A curl command: its URL and headers.
fn curl(head: &str) -> Option<(Option<Target>, Vec<Header>)> {
    let words = shell_words(head.trim().strip_prefix("curl ")?);
    let mut method = "GET".to_owned();
    let mut headers = Vec::new();
    let mut target = None;
    let mut words = words.into_iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "-H" => headers.extend(words.next().as_deref().and_then(header)),
            "-X" => {
                let next = words.next().unwrap_or_default();
                // A page writes -X where it means -H.
                match header(&next) {
                    Some(header) => headers.push(header),
                    None => method = next,
                }
            }
            _ if word.starts_with('-') => {}
            _ => target = target.or_else(|| uri::url(&word)),
        }
    }
    let target = target.map(|t| Target { method, ..t });
    Some((target, headers))
}

fn shell_words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut quote = None;
    for c in text.chars() {
        match (quote, c) {
            (Some(q), c) if c == q => quote = None,
            (Some(_), c) => word.push(c),
            (None, '\'' | '"') => quote = Some(c),
            (None, c) if c.is_whitespace() => {
                if !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
            }
            (None, c) => word.push(c),
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}
