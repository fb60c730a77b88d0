//! `clouds.yaml` as it is documented for other clients, key by key.

use std::path::Path;

use otcdb_core::config::{Environment, Key, Layer, Settings};
use otcdb_core::credentials::Domain;
use otcdb_core::{Credentials, Error, Service};

use crate::fixture::world;

/// An entry `c` of these lines.
fn entry(lines: &str) -> String {
    let lines: String = lines.lines().map(|line| format!("    {line}\n")).collect();
    format!("clouds:\n  c:\n{lines}")
}

const USER: &str =
    "region_name: eu-de\nauth:\n  username: u\n  password: p\n  user_domain_name: d\n";

fn chosen(environment: &Environment) -> Result<Settings, Error> {
    let flags = Layer::new().flag(Key::Cloud, "--os-cloud", Some("c"));
    Settings::discover(flags, environment)
}

fn read(lines: &str) -> Result<Settings, Error> {
    chosen(&world(&[], &[("clouds.yaml", &entry(lines))]))
}

/// Why the entry is refused, with the hint.
fn refusal(lines: &str) -> String {
    let error = read(lines)
        .and_then(|settings| settings.credentials().map(drop))
        .unwrap_err();
    format!("{error}; {}", error.hint().unwrap_or_default())
}

#[test]
fn an_entry_may_be_null_and_be_filled_by_secure_yaml() {
    for clouds in [
        "clouds:\n  c:\n",
        "clouds:\n  c:\n    auth:\n",
        "clouds:\n  c: {auth: {password: ~}}\n",
    ] {
        let secure = entry(USER);
        let files = [("clouds.yaml", clouds), ("secure.yaml", &secure)];
        let settings = chosen(&world(&[], &files)).unwrap();
        assert_eq!(settings.credentials().unwrap().method(), "password");
    }
}

#[test]
fn a_foreign_clouds_file_does_not_get_the_password_of_another_folder() {
    let foreign = entry(
        "region_name: eu-de\nauth: {auth_url: 'https://evil.example/v3', username: u, user_domain_name: d}",
    );
    let secure = entry("auth: {password: hunter2}");
    let home = "/home/u/.config/openstack/secure.yaml";
    let settings = chosen(&world(&[], &[("clouds.yaml", &foreign), (home, &secure)])).unwrap();
    let error = settings.credentials().unwrap_err();
    assert!(error.to_string().contains("lack the password"), "{error}");
    assert_eq!(
        settings.notes(),
        [format!(
            "{home} is not used: only a secure.yaml beside clouds.yaml counts, or one that OS_CLIENT_SECURE_FILE names"
        )]
    );

    // Beside it, or named on purpose, it counts.
    for (variables, files) in [
        (
            &[][..],
            [
                ("/home/u/.config/openstack/clouds.yaml", foreign.as_str()),
                (home, &secure),
            ],
        ),
        (
            &[("OS_CLIENT_CONFIG_FILE", "/x/my.yaml")],
            [("/x/my.yaml", &foreign), ("/x/secure.yml", &secure)],
        ),
        (
            &[("OS_CLIENT_SECURE_FILE", home)],
            [("clouds.yaml", &foreign), (home, &secure)],
        ),
    ] {
        let settings = chosen(&world(variables, &files)).unwrap();
        assert!(settings.credentials().is_ok(), "{files:?}");
        assert!(settings.notes().is_empty());
    }
    // The same of profiles, which say where secrets go.
    let profiled = entry(&format!("profile: mine\n{USER}"));
    let public = "public-clouds: {mine: {auth: {auth_url: 'https://mine.example/v3'}}}";
    let other_folder = [
        ("clouds.yaml", profiled.as_str()),
        ("/etc/openstack/clouds-public.yaml", public),
    ];
    assert!(chosen(&world(&[], &other_folder)).is_err());
}

#[test]
fn values_of_a_region_win_and_the_region_can_be_chosen() {
    let lines = format!(
        "{}regions:\n- name: eu-de\n  values: {{auth: {{project_name: eu-de_a}}, cacert: /ca-de.pem}}\n- name: eu-nl\n  values:\n    auth: {{project_name: eu-nl_b}}\n    dcs_endpoint_override: https://dcs.nl.example\n- eu-ch2\n",
        USER.replace("region_name: eu-de\n", "")
    );
    let text = entry(&lines);
    let of = |variables: &[(&str, &str)], flag: Option<&str>| {
        let flags = Layer::new().flag(Key::Cloud, "--os-cloud", Some("c")).flag(
            Key::Region,
            "--region",
            flag,
        );
        Settings::discover(flags, &world(variables, &[("clouds.yaml", &text)]))
    };
    let first = of(&[], None).unwrap();
    assert_eq!(first.region().unwrap().as_str(), "eu-de");
    assert_eq!(first.value(Key::ProjectName), Some("eu-de_a"));
    assert_eq!(first.value(Key::CaCert), Some("/ca-de.pem"));
    let second = of(&[], Some("eu-nl")).unwrap();
    assert_eq!(second.value(Key::ProjectName), Some("eu-nl_b"));
    assert_eq!(second.value(Key::CaCert), None);
    let dcs = second.endpoints().unwrap().get(Service::Dcs).to_string();
    assert_eq!(dcs, "https://dcs.nl.example/");
    assert_eq!(
        of(&[], Some("eu-ch2")).unwrap().value(Key::ProjectName),
        None
    );
    let error = of(&[], Some("eu-xx")).unwrap_err();
    assert!(error.to_string().contains("from flag --region"), "{error}");
    assert_eq!(error.hint(), Some("its regions are: eu-de, eu-nl, eu-ch2"));
    // What is left in variables does not choose for an entry that a flag chose.
    let left = of(&[("OS_REGION_NAME", "eu-nl")], None).unwrap();
    assert_eq!(left.value(Key::ProjectName), Some("eu-de_a"));

    for names in [
        "region_name: [eu-nl, eu-de]",
        "region_name: eu-nl,eu-de",
        "region_name: eu-nl\nregions: [eu-de, eu-nl]",
    ] {
        let settings = read(&USER.replace("region_name: eu-de", names)).unwrap();
        assert_eq!(settings.region().unwrap().as_str(), "eu-nl", "{names}");
    }
}

#[test]
fn keys_beside_auth_are_read_and_pointed_at() {
    let settings = read("region_name: eu-de\nusername: u\npassword: hunter2\nuser-domain-name: d\nproject_name: x\nauth:\n").unwrap();
    let Credentials::Password(password) = settings.credentials().unwrap() else {
        panic!("{settings:?}");
    };
    assert_eq!(password.password.expose(), "hunter2");
    assert_eq!(
        settings.notes(),
        [
            "clouds.yaml (clouds.c): username, password, user_domain_name, project_name beside auth is read, but belongs inside auth"
        ]
    );
    // Keys that other clients of these clouds put there are at home in both places.
    let keys = read("region_name: eu-de\nak: a\nsk: s\nsecurity_token: t\n").unwrap();
    assert_eq!(keys.credentials().unwrap().method(), "temporary access key");
    assert!(keys.notes().is_empty());
}

#[test]
fn the_ways_to_prove_identity_are_honoured_or_refused_by_name() {
    let all = "region_name: eu-de\nauth: {token: t, username: u, password: p, user_domain_name: d, ak: a, sk: s}\n";
    for (auth_type, method) in [
        ("password", "password"),
        ("v3password", "password"),
        ("token", "token"),
        ("v3token", "token"),
        ("aksk", "access key"),
        ("null", "token"),
        ("''", "token"),
    ] {
        let settings = read(&format!("auth_type: {auth_type}\n{all}")).unwrap();
        assert_eq!(
            settings.credentials().unwrap().method(),
            method,
            "{auth_type}"
        );
    }
    for name in [
        "v3applicationcredential",
        "v3oidcpassword",
        "v3totp",
        "v3multifactor",
        "none",
        "v2password",
        "admin_token",
        "http_basic",
    ] {
        for key in ["auth_type", "auth_plugin", "auth-type"] {
            let says = refusal(&format!("{key}: {name}\n{all}"));
            assert!(
                says.contains(&format!("auth_type {name} is not supported")),
                "{says}"
            );
            assert!(says.contains("username and password"), "{says}");
        }
    }
    let says = refusal(&format!("auth_type: token\n{USER}"));
    assert!(
        says.contains("its auth_type asks for token, but it has only username"),
        "{says}"
    );

    for (lines, name) in [
        (
            "auth: {application_credential_id: i, application_credential_secret: hunter2}",
            "application_credential_id",
        ),
        (
            "auth: {application_credential_name: n, application_credential_secret: hunter2, username: u}",
            "application_credential_name",
        ),
        ("auth: {user_id: i, password: hunter2}", "user_id"),
        (
            "auth: {username: u, password: hunter2, passcode: 1}",
            "passcode",
        ),
        (
            "auth: {username: u, password: hunter2, trust_id: 1}",
            "trust_id",
        ),
        (
            "auth: {username: u, password: hunter2, system_scope: all}",
            "system_scope",
        ),
        ("cert: /c.pem\nkey: /k.pem", "cert"),
        ("identity_api_version: 2", "identity_api_version 2"),
        ("auth: {auth_url: 'https://iam.example/v2.0'}", "auth_url"),
        ("verify: /ca.pem", "verify is neither true nor false"),
        ("profile: vexxhost", "profile vexxhost"),
        (
            "profile: https://vexxhost.example",
            "profile https://vexxhost.example",
        ),
    ] {
        let says = refusal(&format!("region_name: eu-de\n{lines}\n"));
        assert!(says.starts_with("clouds.yaml (clouds.c): "), "{says}");
        assert!(says.contains(name) && !says.contains("hunter2"), "{says}");
    }
}

#[test]
fn variables_ask_for_ways_to_prove_identity_too() {
    let of = |variables: &[(&str, &str)]| {
        let all = [&[("OS_REGION_NAME", "eu-de")], variables].concat();
        Settings::discover(Layer::new(), &world(&all, &[]))
            .unwrap()
            .credentials()
    };
    for variables in [
        &[
            ("OS_AUTH_TYPE", "v3applicationcredential"),
            ("OS_USERNAME", "u"),
        ][..],
        &[
            ("OS_APPLICATION_CREDENTIAL_ID", "i"),
            ("OS_APPLICATION_CREDENTIAL_SECRET", "hunter2"),
        ],
    ] {
        let error = of(variables).unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with(&format!("variable {}: ", variables[0].0)),
            "{error}"
        );
    }
    let both = [
        ("OS_TOKEN", "t"),
        ("OS_USERNAME", "u"),
        ("OS_PASSWORD", "p"),
        ("OS_USER_DOMAIN_ID", "d"),
    ];
    let with = |auth_type| {
        of(&[&both[..], &[("OS_AUTH_TYPE", auth_type)]].concat())
            .unwrap()
            .method()
    };
    assert_eq!(
        (with(""), with("v3password"), with("v3token")),
        ("token", "password", "token")
    );
    // What is left from other work does not matter to another identity.
    let other = [("OS_AUTH_TYPE", "v3oidcpassword"), ("OTCDB_TOKEN", "t")];
    assert_eq!(of(&other).unwrap().method(), "token");
}

#[test]
fn what_is_not_honoured_is_noted() {
    for (lines, note) in [
        ("verify: false", "verify: false is refused"),
        ("verify: no", "verify: no is refused"),
        ("insecure: True", "insecure: True is refused"),
        ("interface: internal", "interface internal is not used"),
        (
            "profile: vexxhost\nidentity_endpoint_override: https://iam.example",
            "the profile vexxhost is not known",
        ),
        (
            "auth: {username: u, password: p, user_domain_name: d, project_domain_name: other}",
            "project_domain_name is not used",
        ),
    ] {
        let settings = read(&format!("region_name: eu-de\n{lines}\n")).unwrap();
        let [only] = settings.notes() else {
            panic!("{lines}: {:?}", settings.notes());
        };
        assert!(only.contains(note), "{only}");
    }
    for lines in [
        "verify: true\ninsecure: false\ninterface: public\nidentity_api_version: 3\nidentity_api_version_: v3",
        "identity_api_version: '3.14'\nendpoint_type: publicURL\nnetworks: [{name: a}]\nimage_format: vhd\nforce_ipv4: true",
        "verify:\ninterface: ~\ncert: null\nprofile: otc",
    ] {
        let settings = read(&format!("{USER}{lines}\n")).unwrap();
        assert_eq!(settings.notes(), <[String; 0]>::default(), "{lines}");
        assert!(settings.session().is_ok());
    }
    let variables = [
        ("OS_INSECURE", "true"),
        ("OS_CERT", "/c.pem"),
        ("OTCDB_TOKEN", "t"),
    ];
    let settings = Settings::discover(Layer::new(), &world(&variables, &[])).unwrap();
    assert!(settings.notes()[0].contains("OS_INSECURE is refused"));
    assert!(settings.notes()[1].contains("OS_CERT is not used"));
    let off = Settings::discover(Layer::new(), &world(&[("OS_INSECURE", "0")], &[])).unwrap();
    assert!(off.notes().is_empty());
}

#[test]
fn urls_are_taken_as_other_clients_write_them() {
    for (url, iam) in [
        ("https://iam.example", "https://iam.example/"),
        ("https://iam.example/v3", "https://iam.example/"),
        ("https://iam.example/v3/", "https://iam.example/"),
        ("https://iam.example/v3/auth/tokens", "https://iam.example/"),
        (
            "https://iam.{region_name}.example:443/v3",
            "https://iam.eu-de.example/",
        ),
    ] {
        let settings = read(&format!("{USER}  auth_url: '{url}'\n")).unwrap();
        let endpoints = settings.endpoints().unwrap();
        assert_eq!(endpoints.get(Service::Iam).as_str(), iam, "{url}");
    }
    let settings = read(&format!(
        "{USER}rdsv3_endpoint_override: 'https://rds.example/v3/%(project_id)s'\ndcs_endpoint: https://dcs.old.example\n"
    ))
    .unwrap();
    let endpoints = settings.endpoints().unwrap();
    assert_eq!(endpoints.get(Service::Rds).as_str(), "https://rds.example/");
    assert_eq!(
        endpoints.get(Service::Dcs).as_str(),
        "https://dcs.old.example/"
    );
}

#[test]
fn profiles_say_where_a_cloud_is() {
    for (profile, region) in [("otc", "eu-de"), ("otc-swiss", "eu-ch2")] {
        for key in ["profile", "cloud"] {
            let settings = read(&format!("{key}: {profile}\nauth: {{token: t}}\n")).unwrap();
            assert_eq!(settings.region().unwrap().as_str(), region);
        }
    }
    let text = entry("profile: mine\nauth: {token: t}\n");
    let public = "public-clouds:\n  mine:\n    auth: {auth_url: 'https://iam.{region_name}.mine.example/v3'}\n    regions: [eu-nl]\n  other: 5\n";
    let files = [
        ("clouds.yaml", text.as_str()),
        ("clouds-public.yaml", public),
    ];
    let settings = chosen(&world(&[], &files)).unwrap();
    assert_eq!(settings.region().unwrap().as_str(), "eu-nl");
    let endpoints = settings.endpoints().unwrap();
    assert_eq!(
        endpoints.get(Service::Iam).as_str(),
        "https://iam.eu-nl.mine.example/"
    );
}

#[test]
fn domains_and_the_project_of_an_agency() {
    for (lines, domain) in [
        (
            "user_domain_name: a, domain_id: b",
            Domain::Name("a".into()),
        ),
        (
            "domain_name: a, default_domain_id: b",
            Domain::Name("a".into()),
        ),
        ("default_domain_id: b", Domain::Id("b".into())),
    ] {
        let settings = read(&format!(
            "region_name: eu-de\nauth: {{username: u, password: p, {lines}}}\n"
        ))
        .unwrap();
        let Credentials::Password(password) = settings.credentials().unwrap() else {
            panic!("{settings:?}");
        };
        assert_eq!(password.domain, domain);
    }
    let settings = read(&format!(
        "{USER}  project_id: own\n  agency_name: ops\n  agency_domain_name: theirs\n  delegated_project: eu-de_theirs\n"
    ))
    .unwrap();
    assert_eq!(settings.credentials().unwrap().method(), "agency");
    assert_eq!(settings.value(Key::ProjectName), Some("eu-de_theirs"));
    assert_eq!(settings.value(Key::ProjectId), None);
}

#[test]
fn an_older_openrc_that_comes_before_the_entry_is_noted() {
    let text = entry(&format!("{USER}  project_name: eu-de_x\n"));
    let discover = |variables: &[(&str, &str)]| {
        let all = [&[("OS_CLOUD", "c")], variables].concat();
        Settings::discover(Layer::new(), &world(&all, &[("clouds.yaml", &text)])).unwrap()
    };
    for (name, value) in [
        ("OS_USERNAME", "old"),
        ("OS_TOKEN", "hunter2"),
        ("OTCDB_ACCESS_KEY", "hunter2"),
    ] {
        let settings = discover(&[(name, value)]);
        let [note] = settings.notes() else {
            panic!("{:?}", settings.notes());
        };
        let says = format!(
            "variable OS_CLOUD names \"c\", but the identity from variable {name} comes first, so nothing of clouds.yaml (clouds.c) is used"
        );
        assert!(note.starts_with(&says), "{note}");
        assert!(!note.contains("hunter2"));
        let passed_over: Vec<_> = settings.passed_over().map(ToString::to_string).collect();
        assert_eq!(passed_over, ["clouds.yaml (clouds.c)"]);
    }
    let settings = discover(&[
        ("OS_REGION_NAME", "eu-nl"),
        ("OS_PROJECT_NAME", "eu-de_x"),
        ("OS_PASSWORD", ""),
    ]);
    assert_eq!(settings.notes().len(), 1);
    assert!(
        settings.notes()[0]
            .starts_with("the region from variable OS_REGION_NAME comes before that of")
    );
    assert!(
        discover(&[("OS_REGION_NAME", "eu-de"), ("OS_USERNAME", "")])
            .notes()
            .is_empty()
    );
}

#[test]
fn what_an_entry_lacks_is_named_as_it_is_written_there() {
    for (lines, says) in [
        (
            "region_name: eu-de",
            "the entry c that flag --os-cloud names has none",
        ),
        (
            "region_name: eu-de\nauth: {username: u, password: p}",
            "add user_domain_name to that entry",
        ),
        (
            "region_name: eu-de\nauth: {username: u, user_domain_name: d}",
            "add password to that entry",
        ),
        ("region_name: eu-de\nauth: {ak: a}", "add sk to that entry"),
    ] {
        let refused = refusal(lines);
        assert!(refused.contains(says), "{lines}: {refused}");
        assert!(!refused.contains("OS_CLOUD"), "{lines}: {refused}");
    }
}

#[test]
fn an_endpoint_that_cannot_be_used_is_said_with_its_place() {
    for lines in ["auth_url: 5", "rds_endpoint_override: rds.example.com"] {
        let settings = read(&format!("{USER}{lines}\n")).unwrap();
        let error = settings.endpoints().unwrap_err();
        assert!(
            error.to_string().contains("from clouds.yaml (clouds.c)"),
            "{error}"
        );
    }
    let settings = Settings::discover(
        Layer::new(),
        &world(
            &[("OS_REGION_NAME", "eu-de"), ("OTCDB_ENDPOINT", "ftp://x")],
            &[],
        ),
    )
    .unwrap();
    let error = settings.endpoints().unwrap_err();
    assert!(error.to_string().contains("from variable OTCDB_ENDPOINT"));
}

#[test]
fn an_entry_that_stands_twice_is_refused() {
    let twice = format!("{}{}", entry(USER), "  c: {}\n");
    let error = chosen(&world(&[], &[("clouds.yaml", &twice)])).unwrap_err();
    assert!(
        error.to_string().contains("at line 8: c is given twice"),
        "{error}"
    );
    // Another may.
    let other = format!("{}{}", entry(USER), "  d: {}\n  d: {}\n");
    assert!(chosen(&world(&[], &[("clouds.yaml", &other)])).is_ok());
}

#[test]
fn files_of_secrets_that_others_may_read_are_noted() {
    let whole = entry(USER);
    let without = entry("region_name: eu-de\nauth: {username: u, user_domain_name: d}");
    let other = format!("{without}  other:\n    auth: {{password: x}}\n");
    let secret = entry("auth: {password: p}");
    let huawei = "[basic]\nak = a\nsk = s\n";
    let notes = |mode: u32, files: &[(&str, &str)]| {
        let environment = world(&[], files).with_modes(move |_: &Path| Some(0o100_000 | mode));
        chosen(&environment).unwrap().notes().to_vec()
    };
    for mode in [0o644, 0o640, 0o604, 0o660, 0o622] {
        assert_eq!(
            notes(mode, &[("clouds.yaml", &whole)]),
            [format!(
                "clouds.yaml holds a secret and is open to others (mode {mode:04o}); close it with: chmod 600 clouds.yaml"
            )]
        );
    }
    assert_eq!(
        notes(0o600, &[("clouds.yaml", &whole)]),
        <[String; 0]>::default()
    );
    assert_eq!(
        notes(0o644, &[("clouds.yaml", &other)]),
        <[String; 0]>::default()
    );
    let noted = notes(
        0o644,
        &[
            ("clouds.yaml", &without),
            ("secure.yaml", &secret),
            ("/home/u/.huaweicloud/credentials", huawei),
        ],
    );
    assert_eq!(noted.len(), 2);
    assert!(noted[0].starts_with("secure.yaml holds"), "{noted:?}");
    assert!(
        noted[1].starts_with("/home/u/.huaweicloud/credentials holds"),
        "{noted:?}"
    );
}
