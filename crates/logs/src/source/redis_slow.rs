//! The slow log of Redis: entries, written as JSON lines (page `ListSlowlog`).

use otcdb_core::Result;
use otcdb_core::page::{Page, Style, stream};
use otcdb_dcs::types::{SlowlogSortKey, SortDirection};

use super::Source;
use crate::call::{count, position, value};
use crate::time::milliseconds;

const PAGE: u32 = 100;

pub(super) async fn pull(source: &mut Source<'_>) -> Result<()> {
    let clients = source.clients();
    let instance = source.instance;
    let span = source.new_entries_of(source.span());
    let entries = stream(Style::Index, PAGE, move |page| async move {
        let call = clients
            .dcs
            .list_slowlog()
            .project_id(&clients.project)
            .instance_id(&instance.id)
            .start_time(milliseconds(span.from))
            .end_time(milliseconds(span.to))
            // Oldest first: entries that come in meanwhile do not shift the pages.
            .sort_key(SlowlogSortKey::StartTime)
            .sort_dir(SortDirection::Asc)
            .offset(position(page.position))
            .limit(position(page.limit.into()));
        let answer = value(call.send().await).await?;
        Ok(Page::new(
            answer.slowlogs.unwrap_or_default(),
            count(answer.total_num),
        ))
    });
    source.write_entries("slowlog", span, entries).await
}
