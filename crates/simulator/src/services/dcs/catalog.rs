//! Zones, flavors and quotas.

use serde_json::{Value, json};

use super::flavors::{self, Mode};
use super::redis;
use crate::call::Call;
use crate::engine::list;
use crate::services::{Outcome, States};

/// Whether this is the code or the id of a zone.
pub(super) fn is_zone(call: &Call<'_>, text: &str) -> bool {
    let mut codes = zone_codes(call).into_iter();
    codes.any(|code| code == text || zone_id(call, &code) == text)
}

fn zone_codes(call: &Call<'_>) -> [String; 3] {
    [1, 2, 3].map(|number| format!("{}-{number:02}", call.cloud.accounts.region))
}

fn zone_id(call: &Call<'_>, code: &str) -> String {
    call.cloud.seed.hex32(&format!("zone {code}"))
}

pub(super) fn zones(call: &Call<'_>, _: &States) -> Outcome {
    let zones = zone_codes(call).into_iter().zip(1..).collect();
    let describe = |(code, number): (String, u16)| {
        json!({
            "id": zone_id(call, &code),
            "code": code,
            "name": format!("AZ {number}"),
            "port": (8402 + number).to_string(),
            "resource_availability": "true",
        })
    };
    list(
        call,
        zones,
        describe,
        &json!({ "region_id": call.cloud.accounts.region }),
    )
}

pub(super) fn flavors(call: &Call<'_>, _: &States) -> Outcome {
    let is = |name: &str, value: &str| call.params.text(name).is_none_or(|text| text == value);
    let mut found = Vec::new();
    for mode in &flavors::all().modes {
        for (short, processor) in &flavors::all().processors {
            for capacity in &mode.capacities {
                let code = mode.code(short, *capacity, mode.nodes.1);
                let capacity = capacity.to_string();
                if is("cache_mode", &mode.name)
                    && is("cpu_type", processor)
                    && is("spec_code", &code)
                    && is("capacity", &capacity)
                {
                    found.push(flavor(call, mode, processor, &capacity, &code));
                }
            }
        }
    }
    list(call, found, |flavor| flavor, &Value::Null)
}

/// A flavor. What is the same for all of them is as in the documented example.
fn flavor(call: &Call<'_>, mode: &Mode, processor: &str, capacity: &str, code: &str) -> Value {
    let (shards, copies) = mode.nodes;
    let (shards, databases) = (shards.to_string(), mode.databases.to_string());
    let proxies = mode.proxies.to_string();
    let attrs = [
        ("max_memory", capacity),
        ("max_connections", "10000"),
        ("sharding_num", &shards),
        ("proxy_num", &proxies),
        ("db_number", &databases),
        ("max_clients", "10000"),
        ("max_bandwidth", "80"),
    ];
    let attrs =
        attrs.map(|(name, value)| json!({ "capacity": capacity, "name": name, "value": value }));
    let zones = zone_codes(call);
    let zone_ids: Vec<String> = zones.iter().map(|code| zone_id(call, code)).collect();
    let example = call.operation.example.body.as_ref();
    let example = example.and_then(|example| example.pointer("/flavors/0"));
    let mut flavor = example.cloned().unwrap_or_else(|| json!({}));
    for (name, value) in [
        ("spec_code", json!(code)),
        ("cache_mode", json!(mode.name)),
        ("engine_version", json!(flavors::all().versions.join(";"))),
        ("cpu_type", json!(processor)),
        ("capacity", json!([capacity])),
        ("tenant_ip_count", json!(copies)),
        ("attrs", json!(attrs)),
        (
            "flavors_available_zones",
            json!([
                { "capacity": capacity, "unit": "GB", "available_zones": zone_ids, "az_codes": zones },
            ]),
        ),
        ("replica_count", json!(copies)),
        ("inquery_spec_code", json!(code)),
    ] {
        flavor[name] = value;
    }
    flavor
}

pub(super) fn quotas(call: &Call<'_>, states: &States) -> Outcome {
    let redis = redis(call, states);
    let (instances, memory) = match call.in_project_with_instances() {
        true => redis.used(),
        false => (0, 0),
    };
    let quota = |(kind, unit, most, used): (&str, Value, u64, u64)| json!({ "unit": unit, "type": kind, "min": 1, "max": most, "quota": most, "used": used });
    let quotas = vec![
        ("instance", Value::Null, redis.quota.0, instances),
        ("ram", json!("GB"), redis.quota.1, memory),
    ];
    list(call, quotas, quota, &Value::Null)
}
