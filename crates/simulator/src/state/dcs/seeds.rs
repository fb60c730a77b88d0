//! What there is at the start: instances, each with something in every list.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;

use super::Redis;
use super::flavors::Mode;
use super::instance::{Instance, Policy};
use super::security::Login;
use super::shape::RedisInstance;
use crate::clock::earlier;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

pub(super) fn fill(redis: &mut Redis, region: &str, started: Timestamp, counts: [usize; 3]) {
    let kinds = [
        (Mode::Single, "single", 1.0),
        (Mode::Ha, "ha", 1.0),
        (Mode::Cluster, "cluster", 24.0),
    ];
    for ((mode, word, capacity), count) in kinds.into_iter().zip(counts) {
        for number in 1..=count {
            let name = format!("redis-{word}-{number}");
            let shape = RedisInstance::new(
                redis.seed,
                mode.kind(),
                mode.nodes(),
                name.clone(),
                &name,
                &mut redis.addresses,
            );
            let instance = instance(redis, region, shape, mode, capacity, started);
            redis.instances.push(instance);
        }
    }
}

fn instance(
    redis: &mut Redis,
    region: &str,
    shape: RedisInstance,
    mode: Mode,
    capacity: f64,
    started: Timestamp,
) -> Instance {
    let seed = redis.seed;
    let id = shape.id.clone();
    let uuid = |what: &str| seed.uuid(&format!("{what} {id}"));
    let created = earlier(started, DAY * 30);
    let password = format!(
        "Dcs-{}",
        seed.hex32(&format!("password {id}")).split_at(16).0
    );
    redis.remember(&password);
    let keeps = mode != Mode::Single;
    Instance {
        spec_code: mode.code("xu1", capacity),
        capacity,
        version: "6.0".to_owned(),
        description: Some("An instance of the simulated cloud".to_owned()),
        port: 6379,
        vpc_id: seed.uuid("vpc"),
        subnet_id: seed.uuid("subnet"),
        security_group_id: None,
        zones: vec![format!("{region}-01")],
        window: ("18:00:00".to_owned(), "19:00:00".to_owned()),
        enterprise_project: ("0".to_owned(), "default".to_owned()),
        policy: keeps.then(|| Policy {
            id: uuid("backup policy"),
            created,
            updated: created,
            value: json!({
                "backup_type": "auto",
                "save_days": 7,
                "periodical_backup_plan": {
                    "backup_at": [1, 3, 5], "period_type": "weekly", "begin_at": "01:00-02:00",
                },
            }),
        }),
        created,
        updated: created,
        tags: BTreeMap::from([
            ("environment".to_owned(), "simulated".to_owned()),
            ("kind".to_owned(), mode.name().to_owned()),
        ]),
        login: Login::new(Some(&password)),
        keys: 1_200,
        priorities: HashMap::new(),
        hidden: HashSet::new(),
        hiding: HashMap::new(),
        job: None,
        broken: None,
        mode,
        shape,
    }
}
