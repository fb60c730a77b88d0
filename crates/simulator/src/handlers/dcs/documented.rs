//! What documented examples of requests have and no list of this cloud has. It is taken all the same, so that the
//! examples can be sent as they are.

/// Codes of flavors with their capacities in GB.
const CODES: [(&str, f64); 2] = [
    ("redis.ha.au1.large.2", 2.0),
    ("redis.ha.xu1.tiny.r2.1", 1.0),
];

/// Zones in which replicas are made.
const ZONES: [&str; 2] = [
    "e7afd64502d64fe3bfb60c2c82ec0ec6",
    "d90ff6d692954373bf53be49cf3900cb",
];

pub(super) fn is_code(code: &str, capacity: f64) -> bool {
    CODES.contains(&(code, capacity))
}

pub(super) fn is_zone(zone: &str) -> bool {
    ZONES.contains(&zone)
}
