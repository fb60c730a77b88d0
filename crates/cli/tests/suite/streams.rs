//! What is on the streams: no secrets, no panics, no escape codes that nobody asked for.

use std::process::Stdio;

use crate::support::{Cloud, Ran, otcdb, run};

fn assert_secretless(cloud: &Cloud, ran: &Ran) {
    for secret in cloud.running.secrets() {
        assert!(
            !ran.out.contains(&secret) && !ran.err.contains(&secret),
            "{secret} is in {ran:?}"
        );
    }
}

#[test]
fn no_secret_is_on_any_stream() {
    let cloud = Cloud::with_fault("download:500:times=2");
    let ways = [
        cloud.running.env_token(),
        cloud.running.env_password(),
        cloud.running.env_access_key(),
        cloud.running.env_temporary_access_key(),
    ];
    for environment in ways {
        let out = tempfile::tempdir().unwrap();
        let mut command = otcdb([
            "logs",
            "pull",
            "--all",
            "--debug",
            "--poll-interval",
            "10ms",
            "--settle",
            "10ms",
            "--out",
        ]);
        let ran = run(command.arg(out.path()).envs(environment.clone()));
        assert_eq!(ran.code, 0, "{ran:?}");
        assert!(
            ran.err.contains("TRACE") && ran.err.contains("request_id="),
            "{ran:?}"
        );
        assert_secretless(&cloud, &ran);

        let ran = run(otcdb(["auth", "check", "--debug"]).envs(environment));
        assert!(ran.out.contains("***"), "{ran:?}");
        assert_secretless(&cloud, &ran);
    }
    assert!(cloud.running.secrets().len() > 20, "links were given out");

    let include = [
        "api",
        "POST",
        "/v3/auth/tokens",
        "--include",
        "--debug",
        "--body",
    ];
    let accounts = cloud.running.accounts();
    let body = serde_json::json!({"auth": {
        "identity": {"methods": ["password"], "password": {"user": {
            "name": accounts.user_name, "password": accounts.password, "domain": {"name": accounts.domain_name}}}},
        "scope": {"project": {"id": cloud.running.project_id()}}}});
    let ran = run(cloud.otcdb(include).arg(body.to_string()));
    assert!(
        ran.out.starts_with("HTTP 201") && ran.out.contains("x-subject-token: ***"),
        "{ran:?}"
    );
    assert_secretless(&cloud, &ran);
}

#[test]
fn failures_hold_no_secret_either() {
    let cloud = Cloud::with_fault("download:500:times=always");
    let out = tempfile::tempdir().unwrap();
    let ran = run(&mut cloud.pull(
        out.path(),
        [
            "--kind",
            "rds-audit",
            "--attempts",
            "1",
            "--debug",
            "--output",
            "json",
        ],
    ));
    assert_ne!(ran.code, 0, "{ran:?}");
    assert!(!ran.json()["failures"].as_array().unwrap().is_empty());
    assert_secretless(&cloud, &ran);
}

#[test]
fn whoever_stops_reading_gets_no_panic() {
    let out = tempfile::tempdir().unwrap();
    let logs = out.path().to_str().unwrap();
    for arguments in [
        vec![
            "logs",
            "pull",
            "--simulate",
            "--quiet",
            "--output",
            "jsonl",
            "--out",
            logs,
        ],
        vec!["completions", "bash"],
        vec!["man"],
        vec!["--help"],
    ] {
        let mut child = otcdb(arguments.clone())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let ran: Ran = child.wait_with_output().unwrap().into();
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{arguments:?}");
    }
}

/// What writes them is another than what writes results.
#[cfg(target_os = "linux")]
#[test]
fn help_that_cannot_be_written_is_an_error() {
    for argument in ["--help", "--version"] {
        let full = std::fs::File::options().write(true).open("/dev/full");
        let child = otcdb([argument])
            .stdout(full.unwrap())
            .stderr(Stdio::piped())
            .spawn();
        let ran: Ran = child.unwrap().wait_with_output().unwrap().into();
        assert_eq!(ran.code, 2, "{ran:?}");
        assert!(
            ran.err
                .contains("the standard output stream cannot be written: "),
            "{ran:?}"
        );
    }
}

#[test]
fn colours_are_for_those_who_see_them() {
    let colours = |arguments: &[&str], variables: &[&str]| {
        let mut command = otcdb(arguments.iter().copied());
        let ran = run(command.envs(variables.iter().map(|name| (*name, "1"))));
        assert_ne!(ran.code, 0);
        ran.err.contains('\u{1b}')
    };
    for command in [&["auth", "check"][..], &["nonsense"]] {
        let with = |flag| [&[flag], command].concat();
        assert!(!colours(command, &[]), "not a terminal");
        assert!(colours(command, &["CLICOLOR_FORCE"]));
        assert!(!colours(command, &["CLICOLOR_FORCE", "NO_COLOR"]));
        assert!(
            colours(&with("--color=always"), &["NO_COLOR"]),
            "a flag outweighs a variable"
        );
        assert!(!colours(&with("--color=never"), &["CLICOLOR_FORCE"]));
    }
    let out = tempfile::tempdir().unwrap();
    let ran = run(otcdb(["logs", "pull", "--simulate", "--out"]).arg(out.path()));
    assert!(
        !ran.out.contains('\u{1b}') && !ran.err.contains('\u{1b}'),
        "{ran:?}"
    );
}
