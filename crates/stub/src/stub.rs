//! The server.

use std::fmt;
use std::future::Future;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

use crate::connection::{Connection, serve};
use crate::routes::{Routes, Which};
use crate::{Request, Response, Route};

type Accepted = Pin<Box<dyn Future<Output = io::Result<Box<dyn Connection>>> + Send>>;

/// What the thread and the test share.
struct Shared {
    routes: Routes,
    received: Mutex<Vec<Request>>,
    accept: Box<dyn Fn(TcpStream) -> Accepted + Send + Sync>,
}

/// An HTTP server on loopback. It ends, with all connections, when it is dropped.
pub struct Stub {
    address: SocketAddr,
    shared: Arc<Shared>,
    ends: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl fmt::Debug for Stub {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stub")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

impl Stub {
    /// One that knows no response yet.
    pub fn start() -> Self {
        Self::over(|stream| std::future::ready(Ok(stream)))
    }

    /// One that answers all requests with each of these once, and then with 418.
    pub fn in_turn(responses: impl IntoIterator<Item = Response>) -> Self {
        let stub = Self::start();
        stub.any().in_turn(responses);
        stub
    }

    /// One that answers all requests as the function says.
    pub fn answering(answer: impl Fn(&Request) -> Response + Send + Sync + 'static) -> Self {
        let stub = Self::start();
        stub.any().by(answer);
        stub
    }

    /// One that speaks HTTP over what becomes of its connections, such as TLS.
    ///
    /// # Panics
    ///
    /// There is no free port.
    pub fn over<F, A, C>(accept: F) -> Self
    where
        F: Fn(TcpStream) -> A + Send + Sync + 'static,
        A: Future<Output = io::Result<C>> + Send + 'static,
        C: Connection + 'static,
    {
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            routes: Routes::default(),
            received: Mutex::default(),
            accept: Box::new(move |stream| {
                let accepting = accept(stream);
                Box::pin(async { Ok(Box::new(accepting.await?) as Box<dyn Connection>) })
            }),
        });
        let (ends, end) = oneshot::channel();
        let of_thread = Arc::clone(&shared);
        let thread = std::thread::spawn(move || run(listener, &of_thread, end));
        Self {
            address,
            shared,
            ends: Some(ends),
            thread: Some(thread),
        }
    }

    /// Requests with this method for this path. A segment in braces stands for any; the query does not count.
    pub fn on(&self, method: &str, path: &str) -> Route<'_> {
        let which = Which::At {
            method: method.to_owned(),
            path: path.to_owned(),
        };
        Route { stub: self, which }
    }

    /// All requests.
    pub fn any(&self) -> Route<'_> {
        Route {
            stub: self,
            which: Which::Any,
        }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where it listens, as `http://…` without a path.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The requests so far, in order.
    pub fn requests(&self) -> Vec<Request> {
        self.shared.received.lock().unwrap().clone()
    }

    /// How many requests there were so far.
    pub fn count(&self) -> usize {
        self.shared.received.lock().unwrap().len()
    }

    /// The only request.
    ///
    /// # Panics
    ///
    /// There were more, or none.
    pub fn only(&self) -> Request {
        let [request] = <[Request; 1]>::try_from(self.requests()).unwrap();
        request
    }

    /// Ends it, and frees its port: nobody listens there then.
    pub fn stop(self) {
        drop(self);
    }

    pub(crate) fn routes(&self) -> &Routes {
        &self.shared.routes
    }
}

impl Drop for Stub {
    fn drop(&mut self) {
        self.ends.take();
        if let Some(thread) = self.thread.take() {
            // A panic of it has been printed, and made a test fail that waited for a response.
            let _ = thread.join();
        }
    }
}

fn run(listener: std::net::TcpListener, shared: &Arc<Shared>, end: oneshot::Receiver<()>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let listener = TcpListener::from_std(listener).unwrap();
        let accepting = async {
            while let Ok((stream, _)) = listener.accept().await {
                let shared = Arc::clone(shared);
                tokio::spawn(async move {
                    if let Ok(connection) = (shared.accept)(stream).await {
                        serve(connection, &shared.received, &shared.routes).await;
                    }
                });
            }
        };
        tokio::select! {
            () = accepting => {}
            _ = end => {}
        }
    });
}
