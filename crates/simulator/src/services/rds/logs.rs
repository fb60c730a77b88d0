//! Entries and statistics of database logs.

use std::collections::BTreeMap;
use std::time::Duration;

use http::StatusCode;
use serde_json::{Value, json};

use super::state::Engine;
use super::{Outcome, States, databases, good, instance, nothing, span};
use crate::call::{Call, CallError};
use crate::clock::earlier;
use crate::engine::{list, slice};
use crate::log_entries::{ErrorEntry, SlowStatement, plain};
use crate::spec::{InvalidRequest, Place};

const ALL: [Engine; 3] = [Engine::MySql, Engine::PostgreSql, Engine::SqlServer];
const SLOW: [Engine; 2] = [Engine::MySql, Engine::PostgreSql];

/// How far back entries can be asked for: a month, and an hour for clocks that differ.
const MONTH: Duration = Duration::from_secs((31 * 24 + 1) * 60 * 60);

fn recent_span(
    call: &Call<'_>,
    place: Place,
    names: [&'static str; 2],
) -> Result<(jiff::Timestamp, jiff::Timestamp), CallError> {
    let [first, _] = names;
    let (start, end) = span(call, place, names, None)?;
    if start < earlier(call.now(), MONTH) {
        return Err(InvalidRequest::value(place, first, "it is more than a month ago").into());
    }
    Ok((start, end))
}

pub(super) fn error_log(call: &Call<'_>, states: &States) -> Outcome {
    let instance = instance(call, &databases(call, states), &ALL)?;
    let (start, end) = recent_span(call, Place::Query, ["start_date", "end_date"])?;
    let level = call.params.text("level").unwrap_or("ALL");
    let found: Vec<ErrorEntry> = call
        .cloud
        .log_entries
        .failures(&instance.id)
        .into_iter()
        .filter(|entry| (start..=end).contains(&entry.time))
        .filter(|entry| level == "ALL" || entry.level == level)
        .collect();
    list(call, found, |entry| describe_failure(&entry), &Value::Null)
}

/// An entry of the error log as the API shows it.
pub(crate) fn describe_failure(entry: &ErrorEntry) -> Value {
    json!({ "time": plain(entry.time), "level": entry.level, "content": entry.content })
}

pub(super) fn slow_log(call: &Call<'_>, states: &States) -> Outcome {
    let (instance, originals) = {
        let databases = databases(call, states);
        let instance = instance(call, &databases, &SLOW)?;
        let originals = databases.shows_originals(&instance.id);
        (instance, originals)
    };
    let (start, end) = recent_span(call, Place::Query, ["start_date", "end_date"])?;
    let kind = call.params.text("type");
    let found: Vec<SlowStatement> = call
        .cloud
        .log_entries
        .slow_statements(&instance.id)
        .into_iter()
        .filter(|entry| (start..=end).contains(&entry.time))
        .filter(|entry| kind.is_none_or(|kind| entry.kind == kind))
        .collect();
    let describe = |entry| describe_statement(&entry, originals);
    list(call, found, describe, &Value::Null)
}

/// A slow statement as the API shows it.
pub(crate) fn describe_statement(entry: &SlowStatement, originals: bool) -> Value {
    json!({
        "count": "1",
        "time": seconds(entry.microseconds),
        "lock_time": seconds(entry.lock_microseconds),
        "rows_sent": entry.rows_sent.to_string(),
        "rows_examined": entry.rows_examined.to_string(),
        "database": entry.database,
        "users": entry.user,
        "query_sample": if originals { &entry.original } else { &entry.pattern },
        "type": entry.kind,
        "start_time": plain(entry.time),
        "client_ip": entry.client,
    })
}

fn seconds(microseconds: u64) -> String {
    format!(
        "{}.{:05} s",
        microseconds / 1_000_000,
        microseconds % 1_000_000 / 10
    )
}

pub(super) fn set_originals(call: &Call<'_>, states: &States) -> Outcome {
    let mut databases = databases(call, states);
    let instance = instance(call, &databases, &SLOW)?;
    databases.show_originals(&instance.id, call.params.text("status") == Some("on"));
    nothing(StatusCode::OK)
}

/// Statements that are alike.
struct Group {
    count: usize,
    microseconds: u64,
    lock_microseconds: u64,
    rows_sent: u64,
    rows_examined: u64,
    sample: SlowStatement,
}

impl Group {
    fn mean(&self) -> u64 {
        self.microseconds / self.count.max(1) as u64
    }

    fn mean_lock(&self) -> u64 {
        self.lock_microseconds / self.count.max(1) as u64
    }
}

/// Groups, largest first, and how many statements there are in all of them.
fn groups(statements: impl Iterator<Item = SlowStatement>) -> (Vec<Group>, usize) {
    let mut groups: BTreeMap<(String, &str), Group> = BTreeMap::new();
    let mut total = 0;
    for statement in statements {
        total += 1;
        let group = groups
            .entry((statement.pattern.clone(), statement.database))
            .or_insert_with(|| Group {
                count: 0,
                microseconds: 0,
                lock_microseconds: 0,
                rows_sent: 0,
                rows_examined: 0,
                sample: statement.clone(),
            });
        group.count += 1;
        group.microseconds += statement.microseconds;
        group.lock_microseconds += statement.lock_microseconds;
        group.rows_sent += u64::from(statement.rows_sent);
        group.rows_examined += u64::from(statement.rows_examined);
    }
    let mut groups: Vec<Group> = groups.into_values().collect();
    groups.sort_by_key(|group| std::cmp::Reverse(group.count));
    (groups, total)
}

/// Such as `9 (100.00%)`.
fn share(count: usize, total: usize) -> String {
    let hundredths = count * 10_000 / total.max(1);
    format!("{count} ({}.{:02}%)", hundredths / 100, hundredths % 100)
}

pub(super) fn statistics(call: &Call<'_>, states: &States) -> Outcome {
    let instance = instance(call, &databases(call, states), &[Engine::MySql])?;
    let (start, end) = recent_span(call, Place::Query, ["start_date", "end_date"])?;
    let kind = call.params.text("type").unwrap_or("ALL");
    let statements = call.cloud.log_entries.slow_statements(&instance.id);
    let (groups, total) = groups(
        statements
            .into_iter()
            .filter(|entry| (start..=end).contains(&entry.time))
            .filter(|entry| kind == "ALL" || entry.kind == kind),
    );
    let beside = json!({
        "pageNumber": call.params.number("cur_page").unwrap_or(1),
        "pageRecord": call.params.number("per_page").unwrap_or(10),
        "startTime": null,
        "endTime": null,
    });
    let describe = |group: Group| {
        json!({
            "count": share(group.count, total),
            "time": seconds(group.mean()),
            "lockTime": seconds(group.mean_lock()),
            "rowsSent": group.rows_sent / group.count.max(1) as u64,
            "rowsExamined": group.rows_examined / group.count.max(1) as u64,
            "database": group.sample.database,
            "users": group.sample.user,
            "querySample": group.sample.pattern,
            "type": group.sample.kind,
            "clientIP": group.sample.client,
        })
    };
    list(call, groups, describe, &beside)
}

pub(super) fn statistics_for_lts(call: &Call<'_>, states: &States) -> Outcome {
    let instance = instance(call, &databases(call, states), &SLOW)?;
    let (start, end) = recent_span(call, Place::Body, ["start_time", "end_time"])?;
    let text = |name: &str| call.field_text(name);
    let number = |name: &str| call.field_number(name);
    let kind = text("type").filter(|kind| *kind != "ALL");
    let database = text("database").filter(|name| !name.is_empty());
    let statements = call.cloud.log_entries.slow_statements(&instance.id);
    let (mut groups, total) = groups(
        statements
            .into_iter()
            .filter(|entry| (start..=end).contains(&entry.time))
            .filter(|entry| kind.is_none_or(|kind| entry.kind == kind))
            .filter(|entry| database.is_none_or(|name| entry.database == name)),
    );
    if text("sort") == Some("executeTime") {
        groups.sort_by_key(|group| std::cmp::Reverse(group.mean()));
    }
    if text("order") == Some("asc") {
        groups.reverse();
    }
    let (offset, limit) = (number("offset").unwrap_or(0), number("limit").unwrap_or(10));
    let shown: Vec<Value> = slice(&groups, offset, limit)
        .map(|group| {
            json!({
                "count": share(group.count, total),
                "time": seconds(group.mean()),
                "lock_time": seconds(group.mean_lock()),
                "rows_sent": group.rows_sent / group.count.max(1) as u64,
                "rows_examined": group.rows_examined / group.count.max(1) as u64,
                "database": group.sample.database,
                "users": group.sample.user,
                "query_sample": group.sample.pattern,
                "client_ip": group.sample.client,
                "type": group.sample.kind,
            })
        })
        .collect();
    let body = json!({ "slow_log_list": shown, "total_count": groups.len() });
    good(&body)
}
