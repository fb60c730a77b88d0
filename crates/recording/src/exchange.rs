//! A request and the response to it.

use http::Method;
use otcdb_openapi::{Body, Description, Difference, Operation};
use serde_json::Value;
use url::Url;

/// A request and the response to it.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Exchange {
    /// When the request was sent, in RFC 3339.
    pub started: String,
    /// How long it took until the response had been read, in milliseconds.
    pub milliseconds: f64,
    /// The name of the service, if who recorded it knew it.
    pub service: Option<String>,
    /// The operationId or what else the call was called by, if who recorded it knew it.
    pub operation: Option<String>,
    /// Whether it asked for a file at a presigned link. No operation describes that.
    pub is_file: bool,
    /// The method.
    pub method: String,
    /// Where it was sent.
    pub url: String,
    /// The headers of the request.
    pub request_headers: Vec<(String, String)>,
    /// The body of the request; `None` for no body.
    pub request_body: Option<String>,
    /// The status of the response.
    pub status: u16,
    /// The headers of the response.
    pub response_headers: Vec<(String, String)>,
    /// The body of the response.
    pub content: Content,
}

/// The body of a response.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Content {
    /// None.
    #[default]
    Empty,
    /// A text.
    Text(String),
    /// There was one of so many bytes, which was not recorded.
    LeftOut(u64),
}

impl Exchange {
    /// A request of a method for a URL, and the status that it was answered with. Nothing more is known.
    pub fn new(method: impl Into<String>, url: impl Into<String>, status: u16) -> Self {
        Self {
            method: method.into(),
            url: url.into(),
            status,
            ..Self::default()
        }
    }

    /// Sets [`started`](Self::started) and [`milliseconds`](Self::milliseconds).
    #[must_use]
    pub fn took(mut self, started: impl Into<String>, milliseconds: f64) -> Self {
        self.started = started.into();
        self.milliseconds = milliseconds;
        self
    }

    /// Sets [`service`](Self::service).
    #[must_use]
    pub fn service(mut self, name: impl Into<String>) -> Self {
        self.service = Some(name.into());
        self
    }

    /// Sets the operationId, or what else the call was called by.
    #[must_use]
    pub fn called(mut self, operation: impl Into<Option<String>>) -> Self {
        self.operation = operation.into();
        self
    }

    /// It asked for a file at a presigned link.
    #[must_use]
    pub fn file(mut self) -> Self {
        self.is_file = true;
        self
    }

    /// Sets the headers and the body of the request.
    #[must_use]
    pub fn request(
        mut self,
        headers: impl IntoIterator<Item = (String, String)>,
        body: impl Into<Option<String>>,
    ) -> Self {
        self.request_headers = headers.into_iter().collect();
        self.request_body = body.into();
        self
    }

    /// Sets the headers and the body of the response.
    #[must_use]
    pub fn response(
        mut self,
        headers: impl IntoIterator<Item = (String, String)>,
        content: Content,
    ) -> Self {
        self.response_headers = headers.into_iter().collect();
        self.content = content;
        self
    }

    /// Sets [`content`](Self::content).
    #[must_use]
    pub fn content(mut self, content: Content) -> Self {
        self.content = content;
        self
    }

    /// The path that it was sent to, still escaped; empty if the URL is none.
    pub fn path(&self) -> String {
        let url = self.url.parse::<Url>();
        url.map_or_else(|_| String::new(), |url| url.path().to_owned())
    }

    /// The query as pairs, in order.
    pub fn query(&self) -> Vec<(String, String)> {
        let url = self.url.parse::<Url>();
        url.map_or_else(
            |_| Vec::new(),
            |url| url.query_pairs().into_owned().collect(),
        )
    }

    /// The operation that was called: the one that it names, if that has its method and path, and else the one that has
    /// them. Of several the body of the request tells, and of several services the host. `None` where it asked for a file.
    pub fn operation<'a>(&self, descriptions: &[&'a Description]) -> Option<&'a Operation> {
        if self.is_file {
            return None;
        }
        let method = Method::from_bytes(self.method.as_bytes()).ok()?;
        let path = self.path();
        let mut found: Vec<&Operation> = descriptions
            .iter()
            .flat_map(|description| description.at_path(&method, &path))
            .collect();
        let host = self.url.parse::<Url>().ok();
        let host = host.as_ref().and_then(Url::host_str).unwrap_or_default();
        let body = self.request_body.as_deref().unwrap_or_default();
        let body: Value = serde_json::from_str(body).unwrap_or_default();
        // The better one comes first, and of equals the order of the descriptions stays.
        found.sort_by_key(|one| {
            let is_named = self.operation.as_deref() == Some(&one.id);
            let is_of_service = match &self.service {
                Some(service) => **service == *one.service,
                None => host.split('.').any(|part| part == &*one.service),
            };
            let fits = one.variant.as_ref().is_none_or(|mark| mark.fits(&body));
            (!is_of_service, !is_named, !fits)
        });
        found.into_iter().next()
    }

    /// In what the response differs from what the operation describes. A body that was not recorded is taken for one that
    /// fits.
    pub fn differences(&self, operation: &Operation) -> Vec<Difference> {
        match &self.content {
            Content::Empty => operation.differences(self.status, Body::Empty),
            Content::Text(text) => match serde_json::from_str(text) {
                Ok(body) => operation.differences(self.status, Body::Json(&body)),
                Err(_) => operation.differences(self.status, Body::Other),
            },
            Content::LeftOut(_) => {
                let found = operation.differences(self.status, Body::Other).into_iter();
                found
                    .filter(|one| one.kind != otcdb_openapi::DifferenceKind::Body)
                    .collect()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn description(service: &str, id: &str) -> Description {
        let answer = json!({ "200": { "description": "", "content": { "application/json": { "schema": {
            "type": "object", "properties": { "name": { "type": "string" } } } } } } });
        let get = json!({ "operationId": id, "responses": answer });
        Description::of(
            service,
            json!({ "paths": { "/v1/{p}/things": { "get": get } } }),
        )
        .unwrap()
    }

    fn get(url: &str) -> Exchange {
        Exchange {
            method: "GET".to_owned(),
            url: url.to_owned(),
            status: 200,
            content: Content::Text(r#"{"name":"n"}"#.to_owned()),
            ..Exchange::default()
        }
    }

    #[test]
    fn the_operation_is_told_by_service_host_and_path() {
        let (a, b) = (description("a", "ListA"), description("b", "ListB"));
        let id = |exchange: &Exchange| exchange.operation(&[&a, &b]).map(|one| one.id.clone());
        assert_eq!(
            id(&get("https://b.example.com/v1/x/things?limit=1")).as_deref(),
            Some("ListB")
        );
        assert_eq!(
            id(&get("http://127.0.0.1:1/v1/x/things/")).as_deref(),
            Some("ListA")
        );
        let named = Exchange {
            service: Some("b".to_owned()),
            ..get("http://127.0.0.1:1/v1/x/things")
        };
        assert_eq!(id(&named).as_deref(), Some("ListB"));
        let file = Exchange {
            is_file: true,
            ..named
        };
        assert_eq!(id(&file), None);
        for url in [
            "http://127.0.0.1:1/v1/things",
            "no URL",
            "http://a/v1/x/things/y",
        ] {
            assert_eq!(id(&get(url)), None, "{url}");
        }
    }

    #[test]
    fn a_response_is_compared_as_far_as_it_was_recorded() {
        let a = description("a", "ListA");
        let count = |content: Content, status: u16| {
            let exchange = Exchange {
                content,
                status,
                ..get("http://a/v1/x/things")
            };
            exchange.differences(&a.operations[0]).len()
        };
        assert_eq!(count(Content::Text(r#"{"name":"n"}"#.to_owned()), 200), 0);
        assert_eq!(count(Content::Text(r#"{"nome":null}"#.to_owned()), 200), 1);
        assert_eq!(count(Content::Text("<html>".to_owned()), 200), 1);
        assert_eq!(count(Content::Empty, 200), 1);
        assert_eq!(count(Content::LeftOut(9), 200), 0);
        assert_eq!(count(Content::LeftOut(9), 202), 1);
    }
}
