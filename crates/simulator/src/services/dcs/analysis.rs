//! What analyses of keys find, and when they begin.

use serde_json::{Value, json};

use super::{Redis, RedisInstance, RedisKind, Scene, bad_field};
use crate::call::CallError;
use crate::parse::clock;
use crate::records::Record;

/// The keys that an analysis has found, or how many there are.
pub(super) fn found(scene: &Scene<'_>, scan: &Record, redis: &Redis, field: &str) -> Option<Value> {
    let keys = scan.is_done(scene.now).then(|| keys(scene, scan, redis));
    let keys = keys.flatten();
    match field {
        "num" => Some(Value::from(keys.map_or(0, |keys| keys.len()))),
        _ => keys.map(Value::from),
    }
}

/// The keys that an analysis finds, if there are any.
fn keys(scene: &Scene<'_>, scan: &Record, redis: &Redis) -> Option<Vec<Value>> {
    const KINDS: [&str; 5] = ["string", "list", "set", "zset", "hash"];
    let instance = redis.instance(&scan.parent);
    let instance = instance.filter(|one| one.number("keys") > 0)?;
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
            key["shard"] = Value::from(format!("{}:{}", shard.ip, instance.number("port")));
        }
        if scene.name == "hot-key-scan" {
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
) -> Result<(), CallError> {
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
