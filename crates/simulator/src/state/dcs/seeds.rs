//! What there is at the start: instances, each with something in every list.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::Redis;
use super::analysis::{Looked, Scan, Schedule};
use super::backups::{Backup, Restore};
use super::flavors::Mode;
use super::instance::{Instance, Policy};
use super::migration::{Migration, Phase, Side};
use super::parameters::{FREQUENCY_POLICIES, POLICY, Parameters};
use super::security::{Login, Ssl, Whitelist};
use super::shape::RedisInstance;
use super::span::Span;
use super::tasks::Begin;
use super::timing::Takes;
use crate::clock::{earlier, later};
use crate::state::{Course, Fate};

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
    migration(redis, started);
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
    let begin = |days: u32| Begin {
        seed,
        now: earlier(started, DAY * days),
        fate: Fate::Good,
    };
    let mut parameters = Parameters::default();
    // With this policy hot keys can be looked for.
    let policy = FREQUENCY_POLICIES.last().copied().unwrap_or_default();
    parameters.change(
        uuid("history"),
        begin(20).now,
        begin(20).course(Takes::Configure),
        vec![(POLICY, policy.to_owned())],
    );
    redis.tasks.add(
        begin(12),
        &id,
        "AddWhitelist",
        begin(12).course(Takes::Change),
        json!({}),
    );
    let keeps = mode != Mode::Single;
    let backup = Backup {
        id: uuid("backup"),
        name: stamped("backup", begin(2).now),
        remark: "before the release".to_owned(),
        format: "rdb",
        kind: "manual",
        size: 880_232,
        span: Span::past(begin(2).now, Takes::Backup),
    };
    let restore = Restore {
        id: uuid("restore"),
        name: stamped("restore", begin(1).now),
        remark: "after the release".to_owned(),
        backup_id: backup.id.clone(),
        backup_name: backup.name.clone(),
        backup_remark: backup.remark.clone(),
        span: Span::past(begin(1).now, Takes::Restore),
    };
    let scan = |what, days| Scan {
        id: uuid(&format!("scan {what:?}")),
        what,
        span: Span::past(begin(days).now, Takes::Analysis),
    };
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
        enterprise_project: (Value::from("0"), "default".to_owned()),
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
        whitelist: Whitelist {
            enabled: true,
            groups: vec![("office".to_owned(), vec!["192.168.0.0/24".to_owned()])],
        },
        ssl: Ssl::default(),
        keys: 1_200,
        parameters,
        backups: keeps.then_some(backup).into_iter().collect(),
        restores: keeps.then_some(restore).into_iter().collect(),
        scans: vec![scan(Looked::Big, 3), scan(Looked::Hot, 4)],
        schedules: HashMap::from([Looked::Big, Looked::Hot].map(|what| {
            let schedule = Schedule {
                enabled: false,
                at: Vec::new(),
                updated: created,
            };
            (what, schedule)
        })),
        priorities: HashMap::new(),
        hidden: HashSet::new(),
        hiding: HashMap::new(),
        diagnosed: Some(earlier(started, DAY)),
        job: None,
        broken: None,
        mode,
        shape,
    }
}

/// A migration between the first two instances that ended well.
fn migration(redis: &mut Redis, started: Timestamp) {
    let mut sides = redis.instances.iter().map(|instance| Side {
        id: Some(instance.id().to_owned()),
        name: instance.shape.name.clone(),
        addresses: format!("{}:{}", instance.shape.ip, instance.port),
    });
    let (Some(source), Some(target)) = (sides.next(), sides.next()) else {
        return;
    };
    drop(sides);
    let created = earlier(started, DAY * 10);
    let end = later(created, Takes::FullMigration.time());
    let seed = redis.seed;
    redis.migrations.push(Migration {
        id: seed.uuid("first migration"),
        name: "dcs-migration-first".to_owned(),
        description: "moved to a larger instance".to_owned(),
        kind: "online_migration",
        method: Some("full_amount_migration".to_owned()),
        resume_mode: "auto".to_owned(),
        bandwidth: None,
        source: Some(source),
        target: Some(target),
        backup_files: None,
        network: Some([
            seed.uuid("vpc"),
            seed.uuid("subnet"),
            seed.uuid("security group"),
        ]),
        created,
        phase: Phase::Copying(Course::EndsAt(end), false),
    });
}

/// Such as `backup_20190510163116`.
pub(crate) fn stamped(word: &str, time: Timestamp) -> String {
    let time = jiff::tz::TimeZone::UTC.to_datetime(time);
    format!("{word}_{}", time.strftime("%Y%m%d%H%M%S"))
}
