//! Which database instances there are.

use serde_json::{Value, json};

use super::state::{DatabaseInstance, Engine};
use super::{Outcome, States, databases};
use crate::call::Call;
use crate::engine::list as list_of;
use crate::spec::{InvalidRequest, Place};

pub(super) fn list_instances(call: &Call<'_>, states: &States) -> Outcome {
    let params = &call.params;
    let databases = databases(states);
    let matches = |value: &str, wanted: Option<&str>| match wanted {
        None => true,
        Some(wanted) => match wanted.strip_prefix('*') {
            Some(part) => value.contains(part),
            None => value == wanted,
        },
    };
    for name in ["id", "name"] {
        if params.text(name) == Some("*") {
            return Err(InvalidRequest::value(Place::Query, name, "an asterisk alone").into());
        }
    }
    let network = |name: &str| {
        params
            .text(name)
            .is_none_or(|id| call.cloud.seed.uuid(name) == id)
    };
    let mut found: Vec<&DatabaseInstance> = databases
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
    call.drop_latest(&mut found);
    list_of(
        call,
        found,
        |instance| render_instance(call, instance),
        &Value::Null,
    )
}

fn render_instance(call: &Call<'_>, instance: &DatabaseInstance) -> Value {
    let seed = call.cloud.seed;
    let region = &call.cloud.accounts.region;
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
