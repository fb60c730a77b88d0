//! What the databases said: `logs show`, `top` and `follow` over folders with a manifest.

use std::collections::HashSet;
use std::path::Path;

use otcdb_logs::LogKind;

use crate::support::{Cloud, otcdb, run};

const MANIFEST: &[(&str, &str, &str, &str)] = &[
    (
        "redis-run",
        "cache",
        "dcs/cache--1/redis-run_10.0.0.1_2026-11-22.log",
        "1:M 22 Nov 2026 02:10:03.123 * Ready\n1:M 22 Nov 2026 02:20:00.000 # late\n",
    ),
    (
        "rds-error",
        "orders-db",
        "rds/orders-db--2/rds-error_20261122T030000Z.log",
        "2026-11-22 02:10:04 UTC [1] ERROR:  no\n\tmore\n2026-11-22 02:30:00 UTC [1] LOG:  out of the window\n",
    ),
    (
        "rds-slow",
        "orders-db",
        "rds/orders-db--2/rds-slow_20261122T030000Z.log",
        "2026-11-22 02:10:05 UTC [1] LOG:  duration: 1500.000 ms  statement: SELECT * FROM t WHERE id = 7\n\
         2026-11-22 02:10:06 UTC [1] LOG:  duration: 500.000 ms  statement: SELECT * FROM t WHERE id = 8\n",
    ),
];

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut lines = String::new();
    for (kind, name, file, text) in MANIFEST {
        let path = folder.path().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
        lines.push_str(&format!(
            r#"{{"kind":"{kind}","instance":"id-{name}","instance_name":"{name}","id":"{file}","file":"{file}","size":{},"sha256":"","fetched_at":"2026-11-22T03:00:00Z"}}"#,
            text.len()
        ));
        lines.push('\n');
    }
    std::fs::write(folder.path().join("manifest.jsonl"), lines).unwrap();
    folder
}

fn logs<'a>(command: &'a str, dir: &'a Path, more: &[&'a str]) -> std::process::Command {
    let mut words = vec!["logs", command, dir.to_str().unwrap()];
    words.extend(more);
    otcdb(words)
}

#[test]
fn entries_of_all_instances_come_by_time_in_a_window() {
    let folder = folder();
    let window = ["--from", "2026-11-22T02:10:00Z", "--to", "2026-11-22 02:30"];
    let shown = run(&mut logs("show", folder.path(), &window));
    assert_eq!(shown.code, 0, "{shown:?}");
    assert_eq!(
        shown.out,
        "2026-11-22T02:10:03.123Z cache     1:M 22 Nov 2026 02:10:03.123 * Ready\n\
         2026-11-22T02:10:04.000Z orders-db 2026-11-22 02:10:04 UTC [1] ERROR:  no\n\
         \x20                                  \tmore\n\
         2026-11-22T02:10:05.000Z orders-db 2026-11-22 02:10:05 UTC [1] LOG:  duration: 1500.000 ms  statement: SELECT * FROM t WHERE id = 7\n\
         2026-11-22T02:10:06.000Z orders-db 2026-11-22 02:10:06 UTC [1] LOG:  duration: 500.000 ms  statement: SELECT * FROM t WHERE id = 8\n\
         2026-11-22T02:20:00.000Z cache     1:M 22 Nov 2026 02:20:00.000 # late\n"
    );
    let some = |more: &[&str]| {
        run(&mut logs("show", folder.path(), more))
            .out
            .lines()
            .count()
    };
    assert_eq!(some(&["--level", "error", "--output", "jsonl"]), 1);
    assert_eq!(some(&["--instance", "cache", "--output", "raw"]), 2);
    assert_eq!(some(&["--instance", "ca*e", "--output", "raw"]), 2);
    assert_eq!(some(&["--kind", "rds-slow", "--grep", "id = 8"]), 1);
    let nobody = run(&mut logs("show", folder.path(), &["--instance", "nobody"]));
    assert_eq!(nobody.code, 4);
    assert!(nobody.err.contains("orders-db"), "{nobody:?}");
    let backwards = ["--from", "02:10", "--to", "02:00"];
    assert_eq!(run(&mut logs("show", folder.path(), &backwards)).code, 2);
}

#[test]
fn one_log_as_it_is_is_the_file() {
    let folder = folder();
    for (kind, _, file, text) in MANIFEST {
        let shown = run(&mut logs(
            "show",
            folder.path(),
            &["--kind", kind, "--output", "raw"],
        ));
        assert_eq!(&shown.out, text, "{file}");
    }
}

#[test]
fn slow_statements_are_grouped() {
    let folder = folder();
    let top = run(&mut logs("top", folder.path(), &["--output", "json"]));
    let groups = top.json();
    assert_eq!(groups.as_array().unwrap().len(), 1, "{groups}");
    let group = &groups[0];
    assert_eq!(group["fingerprint"], "select * from t where id = ?");
    assert_eq!(
        (&group["count"], &group["total_seconds"]),
        (&2.into(), &2.0.into())
    );
    assert_eq!(
        (&group["mean_seconds"], &group["p95_seconds"]),
        (&1.0.into(), &1.5.into())
    );
    assert_eq!(group["worst_instance"], "orders-db");
}

#[test]
fn what_was_pulled_can_be_shown_and_a_folder_without_logs_is_told() {
    let empty = tempfile::tempdir().unwrap();
    let ran = run(&mut logs("show", empty.path(), &[]));
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("manifest.jsonl"), "{ran:?}");
    let cloud = Cloud::new();
    let out = tempfile::tempdir().unwrap();
    let pulled = run(&mut cloud.pull(out.path(), ["--all", "--quiet"]));
    assert_eq!(pulled.code, 0, "{pulled:?}");
    let shown = run(&mut logs("show", out.path(), &["--output", "jsonl"]));
    assert_eq!(shown.code, 0, "{shown:?}");
    let mut times = Vec::new();
    let mut kinds = HashSet::new();
    for line in shown.out.lines() {
        let entry: serde_json::Value = serde_json::from_str(line).unwrap();
        times.push(entry["timestamp"].as_str().unwrap().to_owned());
        kinds.insert(
            entry["attributes"]["otcdb.kind"]
                .as_str()
                .unwrap()
                .to_owned(),
        );
    }
    assert!(times.is_sorted() && times.iter().all(|time| time.len() == 30));
    assert_eq!(kinds.len(), LogKind::ALL.len(), "{kinds:?}");
}

#[test]
fn a_packed_file_that_is_cut_is_named_and_shown_as_far_as_it_goes() {
    let cloud = Cloud::with(|builder| builder.log_size(200_000..=300_000));
    let folder = tempfile::tempdir().unwrap();
    let kind = ["--kind", "redis-run"];
    let ran = run(cloud.pull(folder.path(), kind).args(["--compress", "gzip"]));
    assert_eq!(ran.code, 0, "{ran:?}");
    let packed = crate::support::files(folder.path());
    let (name, bytes) = packed
        .iter()
        .find(|(name, _)| name.ends_with(".gz"))
        .unwrap();
    std::fs::write(folder.path().join(name), &bytes[..bytes.len() / 2]).unwrap();
    let shown = run(&mut logs("show", folder.path(), &["--output", "jsonl"]));
    assert_ne!(shown.code, 0, "{:?}", shown.err);
    assert!(
        shown
            .err
            .contains(&format!("{name} cannot be read to its end")),
        "{:?}",
        shown.err
    );
    assert_eq!(
        shown.err.matches("cannot be read").count(),
        1,
        "the others are whole"
    );
    let of_it = shown
        .out
        .lines()
        .filter(|line| line.contains(name.as_str()));
    assert!(of_it.count() > 10, "what is readable is shown");
}
