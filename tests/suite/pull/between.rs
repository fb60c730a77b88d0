//! Someone between a pull and the cloud, who changes responses: what no fault of the simulator says.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use otcdb_simulator::{Running, Service};
use otcdb_stub::{Request, Response, Stub};
use reqwest::header;
use serde_json::Value;

/// Changes the response to a request for a path with a query, and tells whether it did.
type Change = Box<dyn FnMut(&str, &mut Value) -> bool + Send>;

/// A server that hands requests on to a cloud.
pub(super) struct Between {
    stub: Stub,
    state: Arc<Shared>,
}

struct Shared {
    /// The addresses of the services.
    cloud: HashMap<Service, String>,
    client: reqwest::Client,
    change: Mutex<Change>,
    changed: Mutex<usize>,
    files: Mutex<HashMap<String, Vec<u8>>>,
}

impl Between {
    pub(super) fn new(
        cloud: &Running,
        change: impl FnMut(&str, &mut Value) -> bool + Send + 'static,
    ) -> Self {
        let state = Arc::new(Shared {
            cloud: Service::ALL.map(|one| (one, cloud.url(one))).into(),
            client: otcdb_testing::http_client(),
            change: Mutex::new(Box::new(change)),
            changed: Mutex::default(),
            files: Mutex::default(),
        });
        let stub = Stub::start();
        let of_stub = Arc::clone(&state);
        stub.any()
            .by_async(move |request| answer(Arc::clone(&of_stub), request));
        Self { stub, state }
    }

    pub(super) fn url(&self) -> String {
        self.stub.url()
    }

    /// Changes responses otherwise from now on.
    pub(super) fn set(&self, change: impl FnMut(&str, &mut Value) -> bool + Send + 'static) {
        *self.state.change.lock().unwrap() = Box::new(change);
        *self.state.changed.lock().unwrap() = 0;
    }

    /// How many responses were changed. A change that never happened proves nothing.
    pub(super) fn changed(&self) -> usize {
        *self.state.changed.lock().unwrap()
    }

    /// Has a file of its own, and gives the link to it.
    pub(super) fn file(&self, name: &str, content: &[u8]) -> String {
        let mut files = self.state.files.lock().unwrap();
        files.insert(name.to_owned(), content.to_vec());
        format!("{}/own/{name}", self.url())
    }

    /// The names of the own files that were asked for, in order.
    pub(super) fn fetched(&self) -> Vec<String> {
        let own = |request: &Request| Some(request.target.strip_prefix("/own/")?.to_owned());
        self.stub.requests().iter().filter_map(own).collect()
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

async fn answer(state: Arc<Shared>, request: Request) -> Response {
    let path = &request.target;
    if let Some(name) = path.strip_prefix("/own/") {
        return match state.files.lock().unwrap().get(name) {
            Some(content) => Response::bytes(200, "application/octet-stream", content.clone()),
            None => Response::empty(404),
        };
    }
    let cloud = &state.cloud[&service_of(path)];
    let mut headers = request.headers;
    headers.remove(header::HOST);
    let sent = (state.client)
        .request(request.method.parse().unwrap(), format!("{cloud}{path}"))
        .headers(headers)
        .body(request.body)
        .send()
        .await
        .unwrap();
    let (mut status, headers) = (sent.status().as_u16(), sent.headers().clone());
    let mut body = Vec::from(sent.bytes().await.unwrap());
    if let Ok(mut value) = serde_json::from_slice::<Value>(&body)
        && (state.change.lock().unwrap())(path, &mut value)
    {
        *state.changed.lock().unwrap() += 1;
        body = value.to_string().into_bytes();
        // The cloud may not know what it is made to answer for.
        status = 200;
    }
    let mut response = Response::empty(status).body(body);
    for (name, value) in &headers {
        if ![header::CONTENT_LENGTH, header::TRANSFER_ENCODING].contains(name) {
            response = response.header(name.as_str(), value.to_str().unwrap());
        }
    }
    response
}
