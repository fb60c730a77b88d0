//! `otcdb logs pull` and `otcdb simulate`.

use std::collections::BTreeSet;
#[cfg(unix)]
use std::{
    io::{BufRead as _, BufReader},
    process::{Command, Stdio},
};

use otcdb_logs::LogKind;

use crate::support::{Background, Cloud, Simulate, files, otcdb, run};

#[test]
fn a_simulated_pull_needs_nothing_and_leaves_every_kind_of_log() {
    let out = tempfile::tempdir().unwrap();
    let mut command = otcdb(["logs", "pull", "--simulate", "--output", "json", "--out"]);
    // None of this may be looked at: each by itself would make a pull fail.
    command
        .env("OTCDB_TOKEN", "bad")
        .env("OS_CLOUD", "nowhere")
        .env("OTCDB_REGION", "NO REGION")
        .env("OTCDB_ENDPOINT", "http://192.0.2.1");
    let ran = run(command.arg(out.path()));
    assert_eq!(ran.code, 0, "{ran:?}");

    let found = files(out.path());
    assert!(
        found
            .iter()
            .all(|(name, content)| !content.is_empty() && !name.ends_with(".part")),
        "{found:?}"
    );
    let summary = ran.json();
    let records = summary["files"].as_array().unwrap();
    let kinds: BTreeSet<_> = records
        .iter()
        .map(|record| record["kind"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, BTreeSet::from(LogKind::ALL.map(LogKind::as_str)));
    assert_eq!(summary["files_fetched"], records.len());
    assert_eq!(
        found.len(),
        records.len() + 2,
        "the files, the manifest and its spans"
    );
    for record in records {
        let (_, content) = found
            .iter()
            .find(|(name, _)| name == record["file"].as_str().unwrap())
            .unwrap();
        assert_eq!(record["size"], content.len());
    }
    let manifest = &found
        .iter()
        .find(|(name, _)| name == "manifest.jsonl")
        .unwrap()
        .1;
    assert_eq!(
        manifest.iter().filter(|byte| **byte == b'\n').count(),
        records.len()
    );
    assert!(
        ran.err.contains("redis-single-1 redis-run: collecting"),
        "{}",
        ran.err
    );
}

#[test]
fn the_summary_says_how_many_files_and_bytes_are_where() {
    let cloud = Cloud::new();
    let out = tempfile::tempdir().unwrap();
    let folder = out.path().join("logs here");
    let ran = run(&mut cloud.pull(&folder, ["--kind", "redis-run", "--quiet"]));
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{ran:?}");
    let bytes: usize = files(&folder)
        .iter()
        .filter(|(name, _)| name.starts_with("dcs/"))
        .map(|file| file.1.len())
        .sum();
    let size = indicatif_bytes(bytes);
    assert!(ran.out.contains("redis-run"), "{}", ran.out);
    assert!(
        ran.out.contains(&format!(
            "Fetched 9 files ({size}) into {}.",
            folder.display()
        )),
        "{} {size}",
        ran.out
    );
}

#[test]
fn simulated_logs_are_not_put_beside_real_ones() {
    let cloud = Cloud::new();
    let out = tempfile::tempdir().unwrap();
    let ran = run(&mut cloud.pull(out.path(), ["--kind", "redis-slow", "--quiet"]));
    assert_eq!(ran.code, 0, "{ran:?}");
    let before = files(out.path());
    let mut command = otcdb(["logs", "pull", "--simulate", "--quiet", "--out"]);
    let ran = run(command.arg(out.path()));
    assert!(
        ran.code == 2
            && ran.err.contains("holds logs of a real cloud")
            && ran.err.contains("another folder"),
        "{ran:?}"
    );
    assert_eq!(files(out.path()), before);
}

/// The number of binary kilobytes with two digits.
fn indicatif_bytes(bytes: usize) -> String {
    format!("{:.2} KiB", bytes as f64 / 1024.0)
}

#[test]
fn a_second_run_against_the_same_cloud_fetches_nothing() {
    let cloud = Simulate::start([
        "--redis",
        "1,1,0",
        "--databases",
        "1,1,1",
        "--collect-delay",
        "1ms",
        "--export-delay",
        "1ms",
        "--log-size",
        "1000-2000",
    ]);
    let out = tempfile::tempdir().unwrap();
    let pull = |format| {
        let mut command = otcdb([
            "logs",
            "pull",
            "--all",
            "--poll-interval",
            "10ms",
            "--settle",
            "10ms",
            "--output",
            format,
        ]);
        run(command
            .envs(cloud.environment.clone())
            .arg("--out")
            .arg(out.path()))
    };
    let first = pull("json");
    assert_eq!(first.code, 0, "{first:?}");
    assert!(
        first.json()["files_fetched"].as_u64().unwrap() > 10,
        "{first:?}"
    );
    // The spans without an entry grow with each run.
    let found = || {
        let mut found = files(out.path());
        found.retain(|(name, _)| name != "manifest-spans.jsonl");
        found
    };
    let before = found();

    let second = pull("table");
    assert_eq!(second.code, 0, "{second:?}");
    assert!(second.out.starts_with("Nothing new: "), "{second:?}");
    let text = |files: &[(String, Vec<u8>)]| -> Vec<(String, String)> {
        (files.iter())
            .map(|(name, bytes)| (name.clone(), String::from_utf8_lossy(bytes).into_owned()))
            .collect()
    };
    assert_eq!(text(&found()), text(&before));
}

#[test]
fn every_form_of_the_summary_says_the_same() {
    let cloud = Cloud::with_fault("dcs.CreateRedislog:500:times=always");
    let pull = |format| {
        let out = tempfile::tempdir().unwrap();
        let kinds = [
            "--kind",
            "redis-run",
            "--kind",
            "redis-slow",
            "--quiet",
            "--attempts",
            "1",
        ];
        run(cloud.pull(out.path(), kinds).args(["--output", format]))
    };
    let json = pull("json").json();
    assert_eq!(json["sources"], 6);
    assert_eq!(json["files_fetched"], 3);
    let failures = json["failures"].as_array().unwrap();
    // The single node, a master with its replica, and 3 shards with 2 replicas each.
    assert_eq!(failures.len(), 1 + 2 + 6);
    assert_eq!(json["sources_failed"], 3);
    assert_eq!(
        (&failures[0]["kind"], &failures[0]["status"]),
        (&"redis-run".into(), &500.into())
    );
    assert_eq!(failures[0]["reason"], "service");
    assert!(failures[0]["request_id"].is_string() && failures[0]["hint"].is_string());

    let lines = pull("jsonl").out;
    let types: Vec<_> = lines
        .lines()
        .map(|line| {
            serde_json::from_str::<serde_json::Value>(line).unwrap()["type"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    let expected = [["file"].repeat(3), ["failure"].repeat(9), vec!["summary"]];
    assert_eq!(types, expected.concat());

    let yaml: serde_json::Value = serde_saphyr::from_str(&pull("yaml").out).unwrap();
    for field in [
        "sources",
        "sources_failed",
        "files_fetched",
        "files_skipped",
    ] {
        assert_eq!(yaml[field], json[field], "{field}");
    }
    let table = pull("table");
    assert!(
        table.out.contains("redis-single-1") && table.out.contains("3 of 6 sources failed."),
        "{table:?}"
    );
    assert!(
        table.err.contains("error: dcs redis-single-1 redis-run: "),
        "{table:?}"
    );
    assert_eq!(table.err.matches("hint:").count(), 1, "{table:?}");
}

#[test]
fn simulate_says_at_once_how_to_use_it() {
    for (way, variable) in [
        ("token", "OTCDB_TOKEN"),
        ("password", "OS_PASSWORD"),
        ("access-key", "OS_SECRET_KEY"),
        ("temporary-access-key", "OS_SECURITY_TOKEN"),
    ] {
        let cloud = Simulate::start(["--auth", way]);
        assert!(
            cloud.environment.iter().any(|(name, _)| name == variable),
            "{way}: {:?}",
            cloud.environment
        );
        let ran = run(otcdb(["auth", "check", "--output", "json"]).envs(cloud.environment.clone()));
        assert_eq!(ran.code, 0, "{way}: {ran:?}");
        assert_eq!(ran.json()["proved"], true, "{way}");
    }
}

#[cfg(unix)]
#[test]
fn a_shell_takes_the_variables_as_they_are_written() {
    let mut child = Background(
        otcdb(["simulate", "--auth", "password"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap(),
    );
    let lines = BufReader::new(child.0.stdout.take().unwrap()).lines();
    let lines: Vec<_> = lines
        .map(Result::unwrap)
        .take_while(|line| !line.starts_with("# With these variables set"))
        .collect();
    let script = format!("{}\nexec \"$0\" auth check", lines.join("\n"));
    let mut shell = Command::new("/bin/sh");
    shell.args(["-c", &script, env!("CARGO_BIN_EXE_otcdb")]);
    let ran = run(shell.env_clear().env("HOME", env!("CARGO_TARGET_TMPDIR")));
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(
        ran.out.contains("variable OS_PASSWORD") && ran.out.contains("Proved"),
        "{ran:?}"
    );
}

/// Says of every file of a folder that it was fetched long ago.
fn age(out: &std::path::Path) {
    let path = out.join("manifest.jsonl");
    let text = std::fs::read_to_string(&path).unwrap();
    let old: String = text
        .lines()
        .map(|line| {
            let mut record: serde_json::Value = serde_json::from_str(line).unwrap();
            record["fetched_at"] = "2021-04-16T00:00:00Z".into();
            format!("{record}\n")
        })
        .collect();
    std::fs::write(path, old).unwrap();
}

#[test]
fn old_logs_are_pruned_and_not_fetched_again() {
    let cloud = Cloud::new();
    let out = tempfile::tempdir().unwrap();
    let week = ["--kind", "rds-audit", "--since", "8d", "--quiet"];
    let pull = || run(&mut cloud.pull(out.path(), week));
    let prune = |more: &[&str]| {
        let mut command = otcdb(["logs", "prune", "--out"]);
        run(command
            .arg(out.path())
            .args(["--older-than", "30d"])
            .args(more))
    };
    assert_eq!(pull().code, 0);
    age(out.path());
    let before = files(out.path());
    let bytes: usize = before
        .iter()
        .filter(|(name, _)| name.starts_with("rds/"))
        .map(|file| file.1.len())
        .sum();
    let count = before.len() - 1;
    assert!(count > 1, "{before:?}");

    let tried = prune(&["--dry-run"]);
    assert_eq!(tried.code, 0, "{tried:?}");
    let size = indicatif_bytes(bytes);
    assert!(
        tried
            .out
            .contains(&format!("Would delete {count} files ({size}) in ")),
        "{tried:?}"
    );
    assert_eq!(files(out.path()), before);

    let pruned = prune(&["--output", "json"]);
    assert_eq!(pruned.code, 0, "{pruned:?}");
    let summary = pruned.json();
    assert_eq!(summary["files_deleted"], count);
    assert_eq!(summary["bytes_freed"], bytes);
    assert_eq!(summary["dry_run"], false);
    assert_eq!(summary["files"].as_array().unwrap().len(), count);
    assert!(summary["files"][0]["pruned_at"].is_string(), "{summary}");
    let left = files(out.path());
    let left: Vec<_> = left.iter().map(|file| file.0.as_str()).collect();
    assert_eq!(left, ["manifest.jsonl"]);

    let again = prune(&[]);
    assert!(
        again.code == 0 && again.out.starts_with("Deleted nothing: no log in "),
        "{again:?}"
    );
    let ran = pull();
    assert!(
        ran.code == 0 && ran.out.starts_with("Nothing new: "),
        "{ran:?}"
    );
    assert_eq!(files(out.path()).len(), 1);
}

#[test]
fn pruning_says_what_it_needs() {
    let out = tempfile::tempdir().unwrap();
    let ran = run(otcdb(["logs", "prune", "--older-than", "30d", "--out"]).arg(out.path()));
    assert!(
        ran.code == 4 && ran.err.contains("nothing was pulled into"),
        "{ran:?}"
    );
    let ran = run(otcdb(["logs", "prune", "--out"]).arg(out.path()));
    assert!(ran.code == 2 && ran.err.contains("--older-than"), "{ran:?}");
    let mut command = otcdb(["--region", "eu-de", "logs", "prune", "--older-than", "30d"]);
    let ran = run(&mut command);
    assert!(ran.code == 2 && ran.err.contains("--region"), "{ran:?}");
    assert_eq!(files(out.path()), []);
}

#[test]
fn files_that_were_moved_away_are_fetched_again_only_when_that_is_meant() {
    let cloud = Cloud::new();
    let out = tempfile::tempdir().unwrap();
    let kinds = ["--kind", "rds-audit", "--kind", "redis-slow"];
    let pull = |more: &[&str]| {
        let mut command = cloud.pull(out.path(), kinds);
        run(command.args(["--since", "8d", "--quiet"]).args(more))
    };
    let first = pull(&["--output", "json"]).json();
    let fetched = first["files_fetched"].as_u64().unwrap();
    assert!(fetched > 4, "{first}");
    for service in ["dcs", "rds"] {
        std::fs::remove_dir_all(out.path().join(service)).unwrap();
    }
    let kept = pull(&["--no-refetch", "--output", "json"]).json();
    assert_eq!(kept["files_fetched"], 0, "{kept}");
    let again = pull(&["--output", "json"]).json();
    assert!(
        again["files_fetched"].as_u64().unwrap() >= fetched,
        "{again}"
    );
}

#[test]
fn a_damaged_line_of_the_manifest_stops_nothing_and_is_said() {
    let cloud = Cloud::new();
    let out = tempfile::tempdir().unwrap();
    let week = ["--kind", "rds-audit", "--since", "8d"];
    let pull = || run(&mut cloud.pull(out.path(), week));
    assert_eq!(pull().code, 0);
    let count = files(out.path()).len() - 1;
    let path = out.path().join("manifest.jsonl");
    let mut text = std::fs::read(&path).unwrap();
    text.splice(0..20, *b"\xff\xfe\0");
    // And the last one is cut.
    text.truncate(text.len() - 9);
    std::fs::write(&path, text).unwrap();
    let ran = pull();
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(
        ran.err.contains(&format!("lines 1, {count} of ")) && ran.err.contains("cannot be read"),
        "{ran:?}"
    );
    assert!(ran.out.contains("Fetched 2 files"), "{ran:?}");
}
