//! Decides which calls a fault happens to.

use std::collections::HashMap;
use std::sync::Mutex;

use otcdb_core::sync::unpoisoned;

use super::{Fault, FaultKind, Target};
use crate::error::StartError;
use crate::seed::Seed;
use crate::spec::Service;

/// A call, as far as faults look at it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call<'a> {
    /// Service and operationId; `None` for the object store.
    pub(crate) operation: Option<(Service, &'a str)>,
    pub(crate) path: &'a str,
    /// Whether a part of a file is asked for.
    pub(crate) of_part: bool,
}

/// The faults in force, with what has become of them.
pub(crate) struct Plan {
    seed: Seed,
    faults: Mutex<Vec<Armed>>,
}

struct Armed {
    fault: Fault,
    seen: u32,
    fired: u32,
    /// How often each path was called, for faults that are only probable.
    calls: HashMap<String, u32>,
}

impl Plan {
    pub(crate) fn new(seed: Seed, faults: Vec<Fault>) -> Self {
        let plan = Self {
            seed,
            faults: Mutex::default(),
        };
        plan.set(faults);
        plan
    }

    /// Replaces all faults.
    pub(crate) fn set(&self, faults: Vec<Fault>) {
        let mut armed = unpoisoned(self.faults.lock());
        *armed = faults
            .into_iter()
            .map(|fault| Armed {
                fault,
                seen: 0,
                fired: 0,
                calls: HashMap::new(),
            })
            .collect();
    }

    /// The faults that have not happened yet.
    pub(crate) fn idle(&self) -> Vec<Fault> {
        let armed = unpoisoned(self.faults.lock());
        let idle = armed.iter().filter(|armed| armed.fired == 0);
        idle.map(|armed| armed.fault.clone()).collect()
    }

    /// The fault that happens to this call, out of the kinds that are asked for: the first one in order. Those
    /// behind it neither happen nor count the call.
    pub(crate) fn fires(
        &self,
        call: Call<'_>,
        wanted: impl Fn(FaultKind) -> bool,
    ) -> Option<FaultKind> {
        let mut armed = unpoisoned(self.faults.lock());
        let mut found = None;
        for (number, armed) in armed.iter_mut().enumerate() {
            if found.is_none()
                && wanted(armed.fault.kind)
                && armed.fault.is_aimed_at(call)
                && armed.happens(self.seed, number, call.path)
            {
                found = Some(armed.fault.kind);
            }
        }
        found
    }
}

impl Armed {
    fn happens(&mut self, seed: Seed, number: usize, path: &str) -> bool {
        let when = &self.fault.when;
        if when.times.is_some_and(|times| self.fired >= times) {
            return false;
        }
        self.seen = self.seen.saturating_add(1);
        if self.seen <= when.after {
            return false;
        }
        if let Some(probability) = when.probability {
            let call = self.calls.entry(path.to_owned()).or_default();
            *call = call.saturating_add(1);
            let mut rng = seed.rng(&format!("fault {number} {path} {call}"));
            if rng.f64() >= probability {
                return false;
            }
        }
        self.fired = self.fired.saturating_add(1);
        true
    }
}

impl Fault {
    fn is_aimed_at(&self, call: Call<'_>) -> bool {
        let on_path = |path: &String| call.path.contains(path.as_str());
        let aimed = |target: &Target| match (target, call.operation) {
            (Target::Everything, _) | (Target::Download, None) => true,
            (Target::Service(service), Some((called, _))) => *service == called,
            (Target::Operation(service, name), Some((called, id))) => {
                name == id && service.is_none_or(|service| service == called)
            }
            _ => false,
        };
        self.when.path.as_ref().is_none_or(on_path)
            && self.targets.iter().any(aimed)
            && (!self.kind.is_of_document() || call.operation.is_some())
            && (!self.kind.is_of_store() || call.operation.is_none())
            && (!self.kind.is_of_part() || call.of_part)
    }

    /// The operations it names, with the service if it names one.
    pub(crate) fn operations(&self) -> impl Iterator<Item = (Option<Service>, &str)> {
        self.targets.iter().filter_map(|target| match target {
            Target::Operation(service, name) => Some((*service, name.as_str())),
            _ => None,
        })
    }
}

/// Checks that the operations which faults name exist.
pub(crate) fn check(faults: &[Fault], names: &[String]) -> Result<(), StartError> {
    let exists = |service: Option<Service>, operation: &str| {
        names.iter().any(|name| {
            name.split_once('.').is_some_and(|(of, id)| {
                id == operation && service.is_none_or(|service| service.as_str() == of)
            })
        })
    };
    for fault in faults {
        for (service, operation) in fault.operations() {
            if !exists(service, operation) {
                return Err(StartError::UnknownOperation {
                    fault: fault.to_string(),
                    operation: operation.to_owned(),
                });
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(text: &str) -> Plan {
        Plan::new(Seed(5), vec![text.parse().unwrap()])
    }

    fn fires(plan: &Plan, path: &str) -> bool {
        let call = Call {
            operation: Some((Service::Dcs, "ListRedislog")),
            path,
            of_part: false,
        };
        plan.fires(call, |_| true).is_some()
    }

    #[test]
    fn faults_of_a_part_do_not_count_requests_for_the_whole() {
        let plan = plan("*:no-range");
        let fires = |operation, of_part| {
            let call = Call {
                operation,
                path: "/obs/a",
                of_part,
            };
            plan.fires(call, |_| true).is_some()
        };
        assert!(!fires(None, false));
        assert!(!fires(Some((Service::Dcs, "ListRedislog")), true));
        assert_eq!(plan.idle().len(), 1);
        assert!(fires(None, true));
        assert!(plan.idle().is_empty() && !fires(None, true));
    }

    #[test]
    fn a_fault_happens_after_some_calls_and_then_so_many_times() {
        let plan = plan("ListRedislog:500:after=1:times=2");
        let seen: Vec<bool> = (0..5).map(|_| fires(&plan, "/a")).collect();
        assert_eq!(seen, [false, true, true, false, false]);
    }

    #[test]
    fn a_probable_fault_does_not_depend_on_the_order_of_other_paths() {
        let alone = plan("*:500:p=0.5");
        let expected: Vec<bool> = (0..40).map(|_| fires(&alone, "/a")).collect();
        assert!(expected.contains(&true) && expected.contains(&false));
        let mixed = plan("*:500:p=0.5");
        let seen: Vec<bool> = (0..40)
            .map(|_| {
                fires(&mixed, "/b");
                fires(&mixed, "/a")
            })
            .collect();
        assert_eq!(seen, expected);
    }

    #[test]
    fn other_operations_and_paths_are_left_alone() {
        assert!(!fires(&plan("CreateRedislog:500"), "/a"));
        assert!(!fires(&plan("rds.ListRedislog:500"), "/a"));
        assert!(!fires(&plan("download:500"), "/a"));
        assert!(!fires(&plan("*:500:path=/b"), "/a"));
        assert!(fires(&plan("dcs.*:500:path=/a"), "/a"));
    }
}
