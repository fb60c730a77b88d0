//! Making a session.

use std::sync::Arc;

use reqwest::redirect;
use tokio::sync::{OnceCell, Semaphore};

use super::{Destinations, Session, Shared};
use crate::clock::{Clock, Jitter, bounded};
use crate::credentials::{Agency, Credentials};
use crate::endpoint::Endpoints;
use crate::error::{Error, Result};
use crate::identity::{Identity, TokenScope, is_id};
use crate::limits::Limits;
use crate::region::Region;
use crate::retry::{RetryBudget, RetryPolicy};
use crate::service::Service;
use crate::sign::Form;
use crate::transport::classify::root_cause;
use crate::transport::{Timeouts, Transport};

/// What a session is made from. Only credentials and region are needed.
#[derive(Clone, Debug)]
#[must_use]
pub struct SessionBuilder {
    credentials: Credentials,
    region: Region,
    endpoints: Option<Endpoints>,
    project_id: Option<String>,
    project_name: Option<String>,
    domain_id: Option<String>,
    domain_scope: bool,
    form: Form,
    retry: RetryPolicy,
    budget: RetryBudget,
    timeouts: Timeouts,
    user_agent: String,
    clock: Clock,
    jitter: Jitter,
    plain_http: bool,
    authorities: Option<Authorities>,
}

/// Certificates of authorities in PEM, and the place that errors name.
#[derive(Clone, Debug)]
struct Authorities {
    place: String,
    pem: String,
}

impl Authorities {
    fn refuse(&self, why: &str) -> Error {
        let place = &self.place;
        Error::invalid_argument(format!("the certificates in {place} cannot be used: {why}"))
            .with_hint("name a file with the authority's certificate in PEM, which begins with -----BEGIN CERTIFICATE-----")
    }
}

impl SessionBuilder {
    pub(super) fn new(credentials: Credentials, region: Region) -> Self {
        Self {
            credentials,
            region,
            endpoints: None,
            project_id: None,
            project_name: None,
            domain_id: None,
            domain_scope: false,
            form: Form::default(),
            retry: RetryPolicy::default(),
            budget: RetryBudget::default(),
            timeouts: Timeouts::default(),
            user_agent: concat!("otcdb/", env!("CARGO_PKG_VERSION")).to_owned(),
            clock: Clock::system(),
            jitter: Jitter::random(),
            plain_http: false,
            authorities: None,
        }
    }

    /// Other endpoints than the region's public ones.
    pub fn endpoints(mut self, endpoints: Endpoints) -> Self {
        self.endpoints = Some(endpoints);
        self
    }

    /// The project by its id, which saves a call.
    pub fn project_id(mut self, id: impl Into<String>) -> Self {
        self.project_id = Some(id.into());
        self
    }

    /// The project by its name; without either, it is the one with the region's name.
    pub fn project_name(mut self, name: impl Into<String>) -> Self {
        self.project_name = Some(name.into());
        self
    }

    /// The domain by its id, sent with signed calls to global services.
    pub fn domain_id(mut self, id: impl Into<String>) -> Self {
        self.domain_id = Some(id.into());
        self
    }

    /// Issues tokens for the domain and not for a project: for global services only.
    pub fn domain_scope(mut self, on: bool) -> Self {
        self.domain_scope = on;
        self
    }

    /// The form of signatures.
    pub fn signature_form(mut self, form: Form) -> Self {
        self.form = form;
        self
    }

    /// How calls are repeated.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// A retry budget that other sessions share.
    pub fn retry_budget(mut self, budget: RetryBudget) -> Self {
        self.budget = budget;
        self
    }

    /// How long calls may take.
    pub fn timeouts(mut self, timeouts: Timeouts) -> Self {
        self.timeouts = timeouts;
        self
    }

    /// The `User-Agent` header; `otcdb/` and the version if not given.
    pub fn user_agent(mut self, text: impl Into<String>) -> Self {
        self.user_agent = text.into();
        self
    }

    /// The clock that dates signatures and ends tokens.
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// The random part of pauses.
    pub fn jitter(mut self, jitter: Jitter) -> Self {
        self.jitter = jitter;
        self
    }

    /// Allows endpoints that are plain HTTP on other machines: whoever is on the way can read the secrets. Plain
    /// HTTP on this machine is always allowed.
    pub fn allow_plain_http(mut self, on: bool) -> Self {
        self.plain_http = on;
        self
    }

    /// Certificates of authorities in PEM, to trust beside those of the system in all calls and downloads. `place` says
    /// where they are from, for errors.
    pub fn authorities(mut self, place: impl Into<String>, pem: impl Into<String>) -> Self {
        self.authorities = Some(Authorities {
            place: place.into(),
            pem: pem.into(),
        });
        self
    }

    /// Makes the session. Nothing is sent.
    ///
    /// # Errors
    ///
    /// A setting that cannot be used.
    pub fn build(self) -> Result<Session> {
        let endpoints = match self.endpoints {
            Some(endpoints) => endpoints,
            None => Endpoints::of_region(&self.region)?,
        };
        if !self.plain_http
            && let Some(service) = endpoints.exposed()
        {
            return Err(Error::invalid_argument(format!(
                "the endpoint of {service}, {}, is plain HTTP on another machine, so that credentials \
                 could be read on the way",
                endpoints.get(service)
            ))
            .with_hint("use https, or allow plain HTTP explicitly for a test environment"));
        }
        let scope = if self.domain_scope {
            domain_scope(&self.credentials)?
        } else {
            match (&self.project_id, &self.project_name) {
                (Some(id), _) => TokenScope::ProjectId(id.clone()),
                (None, Some(name)) => TokenScope::ProjectName(name.clone()),
                (None, None) => TokenScope::ProjectName(self.region.to_string()),
            }
        };
        if let Some(id) = &self.project_id {
            check_id("project id", id)?;
        }
        if let Some(id) = &self.domain_id {
            check_id("domain id", id)?;
        }
        self.credentials.register();
        let limits = Limits::of_process();
        let pooled = |idle: usize| {
            let client = client(
                &self.user_agent,
                self.timeouts,
                &endpoints,
                self.authorities.as_ref(),
            )?;
            Ok::<_, Error>(client.pool_max_idle_per_host(idle))
        };
        let destinations = Destinations::new(&endpoints, self.plain_http);
        let downloads = pooled(limits.downloads)?.dns_resolver(destinations.clone());
        let transport = Transport {
            client: built(pooled(limits.calls.div_ceil(2))?, self.authorities.as_ref())?,
            turns: Arc::new(Semaphore::new(limits.calls)),
            policy: self.retry,
            budget: self.budget,
            total: self.timeouts.total,
            jitter: self.jitter,
            clock: self.clock.clone(),
            services: <_>::default(),
        };
        let identity = Identity {
            transport: transport.clone(),
            credentials: self.credentials,
            endpoint: endpoints.get(Service::IDENTITY).clone(),
            scope,
            project_id: self.project_id,
            project_name: self.project_name.unwrap_or_else(|| self.region.to_string()),
            domain_id: self.domain_id,
            form: self.form,
            region: self.region.to_string(),
            clock: self.clock,
            tokens: <_>::default(),
            base_tokens: <_>::default(),
            looked_up: OnceCell::new(),
        };
        Ok(Session(Arc::new(Shared {
            identity,
            transport,
            downloads: built(downloads, self.authorities.as_ref())?,
            destinations,
            endpoints,
            region: self.region,
        })))
    }
}

fn domain_scope(credentials: &Credentials) -> Result<TokenScope> {
    match credentials {
        Credentials::Password(password) => Ok(TokenScope::Domain(password.domain.clone())),
        Credentials::Agency(Agency { domain, .. }) => Ok(TokenScope::Domain(domain.clone())),
        Credentials::Token(_) | Credentials::AccessKey(_) => Err(Error::invalid_argument(
            "a domain scope can only be chosen where tokens are issued, for a password or an agency",
        )),
    }
}

/// Ids become part of paths and headers.
fn check_id(what: &str, id: &str) -> Result<()> {
    if is_id(id) {
        Ok(())
    } else {
        Err(Error::invalid_argument(format!(
            "{:?} is no {what}; ids are letters and digits, as in 0123456789abcdef0123456789abcdef",
            crate::redact::line(id)
        )))
    }
}

/// No redirect is followed and no referrer sent, so nothing reaches a host it is not for. reqwest's own retries
/// would repeat stale signatures.
fn client(
    user_agent: &str,
    timeouts: Timeouts,
    endpoints: &Endpoints,
    authorities: Option<&Authorities>,
) -> Result<reqwest::ClientBuilder> {
    let mut builder = reqwest::Client::builder()
        .user_agent(user_agent)
        .redirect(redirect::Policy::none())
        .referer(false)
        .retry(reqwest::retry::never());
    if let Some(connect) = bounded(timeouts.connect) {
        builder = builder.connect_timeout(connect);
    }
    if let Some(read) = bounded(timeouts.read) {
        builder = builder.read_timeout(read);
    }
    if endpoints.any_plain() {
        // A proxy for plain HTTP would read everything, and rarely reaches this machine's loopback.
        builder = builder.no_proxy();
    }
    if let Some(authorities) = authorities {
        let pem = authorities.pem.as_bytes();
        let certificates = reqwest::Certificate::from_pem_bundle(pem).map_err(|error| {
            authorities
                .refuse("it is no PEM")
                .with_source(error.without_url())
        })?;
        if certificates.is_empty() {
            return Err(authorities.refuse("there are none"));
        }
        builder = builder.tls_certs_merge(certificates);
    }
    Ok(builder)
}

fn built(
    builder: reqwest::ClientBuilder,
    authorities: Option<&Authorities>,
) -> Result<reqwest::Client> {
    builder.build().map_err(|error| {
        if let Some(authorities) = authorities {
            let refusal = authorities.refuse("one of them is no certificate");
            return refusal.with_source(error.without_url());
        }
        let cause = error.without_url();
        let what = format!("the HTTP client could not be set up: {}", root_cause(&cause));
        Error::invalid_argument(what)
            .with_hint(
                "check that this system has certificates of authorities (package ca-certificates), and what SSL_CERT_FILE \
                 and SSL_CERT_DIR name if they are set",
            )
            .with_source(cause)
    })
}
