//! The HTTP side: connections, and the way of a request through the simulator.

mod connection;
mod faults;
mod pipeline;

use std::sync::Arc;

use axum::Extension;
use axum::Router;
use axum::extract::State;
use axum::http;
use axum::response::Response;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::cloud::Cloud;
use crate::spec::Service;
use connection::{Connection, ConnectionFault};

pub(crate) use pipeline::operate;

/// Serves one service until told to stop, then drops all connections at once.
pub(crate) async fn serve(
    listener: TcpListener,
    service: Service,
    cloud: Arc<Cloud>,
    mut stop: watch::Receiver<()>,
) {
    let router = Router::new().fallback(answer).with_state((cloud, service));
    // Dropping the set ends the tasks in it.
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            // Nothing is ever sent; the sender is dropped.
            _ = stop.changed() => return,
            Some(_) = connections.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    let _ = stream.set_nodelay(true);
                    let (connection, connection_fault) = Connection::new(stream);
                    connections.spawn(serve_connection(connection, connection_fault, router.clone()));
                }
                // Such as too many open files; it may pass.
                Err(_) => tokio::time::sleep(std::time::Duration::from_millis(50)).await,
            },
        }
    }
}

async fn serve_connection(
    connection: Connection,
    connection_fault: ConnectionFault,
    router: Router,
) {
    let service = TowerToHyperService::new(router.layer(Extension(connection_fault)));
    // An error is the client's going away or a fault's cut; neither concerns anybody here.
    let _ = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(None)
        .serve_connection(TokioIo::new(connection), service)
        .await;
}

async fn answer(
    State((cloud, service)): State<(Arc<Cloud>, Service)>,
    Extension(connection_fault): Extension<ConnectionFault>,
    request: http::Request<axum::body::Body>,
) -> Response {
    pipeline::answer(&cloud, service, &connection_fault, request).await
}
