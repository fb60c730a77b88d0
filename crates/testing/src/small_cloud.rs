//! A small cloud in this process, and who calls it in which way.

use std::time::Duration;

use otcdb_openapi::Operation;
use otcdb_simulator::{Builder, Clock, Fixture, Ids, Running, Service, Simulator};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

/// One instance of each kind, with short logs, and a clock that only tests move.
pub fn builder() -> Builder {
    Simulator::builder()
        .clock(Clock::manual("2026-04-16T12:00:00Z".parse().unwrap()))
        .redis(1, 1, 1)
        .databases(1, 1, 1)
        .log_size(1_000..=2_000)
        .entries(25)
        .collect_delay(Duration::from_secs(10))
        .export_delay(Duration::from_secs(20))
}

/// A way to call operations.
pub trait Client {
    /// Whether it has an operation.
    fn has(&self, _operation: &Operation) -> bool {
        true
    }

    /// Whether one of its operations takes a parameter.
    fn takes(&self, _operation: &Operation, _parameter: &str) -> bool {
        true
    }

    /// Calls an operation once on somebody's behalf, and gives the response: `null` for none. A client that takes a
    /// list out of its response may give that list.
    ///
    /// # Errors
    ///
    /// The cloud, or the client itself, has refused the request.
    fn call(&self, cloud: &SmallCloud, who: &Identity, fixture: &Fixture)
    -> Result<Value, Refused>;
}

/// A request that was not carried out.
#[derive(Clone, Debug)]
pub struct Refused {
    /// All that the client says about it; the cloud's own code is part of that.
    pub text: String,
}

impl Refused {
    /// Whether the cloud has given this error code.
    pub fn has(&self, code: &str) -> bool {
        self.text.contains(code)
    }
}

/// Who calls.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The project that calls are about.
    pub project: String,
    /// A token for it.
    pub token: String,
}

/// A small cloud with a runtime for it and its clients.
#[derive(Debug)]
pub struct SmallCloud {
    /// The cloud.
    pub running: Running,
    /// Who calls if nothing else is said.
    pub identity: Identity,
    pub(crate) http: reqwest::Client,
    runtime: Runtime,
}

impl Default for SmallCloud {
    fn default() -> Self {
        Self::new()
    }
}

impl SmallCloud {
    /// A cloud of its own.
    pub fn new() -> Self {
        Self::of(builder())
    }

    /// A cloud of its own that is not the usual one.
    pub fn of(builder: Builder) -> Self {
        let runtime = Runtime::new().unwrap();
        let running = runtime.block_on(builder.start()).unwrap();
        let identity = Identity {
            project: running.project_id().to_owned(),
            token: running.token().to_owned(),
        };
        Self {
            running,
            identity,
            http: crate::http_client(),
            runtime,
        }
    }

    /// Runs what a client does.
    pub fn run<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    /// What an operation can be called with, about what has these ids.
    pub fn fixture(&self, operation: &str, ids: &Ids) -> Fixture {
        let fixture = self.running.fixture_about(operation, ids);
        fixture.unwrap_or_else(|error| panic!("{error}"))
    }

    /// Calls an operation.
    ///
    /// # Errors
    ///
    /// The cloud has refused it.
    pub fn call(&self, client: &dyn Client, fixture: &Fixture) -> Result<Value, Refused> {
        client.call(self, &self.identity, fixture)
    }

    /// Puts the clock forward.
    pub fn advance(&self, seconds: u64) {
        self.running.clock().advance(Duration::from_secs(seconds));
    }

    /// Replaces all faults by one.
    pub fn fail(&self, fault: &str) {
        let faults = vec![fault.parse().unwrap()];
        self.running.set_faults(faults).unwrap();
    }

    /// The user with a token for the account's other project, which has nothing.
    pub fn other_project(&self) -> Identity {
        let accounts = self.running.accounts();
        let user = json!({
            "name": accounts.user_name, "password": accounts.password,
            "domain": { "name": accounts.domain_name },
        });
        let body = json!({ "auth": {
            "identity": { "methods": ["password"], "password": { "user": user } },
            "scope": { "project": { "id": accounts.other_project_id } },
        } });
        Identity {
            project: accounts.other_project_id.clone(),
            token: self.run(self.token_for(&body)),
        }
    }

    /// A token by password.
    async fn token_for(&self, body: &Value) -> String {
        let url = format!("{}/v3/auth/tokens", self.running.url(Service::IDENTITY));
        let response = self.http.post(url).json(body).send().await.unwrap();
        let token = response.headers().get("x-subject-token").unwrap();
        token.to_str().unwrap().to_owned()
    }
}
