//! Operations on database instances and their audit logs.

use std::sync::{MutexGuard, PoisonError};
use std::time::Duration;

use axum::http::StatusCode;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Outcome, page};
use crate::answer::Answer;
use crate::call::{Call, Refusal};
use crate::clock::later;
use crate::fault::FaultKind;
use crate::problem::Problem;
use crate::spec::{Invalid, Place};
use crate::state::entries::{parse_with_offset, with_offset};
use crate::state::rds::{AuditPolicy, DatabaseInstance, Databases, Engine};

pub(super) fn databases<'a>(call: &Call<'a>) -> MutexGuard<'a, Databases> {
    call.world
        .databases
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
}

/// The instance in the path, if it has one of these engines.
pub(super) fn instance(
    call: &Call<'_>,
    databases: &Databases,
    engines: &[Engine],
) -> Result<DatabaseInstance, Problem> {
    let instance = call
        .params
        .text("instance_id")
        .filter(|_| call.in_main_project())
        .and_then(|id| databases.instance(id))
        .ok_or(Problem::NoInstance)?;
    match engines.contains(&instance.engine) {
        true => Ok(instance.clone()),
        false => Err(Problem::OtherEngine),
    }
}

/// Two times, the first one earlier, at most so far apart.
pub(super) fn span(
    call: &Call<'_>,
    place: Place,
    [first, last]: [&'static str; 2],
    longest: Option<Duration>,
) -> Result<(Timestamp, Timestamp), Refusal> {
    let text = |name: &str| match place {
        Place::Body => call.params.field(name).and_then(Value::as_str),
        _ => call.params.text(name),
    };
    let time = |name: &'static str| {
        text(name)
            .and_then(parse_with_offset)
            .ok_or_else(|| Invalid::value(place, name, "no time such as 2018-08-06T10:41:14+0800"))
    };
    let (start, end) = (time(first)?, time(last)?);
    if end <= start {
        return Err(Invalid::value(place, last, format!("it is not after {first}")).into());
    }
    if longest.is_some_and(|longest| later(start, longest) < end) {
        return Err(Invalid::value(place, last, format!("it is too long after {first}")).into());
    }
    Ok((start, end))
}

pub(super) fn list_instances(call: &Call<'_>) -> Outcome {
    let params = &call.params;
    let databases = databases(call);
    let matches = |value: &str, wanted: Option<&str>| match wanted {
        None => true,
        Some(wanted) => match wanted.strip_prefix('*') {
            Some(part) => value.contains(part),
            None => value == wanted,
        },
    };
    for name in ["id", "name"] {
        if params.text(name) == Some("*") {
            return Err(Invalid::value(Place::Query, name, "an asterisk alone").into());
        }
    }
    let network = |name: &str| {
        params
            .text(name)
            .is_none_or(|id| call.world.seed.uuid(name) == id)
    };
    let found: Vec<&DatabaseInstance> = databases
        .instances
        .iter()
        .filter(|_| call.in_main_project())
        .filter(|instance| matches(&instance.id, params.text("id")))
        .filter(|instance| matches(&instance.name, params.text("name")))
        .filter(|instance| {
            params
                .text("datastore_type")
                .is_none_or(|engine| instance.engine.name() == engine)
        })
        .filter(|_| params.text("type").is_none_or(|kind| kind == "Single"))
        .filter(|_| network("vpc_id") && network("subnet_id"))
        .filter(|_| params.text("tags").is_none_or(str::is_empty))
        .collect();
    let offset = params.number("offset").unwrap_or(0);
    let limit = params.number("limit").unwrap_or(100);
    let shown: Vec<Value> = page::slice(&found, offset, limit)
        .map(|instance| describe(call, instance))
        .collect();
    let body = json!({ "instances": shown, "total_count": found.len() });
    Ok(Answer::json(StatusCode::OK, &body))
}

fn describe(call: &Call<'_>, instance: &DatabaseInstance) -> Value {
    let seed = call.world.seed;
    let region = &call.world.accounts.region;
    let (port, version, flavor, user) = match instance.engine {
        Engine::MySql => (3306, "8.0", "rds.mysql.n1.large", "root"),
        Engine::PostgreSql => (5432, "16", "rds.pg.n1.large", "root"),
        Engine::SqlServer => (1433, "2022_SE", "rds.mssql.n1.large", "rdsuser"),
    };
    json!({
        "id": instance.id,
        "name": instance.name,
        "status": "ACTIVE",
        "port": port,
        "type": "Single",
        "region": region,
        "datastore": { "type": instance.engine.name(), "version": version },
        "created": "2025-08-20T02:33:49+0800",
        "updated": "2025-08-20T02:33:50+0800",
        "volume": { "type": "ULTRAHIGH", "size": 100 },
        "nodes": [{
            "id": seed.hex32(&format!("node {}", instance.id)) + "no01",
            "name": format!("{}_node0", instance.name),
            "role": "master",
            "status": "ACTIVE",
            "availability_zone": format!("{region}-01"),
        }],
        "private_ips": [instance.ip],
        "public_ips": [],
        "db_user_name": user,
        "enable_ssl": true,
        "vpc_id": seed.uuid("vpc_id"),
        "subnet_id": seed.uuid("subnet_id"),
        "security_group_id": seed.uuid("security_group_id"),
        "flavor_ref": flavor,
        "switch_strategy": "",
        "backup_strategy": { "start_time": "19:00-20:00", "keep_days": 7 },
        "maintenance_window": "02:00-06:00",
        "related_instance": [],
        "disk_encryption_id": "",
        "enterprise_project_id": "0",
        "time_zone": "",
        "tags": [],
    })
}

/// The longest span of audit logs that can be asked for.
const AUDIT_SPAN: Duration = Duration::from_secs(30 * 24 * 60 * 60);

pub(super) fn audit_files(call: &Call<'_>) -> Outcome {
    let databases = databases(call);
    let instance = instance(call, &databases, &[Engine::MySql])?;
    let names = ["start_time", "end_time"];
    let (start, end) = span(call, Place::Query, names, Some(AUDIT_SPAN))?;
    let hidden = usize::from(call.suffers(FaultKind::StaleList));
    let found: Vec<_> = databases
        .audit_files(&instance.id)
        .into_iter()
        .skip(hidden)
        .filter(|file| file.begin <= end && file.end >= start)
        .collect();
    let offset = call.params.number("offset").unwrap_or(0);
    let limit = call.params.number("limit").unwrap_or(10);
    let shown: Vec<Value> = page::slice(&found, offset, limit)
        .map(|file| {
            let key = call.world.key(&instance.id, &file.name);
            let bytes = call.world.store.get(&key).map_or(0, |file| file.size());
            // The documented unit is KB, with a fraction; sizes of files fit a float exactly.
            #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
            let size = bytes as f64 / 1024.0;
            json!({
                "id": file.id,
                "name": file.name,
                "size": size,
                "begin_time": with_offset(file.begin),
                "end_time": with_offset(file.end),
            })
        })
        .collect();
    let body = json!({ "auditlogs": shown, "total_record": found.len() });
    Ok(Answer::json(StatusCode::OK, &body))
}

pub(super) fn audit_links(call: &Call<'_>) -> Outcome {
    let databases = databases(call);
    let instance = instance(call, &databases, &[Engine::MySql])?;
    let files = databases.audit_files(&instance.id);
    let ids = call.params.field("ids").and_then(Value::as_array);
    let ids: Vec<&str> = ids
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    if ids.is_empty() {
        return Err(Invalid::value(Place::Body, "ids", "it is empty").into());
    }
    let links = ids
        .into_iter()
        .map(|id| {
            let file = files
                .iter()
                .find(|file| file.id == id)
                .ok_or(Problem::NoObject("audit log"))?;
            let key = call.world.key(&instance.id, &file.name);
            let link = call.link(&key, call.world.options.rds_link_lifetime);
            Ok(format!("http://{link}"))
        })
        .collect::<Result<Vec<String>, Problem>>()?;
    Ok(Answer::json(StatusCode::OK, &json!({ "links": links })))
}

pub(super) fn audit_policy(call: &Call<'_>) -> Outcome {
    let databases = databases(call);
    let instance = instance(call, &databases, &[Engine::MySql])?;
    let keep_days = databases.audit_policy(&instance.id).keep_days;
    Ok(Answer::json(
        StatusCode::OK,
        &json!({ "keep_days": keep_days }),
    ))
}

pub(super) fn set_audit_policy(call: &Call<'_>) -> Outcome {
    let mut databases = databases(call);
    let instance = instance(call, &databases, &[Engine::MySql])?;
    let keep_days = call
        .params
        .field("keep_days")
        .and_then(Value::as_u64)
        .ok_or_else(|| Invalid::value(Place::Body, "keep_days", "no whole number"))?;
    let delete = keep_days == 0
        && call
            .params
            .field("reserve_auditlogs")
            .and_then(Value::as_bool)
            == Some(false);
    if delete {
        for file in databases.audit_files(&instance.id) {
            call.world
                .store
                .remove(&call.world.key(&instance.id, &file.name));
        }
    }
    let policy = AuditPolicy {
        keep_days,
        files_deleted: delete || databases.audit_policy(&instance.id).files_deleted,
    };
    databases.set_audit_policy(&instance.id, policy);
    Ok(Answer::empty(StatusCode::OK))
}
