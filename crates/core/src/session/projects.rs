//! The projects of a session's identity, and sessions in them.

use std::sync::Arc;

use super::{Session, Shared};
use crate::credentials::{Agency, Credentials};
use crate::error::{Error, ErrorKind, Result};
use crate::identity::TokenScope;
use crate::project::Project;

impl Session {
    /// The projects that the identity can enter, of all regions (page `en-us_topic_0057845558`). A user asks with a token of the
    /// own domain, since no project need be known for it.
    ///
    /// # Errors
    ///
    /// The identity is refused.
    pub async fn projects(&self) -> Result<Vec<Project>> {
        let identity = &self.0.identity;
        let domain = match &identity.credentials {
            Credentials::Password(password) => &password.domain,
            Credentials::Agency(Agency { domain, .. }) => domain,
            Credentials::Token(_) | Credentials::AccessKey(_) => return identity.projects().await,
        };
        let scope = TokenScope::Domain(domain.clone());
        identity.scoped(scope, None).projects().await
    }

    /// The same identity in another project, with the connections, bounds and budgets of this session.
    ///
    /// # Errors
    ///
    /// The session has a token that was given, which is good for its own project alone.
    pub fn in_project(&self, project: &Project) -> Result<Self> {
        let shared = &*self.0;
        if matches!(shared.identity.credentials, Credentials::Token(_))
            && shared.identity.project_id.as_ref() != Some(&project.id)
        {
            return Err(Error::new(
                ErrorKind::Credentials,
                "a token is good for the project that it was issued for, and for no other",
            )
            .with_hint("use a user with password or an access key, which are good for all of their projects"));
        }
        super::builder::check_id("project id", &project.id)?;
        let scope = TokenScope::ProjectId(project.id.clone());
        Ok(Self(Arc::new(Shared {
            identity: shared.identity.scoped(scope, Some(project)),
            transport: shared.transport.clone(),
            downloads: shared.downloads.clone(),
            destinations: shared.destinations.clone(),
            endpoints: shared.endpoints.clone(),
            region: shared.region.clone(),
        })))
    }
}
