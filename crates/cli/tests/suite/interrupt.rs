//! Interruption by signals.
#![cfg(unix)]

use std::io::{BufRead as _, BufReader, Lines, Read as _};
use std::process::{ChildStderr, Command, Stdio};
use std::time::Duration;

use jiff::Timestamp;
use otcdb_simulator::Clock;

use crate::support::{Background, Cloud, Simulate, files, otcdb, run};

fn spawn(command: &mut Command) -> (Background, Lines<BufReader<ChildStderr>>) {
    let mut child = Background(
        command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap(),
    );
    let err = BufReader::new(child.0.stderr.take().unwrap()).lines();
    (child, err)
}

/// Reads until a line has this text.
fn wait_for(err: &mut Lines<BufReader<ChildStderr>>, text: &str) {
    err.map(Result::unwrap)
        .find(|line| line.contains(text))
        .unwrap_or_else(|| panic!("{text:?} never came"));
}

fn interrupt(child: &Background) {
    signal(child, "-INT");
}

fn signal(child: &Background, signal: &str) {
    let id = child.0.id().to_string();
    assert!(
        Command::new("kill")
            .args([signal, &id])
            .status()
            .unwrap()
            .success()
    );
}

fn out_of(child: &mut Background) -> String {
    let mut text = String::new();
    child
        .0
        .stdout
        .take()
        .unwrap()
        .read_to_string(&mut text)
        .unwrap();
    text
}

#[test]
fn the_first_signal_stops_in_order_and_the_next_run_goes_on() {
    let cloud = Cloud::with(|builder| {
        builder
            .clock(Clock::manual(Timestamp::now()))
            .collect_delay(Duration::from_secs(60))
    });
    let out = tempfile::tempdir().unwrap();
    let mut command = cloud.pull(out.path(), ["--kind", "redis-run"]);
    let (mut child, mut err) = spawn(&mut command);
    for _ in 0..3 {
        wait_for(&mut err, "redis-run: waiting");
    }
    interrupt(&child);
    wait_for(&mut err, "interrupted: stopping in order");
    wait_for(&mut err, "error: the pull was interrupted");
    wait_for(&mut err, "hint: run it again");
    assert!(out_of(&mut child).contains("3 of 3 sources failed."));
    assert_eq!(child.0.wait().unwrap().code(), Some(130));

    cloud.running.clock().advance(Duration::from_secs(60));
    let ran = run(&mut command);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(files(out.path()).len(), 10, "{ran:?}");
}

#[test]
fn the_second_signal_stops_at_once() {
    let cloud = Cloud::with_fault("CreateRedislog:stall:times=always");
    let out = tempfile::tempdir().unwrap();
    let more = [
        "--kind",
        "redis-run",
        "--read-timeout",
        "1h",
        "--call-timeout",
        "1h",
    ];
    let (mut child, mut err) = spawn(&mut cloud.pull(out.path(), more));
    wait_for(&mut err, "redis-run: collecting");
    interrupt(&child);
    wait_for(&mut err, "interrupted: stopping in order");
    interrupt(&child);
    assert_eq!(child.0.wait().unwrap().code(), Some(130));
    assert!(
        files(out.path())
            .iter()
            .all(|(name, _)| name == "manifest.jsonl")
    );
}

/// What has been recorded is written by a run that stops in order, and nothing by one that is ended.
#[test]
fn a_recording_is_whole_or_not_there() {
    for kind in ["-INT", "-TERM", "-KILL"] {
        let cloud = Cloud::with_fault("ListInstances:stall:times=always");
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.har");
        let mut command = cloud.otcdb(["rds", "list-instances", "-v", "--record"]);
        let (mut child, mut err) = spawn(command.arg(&path));
        wait_for(&mut err, "status=200");
        signal(&child, kind);
        assert_ne!(child.0.wait().unwrap().code(), Some(0));
        assert_eq!(files(folder.path()), [], "{kind}");
    }
    let cloud = Cloud::with(|builder| {
        builder
            .clock(Clock::manual(Timestamp::now()))
            .collect_delay(Duration::from_secs(60))
    });
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.har");
    let out = folder.path().join("logs");
    let mut command = cloud.pull(&out, ["--kind", "redis-run", "--record"]);
    let (mut child, mut err) = spawn(command.arg(&path));
    wait_for(&mut err, "redis-run: waiting");
    interrupt(&child);
    wait_for(&mut err, "recorded ");
    assert_eq!(child.0.wait().unwrap().code(), Some(130));
    let recording = std::fs::read(path).unwrap();
    assert!(serde_json::from_slice::<serde_json::Value>(&recording).is_ok());
}

/// What was begun goes on in the service, so its id must not be lost.
#[test]
fn a_signal_ends_the_waiting_for_an_operation_and_its_ids_are_told() {
    let cloud = Cloud::with_fault("CreateBigkeyScanTask:job-stuck:times=always");
    let id = cloud.running.redis_instances()[0].id.clone();
    let arguments = [
        "dcs",
        "create-bigkey-scan-task",
        "--instance-id",
        &id,
        "--output",
        "json",
        "--wait",
        "--wait-interval",
        "10ms",
    ];
    let (mut child, mut err) = spawn(&mut cloud.otcdb(arguments));
    wait_for(&mut err, "CreateBigkeyScanTask: ");
    interrupt(&child);
    wait_for(&mut err, "interrupted: stopping in order");
    wait_for(&mut err, "was cancelled");
    wait_for(
        &mut err,
        "follow it with `otcdb dcs show-bigkey-scan-task-details",
    );
    let begun: serde_json::Value = serde_json::from_str(&out_of(&mut child)).unwrap();
    assert!(begun["id"].is_string(), "{begun}");
    assert_eq!(child.0.wait().unwrap().code(), Some(130));
    assert_eq!(cloud.running.count("CreateBigkeyScanTask"), 1);
}

/// The list is not fetched to its end after all.
#[test]
fn a_signal_ends_the_waiting_for_a_list() {
    let cloud = Cloud::with_fault("CreateRedislog:job-stuck:times=always");
    let id = cloud.running.redis_instances()[0].id.clone();
    let log = ["--instance-id", &id, "--log-type", "run"];
    let begin = [
        "dcs",
        "create-redislog",
        "--instance-id",
        &id,
        "--log-type",
        "run",
    ];
    assert_eq!(run(&mut cloud.otcdb(begin)).code, 0);
    let list = ["dcs", "list-redislog", "--wait", "--wait-interval", "10ms"];
    let (mut child, mut err) = spawn(&mut cloud.otcdb(list.into_iter().chain(log)));
    wait_for(&mut err, "ListRedislog: ");
    interrupt(&child);
    wait_for(
        &mut err,
        "hint: the service goes on with its work; the same command asks again",
    );
    assert_eq!(out_of(&mut child), "");
    assert_eq!(child.0.wait().unwrap().code(), Some(130));
}

/// A large one takes long to make.
#[test]
fn a_simulated_cloud_that_is_being_made_ends_at_once() {
    for given in ["-INT", "-TERM", "-HUP"] {
        let mut command = otcdb(["simulate", "--redis", "10000,10000,10000"]);
        let (mut child, mut err) = spawn(&mut command);
        wait_for(&mut err, "making 30006 instances");
        signal(&child, given);
        wait_for(&mut err, "error: interrupted before anything had begun");
        assert_eq!(child.0.wait().unwrap().code(), Some(130), "{given}");
        assert_eq!(out_of(&mut child), "");
    }
}

/// The body does not come, and the answer to the question neither.
#[test]
fn a_signal_ends_the_waiting_for_a_person() {
    use std::os::unix::process::ExitStatusExt as _;
    let cloud = Cloud::new();
    for arguments in [
        &["api", "POST", "/v2/{project_id}/instances", "--body", "-"][..],
        &["dcs", "create-instance", "--body", "-", "--simulate"],
        &["dcs", "create-instance", "--body", "@/dev/stdin"],
    ] {
        let mut command = cloud.otcdb(arguments.iter().copied());
        let mut child = Background(command.stdin(Stdio::piped()).spawn().unwrap());
        let mut body = child.0.stdin.take().unwrap();
        // When this much has been taken, the program reads.
        let more = [b' '; 1 << 20];
        std::io::Write::write_all(&mut body, &more).unwrap();
        interrupt(&child);
        assert_eq!(child.0.wait().unwrap().signal(), Some(2), "{arguments:?}");
    }
    assert!(cloud.running.requests().is_empty());
}

/// As at the end of a terminal; unless it was started to go on then.
#[cfg(target_os = "linux")]
#[test]
fn a_terminal_that_goes_stops_a_pull_in_order() {
    let cloud = Cloud::with_fault("CreateRedislog:job-stuck:times=always");
    let pull = |out: &std::path::Path| {
        let mut command = cloud.pull(out, ["--kind", "redis-run"]);
        let (child, mut err) = spawn(&mut command);
        wait_for(&mut err, "redis-run: waiting");
        (child, err)
    };
    let out = tempfile::tempdir().unwrap();
    let (mut child, mut err) = pull(out.path());
    signal(&child, "-HUP");
    wait_for(&mut err, "interrupted: stopping in order");
    wait_for(&mut err, "error: the pull was interrupted");
    assert_eq!(child.0.wait().unwrap().code(), Some(130));

    let out = tempfile::tempdir().unwrap();
    let plain = cloud.pull(out.path(), ["--kind", "redis-run"]);
    let mut command = Command::new("nohup");
    command.arg(plain.get_program()).args(plain.get_args());
    command.envs(
        plain
            .get_envs()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    let (mut child, mut err) = spawn(&mut command);
    wait_for(&mut err, "redis-run: waiting");
    signal(&child, "-HUP");
    // It goes on asking.
    let asked = cloud.running.count("ListRedislog");
    while cloud.running.count("ListRedislog") < asked + 10 {
        assert_eq!(child.0.try_wait().unwrap(), None);
        std::thread::yield_now();
    }
    interrupt(&child);
    wait_for(&mut err, "interrupted: stopping in order");
    assert_eq!(child.0.wait().unwrap().code(), Some(130));
}

#[test]
fn a_simulated_cloud_ends_well() {
    let mut cloud = Simulate::start([]);
    interrupt(&cloud.child);
    assert_eq!(cloud.child.0.wait().unwrap().code(), Some(0));
    let mut rest = String::new();
    cloud.rest.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "");
}
