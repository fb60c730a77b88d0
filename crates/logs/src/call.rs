//! Calling the services.

use otcdb_core::error::from_client;
use otcdb_core::{Result, Session};
use progenitor_client::{Error as ClientError, ResponseValue};

/// The clients that a pull uses, and the project it works in.
#[derive(Clone, Debug)]
pub(crate) struct Clients {
    pub(crate) session: Session,
    pub(crate) dcs: otcdb_dcs::Client,
    pub(crate) rds: otcdb_rds::Client,
    pub(crate) project: String,
}

impl Clients {
    /// # Errors
    /// The project cannot be found out.
    pub(crate) async fn connect(session: &Session) -> Result<Self> {
        Ok(Self {
            session: session.clone(),
            dcs: otcdb_dcs::Client::connect(session),
            rds: otcdb_rds::Client::connect(session),
            project: session.project_id().await?,
        })
    }
}

/// What a generated call gave, with the error of this project.
pub(crate) async fn value<T>(result: Result<ResponseValue<T>, ClientError<()>>) -> Result<T> {
    match result {
        Ok(response) => Ok(response.into_inner()),
        Err(error) => Err(from_client(error).await),
    }
}

/// A count that a service sends, if it is one.
pub(crate) fn count(total: Option<i32>) -> Option<u64> {
    total.and_then(|total| u64::try_from(total).ok())
}

/// A position in a list, as the services take it.
pub(crate) fn position(position: u64) -> i32 {
    i32::try_from(position).unwrap_or(i32::MAX)
}
