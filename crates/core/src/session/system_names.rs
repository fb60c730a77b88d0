//! Looking up names of hosts, as the system does it.

use std::net::SocketAddr;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

#[derive(Clone, Debug, Default)]
pub(super) struct Names(());

impl Names {
    /// The addresses of a name.
    pub(super) async fn lookup(&self, host: &str) -> Result<Vec<SocketAddr>, BoxError> {
        Ok(tokio::net::lookup_host((host, 0)).await?.collect())
    }

    /// Has a client look names up like this, which is what it does anyway.
    pub(super) fn resolve(&self, builder: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
        builder
    }
}
