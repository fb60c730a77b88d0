//! Analyses of big, hot and expired keys.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{
    bad_field, begin, field_texts, find, find_mut, good, idle, moment, nothing, redis, refuse,
    shown,
};
use crate::call::{Call, Refusal};
use crate::digits::clock;
use crate::handlers::Outcome;
use crate::problem::dcs as refusals;
use crate::state::dcs::RedisKind;
use crate::state::dcs::analysis::{Looked, Scan, Schedule};
use crate::state::dcs::instance::Instance;
use crate::state::dcs::span::{Span, Stage};
use crate::state::dcs::timing::Takes;

pub(super) fn scan_big_keys(call: &Call<'_>) -> Outcome {
    scan(call, Looked::Big)
}

pub(super) fn scan_hot_keys(call: &Call<'_>) -> Outcome {
    scan(call, Looked::Hot)
}

pub(super) fn scan_expired_keys(call: &Call<'_>) -> Outcome {
    scan(call, Looked::Expired)
}

pub(super) fn list_big_keys(call: &Call<'_>) -> Outcome {
    list(call, Looked::Big)
}

pub(super) fn list_hot_keys(call: &Call<'_>) -> Outcome {
    list(call, Looked::Hot)
}

pub(super) fn show_big_keys(call: &Call<'_>) -> Outcome {
    show(call, Looked::Big)
}

pub(super) fn show_hot_keys(call: &Call<'_>) -> Outcome {
    show(call, Looked::Hot)
}

pub(super) fn delete_big_keys(call: &Call<'_>) -> Outcome {
    delete(call, Looked::Big)
}

pub(super) fn delete_hot_keys(call: &Call<'_>) -> Outcome {
    delete(call, Looked::Hot)
}

pub(super) fn big_keys_schedule(call: &Call<'_>) -> Outcome {
    schedule(call, Looked::Big)
}

pub(super) fn hot_keys_schedule(call: &Call<'_>) -> Outcome {
    schedule(call, Looked::Hot)
}

pub(super) fn set_big_keys_schedule(call: &Call<'_>) -> Outcome {
    set_schedule(call, Looked::Big)
}

pub(super) fn set_hot_keys_schedule(call: &Call<'_>) -> Outcome {
    set_schedule(call, Looked::Hot)
}

/// Hot keys can be found only where the service counts how often keys are read.
fn capable(instance: &Instance, what: Looked) -> Result<(), Refusal> {
    match what == Looked::Hot && !instance.parameters.knows_frequency() {
        true => Err(refuse(refusals::NO_HOT_KEYS)),
        false => Ok(()),
    }
}

fn scan(call: &Call<'_>, what: Looked) -> Outcome {
    let mut redis = redis(call);
    let instance = find(call, &redis)?;
    capable(instance, what)?;
    idle(instance)?;
    if instance.scanning(what, call.now()) {
        return Err(refuse(match what {
            Looked::Big => refusals::BIG_KEYS_RUNNING,
            Looked::Hot | Looked::Expired => refusals::TASK_STATE,
        }));
    }
    let begin = begin(call);
    let id = redis.uuid("scan");
    let instance = find_mut(call, &mut redis)?;
    let scan = Scan {
        id,
        what,
        span: Span::new(begin, Takes::Analysis),
    };
    let mut body = record(call, &scan);
    body["instance_id"] = Value::from(instance.id());
    if what != Looked::Expired {
        body["num"] = Value::from(0);
    }
    let course = scan.span.course;
    instance.scans.push(scan);
    let instance = instance.id().to_owned();
    let task = match what {
        Looked::Big => "BIGKEY",
        Looked::Hot => "HOTKEY",
        Looked::Expired => "EXPIREKEY",
    };
    redis.tasks.add(begin, &instance, task, course, json!({}));
    good(&body)
}

fn word(stage: Stage) -> &'static str {
    match stage {
        Stage::Waiting => "waiting",
        Stage::Running => "running",
        Stage::Done(_) => "success",
        Stage::Failed(_) => "failed",
    }
}

/// What a list shows of an analysis. Times that are still to come are left out.
fn record(call: &Call<'_>, scan: &Scan) -> Value {
    let stage = scan.span.stage(call.now());
    let mut value = json!({
        "id": scan.id,
        "status": word(stage),
        "scan_type": "manual",
        "created_at": moment(scan.span.created),
    });
    if stage != Stage::Waiting {
        value["started_at"] = Value::from(moment(scan.span.started));
    }
    if let Stage::Done(end) | Stage::Failed(end) = stage {
        value["finished_at"] = Value::from(moment(end));
    }
    value
}

fn list(call: &Call<'_>, what: Looked) -> Outcome {
    let redis = redis(call);
    let instance = find(call, &redis)?;
    capable(instance, what)?;
    let found: Vec<&Scan> = instance
        .scans
        .iter()
        .rev()
        .filter(|scan| scan.what == what)
        .filter(|scan| {
            let status = word(scan.span.stage(call.now()));
            call.params
                .text("status")
                .is_none_or(|wanted| status == wanted)
        })
        .collect();
    let page: Vec<Value> = shown(call, found.iter())
        .map(|scan| record(call, scan))
        .collect();
    good(&json!({ "instance_id": instance.id(), "count": found.len(), "records": page }))
}

/// The analysis in the path.
fn named<'a>(call: &Call<'_>, instance: &'a Instance, what: Looked) -> Option<&'a Scan> {
    let parameter = match what {
        Looked::Hot => "hotkey_id",
        Looked::Big | Looked::Expired => "bigkey_id",
    };
    let id = call.params.text(parameter)?;
    instance
        .scans
        .iter()
        .find(|scan| scan.what == what && scan.id == id)
}

fn show(call: &Call<'_>, what: Looked) -> Outcome {
    let redis = redis(call);
    let instance = find(call, &redis)?;
    capable(instance, what)?;
    let scan = named(call, instance, what).ok_or_else(|| {
        refuse(match what {
            Looked::Hot => refusals::NO_HOT_KEY_TASK,
            Looked::Big | Looked::Expired => refusals::NO_BIG_KEY_TASK,
        })
    })?;
    good(&describe(call, instance, scan))
}

fn delete(call: &Call<'_>, what: Looked) -> Outcome {
    let mut redis = redis(call);
    let instance = find_mut(call, &mut redis)?;
    // A task that is not there is no error for a deletion.
    let Some(scan) = named(call, instance, what) else {
        return nothing(StatusCode::NO_CONTENT);
    };
    if scan.span.under_way(call.now()) {
        return Err(refuse(refusals::TASK_STATE));
    }
    let body = describe(call, instance, scan);
    let id = scan.id.clone();
    instance.scans.retain(|scan| scan.id != id);
    good(&body)
}

/// An analysis with what it found.
fn describe(call: &Call<'_>, instance: &Instance, scan: &Scan) -> Value {
    let mut value = record(call, scan);
    value["instance_id"] = Value::from(instance.id());
    let keys = match scan.span.stage(call.now()) {
        Stage::Done(_) => keys(call, instance, scan),
        _ => Vec::new(),
    };
    value["num"] = Value::from(keys.len());
    if !keys.is_empty() {
        value["keys"] = Value::from(keys);
    }
    value
}

fn keys(call: &Call<'_>, instance: &Instance, scan: &Scan) -> Vec<Value> {
    const KINDS: [&str; 5] = ["string", "list", "set", "zset", "hash"];
    if instance.keys == 0 {
        return Vec::new();
    }
    let mut rng = call.world.seed.rng(&format!("keys {}", scan.id));
    let masters: Vec<_> = instance
        .shape
        .replicas
        .iter()
        .filter(|node| node.master)
        .collect();
    KINDS
        .iter()
        .enumerate()
        .map(|(place, kind)| {
            let mut key = json!({
                "name": format!("{kind}:{}", rng.u32(..)),
                "type": kind,
                "db": 0,
                "size": rng.u32(3_000..3_000_000),
                "unit": if *kind == "string" { "byte" } else { "count" },
            });
            let shard = masters.get(place % masters.len().max(1));
            if instance.shape.kind == RedisKind::Cluster
                && let Some(shard) = shard
            {
                key["shard"] = Value::from(format!("{}:{}", shard.ip, instance.port));
            }
            if scan.what == Looked::Hot {
                key["freq"] = Value::from(rng.u8(1..));
            }
            key
        })
        .collect()
}

fn schedule(call: &Call<'_>, what: Looked) -> Outcome {
    let redis = redis(call);
    let instance = find(call, &redis)?;
    capable(instance, what)?;
    let none = Schedule {
        enabled: false,
        at: Vec::new(),
        updated: instance.created,
    };
    let schedule = instance.schedules.get(&what).unwrap_or(&none);
    good(&describe_schedule(instance, schedule))
}

fn set_schedule(call: &Call<'_>, what: Looked) -> Outcome {
    let mut redis = redis(call);
    let instance = find_mut(call, &mut redis)?;
    capable(instance, what)?;
    let at = field_texts(call, "schedule_at").unwrap_or_default();
    if let Some(bad) = at.iter().find(|text| !is_time(text)) {
        return Err(bad_field(
            "schedule_at",
            &format!("{bad:?} is no time such as 21:00"),
        ));
    }
    let schedule = Schedule {
        enabled: call.params.field("enable_auto_scan") == Some(&Value::Bool(true)),
        at: at.into_iter().map(ToOwned::to_owned).collect(),
        updated: call.now(),
    };
    let body = describe_schedule(instance, &schedule);
    instance.schedules.insert(what, schedule);
    good(&body)
}

fn describe_schedule(instance: &Instance, schedule: &Schedule) -> Value {
    json!({
        "instance_id": instance.id(),
        "enable_auto_scan": schedule.enabled,
        "schedule_at": schedule.at,
        "updated_at": moment(schedule.updated),
    })
}

fn is_time(text: &str) -> bool {
    clock(text).is_some_and(|(hour, _)| hour < 24)
}
