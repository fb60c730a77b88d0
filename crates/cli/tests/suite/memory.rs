//! Memory does not grow with the size of a log or the number of instances.

#![cfg(target_os = "linux")]

use std::process::{Command, ExitStatus, Stdio};
use std::time::Duration;

use otcdb_stub::{Response, Stub};

use super::operations::stub::at;
use super::support::{Background, Cloud, otcdb};

/// What a pull may take.
const BOUND: u64 = 64 << 20;

/// Runs a command to its end, which is to be good, and gives the most memory that it held at once, in bytes.
fn peak(command: &mut Command) -> u64 {
    let (peak, ended) = peak_and_end(command);
    assert!(ended.success(), "{ended}");
    peak
}

fn peak_and_end(command: &mut Command) -> (u64, ExitStatus) {
    let child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut child = Background(child.spawn().unwrap());
    let status = format!("/proc/{}/status", child.0.id());
    let mut peak = 0;
    loop {
        // A high-water mark: reading it now and then misses at most what came up in the last moments.
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        if let Some(kilobytes) = line.and_then(|line| line.split_whitespace().next()) {
            peak = peak.max(kilobytes.parse::<u64>().unwrap() << 10);
        }
        if let Some(ended) = child.0.try_wait().unwrap() {
            return (peak, ended);
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn logs_far_larger_than_the_bound_are_pulled_within_it() {
    // As many at once as the default concurrency, and one that is larger than the bound by itself.
    let cloud = Cloud::with(|builder| {
        builder
            .redis(9, 0, 0)
            .databases(0, 0, 0)
            .log_size(BOUND / 3..=BOUND + BOUND / 4)
    });
    let out = tempfile::tempdir().unwrap();
    let peak = peak(&mut cloud.pull(out.path(), ["--kind", "redis-run", "--since", "1h"]));
    assert!(peak > 0 && peak < BOUND, "{peak} bytes");
}

#[test]
fn a_thousand_instances_are_pulled_within_it() {
    let cloud = Cloud::with(|builder| builder.redis(500, 0, 0).databases(250, 250, 0));
    let out = tempfile::tempdir().unwrap();
    let kinds = ["--kind", "redis-run", "--kind", "rds-slow", "--since", "1h"];
    let peak = peak(&mut cloud.pull(out.path(), kinds));
    let files = std::fs::read_to_string(out.path().join("manifest.jsonl"))
        .unwrap()
        .lines()
        .count();
    assert!(files >= 1000, "{files} files");
    assert!(peak > 0 && peak < BOUND, "{peak} bytes");
}

/// A decoded object is many times as large as its text.
#[test]
fn a_response_of_many_small_objects_is_refused_before_it_is_decoded() {
    const LENGTH: usize = 60 << 20;
    for item in ["{}", "[]", "{\"a\":[1,{}]}", "0", "\"\""] {
        let serving = Stub::answering(move |_| {
            let mut body = b"{\"instance_num\":1,\"instances\":[".to_vec();
            while body.len() < LENGTH {
                body.extend_from_slice(item.as_bytes());
                body.push(b',');
            }
            body.pop();
            body.extend_from_slice(b"]}");
            Response::bytes(200, "application/json", body)
        });
        let command = otcdb(["dcs", "list-instances", "--output", "jsonl", "--debug"]);
        let (peak, ended) = peak_and_end(&mut at(command, &serving));
        assert_eq!(ended.code(), Some(5), "{item}");
        assert!(peak > 0 && peak < 4 * BOUND, "{item}: {peak} bytes");
    }
}

/// The most that is decoded.
#[test]
fn a_response_at_the_bound_of_what_is_decoded_takes_less_than_a_gibibyte() {
    let serving = Stub::answering(|_| {
        let items = r#"{"a":1,"b":"c","d":null},"#.repeat(199_000);
        let body = format!("{{\"instance_num\":1,\"instances\":[{items}{{}}]}}");
        Response::bytes(200, "application/json", body)
    });
    let command = otcdb(["dcs", "list-instances", "--offset", "0", "--output", "json"]);
    let (peak, ended) = peak_and_end(&mut at(command, &serving));
    assert_eq!(ended.code(), Some(5), "more than are held at once");
    assert!(peak > 0 && peak < 1 << 30, "{peak} bytes");
}
