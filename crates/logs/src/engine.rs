//! Database engines, as they are called here.

use std::fmt;

/// A database engine.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Engine {
    /// Redis, of DCS.
    Redis,
    /// MySQL, of RDS.
    MySql,
    /// PostgreSQL, of RDS.
    PostgreSql,
    /// Microsoft SQL Server, of RDS.
    SqlServer,
    /// MongoDB, of DDS.
    MongoDb,
    /// GaussDB(for MySQL).
    GaussDbMySql,
    /// Any other that a service may offer, as it names it.
    Other(String),
}

impl Engine {
    /// The engines whose logs can be pulled, by the names under which they are typed.
    pub const KNOWN: [(&'static str, Self); 6] = [
        ("redis", Self::Redis),
        ("mysql", Self::MySql),
        ("postgresql", Self::PostgreSql),
        ("sqlserver", Self::SqlServer),
        ("mongodb", Self::MongoDb),
        ("gaussdb-mysql", Self::GaussDbMySql),
    ];

    /// The engine with a name as it is typed, such as `redis`, `postgresql`, `mongodb` or `gaussdb-mysql`; any other is as
    /// it is.
    pub fn named(text: &str) -> Self {
        let mut known = Self::KNOWN.into_iter();
        let found = known.find(|(name, _)| name.eq_ignore_ascii_case(text));
        found.map_or_else(|| Self::Other(text.to_owned()), |(_, engine)| engine)
    }
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Redis => "Redis",
            Self::MySql => "MySQL",
            Self::PostgreSql => "PostgreSQL",
            Self::SqlServer => "SQL Server",
            Self::MongoDb => "MongoDB",
            Self::GaussDbMySql => "GaussDB(for MySQL)",
            Self::Other(name) => name,
        })
    }
}
