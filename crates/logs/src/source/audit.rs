//! SQL audit logs of MySQL: files that are listed, then linked to one by one (pages `rds_log_0003`, `rds_log_0004`).

use std::time::Duration;

use futures_util::TryStreamExt as _;
use otcdb_core::error::value;
use otcdb_core::{Error, ErrorKind, Result, Secret};
use otcdb_rds::types::{AuditLogItem, ShowAuditlogDownloadLinkRequest};

use super::Source;
use crate::call::Clients;
use crate::download::Origin;
use crate::event::Step;
use crate::instance::Instance;
use crate::time::rds;

/// The longest span that the list can be asked for.
const LONGEST: Duration = Duration::from_secs(30 * 24 * 60 * 60);

pub(super) async fn pull(source: &mut Source<'_>) -> Result<()> {
    let clients = source.clients();
    let instance = source.instance;
    let span = source.span().at_most(LONGEST);
    source.step(Step::Collect);
    let files: Vec<AuditLogItem> = clients
        .rds
        .list_auditlogs()
        .project_id(&clients.project)
        .instance_id(&instance.id)
        .start_time(rds(span.from))
        .end_time(rds(span.to))
        .stream()
        .try_collect()
        .await?;
    source.step(Step::Download);
    for file in files {
        let Some(id) = file.id else {
            return Err(Error::new(
                ErrorKind::UndocumentedAnswer,
                format!("ListAuditlogs names a file of {} without id", instance.name),
            ));
        };
        if !source.has(&id) {
            let name = file.name.unwrap_or_else(|| id.clone());
            source
                .download(
                    &name,
                    &mut Link {
                        clients,
                        instance,
                        id,
                        last: None,
                    },
                )
                .await?;
        }
    }
    Ok(())
}

/// A link that `ShowAuditlogDownloadLink` makes, good for 5 minutes: one file at a time, so that none expires unused.
struct Link<'a> {
    clients: &'a Clients,
    instance: &'a Instance,
    id: String,
    last: Option<Secret>,
}

impl Origin for Link<'_> {
    fn id(&self) -> &str {
        &self.id
    }

    async fn link(&mut self, fresh: bool) -> Result<Secret> {
        if let (Some(last), false) = (&self.last, fresh) {
            return Ok(last.clone());
        }
        let call = self
            .clients
            .rds
            .show_auditlog_download_link()
            .project_id(&self.clients.project)
            .instance_id(&self.instance.id)
            .body(ShowAuditlogDownloadLinkRequest {
                ids: vec![self.id.clone()],
            });
        let links = value(call.send().await).await?.links.unwrap_or_default();
        let link = links.into_iter().next().ok_or_else(|| {
            Error::new(
                ErrorKind::UndocumentedAnswer,
                "ShowAuditlogDownloadLink answered without a link",
            )
        })?;
        self.last = Some(link.clone());
        Ok(link)
    }
}
