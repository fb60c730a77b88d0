//! What analyses of keys find, and when they begin.

use serde_json::{Value, json};

use super::{Redis, RedisInstance, RedisKind, Scene, Valued, bad_field, known};
use crate::call::Refusal;
use crate::digits::clock;
use crate::records::Record;

pub(super) fn big(_: &Scene<'_>, record: Option<&Record>, redis: &Redis) -> Valued {
    Ok(keys(record, redis, false).map(Value::from))
}

pub(super) fn hot(_: &Scene<'_>, record: Option<&Record>, redis: &Redis) -> Valued {
    Ok(keys(record, redis, true).map(Value::from))
}

pub(super) fn number(_: &Scene<'_>, record: Option<&Record>, redis: &Redis) -> Valued {
    let found = keys(record, redis, false).unwrap_or_default();
    Ok(Some(Value::from(found.len())))
}

/// The keys that an analysis finds, if there are any.
fn keys(scan: Option<&Record>, redis: &Redis, are_hot: bool) -> Option<Vec<Value>> {
    const KINDS: [&str; 5] = ["string", "list", "set", "zset", "hash"];
    let scan = scan?;
    let instance = redis.instance(&scan.parent);
    let instance = instance.filter(|one| known::used(one).0 > 0)?;
    let shape = RedisInstance::of(instance);
    let mut rng = redis.seed.rng(&format!("keys {}", scan.id));
    let masters: Vec<_> = shape.masters().collect();
    let keys = KINDS.iter().enumerate().map(|(place, kind)| {
        let mut key = json!({
            "name": format!("{kind}:{}", rng.u32(..)),
            "type": kind,
            "db": 0,
            "size": rng.u32(3_000..3_000_000),
            "unit": if *kind == "string" { "byte" } else { "count" },
        });
        let shard = masters.get(place % masters.len().max(1));
        if shape.kind == RedisKind::Cluster
            && let Some(shard) = shard
        {
            key["shard"] = Value::from(format!("{}:{}", shard.ip, known::port(instance)));
        }
        if are_hot {
            key["freq"] = Value::from(rng.u8(1..));
        }
        key
    });
    Some(keys.collect())
}

/// Whether an analysis is to begin at times of day.
pub(super) fn times_of_day(
    scene: &Scene<'_>,
    _: Option<&Record>,
    _: &Redis,
) -> Result<(), Refusal> {
    let times = scene.given("schedule_at").and_then(Value::as_array);
    let mut texts = times.into_iter().flatten().filter_map(Value::as_str);
    match texts.find(|text| clock(text).is_none_or(|(hour, _)| hour == 24)) {
        Some(bad) => Err(bad_field(
            "schedule_at",
            &format!("{bad:?} is no time such as 21:00"),
        )),
        None => Ok(()),
    }
}
