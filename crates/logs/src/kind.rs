//! The kinds of log that can be pulled.

use std::fmt;
use std::str::FromStr;

use otcdb_core::{Error, Service};
use serde::{Deserialize, Serialize};

use crate::entries::Fields;
use crate::instance::{Engine, Instance};

/// A kind of log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum LogKind {
    /// Run log files of Redis, one per replica and day (`CreateRedislog`, `ListRedislog`).
    RedisRun,
    /// Slow commands of Redis, as JSON lines (`ListSlowlog`).
    RedisSlow,
    /// Error logs: an exported file for PostgreSQL (`DownloadErrorlog`), JSON lines for other engines (`ListErrorLogs`).
    RdsError,
    /// Slow query logs: an exported file (`DownloadSlowlog`), for SQL Server its trace files.
    RdsSlow,
    /// SQL audit log files of MySQL (`ListAuditlogs`, `ShowAuditlogDownloadLink`).
    RdsAudit,
}

impl LogKind {
    /// Every kind.
    pub const ALL: [Self; 5] = [
        Self::RedisRun,
        Self::RedisSlow,
        Self::RdsError,
        Self::RdsSlow,
        Self::RdsAudit,
    ];

    /// The name on the command line and in the manifest.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RedisRun => "redis-run",
            Self::RedisSlow => "redis-slow",
            Self::RdsError => "rds-error",
            Self::RdsSlow => "rds-slow",
            Self::RdsAudit => "rds-audit",
        }
    }

    /// The service that has logs of this kind.
    pub const fn service(self) -> Service {
        match self {
            Self::RedisRun | Self::RedisSlow => Service::Dcs,
            Self::RdsError | Self::RdsSlow | Self::RdsAudit => Service::Rds,
        }
    }

    /// Whether an instance can have logs of this kind.
    pub fn applies_to(self, instance: &Instance) -> bool {
        self.service() == instance.service
            && match self {
                Self::RedisRun | Self::RedisSlow => instance.engine == Engine::Redis,
                Self::RdsError | Self::RdsSlow => true,
                Self::RdsAudit => instance.engine == Engine::MySql,
            }
    }
}

impl LogKind {
    /// The kinds that an instance can have, in words.
    pub(crate) fn names_of(instance: &Instance) -> String {
        let kinds: Vec<_> = Self::ALL
            .into_iter()
            .filter(|kind| kind.applies_to(instance))
            .map(Self::as_str)
            .collect();
        match kinds.as_slice() {
            [] => "none".to_owned(),
            [one] => (*one).to_owned(),
            [most @ .., last] => format!("{} and {last}", most.join(", ")),
        }
    }

    /// The engines that can have logs of this kind, in words.
    pub(crate) const fn engines(self) -> &'static str {
        match self {
            Self::RedisRun | Self::RedisSlow => "Redis",
            Self::RdsError | Self::RdsSlow => "MySQL, PostgreSQL and SQL Server",
            Self::RdsAudit => "MySQL",
        }
    }
}

impl LogKind {
    /// Where its entries tell what matters, if it can come as entries.
    pub(crate) const fn fields(self) -> Option<Fields> {
        match self {
            Self::RedisSlow => Some(Fields {
                time: "start_time",
                number: Some("id"),
            }),
            Self::RdsError => Some(Fields {
                time: "time",
                number: None,
            }),
            Self::RedisRun | Self::RdsSlow | Self::RdsAudit => None,
        }
    }
}

impl fmt::Display for LogKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for LogKind {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or_else(|| {
                let known: Vec<_> = Self::ALL.iter().map(|kind| kind.as_str()).collect();
                Error::invalid_argument(format!(
                    "{text:?} is no kind of log; the kinds are {}",
                    known.join(", ")
                ))
            })
    }
}
