//! The models that the simulator carries.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use otcdb_openapi::Description;
use serde::Deserialize;

use super::check::check;
use super::{Model, Models};
use crate::problem::Documented;
use crate::spec::Service;

/// The files by service and resource.
macro_rules! files {
    ($($service:ident $folder:literal: $($name:literal)*;)*) => {
        const FILES: &[(Service, &[(&str, &str)])] = &[$((Service::$service, &[$((
            $name,
            include_str!(concat!("../../models/", $folder, "/", $name, ".yaml")),
        )),*])),*];
    };
}

files! {
    Dcs "dcs": "backup" "big-key-scan" "big-key-schedule" "diagnosis-report" "examples" "expired-key-scan" "hot-key-scan"
        "hot-key-schedule" "instance" "migration" "parameter" "parameter-change" "restore" "run-log" "ssl" "task"
        "template" "whitelist";
}

/// The files that are no models.
const ERRORS: &str = "errors";
const EXAMPLES: &str = "examples";

type Read = Result<Vec<(Service, Models)>, String>;

fn read_all() -> &'static Read {
    static MODELS: LazyLock<Read> = LazyLock::new(|| {
        let read = |(service, files): &(Service, &[(&str, &str)])| {
            let bundle =
                otcdb_bundles::bundle(service.as_str()).map_err(|error| error.to_string())?;
            Ok((*service, read(bundle, files)?))
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
        errors: std::collections::BTreeMap::new(),
        examples: Vec::new(),
    };
    let found = bundled().ok().and_then(|all| {
        let mut all = all.iter();
        all.find(|(of, _)| *of == service)
    });
    found.map_or(&NONE, |(_, models)| models)
}

/// An error of a service.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ErrorModel {
    status: u16,
    message: String,
}

/// Errors live as long as the process, as those that Rust has do.
fn documented((code, error): (String, ErrorModel)) -> (String, Documented) {
    let documented = Documented {
        status: error.status,
        code: Box::leak(code.clone().into_boxed_str()),
        message: Box::leak(error.message.into_boxed_str()),
    };
    (code, documented)
}

/// Reads the models of a service.
pub(crate) fn read(bundle: &Description, files: &[(&str, &str)]) -> Result<Models, String> {
    let service = &bundle.service;
    let mut models = Models::default();
    for (name, text) in files {
        let unreadable = |error: serde_saphyr::Error| {
            let error = error.without_snippet().to_string();
            format!("models/{service}/{name}.yaml: {error}")
        };
        match *name {
            ERRORS => {
                let errors: BTreeMap<String, ErrorModel> =
                    serde_saphyr::from_str(text).map_err(unreadable)?;
                models.errors = errors.into_iter().map(documented).collect();
            }
            EXAMPLES => models.examples = serde_saphyr::from_str(text).map_err(unreadable)?,
            _ => {
                let model: Model = serde_saphyr::from_str(text).map_err(unreadable)?;
                models.resources.insert((*name).to_owned(), model);
            }
        }
    }
    check(&models, bundle)?;
    Ok(models)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    #[test]
    fn every_model_is_carried_and_fits_its_description() {
        bundled().unwrap();
        for (service, files) in FILES {
            let carried: BTreeSet<String> = files
                .iter()
                .map(|(name, _)| format!("{name}.yaml"))
                .collect();
            let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("models")
                .join(service.as_str());
            let there: BTreeSet<String> = std::fs::read_dir(folder)
                .unwrap()
                .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                .collect();
            assert_eq!(carried, there);
        }
    }
}
