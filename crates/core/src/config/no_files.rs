//! What is said of files that only the feature `files` reads.

use super::layer::refused;
use super::variables::{CREDENTIALS_FILE, CREDENTIALS_FILE_AT_HOME};
use super::{Environment, Layer, Setting, Source};
use crate::error::Result;

const HOW: &str = "enable the feature files of otcdb-core, or of the crate otcdb; or unset it, and set OTCDB_ACCESS_KEY and \
     OTCDB_SECRET_KEY, or OS_USERNAME, OS_PASSWORD and OS_USER_DOMAIN_NAME, or OS_TOKEN, and a region";

/// # Errors
///
/// Always: whoever names an entry wants that identity and no other.
pub(super) fn cloud_entry(
    name: &Setting,
    _region: Option<&Setting>,
    _environment: &Environment,
    _notes: &mut Vec<String>,
) -> Result<Layer> {
    let what = format!(
        "it names the cloud {}, but this program is built without the reading of clouds.yaml",
        crate::redact::line(name.expose())
    );
    Err(refused(name.source(), &what, HOW))
}

/// No values.
///
/// # Errors
///
/// A variable names the file.
pub(super) fn credentials_file(
    environment: &Environment,
    _notes: &mut Vec<String>,
    excuses: &mut Vec<String>,
) -> Result<Layer> {
    if environment.variable(CREDENTIALS_FILE).is_some() {
        let source = Source::Variable(CREDENTIALS_FILE.to_owned());
        let what = "this program is built without the reading of credentials files";
        return Err(refused(&source, what, HOW));
    }
    if let Some(path) = environment.at_home(CREDENTIALS_FILE_AT_HOME)
        && let Ok(Some(_)) = environment.read(&path)
    {
        excuses.push(format!(
            "{} is not used: this program is built without the feature files of otcdb-core",
            path.display()
        ));
    }
    Ok(Layer::new())
}
