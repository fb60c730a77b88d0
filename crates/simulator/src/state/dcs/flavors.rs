//! Which flavors there are, and what a flavor's code says.

use super::shape::RedisKind;

/// How an instance is built, as `cache_mode` has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    Single,
    Ha,
    Cluster,
    Proxy,
    RwSplit,
}

pub(crate) const MODES: [Mode; 5] = [
    Mode::Single,
    Mode::Ha,
    Mode::Cluster,
    Mode::Proxy,
    Mode::RwSplit,
];

pub(crate) const VERSIONS: [&str; 4] = ["4.0", "5.0", "6.0", "7.0"];

const SMALL: [f64; 12] = [
    0.125, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 24.0, 32.0, 48.0, 64.0,
];
const LARGE: [f64; 15] = [
    4.0, 8.0, 16.0, 24.0, 32.0, 48.0, 64.0, 96.0, 128.0, 192.0, 256.0, 384.0, 512.0, 768.0, 1024.0,
];
const SPLIT: [f64; 7] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0];

/// Processors, as codes and as lists of flavors have them.
pub(crate) const PROCESSORS: [(&str, &str); 2] = [("xu1", "x86_64"), ("au1", "aarch64")];

impl Mode {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Single => "single",
            Self::Ha => "ha",
            Self::Cluster => "cluster",
            Self::Proxy => "proxy",
            Self::RwSplit => "ha_rw_split",
        }
    }

    pub(crate) fn kind(self) -> RedisKind {
        match self {
            Self::Single => RedisKind::Single,
            Self::Ha | Self::RwSplit => RedisKind::Replicated,
            Self::Cluster | Self::Proxy => RedisKind::Cluster,
        }
    }

    /// Capacities in GB that instances of this kind can have.
    pub(crate) fn capacities(self) -> &'static [f64] {
        match self {
            Self::Single | Self::Ha => &SMALL,
            Self::Cluster | Self::Proxy => &LARGE,
            Self::RwSplit => &SPLIT,
        }
    }

    /// Numbers of shards and of nodes per shard that a new instance has.
    pub(crate) fn nodes(self) -> (usize, usize) {
        match self {
            Self::Single => (1, 1),
            Self::Ha => (1, 2),
            Self::RwSplit => (1, 3),
            Self::Cluster | Self::Proxy => (3, 2),
        }
    }

    /// What a code such as `redis.ha.xu1.large.r2.1` says; `None` for something that is no code. Two replicas that
    /// serve reads are `p2` in place of `r2`. Capacities are given on their own, so the rest is not read.
    pub(crate) fn of_code(code: &str) -> Option<Self> {
        let mut parts = code.strip_prefix("redis.")?.split('.');
        let mode = parts.next()?;
        let rest: Vec<&str> = parts.collect();
        if rest.len() < 2 || rest.iter().any(|part| part.is_empty()) {
            return None;
        }
        let split = rest.iter().any(|part| {
            part.strip_prefix('p')
                .is_some_and(|count| !count.is_empty() && count.bytes().all(|b| b.is_ascii_digit()))
        });
        match mode {
            "single" => Some(Self::Single),
            "ha" if split => Some(Self::RwSplit),
            "ha" => Some(Self::Ha),
            "rw" | "ha_rw_split" => Some(Self::RwSplit),
            "cluster" => Some(Self::Cluster),
            "proxy" => Some(Self::Proxy),
            _ => None,
        }
    }

    /// The code of a flavor for this kind of processor, `xu1` or `au1`, as a new instance has it.
    pub(crate) fn code(self, processor: &str, capacity: f64) -> String {
        self.code_of(processor, capacity, self.nodes().1)
    }

    /// Whether a code says what an instance with so many nodes per shard is: as it is listed, or with its own number
    /// of replicas.
    pub(crate) fn is_code(self, code: &str, capacity: f64, copies: usize) -> bool {
        PROCESSORS.iter().any(|(processor, _)| {
            code == self.code(processor, capacity)
                || code == self.code_of(processor, capacity, copies)
        })
    }

    fn code_of(self, processor: &str, capacity: f64, copies: usize) -> String {
        let (size, capacity) = match capacity < 1.0 {
            true => ("tiny", (capacity * 1024.0).round().to_string()),
            false => ("large", capacity.to_string()),
        };
        match self {
            Self::Single => format!("redis.single.{processor}.{size}.{capacity}"),
            Self::Ha => format!("redis.ha.{processor}.{size}.r{copies}.{capacity}"),
            Self::RwSplit => {
                let readers = copies.saturating_sub(1);
                format!("redis.ha.{processor}.{size}.p{readers}.{capacity}")
            }
            Self::Cluster => format!("redis.cluster.{processor}.{size}.r{copies}.{capacity}"),
            Self::Proxy => format!("redis.proxy.{processor}.{size}.{capacity}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_flavor_says_its_own_kind() {
        for mode in MODES {
            for capacity in mode.capacities() {
                let code = mode.code("xu1", *capacity);
                assert_eq!(Mode::of_code(&code), Some(mode), "{code}");
            }
        }
        assert_eq!(Mode::Ha.code("xu1", 0.125), "redis.ha.xu1.tiny.r2.128");
        for code in [
            "",
            "redis",
            "redis.ha",
            "redis.ha..",
            "dcs.master_standby",
            "redis.x.xu1.large.1",
        ] {
            assert_eq!(Mode::of_code(code), None, "{code}");
        }
    }
}
