//! Files that are listed, then linked to one by one, such as SQL audit logs (pages `rds_log_0003`, `rds_log_0004`,
//! `dds_api_0099`, `dds_api_0100`).

use futures_util::FutureExt as _;
use otcdb_core::{Error, ErrorKind, Result, Secret};
use serde_json::value::RawValue;

use super::link::CachedLink;
use super::{Remote, Source};
use crate::announced::Announced;
use crate::clients::{described, document, operation};
use crate::event::Step;
use crate::fields;
use crate::instance::Instance;
use crate::list::List;
use crate::means::Listed;
use crate::time::{Interval, rds};

pub(super) async fn pull(source: &mut Source<'_>, log: &'static Listed) -> Result<()> {
    let mut left = source.interval();
    // The latest first: what is oldest is most likely gone.
    while !left.is_empty() {
        let window = left.at_most(log.longest);
        left.to = window.from;
        source.step(Step::Collect);
        of_window(source, log, window).await?;
    }
    Ok(())
}

/// Pulls the files of an interval that the list can be asked for. One of two intervals is fetched once.
async fn of_window(source: &mut Source<'_>, log: &'static Listed, window: Interval) -> Result<()> {
    let (context, instance) = (source.context, source.instance);
    let [from, to] = log.span;
    let (files, listed) = List::new(instance.service, log.list)?
        .set("instance_id", instance.id.as_str())
        .set(from, rds(window.from))
        .set(to, rds(window.to))
        .gather(source.clients())
        .await;
    source.step(Step::Download);
    for (number, file) in (1..).zip(files) {
        match remote(log, &file, number) {
            Ok(remote) => {
                // One file at a time, so that no link expires unused: they are good for 5 minutes.
                let ask = || link(context, log, instance, &remote.id).boxed();
                let mut origin = CachedLink::new(&remote, ask);
                source.get_or_go_on(&remote, &mut origin).await?;
            }
            Err(error) => {
                let text = |field| fields::text(&file, field);
                let (node, name) = (log.node.and_then(text), text("name"));
                source.part(Err(error), node.as_deref(), name.as_deref())?;
            }
        }
    }
    listed
}

fn remote(log: &Listed, file: &RawValue, number: usize) -> Result<Remote> {
    let id = fields::text(file, "id").ok_or_else(|| {
        Error::new(
            ErrorKind::UndocumentedResponse,
            format!(
                "the id of item {number} of the list is {}, so no link can be asked for",
                fields::quoted(file, "id")
            ),
        )
        .with_operation(log.list)
    })?;
    Ok(Remote {
        name: fields::text(file, "name").unwrap_or_else(|| id.clone()),
        replica: log.node.and_then(|node| fields::text(file, node)),
        announced: Announced {
            size: fields::number(file, "size").and_then(|size| log.size.read(size)),
            begin: fields::text(file, log.begin),
            end: fields::text(file, "end_time"),
            etag: fields::text(file, "etag"),
            created: None,
        },
        id,
        ..Remote::default()
    })
}

async fn link(
    context: &super::Context<'_>,
    log: &Listed,
    instance: &Instance,
    id: &str,
) -> Result<Secret> {
    let operation = operation(instance.service, log.link)?;
    let call = described(operation, &[("instance_id", instance.id.clone())])?
        .body(serde_json::json!({ "ids": [id] }).to_string());
    let response = document(context.clients, instance.service, operation, call).await?;
    let links = fields::elements(&response, "links");
    let link = (links.first()).and_then(|link| serde_json::from_str::<String>(link.get()).ok());
    let link = link.filter(|link| !link.trim().is_empty());
    link.map(Secret::from).ok_or_else(|| {
        Error::new(
            ErrorKind::UndocumentedResponse,
            "the response has no link for the file",
        )
        .with_operation(log.link)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_without_id_is_no_file_and_one_without_more_is() {
        let Some(crate::means::Means::Listed(log)) =
            crate::LogKind::RdsAudit.means(&crate::Engine::MySql)
        else {
            panic!("audit logs are not listed");
        };
        let remote = |text: &str| remote(log, &RawValue::from_string(text.to_owned()).unwrap(), 3);
        let odd = remote(r#"{"id":"a","name":null,"size":{},"begin_time":7}"#).unwrap();
        assert_eq!((odd.id.as_str(), odd.name.as_str()), ("a", "a"));
        assert_eq!(
            (odd.announced.size, odd.announced.begin.as_deref()),
            (None, Some("7"))
        );
        for none in ["{}", r#"{"id":""}"#, r#"{"id":[]}"#, "null", "7"] {
            let error = remote(none).unwrap_err().to_string();
            assert!(error.contains("item 3"), "{none}: {error}");
        }
    }
}
