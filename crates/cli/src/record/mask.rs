//! What of an exchange may be told.
//!
//! Names that are described stay, and so do values that the description of the service lists anywhere, times, truth values, numbers that are no ids, and
//! lists and objects as such. All other values are replaced by [`Masks`].

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;
use std::time::Duration;

use http::HeaderMap;
use otcdb_bundles::bundle;
use otcdb_core::redact::Masks;
use otcdb_core::{Exchange, FileExchange, Service, redact};
use otcdb_openapi::{
    Leaf, Listed, Operation, Place, Rewrite, Schema, TimeForm, rewrite_undescribed,
};
use otcdb_recording::Content;
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde_json::Value;
use url::Url;

/// Longer bodies are counted only.
const LARGE: usize = 8 << 20;

/// Headers that say how, and never who or what.
const OPEN_HEADERS: [&str; 8] = [
    "accept",
    "allow",
    "content-encoding",
    "content-type",
    "date",
    "retry-after",
    "transfer-encoding",
    "x-language",
];

/// Headers with ids.
const ID_HEADERS: [&str; 5] = [
    "x-domain-id",
    "x-openstack-request-id",
    "x-project-id",
    "x-request-id",
    "x-apig-request-id",
];

/// Headers that are of the way and not of the message, and that would no longer be true.
const LEFT_OUT: [&str; 5] = [
    "connection",
    "content-length",
    "host",
    "user-agent",
    "x-simulator-detail",
];

/// What fields of secrets are called where nobody has described them.
const SECRET_NAMES: [&str; 11] = [
    "access_key",
    "accesskey",
    "credential",
    "passwd",
    "password",
    "private_key",
    "privatekey",
    "pwd",
    "secret",
    "signature",
    "token",
];

/// Fields that hold the code of an error.
const CODE_NAMES: [&str; 3] = ["code", "errCode", "error_code"];

/// Masks exchanges. The same value looks the same in all of them.
#[derive(Debug, Default)]
pub(super) struct Mask {
    masks: Masks,
    /// By service, the texts that its description lists as values of anything.
    listed: OnceLock<HashMap<Service, HashSet<String>>>,
}

/// The same for values of one service.
struct OfService<'a> {
    mask: &'a Mask,
    service: Service,
}

impl Mask {
    /// An exchange as it may be told.
    pub(super) fn exchange(&self, exchange: &Exchange<'_>) -> otcdb_recording::Exchange {
        let operation = operation(exchange);
        let request = operation.and_then(|one| one.body.as_ref());
        let status = exchange.status.as_u16();
        let response = operation.and_then(|one| one.body_of(status));
        let of = OfService {
            mask: self,
            service: exchange.service,
        };
        let request_body = match of.body(exchange.request_body, request.map(|one| &one.schema)) {
            Content::Text(text) => Some(text),
            _ => None,
        };
        let url = of.url(exchange, operation);
        let content = of.body(exchange.response_body, response);
        otcdb_recording::Exchange::new(exchange.method.as_str(), url, status)
            .took(exchange.started.to_string(), milliseconds(exchange.elapsed))
            .service(exchange.service.as_str())
            // What is not described is called by its path.
            .called(operation.map(|one| one.id.clone()))
            .request(self.headers(exchange.request_headers), request_body)
            .response(self.headers(exchange.response_headers), content)
    }

    /// A request for a file as it may be told: its link looks as it does in the response that gave it, and of the content
    /// there is the length.
    pub(super) fn file(&self, exchange: &FileExchange<'_>) -> otcdb_recording::Exchange {
        let url = exchange.url.as_str();
        let link = self.masks.link(url);
        let link = link.unwrap_or_else(|| self.masks.secret(url));
        let content = match exchange.length {
            None | Some(0) => Content::Empty,
            Some(length) => Content::LeftOut(length),
        };
        otcdb_recording::Exchange::new("GET", link, exchange.status.as_u16())
            .took(exchange.started.to_string(), milliseconds(exchange.elapsed))
            .file()
            .request(self.headers(exchange.request_headers), None)
            .response(self.headers(exchange.response_headers), content)
    }

    fn headers(&self, headers: &HeaderMap) -> Vec<(String, String)> {
        let told = headers.iter().filter_map(|(name, value)| {
            let name = name.as_str();
            let text = String::from_utf8_lossy(value.as_bytes());
            let value = match name {
                _ if LEFT_OUT.contains(&name) => return None,
                _ if OPEN_HEADERS.contains(&name) => redact::identifier(&text),
                _ if ID_HEADERS.contains(&name) => self.masks.text(&text),
                _ => self.masks.secret(&text),
            };
            Some((name.to_owned(), value))
        });
        told.collect()
    }

    /// Whether a text stands for something that is the service's and no caller's.
    fn is_listed(&self, service: Service, text: &str) -> bool {
        let all = self.listed.get_or_init(|| {
            let services = Service::ALL.into_iter();
            let of = |service: Service| {
                let document = otcdb_bundles::document(service.as_str()).unwrap_or_default();
                let mut texts = HashSet::new();
                listed(&document, &mut texts);
                (service, texts)
            };
            services.map(of).collect()
        });
        all.get(&service).is_some_and(|texts| texts.contains(text))
    }
}

impl OfService<'_> {
    fn body(&self, body: &[u8], schema: Option<&Schema>) -> Content {
        if body.is_empty() {
            return Content::Empty;
        }
        if body.len() > LARGE {
            return Content::LeftOut(body.len() as u64);
        }
        let text = match (serde_json::from_slice::<Value>(body), schema) {
            (Ok(value), Some(schema)) => schema.rewrite(&value, self).to_string(),
            (Ok(value), None) => rewrite_undescribed(&value, self).to_string(),
            (Err(_), _) => match std::str::from_utf8(body) {
                Ok(text) => self.mask.masks.text(text),
                Err(_) => return Content::LeftOut(body.len() as u64),
            },
        };
        Content::Text(text)
    }

    fn url(&self, exchange: &Exchange<'_>, operation: Option<&Operation>) -> String {
        let url = exchange.url;
        let path = match operation {
            Some(operation) => self.path(operation, url.path()),
            None => self.undescribed_path(exchange.service, url.path()),
        };
        let pairs = url.query_pairs().map(|(name, value)| {
            let known = operation.and_then(|one| one.parameter(Place::Query, &name));
            let (name, value) = match known {
                Some(parameter) => (name.into_owned(), self.value(&parameter.schema, &value)),
                None => (self.mask.masks.name(&name), self.mask.masks.secret(&value)),
            };
            format!("{}={}", escaped(&name), escaped(&value))
        });
        let query = pairs.collect::<Vec<_>>().join("&");
        let query = match query.is_empty() {
            true => query,
            false => format!("?{query}"),
        };
        format!("{}{path}{query}", self.origin(url))
    }

    /// Scheme, host and port. Those of the public endpoints are no secret.
    fn origin(&self, url: &Url) -> String {
        let host = url.host_str().unwrap_or_default();
        let is_public = [".t-systems.com", ".myhuaweicloud.com", ".myhuaweicloud.eu"]
            .iter()
            .any(|domain| host.ends_with(domain));
        let host = match is_public || host == "localhost" {
            true => host.to_owned(),
            false => self.mask.masks.text(host),
        };
        let port = url
            .port()
            .map(|port| format!(":{port}"))
            .unwrap_or_default();
        format!("{}://{host}{port}", url.scheme())
    }

    fn path(&self, operation: &Operation, path: &str) -> String {
        let values = operation.path_values(path).unwrap_or_default();
        let mut values = values.into_iter();
        let segments = operation.path.split('/').map(|segment| {
            if !segment.starts_with('{') {
                return segment.to_owned();
            }
            let (name, value) = values.next().unwrap_or_default();
            let value = percent_decode_str(value).decode_utf8_lossy();
            let parameter = operation.parameter(Place::Path, name);
            let masked = match parameter {
                Some(parameter) => self.value(&parameter.schema, &value),
                None => self.mask.masks.text(&value),
            };
            escaped(&masked)
        });
        segments.collect::<Vec<_>>().join("/")
    }

    /// Words that stand in paths which are described stay.
    fn undescribed_path(&self, service: Service, path: &str) -> String {
        let operations = bundle(service.as_str()).map_or(&[][..], |bundle| &bundle.operations[..]);
        let is_known = |segment: &str| {
            let mut paths = operations.iter().map(|one| one.path.split('/'));
            paths.any(|mut path| path.any(|known| known == segment))
        };
        let segments = path.split('/').map(|segment| match is_known(segment) {
            true => segment.to_owned(),
            false => {
                let segment = percent_decode_str(segment).decode_utf8_lossy();
                escaped(&self.mask.masks.text(&segment))
            }
        });
        segments.collect::<Vec<_>>().join("/")
    }

    /// A parameter's value. Those of a list stand beside each other.
    fn value(&self, schema: &Schema, text: &str) -> String {
        let masked = schema.rewrite(&Value::from(text), self);
        masked.as_str().unwrap_or_default().to_owned()
    }

    fn text(&self, leaf: Leaf<'_>, text: &str) -> String {
        let link = || self.mask.masks.link(text);
        let secret = || self.mask.masks.secret(text);
        if leaf.is_secret {
            return link().unwrap_or_else(secret);
        }
        let value = Value::from(text);
        let is_listed = leaf
            .listed
            .is_some_and(|listed| listed.values.contains(&value) || is_word(text));
        // Digits alone might be a number of something, where nobody says that they are a time.
        let is_time = leaf.time.is_some_and(|form| form.has(&value))
            || (TimeForm::of(&value).is_some() && text.contains('-'));
        let is_plain = matches!(text, "true" | "false") || self.mask.is_listed(self.service, text);
        let is_code = CODE_NAMES.contains(&leaf.name) && is_code(text);
        if is_plain || is_listed || is_time || is_code {
            return redact::values(text).into_owned();
        }
        if let Some(link) = link() {
            return link;
        }
        match is_secret_name(leaf.name) {
            true => secret(),
            false => self.mask.masks.text(text),
        }
    }
}

impl Rewrite for OfService<'_> {
    fn leaf(&self, leaf: Leaf<'_>, value: &Value) -> Value {
        match value {
            Value::String(text) => self.text(leaf, text).into(),
            Value::Number(number)
                if leaf.is_secret || is_secret_name(leaf.name) || is_id(leaf.name) =>
            {
                Value::Number(self.mask.masks.number(number))
            }
            other => other.clone(),
        }
    }

    fn name(&self, name: &str, of_map: bool) -> String {
        match of_map {
            true => self.mask.masks.text(name),
            false => self.mask.masks.name(name),
        }
    }
}

fn milliseconds(elapsed: Duration) -> f64 {
    (elapsed.as_secs_f64() * 1e4).round() / 10.0
}

fn operation(exchange: &Exchange<'_>) -> Option<&'static Operation> {
    let description = bundle(exchange.service.as_str()).ok()?;
    let mut found = description.at_path(exchange.method, exchange.url.path());
    let named = found.iter().position(|one| one.id == exchange.operation);
    (!found.is_empty()).then(|| found.swap_remove(named.unwrap_or_default()))
}

/// Gathers the texts that stand under keywords that list values.
fn listed(value: &Value, texts: &mut HashSet<String>) {
    match value {
        Value::Object(fields) => {
            if let Some(values) = Listed::of(fields) {
                let found = values.values.iter().filter_map(Value::as_str);
                texts.extend(found.map(ToOwned::to_owned));
            }
            fields.values().for_each(|field| listed(field, texts));
        }
        Value::Array(items) => items.iter().for_each(|item| listed(item, texts)),
        _ => {}
    }
}

fn is_id(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name == "id" || name.ends_with("_id") || name.ends_with("_ids")
}

fn is_secret_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    matches!(name.as_str(), "ak" | "sk") || SECRET_NAMES.iter().any(|secret| name.contains(secret))
}

/// Whether a text looks like a value that a list of values might lack, and like nothing else.
fn is_word(text: &str) -> bool {
    const LONGEST: usize = 40;
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    text.len() <= LONGEST
        && digits <= 4
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b' '))
}

/// Whether a text has the form of an error code, such as `DCS.4800`.
fn is_code(text: &str) -> bool {
    let Some((service, number)) = text.split_once('.') else {
        return text.len() <= 4 && text.bytes().all(|byte| byte.is_ascii_digit());
    };
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    (1..=12).contains(&service.len())
        && service.bytes().all(|byte| byte.is_ascii_alphabetic())
        && (1..=12).contains(&number.len())
        && number.bytes().all(is_plain)
}

fn escaped(text: &str) -> String {
    const SEGMENT: &percent_encoding::AsciiSet = &NON_ALPHANUMERIC
        .remove(b'-')
        .remove(b'_')
        .remove(b'.')
        .remove(b'~')
        .remove(b'*')
        .remove(b':')
        .remove(b',');
    utf8_percent_encode(text, SEGMENT).to_string()
}
