//! Which instances there are, and their details.

use serde_json::{Map, Value, json};

use super::{find, good, moment, redis, shown};
use crate::call::Call;
use crate::handlers::Outcome;
use crate::state::dcs::Redis;
use crate::state::dcs::flavors::Mode;
use crate::state::dcs::instance::Instance;

pub(super) fn list(call: &Call<'_>) -> Outcome {
    let params = &call.params;
    let redis = redis(call);
    let whole_name = params.text("name_equal") == Some("true");
    let failures = params.text("include_failure") == Some("true");
    let found: Vec<&Instance> = redis
        .instances
        .iter()
        .filter(|_| call.in_main_project())
        .filter(|one| match params.text("name") {
            Some(name) if whole_name => one.shape.name == name,
            Some(name) => one.shape.name.contains(name),
            None => true,
        })
        .filter(|one| params.text("instance_id").is_none_or(|id| one.id() == id))
        .filter(|one| {
            params
                .text("ip")
                .is_none_or(|ip| one.shape.ip.split(',').any(|own| own == ip))
        })
        .filter(|one| match params.text("status") {
            Some(status) => one.status() == status,
            None => failures || one.status() != "CREATEFAILED",
        })
        .filter(|one| {
            params
                .text("capacity")
                .is_none_or(|wanted| wanted.parse() == Ok(one.capacity))
        })
        .filter(|one| params.text("tags").is_none_or(|tags| has_tags(one, tags)))
        .collect();
    let page: Vec<Value> = shown(call, found.iter())
        .map(|one| Value::Object(summary(call, &redis, one)))
        .collect();
    good(&json!({ "instances": page, "instance_num": found.len() }))
}

/// Whether the instance has all of `key=value,key=value`; a key alone asks for any value.
fn has_tags(instance: &Instance, wanted: &str) -> bool {
    let pairs = wanted.split(',').filter(|pair| !pair.is_empty());
    pairs.into_iter().all(|pair| match pair.split_once('=') {
        Some((key, value)) => instance.tags.get(key).is_some_and(|own| own == value),
        None => instance.tags.contains_key(pair),
    })
}

pub(super) fn show(call: &Call<'_>) -> Outcome {
    let redis = redis(call);
    let instance = find(call, &redis)?;
    let mut body = summary(call, &redis, instance);
    body.remove("updated_at");
    body.append(&mut details(call, &redis, instance));
    good(&Value::Object(body))
}

pub(super) fn tags(instance: &Instance) -> Vec<Value> {
    let tags = instance.tags.iter();
    tags.map(|(key, value)| json!({ "key": key, "value": value }))
        .collect()
}

/// What a list shows of an instance.
fn summary(call: &Call<'_>, redis: &Redis, instance: &Instance) -> Map<String, Value> {
    let accounts = &call.world.accounts;
    let minor = match instance.capacity < 1.0 {
        true => instance
            .capacity
            .to_string()
            .trim_start_matches('0')
            .to_owned(),
        false => String::new(),
    };
    let body = json!({
        "instance_id": instance.id(),
        "name": instance.shape.name,
        "description": instance.description,
        "status": instance.status(),
        "sub_status": "normal",
        "engine": "Redis",
        "engine_version": instance.version,
        // Capacities below 1 GB are 0 and told apart by the other one.
        "capacity": instance.capacity.trunc() as u64,
        "capacity_minor": minor,
        "ip": instance.shape.ip,
        "port": instance.port,
        "domain_name": instance.domain_name(),
        "spec_code": instance.spec_code,
        "cpu_type": processor(&instance.spec_code),
        "az_codes": instance.zones,
        "vpc_id": instance.vpc_id,
        "vpc_name": "vpc-default",
        "subnet_id": instance.subnet_id,
        "security_group_id": instance.security_group_id.as_deref().unwrap_or("securityGroupId"),
        "charging_mode": 0,
        "order_id": null,
        "created_at": moment(instance.created),
        "updated_at": moment(instance.updated),
        "maintain_begin": instance.window.0,
        "maintain_end": instance.window.1,
        "max_memory": instance.megabytes(),
        "used_memory": instance.used_megabytes(),
        "user_id": accounts.user_id,
        "user_name": accounts.user_name,
        "access_user": null,
        "enable_ssl": redis.is_encrypted(instance.id()),
        "enable_publicip": false,
        "publicip_id": null,
        "publicip_address": null,
        "no_password_access": instance.login.is_open().to_string(),
        "service_upgrade": false,
        "service_task_id": null,
        "tags": tags(instance),
        "enterprise_project_id": instance.enterprise_project.0,
        "features": features(instance),
    });
    let mut body = object(body);
    if matches!(instance.mode, Mode::Ha | Mode::RwSplit) {
        let name = format!("readonly-{}", instance.domain_name());
        body.insert("readonly_domain_name".to_owned(), Value::from(name));
    }
    body
}

/// What ShowInstance adds.
fn details(call: &Call<'_>, redis: &Redis, instance: &Instance) -> Map<String, Value> {
    let seed = call.world.seed;
    let zones: Vec<String> = instance
        .zones
        .iter()
        .map(|zone| seed.hex32(&format!("zone {zone}")))
        .collect();
    let groups = instance.shape.groups().len();
    let replicas = instance.shape.replicas.len() / groups.max(1);
    let policy = instance.policy.as_ref().map(|policy| {
        json!({
            "backup_policy_id": policy.id,
            "created_at": moment(policy.created),
            "updated_at": moment(policy.updated),
            "policy": policy.value,
            "tenant_id": call.world.accounts.project_id,
        })
    });
    let mut body = object(json!({
        "security_group_name": "securityGroupId",
        "instance_backup_policy": policy,
        "available_zones": zones,
        "subnet_name": "subnet-default",
        "subnet_cidr": "10.20.0.0/16",
        "domain_name_info": {
            "support_public_resolve": true,
            "is_latest_rules": true,
            "zone_name": "dcs.example.com",
            "history_domain_names": null,
        },
        "transparent_client_ip_enable": true,
        "enterprise_project_name": instance.enterprise_project.1,
        "update_at": moment(instance.updated),
        "launched_at": moment(instance.created),
        "product_type": "generic",
        "storage_type": "DRAM",
        "cache_mode": instance.mode.name(),
        "support_slow_log_flag": "yes",
        "db_number": if instance.mode == Mode::Cluster { 1 } else { 256 },
        "replica_count": replicas,
        "sharding_count": groups,
        "bandwidth_info": {
            "bandwidth": 80,
            "begin_time": 0,
            "end_time": 0,
            "current_time": call.now().as_millisecond(),
            "next_expand_time": 0,
            "expand_count": 0,
            "expand_effect_time": 0,
            "expand_interval_time": 0,
            "max_expand_count": 3,
            "task_running": false,
        },
        "cloud_service_type_code": "hws.service.type.dcs",
        "cloud_resource_type_code": "hws.resource.type.dcs3",
        "inquery_spec_code": instance.spec_code,
        "free": "false",
        "is_free": "false",
        "libos": "false",
        "crr_role": null,
        "active_active": null,
        "task": redis.store.is_busy("backup", instance.id(), call.now()).then_some("BACKUPING"),
        "proxy_links": null,
    }));
    if groups > 1 {
        let masters = instance.shape.replicas.iter().filter(|node| node.master);
        let addresses: Vec<String> = masters
            .map(|node| format!("{}:{}", node.ip, instance.port))
            .collect();
        body.insert("backend_addrs".to_owned(), Value::from(addresses.join(",")));
    }
    body
}

fn features(instance: &Instance) -> Value {
    json!({
        "support_acl": instance.version != "4.0",
        "support_transparent_client_ip": true,
        "support_ssl": matches!(instance.version.as_str(), "6.0" | "7.0"),
        "support_audit_log": false,
    })
}

fn processor(spec_code: &str) -> &'static str {
    match spec_code.split('.').any(|part| part == "au1") {
        true => "aarch64",
        false => "x86_64",
    }
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        _ => Map::new(),
    }
}
