//! Making a session.

use std::fmt;
use std::sync::Arc;

use reqwest::redirect;
use rustls::ClientConfig;
use tokio::sync::{OnceCell, Semaphore};

use super::names::Names;
use super::tls::{self, Authorities};
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
use crate::transport::{Observer, Timeouts, Transport};

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
    http: Option<Configure>,
    observer: Option<Arc<dyn Observer>>,
}

/// What a program does to reqwest's builder.
#[derive(Clone)]
struct Configure(Arc<dyn Fn(reqwest::ClientBuilder) -> reqwest::ClientBuilder + Send + Sync>);

impl fmt::Debug for Configure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Configure")
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
            http: None,
            observer: None,
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

    /// Changes how HTTP is spoken, on reqwest's own builder: proxies, authorities, client certificates, timeouts, pools.
    /// It is called for the client that makes the calls, and again for the one that downloads files.
    ///
    /// What the session itself has set on the builder, user agent, timeouts and pools, can be replaced. What calls rely on
    /// is set afterwards: redirects are not followed, reqwest repeats nothing, and no referrer is sent. A total timeout
    /// ends downloads, too; that of calls is better set with [`timeouts`](Self::timeouts). Names that downloads
    /// resolve may not lead to this machine, so a proxy on it is given by its address.
    ///
    /// ```
    /// use otcdb_core::{Credentials, Session};
    ///
    /// # fn main() -> otcdb_core::Result<()> {
    /// let proxy = reqwest::Proxy::https("http://proxy.example:3128").unwrap();
    /// let session = Session::builder(Credentials::token("…"), "eu-de".parse()?)
    ///     .http(move |http| http.proxy(proxy.clone()))
    ///     .build()?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # TLS
    ///
    /// reqwest takes the [`CryptoProvider`](rustls::crypto::CryptoProvider) that the process has installed. If it has none
    /// when the session is built, the session's own is installed; a program that wants another installs that first.
    /// Without this method nothing is installed.
    pub fn http(
        mut self,
        configure: impl Fn(reqwest::ClientBuilder) -> reqwest::ClientBuilder + Send + Sync + 'static,
    ) -> Self {
        self.http = Some(Configure(Arc::new(configure)));
        self
    }

    /// Shows every response that its calls and its downloads get to an observer.
    pub fn observer(mut self, observer: Arc<dyn Observer>) -> Self {
        self.observer = Some(observer);
        self
    }

    /// Makes the session. Nothing is sent.
    ///
    /// # Errors
    ///
    /// A setting that cannot be used.
    pub fn build(self) -> Result<Session> {
        self.credentials.check()?;
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
        let http = Http {
            user_agent: &self.user_agent,
            timeouts: self.timeouts,
            any_plain: endpoints.any_plain(),
            configure: self.http.as_ref(),
            authorities: self.authorities.as_ref(),
            tls: match self.http {
                Some(_) => None,
                None => Some(tls::config(self.authorities.as_ref())?),
            },
        };
        let names = Names::default();
        let destinations = Destinations::new(&endpoints, self.plain_http, names.clone());
        let downloads = http.client(limits.downloads)?;
        let downloads = http.build(downloads.dns_resolver(destinations.clone()))?;
        let transport = Transport {
            client: http.build(names.resolve(http.client(limits.calls.div_ceil(2))?))?,
            turns: Arc::new(Semaphore::new(limits.calls)),
            policy: self.retry,
            budget: self.budget,
            total: self.timeouts.total,
            jitter: self.jitter,
            clock: self.clock.clone(),
            services: <_>::default(),
            observer: self.observer,
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
            downloads,
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
pub(super) fn check_id(what: &str, id: &str) -> Result<()> {
    if is_id(id) {
        Ok(())
    } else {
        Err(Error::invalid_argument(format!(
            "{:?} is no {what}; ids are letters and digits, as in 0123456789abcdef0123456789abcdef",
            crate::redact::line(id)
        )))
    }
}

/// What both HTTP clients of a session are made from.
struct Http<'a> {
    user_agent: &'a str,
    timeouts: Timeouts,
    any_plain: bool,
    configure: Option<&'a Configure>,
    authorities: Option<&'a Authorities>,
    /// Unless TLS is left to reqwest, since only then it heeds what its builder is told of it.
    tls: Option<ClientConfig>,
}

impl Http<'_> {
    /// No redirect is followed and no referrer sent, so nothing reaches a host it is not for. reqwest's own retries
    /// would repeat stale signatures. `idle` connections of a host are kept open.
    fn client(&self, idle: usize) -> Result<reqwest::ClientBuilder> {
        let mut builder = reqwest::Client::builder()
            .user_agent(self.user_agent)
            .pool_max_idle_per_host(idle);
        if let Some(connect) = bounded(self.timeouts.connect) {
            builder = builder.connect_timeout(connect);
        }
        if let Some(read) = bounded(self.timeouts.read) {
            builder = builder.read_timeout(read);
        }
        if self.any_plain {
            // A proxy for plain HTTP would read everything, and rarely reaches this machine's loopback.
            builder = builder.no_proxy();
        }
        if let Some(tls) = &self.tls {
            builder = builder.tls_backend_preconfigured(tls.clone());
        }
        if let Some(Configure(configure)) = self.configure {
            tls::install_provider()?;
            if let Some(authorities) = self.authorities {
                for one in authorities.certificates()? {
                    let one = reqwest::Certificate::from_der(&one)
                        .map_err(|error| authorities.broken().with_source(error))?;
                    builder = builder.tls_certs_merge([one]);
                }
            }
            builder = configure(builder);
        }
        Ok(builder
            .redirect(redirect::Policy::none())
            .referer(false)
            .retry(reqwest::retry::never()))
    }

    fn build(&self, builder: reqwest::ClientBuilder) -> Result<reqwest::Client> {
        builder.build().map_err(|error| {
            let cause = error.without_url();
            let error = match self.authorities {
                Some(authorities) => authorities.broken(),
                None => tls::unusable(&root_cause(&cause)),
            };
            error.with_source(cause)
        })
    }
}
