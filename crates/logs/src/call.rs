//! Calling the services.

use otcdb_core::{Result, Session};

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
