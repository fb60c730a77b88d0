//! Which flavors there are, and what a flavor's code says.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::refuse;
use crate::call::CallError;
use crate::yaml;

/// All of them.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Flavors {
    pub(super) versions: Vec<String>,
    /// Kinds of processors, as codes have them, and their names.
    pub(super) processors: Vec<(String, String)>,
    pub(super) modes: Vec<Mode>,
    documented_codes: BTreeMap<String, f64>,
    documented_zones: Vec<String>,
}

/// How a Redis instance is built.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum RedisKind {
    /// One node, no shards.
    Single,
    /// One shard with a master and a replica.
    Replicated,
    /// Three shards with a master and a replica each.
    Cluster,
}

/// A way to build an instance, as orders name it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Mode {
    /// As `cache_mode` has it.
    pub(super) name: String,
    pub(super) kind: RedisKind,
    code: String,
    /// Numbers of shards and of nodes per shard that a new instance has.
    pub(super) nodes: (usize, usize),
    pub(super) databases: u16,
    #[serde(default)]
    pub(super) proxies: u8,
    #[serde(default)]
    pub(super) readonly_domain_name: bool,
    /// Capacities in GB that instances of this kind can have.
    pub(super) capacities: Vec<f64>,
}

fn read() -> Result<Flavors, String> {
    yaml::read(include_str!("../../../models/dcs/data/flavors.yaml"))
}

/// The flavors. A test reads them, too, so that they can be read.
pub(super) fn all() -> &'static Flavors {
    static FLAVORS: LazyLock<Flavors> = LazyLock::new(|| read().unwrap_or_default());
    &FLAVORS
}

pub(super) fn is_documented_zone(zone: &str) -> bool {
    all().documented_zones.iter().any(|own| own == zone)
}

impl Mode {
    pub(super) fn named(name: &str) -> Option<&'static Self> {
        all().modes.iter().find(|mode| mode.name == name)
    }

    /// What a code such as `redis.ha.xu1.large.r2.1` says; why it is refused if it is no code. Capacities are given on
    /// their own, so those of the code are not read.
    pub(super) fn of_code(code: &str) -> Result<&'static Self, CallError> {
        let found = match all().documented_codes.contains_key(code) {
            true => Self::named("ha"),
            false => all().modes.iter().find(|mode| mode.has_form_of(code)),
        };
        found.ok_or_else(|| refuse("DCS.4927"))
    }

    fn has_form_of(&self, code: &str) -> bool {
        let (own, parts) = (self.code.split('.'), code.split('.'));
        own.clone().count() == parts.clone().count()
            && own.zip(parts).all(|(own, part)| match own.split_once('{') {
                Some((start, _)) => part.len() > start.len() && part.starts_with(start),
                None => own == part,
            })
    }

    /// The code of a flavor for this kind of processor, for an instance with so many nodes per shard.
    pub(super) fn code(&self, processor: &str, capacity: f64, nodes: usize) -> String {
        let (size, capacity) = match capacity < 1.0 {
            true => ("tiny", (capacity * 1024.0).round().to_string()),
            false => ("large", capacity.to_string()),
        };
        self.code
            .replace("{processor}", processor)
            .replace("{size}", size)
            .replace("{nodes}", &nodes.to_string())
            .replace("{readers}", &nodes.saturating_sub(1).to_string())
            .replace("{capacity}", &capacity)
    }

    /// Whether a code goes with the capacity, for an instance with so many nodes per shard: as it is listed, or with its
    /// own number of nodes.
    pub(super) fn takes(&self, code: &str, capacity: f64, nodes: usize) -> Result<(), CallError> {
        let is_listed = all().processors.iter().any(|(processor, _)| {
            [nodes, self.nodes.1]
                .map(|nodes| self.code(processor, capacity, nodes))
                .iter()
                .any(|own| own == code)
        });
        match is_listed || all().documented_codes.get(code) == Some(&capacity) {
            true => Ok(()),
            false => Err(refuse("DCS.4927")),
        }
    }

    /// Whether instances of this kind can have a capacity.
    pub(super) fn has_capacity(&self, capacity: f64) -> Result<(), CallError> {
        match self.capacities.contains(&capacity) {
            true => Ok(()),
            false => Err(refuse("DCS.4012")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_flavor_says_its_own_kind() {
        assert_eq!(read().unwrap().modes.len(), 5);
        for mode in &all().modes {
            for capacity in &mode.capacities {
                let code = mode.code("xu1", *capacity, mode.nodes.1);
                assert_eq!(Mode::of_code(&code).unwrap().name, mode.name, "{code}");
            }
        }
        let ha = Mode::named("ha").unwrap();
        assert_eq!(ha.code("xu1", 0.125, 2), "redis.ha.xu1.tiny.r2.128");
        for code in [
            "",
            "redis",
            "redis.ha",
            "redis.ha..",
            "dcs.master_standby",
            "redis.x.xu1.large.1",
            "redis.ha.xu1.large.r.1",
        ] {
            assert!(Mode::of_code(code).is_err(), "{code}");
        }
    }
}
