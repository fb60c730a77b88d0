//! What there is from the start.

use std::time::Duration;

use jiff::Timestamp;
use otcdb_core::sync::unpoisoned;
use serde_json::json;

use super::functions::{FUNCTIONS, plant_below};
use super::instances::build;
use super::models;
use super::state::{INSTANCE, address};
use crate::clock::earlier;
use crate::cloud::Cloud;
use crate::engine::{self, State};
use crate::records::{Job, JobOutcome, Record, Store};
use crate::services::States;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Makes what there is from the start.
pub(in crate::services) fn plant(cloud: &Cloud, states: &States) {
    let (options, started) = (&cloud.options, cloud.log_entries.started);
    let mut databases = unpoisoned(states.databases.lock());
    let when = (started, Some(options), false);
    engine::plant(&mut *databases, models(), FUNCTIONS, None, when);
    multiply(databases.store_mut(), &options.region, options.databases);
    let ids: Vec<String> = databases.instances().map(|one| one.id).collect();
    for id in ids {
        plant_below(&mut databases, &id, when);
        back_up(databases.store_mut(), &id, started);
    }
}

/// Makes of the first instance of each engine, which the model has, as many as there shall be.
fn multiply(store: &mut Store, region: &str, counts: [usize; 3]) {
    let seed = store.seed;
    let first = store.of(INSTANCE, "").to_vec();
    store.forget(INSTANCE, "");
    let mut made = 0;
    for (first, count) in first.into_iter().zip(counts) {
        let engine = first.fields.get("datastore").cloned().unwrap_or_default();
        let word = engine["type"].as_str().unwrap_or_default().to_lowercase();
        let suffix = first.id.get(32..).unwrap_or_default().to_owned();
        for number in 1..=count {
            made += 1;
            let name = format!("{word}-{number}");
            let mut one = first.clone();
            one.id = seed.hex32(&format!("database {name}")) + &suffix;
            let own = json!({
                "name": name,
                "region": region,
                "availability_zone": format!("{region}-01"),
                "vpc_id": seed.uuid("vpc_id"),
                "subnet_id": seed.uuid("subnet_id"),
                "security_group_id": seed.uuid("security_group_id"),
                "private_ips": [address(made)],
            });
            one.fields
                .extend(own.as_object().cloned().unwrap_or_default());
            build(&mut one, seed);
            store.add_for_good(INSTANCE, one);
        }
    }
}

/// Makes the automated backup that an instance has from the start.
fn back_up(store: &mut Store, instance: &str, started: Timestamp) {
    let Some(found) = store.get(INSTANCE, instance) else {
        return;
    };
    let suffix = instance.get(34..).unwrap_or_default();
    let id = format!(
        "{}br{suffix}",
        store.seed.hex32(&format!("backup {instance}"))
    );
    let mut backup = Record::new(id, "", earlier(started, DAY));
    let times = (Duration::ZERO, Duration::from_secs(10));
    backup.job = Some(Job::new("make", backup.created, times, JobOutcome::Good));
    backup.seen = true;
    let fields = json!({
        "instance_id": instance,
        "name": format!("{}-{instance}-auto", found.fields["datastore"]["type"].as_str().unwrap_or_default().to_lowercase()),
        "datastore": found.fields.get("datastore"),
        "type": "auto",
    });
    backup.fields = fields.as_object().cloned().unwrap_or_default();
    store.add("backup", backup);
}
