//! The instances whose logs are pulled.

use std::fmt;

use otcdb_core::{Error, ErrorKind, Result, Service};

/// A database engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Engine {
    /// Redis, of DCS.
    Redis,
    /// MySQL, of RDS.
    MySql,
    /// PostgreSQL, of RDS.
    PostgreSql,
    /// Microsoft SQL Server, of RDS.
    SqlServer,
    /// Any other that RDS may offer, as the service names it.
    Other(String),
}

impl Engine {
    /// The engine that RDS names `text`, in any letter case.
    pub(crate) fn of_rds(text: &str) -> Self {
        match text.to_ascii_lowercase().as_str() {
            "mysql" => Self::MySql,
            "postgresql" => Self::PostgreSql,
            "sqlserver" => Self::SqlServer,
            _ => Self::Other(text.to_owned()),
        }
    }
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Redis => "Redis",
            Self::MySql => "MySQL",
            Self::PostgreSql => "PostgreSQL",
            Self::SqlServer => "SQL Server",
            Self::Other(name) => name,
        })
    }
}

/// An instance of DCS or RDS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance {
    /// The service that runs it.
    pub service: Service,
    /// Its id. It is part of paths and checked for that.
    pub id: String,
    /// The name that its owner gave it.
    pub name: String,
    /// What it runs.
    pub engine: Engine,
}

impl Instance {
    /// Checks what a service says of an instance.
    ///
    /// # Errors
    /// An id that is none: it would lead a request, or a file, elsewhere.
    pub(crate) fn new(
        service: Service,
        id: Option<String>,
        name: Option<String>,
        engine: Engine,
    ) -> Result<Self> {
        let id = id.unwrap_or_default();
        let good = !id.is_empty()
            && id
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
        if !good {
            return Err(Error::new(
                ErrorKind::UndocumentedAnswer,
                format!("{service} lists an instance whose id is {id:?}"),
            ));
        }
        let name = name
            .filter(|name| !name.is_empty())
            .unwrap_or_else(|| id.clone());
        Ok(Self {
            service,
            id,
            name,
            engine,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_that_leads_elsewhere_is_refused() {
        for id in ["", "..", "a/b", "a?b", "a b", "é"] {
            let error = Instance::new(Service::Rds, Some(id.to_owned()), None, Engine::MySql);
            assert!(error.is_err(), "{id:?}");
        }
        let good = Instance::new(
            Service::Rds,
            Some("3d39c187in03".to_owned()),
            None,
            Engine::MySql,
        );
        assert_eq!(good.unwrap().name, "3d39c187in03");
    }
}
