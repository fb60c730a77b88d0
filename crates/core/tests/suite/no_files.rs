//! What is said where files are asked for and the feature `files` is off.

use otcdb_core::config::{Key, Layer, Settings};
use otcdb_core::{Credentials, ErrorKind, Result};

use crate::fixture::world;

fn discover(flags: Layer, variables: &[(&str, &str)]) -> Result<Settings> {
    let files = [
        ("clouds.yaml", "clouds: {prod: {auth: {token: t}}}"),
        (
            "/home/u/.huaweicloud/credentials",
            "[basic]\nak = a\nsk = b",
        ),
    ];
    Settings::discover(flags, &world(variables, &files))
}

#[test]
fn what_names_a_file_is_refused_by_name() {
    let key = ("OTCDB_ACCESS_KEY", "ak");
    for name in [
        "OS_CLOUD",
        "OTCDB_CLOUD",
        "HUAWEICLOUD_SDK_CREDENTIALS_FILE",
    ] {
        let error = discover(Layer::new(), &[(name, "prod"), key]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument);
        assert!(error.message().contains(name), "{error}");
        let hint = error.hint().unwrap();
        assert!(hint.contains("feature files"), "{hint}");
        assert!(hint.contains("OTCDB_ACCESS_KEY"), "{hint}");
    }
    let flags = Layer::new().flag(Key::Cloud, "--os-cloud", Some("prod"));
    let error = discover(flags, &[]).unwrap_err();
    assert!(error.message().contains("--os-cloud"), "{error}");
}

#[test]
fn variables_are_enough_and_a_file_that_is_there_is_told_of() {
    let own = [("OTCDB_TOKEN", "t"), ("OTCDB_REGION", "eu-de")];
    let settings = discover(Layer::new(), &own).unwrap();
    assert!(matches!(settings.credentials(), Ok(Credentials::Token(_))));
    assert!(settings.notes().is_empty(), "{:?}", settings.notes());
    settings.session().unwrap().build().unwrap();

    let settings = discover(Layer::new(), &own[1..]).unwrap();
    let error = settings.credentials().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Credentials);
    assert!(error.hint().unwrap().contains("feature files"), "{error}");
    let notes = settings.notes().join("\n");
    assert!(
        notes.contains(".huaweicloud/credentials is not used"),
        "{notes}"
    );
}
