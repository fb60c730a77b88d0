//! Someone between a pull and the cloud, who changes answers: what no fault of the simulator says.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use otcdb_simulator::{Running, Service};
use serde_json::Value;

/// Changes the answer to a request for a path with a query, and tells whether it did.
type Change = Box<dyn FnMut(&str, &mut Value) -> bool + Send>;

/// A server that hands requests on to a cloud.
pub(super) struct Between {
    pub(super) url: String,
    state: Arc<Shared>,
}

struct Shared {
    /// The addresses of the services.
    cloud: HashMap<Service, String>,
    client: reqwest::Client,
    change: Mutex<Change>,
    changed: Mutex<usize>,
    files: Mutex<HashMap<String, Vec<u8>>>,
    fetched: Mutex<Vec<String>>,
}

impl Between {
    pub(super) async fn new(
        cloud: &Running,
        change: impl FnMut(&str, &mut Value) -> bool + Send + 'static,
    ) -> Self {
        let state = Arc::new(Shared {
            cloud: Service::ALL.map(|one| (one, cloud.url(one))).into(),
            client: reqwest::Client::new(),
            change: Mutex::new(Box::new(change)),
            changed: Mutex::default(),
            files: Mutex::default(),
            fetched: Mutex::default(),
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new()
            .fallback(answer)
            .with_state(Arc::clone(&state));
        // It ends with the test's runtime.
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, state }
    }

    /// Changes answers otherwise from now on.
    pub(super) fn set(&self, change: impl FnMut(&str, &mut Value) -> bool + Send + 'static) {
        *self.state.change.lock().unwrap() = Box::new(change);
        *self.state.changed.lock().unwrap() = 0;
    }

    /// How many answers were changed. A change that never happened proves nothing.
    pub(super) fn changed(&self) -> usize {
        *self.state.changed.lock().unwrap()
    }

    /// Has a file of its own, and gives the link to it.
    pub(super) fn file(&self, name: &str, content: &[u8]) -> String {
        let mut files = self.state.files.lock().unwrap();
        files.insert(name.to_owned(), content.to_vec());
        format!("{}/own/{name}", self.url)
    }

    /// The names of the own files that were asked for, in order.
    pub(super) fn fetched(&self) -> Vec<String> {
        self.state.fetched.lock().unwrap().clone()
    }
}

/// The service that has a path. Files are to be had from any.
fn service_of(path: &str) -> Service {
    let mut steps = path.trim_start_matches('/').split(['/', '?']);
    match (steps.next(), steps.next()) {
        (Some("v3"), None | Some("" | "auth" | "projects")) => Service::Iam,
        (Some("v3" | "v3.1"), _) => Service::Rds,
        _ => Service::Dcs,
    }
}

async fn answer(State(state): State<Arc<Shared>>, request: Request) -> Response {
    let path = request.uri().path_and_query().unwrap().to_string();
    if let Some(name) = path.strip_prefix("/own/") {
        state.fetched.lock().unwrap().push(name.to_owned());
        let content = state.files.lock().unwrap().get(name).cloned();
        let Some(content) = content else {
            return StatusCode::NOT_FOUND.into_response();
        };
        return (
            [(header::CONTENT_TYPE, "application/octet-stream")],
            content,
        )
            .into_response();
    }
    let cloud = &state.cloud[&service_of(&path)];
    let (parts, body) = request.into_parts();
    let mut headers = parts.headers;
    headers.remove(header::HOST);
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let sent = (state.client)
        .request(parts.method, format!("{cloud}{path}"))
        .headers(headers)
        .body(body)
        .send()
        .await
        .unwrap();
    let (mut status, headers) = (sent.status(), sent.headers().clone());
    let mut body = sent.bytes().await.unwrap();
    if let Ok(mut value) = serde_json::from_slice::<Value>(&body)
        && (state.change.lock().unwrap())(&path, &mut value)
    {
        *state.changed.lock().unwrap() += 1;
        body = Bytes::from(value.to_string());
        // The cloud may not know what it is made to answer for.
        status = StatusCode::OK;
    }
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    for (name, value) in &headers {
        if ![header::CONTENT_LENGTH, header::TRANSFER_ENCODING].contains(name) {
            response.headers_mut().insert(name, value.clone());
        }
    }
    response
}
