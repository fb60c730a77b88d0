//! A web service that shows the state of instances, with one client for all requests.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::{Router, routing::get};
use otcdb::dcs::Client;
use otcdb::{Error, Session};

pub(crate) fn router(session: &Session) -> Router {
    Router::new()
        .route("/status/{id}", get(status))
        .with_state(Client::connect(session))
}

async fn status(State(dcs): State<Client>, Path(id): Path<String>) -> Result<String, Failed> {
    let shown = dcs.show_instance().instance_id(id).await.map_err(failed)?;
    Ok(shown.status.to_string())
}

/// What the service says of a call that failed.
type Failed = (StatusCode, String);

fn failed(error: Error) -> Failed {
    let status = error.status().unwrap_or(StatusCode::BAD_GATEWAY);
    (status, error.to_string())
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
    axum::serve(listener, router(&Session::from_env().await?)).await?;
    Ok(())
}
