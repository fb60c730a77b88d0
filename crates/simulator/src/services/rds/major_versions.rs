//! Upgrades of instances to other major versions.

use serde_json::{Value, json};

use super::Databases;
use super::instances::build;
use super::state::INSTANCE;
use crate::call::Call;
use crate::engine::State;
use crate::records::{IdForm, Job, Record};

const UPGRADE: &str = "major-version-upgrade";

/// Makes the instance of the other version. The address is the new one's when the upgrade is done.
pub(super) fn make(call: &Call<'_>, databases: &mut Databases, upgrade: &Record) {
    let Some(mut old) = databases.store().get(INSTANCE, &upgrade.parent).cloned() else {
        return;
    };
    let job = |name: &str| {
        let job = upgrade.job.clone();
        job.map(|job| Job {
            name: name.to_owned(),
            ..job
        })
    };
    let store = databases.store_mut();
    let suffix = old.id.get(32..).unwrap_or_default();
    let (seed, id) = (store.seed, store.id(INSTANCE, IdForm::Hex) + suffix);
    let version = upgrade.text("dst_database_version");
    let major = version.split('.').next();
    let mut new = Record {
        id,
        job: job("create"),
        created: call.now(),
        updated: call.now(),
        ..old.clone()
    };
    let own = json!({
        "name": format!("{}-{version}", old.text("name")),
        "datastore": { "type": "PostgreSQL", "version": major, "complete_version": version },
        "private_ips": [databases.free_address()],
    });
    new.fields
        .extend(own.as_object().cloned().unwrap_or_default());
    build(&mut new, seed);
    if upgrade.fields.get("is_private_ip_changed") == Some(&json!(true)) {
        let addresses = |of: &Record| of.fields.get("private_ips").cloned().unwrap_or_default();
        let (first, second) = (addresses(&old), addresses(&new));
        new.pending.insert("private_ips".to_owned(), first);
        old.pending.insert("private_ips".to_owned(), second);
    }
    old.job = job("upgrade");
    let id = new.id.clone();
    let store = databases.store_mut();
    if let Some(stored) = store.get_mut(UPGRADE, &upgrade.id) {
        stored
            .fields
            .insert("dst_instance_id".to_owned(), Value::from(id.clone()));
    }
    if let Some(stored) = store.get_mut(INSTANCE, &upgrade.parent) {
        *stored = old;
    }
    store.add_for_good(INSTANCE, new);
    databases.made.push(id);
}
