//! Extensions of PostgreSQL, and the libraries that they need.

use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Databases, Engine, Outcome, Scene, States, Valued, databases, hold, instance};
use crate::call::{Call, CallError};
use crate::engine::{State, list};
use crate::records::Record;

/// An extension that there is.
#[derive(Debug, Deserialize)]
struct Extension {
    name: String,
    version: String,
    /// The library that has to be loaded for it; blank if it needs none.
    library: String,
    description: String,
}

fn read() -> Result<Vec<Extension>, serde_saphyr::Error> {
    serde_saphyr::from_str(include_str!("../../../models/rds/data/extensions.yaml"))
}

/// All of them. A test reads them, too, so that they can be read.
fn known() -> &'static [Extension] {
    static ALL: LazyLock<Vec<Extension>> = LazyLock::new(|| read().unwrap_or_default());
    &ALL
}

impl Extension {
    /// Whether the library that it needs is among those that an instance loads.
    fn is_loadable(&self, databases: &Databases, instance: &str) -> bool {
        let loaded = databases.store().of("preloaded-libraries", instance);
        let loaded = loaded.first().map_or("", |one| one.text("value"));
        self.library.is_empty() || loaded.split(',').any(|one| one == self.library)
    }
}

pub(super) fn all(call: &Call<'_>, states: &States) -> Outcome {
    let databases = databases(call, states);
    let instance = instance(call, &databases, &[Engine::PostgreSql])?;
    let database = call.params.text("database_name").unwrap_or_default();
    let own = databases.store().of("extension", &instance.id).first();
    let installed = own.map(|own| &own.fields["installed"][database]);
    let describe = |one: &Extension| {
        let version = installed.and_then(|installed| installed.get(&one.name));
        json!({
            "name": one.name,
            "database_name": database,
            "version": version.cloned().unwrap_or_else(|| Value::from(&*one.version)),
            "version_update": one.version,
            "shared_preload_libraries": one.library,
            "created": version.is_some(),
            "enable_install": version.is_none() && one.is_loadable(&databases, &instance.id),
            "description": one.description,
        })
    };
    let mut found: Vec<&Extension> = known().iter().collect();
    call.drop_latest(&mut found);
    list(call, found, describe, &Value::Null)
}

/// The extensions of all databases of an instance after one of them has got another version, or none.
fn changed(
    scene: &Scene<'_>,
    record: Option<&Record>,
    change: impl FnOnce(&Extension, Option<&str>) -> Result<Option<String>, CallError>,
) -> Valued {
    let text = |name: &str| scene.text(name).unwrap_or_default();
    let (database, name) = (text("database_name"), text("extension_name"));
    let extension = known().iter().find(|one| one.name == name);
    hold(extension.is_some(), "DBS.280277")?;
    let mut installed = record.map_or(Value::Null, |one| one.fields["installed"].clone());
    if let Some(extension) = extension {
        let version = installed[database][name].as_str();
        match change(extension, version)? {
            Some(version) => installed[database][name] = Value::from(version),
            None => {
                if let Some(all) = installed[database].as_object_mut() {
                    all.remove(name);
                }
            }
        }
    }
    Ok(Some(installed))
}

pub(super) fn with(scene: &Scene<'_>, record: Option<&Record>, databases: &Databases) -> Valued {
    changed(scene, record, |one, version| {
        hold(version.is_none(), "DBS.201201")?;
        let instance = record.map_or("", |record| record.parent.as_str());
        hold(one.is_loadable(databases, instance), "DBS.200402")?;
        Ok(Some(one.version.clone()))
    })
}

pub(super) fn without(scene: &Scene<'_>, record: Option<&Record>, _: &Databases) -> Valued {
    changed(scene, record, |_, version| {
        hold(version.is_some(), "DBS.212013")?;
        Ok(None)
    })
}

pub(super) fn upgraded(scene: &Scene<'_>, record: Option<&Record>, _: &Databases) -> Valued {
    changed(scene, record, |one, version| {
        hold(version.is_some(), "DBS.212013")?;
        hold(version != Some(one.version.as_str()), "DBS.200402")?;
        Ok(Some(one.version.clone()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extensions_can_be_read() {
        assert_eq!(known().len(), read().unwrap().len());
    }
}
