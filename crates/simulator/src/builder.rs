//! Setting up a simulated cloud.

use std::net::Ipv4Addr;
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

use otcdb_recording::Recording;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::clock::Clock;
use crate::cloud::{Addresses, Cloud, Options};
use crate::error::StartError;
use crate::fault::{self, Fault};
use crate::replay::Replay;
use crate::running::{Running, Servers};
use crate::server;
use crate::services::{self, Simulation};
use crate::spec::{self, Service};

/// The most instances of one kind.
pub const MOST_INSTANCES: usize = 10_000;
/// The most entries in one log: each list of them is made anew for each request.
pub const MOST_ENTRIES: usize = 100_000;
/// The most audit logs or trace files of one instance.
pub const MOST_FILES: usize = 10_000;
/// The most audit logs of all instances: they are in the store from the start.
pub const MOST_FILES_OF_ALL: usize = 200_000;
/// The most bytes in one log file: 1 PiB.
pub const MOST_BYTES: u64 = 1 << 50;

/// A cloud on loopback.
#[derive(Debug)]
#[non_exhaustive]
pub struct Simulator;

impl Simulator {
    /// Starts a cloud as [`builder`](Self::builder) sets it up; `Simulator::start().await?.session()` is all that a test of
    /// a program needs.
    ///
    /// # Errors
    ///
    /// See [`Builder::start`].
    pub async fn start() -> Result<Running, StartError> {
        Self::builder().start().await
    }

    /// A cloud with two instances of each kind, the system's clock and no faults, on any free port.
    pub fn builder() -> Builder {
        const HOUR: Duration = Duration::from_secs(60 * 60);
        Builder(Options {
            port: 0,
            seed: 1,
            region: "eu-de".to_owned(),
            projects: Vec::new(),
            clock: Clock::real(),
            redis: [2; 3],
            databases: [2; 3],
            log_size: 40_000..=120_000,
            entries: 120,
            goes_on: false,
            audit_files: 6,
            trace_files: 1,
            collect_delay: Duration::from_secs(3),
            export_delay: Duration::from_secs(3),
            export_kept: HOUR,
            token_lifetime: 24 * HOUR,
            redis_link_lifetime: 24 * HOUR,
            rds_link_lifetime: Duration::from_secs(5 * 60),
            schemeless_errorlog_links: true,
            lowercase_errorlog_status: false,
            keep_requests: true,
            require_auth: true,
            faults: Vec::new(),
            replay: None,
        })
    }
}

/// The settings of a cloud that is not there yet.
#[derive(Clone, Debug)]
#[must_use = "nothing happens until start is called"]
pub struct Builder(Options);

impl Builder {
    /// The port of the first service on 127.0.0.1, behind which those of the others follow, in the order of
    /// [`Service::ALL`]; 0 takes any free ones, which is the default.
    pub fn port(mut self, port: u16) -> Self {
        self.0.port = port;
        self
    }

    /// Ids, names, logs, secrets and probable faults follow from this number.
    pub fn seed(mut self, seed: u64) -> Self {
        self.0.seed = seed;
        self
    }

    /// The region, after which the project is named; `eu-de` by default.
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.0.region = region.into();
        self
    }

    /// Another project, with as many instances of its own, of the same names.
    pub fn project(mut self, name: impl Into<String>) -> Self {
        self.0.projects.push((name.into(), true));
        self
    }

    /// Another project, which is disabled: nobody can enter it.
    pub fn disabled_project(mut self, name: impl Into<String>) -> Self {
        self.0.projects.push((name.into(), false));
        self
    }

    /// The clock by which work is done and tokens, links and signatures end.
    pub fn clock(mut self, clock: Clock) -> Self {
        self.0.clock = clock;
        self
    }

    /// Numbers of single-node, primary/standby and cluster instances of Redis, each up to [`MOST_INSTANCES`].
    pub fn redis(mut self, single: usize, replicated: usize, cluster: usize) -> Self {
        self.0.redis = [single, replicated, cluster];
        self
    }

    /// Numbers of MySQL, PostgreSQL and SQL Server instances, each up to [`MOST_INSTANCES`].
    pub fn databases(mut self, mysql: usize, postgresql: usize, sqlserver: usize) -> Self {
        self.0.databases = [mysql, postgresql, sqlserver];
        self
    }

    /// Smallest and largest size of a log file in bytes, up to [`MOST_BYTES`]. Files are never held in memory.
    pub fn log_size(mut self, bytes: RangeInclusive<u64>) -> Self {
        self.0.log_size = bytes;
        self
    }

    /// Number of entries in each slow log and error log, up to [`MOST_ENTRIES`], spread over the seven days before the
    /// start.
    pub fn entries(mut self, count: usize) -> Self {
        self.0.entries = count;
        self
    }

    /// Whether new entries come as time passes, for which the oldest ones go, and each response has the date of the cloud's
    /// clock; not by default.
    pub fn goes_on(mut self, go_on: bool) -> Self {
        self.0.goes_on = go_on;
        self
    }

    /// Number of audit log files of each MySQL instance, up to [`MOST_FILES`] and [`MOST_FILES_OF_ALL`], each covering
    /// six hours back from the start.
    pub fn audit_files(mut self, count: usize) -> Self {
        self.0.audit_files = count;
        self
    }

    /// Number of slow log files (trace files) of each SQL Server instance, up to [`MOST_FILES`]; 1 by default. Each is
    /// exported by itself.
    pub fn trace_files(mut self, count: usize) -> Self {
        self.0.trace_files = count;
        self
    }

    /// How long the collection of a Redis run log takes, by the simulator's clock.
    pub fn collect_delay(mut self, delay: Duration) -> Self {
        self.0.collect_delay = delay;
        self
    }

    /// How long the export of a database log takes, by the simulator's clock.
    pub fn export_delay(mut self, delay: Duration) -> Self {
        self.0.export_delay = delay;
        self
    }

    /// How long after its end an export is answered again, with a fresh link, before the next call begins a new
    /// one; an hour by default. The documentation does not say how long it is.
    pub fn export_kept(mut self, time: Duration) -> Self {
        self.0.export_kept = time;
        self
    }

    /// How long tokens are good, 24 hours by default.
    pub fn token_lifetime(mut self, lifetime: Duration) -> Self {
        self.0.token_lifetime = lifetime;
        self
    }

    /// How long links to Redis run logs are good, 24 hours by default.
    pub fn redis_link_lifetime(mut self, lifetime: Duration) -> Self {
        self.0.redis_link_lifetime = lifetime;
        self
    }

    /// How long links to database logs are good, 5 minutes by default.
    pub fn rds_link_lifetime(mut self, lifetime: Duration) -> Self {
        self.0.rds_link_lifetime = lifetime;
        self
    }

    /// Whether links to error logs come without `http://`, as in the documented example. They do by default.
    pub fn schemeless_errorlog_links(mut self, yes: bool) -> Self {
        self.0.schemeless_errorlog_links = yes;
        self
    }

    /// Whether states of error log exports are in lower case, as in the documented example, and not as
    /// the table has them. They are not by default.
    pub fn lowercase_errorlog_status(mut self, yes: bool) -> Self {
        self.0.lowercase_errorlog_status = yes;
        self
    }

    /// Whether requests are kept for [`Running::requests`](crate::Running::requests) and its like, and responses compared for
    /// [`Running::deviations`](crate::Running::deviations). They are by default; a cloud that nobody asks for that answers
    /// faster without.
    pub fn keep_requests(mut self, yes: bool) -> Self {
        self.0.keep_requests = yes;
        self
    }

    /// Whether requests have to prove who sends them. They have to by default.
    pub fn require_auth(mut self, yes: bool) -> Self {
        self.0.require_auth = yes;
        self
    }

    /// Adds a fault.
    pub fn fault(mut self, fault: Fault) -> Self {
        self.0.faults.push(fault);
        self
    }

    /// Adds faults.
    pub fn faults(mut self, faults: impl IntoIterator<Item = Fault>) -> Self {
        self.0.faults.extend(faults);
        self
    }

    /// Answers from a recording: each request gets the responses that were recorded for its method, path and query, one after
    /// the other, and the last of them from then on. Any project and any identity will do. What was not recorded is refused
    /// with 404; tokens and projects come from the simulator itself then.
    pub fn replay(mut self, recording: Recording) -> Self {
        self.0.replay = Some(Arc::new(Replay::new(recording)));
        self
    }

    #[cfg(test)]
    pub(crate) fn options(self) -> Options {
        self.0
    }

    /// Starts the cloud, on the current tokio runtime. A large one takes seconds to make, in a thread that lives on when
    /// this future is dropped.
    ///
    /// # Errors
    ///
    /// A port that cannot be had, numbers and sizes that make no sense, or a fault for an operation that does not exist.
    pub async fn start(self) -> Result<Running, StartError> {
        let options = self.0;
        check_numbers(&options)?;
        let spec = spec::bundled().map_err(StartError::Description)?;
        services::check().map_err(StartError::Misfit)?;
        fault::check(&options.faults, spec.names())?;
        let mut listeners = Vec::new();
        let mut addresses = Vec::new();
        for (service, port) in Service::ALL.into_iter().zip(ports(options.port)?) {
            let listen = |source| StartError::Listen { port, source };
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
                .await
                .map_err(listen)?;
            addresses.push((service, listener.local_addr().map_err(listen)?));
            listeners.push((service, listener));
        }
        let make = move || {
            let cloud = Cloud::new(options, spec, Addresses(addresses));
            Simulation::new(cloud)
        };
        let made = tokio::task::spawn_blocking(make).await;
        let cloud = Arc::new(made.map_err(|_| StartError::Unmade)?);
        let (stop, stopped) = watch::channel(());
        let mut tasks = JoinSet::new();
        for (service, listener) in listeners {
            let cloud = Arc::clone(&cloud);
            tasks.spawn(server::serve(listener, service, cloud, stopped.clone()));
        }
        Running::new(cloud, Servers::new(stop, tasks))
    }
}

/// The ports of the services, in their order: those from the first one on, or any free ones.
fn ports(first: u16) -> Result<Vec<u16>, StartError> {
    let services = Service::ALL.len();
    if first == 0 {
        return Ok(vec![0; services]);
    }
    let ports: Vec<_> = (first..=u16::MAX).take(services).collect();
    if ports.len() < services {
        return Err(StartError::TooFewPorts {
            port: first,
            services,
        });
    }
    Ok(ports)
}

/// Checks that there is no more of anything than there can be.
fn check_numbers(options: &Options) -> Result<(), StartError> {
    let (smallest, largest) = (*options.log_size.start(), *options.log_size.end());
    if smallest > largest {
        return Err(StartError::LogSize(smallest, largest));
    }
    let [mysql, ..] = options.databases;
    let of_all = mysql.saturating_mul(options.audit_files);
    let counts = options.redis.iter().chain(&options.databases);
    let counts = counts.map(|count| ("instances of one kind", *count, MOST_INSTANCES));
    let others = [
        ("entries in a log", options.entries, MOST_ENTRIES),
        ("audit logs of an instance", options.audit_files, MOST_FILES),
        (
            "trace files of an instance",
            options.trace_files,
            MOST_FILES,
        ),
        ("audit logs of all instances", of_all, MOST_FILES_OF_ALL),
    ];
    let numbers = counts.chain(others);
    let wide = |(what, given, most): (_, usize, usize)| (what, given as u64, most as u64);
    for (what, given, most) in
        numbers
            .map(wide)
            .chain([("bytes in a log file", largest, MOST_BYTES)])
    {
        if given > most {
            return Err(StartError::TooMany { what, given, most });
        }
    }
    Ok(())
}
