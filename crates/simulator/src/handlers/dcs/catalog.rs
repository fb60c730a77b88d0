//! Zones, flavors and quotas.

use serde_json::{Value, json};

use super::{good, redis};
use crate::call::Call;
use crate::handlers::Outcome;
use crate::state::dcs::flavors::{MODES, Mode, PROCESSORS};

/// Whether this is the code or the id of a zone.
pub(super) fn is_zone(call: &Call<'_>, text: &str) -> bool {
    zone_codes(call)
        .iter()
        .any(|code| code == text || zone_id(call, code) == text)
}

fn zone_codes(call: &Call<'_>) -> [String; 3] {
    [1, 2, 3].map(|number| format!("{}-{number:02}", call.cloud.accounts.region))
}

fn zone_id(call: &Call<'_>, code: &str) -> String {
    call.cloud.seed.hex32(&format!("zone {code}"))
}

pub(super) fn zones(call: &Call<'_>) -> Outcome {
    let zones: Vec<Value> = zone_codes(call)
        .iter()
        .zip(1..)
        .map(|(code, number)| {
            json!({
                "id": zone_id(call, code),
                "code": code,
                "name": format!("AZ {number}"),
                "port": (8402 + number).to_string(),
                "resource_availability": "true",
            })
        })
        .collect();
    good(&json!({ "region_id": call.cloud.accounts.region, "available_zones": zones }))
}

pub(super) fn flavors(call: &Call<'_>) -> Outcome {
    let params = &call.params;
    let wanted = |name: &str, value: &str| params.text(name).is_none_or(|text| text == value);
    let mut flavors = Vec::new();
    for mode in MODES
        .into_iter()
        .filter(|mode| wanted("cache_mode", mode.name()))
    {
        for (short, processor) in PROCESSORS {
            if !wanted("cpu_type", processor) {
                continue;
            }
            for capacity in mode.capacities() {
                let code = mode.code(short, *capacity);
                if wanted("spec_code", &code) && wanted("capacity", &capacity.to_string()) {
                    flavors.push(flavor(call, mode, processor, *capacity, &code));
                }
            }
        }
    }
    good(&json!({ "flavors": flavors }))
}

fn flavor(call: &Call<'_>, mode: Mode, processor: &str, capacity: f64, code: &str) -> Value {
    let (shards, copies) = mode.nodes();
    let capacity = capacity.to_string();
    let proxies = if mode == Mode::Proxy { "2" } else { "0" };
    let databases = if mode == Mode::Cluster { "1" } else { "256" };
    let (shards, attrs) = (shards.to_string(), &capacity);
    let attrs: Vec<Value> = [
        ("max_memory", attrs.as_str()),
        ("max_connections", "10000"),
        ("sharding_num", shards.as_str()),
        ("proxy_num", proxies),
        ("db_number", databases),
        ("max_clients", "10000"),
        ("max_bandwidth", "80"),
    ]
    .iter()
    .map(|(name, value)| json!({ "capacity": capacity, "name": name, "value": value }))
    .collect();
    let zones = zone_codes(call);
    let zone_ids: Vec<String> = zones.iter().map(|code| zone_id(call, code)).collect();
    json!({
        "spec_code": code,
        "cloud_service_type_code": "hws.service.type.dcs",
        "cloud_resource_type_code": "hws.resource.type.dcs3",
        "cache_mode": mode.name(),
        "engine": "redis",
        "engine_version": "4.0;5.0;6.0;7.0",
        "product_type": "generic",
        "cpu_type": processor,
        "storage_type": "DRAM",
        "capacity": [capacity],
        "billing_mode": ["Hourly"],
        "tenant_ip_count": copies,
        "pricing_type": "normal",
        "is_dec": false,
        "attrs": attrs,
        "flavors_available_zones": [
            { "capacity": capacity, "unit": "GB", "available_zones": zone_ids, "az_codes": zones },
        ],
        "replica_count": copies,
        "inquery_spec_code": code,
        "billing_factor": "Duration",
    })
}

pub(super) fn quotas(call: &Call<'_>) -> Outcome {
    let redis = redis(call);
    let (instances, memory) = match call.in_main_project() {
        true => redis.used(),
        false => (0, 0),
    };
    let (most_instances, most_memory) = redis.quota;
    good(&json!({ "quotas": { "resources": [
        {
            "unit": null, "type": "instance", "min": 1, "max": most_instances,
            "quota": most_instances, "used": instances,
        },
        {
            "unit": "GB", "type": "ram", "min": 1, "max": most_memory,
            "quota": most_memory, "used": memory,
        },
    ] } }))
}
