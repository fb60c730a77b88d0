//! The HTTP side: connections, and the way of a request through the simulator.

mod connection;
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

use crate::spec::Service;
use crate::world::World;
use connection::{Connection, Knife};
pub(crate) use connection::{Cut, How};

/// Serves one service until told to stop, then drops all connections at once.
pub(crate) async fn serve(
    listener: TcpListener,
    service: Service,
    world: Arc<World>,
    mut stop: watch::Receiver<()>,
) {
    let router = Router::new().fallback(answer).with_state((world, service));
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
                    let (connection, knife) = Connection::new(stream);
                    connections.spawn(serve_connection(connection, knife, router.clone()));
                }
                // Such as too many open files; it may pass.
                Err(_) => tokio::time::sleep(std::time::Duration::from_millis(50)).await,
            },
        }
    }
}

async fn serve_connection(connection: Connection, knife: Knife, router: Router) {
    let service = TowerToHyperService::new(router.layer(Extension(knife)));
    // An error is the client's going away or a fault's cut; neither concerns anybody here.
    let _ = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(None)
        .serve_connection(TokioIo::new(connection), service)
        .await;
}

async fn answer(
    State((world, service)): State<(Arc<World>, Service)>,
    Extension(knife): Extension<Knife>,
    request: http::Request<axum::body::Body>,
) -> Response {
    pipeline::answer(&world, service, &knife, request).await
}
