//! A cloud that runs.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use otcdb_core::sync::unpoisoned;
use otcdb_core::{Credentials, Endpoints, Region, Session};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::accounts::Accounts;
use crate::clock::Clock;
use crate::error::StartError;
use crate::fault::{self, Fault};
use crate::fixtures::{self, Fixture, FixtureError, Ids};
use crate::objects::LogFile;
use crate::request_log::RecordedRequest;
use crate::services::{self, DatabaseInstance, RedisInstance, Simulation};
use crate::spec::Service;

/// A running cloud. When it is dropped, and all [sessions](Self::session) with it, the servers and all their connections
/// end.
pub struct Running {
    cloud: Arc<Simulation>,
    servers: Arc<Servers>,
    session: Session,
}

impl std::fmt::Debug for Running {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Running")
            .field("addresses", &self.cloud.addresses)
            .finish_non_exhaustive()
    }
}

/// The servers of a cloud. They end when this is dropped.
#[derive(Debug)]
pub(crate) struct Servers {
    stop: watch::Sender<()>,
    tasks: Mutex<JoinSet<()>>,
}

impl Servers {
    pub(crate) fn new(stop: watch::Sender<()>, tasks: JoinSet<()>) -> Self {
        let tasks = Mutex::new(tasks);
        Self { stop, tasks }
    }
}

impl Running {
    /// # Errors
    /// No client of it can be set up.
    pub(crate) fn new(cloud: Arc<Simulation>, servers: Servers) -> Result<Self, StartError> {
        let servers = Arc::new(servers);
        let session = session(&cloud, &servers)?;
        Ok(Self {
            cloud,
            servers,
            session,
        })
    }

    /// A session with this cloud: with a [token](Self::token) for the [project](Self::project_id), and with this cloud's
    /// clock. The cloud runs on as long as there is one.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use otcdb_simulator::Simulator;
    ///
    /// let session = Simulator::start().await?.session();
    /// assert_eq!(session.project_id().await?.len(), 32);
    /// # Ok(())
    /// # }
    /// ```
    pub fn session(&self) -> Session {
        self.session.clone()
    }

    /// Where each service listens, in the order of [`Service::ALL`].
    pub fn addresses(&self) -> Vec<(Service, SocketAddr)> {
        self.cloud.addresses.0.clone()
    }

    /// Where the first service listens.
    pub fn address(&self) -> SocketAddr {
        let first = self.cloud.addresses.0.first();
        first.map_or_else(|| (Ipv4Addr::LOCALHOST, 0).into(), |(_, address)| *address)
    }

    /// `http://` with the address of a service, its endpoint.
    pub fn url(&self, service: Service) -> String {
        format!("http://{}", self.cloud.addresses.authority(service))
    }

    /// The endpoint of the first service. No other one answers there.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address())
    }

    /// Its clock.
    pub fn clock(&self) -> &Clock {
        &self.cloud.clock
    }

    /// A token for the project, which began to live when the cloud did.
    pub fn token(&self) -> &str {
        &self.cloud.first_token
    }

    /// The first project.
    pub fn project_id(&self) -> &str {
        &self.cloud.accounts.project_id
    }

    /// The region.
    pub fn region(&self) -> &str {
        &self.cloud.accounts.region
    }

    /// User, keys, projects.
    pub fn accounts(&self) -> &Accounts {
        &self.cloud.accounts
    }

    /// Environment variables for a client with a token.
    pub fn env_token(&self) -> Vec<(String, String)> {
        self.env(&[
            ("OTCDB_PROJECT_ID", self.project_id()),
            ("OTCDB_TOKEN", self.token()),
        ])
    }

    /// Environment variables for a client with user and password.
    pub fn env_password(&self) -> Vec<(String, String)> {
        let accounts = self.accounts();
        let auth_url = format!("{}/v3", self.url(Service::IDENTITY));
        self.env(&[
            ("OS_AUTH_URL", &auth_url),
            ("OS_USERNAME", &accounts.user_name),
            ("OS_PASSWORD", &accounts.password),
            ("OS_USER_DOMAIN_NAME", &accounts.domain_name),
            ("OS_PROJECT_NAME", &accounts.region),
            ("OS_REGION_NAME", &accounts.region),
        ])
    }

    /// Environment variables for a client with a permanent access key. The project has to be looked up.
    pub fn env_access_key(&self) -> Vec<(String, String)> {
        let (id, secret) = &self.accounts().access_key;
        self.env(&[
            ("OS_ACCESS_KEY", id),
            ("OS_SECRET_KEY", secret),
            ("OS_REGION_NAME", self.region()),
        ])
    }

    /// Environment variables for a client with a temporary access key. The project has to be looked up.
    pub fn env_temporary_access_key(&self) -> Vec<(String, String)> {
        let (id, secret, token) = &self.accounts().temporary_access_key;
        self.env(&[
            ("OS_ACCESS_KEY", id),
            ("OS_SECRET_KEY", secret),
            ("OS_SECURITY_TOKEN", token),
            ("OS_REGION_NAME", self.region()),
        ])
    }

    fn env(&self, identity: &[(&str, &str)]) -> Vec<(String, String)> {
        let endpoints = Service::ALL.into_iter().map(|service| {
            let setting = service.endpoint_setting().to_uppercase();
            (format!("OTCDB_{setting}"), self.url(service))
        });
        let others = [("OTCDB_REGION", self.region())].into_iter();
        let others = others.chain(identity.iter().copied());
        let others = others.map(|(name, value)| (name.to_owned(), value.to_owned()));
        endpoints.chain(others).collect()
    }

    /// All Redis instances of the first project.
    pub fn redis_instances(&self) -> Vec<RedisInstance> {
        let mut redis = unpoisoned(self.cloud.states.redis.lock());
        redis.settle(self.clock().now());
        redis.shapes()
    }

    /// All database instances of the first project.
    pub fn database_instances(&self) -> Vec<DatabaseInstance> {
        unpoisoned(self.cloud.states.databases.lock())
            .instances()
            .collect()
    }

    /// What an operation can be called with, such as `dcs.ShowInstance`: the documented request with ids of what there
    /// is. What that needs is made before, a few minutes ago by the cloud's clock.
    ///
    /// # Errors
    ///
    /// There is no such operation, or the cloud has nothing that it could be about.
    pub fn fixture(&self, operation: &str) -> Result<Fixture, FixtureError> {
        self.fixture_about(operation, &Ids::new())
    }

    /// The same about what has these ids.
    ///
    /// # Errors
    ///
    /// See [`fixture`](Self::fixture).
    pub fn fixture_about(&self, operation: &str, ids: &Ids) -> Result<Fixture, FixtureError> {
        fixtures::fixture(&self.cloud, operation, ids)
    }

    /// What every operation of every service can be called with, one after the other: what lists and shows comes first,
    /// what deletes comes last. Each operation has an instance of its own as long as there are enough of them.
    ///
    /// # Errors
    ///
    /// The cloud has nothing that some operation could be about.
    pub fn fixtures(&self) -> Result<Vec<Fixture>, FixtureError> {
        fixtures::fixtures(&self.cloud)
    }

    /// Whether a service of this name remembers what was made; one of which nothing but its description is known answers
    /// from its examples.
    pub fn remembers(&self, service: &str) -> bool {
        crate::services::remembers(service)
    }

    /// All requests so far, oldest first; of very many, the last 20,000.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.cloud.record.all()
    }

    /// How many requests an operation has had: its id, alone or behind its service's name and a point,
    /// or `download`.
    pub fn count(&self, operation: &str) -> u64 {
        self.cloud.record.count(operation)
    }

    /// Forgets all requests and counts.
    pub fn clear_requests(&self) {
        self.cloud.record.clear();
    }

    /// Responses, other than faults, that the bundled descriptions do not have like this. There should be none.
    pub fn deviations(&self) -> Vec<String> {
        self.cloud.record.deviations()
    }

    /// Query parameters that an operation was sent and does not have, such as `dcs.ListInstances: limt`. They are ignored
    /// as by the services, but are slips of the client.
    pub fn unknown_parameters(&self) -> Vec<String> {
        self.cloud.record.unknown_parameters()
    }

    /// All files that are in the object store by now, ordered by key.
    pub fn objects(&self) -> Vec<LogFile> {
        self.cloud.store.all()
    }

    /// The one file whose key ends with these whole parts: a file name, `instance/file`, or all of the key.
    pub fn expected_file(&self, name: &str) -> Option<LogFile> {
        let mut found = self.objects().into_iter().filter(|file| {
            file.key()
                .strip_suffix(name)
                .is_some_and(|before| before.is_empty() || before.ends_with('/'))
        });
        let file = found.next()?;
        found.next().is_none().then_some(file)
    }

    /// The content of [`expected_file`](Self::expected_file).
    pub fn expected_bytes(&self, name: &str) -> Option<Vec<u8>> {
        Some(self.expected_file(name)?.bytes())
    }

    /// All entries that an operation such as `ListErrorLogs` lists of an instance, as it shows them and in its order. Empty
    /// for an unknown instance, and for an operation that lists no entries.
    pub fn expected_entries(
        &self,
        service: Service,
        operation: &str,
        instance_id: &str,
    ) -> Vec<Value> {
        services::entries(&self.cloud, (service, operation), instance_id)
    }

    /// Everything that must not appear in any output: passwords, keys, and all tokens and signatures of links that
    /// were given out so far, as they are and as they stand in a link.
    pub fn secrets(&self) -> Vec<String> {
        let mut secrets = self.cloud.accounts.secrets();
        for states in self.cloud.all_states() {
            secrets.extend(unpoisoned(states.redis.lock()).passwords());
            secrets.extend(unpoisoned(states.databases.lock()).passwords());
        }
        secrets.extend(unpoisoned(self.cloud.tokens.lock()).all());
        for signature in unpoisoned(self.cloud.link_signatures.lock()).iter() {
            secrets.push(utf8_percent_encode(signature, NON_ALPHANUMERIC).to_string());
            secrets.push(signature.clone());
        }
        secrets
    }

    /// Ends all tokens that were given out so far.
    pub fn expire_tokens(&self) {
        unpoisoned(self.cloud.tokens.lock()).expire(self.clock().now());
    }

    /// Replaces all faults.
    ///
    /// # Errors
    ///
    /// [`StartError::UnknownOperation`], and then the old faults stay.
    pub fn set_faults(&self, faults: Vec<Fault>) -> Result<(), StartError> {
        fault::check(&faults, self.cloud.spec.names())?;
        self.cloud.faults.set(faults);
        Ok(())
    }

    /// The faults that have not happened to any call yet, as text. A test whose fault never happened shows nothing.
    pub fn idle_faults(&self) -> Vec<String> {
        let idle = self.cloud.faults.idle();
        idle.iter().map(ToString::to_string).collect()
    }

    /// Ends all servers and their connections, and returns when the ports are free. Sessions reach nothing any more then.
    pub async fn shutdown(self) {
        self.servers.stop.send_replace(());
        let mut tasks = std::mem::take(&mut *unpoisoned(self.servers.tasks.lock()));
        while tasks.join_next().await.is_some() {}
    }
}

/// # Errors
/// The system has no certificates, as with every session.
fn session(cloud: &Simulation, servers: &Arc<Servers>) -> Result<Session, otcdb_core::Error> {
    let accounts = &cloud.accounts;
    let region = Region::new(&accounts.region)?;
    let mut endpoints = Endpoints::of_region(&region)?;
    for service in Service::ALL {
        endpoints.set(
            service,
            &format!("http://{}", cloud.addresses.authority(service)),
        )?;
    }
    let clock = cloud.clock.clone();
    // Whoever has a session has the cloud: the clock that it goes by holds the servers.
    let servers = Arc::clone(servers);
    Session::builder(Credentials::Token(cloud.first_token.clone().into()), region)
        .endpoints(endpoints)
        .project_id(&accounts.project_id)
        .clock(otcdb_core::clock::Clock::new(move || {
            let _held = &servers;
            clock.now()
        }))
        .build()
}
