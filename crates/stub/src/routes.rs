//! Which response a request gets.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};

use serde_json::Value;

use crate::{Request, Response, Stub};

type Answering = dyn Fn(Request) -> Pin<Box<dyn Future<Output = Response> + Send>> + Send + Sync;

/// Which requests a route is for.
#[derive(Debug)]
pub(crate) enum Which {
    Any,
    At { method: String, path: String },
}

impl Which {
    fn fits(&self, request: &Request) -> bool {
        match self {
            Self::Any => true,
            Self::At { method, path } => {
                let (described, there) = (path.split('/'), request.path().split('/'));
                *method == request.method
                    && described.clone().count() == there.clone().count()
                    && described
                        .zip(there)
                        .all(|(described, there)| described == there || described.starts_with('{'))
            }
        }
    }
}

enum Responses {
    InTurn(VecDeque<Response>),
    By(Arc<Answering>),
}

/// All that a stub was told to answer.
#[derive(Default)]
pub(crate) struct Routes(Mutex<Vec<(Which, Responses)>>);

impl Routes {
    pub(crate) async fn answer(&self, request: Request) -> Response {
        let answering = {
            let mut routes = self.0.lock().unwrap();
            let mut fitting = routes
                .iter_mut()
                .filter(|(which, _)| which.fits(&request))
                .map(|(_, responses)| responses);
            loop {
                match fitting.next() {
                    None => return unexpected(&request),
                    Some(Responses::By(answering)) => break Arc::clone(answering),
                    Some(Responses::InTurn(left)) => {
                        if let Some(response) = left.pop_front() {
                            return response;
                        }
                    }
                }
            }
        };
        answering(request).await
    }

    fn add(&self, which: Which, responses: Responses) {
        self.0.lock().unwrap().push((which, responses));
    }
}

fn unexpected(request: &Request) -> Response {
    let text = format!(
        "no response is left for {} {}",
        request.method, request.target
    );
    Response::bytes(418, "text/plain", text)
}

/// A route that is told now what it answers.
#[must_use = "a route answers nothing yet"]
#[derive(Debug)]
pub struct Route<'a> {
    pub(crate) stub: &'a Stub,
    pub(crate) which: Which,
}

impl Route<'_> {
    /// Always with this document.
    pub fn respond(self, status: u16, body: impl Into<Value>) {
        self.with(Response::json(status, body));
    }

    /// Always so.
    pub fn with(self, response: Response) {
        self.by(move |_| response.clone());
    }

    /// With each of these once. What follows is for the routes behind.
    pub fn in_turn(self, responses: impl IntoIterator<Item = Response>) {
        let left = responses.into_iter().collect();
        self.stub.routes().add(self.which, Responses::InTurn(left));
    }

    /// As the function says.
    pub fn by(self, answer: impl Fn(&Request) -> Response + Send + Sync + 'static) {
        self.by_async(move |request| std::future::ready(answer(&request)));
    }

    /// As the function says, in its time.
    pub fn by_async<F, A>(self, answer: F)
    where
        F: Fn(Request) -> A + Send + Sync + 'static,
        A: Future<Output = Response> + Send + 'static,
    {
        let responses = Responses::By(Arc::new(move |request| Box::pin(answer(request))));
        self.stub.routes().add(self.which, responses);
    }
}
