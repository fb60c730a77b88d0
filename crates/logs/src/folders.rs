//! Which folder each instance has.

use std::collections::{HashMap, HashSet};

use otcdb_core::Service;

use crate::instance::Instance;
use crate::layout;
use crate::manifest::ManifestEntry;

/// The folders of the instances below the output folder.
///
/// A new one is called after the instance, for people, and has the beginning of its id, which tells it from others of the
/// same name. It stays that of the instance when that is renamed, and so does one of the first version, which is the id.
#[derive(Debug, Default)]
pub(crate) struct Folders(HashMap<(Service, String), String>);

impl Folders {
    /// Chooses them, by what the manifest has recorded and, for what is unfinished, by the folders that are there; `there`
    /// gives the names in a service's.
    pub(crate) fn choose(
        instances: &[Instance],
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
            let end = layout::end_of_folder(&instance.id);
            let old = names
                .iter()
                .filter(|name| **name == id || name.ends_with(&end));
            let made = [layout::folder_name(instance), id.clone()];
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
            let (service, name) = (instance.service.as_str(), layout::folder_name(instance));
            format!("{service}/{name}")
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
            Folders::choose(std::slice::from_ref(&instance), records, names).of(&instance)
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
        let folders = Folders::choose(&same, &[], |_| Vec::new());
        let of: HashSet<_> = same
            .iter()
            .map(|one| layout::folded(&folders.of(one)))
            .collect();
        assert_eq!(of.len(), 3, "{folders:?}");
        let records = [record("dcs/b--3da027fd/x.log", "3da027fd-9", 1)];
        let folders = Folders::choose(&[instance("3da027fd-4", "b")], &records, |_| {
            vec!["b--3da027fd".to_owned()]
        });
        assert_eq!(folders.of(&instance("3da027fd-4", "b")), "dcs/3da027fd-4");
    }
}
