//! The kinds of log that can be pulled, and what each of them is.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use otcdb_core::{Error, Service};
use serde::{Deserialize, Serialize};

use crate::engine::Engine;
use crate::entries::Fields;
use crate::first_version::{ErrorLogItem, SlowlogItem, described};
use crate::instance::Instance;
use crate::means::{Collected, Entries, Exported, First, Listed, Means, Nodes, Size};
use crate::time::{milliseconds, rds};

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
    /// Error logs of MongoDB: an exported file per node (`DownloadErrorlog` of DDS).
    DdsError,
    /// Slow query logs of MongoDB: an exported file per node (`DownloadSlowlog` of DDS).
    DdsSlow,
    /// SQL audit log files of MongoDB (`ListAuditlogs`, `ListAuditlogLinks` of DDS).
    DdsAudit,
    /// Error logs of GaussDB(for MySQL), as JSON lines per node (`ListGaussMySqlErrorLog`).
    GaussdbError,
    /// Slow statements of GaussDB(for MySQL), as JSON lines per node (`ListGaussMySqlSlowLog`).
    GaussdbSlow,
}

/// What a kind of log is.
struct Kind {
    name: &'static str,
    service: Service,
    what: &'static str,
    form: &'static str,
    /// How its logs are had. The first way that has the engine of an instance, or any, is its way.
    ways: &'static [Way],
}

/// How the logs of some engines are had.
struct Way {
    engines: &'static [Engine],
    /// Whether it is that of all other engines, too: those that a service may come to offer.
    others: bool,
    means: Means,
}

const MONTH: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// The table of all kinds, in the order of [`LogKind`].
static KINDS: [Kind; LogKind::ALL.len()] = [
    Kind {
        name: "redis-run",
        service: Service::Dcs,
        what: "Redis run logs, one per replica and day",
        form: "file",
        ways: &[Way {
            engines: &[Engine::Redis],
            others: false,
            means: Means::Collected(Collected {
                collect: "CreateRedislog",
                replicas: "ListGroupReplicationInfo",
                list: "ListRedislog",
                link: "CreateRedislogDownloadLink",
            }),
        }],
    },
    Kind {
        name: "redis-slow",
        service: Service::Dcs,
        what: "slow commands of Redis",
        form: "JSON lines",
        ways: &[Way {
            engines: &[Engine::Redis],
            others: false,
            means: Means::Entries(Entries {
                list: "ListSlowlog",
                span: ["start_time", "end_time"],
                time: milliseconds,
                // Oldest first: entries that come in meanwhile do not shift the pages.
                order: &[("sort_key", "start_time"), ("sort_dir", "asc")],
                fields: Fields {
                    time: "start_time",
                    number: Some("id"),
                },
                longest: None,
                nodes: None,
                first: Some(First {
                    name: "slowlog",
                    described: described::<SlowlogItem>,
                }),
            }),
        }],
    },
    Kind {
        name: "rds-error",
        service: Service::Rds,
        what: "error log",
        form: "file for PostgreSQL, JSON lines for MySQL and SQL Server",
        ways: &[
            Way {
                engines: &[Engine::PostgreSql],
                others: false,
                means: Means::Exported(Exported {
                    export: "DownloadErrorlog",
                    files: None,
                    log: "error",
                    extension: "log",
                    node: None,
                    made: &["create_at"],
                    size: Size::Bytes,
                }),
            },
            Way {
                engines: &[Engine::MySql, Engine::SqlServer],
                others: true,
                means: Means::Entries(Entries {
                    list: "ListErrorLogs",
                    span: ["start_date", "end_date"],
                    time: rds,
                    order: &[],
                    fields: Fields {
                        time: "time",
                        number: None,
                    },
                    longest: Some(MONTH),
                    nodes: None,
                    first: Some(First {
                        name: "errorlog",
                        described: described::<ErrorLogItem>,
                    }),
                }),
            },
        ],
    },
    Kind {
        name: "rds-slow",
        service: Service::Rds,
        what: "slow query log; SQL Server's trace files",
        form: "file",
        ways: &[
            Way {
                engines: &[Engine::SqlServer],
                others: false,
                means: Means::Exported(Exported {
                    export: "DownloadSlowlog",
                    files: Some("ListSlowLogFile"),
                    log: "slow",
                    extension: "trc",
                    node: None,
                    made: &["create_at"],
                    size: Size::Bytes,
                }),
            },
            Way {
                engines: &[Engine::MySql, Engine::PostgreSql],
                others: true,
                means: Means::Exported(Exported {
                    export: "DownloadSlowlog",
                    files: None,
                    log: "slow",
                    extension: "log",
                    node: None,
                    made: &["create_at"],
                    size: Size::Bytes,
                }),
            },
        ],
    },
    Kind {
        name: "rds-audit",
        service: Service::Rds,
        what: "SQL audit logs of MySQL",
        form: "file",
        ways: &[Way {
            engines: &[Engine::MySql],
            others: false,
            means: Means::Listed(Listed {
                list: "ListAuditlogs",
                span: ["start_time", "end_time"],
                longest: MONTH,
                begin: "begin_time",
                node: None,
                size: Size::Kilobytes,
                link: "ShowAuditlogDownloadLink",
                extension: "csv",
            }),
        }],
    },
    Kind {
        name: "dds-error",
        service: Service::Dds,
        what: "error logs of MongoDB, one per node",
        form: "file",
        ways: &[of_mongodb("DownloadErrorlog", "error")],
    },
    Kind {
        name: "dds-slow",
        service: Service::Dds,
        what: "slow query logs of MongoDB, one per node",
        form: "file",
        ways: &[of_mongodb("DownloadSlowlog", "slow")],
    },
    Kind {
        name: "dds-audit",
        service: Service::Dds,
        what: "SQL audit logs of MongoDB",
        form: "file",
        ways: &[Way {
            engines: &[Engine::MongoDb],
            others: false,
            means: Means::Listed(Listed {
                list: "ListAuditlogs",
                span: ["start_time", "end_time"],
                longest: MONTH,
                begin: "start_time",
                node: Some("node_id"),
                size: Size::Bytes,
                link: "ListAuditlogLinks",
                extension: "log",
            }),
        }],
    },
    Kind {
        name: "gaussdb-error",
        service: Service::Gaussdb,
        what: "error logs of GaussDB(for MySQL), one per node",
        form: "JSON lines",
        ways: &[of_gaussdb("ListGaussMySqlErrorLog", "time")],
    },
    Kind {
        name: "gaussdb-slow",
        service: Service::Gaussdb,
        what: "slow statements of GaussDB(for MySQL), one log per node",
        form: "JSON lines",
        ways: &[of_gaussdb("ListGaussMySqlSlowLog", "start_time")],
    },
];

/// Exports of DDS, which have a file for each node.
const fn of_mongodb(export: &'static str, log: &'static str) -> Way {
    Way {
        engines: &[Engine::MongoDb],
        others: false,
        means: Means::Exported(Exported {
            export,
            files: None,
            log,
            extension: "log",
            node: Some("node_name"),
            made: &["updated_at", "update_at"],
            size: Size::Kilobytes,
        }),
    }
}

/// Entries of GaussDB(for MySQL), which has a log for each node.
const fn of_gaussdb(list: &'static str, time: &'static str) -> Way {
    Way {
        engines: &[Engine::GaussDbMySql],
        others: false,
        means: Means::Entries(Entries {
            list,
            span: ["start_date", "end_date"],
            time: rds,
            order: &[],
            fields: Fields { time, number: None },
            longest: Some(MONTH),
            nodes: Some(Nodes {
                show: "ShowGaussMySqlInstanceInfo",
                list: "instance.nodes",
                parameter: "node_id",
            }),
            first: None,
        }),
    }
}

impl LogKind {
    /// Every kind.
    pub const ALL: [Self; 10] = [
        Self::RedisRun,
        Self::RedisSlow,
        Self::RdsError,
        Self::RdsSlow,
        Self::RdsAudit,
        Self::DdsError,
        Self::DdsSlow,
        Self::DdsAudit,
        Self::GaussdbError,
        Self::GaussdbSlow,
    ];

    const fn data(self) -> &'static Kind {
        // Kinds are numbered in the order of the table.
        &KINDS[self as usize]
    }

    /// The services that have logs.
    pub fn services() -> Vec<Service> {
        let mut services: Vec<Service> = Self::ALL.map(Self::service).into();
        services.dedup();
        services
    }

    /// The name on the command line and in the manifest.
    pub const fn as_str(self) -> &'static str {
        self.data().name
    }

    /// The service that has logs of this kind.
    pub const fn service(self) -> Service {
        self.data().service
    }

    /// What its logs are, in words.
    pub const fn what(self) -> &'static str {
        self.data().what
    }

    /// What its logs come as, in words: files as they are, or JSON lines with an entry each.
    pub const fn form(self) -> &'static str {
        self.data().form
    }

    /// Whether an instance can have logs of this kind.
    pub fn applies_to(self, instance: &Instance) -> bool {
        self.service() == instance.service && self.means(&instance.engine).is_some()
    }

    /// How logs of this kind are had of an engine.
    pub(crate) fn means(self, engine: &Engine) -> Option<&'static Means> {
        let mut ways = self.data().ways.iter();
        let way = ways.find(|way| way.others || way.engines.contains(engine))?;
        Some(&way.means)
    }

    /// The kinds that an instance can have, in words.
    pub(crate) fn names_of(instance: &Instance) -> String {
        let kinds = Self::ALL.into_iter();
        let kinds = kinds.filter(|kind| kind.applies_to(instance));
        in_words(kinds.map(|kind| kind.as_str().to_owned()).collect())
    }

    /// The engines that can have logs of this kind, in words.
    pub(crate) fn engines(self) -> String {
        let engines = self.data().ways.iter().flat_map(|way| way.engines);
        let mut names: Vec<String> = engines.map(ToString::to_string).collect();
        names.sort();
        in_words(names)
    }

    /// The operations that a pull of it calls, beside the one that lists the instances.
    pub fn operations(self) -> Vec<&'static str> {
        let mut operations: Vec<&str> = Vec::new();
        for way in self.data().ways {
            operations.extend(way.means.operations());
        }
        operations.sort_unstable();
        operations.dedup();
        operations
    }

    /// Whether it can come as files that are downloaded.
    pub fn is_downloaded(self) -> bool {
        let mut ways = self.data().ways.iter();
        ways.any(|way| !matches!(way.means, Means::Entries(_)))
    }

    /// The engine whose logs all of this kind are, if it is one.
    pub fn engine(self) -> Option<&'static Engine> {
        let mut engines = self.data().ways.iter().flat_map(|way| way.engines);
        let first = engines.next()?;
        engines.all(|engine| engine == first).then_some(first)
    }

    /// The operation that lists its entries, and the field with the time of each, if it can come as entries.
    pub fn listed_by(self) -> Option<(&'static str, &'static str)> {
        self.data().ways.iter().find_map(|way| match &way.means {
            Means::Entries(entries) => Some((entries.list, entries.fields.time)),
            _ => None,
        })
    }

    /// Where its entries tell what matters, if it can come as entries.
    pub(crate) fn fields(self) -> Option<Fields> {
        self.data().ways.iter().find_map(|way| match &way.means {
            Means::Entries(entries) => Some(entries.fields),
            _ => None,
        })
    }

    /// Whether it can come as exports, each of which is all that the service keeps of a log. Trace files of SQL Server are
    /// exported, too, each by itself.
    pub fn is_exported(self) -> bool {
        let mut ways = self.data().ways.iter();
        ways.any(|way| matches!(&way.means, Means::Exported(export) if export.files.is_none()))
    }
}

/// `a, b and c`.
fn in_words(names: Vec<String>) -> String {
    match names.as_slice() {
        [] => "none".to_owned(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_has_its_row_and_its_name_in_manifests() {
        for kind in LogKind::ALL {
            let name = serde_json::to_string(&kind).unwrap();
            assert_eq!(name, format!("{:?}", kind.as_str()));
            assert_eq!(kind.as_str().parse::<LogKind>().unwrap(), kind);
        }
    }

    #[test]
    fn every_operation_of_the_table_is_described() {
        for kind in LogKind::ALL {
            for id in kind.operations() {
                let described = crate::clients::operation(kind.service(), id);
                assert!(described.is_ok(), "{kind}: {id}");
            }
        }
    }

    #[test]
    fn engines_are_told_in_words() {
        assert_eq!(LogKind::RedisRun.engines(), "Redis");
        assert_eq!(
            LogKind::RdsSlow.engines(),
            "MySQL, PostgreSQL and SQL Server"
        );
        let unknown = Engine::Other("MariaDB".to_owned());
        let instance = Instance::new(Service::Rds, "i", "n", unknown);
        assert_eq!(LogKind::names_of(&instance), "rds-error and rds-slow");
    }
}
