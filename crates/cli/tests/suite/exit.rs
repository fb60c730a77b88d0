//! Exit codes, and the errors beside them.

use otcdb_stub::Stub;

use crate::support::{Cloud, Ran, otcdb, run};

fn assert_fails(ran: &Ran, code: i32, text: &str) {
    assert_eq!(ran.code, code, "{ran:?}");
    assert!(
        ran.err.contains("error: ") && ran.err.contains(text),
        "{text:?} is not in {ran:?}"
    );
}

#[test]
fn wrong_usage_is_2() {
    let out = tempfile::tempdir().unwrap();
    let missing = out.path().join("missing");
    for (arguments, text) in [
        (vec!["logs", "pull"], "--all"),
        (
            vec!["logs", "pull", "--all", "--instance", "one"],
            "cannot be used with",
        ),
        (vec!["logs", "pull", "--kind", "redis-walk"], "redis-run"),
        (vec!["logs", "pull", "--service", "iam"], "dcs"),
        (vec!["logs", "pull", "--all", "--since", "soon"], "2h"),
        (
            vec!["logs", "pull", "--simulate", "--region", "eu-de"],
            "--region cannot be given",
        ),
        (
            vec!["logs", "pull", "--simulate", "--concurrency", "0"],
            "from 1",
        ),
        (
            vec!["simulate", "--fault", "ListRedislog:nonsense"],
            "job-stuck",
        ),
        (
            vec!["simulate", "--fault", "NoSuchOperation:500"],
            "NoSuchOperation",
        ),
        (vec!["simulate", "--fixtures"], "--output json"),
        (
            vec!["simulate", "--fixtures", "-o", "json", "--redis", "0,0,0"],
            "ListInstances lists none that is fit\nhint: there have to be instances of every kind",
        ),
        (
            vec!["simulate", "--os-cloud", "mine"],
            "--os-cloud cannot be given",
        ),
        (
            vec!["auth", "check", "--token-file", missing.to_str().unwrap()],
            "--token-file",
        ),
        (vec!["api", "GET", "/nowhere"], "--service"),
        (vec!["api", "FETCH", "/v2"], "GET"),
        (vec!["api", "POST", "/v2/x", "--body", "{"], "no JSON"),
        (vec!["nonsense"], "unrecognized subcommand"),
    ] {
        assert_fails(&run(&mut otcdb(arguments)), 2, text);
    }
    let cloud = Cloud::new();
    let port = cloud.running.address().port().to_string();
    assert_fails(
        &run(&mut otcdb(["simulate", "--port", &port])),
        2,
        "choose another port",
    );
    let plain = run(&mut cloud.otcdb(["auth", "check", "--endpoint", "dcs=http://192.0.2.1"]));
    assert_fails(&plain, 2, "plain HTTP");
    std::fs::write(out.path().join("file"), "").unwrap();
    assert_fails(
        &run(&mut cloud.pull(&out.path().join("file"), ["--all"])),
        2,
        "file",
    );
}

#[test]
fn credentials_that_are_missing_or_refused_are_3() {
    let out = tempfile::tempdir().unwrap();
    let folder = out.path().join("logs");
    let mut command = otcdb(["logs", "pull", "--all", "--region", "eu-de", "--out"]);
    let ran = run(command.arg(&folder));
    assert_fails(&ran, 3, "no credentials were found");
    assert!(ran.err.contains("hint: set OTCDB_ACCESS_KEY"), "{ran:?}");
    let cloud = Cloud::new();
    let ran = run(cloud.pull(&folder, ["--all"]).env("OTCDB_TOKEN", "wrong"));
    assert_fails(&ran, 3, "401");
    assert!(!folder.exists(), "nothing is written before that is known");
    assert!(ran.err.contains("request id"), "{ran:?}");
    assert_fails(
        &run(cloud.otcdb(["auth", "check"]).env("OTCDB_TOKEN", "wrong")),
        3,
        "401",
    );
}

#[test]
fn what_does_not_exist_is_4() {
    let cloud = Cloud::new();
    let out = tempfile::tempdir().unwrap();
    assert_fails(
        &run(&mut cloud.pull(out.path(), ["--instance", "nobody"])),
        4,
        "nobody",
    );
    let path =
        "/v2/{project_id}/instances/00000000-0000-0000-0000-000000000000/redislog?log_type=run";
    assert_fails(&run(&mut cloud.otcdb(["api", "GET", path])), 4, "404");
}

#[test]
fn a_service_that_fails_is_5_and_a_source_that_fails_is_1() {
    let out = tempfile::tempdir().unwrap();
    let cloud = Cloud::with_fault("*:500:times=always");
    assert_fails(
        &run(&mut cloud.pull(out.path(), ["--all", "--attempts", "1"])),
        5,
        "500",
    );

    let cloud = Cloud::with_fault("dcs.CreateRedislog:500:times=always");
    let ran = run(&mut cloud.pull(out.path(), ["--all", "--attempts", "1"]));
    assert_fails(&ran, 1, "CreateRedislog");
    assert!(
        ran.out.contains("rds-audit") && ran.out.contains("3 of "),
        "the others finish: {ran:?}"
    );
}

#[test]
fn work_that_does_not_end_in_time_is_6() {
    let cloud = Cloud::with_fault("CreateRedislog:job-stuck:times=always");
    let out = tempfile::tempdir().unwrap();
    let ran = run(&mut cloud.pull(out.path(), ["--kind", "redis-run", "--timeout", "50ms"]));
    assert_fails(&ran, 6, "redis-run");
}

#[test]
fn a_cloud_that_cannot_be_reached_is_7() {
    let cloud = Cloud::new();
    let nobody = Stub::start();
    let endpoint = nobody.url();
    nobody.stop();
    let ran = run(&mut cloud.otcdb([
        "auth",
        "check",
        "--attempts",
        "1",
        "--endpoint",
        &format!("iam={endpoint}"),
    ]));
    assert_fails(&ran, 7, "hint: check the endpoint");
    let cloud = Cloud::with_fault("dcs.ListInstances:429:times=always");
    let ran = run(&mut cloud.otcdb([
        "api",
        "GET",
        "/v2/{project_id}/instances",
        "--attempts",
        "1",
    ]));
    assert_fails(&ran, 7, "429");
}
