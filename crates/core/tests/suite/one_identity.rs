//! That a secret never meets the hosts, or the other half, of another identity.

use otcdb_core::config::{Key, Layer, Settings};
use otcdb_core::credentials::Domain;
use otcdb_core::{Credentials, ErrorKind, Service};

use crate::config::{access_key, discover};
use crate::fixture::world;

/// Where calls of each service would go.
fn hosts(settings: &Settings) -> Vec<String> {
    let endpoints = settings.endpoints().unwrap();
    [Service::Dcs, Service::Rds, Service::Iam]
        .map(|service| endpoints.get(service).host_str().unwrap().to_owned())
        .to_vec()
}

const TWO: &str = "
clouds:
  b:
    auth: {auth_url: 'https://iam.b.example/v3', username: bu, password: bp, user_domain_name: bd}
    region_name: eu-nl
  bare:
    auth: {auth_url: 'https://iam.bare.example/v3'}
    region_name: eu-nl
";

fn discover_cloud(cloud: &str, variables: &[(&str, &str)]) -> Settings {
    let flags = Layer::new().flag(Key::Cloud, "--os-cloud", Some(cloud));
    Settings::discover(flags, &world(variables, &[("clouds.yaml", TWO)])).unwrap()
}

#[test]
fn a_cloud_chosen_by_flag_is_used_whole_whatever_variables_are_left() {
    let left = [
        ("OS_TOKEN", "tokenOfCloudA"),
        ("OS_AUTH_URL", "https://iam.a.example/v3"),
        ("OS_PROJECT_ID", "projectOfA"),
        ("OTCDB_TOKEN", "tokenOfA2"),
        ("OTCDB_ENDPOINT", "https://a2.example"),
        ("OS_AGENCY_NAME", "agencyOfA"),
        ("HUAWEICLOUD_SDK_AK", "akOfA"),
    ];
    for count in 0..=left.len() {
        let settings = discover_cloud("b", &left[..count]);
        let Credentials::Password(password) = settings.credentials().unwrap() else {
            panic!("{settings:?}");
        };
        assert_eq!(password.password.expose(), "bp");
        assert_eq!(password.domain, Domain::Name("bd".into()));
        let expected = [
            "dcs.eu-nl.otc.t-systems.com",
            "rds.eu-nl.otc.t-systems.com",
            "iam.b.example",
        ];
        assert_eq!(hosts(&settings), expected);
        assert_eq!(settings.value(Key::ProjectId), None);
    }
    // Endpoints alone, with no identity beside them, do not draw the entry's secrets away either.
    let settings = discover_cloud("b", &[left[1], left[4]]);
    assert_eq!(hosts(&settings)[0], "dcs.eu-nl.otc.t-systems.com");
    assert_eq!(hosts(&settings)[2], "iam.b.example");
}

#[test]
fn an_entry_without_an_identity_goes_with_that_of_variables() {
    let settings = discover_cloud("bare", &[("OS_TOKEN", "t"), ("OS_REGION_NAME", "eu-de")]);
    assert_eq!(settings.credentials().unwrap().method(), "token");
    assert_eq!(settings.region().unwrap().as_str(), "eu-nl");
    assert_eq!(hosts(&settings)[2], "iam.bare.example");
}

#[test]
fn an_identity_never_meets_the_hosts_of_another() {
    let files = [("clouds.yaml", TWO)];
    // The token of A is used, and nothing of b, which has an identity of its own.
    let variables = [
        ("OS_TOKEN", "a"),
        ("OS_CLOUD", "b"),
        ("OS_REGION_NAME", "eu-de"),
    ];
    let settings = discover(&variables, &files);
    assert_eq!(settings.credentials().unwrap().method(), "token");
    assert_eq!(hosts(&settings)[2], "iam.eu-de.otc.t-systems.com");
    let error = discover(&variables[..2], &files).region().unwrap_err();
    assert!(
        error.hint().unwrap().contains("clouds.yaml (clouds.b)"),
        "{error:?}"
    );

    // The identity of b is used, and not the hosts of A.
    let variables = [
        ("OS_CLOUD", "b"),
        ("OS_AUTH_URL", "https://iam.a.example/v3"),
        ("OS_IDENTITY_ENDPOINT_OVERRIDE", "https://iam.a.example/v3"),
        ("OS_PASSWORD", "passwordOfA"),
        ("OS_USER_DOMAIN_NAME", "domainOfA"),
    ];
    let settings = discover(&variables, &files);
    assert_eq!(hosts(&settings)[2], "iam.b.example");
    assert_eq!(settings.value(Key::DomainName), Some("bd"));
    // The program's own variables replace endpoints on purpose.
    let with_own = [&variables[..], &[("OTCDB_ENDPOINT", "http://127.0.0.1:9")]].concat();
    assert_eq!(hosts(&discover(&with_own, &files))[2], "127.0.0.1");

    let variables = [
        ("OTCDB_TOKEN", "a"),
        ("OTCDB_REGION", "eu-de"),
        ("OS_USERNAME", "bu"),
        ("OS_AUTH_URL", "https://iam.b.example/v3"),
    ];
    assert_eq!(
        hosts(&discover(&variables, &[]))[2],
        "iam.eu-de.otc.t-systems.com"
    );
}

#[test]
fn the_parts_of_an_identity_come_from_one_place() {
    let keys = [("OS_ACCESS_KEY", "AK"), ("OS_SECRET_KEY", "SK")];
    let left = [
        &keys[..],
        &[
            ("OTCDB_SECRET_KEY", "left"),
            ("OTCDB_SECURITY_TOKEN", "left"),
        ],
    ]
    .concat();
    assert_eq!(
        access_key(&discover(&left, &[])),
        ("AK".into(), "SK".into(), None)
    );

    let user = [
        ("OS_USERNAME", "u"),
        ("OS_DOMAIN_NAME", "d"),
        ("OS_PASSWORD", "p"),
    ];
    let left = [
        &user[..],
        &[("OTCDB_PASSWORD", "left"), ("OTCDB_DOMAIN_NAME", "left")],
    ]
    .concat();
    let Credentials::Password(password) = discover(&left, &[]).credentials().unwrap() else {
        panic!("no password");
    };
    assert_eq!(password.password.expose(), "p");
    assert_eq!(password.domain, Domain::Name("d".into()));

    for mixed in [
        [("OTCDB_ACCESS_KEY", "AK"), ("OS_SECRET_KEY", "SK")],
        [("OTCDB_USERNAME", "u"), ("OS_PASSWORD", "p")],
    ] {
        let error = discover(&mixed, &[]).credentials().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Credentials);
        assert!(error.to_string().contains("lack the"), "{error}");
    }
}

#[test]
fn a_half_that_a_flag_gives_is_complained_of_and_a_domain_may_be_given_alone() {
    let user = [
        ("OS_USERNAME", "u"),
        ("OS_DOMAIN_NAME", "d"),
        ("OS_PASSWORD", "p"),
    ];
    let with = |key, flag| {
        let flags = Layer::new().flag(key, flag, Some("hunter2"));
        Settings::discover(flags, &world(&user, &[]))
            .unwrap()
            .credentials()
    };
    for (key, flag, lacks) in [
        (Key::Password, "--password-file", "username"),
        (Key::SecretKey, "--secret-key-file", "access_key"),
        (Key::SecurityToken, "--security-token-file", "access_key"),
        (Key::Username, "--username", "password"),
    ] {
        let error = with(key, flag).unwrap_err();
        let says = format!("the credentials from flag {flag} lack the {lacks}");
        assert_eq!(error.to_string(), says);
    }
    let Credentials::Password(password) = with(Key::DomainName, "--domain-name").unwrap() else {
        panic!("no password");
    };
    assert_eq!(password.domain, Domain::Name("hunter2".into()));
}
