//! Which setting wins, in worlds made of a few variables and files.

use otcdb_core::config::{Key, Layer, Settings};
use otcdb_core::credentials::{AgencyBase, Domain};
use otcdb_core::{Credentials, ErrorKind, Service};

use crate::fixture::world;

const CLOUDS: &str = "
clouds:
  prod:
    profile: otc
    auth:
      username: yaml-user
      project_name: eu-nl_team
      user_domain_name: yaml-domain
    region_name: eu-nl
  keys:
    auth: {auth_url: 'https://iam.eu-de.otc.t-systems.com/v3'}
    ak: yaml-ak
    sk: 00123
    dcs_endpoint_override: https://dcs.example.com
  profile-only:
    profile: otc
    auth: {token: yaml-token}
  empty:
";
const SECURE: &str = "
clouds:
  prod:
    auth:
      password: 007
";
const HUAWEI: &str = "
; a comment
[basic]
AK = file-ak
sk = file#sk;with=odd:characters
project_id = file-project
[global]
domain_id = file-domain
";

pub(crate) fn discover(variables: &[(&str, &str)], files: &[(&str, &str)]) -> Settings {
    Settings::discover(Layer::new(), &world(variables, files)).unwrap()
}

/// Key, what is shown, and where it came from, one line each.
fn report(settings: &Settings) -> Vec<String> {
    settings
        .report()
        .into_iter()
        .map(|line| format!("{} = {} from {}", line.key, line.shown, line.source))
        .collect()
}

pub(crate) fn access_key(settings: &Settings) -> (String, String, Option<String>) {
    let Credentials::AccessKey(keys) = settings.credentials().unwrap() else {
        panic!("no access key: {settings:?}");
    };
    (
        keys.id,
        keys.secret.expose().to_owned(),
        keys.security_token.map(|token| token.expose().to_owned()),
    )
}

#[test]
fn each_place_gives_way_to_the_one_before() {
    let files = [
        ("clouds.yaml", CLOUDS),
        ("/home/u/.huaweicloud/credentials", HUAWEI),
    ];
    let mut variables = vec![("OTCDB_REGION", "eu-de")];
    let source = |variables: &[(&str, &str)], flag: Option<&str>| {
        let flags = Layer::new().flag(Key::AccessKey, "--access-key", flag);
        let settings = Settings::discover(flags, &world(variables, &files)).unwrap();
        settings.get(Key::AccessKey).unwrap().source().to_string()
    };
    assert_eq!(
        source(&variables, None),
        "/home/u/.huaweicloud/credentials ([basic])"
    );
    variables.push(("OS_CLOUD", "keys"));
    assert_eq!(source(&variables, None), "clouds.yaml (clouds.keys)");
    variables.push(("HUAWEICLOUD_SDK_AK", "x"));
    assert_eq!(source(&variables, None), "variable HUAWEICLOUD_SDK_AK");
    variables.push(("OS_ACCESS_KEY", "x"));
    assert_eq!(source(&variables, None), "variable OS_ACCESS_KEY");
    variables.push(("OTCDB_ACCESS_KEY", "x"));
    assert_eq!(source(&variables, None), "variable OTCDB_ACCESS_KEY");
    assert_eq!(source(&variables, Some("x")), "flag --access-key");
    variables.push(("OTCDB_ACCESS_KEY", ""));
    assert_eq!(source(&variables, Some("")), "variable OS_ACCESS_KEY");
}

#[test]
fn clouds_yaml_and_secure_yaml_make_one_entry() {
    let settings = discover(
        &[("OS_CLOUD", "prod")],
        &[
            ("/home/u/.config/openstack/clouds.yaml", CLOUDS),
            ("/home/u/.config/openstack/secure.yaml", SECURE),
        ],
    );
    assert_eq!(
        report(&settings),
        [
            "cloud = prod from variable OS_CLOUD",
            "region = eu-nl from /home/u/.config/openstack/clouds.yaml (clouds.prod)",
            "project_name = eu-nl_team from /home/u/.config/openstack/clouds.yaml (clouds.prod)",
            "domain_name = yaml-domain from /home/u/.config/openstack/clouds.yaml (clouds.prod)",
            "username = yaml-user from /home/u/.config/openstack/clouds.yaml (clouds.prod)",
            "password = *** from /home/u/.config/openstack/secure.yaml (clouds.prod)",
        ]
    );
    let Credentials::Password(password) = settings.credentials().unwrap() else {
        panic!("{settings:?}");
    };
    // A password that looks like a number is kept as it is written.
    assert_eq!(password.password.expose(), "007");
    assert_eq!(password.domain, Domain::Name("yaml-domain".into()));
}

#[test]
fn keys_of_clouds_yaml_and_of_the_huawei_file_are_read_to_the_letter() {
    let settings = discover(&[("OS_CLOUD", "keys")], &[("clouds.yaml", CLOUDS)]);
    assert_eq!(
        access_key(&settings),
        ("yaml-ak".into(), "00123".into(), None)
    );
    let endpoints = settings.endpoints().unwrap();
    assert_eq!(
        endpoints.get(Service::Dcs).as_str(),
        "https://dcs.example.com/"
    );
    assert_eq!(
        endpoints.get(Service::Rds).as_str(),
        "https://rds.eu-de.otc.t-systems.com/"
    );
    assert_eq!(
        endpoints.get(Service::Iam).as_str(),
        "https://iam.eu-de.otc.t-systems.com/"
    );

    let settings = discover(&[], &[("/home/u/.huaweicloud/credentials", HUAWEI)]);
    let expected = ("file-ak".into(), "file#sk;with=odd:characters".into(), None);
    assert_eq!(access_key(&settings), expected);
    assert_eq!(settings.value(Key::DomainId), Some("file-domain"));
}

#[test]
fn a_security_token_is_only_taken_from_beside_its_keys() {
    let with = |variables: &[(&str, &str)]| access_key(&discover(variables, &[])).2;
    let keys = [("OTCDB_ACCESS_KEY", "a"), ("OTCDB_SECRET_KEY", "s")];
    let with_more = |more: (&'static str, &'static str)| {
        let mut all = keys.to_vec();
        all.push(more);
        with(&all)
    };
    assert_eq!(with_more(("OTCDB_SECURITY_TOKEN", "t")), Some("t".into()));
    assert_eq!(with_more(("OS_SECURITY_TOKEN", "stale")), None);
}

#[test]
fn id_and_name_of_a_project_are_not_mixed() {
    let settings = discover(
        &[("OTCDB_PROJECT_NAME", "mine"), ("OS_PROJECT_ID", "other")],
        &[],
    );
    assert_eq!(settings.value(Key::ProjectName), Some("mine"));
    assert_eq!(settings.value(Key::ProjectId), None);
}

#[test]
fn the_first_place_decides_how_identity_is_proved() {
    let method =
        |variables: &[(&str, &str)]| discover(variables, &[]).credentials().unwrap().method();
    let password = [
        ("OS_USERNAME", "u"),
        ("OS_PASSWORD", "p"),
        ("OS_DOMAIN_NAME", "d"),
    ];
    let and = |more: &[(&'static str, &'static str)]| [&password[..], more].concat();
    assert_eq!(method(&password), "password");
    assert_eq!(method(&and(&[("OS_TOKEN", "t")])), "token");
    assert_eq!(method(&and(&[("OTCDB_TOKEN", "t")])), "token");
    assert_eq!(
        method(&and(&[
            ("HUAWEICLOUD_SDK_AK", "a"),
            ("HUAWEICLOUD_SDK_SK", "s")
        ])),
        "password"
    );
    assert_eq!(
        method(&and(&[
            ("OTCDB_ACCESS_KEY", "a"),
            ("OTCDB_SECRET_KEY", "s")
        ])),
        "access key"
    );
    assert_eq!(
        method(&and(&[
            ("OTCDB_AGENCY_NAME", "a"),
            ("OTCDB_AGENCY_DOMAIN_ID", "d")
        ])),
        "agency"
    );
}

#[test]
fn an_agency_needs_its_domain_and_something_that_can_take_it() {
    let agency = [
        ("OTCDB_AGENCY_NAME", "ops"),
        ("OTCDB_AGENCY_DOMAIN_NAME", "theirs"),
    ];
    let token = [("OS_TOKEN", "t")];
    let Credentials::Agency(taken) = discover(&[agency.as_slice(), &token].concat(), &[])
        .credentials()
        .unwrap()
    else {
        panic!("no agency");
    };
    assert_eq!(taken.domain, Domain::Name("theirs".into()));
    assert!(matches!(taken.base, AgencyBase::Token(_)));

    let keys = [("OS_ACCESS_KEY", "a"), ("OS_SECRET_KEY", "s")];
    for variables in [
        [&agency[..1], &token].concat(),
        [agency.as_slice(), &keys].concat(),
    ] {
        let error = discover(&variables, &[]).credentials().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Credentials);
    }
}

#[test]
fn incomplete_credentials_say_what_is_missing_and_where_the_rest_is() {
    for (variables, says) in [
        (
            vec![],
            "no credentials were found in OTCDB_CLOUD, OTCDB_TOKEN, OTCDB_USERNAME, OTCDB_ACCESS_KEY, OS_CLOUD, OS_TOKEN, \
             OS_AUTH_TOKEN, OS_USERNAME, OS_ACCESS_KEY or HUAWEICLOUD_SDK_AK",
        ),
        (
            vec![("OS_USERNAME", "u"), ("OS_DOMAIN_NAME", "d")],
            "the credentials from variable OS_USERNAME lack the password",
        ),
        (
            vec![("OS_USERNAME", "u"), ("OS_PASSWORD", "hunter2")],
            "the credentials from variable OS_USERNAME lack the domain_name",
        ),
        (
            vec![("OTCDB_ACCESS_KEY", "hunter2")],
            "the credentials from variable OTCDB_ACCESS_KEY lack the secret_key",
        ),
    ] {
        let error = discover(&variables, &[]).credentials().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Credentials);
        assert_eq!(error.to_string(), says);
        assert!(error.hint().is_some());
        assert!(!format!("{error:?}").contains("hunter2"));
    }
}

#[test]
fn the_region_is_derived_when_it_is_not_given() {
    for (variables, region, source) in [
        (
            vec![("OS_AUTH_URL", "https://iam.eu-nl.otc.t-systems.com:443/v3")],
            "eu-nl",
            "derived from auth_url",
        ),
        (
            vec![(
                "OS_AUTH_URL",
                "https://iam-pub.eu-ch2.sc.otc.t-systems.com/v3",
            )],
            "eu-ch2",
            "derived from auth_url",
        ),
        (
            vec![("OS_PROJECT_NAME", "eu-de_team")],
            "eu-de",
            "derived from project_name",
        ),
        (
            vec![
                ("OS_PROJECT_NAME", "eu-de_team"),
                ("OS_REGION_NAME", "eu-nl"),
            ],
            "eu-nl",
            "variable OS_REGION_NAME",
        ),
    ] {
        let settings = discover(&variables, &[]);
        assert_eq!(settings.region().unwrap().as_str(), region);
        assert_eq!(
            settings.get(Key::Region).unwrap().source().to_string(),
            source
        );
    }
    let profile = discover(&[("OS_CLOUD", "profile-only")], &[("clouds.yaml", CLOUDS)]);
    assert_eq!(profile.region().unwrap().as_str(), "eu-de");
    for variables in [
        vec![],
        vec![("OS_AUTH_URL", "https://iam.myhuaweicloud.com/v3")],
        vec![("OS_AUTH_URL", "https://iam.eu-de.example.com/v3")],
        vec![("OS_AUTH_URL", "not a url")],
    ] {
        let error = discover(&variables, &[]).region().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument, "{variables:?}");
    }
}

#[test]
fn an_endpoint_for_all_services_gives_way_to_one_beside_it_but_not_to_a_later_one() {
    let settings = discover(
        &[
            ("OTCDB_REGION", "eu-de"),
            ("OTCDB_ENDPOINT", "http://127.0.0.1:9"),
            ("OTCDB_RDS_ENDPOINT", "https://rds.example.com"),
            ("OS_AUTH_URL", "https://iam.example.com/v3"),
        ],
        &[],
    );
    let endpoints = settings.endpoints().unwrap();
    assert_eq!(endpoints.get(Service::Dcs).as_str(), "http://127.0.0.1:9/");
    assert_eq!(
        endpoints.get(Service::Rds).as_str(),
        "https://rds.example.com/"
    );
    assert_eq!(endpoints.get(Service::Iam).as_str(), "http://127.0.0.1:9/");
}

#[test]
fn every_service_has_a_variable_a_key_of_clouds_yaml_and_a_line_of_the_report() {
    let url = |service: Service| format!("https://{service}.example.com");
    let (mut variables, mut yaml) = (
        vec![("OTCDB_REGION".to_owned(), "eu-de".to_owned())],
        "clouds:\n  c:\n    auth: {token: t}\n".to_owned(),
    );
    for service in Service::ALL {
        let name = service.as_str().replace('-', "_");
        let upper = name.to_uppercase();
        variables.push((format!("OTCDB_{upper}_ENDPOINT"), url(service)));
        yaml.push_str(&format!(
            "    {name}_endpoint_override: {}/v3\n",
            url(service)
        ));
    }
    let variables: Vec<(&str, &str)> = variables
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let by_variables = discover(&variables, &[]);
    let by_file = discover(
        &[("OTCDB_REGION", "eu-de"), ("OTCDB_CLOUD", "c")],
        &[("/home/u/.config/openstack/clouds.yaml", yaml.as_str())],
    );
    for settings in [by_variables, by_file] {
        let endpoints = settings.endpoints().unwrap();
        let report = report(&settings).join("\n");
        for service in Service::ALL {
            let base = format!("{}/", url(service));
            assert_eq!(endpoints.get(service).as_str(), base);
            let line = format!("{} = {}", Key::EndpointOf(service), url(service));
            assert!(report.contains(&line), "no {line:?} in {report}");
        }
    }
    let keys: std::collections::BTreeSet<_> = Key::all().collect();
    assert_eq!(keys.len(), Key::all().count());
}

#[test]
fn files_that_cannot_be_used_are_named_without_quoting_them() {
    let fails = |variables: &[(&str, &str)], files: &[(&str, &str)]| {
        let error = Settings::discover(Layer::new(), &world(variables, files)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument);
        let shown = format!("{error} {error:?} {}", error.hint().unwrap_or_default());
        assert!(!shown.contains("hunter2"), "{shown}");
        shown
    };
    let cloud = [("OS_CLOUD", "prod")];
    assert!(fails(&cloud, &[]).contains("no clouds.yaml has a cloud named \"prod\""));
    let other = "clouds: {test: {auth: {password: hunter2}}}";
    assert!(fails(&cloud, &[("clouds.yaml", other)]).contains("there are: test"));
    for broken in [
        "clouds: [hunter2",
        "clouds: {prod: {auth: hunter2}}",
        "- hunter2",
    ] {
        assert!(
            fails(&cloud, &[("clouds.yaml", broken)]).contains("clouds.yaml is not a clouds file")
        );
    }
    let broken = "[basic\nsk hunter2";
    let huawei = fails(&[], &[("/home/u/.huaweicloud/credentials", broken)]);
    assert!(
        huawei.contains("/home/u/.huaweicloud/credentials is not"),
        "{huawei}"
    );
    let path = "/home/u/.huaweicloud/credentials";
    for text in [
        "ak = a\nsk = b\n",
        "[global]\nak = a\nsk = b\n",
        "basic:\n  ak: a\n",
    ] {
        let settings = discover(&[], &[(path, text)]);
        let says = "has no ak and sk in a section [basic]";
        assert!(settings.notes()[0].contains(says), "{:?}", settings.notes());
        let settings = discover(&[("OS_TOKEN", "t")], &[(path, text)]);
        assert!(settings.notes().is_empty());
    }
    for variable in ["OS_CLIENT_CONFIG_FILE", "HUAWEICLOUD_SDK_CREDENTIALS_FILE"] {
        let missing = fails(
            &[cloud[0], (variable, "/nowhere/file")],
            &[("clouds.yaml", CLOUDS)],
        );
        assert!(
            missing.contains("/nowhere/file, which is not there"),
            "{missing}"
        );
    }
}

#[test]
fn no_secret_shows_in_report_or_debug_output() {
    let variables = [
        ("OTCDB_REGION", "eu-de"),
        ("OTCDB_ACCESS_KEY", "hunter2-ak"),
        ("OTCDB_SECRET_KEY", "hunter2-sk"),
        ("OTCDB_SECURITY_TOKEN", "hunter2-st"),
        ("OS_TOKEN", "hunter2-t"),
        ("OS_PASSWORD", "hunter2-p"),
    ];
    let environment = world(&variables, &[]);
    let settings = Settings::discover(Layer::new(), &environment).unwrap();
    let shown = format!(
        "{environment:?} {settings:?} {:?} {:?} {:?} {:?}",
        report(&settings),
        settings.credentials().unwrap(),
        settings.session().unwrap(),
        settings.session().unwrap().build().unwrap(),
    );
    assert!(!shown.contains("hunter2"), "{shown}");
    assert_eq!(settings.value(Key::SecretKey), None);
}
