//! Error logs of engines whose error log is not exported: entries, written as JSON lines (page `rds_06_0004`).

use std::time::Duration;

use otcdb_core::Result;
use otcdb_core::page::{Page, Style, stream};

use super::Source;
use crate::call::{count, position, value};
use crate::time::rds;

const PAGE: u32 = 100;

/// Entries are kept, and can be asked for, that long.
const LONGEST: Duration = Duration::from_secs(30 * 24 * 60 * 60);

pub(super) async fn pull(source: &mut Source<'_>) -> Result<()> {
    let clients = source.clients();
    let instance = source.instance;
    let span = source.new_entries_of(source.span().at_most(LONGEST));
    let entries = stream(Style::PageNumber, PAGE, move |page| async move {
        let call = clients
            .rds
            .list_error_logs()
            .project_id(&clients.project)
            .instance_id(&instance.id)
            .start_date(rds(span.from))
            .end_date(rds(span.to))
            .offset(position(page.position))
            .limit(position(page.limit.into()));
        let answer = value(call.send().await).await?;
        Ok(Page::new(
            answer.error_log_list.unwrap_or_default(),
            count(answer.total_record),
        ))
    });
    source.write_entries("errorlog", span, entries).await
}
