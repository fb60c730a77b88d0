//! Logs that come as entries of a list: what no run has covered of them is asked for, gap by gap.

use std::sync::Arc;
use std::time::Duration;

use futures_util::{FutureExt as _, StreamExt as _, TryStreamExt as _};
use jiff::Timestamp;
use otcdb_core::{Error, ErrorKind, Result};

use super::{Progress as _, Shown, Source};
use crate::clients::{described, document, operation};
use crate::entries::{Ends, Entry, Known, Seen, Writer, seen};
use crate::event::{Event, Step};
use crate::fields;
use crate::files::Files;
use crate::instance::Instance;
use crate::layout;
use crate::list::List;
use crate::manifest::{ManifestEntry, Past};
use crate::means::{Entries, Nodes};
use crate::time::{Interval, earlier, later};

/// Services count in seconds, and nobody knows whether an interval that is asked for holds its last one.
const SECOND: Duration = Duration::from_secs(1);

/// Pulls what no run has covered.
///
/// # Errors
/// The first gap that cannot be fetched; those before it were recorded.
pub(super) async fn pull(source: &mut Source<'_>, log: &Entries) -> Result<()> {
    let wanted = source.interval();
    let window = match log.longest {
        Some(longest) => wanted.at_most(longest),
        None => wanted,
    };
    if window != wanted {
        source.note(format!(
            "{} {}: the service shows entries of the last {} days only, so older ones are not pulled",
            source.instance.name,
            source.kind,
            log.longest.unwrap_or_default().as_secs() / (24 * 60 * 60)
        ));
    }
    clear(source, log).await?;
    let Some(nodes) = &log.nodes else {
        return of_node(source, log, None, window).await;
    };
    for node in nodes_of(source, nodes).await? {
        // A node that is down does not cost the others their logs.
        let result = of_node(source, log, Some(node.clone()), window).await;
        source.part(result, Some(&node), None)?;
    }
    Ok(())
}

/// Pulls what no run has covered of a node or, without one, of the instance.
async fn of_node(
    source: &mut Source<'_>,
    log: &Entries,
    node: Option<String>,
    window: Interval,
) -> Result<()> {
    for gap in past(source, &node).await?.covered.gaps_in(window) {
        // To the end: what waits for its turn holds nothing of its work, which is large.
        let _turn = source.context.lists.turn(source.kind.service()).await;
        fetch(source, log, &node, gap).boxed().await?;
    }
    Ok(())
}

/// The ids of the nodes of an instance. One without id is a failure of its own.
async fn nodes_of(source: &mut Source<'_>, nodes: &Nodes) -> Result<Vec<String>> {
    let (service, clients) = (source.instance.service, source.clients());
    let operation = operation(service, nodes.show)?;
    let call = described(operation, &[("instance_id", source.instance.id.clone())])?;
    let response = document(clients, service, operation, call).await?;
    let mut ids = Vec::new();
    let list = fields::elements(&response, nodes.list);
    for node in &list {
        match fields::string(node, "id") {
            Some(id) => ids.push(id),
            None => {
                let quoted = fields::quoted(node, "id");
                let what = format!("the id of a node is {quoted}, so its log cannot be asked for");
                let name = fields::text(node, "name");
                source.part(Err(odd(nodes, what)), name.as_deref(), None)?;
            }
        }
    }
    match list.is_empty() {
        true => Err(odd(
            nodes,
            format!("the response has no nodes at {}", nodes.list),
        )),
        false => Ok(ids),
    }
}

fn odd(nodes: &Nodes, what: String) -> Error {
    Error::new(ErrorKind::UndocumentedResponse, what).with_operation(nodes.show)
}

async fn past(source: &Source<'_>, node: &Option<String>) -> Result<Past> {
    let manifest = Arc::clone(source.context.manifest);
    let (kind, instance, node) = (source.kind, source.instance.id.clone(), node.clone());
    let files = source.context.manifest.files();
    let past = move |_: &Files| Ok(manifest.past(kind, &instance, &node));
    files.run(past).await
}

/// Removes what a run has left that was killed: entries cannot be resumed.
async fn clear(source: &Source<'_>, log: &Entries) -> Result<()> {
    let files = source.context.manifest.files();
    let folder = source.folder();
    let first = log.first.iter().map(|first| first.name);
    let begins = first.chain([source.kind.as_str()]);
    let begins: Vec<String> = begins.map(|name| format!("{name}_")).collect();
    let clear = move |files: &Files| {
        for name in files.names(&folder)? {
            if begins.iter().any(|begin| name.starts_with(begin)) && name.ends_with(".jsonl.part") {
                files.remove(&format!("{folder}/{name}"))?;
            }
        }
        Ok(())
    };
    files.run_again(clear).await
}

/// Fetches the entries of a gap, but for those that are there already.
async fn fetch(
    source: &mut Source<'_>,
    log: &Entries,
    node: &Option<String>,
    gap: Interval,
) -> Result<()> {
    let context = source.context;
    let overlap = context.options.overlap.max(SECOND);
    let oldest = match log.longest {
        Some(longest) => Interval::last(longest, context.now).from,
        None => Timestamp::UNIX_EPOCH,
    };
    let (interval, known) = around(source, (log, node), gap, overlap, oldest).await?;

    source.step(Step::Download);
    let (kind, instance) = (source.kind, &source.instance.id);
    let (id, name) = match node {
        None => (gap.compact(), format!("{kind}_{}", gap.compact())),
        Some(node) => (
            format!("{node} {}", gap.compact()),
            layout::component(&format!("{kind}_{node}_{}", gap.compact())),
        ),
    };
    let wanted = format!("{}/{name}.jsonl", source.folder());
    let path = context.manifest.claim(kind, instance, &id, &wanted);
    let packing = context.options.compression.map(|how| {
        let wanted = format!("{wanted}{}", how.ending());
        (how, context.manifest.claim(kind, instance, &id, &wanted))
    });
    let shown = Shown::new(context, &path);
    shown.started(0, None);
    let ends = Ends::new(
        interval,
        overlap.saturating_add(SECOND),
        overlap.saturating_add(SECOND),
    );
    let writer = Writer::new(context.manifest.files(), &path, ends, log.fields);
    let list = list(source.instance, (log, node), interval)?;
    let written = write(source, log, list, known, writer, &shown);
    let written = match written.await {
        Ok(writer) => writer.finish(packing).boxed().await,
        Err(error) => Err(error),
    };
    let file = shown.file;
    let written = match written {
        Ok(written) => written,
        Err(error) => {
            context.observer.event(Event::FileFailed { file });
            return Err(error);
        }
    };
    let manifest = Arc::clone(context.manifest);
    let Some(written) = written else {
        context.observer.event(Event::FileEmpty { file });
        let (instance, node) = (instance.clone(), node.clone());
        let add = move |_: &Files| manifest.add_empty(kind, &instance, node, gap);
        return context.manifest.files().run(add).await;
    };
    let record = ManifestEntry {
        kind,
        instance: instance.clone(),
        instance_name: source.instance.name.clone(),
        realm: source.instance.realm.clone(),
        node: node.clone(),
        id,
        name: None,
        modified: source.modified(&written.path),
        file: written.path,
        size: written.finished.size,
        sha256: written.finished.sha256,
        sent: written.sent.map(Into::into),
        from: Some(gap.from),
        until: Some(gap.to),
        oldest: written.oldest,
        newest: written.newest,
        fetched_at: crate::time::now(source.clients().session.clock())?,
        announced: None,
        supersedes: None,
        pruned_at: None,
        simulated: context.options.simulated,
        other: <_>::default(),
    };
    if let Err(error) = manifest.deliver(record.clone(), Some(written.seen)).await {
        context.observer.event(Event::FileFailed { file });
        return Err(error);
    }
    context.observer.event(Event::FileDone {
        file,
        record: &record,
    });
    source.pulled.records.push(record);
    Ok(())
}

/// The list of the entries of an interval.
fn list(
    instance: &Instance,
    (log, node): (&Entries, &Option<String>),
    interval: Interval,
) -> Result<List> {
    let [from, to] = log.span;
    let mut list = List::new(instance.service, log.list)?
        .of_entries()
        .set("instance_id", instance.id.as_str())
        .set(from, (log.time)(interval.from))
        .set(to, (log.time)(interval.to));
    if let (Some(nodes), Some(node)) = (&log.nodes, node) {
        list = list.set(nodes.parameter, node.as_str());
    }
    let order = log.order.iter();
    Ok(order.fold(list, |list, (name, value)| list.set(name, *value)))
}

async fn write(
    source: &Source<'_>,
    log: &Entries,
    list: List,
    mut known: Known,
    mut writer: Writer,
    shown: &Shown<'_>,
) -> Result<Writer> {
    let mut entries = list.items(source.clients()).boxed();
    while let Some(sent) = entries.try_next().await? {
        let entry = Entry::new(&sent, log.fields);
        let described = || {
            log.first
                .as_ref()
                .and_then(|first| (first.described)(&sent))
        };
        if !known.take(&entry, described) {
            shown.advanced(writer.push(&entry).await?);
        }
    }
    Ok(writer)
}

/// The interval to ask for so that nothing of a gap is missed where it meets what was covered, and what is known there.
async fn around(
    source: &Source<'_>,
    (log, node): (&Entries, &Option<String>),
    gap: Interval,
    overlap: Duration,
    oldest: Timestamp,
) -> Result<(Interval, Known)> {
    let past = past(source, node).await?;
    let mut interval = gap;
    // Entries that were shown late are in the end of what came before.
    if let Some(before) = past.covered.ending_at(gap.from) {
        interval.from = earlier(gap.from, overlap).max(before.from).max(oldest);
    }
    // What comes after may or may not have the second in which it begins.
    if past.covered.beginning_at(gap.to).is_some() {
        interval.to = later(gap.to, SECOND);
    }
    let mut known = Known::new(log.fields);
    for record in past.records {
        let Some((covered, extent)) = record.interval().zip(record.extent()) else {
            continue;
        };
        if !extent.meets(interval) {
            continue;
        }
        let is_of_first_version = record.is_of_first_version();
        // So far from its end on it will be asked for again.
        let needed = overlap.saturating_add(SECOND);
        let seen = seen_of(source, log, record, covered, extent, needed).await?;
        let reach = seen.as_ref().map_or(Duration::ZERO, Seen::reach);
        if covered.to <= gap.from && reach < needed {
            interval.from = interval
                .from
                .max(earlier(covered.to, reach.saturating_sub(SECOND)));
        }
        if let Some(seen) = seen {
            known.add(seen, is_of_first_version);
        }
    }
    Ok((interval, known))
}

/// What is known of the ends of a file: what was noted or, where that does not reach far enough, what the file says.
async fn seen_of(
    source: &Source<'_>,
    log: &Entries,
    record: ManifestEntry,
    covered: Interval,
    extent: Interval,
    needed: Duration,
) -> Result<Option<Seen>> {
    let manifest = Arc::clone(source.context.manifest);
    let fields = log.fields;
    let noted = manifest.seen(&record);
    let is_known = noted.as_ref().is_some_and(|seen| seen.reach() >= needed);
    if is_known || !manifest.is_there(&record) {
        return Ok(noted.map(|seen| Seen::clone(&seen)));
    }
    let file = record.file.clone();
    manifest.bring(&file).await?;
    let look = move |_: &Files| {
        let late = Duration::try_from(covered.from.duration_since(extent.from)).unwrap_or_default();
        let ends = Ends::new(covered, needed.max(late.saturating_add(SECOND)), needed);
        let ends = seen::read(manifest.files(), &record.file, fields, ends)?;
        Ok(Some(ends.seen()))
    };
    let manifest = source.context.manifest;
    let seen = manifest.files().run_again(look).await;
    manifest.put_back(&file)?;
    seen
}
