//! What every call of a client needs, in one place.

mod builder;
pub(crate) mod decode;
mod destination;
#[cfg_attr(
    not(all(feature = "dns", target_os = "linux")),
    path = "system_names.rs"
)]
mod names;
mod place;
mod projects;
mod raw;
mod service;
mod system_trust;
mod tls;

use std::sync::Arc;

use bytes::Bytes;
use jiff::SignedDuration;
use reqwest::Method;
use reqwest::header::HeaderMap;

use crate::clock::Clock;
use crate::credentials::Credentials;
use crate::endpoint::Endpoints;
use crate::error::Result;
use crate::identity::{Identity, Proof};
use crate::region::Region;
use crate::retry::RetryBudget;
use crate::service::Service;
use crate::transport::{Observer, Transport};

pub use builder::SessionBuilder;
pub(crate) use destination::Destinations;
pub use raw::RawCall;
pub use service::ServiceSession;

/// An identity with a region, its endpoints, and the ways of a client: retries, timeouts, user agent.
///
/// A session is cheap to clone, and clones share the token, the retry budget and the connections. It is made
/// with [`Session::from_env`], [`Session::builder`] or from [`crate::config::Settings`]. Making one sends nothing: a token
/// is issued, and the project looked up, when a call first needs them.
///
/// ```
/// use otcdb_core::{Credentials, Service, Session};
///
/// # fn main() -> otcdb_core::Result<()> {
/// let session = Session::builder(Credentials::token("…"), "eu-de".parse()?).build()?;
/// let dcs = session.service(Service::Dcs);
/// assert_eq!(dcs.endpoint(), "https://dcs.eu-de.otc.t-systems.com");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Session(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    identity: Identity,
    transport: Transport,
    /// For presigned links.
    downloads: reqwest::Client,
    destinations: Destinations,
    endpoints: Endpoints,
    region: Region,
}

impl Session {
    /// Starts a session for these credentials and this region.
    pub fn builder(credentials: impl Into<Credentials>, region: Region) -> SessionBuilder {
        SessionBuilder::new(credentials.into(), region)
    }

    /// The session as one service's client uses it.
    pub fn service(&self, service: Service) -> ServiceSession {
        ServiceSession::new(self.clone(), service)
    }

    /// The region.
    pub fn region(&self) -> &Region {
        &self.0.region
    }

    /// The endpoints.
    pub fn endpoints(&self) -> &Endpoints {
        &self.0.endpoints
    }

    /// A word for how calls prove who makes them; see [`Credentials::method`].
    pub fn method(&self) -> &'static str {
        self.0.identity.credentials.method()
    }

    /// The project that calls go to: the given one, or that of the token, or the one that IAM finds under the
    /// given name or else the region's name (page `en-us_topic_0057845625`). It is looked up once.
    ///
    /// # Errors
    ///
    /// The identity is refused, or sees no such project.
    pub async fn project_id(&self) -> Result<String> {
        self.0.identity.project_id().await
    }

    /// The project that was given, for which nobody has to be asked.
    pub(crate) fn given_project(&self) -> Option<&str> {
        self.0.identity.project_id.as_deref()
    }

    /// Shows with one call that the identity is accepted: issues a token, or for a given token and for access
    /// keys looks the project up.
    ///
    /// # Errors
    ///
    /// The identity is refused.
    pub async fn prove(&self) -> Result<Proof> {
        self.0.identity.prove().await
    }

    /// How much of the retry budget is left.
    pub fn retry_budget(&self) -> &RetryBudget {
        &self.0.transport.budget
    }

    /// The clock that dates what this session does.
    pub fn clock(&self) -> &Clock {
        &self.0.identity.clock
    }

    /// How far the cloud's clock is ahead of this machine's, by the `Date` of the last successful response of any
    /// service; `None` before the first one. `Date` is cut to the second and older by the response's way here, so the
    /// true offset can be larger by a second and that way. See also [`ServiceSession::clock_offset`].
    pub fn clock_offset(&self) -> Option<SignedDuration> {
        self.0.transport.services.offset()
    }

    /// The HTTP client of the services' calls, for what else a program asks hosts that its user has named: it has this session's
    /// timeouts, proxies and authorities. It carries no credentials and follows no redirect.
    pub fn http_client(&self) -> &reqwest::Client {
        &self.0.transport.client
    }

    /// The HTTP client for presigned links. It carries no credentials, which the session puts on each call of its own,
    /// follows no redirect and sends no referrer, so that a link's secret stays with the host it is for. Names that resolve
    /// to where no link may lead are refused; scheme and addresses have to be looked at before.
    pub(crate) fn download_client(&self) -> &reqwest::Client {
        &self.0.downloads
    }

    /// Who is shown what goes over the wire.
    pub(crate) fn observer(&self) -> Option<&dyn Observer> {
        self.0.transport.observer.as_deref()
    }

    /// Where presigned links may lead.
    pub(crate) fn destinations(&self) -> &Destinations {
        &self.0.destinations
    }

    /// Makes any call with this identity. `{project_id}` in the path is replaced; see [`ServiceSession::execute_raw`].
    ///
    /// # Errors
    ///
    /// See [`ServiceSession::execute_raw`].
    pub async fn execute_raw(
        &self,
        service: Service,
        method: Method,
        path: &str,
        query: &[(String, String)],
        headers: HeaderMap,
        body: Bytes,
    ) -> Result<crate::Received> {
        self.service(service)
            .execute_raw(method, path, query, headers, body)
            .await
    }
}
