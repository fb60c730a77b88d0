//! What every call of this client goes through: the session.

use otcdb_core::{Service, ServiceSession, Session};
use progenitor_client::{ClientHooks, OperationInfo};
use reqwest::{Request, Response};

use crate::generated::{Client, OPERATIONS};

impl Client {
    /// A client that calls the session's endpoint with the session's identity. Nothing is sent.
    pub fn connect(session: &Session) -> Self {
        let inner = session.service(Service::Iam);
        Self::new_with_client(&inner.endpoint(), inner.http_client(), inner)
    }
}

impl ClientHooks<ServiceSession> for Client {
    async fn exec(&self, request: Request, info: &OperationInfo) -> reqwest::Result<Response> {
        Ok(self
            .inner
            .exec(request, OPERATIONS, info.operation_id)
            .await)
    }
}
