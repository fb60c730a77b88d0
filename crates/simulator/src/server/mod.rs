//! The HTTP side: connections, and the way of a request through the simulator.

mod browser;
mod connection;
mod faults;
mod pipeline;
mod shape;

use std::convert::Infallible;
use std::sync::Arc;

use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::services::Simulation;
use crate::spec::Service;
use connection::Connection;

pub(crate) use pipeline::operate;

/// Serves one service until told to stop, then drops all connections at once.
pub(crate) async fn serve(
    listener: TcpListener,
    service: Service,
    cloud: Arc<Simulation>,
    mut stop: watch::Receiver<()>,
) {
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
                    connections.spawn(serve_connection(stream, service, Arc::clone(&cloud)));
                }
                // Such as too many open files; it may pass.
                Err(_) => tokio::time::sleep(std::time::Duration::from_millis(50)).await,
            },
        }
    }
}

async fn serve_connection(stream: TcpStream, service: Service, cloud: Arc<Simulation>) {
    let (connection, connection_fault) = Connection::new(stream);
    let answer = service_fn(async |request| {
        let response = pipeline::answer(&cloud, service, &connection_fault, request).await;
        Ok::<_, Infallible>(response)
    });
    // An error is the client's going away or a fault's cut; neither concerns anybody here.
    let _ = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(None)
        .serve_connection(TokioIo::new(connection), answer)
        .await;
}
