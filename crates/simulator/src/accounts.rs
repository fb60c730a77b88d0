//! Who may call, and the tokens that were given out.

use std::collections::HashMap;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::clock::later;
use crate::seed::Seed;

/// The one account of the simulated cloud, with everything that belongs to it.
#[derive(Clone)]
#[non_exhaustive]
pub struct Accounts {
    /// Name of the account.
    pub domain_name: String,
    /// Id of the account.
    pub domain_id: String,
    /// Name of the user.
    pub user_name: String,
    /// Id of the user.
    pub user_id: String,
    /// Password of the user.
    pub password: String,
    /// The region, which is the name of the project too.
    pub region: String,
    /// The first project, with instances.
    pub project_id: String,
    /// Another project of the account, without instances.
    pub other_project_id: String,
    /// Further projects, each with instances of its own.
    pub more_projects: Vec<Project>,
    /// Access key and secret key of the user.
    pub access_key: (String, String),
    /// Access key, secret key and security token of a temporary key.
    pub temporary_access_key: (String, String, String),
    /// Another account, which lets this one act for it through an agency: its name and the agency's.
    pub agency: (String, String),
}

/// A project of the account.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Project {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whether it can be entered.
    pub enabled: bool,
}

impl std::fmt::Debug for Accounts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Accounts")
            .field("domain_name", &self.domain_name)
            .field("user_name", &self.user_name)
            .field("project_id", &self.project_id)
            .finish_non_exhaustive()
    }
}

impl Accounts {
    pub(crate) fn new(seed: Seed, region: &str, more: &[(String, bool)]) -> Self {
        let key = |label: &str| {
            seed.hex32(label)
                .chars()
                .take(20)
                .collect::<String>()
                .to_uppercase()
        };
        Self {
            domain_name: "simulated-domain".to_owned(),
            domain_id: seed.hex32("domain"),
            user_name: "simulated-user".to_owned(),
            user_id: seed.hex32("user"),
            password: format!("Pw-{}", seed.hex32("password")),
            region: region.to_owned(),
            project_id: seed.hex32("project"),
            other_project_id: seed.hex32("other project"),
            more_projects: more
                .iter()
                .map(|(name, enabled)| Project {
                    id: seed.hex32(&format!("project {name}")),
                    name: name.clone(),
                    enabled: *enabled,
                })
                .collect(),
            access_key: (key("access key"), seed.hex32("secret key")),
            temporary_access_key: (
                key("temporary access key"),
                seed.hex32("temporary secret key"),
                format!("ST-{}", seed.hex64("security token")),
            ),
            agency: ("partner-domain".to_owned(), "log-reader".to_owned()),
        }
    }

    /// The holder of a token that was given for the user's password.
    pub(crate) fn holder(&self) -> Value {
        json!({ "methods": ["password"], "user": self.user() })
    }

    /// The user, as a token describes its holder.
    pub(crate) fn user(&self) -> Value {
        json!({
            "id": self.user_id,
            "name": self.user_name,
            "password_expires_at": null,
            "domain": { "id": self.domain_id, "name": self.domain_name },
        })
    }

    /// All projects.
    pub(crate) fn projects(&self) -> impl Iterator<Item = Project> {
        let always = [
            (&self.project_id, self.region.clone()),
            (&self.other_project_id, format!("{}_other", self.region)),
        ];
        let always = always.map(|(id, name)| Project {
            id: id.clone(),
            name,
            enabled: true,
        });
        always.into_iter().chain(self.more_projects.iter().cloned())
    }

    /// Whether a project has instances.
    pub(crate) fn has_instances(&self, project: &str) -> bool {
        self.project_id == project || self.more_projects.iter().any(|one| one.id == project)
    }

    /// The secret key of an access key, and the security token that goes with it.
    pub(crate) fn secret_key(&self, access_key: &str) -> Option<(&str, Option<&str>)> {
        let (id, secret) = &self.access_key;
        if id == access_key {
            return Some((secret, None));
        }
        let (id, secret, token) = &self.temporary_access_key;
        (id == access_key).then_some((secret, Some(token)))
    }

    /// Everything that must not leak.
    pub(crate) fn secrets(&self) -> Vec<String> {
        let (_, secret, token) = &self.temporary_access_key;
        vec![
            self.password.clone(),
            self.access_key.1.clone(),
            secret.clone(),
            token.clone(),
        ]
    }
}

/// What a token is good for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    Project(String),
    Domain,
}

/// What is known about a token.
#[derive(Clone, Debug)]
pub(crate) struct Grant {
    /// Who has it, and how they proved who they are: members of its description.
    pub(crate) holder: Value,
    pub(crate) scope: Scope,
    pub(crate) issued: Timestamp,
    pub(crate) expires: Timestamp,
}

/// The tokens that were given out.
pub(crate) struct Tokens {
    seed: Seed,
    lifetime: Duration,
    issued: usize,
    grants: HashMap<String, Grant>,
}

/// Why a token is no good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BadToken {
    Unknown,
    Expired,
}

impl Tokens {
    pub(crate) fn new(seed: Seed, lifetime: Duration) -> Self {
        Self {
            seed,
            lifetime,
            issued: 0,
            grants: HashMap::new(),
        }
    }

    /// Gives out a token.
    pub(crate) fn issue(&mut self, holder: Value, scope: Scope, now: Timestamp) -> (String, Grant) {
        self.issued += 1;
        let part = |number: usize| self.seed.hex64(&format!("token {} {number}", self.issued));
        // Real ones are some kilobytes of Base64.
        let token = format!("MIIDkgYJKoZI{}{}{}", part(1), part(2), part(3));
        let grant = Grant {
            holder,
            scope,
            issued: now,
            expires: later(now, self.lifetime),
        };
        self.grants.insert(token.clone(), grant.clone());
        (token, grant)
    }

    pub(crate) fn check(&self, token: &str, now: Timestamp) -> Result<&Grant, BadToken> {
        let grant = self.grants.get(token).ok_or(BadToken::Unknown)?;
        if grant.expires <= now {
            return Err(BadToken::Expired);
        }
        Ok(grant)
    }

    /// Ends all tokens.
    pub(crate) fn expire(&mut self, now: Timestamp) {
        for grant in self.grants.values_mut() {
            grant.expires = grant.expires.min(now);
        }
    }

    /// All tokens that were given out.
    pub(crate) fn all(&self) -> Vec<String> {
        self.grants.keys().cloned().collect()
    }
}
