//! Error logs of engines whose error log is not exported: entries, written as JSON lines (page `rds_06_0004`).

use std::time::Duration;

use otcdb_core::Result;

use super::Source;
use crate::time::rds;

/// Entries are kept, and can be asked for, that long.
const LONGEST: Duration = Duration::from_secs(30 * 24 * 60 * 60);

pub(super) async fn pull(source: &mut Source<'_>) -> Result<()> {
    let clients = source.clients();
    let instance = source.instance;
    let span = source.new_entries_of(source.span().at_most(LONGEST));
    let entries = clients
        .rds
        .list_error_logs()
        .project_id(&clients.project)
        .instance_id(&instance.id)
        .start_date(rds(span.from))
        .end_date(rds(span.to))
        .stream();
    source.write_entries("errorlog", span, entries).await
}
