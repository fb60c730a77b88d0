//! All that a simulated cloud is made of.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use otcdb_core::sync::unpoisoned;

use crate::accounts::{Accounts, Scope, Tokens};
use crate::clock::Clock;
use crate::fault::{Fault, Plan};
use crate::log_entries::LogEntries;
use crate::objects::Store;
use crate::objects::link::Signer;
use crate::replay::Replay;
use crate::request_log::RequestLog;
use crate::seed::Seed;
use crate::spec::{Service, Spec};

/// How a cloud is set up.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    pub(crate) port: u16,
    pub(crate) seed: u64,
    pub(crate) region: String,
    /// Names of further projects, and whether they can be entered.
    pub(crate) projects: Vec<(String, bool)>,
    pub(crate) clock: Clock,
    pub(crate) redis: [usize; 3],
    pub(crate) databases: [usize; 3],
    pub(crate) log_size: RangeInclusive<u64>,
    pub(crate) entries: usize,
    pub(crate) goes_on: bool,
    pub(crate) audit_files: usize,
    pub(crate) trace_files: usize,
    pub(crate) collect_delay: Duration,
    pub(crate) export_delay: Duration,
    pub(crate) export_kept: Duration,
    pub(crate) token_lifetime: Duration,
    pub(crate) redis_link_lifetime: Duration,
    pub(crate) rds_link_lifetime: Duration,
    pub(crate) schemeless_errorlog_links: bool,
    pub(crate) lowercase_errorlog_status: bool,
    pub(crate) keep_requests: bool,
    pub(crate) require_auth: bool,
    pub(crate) faults: Vec<Fault>,
    pub(crate) replay: Option<Arc<Replay>>,
}

/// Where services listen, in order.
#[derive(Clone, Debug)]
pub(crate) struct Addresses(pub(crate) Vec<(Service, SocketAddr)>);

impl Addresses {
    /// Host and port of a service.
    pub(crate) fn authority(&self, service: Service) -> String {
        let own = self.0.iter().find(|(own, _)| *own == service);
        own.map_or_else(String::new, |(_, address)| address.to_string())
    }
}

/// A simulated cloud.
pub(crate) struct Cloud {
    pub(crate) options: Options,
    pub(crate) spec: &'static Spec,
    pub(crate) seed: Seed,
    pub(crate) clock: Clock,
    /// Host and port of each service.
    pub(crate) addresses: Addresses,
    pub(crate) accounts: Accounts,
    /// The token that the environment variables have.
    pub(crate) first_token: String,
    pub(crate) tokens: Mutex<Tokens>,
    pub(crate) log_entries: LogEntries,
    pub(crate) store: Store,
    pub(crate) signer: Signer,
    pub(crate) link_signatures: Mutex<BTreeSet<String>>,
    pub(crate) faults: Plan,
    pub(crate) record: RequestLog,
    requests: AtomicU64,
}

impl Cloud {
    pub(crate) fn new(options: Options, spec: &'static Spec, addresses: Addresses) -> Self {
        let seed = Seed(options.seed);
        // Whole seconds, as the services' own times have.
        let started = jiff::Timestamp::from_second(options.clock.now().as_second())
            .unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        let accounts = Accounts::new(seed, &options.region, &options.projects);
        let mut tokens = Tokens::new(seed, options.token_lifetime);
        let scope = Scope::Project(accounts.project_id.clone());
        let (first_token, _) = tokens.issue(accounts.holder(), scope, started);
        Self {
            spec,
            seed,
            clock: options.clock.clone(),
            addresses,
            accounts,
            first_token,
            tokens: Mutex::new(tokens),
            log_entries: LogEntries {
                seed,
                started,
                count: options.entries,
                goes_on: options.goes_on,
            },
            store: Store::new(seed, options.log_size.clone()),
            signer: Signer::new(seed),
            link_signatures: Mutex::default(),
            faults: Plan::new(seed, options.faults.clone()),
            record: RequestLog::default(),
            requests: AtomicU64::new(0),
            options,
        }
    }

    /// A token of its own for who asks now.
    pub(crate) fn new_token(&self) -> String {
        let scope = Scope::Project(self.accounts.project_id.clone());
        let mut tokens = unpoisoned(self.tokens.lock());
        tokens
            .issue(self.accounts.holder(), scope, self.clock.now())
            .0
    }

    /// The first token or, once that has ended, one of its own for who asks now.
    pub(crate) fn good_token(&self) -> String {
        let now = self.clock.now();
        let is_good = unpoisoned(self.tokens.lock())
            .check(&self.first_token, now)
            .is_ok();
        match is_good {
            true => self.first_token.clone(),
            false => self.new_token(),
        }
    }

    /// Bucket and object of an instance's file.
    pub(crate) fn key(&self, instance: &str, file: &str) -> String {
        format!("logs-{}/{instance}/{file}", self.options.region)
    }

    /// Folder of an instance's backups.
    pub(crate) fn backups(&self, instance: &str) -> String {
        format!("backups-{}/{instance}/", self.options.region)
    }

    /// Folder of an instance's certificate.
    pub(crate) fn certificates(&self, instance: &str) -> String {
        format!("certificates-{}/{instance}/", self.options.region)
    }

    /// Removes all files of an instance that is gone.
    pub(crate) fn remove_files(&self, instance: &str) {
        for folder in [
            self.key(instance, ""),
            self.backups(instance),
            self.certificates(instance),
        ] {
            self.store.remove_folder(&folder);
        }
    }

    /// A new X-Request-Id.
    pub(crate) fn request_id(&self) -> String {
        let number = self.requests.fetch_add(1, Ordering::SeqCst);
        self.seed.hex32(&format!("request {number}"))
    }
}
