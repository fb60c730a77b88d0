//! What is pulled says to any reader what the simulated databases put in: to `logs top`, pgBadger and pt-query-digest.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use otcdb_simulator::Said;
use serde_json::Value;

use crate::support::{Cloud, otcdb, run};

/// How often statements of each shape were slow, and for how many microseconds in all; sorted.
type Shapes = Vec<(u64, u64)>;

/// Files of one engine, and what the simulator put in.
struct Pulled {
    out: tempfile::TempDir,
    files: Vec<PathBuf>,
    said: Vec<Said>,
}

impl Pulled {
    fn new(engine: &str) -> Self {
        let cloud = Cloud::with(|builder| {
            builder
                .databases(2, 2, 0)
                .redis(0, 0, 0)
                .log_size(100_000..=150_000)
        });
        let out = tempfile::tempdir().unwrap();
        let pattern = format!("{engine}-*");
        let kinds = ["--kind", "rds-slow", "--kind", "rds-error", "--quiet"];
        let more = ["--instance", &pattern].into_iter().chain(kinds);
        let ran = run(&mut cloud.pull(out.path(), more));
        assert_eq!(ran.code, 0, "{ran:?}");
        let manifest = std::fs::read_to_string(out.path().join("manifest.jsonl")).unwrap();
        let (mut files, mut said) = (Vec::new(), Vec::new());
        for line in manifest.lines() {
            let record: Value = serde_json::from_str(line).unwrap();
            let text = |name: &str| record[name].as_str().unwrap().to_owned();
            if text("file").ends_with(".log") {
                let name = format!("{}/{}", text("instance"), text("id"));
                said.extend(cloud.running.expected_file(&name).unwrap().said());
                files.push(out.path().join(text("file")));
            }
        }
        assert!(files.len() > 1 && said.len() > 500);
        Self { out, files, said }
    }

    fn shapes(&self) -> Shapes {
        let mut shapes: BTreeMap<usize, (u64, u64)> = BTreeMap::new();
        for said in &self.said {
            if let Said::Statement {
                shape,
                microseconds,
            } = said
            {
                let of = shapes.entry(*shape).or_default();
                *of = (of.0 + 1, of.1 + microseconds);
            }
        }
        assert_eq!(shapes.len(), 8);
        sorted(shapes.into_values())
    }

    fn count(&self, is: impl Fn(&Said) -> bool) -> u64 {
        let count = self.said.iter().filter(|said| is(said)).count();
        assert!(count > 10);
        count as u64
    }
}

fn sorted(shapes: impl IntoIterator<Item = (u64, u64)>) -> Shapes {
    let mut shapes: Shapes = shapes.into_iter().collect();
    shapes.sort_unstable();
    shapes
}

fn microseconds(of: &Value, in_one: f64) -> u64 {
    let number = match of {
        Value::String(text) => text.parse().unwrap(),
        other => other.as_f64().unwrap(),
    };
    (number * in_one).round() as u64
}

fn json(command: &mut Command, file: Option<&Path>) -> Value {
    let output = command.output().expect("the tool is installed");
    assert!(output.status.success(), "{output:?}");
    let text = match file {
        Some(file) => std::fs::read(file).unwrap(),
        None => output.stdout,
    };
    serde_json::from_slice(&text).unwrap()
}

#[test]
fn top_counts_what_the_databases_put_in() {
    for engine in ["mysql", "postgresql"] {
        let pulled = Pulled::new(engine);
        let dir = pulled.out.path().to_str().unwrap();
        let more = ["--kind", "rds-slow", "--output", "json"];
        let top = run(&mut otcdb(["logs", "top", dir].into_iter().chain(more))).json();
        let groups = top.as_array().unwrap().iter().map(|group| {
            let total = microseconds(&group["total_seconds"], 1e6);
            (group["count"].as_u64().unwrap(), total)
        });
        assert_eq!(sorted(groups), pulled.shapes());
    }
}

#[test]
#[ignore = "it needs Debian's pgbadger"]
fn pgbadger_counts_what_the_databases_put_in() {
    let pulled = Pulled::new("postgresql");
    let report = pulled.out.path().join("report.json");
    let mut command = Command::new("pgbadger");
    command
        .args(["--quiet", "--prefix", "%m:%r:%u@%d:[%p]:", "--outfile"])
        .arg(&report)
        .args(&pulled.files);
    let report = json(&mut command, Some(&report));
    let groups = report["normalyzed_info"]["postgres"].as_object().unwrap();
    let groups = groups.values().map(|group| {
        let total = microseconds(&group["duration"], 1e3);
        (group["count"].as_u64().unwrap(), total)
    });
    assert_eq!(sorted(groups), pulled.shapes());
    let errors = pulled.count(|said| matches!(said, Said::Error { .. }));
    assert_eq!(report["overall_stat"]["errors_number"], errors);
    let severity = |word: &str| {
        pulled.count(|said| matches!(said, Said::Error { severity } if *severity == word))
    };
    for word in ["ERROR", "FATAL"] {
        assert_eq!(report["logs_type"]["postgres"][word], severity(word));
    }
    let connections = pulled.count(|said| *said == Said::Connection);
    assert_eq!(report["connection_info"]["postgres"]["count"], connections);
    let buffers = pulled.said.iter().map(|said| match said {
        Said::Checkpoint { buffers } => u64::from(*buffers),
        _ => 0,
    });
    let buffers: u64 = buffers.sum();
    assert!(buffers > 0);
    assert_eq!(report["checkpoint_info"]["wbuffer"], buffers);
}

#[test]
#[ignore = "it needs Debian's percona-toolkit"]
fn pt_query_digest_counts_what_the_databases_put_in() {
    let pulled = Pulled::new("mysql");
    let mut command = Command::new("pt-query-digest");
    command
        .args(["--no-version-check", "--output", "json", "--limit", "100%"])
        .args(&pulled.files);
    let report = json(&mut command, None);
    let classes = report["classes"].as_array().unwrap().iter().map(|class| {
        let total = microseconds(&class["metrics"]["Query_time"]["sum"], 1e6);
        (class["query_count"].as_u64().unwrap(), total)
    });
    let shapes = pulled.shapes();
    assert_eq!(
        report["global"]["query_count"],
        shapes.iter().map(|(count, _)| count).sum::<u64>()
    );
    assert_eq!(sorted(classes), shapes);
}
