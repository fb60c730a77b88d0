//! The slow log of Redis: entries, written as JSON lines (page `ListSlowlog`).

use otcdb_core::Result;
use otcdb_dcs::types::{SlowlogSortKey, SortDirection};

use super::Source;
use crate::time::milliseconds;

pub(super) async fn pull(source: &mut Source<'_>) -> Result<()> {
    let clients = source.clients();
    let instance = source.instance;
    let span = source.new_entries_of(source.span());
    let entries = clients
        .dcs
        .list_slowlog()
        .project_id(&clients.project)
        .instance_id(&instance.id)
        .start_time(milliseconds(span.from))
        .end_time(milliseconds(span.to))
        // Oldest first: entries that come in meanwhile do not shift the pages.
        .sort_key(SlowlogSortKey::StartTime)
        .sort_dir(SortDirection::Asc)
        .stream();
    source.write_entries("slowlog", span, entries).await
}
