//! Folders that the first version has written go on: nothing is fetched twice, and nothing lost.

use std::collections::BTreeMap;

use otcdb_logs::{LogKind, MANIFEST};
use serde_json::{Value, json};

use super::harness::{Pull, files, small_cloud};
use super::journal::{BEGIN, DAY, HOUR, Journal, MINUTE};

/// What the first version kept of the stories' entries, byte for byte: described fields, in alphabetical order. It knew
/// nothing of `content` in slow logs.
fn line(kind: LogKind, number: usize, second: i64, content: &str) -> String {
    let time = jiff::Timestamp::from_second(BEGIN + second).unwrap();
    match kind {
        LogKind::RedisSlow => format!("{{\"id\":{},\"start_time\":\"{time}\"}}\n", 1000 + number),
        _ => format!(
            "{{\"content\":\"{content}\",\"time\":\"{}\"}}\n",
            time.strftime("%Y-%m-%dT%H:%M:%S")
        ),
    }
}

/// A file of a span and its line in the manifest, as the first version wrote them.
fn write(journal: &Journal, kind: LogKind, from: i64, to: i64, lines: &str) -> String {
    let (service, instance, name) = match kind {
        LogKind::RedisSlow => ("dcs", "cache-1", "slowlog"),
        _ => ("rds", "db-1", "errorlog"),
    };
    let time = |second| jiff::Timestamp::from_second(BEGIN + second).unwrap();
    let compact = |second| time(second).strftime("%Y%m%dT%H%M%SZ").to_string();
    let id = format!("{}_{}", compact(from), compact(to));
    let file = format!("{service}/{instance}/{name}_{id}.jsonl");
    let path = journal.out.path().join(&file);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, lines).unwrap();
    // It was not touched since, or it would be looked at.
    let written = std::time::SystemTime::from(time(to));
    let options = std::fs::OpenOptions::new().append(true).open(path);
    options.unwrap().set_modified(written).unwrap();
    format!(
        "{{\"kind\":\"{kind}\",\"instance\":\"{instance}\",\"instance_name\":\"i\",\"id\":\"{id}\",\"file\":\"{file}\",\
         \"size\":{},\"sha256\":\"00\",\"until\":\"{}\",\"fetched_at\":\"{}.387373048Z\"}}\n",
        lines.len(),
        time(to),
        time(to).strftime("%Y-%m-%dT%H:%M:%S"),
    )
}

/// How many entries of each second the files have.
fn times(journal: &Journal) -> BTreeMap<i64, usize> {
    let mut times = BTreeMap::new();
    for path in files(journal.out.path()) {
        let text = std::fs::read_to_string(journal.out.path().join(path)).unwrap();
        for line in text.lines() {
            let entry: Value = serde_json::from_str(line).unwrap();
            let time = entry.get("time").or(entry.get("start_time")).unwrap();
            let time = format!("{}Z", time.as_str().unwrap().trim_end_matches('Z'));
            let time: jiff::Timestamp = time.parse().unwrap();
            *times.entry(time.as_second() - BEGIN).or_default() += 1;
        }
    }
    times
}

#[tokio::test]
async fn entries_of_the_first_version_are_known_and_its_spans_are_covered() {
    for kind in [LogKind::RedisSlow, LogKind::RdsError] {
        let journal = Journal::start(kind);
        // Before what it has pulled, in its two runs (one in the second in which they meet), twice at the end, and late.
        let seconds = [
            -5 * HOUR,
            -3 * HOUR,
            -90 * MINUTE,
            -HOUR,
            -HOUR,
            -MINUTE,
            -MINUTE,
        ];
        for (number, second) in seconds.into_iter().enumerate() {
            journal.entry(second, format!("entry {number}"));
        }
        journal.late(-2 * MINUTE, 1, json!("late"));
        let lines = |numbers: std::ops::Range<usize>| -> String {
            numbers
                .map(|number| line(kind, number, seconds[number], &format!("entry {number}")))
                .collect()
        };
        let manifest = [
            write(&journal, kind, -4 * HOUR, -HOUR, &lines(1..5)),
            write(&journal, kind, -HOUR, 0, &lines(5..7)),
        ];
        std::fs::write(journal.out.path().join(MANIFEST), manifest.concat()).unwrap();

        journal.at(2 * MINUTE);
        journal.entry(MINUTE, "new");
        let summary = journal.pull(2 * HOUR).await;
        assert_eq!(journal.asked(), [(-10 * MINUTE, 2 * MINUTE)]);
        assert_eq!(summary.files.len(), 1);
        journal.pull(DAY).await;
        assert_eq!(journal.asked(), [(2 * MINUTE - DAY, -4 * HOUR + 1)]);
        let expected = [
            (-5 * HOUR, 1),
            (-3 * HOUR, 1),
            (-90 * MINUTE, 1),
            (-HOUR, 2),
            (-2 * MINUTE, 1),
            (-MINUTE, 2),
            (MINUTE, 1),
        ];
        assert_eq!(times(&journal), expected.into_iter().collect());
        let text = std::fs::read_to_string(journal.out.path().join(MANIFEST)).unwrap();
        assert!(
            text.starts_with(&manifest.concat()),
            "its lines stay as they are"
        );

        // Its files are fetched again when they are gone, whole this time.
        let gone = &journal.records()[1];
        std::fs::remove_file(journal.out.path().join(&gone.file)).unwrap();
        journal.pull(DAY).await;
        assert_eq!(times(&journal), expected.into_iter().collect());
    }
}

#[tokio::test]
async fn a_clock_that_was_fast_in_the_first_version_is_not_believed_either() {
    let journal = Journal::start(LogKind::RedisSlow);
    journal.entry(-MINUTE, "x");
    journal.entry(HOUR, "y");
    let lines = line(LogKind::RedisSlow, 0, -MINUTE, "");
    let manifest = write(&journal, LogKind::RedisSlow, -HOUR, 2 * HOUR, &lines);
    std::fs::write(journal.out.path().join(MANIFEST), manifest).unwrap();
    journal.at(HOUR + MINUTE);
    journal.pull(HOUR).await;
    assert_eq!(
        times(&journal),
        [(-MINUTE, 1), (HOUR, 1)].into_iter().collect()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn files_of_the_first_version_are_not_fetched_again() {
    let cloud = small_cloud().start().await.unwrap();
    let pull = Pull::new(&[LogKind::RdsAudit, LogKind::RdsSlow, LogKind::RdsError]);
    let first = pull.run(&cloud).await.unwrap();
    assert!(first.files.len() > 4, "{:?}", first.files);
    // Only what the first version knew of them, and no other file beside the manifest.
    let path = pull.out.path().join(MANIFEST);
    let text = std::fs::read_to_string(&path).unwrap();
    let known = [
        "kind",
        "instance",
        "instance_name",
        "id",
        "file",
        "size",
        "sha256",
        "until",
        "fetched_at",
    ];
    let old: String = text
        .lines()
        .map(|line| {
            let mut line: serde_json::Map<String, Value> = serde_json::from_str(line).unwrap();
            line.retain(|field, _| known.contains(&field.as_str()));
            format!("{}\n", Value::Object(line))
        })
        .collect();
    std::fs::write(&path, old).unwrap();
    let _ = std::fs::remove_file(pull.out.path().join(otcdb_logs::SPANS));
    let downloads = cloud.count("download");
    let second = pull.run(&cloud).await.unwrap();
    assert_eq!(second.files, [], "{second:?}");
    assert_eq!(cloud.count("download"), downloads);
}
