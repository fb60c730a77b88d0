//! Which operations lists, jobs and links are faults of, as the descriptions and the models have it.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use otcdb_openapi::{FINISHED, Operation, Verb};

use crate::model;
use crate::spec::Service;

/// What an operation does that a fault of state can spoil.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ability {
    /// It lists what comes into being.
    Lists,
    /// Work goes on after its response.
    BeginsJob,
    /// Its response has presigned links.
    MakesLinks,
}

/// The ids of the operations with an ability, of all services. A cloud whose descriptions cannot be read does not
/// start.
pub(super) fn operations(ability: Ability) -> Vec<&'static str> {
    static ALL: LazyLock<Vec<(Ability, &'static str)>> = LazyLock::new(|| {
        let operations = Service::ALL.into_iter().flat_map(|service| {
            let bundle = otcdb_bundles::bundle(service.as_str()).ok();
            let operations = bundle.into_iter().flat_map(|bundle| &bundle.operations);
            operations.map(move |operation| (service, operation))
        });
        let abilities = operations.flat_map(|(service, operation)| {
            let of = abilities(service, operation).into_iter();
            of.map(|ability| (ability, operation.id.as_str()))
        });
        abilities.collect()
    });
    let with = ALL.iter().filter(|(own, _)| *own == ability);
    let ids: BTreeSet<&str> = with.map(|(_, id)| *id).collect();
    ids.into_iter().collect()
}

fn abilities(service: Service, operation: &Operation) -> Vec<Ability> {
    let models = model::of(service);
    let modelled = models.operation(&operation.id);
    let lists = operation
        .resource
        .as_ref()
        .is_some_and(|resource| resource.verb == Verb::List)
        || modelled.is_some_and(|(_, model, _)| model.entries.is_some());
    let mut links = operation.successes().flat_map(|response| &response.links);
    let is_finished_elsewhere = links.any(|link| link.name == FINISHED);
    // One that is sent again and again tells of the work that it began.
    let tells_itself = operation.waiter.is_some() && operation.method != http::Method::GET;
    let has_job = modelled.is_some_and(|(.., model)| model.job.is_some());
    let mut schemas = operation.successes().filter_map(|one| one.schema.as_ref());
    let makes_links = schemas.any(otcdb_openapi::Schema::holds_links);
    [
        (lists, Ability::Lists),
        (
            is_finished_elsewhere || tells_itself || has_job,
            Ability::BeginsJob,
        ),
        (makes_links, Ability::MakesLinks),
    ]
    .into_iter()
    .filter_map(|(has, ability)| has.then_some(ability))
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_work_or_makes_links_is_said_by_descriptions_and_models() {
        for (ability, with, without) in [
            // A job of the model, a link to what tells of the end, and a waiter of its own.
            (
                Ability::BeginsJob,
                ["CreateRedislog", "CopyInstance", "DownloadErrorlog"],
                ["ListRedislog", "ListJobInfo", "UpdateInstanceName"],
            ),
            (
                Ability::MakesLinks,
                [
                    "CreateRedislogDownloadLink",
                    "DownloadErrorlog",
                    "ListBackupFileLinks",
                ],
                ["CreateRedislog", "CreateInstance", "ListErrorLogs"],
            ),
            (
                Ability::Lists,
                ["ListInstances", "ListBackupRecords", "ListTasks"],
                ["ListFlavors", "ShowInstance", "CreateInstance"],
            ),
        ] {
            let found = operations(ability);
            for id in with {
                assert!(found.contains(&id), "{id}: {found:?}");
            }
            for id in without {
                assert!(!found.contains(&id), "{id}: {found:?}");
            }
        }
    }
}
