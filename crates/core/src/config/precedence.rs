//! One place for the whole identity, and what other places may add to it.

use super::{Key, Layer, Setting};

/// What begins a way to prove identity, and what else belongs to it. In one place a token goes before keys, and keys
/// before a password.
pub(super) const METHODS: [(Key, &[Key]); 3] = [
    (Key::Token, &[]),
    (Key::AccessKey, &[Key::SecretKey, Key::SecurityToken]),
    (Key::Username, &[Key::Password]),
];

/// Where secrets are sent, beside the public hosts of a region.
fn is_host(key: Key) -> bool {
    matches!(key, Key::AuthUrl | Key::Endpoint | Key::EndpointOf(_))
}

const DOMAIN: [Key; 2] = [Key::DomainId, Key::DomainName];

const AGENCY: [Key; 3] = [Key::AgencyName, Key::AgencyDomainId, Key::AgencyDomainName];

/// What sort of place a layer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// What the program was told explicitly.
    Flags,
    /// `OTCDB_*` variables.
    Own,
    /// Variables of other tools.
    Foreign,
    /// The chosen entry of `clouds.yaml`.
    Cloud,
    /// A credentials file.
    File,
}

/// Whose identity is used, and whose are not.
#[derive(Debug, Default)]
pub(super) struct Settled {
    /// What begins the identity that is used.
    pub(super) identity: Option<Setting>,
    /// What begins those that are passed over, and the sort of place each is in.
    pub(super) passed_over: Vec<(Place, Setting)>,
}

/// Finds the place whose identity is used, the first that has one, and takes out of all others what must not be mixed
/// with it: see the module [`config`](super).
pub(super) fn settle(places: &mut [(Place, Layer)]) -> Settled {
    let owner = places
        .iter()
        .enumerate()
        .find_map(|(index, (place, layer))| Some((index, method(*place, layer)?)));
    let Some((owner, method)) = owner else {
        for (_, layer) in places {
            layer.remove(&identity_keys());
        }
        return Settled::default();
    };
    let owner_place = places.get(owner).map(|(place, _)| *place);
    let is_cloud = owner_place == Some(Place::Cloud);
    let identity = places
        .get(owner)
        .and_then(|(_, layer)| begins(layer).cloned());
    // The authority that an entry names is that of its own hosts.
    let has_authority = is_cloud
        && places
            .get(owner)
            .is_some_and(|(_, layer)| layer.get(Key::CaCert).is_some());
    let mut passed_over = Vec::new();
    for (index, (place, layer)) in places.iter_mut().enumerate() {
        if index == owner {
            for (first, rest) in METHODS.iter().filter(|(first, _)| *first != method) {
                layer.remove(&[*first]);
                layer.remove(rest);
            }
            continue;
        }
        let own = begins(layer);
        // Flags and this program's own variables are said by the same person to the same program: a token by flag
        // replaces the one in OTCDB_TOKEN, and goes to the endpoints beside it.
        let together = owner_place == Some(Place::Flags) && *place == Place::Own;
        if let (true, Some(own)) = (index > owner && !together, own) {
            passed_over.push((*place, own.clone()));
            *layer = Layer::new();
            continue;
        }
        layer.remove(&identity_keys());
        // A domain is no secret, so one that is told explicitly may go with the user of any place.
        if method == Key::Username && *place != Place::Flags {
            layer.remove(&DOMAIN);
        }
        // An entry of clouds.yaml says itself which hosts it is for.
        if is_cloud && (index > owner || *place == Place::Foreign) {
            layer.remove_all(is_host);
            layer.remove(&AGENCY);
            if has_authority {
                layer.remove(&[Key::CaCert]);
            }
        }
    }
    Settled {
        identity,
        passed_over,
    }
}

/// What begins the identity of a place.
fn begins(layer: &Layer) -> Option<&Setting> {
    METHODS.iter().find_map(|(first, _)| layer.get(*first))
}

/// The way to prove identity that a place has. A half of one that was told explicitly counts, so that it is
/// complained of and not passed over.
fn method(place: Place, layer: &Layer) -> Option<Key> {
    let begun = |(first, rest): &&(Key, &[Key])| {
        layer.get(*first).is_some() || (place == Place::Flags && layer.has_any(rest))
    };
    METHODS.iter().find(begun).map(|(first, _)| *first)
}

fn identity_keys() -> Vec<Key> {
    METHODS
        .iter()
        .flat_map(|(first, rest)| [*first].into_iter().chain(rest.iter().copied()))
        .collect()
}
