//! What descriptions do not say of resources.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

const TEXT: &str = include_str!("contract.yaml");

/// What the description does not say of a resource.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Entry {
    /// Where the elements of the list have the id, if that is inside an object. Dots lead into it.
    pub(super) id: Option<String>,
    /// Parameters with which the list has what was made.
    pub(super) list: Map<String, Value>,
    /// The states through which work goes.
    pub(super) states: Vec<String>,
    /// Documented codes by the operations that are refused with them while work goes on.
    pub(super) busy: BTreeMap<String, String>,
    /// Why steps do not hold.
    pub(super) leave: BTreeMap<String, String>,
}

/// The entries of a service by resource.
pub(super) fn entries(service: &str) -> BTreeMap<String, Entry> {
    let all: BTreeMap<String, BTreeMap<String, Entry>> = serde_saphyr::from_str(TEXT).unwrap();
    let mut own = all.into_iter().filter(|(name, _)| name == service);
    own.next().map(|(_, entries)| entries).unwrap_or_default()
}
