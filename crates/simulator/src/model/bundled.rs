//! The models that the simulator carries.

use std::sync::LazyLock;

use otcdb_openapi::Description;

use super::check::check;
use super::{Errors, Model, Models};
use crate::spec::Service;
use crate::yaml;

/// A file by the name of its resource.
type File = (&'static str, &'static str);

/// The files of each service, as they are in the folder `models`.
const FILES: &[(&str, &[File])] = include!(concat!(env!("OUT_DIR"), "/models.rs"));

/// The files that are no models.
const ERRORS: &str = "errors";
const EXAMPLES: &str = "examples";

type Read = Result<Vec<(Service, Models)>, String>;

fn read_all() -> &'static Read {
    static MODELS: LazyLock<Read> = LazyLock::new(|| {
        let read = |(name, files): &(&str, &[File])| {
            let service = name
                .parse::<Service>()
                .map_err(|error| format!("models/{name}: {error}"))?;
            let bundle = otcdb_bundles::bundle(name).map_err(|error| error.to_string())?;
            Ok((service, read(bundle, files)?))
        };
        FILES.iter().map(read).collect()
    });
    &MODELS
}

/// Reads all models and checks them against the descriptions, once per process.
///
/// # Errors
///
/// The file with what is wrong in it.
pub(crate) fn bundled() -> Result<&'static [(Service, Models)], String> {
    match read_all() {
        Ok(models) => Ok(models),
        Err(error) => Err(error.clone()),
    }
}

/// The models of a service; none if it has none. A cloud whose models cannot be read does not start.
pub(crate) fn of(service: Service) -> &'static Models {
    static NONE: Models = Models {
        resources: std::collections::BTreeMap::new(),
        errors: Errors::NONE,
        examples: Vec::new(),
    };
    let found = bundled().ok().and_then(|all| {
        let mut all = all.iter();
        all.find(|(of, _)| *of == service)
    });
    found.map_or(&NONE, |(_, models)| models)
}

/// Reads the models of a service.
pub(crate) fn read(bundle: &Description, files: &[(&str, &str)]) -> Result<Models, String> {
    let service = &bundle.service;
    let mut models = Models::default();
    for (name, text) in files {
        let unreadable = |error: String| format!("models/{service}/{name}.yaml: {error}");
        match *name {
            ERRORS => {
                models.errors = Errors::read(text).map_err(unreadable)?;
            }
            EXAMPLES => models.examples = yaml::read(text).map_err(unreadable)?,
            _ => {
                let model: Model = yaml::read(text).map_err(unreadable)?;
                models.resources.insert((*name).to_owned(), model);
            }
        }
    }
    check(&models, bundle)?;
    Ok(models)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn every_model_is_carried_and_fits_its_description() {
        assert!(!bundled().unwrap().is_empty());
        let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("models");
        for service in Service::ALL {
            let folder = models.join(service.as_str());
            let files = std::fs::read_dir(folder).into_iter().flatten();
            // What is in `data` is for Rust to read.
            let files = files.filter(|file| file.as_ref().unwrap().path().is_file());
            let there = files.count();
            let carried = FILES
                .iter()
                .find(|(name, _)| *name == service.as_str())
                .map_or(0, |(_, files)| files.len());
            assert_eq!(carried, there, "{service}");
        }
    }
}
