//! Which folder each instance has.

use std::collections::{HashMap, HashSet};

use otcdb_core::Service;

use crate::instance::Instance;
use crate::layout;
use crate::manifest::ManifestEntry;

/// The folders of the instances below the output folder.
///
/// A new one is called after the instance, for people, and has the beginning of its id, which tells it from others of the
/// same name; where that does not, the whole id. It stays that of the instance when that is renamed, and so does one of the first version, which is the id.
#[derive(Debug, Default)]
pub(crate) struct Folders(HashMap<(Service, String), String>);

impl Folders {
    /// Chooses them, by what the manifest has recorded and, for what is unfinished or elsewhere, by the folders that are there;
    /// `there` gives the names in a service's. `ids` are those of all instances that are known, chosen or not: where another one
    /// begins in the same way, the folder has the whole id.
    pub(crate) fn choose(
        instances: &[Instance],
        ids: &HashSet<(Service, String)>,
        records: &[ManifestEntry],
        there: impl Fn(Service) -> Vec<String>,
    ) -> Self {
        let mut newest: HashMap<(Service, &str), &ManifestEntry> = HashMap::new();
        for record in records {
            let at = (record.kind.service(), record.instance.as_str());
            let known = newest.entry(at).or_insert(record);
            if known.fetched_at < record.fetched_at {
                *known = record;
            }
        }
        let mut taken = HashSet::new();
        let mut folders = HashMap::new();
        for ((service, id), record) in &newest {
            if let Some(folder) = folder_of(record, *service) {
                taken.insert(layout::folded(folder));
                folders.insert((*service, (*id).to_owned()), folder.to_owned());
            }
        }
        let mut beginnings: HashMap<(Service, String), HashSet<&str>> = HashMap::new();
        let chosen = instances.iter().map(|one| (one.service, one.id.as_str()));
        let listed = ids.iter().map(|(service, id)| (*service, id.as_str()));
        for (service, id) in chosen.chain(listed).chain(newest.keys().copied()) {
            let beginning = layout::end_of_folder(id);
            let same = beginnings.entry((service, beginning)).or_default();
            same.insert(id);
        }
        let mut names: HashMap<Service, Vec<String>> = HashMap::new();
        for instance in instances {
            let at = (instance.service, instance.id.clone());
            if folders.contains_key(&at) {
                continue;
            }
            let names = names.entry(instance.service).or_insert_with(|| {
                let mut names = there(instance.service);
                names.sort();
                names
            });
            let service = instance.service.as_str();
            let id = layout::component(&instance.id);
            let beginning = layout::end_of_folder(&instance.id);
            let whole = format!("--{id}");
            let same = beginnings.get(&(instance.service, beginning.clone()));
            let end = match same.is_some_and(|same| same.len() > 1) {
                true => whole.clone(),
                false => beginning,
            };
            let old = names
                .iter()
                .filter(|name| **name == id || name.ends_with(&end) || name.ends_with(&whole));
            let made = [layout::folder_name(instance, &end), id.clone()];
            let folder = old
                .chain(&made)
                .map(|name| format!("{service}/{name}"))
                .find(|folder| !taken.contains(&layout::folded(folder)))
                // Another instance has even the one that is the id: by its records, which anybody may have edited.
                .unwrap_or_else(|| format!("{service}/{id}"));
            taken.insert(layout::folded(&folder));
            folders.insert(at, folder);
        }
        Self(folders)
    }

    /// The folder of an instance, with `/` as separator.
    pub(crate) fn of(&self, instance: &Instance) -> String {
        let known = self.0.get(&(instance.service, instance.id.clone()));
        known.cloned().unwrap_or_else(|| {
            // All are known that are pulled.
            let id = layout::component(&instance.id);
            let name = layout::folder_name(instance, &format!("--{id}"));
            format!("{}/{name}", instance.service)
        })
    }
}

/// The folder of a file, where it is one of an instance.
fn folder_of(record: &ManifestEntry, service: Service) -> Option<&str> {
    let (folder, _) = record.file.rsplit_once('/')?;
    let (first, name) = folder.split_once('/')?;
    (first == service.as_str() && !name.contains('/')).then_some(folder)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Engine;
    use crate::kind::LogKind;

    const ID: &str = "3da027fd-4886-1f21";

    fn instance(id: &str, name: &str) -> Instance {
        Instance::new(Service::Dcs, id, name, Engine::Redis)
    }

    fn choose(
        instances: &[Instance],
        records: &[ManifestEntry],
        there: impl Fn(Service) -> Vec<String>,
    ) -> Folders {
        Folders::choose(instances, &HashSet::new(), records, there)
    }

    fn record(file: &str, id: &str, second: i64) -> ManifestEntry {
        let record = serde_json::json!({
            "kind": LogKind::RedisRun, "instance": id, "instance_name": "n", "id": file, "file": file, "size": 3,
            "sha256": "00", "fetched_at": jiff::Timestamp::from_second(second).unwrap(),
        });
        serde_json::from_value(record).unwrap()
    }

    #[test]
    fn a_new_folder_has_the_name_and_an_old_one_stays() {
        let of = |records: &[ManifestEntry], there: &[&str], name: &str| {
            let instance = instance(ID, name);
            let names = |_| there.iter().map(|name| (*name).to_owned()).collect();
            choose(std::slice::from_ref(&instance), records, names).of(&instance)
        };
        assert_eq!(of(&[], &[], "orders cache"), "dcs/orders_cache--3da027fd");
        let renamed = [
            record("dcs/was--3da027fd/a.log", ID, 2),
            record(&format!("dcs/{ID}/b.log"), ID, 1),
        ];
        assert_eq!(of(&renamed, &[], "now"), "dcs/was--3da027fd");
        assert_eq!(of(&renamed[1..], &[], "now"), format!("dcs/{ID}"));
        assert_eq!(
            of(&[], &["was--3da027fd"], "now"),
            "dcs/was--3da027fd",
            "something is unfinished there"
        );
        assert_eq!(of(&[], &[ID], "now"), format!("dcs/{ID}"));
    }

    #[test]
    fn two_instances_never_share_a_folder() {
        let same = [
            instance("3da027fd-1", "a"),
            instance("3da027fd-2", "a"),
            instance("3da027fd-3", "A"),
        ];
        let folders = choose(&same, &[], |_| Vec::new());
        let of: HashSet<_> = same
            .iter()
            .map(|one| layout::folded(&folders.of(one)))
            .collect();
        assert_eq!(of.len(), 3, "{folders:?}");
        let records = [record("dcs/b--3da027fd/x.log", "3da027fd-9", 1)];
        let folders = choose(&[instance("3da027fd-4", "b")], &records, |_| {
            vec!["b--3da027fd".to_owned()]
        });
        assert_eq!(
            folders.of(&instance("3da027fd-4", "b")),
            "dcs/b--3da027fd-4"
        );
    }

    #[test]
    fn an_instance_that_begins_like_another_known_one_has_its_whole_id_in_the_name() {
        // In a bucket there are no records, and the other one may not be chosen.
        let one = instance("3da027fd-1", "a");
        let of = |known: &[&str], there: &[&str]| {
            let ids = known.iter().map(|id| (Service::Dcs, (*id).to_owned()));
            let names = |_| there.iter().map(|name| (*name).to_owned()).collect();
            let ids = ids.collect();
            Folders::choose(std::slice::from_ref(&one), &ids, &[], names).of(&one)
        };
        assert_eq!(of(&[], &["b--3da027fd"]), "dcs/b--3da027fd");
        let both = ["3da027fd-1", "3da027fd-2"];
        assert_eq!(of(&both, &["b--3da027fd"]), "dcs/a--3da027fd-1");
        let renamed = ["b--3da027fd", "was--3da027fd-1"];
        assert_eq!(of(&both, &renamed), "dcs/was--3da027fd-1");
        // What has its whole id once has it for good.
        assert_eq!(of(&[], &renamed[1..]), "dcs/was--3da027fd-1");
    }
}
