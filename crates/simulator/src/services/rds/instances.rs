//! What instances are built of, and what is done to several of them at once.

use serde_json::{Map, Value, json};

use super::state::INSTANCE;
use super::{Databases, Scene, Valued};
use crate::call::Call;
use crate::engine::State;
use crate::records::Record;
use crate::seed::Seed;

/// Gives an instance its nodes, as many as it has availability zones.
pub(super) fn build(instance: &mut Record, seed: Seed) {
    let zones = instance.text("availability_zone");
    let nodes = nodes_of(instance, &instance.id, zones, seed);
    instance.fields.insert("nodes".to_owned(), nodes);
}

fn nodes_of(instance: &Record, id: &str, zones: &str, seed: Seed) -> Value {
    let is_replica = instance.text("type") == "Replica";
    let name = instance.text("name");
    let node = |(number, zone): (usize, &str)| {
        let role = match number {
            _ if is_replica => "readreplica",
            0 => "master",
            _ => "slave",
        };
        json!({
            "id": seed.hex32(&format!("node {number} {id}")) + "no01",
            "name": format!("{name}_node{number}"),
            "role": role,
            "status": "ACTIVE",
            "availability_zone": zone,
        })
    };
    zones.split(',').enumerate().map(node).collect()
}

/// The nodes of an instance that is shown. It has those of its zones.
pub(super) fn nodes(scene: &Scene<'_>, record: Option<&Record>, databases: &Databases) -> Valued {
    let seed = databases.store().seed;
    Ok(record.map(|one| {
        let zones = one.text("availability_zone");
        let zones = match scene.text("single_to_ha.az_code_new_node") {
            Some(new) => format!("{zones},{new}"),
            None => zones.to_owned(),
        };
        nodes_of(one, &one.id, &zones, seed)
    }))
}

/// The read replicas of an instance, or the primary of a read replica.
pub(super) fn related(_: &Scene<'_>, record: Option<&Record>, databases: &Databases) -> Valued {
    let Some(record) = record else {
        return Ok(None);
    };
    let primary = record.text("primary_id");
    if !primary.is_empty() {
        return Ok(Some(json!([{ "id": primary, "type": "replica_of" }])));
    }
    let others = databases.store().of(INSTANCE, "").iter();
    let replicas = others.filter(|other| other.text("primary_id") == record.id);
    let replicas = replicas.map(|other| json!({ "id": other.id, "type": "replica" }));
    Ok(Some(replicas.collect()))
}

/// How many instances the project may have, and has.
pub(super) fn quotas(scene: &Scene<'_>, _: Option<&Record>, databases: &Databases) -> Valued {
    let is_own = scene.call.is_none_or(Call::in_main_project);
    let used = match is_own {
        true => databases.instances().count(),
        false => 0,
    };
    let quota = json!({ "type": INSTANCE, "quota": 100, "used": used });
    Ok(Some(json!({ "resources": [quota] })))
}

/// What becomes of an instance becomes of its read replicas.
pub(super) fn with_replicas(_: &Call<'_>, databases: &mut Databases, instance: &Record) {
    for other in databases.store_mut().of_mut(INSTANCE, "") {
        if other.text("primary_id") == instance.id {
            other.job.clone_from(&instance.job);
            other.leaving = instance.leaving;
        }
    }
}

/// How many instances of the engine that is asked for have a problem.
pub(super) fn diagnosed(
    scene: &Scene<'_>,
    record: Option<&Record>,
    databases: &Databases,
) -> Valued {
    let Some(name) = record.map(|problem| problem.text("name")) else {
        return Ok(None);
    };
    let engine = scene.text("engine").unwrap_or_default();
    let is_such = |instance: &&Record| {
        let own = instance.fields["datastore"]["type"].as_str();
        own.is_some_and(|own| own.eq_ignore_ascii_case(engine))
            && instance.texts("diagnoses").contains(&name)
    };
    let instances = databases.store().of(INSTANCE, "").iter();
    Ok(Some(Value::from(instances.filter(is_such).count())))
}

/// Turns all throttling rules of the database off, if that is asked for.
pub(super) fn disable_all(call: &Call<'_>, databases: &mut Databases, rule: &Record) {
    if call.field_text("action") != Some("disable_all") {
        return;
    }
    for other in databases.store_mut().of_mut("sql-limit", &rule.parent) {
        if other.text("db_name") == rule.text("db_name") {
            other
                .fields
                .insert("is_effective".to_owned(), Value::from(false));
        }
    }
}

/// The name of the task that makes an instance.
pub(super) fn task_of_creation(_: &Scene<'_>, record: Option<&Record>, _: &Databases) -> Valued {
    let engine = record.map(|one| one.fields["datastore"]["type"].as_str().unwrap_or_default());
    let kind = record.map_or("", |one| match one.text("type") {
        "Replica" => "Replica",
        "Ha" => "HA",
        _ => "SingleHA",
    });
    let engine = match engine {
        Some("MySQL") => "Mysql",
        Some("PostgreSQL") => "Postgresql",
        _ => "Sqlserver",
    };
    Ok(Some(Value::from(format!("Create{engine}{kind}Instance"))))
}

/// The details of a task that makes an instance, while it is not made yet.
pub(super) fn entity(_: &Scene<'_>, record: Option<&Record>, _: &Databases) -> Valued {
    Ok(record.map(|one| json!({ "instance": of_task(one) })))
}

/// The details when it is made.
pub(super) fn entities(_: &Scene<'_>, record: Option<&Record>, _: &Databases) -> Valued {
    Ok(record.map(|one| {
        let mut instance = of_task(one);
        let address = one
            .texts("private_ips")
            .first()
            .copied()
            .unwrap_or_default();
        let endpoint = format!("{address}:{}", one.number("port"));
        instance.insert("endpoint".to_owned(), Value::from(endpoint));
        json!({
            "instance": instance,
            "resource_ids": [format!("{}.vm", one.id), format!("{}.volume", one.id)],
        })
    }))
}

fn of_task(instance: &Record) -> Map<String, Value> {
    let mut shown = Map::new();
    let engine = instance
        .fields
        .get("datastore")
        .cloned()
        .unwrap_or_default();
    let word = engine["type"].as_str().unwrap_or_default().to_lowercase();
    shown.insert("type".to_owned(), Value::from(instance.text("type")));
    shown.insert(
        "datastore".to_owned(),
        json!({ "type": word, "version": engine["version"] }),
    );
    if let Some(primary) = instance.fields.get("primary_id") {
        shown.insert("replica_of".to_owned(), primary.clone());
    }
    shown
}
