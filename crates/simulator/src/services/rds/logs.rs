//! Statistics of slow statements.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use super::state::Engine;
use super::{Outcome, States, databases, good, instance, span};
use crate::call::{Call, CallError};
use crate::clock::earlier;
use crate::engine::{list, slice};
use crate::log_entries::{self, SlowStatement};
use crate::spec::{InvalidRequest, Place};

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

/// The slow statements of the instance in the path that a call asks for.
fn statements(
    call: &Call<'_>,
    states: &States,
    engines: &[Engine],
    (place, names): (Place, [&'static str; 2]),
) -> Result<Vec<SlowStatement>, CallError> {
    let instance = instance(call, &databases(call, states), engines)?;
    let (start, end) = recent_span(call, place, names)?;
    let kind = match place {
        Place::Body => call.field_text("type"),
        _ => call.params.text("type"),
    };
    let is_wanted = |entry: &SlowStatement| {
        (start..=end).contains(&entry.time)
            && kind.is_none_or(|kind| kind == "ALL" || entry.kind == kind)
    };
    let all = call
        .cloud
        .log_entries
        .slow_statements(&instance.id, call.now());
    Ok(all.into_iter().filter(is_wanted).collect())
}

/// Where queries have the span.
const DATES: (Place, [&str; 2]) = (Place::Query, ["start_date", "end_date"]);

fn seconds(microseconds: u64) -> String {
    format!("{} s", log_entries::seconds(microseconds))
}

/// Statements that are alike.
type Group = Vec<SlowStatement>;

/// Groups, largest first.
fn groups(statements: Vec<SlowStatement>) -> Vec<Group> {
    let mut groups: BTreeMap<(String, &str), Group> = BTreeMap::new();
    for statement in statements {
        let group = groups.entry((statement.pattern.clone(), statement.database));
        group.or_default().push(statement);
    }
    let mut groups: Vec<Group> = groups.into_values().collect();
    groups.sort_by_key(|group| Reverse(group.len()));
    groups
}

fn mean(group: &Group, of: fn(&SlowStatement) -> u64) -> u64 {
    group.iter().map(of).sum::<u64>() / group.len().max(1) as u64
}

/// A group as the API shows it, with the names of some fields in the spelling of the operation.
fn describe_group(
    group: &Group,
    total: usize,
    [lock, sent, examined, query, client]: [&str; 5],
) -> Value {
    let Some(sample) = group.first() else {
        return Value::Null;
    };
    // Such as `9 (100.00%)`.
    let hundredths = group.len() * 10_000 / total.max(1);
    let (whole, part) = (hundredths / 100, hundredths % 100);
    json!({
        "count": format!("{} ({whole}.{part:02}%)", group.len()),
        "time": seconds(mean(group, |one| one.microseconds)),
        lock: seconds(mean(group, |one| one.lock_microseconds)),
        sent: mean(group, |one| one.rows_sent.into()),
        examined: mean(group, |one| one.rows_examined.into()),
        "database": sample.database,
        "users": sample.user,
        query: sample.pattern,
        "type": sample.kind,
        client: sample.client,
    })
}

pub(super) fn statistics(call: &Call<'_>, states: &States) -> Outcome {
    let statements = statements(call, states, &[Engine::MySql], DATES)?;
    let total = statements.len();
    let beside = json!({
        "pageNumber": call.params.number("cur_page").unwrap_or(1),
        "pageRecord": call.params.number("per_page").unwrap_or(10),
        "startTime": null,
        "endTime": null,
    });
    let names = [
        "lockTime",
        "rowsSent",
        "rowsExamined",
        "querySample",
        "clientIP",
    ];
    let describe = |group| describe_group(&group, total, names);
    list(call, groups(statements), describe, &beside)
}

pub(super) fn statistics_for_lts(call: &Call<'_>, states: &States) -> Outcome {
    let times = (Place::Body, ["start_time", "end_time"]);
    let mut statements = statements(call, states, &SLOW, times)?;
    let text = |name: &str| call.field_text(name);
    let number = |name: &str| call.field_number(name);
    if let Some(database) = text("database").filter(|name| !name.is_empty()) {
        statements.retain(|entry| entry.database == database);
    }
    let total = statements.len();
    let mut groups = groups(statements);
    if text("sort") == Some("executeTime") {
        groups.sort_by_key(|group| Reverse(mean(group, |one| one.microseconds)));
    }
    if text("order") == Some("asc") {
        groups.reverse();
    }
    let (offset, limit) = (number("offset").unwrap_or(0), number("limit").unwrap_or(10));
    let names = [
        "lock_time",
        "rows_sent",
        "rows_examined",
        "query_sample",
        "client_ip",
    ];
    let shown: Vec<Value> = slice(&groups, offset, limit)
        .map(|group| describe_group(group, total, names))
        .collect();
    good(&json!({ "slow_log_list": shown, "total_count": groups.len() }))
}
