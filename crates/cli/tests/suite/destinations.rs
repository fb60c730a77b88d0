//! Where `logs pull` brings logs that are to be in no folder.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use crate::support::{Cloud, otcdb, run};

#[test]
fn entries_go_to_the_standard_output_stream_once() {
    let cloud = Cloud::new();
    let spool = tempfile::tempdir().unwrap();
    let pull = || {
        let mut command = cloud.pull("-".as_ref(), ["--all", "--output", "json", "--spool"]);
        run(command.arg(spool.path()))
    };
    let ran = pull();
    assert_eq!(ran.code, 0, "{ran:?}");
    let lines: Vec<serde_json::Value> = (ran.out.lines())
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert!(lines.len() > 10, "{ran:?}");
    for line in &lines {
        assert!(line["resource"]["service.name"].is_string(), "{line}");
    }
    assert!(
        ran.err.contains("files_fetched"),
        "the report is where no entries are: {ran:?}"
    );
    let ran = pull();
    assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{ran:?}");
}

#[test]
fn a_reader_that_goes_ends_the_pull() {
    let cloud = Cloud::with(|builder| builder.log_size(400_000..=500_000));
    let mut command = cloud.pull("-".as_ref(), ["--all", "--quiet"]);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut line = String::new();
    let mut reader = BufReader::new(child.stdout.take().unwrap());
    reader.read_line(&mut line).unwrap();
    drop(reader);
    let ended = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success() && said.is_empty(), "{said}");
}

#[test]
fn what_is_no_place_is_refused_with_what_to_write() {
    let cases: [(&[&str], &str); 4] = [
        (&["--out", "gs://logs"], "s3://BUCKET/PREFIX"),
        (&["--out", "s3://"], "s3://BUCKET/PREFIX"),
        (&["--out", "logs", "--spool", "other"], "leave --spool out"),
        (&["--out", "logs", "--compress", "zip"], "<zstd|gzip>"),
    ];
    for (arguments, said) in cases {
        let mut all = vec!["logs", "pull", "--simulate"];
        all.extend(arguments);
        let ran = run(&mut otcdb(all));
        assert!(ran.code == 2 && ran.err.contains(said), "{ran:?}");
    }
}
