//! One value for each key out of all places.

use std::collections::BTreeMap;

use super::{Key, Layer, Setting, Source};
use crate::region::Cloud;
use crate::service::Service;

/// Of these the id and the name have to come from the same place.
const PAIRS: [[Key; 2]; 3] = [
    [Key::ProjectId, Key::ProjectName],
    [Key::DomainId, Key::DomainName],
    [Key::AgencyDomainId, Key::AgencyDomainName],
];

/// The values that count, of layers that [`settle`](super::owner::settle) has left without anything of other identities.
pub(super) fn resolve(layers: &[Layer]) -> BTreeMap<Key, Setting> {
    let mut values: BTreeMap<Key, Setting> = Key::all()
        .filter_map(|key| {
            let setting = layers.iter().find_map(|layer| layer.get(key))?;
            Some((key, setting.clone()))
        })
        .collect();
    for pair in PAIRS {
        let winner = layers.iter().find(|layer| layer.has_any(&pair));
        for key in pair {
            replace(&mut values, key, winner.and_then(|layer| layer.get(key)));
        }
    }
    derive_region(&mut values);
    values
}

fn replace(values: &mut BTreeMap<Key, Setting>, key: Key, setting: Option<&Setting>) {
    match setting {
        Some(setting) => values.insert(key, setting.clone()),
        None => values.remove(&key),
    };
}

/// Many users of Open Telekom Cloud give no region, but it is in the identity endpoint, or begins the project's name.
fn derive_region(values: &mut BTreeMap<Key, Setting>) {
    if values.contains_key(&Key::Region) {
        return;
    }
    let from_url = values.get(&Key::AuthUrl).and_then(|setting| {
        let host = setting
            .expose()
            .split("://")
            .nth(1)?
            .split(['/', ':'])
            .next()?;
        let (service, rest) = host.split_once('.')?;
        // Hosts of some regions say that they are for everyone.
        let service = service.strip_suffix("-pub").unwrap_or(service);
        let known = Cloud::of_host(host).is_some();
        let region = rest.split('.').next()?;
        let named = service == Service::IDENTITY.as_str() && known && region != "myhuaweicloud";
        named.then(|| (region.to_owned(), Key::AuthUrl))
    });
    let from_project = || {
        let setting = values.get(&Key::ProjectName)?;
        let region = setting.expose().split('_').next()?;
        matches!(region, "eu-de" | "eu-nl" | "eu-ch2")
            .then(|| (region.to_owned(), Key::ProjectName))
    };
    if let Some((region, key)) = from_url.or_else(from_project) {
        values.insert(Key::Region, Setting::new(region, Source::Derived(key)));
    }
}
