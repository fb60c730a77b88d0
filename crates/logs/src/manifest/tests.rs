//! What a manifest holds, and what becomes of a damaged one.

use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::{Map, json};

use super::*;

fn record(id: &str, size: u64) -> ManifestEntry {
    ManifestEntry {
        kind: LogKind::RedisRun,
        instance: "i".to_owned(),
        instance_name: "cache \"one\"".to_owned(),
        realm: <_>::default(),
        node: None,
        id: id.to_owned(),
        name: None,
        file: format!("{id}.log"),
        size,
        sha256: "00".to_owned(),
        sent: None,
        from: None,
        until: None,
        oldest: None,
        newest: None,
        fetched_at: Timestamp::UNIX_EPOCH,
        modified: None,
        announced: None,
        supersedes: None,
        pruned_at: None,
        simulated: false,
        other: Map::new(),
    }
}

/// Found by fuzzing: nothing but damage makes two lines name one file, and then the first of them must not stop its log from
/// being fetched.
#[test]
fn a_file_that_two_lines_name_is_that_of_the_last() {
    let root = tempfile::tempdir().unwrap();
    let mut other = record("b", 4);
    other.file = "a.log".to_owned();
    let lines = [record("a", 3), other.clone()].map(|one| line_of(&one).unwrap() + "\n");
    std::fs::write(root.path().join(MANIFEST), lines.concat()).unwrap();
    for _ in 0..2 {
        let manifest = Manifest::open(root.path()).unwrap();
        assert_eq!(manifest.newest(LogKind::RedisRun, "i", "a"), None);
        let newest = manifest.newest(LogKind::RedisRun, "i", "b");
        assert_eq!(newest.as_ref(), Some(&other));
    }
}

#[test]
fn what_was_added_is_found_by_the_next_run_while_the_file_is_whole() {
    let root = tempfile::tempdir().unwrap();
    let manifest = Manifest::open(root.path()).unwrap();
    manifest.add(record("a", 3)).unwrap();
    assert_eq!(
        manifest.find(LogKind::RedisRun, "i", "a"),
        None,
        "the file is not there"
    );
    std::fs::write(root.path().join("a.log"), "abc").unwrap();
    drop(manifest);

    let manifest = Manifest::open(root.path()).unwrap();
    assert_eq!(
        manifest.find(LogKind::RedisRun, "i", "a"),
        Some(record("a", 3))
    );
    assert_eq!(manifest.find(LogKind::RedisSlow, "i", "a"), None);
    std::fs::write(root.path().join("a.log"), "ab").unwrap();
    assert_eq!(
        manifest.find(LogKind::RedisRun, "i", "a"),
        None,
        "the file was cut"
    );
}

#[test]
fn two_files_of_one_name_have_two_paths_in_every_run() {
    let root = tempfile::tempdir().unwrap();
    let manifest = Manifest::open(root.path()).unwrap();
    let claim = |manifest: &Manifest, id: &str| manifest.claim(LogKind::RedisRun, "i", id, "f.log");
    assert_eq!(claim(&manifest, "a"), "f.log");
    let other = claim(&manifest, "b");
    assert!(
        other.starts_with("f~") && other.ends_with(".log"),
        "{other}"
    );
    assert_eq!(
        (claim(&manifest, "a"), claim(&manifest, "b")),
        ("f.log".to_owned(), other.clone())
    );
    let file = "f.log".to_owned();
    let first = ManifestEntry {
        file,
        ..record("a", 3)
    };
    manifest.add(first).unwrap();
    drop(manifest);
    let manifest = Manifest::open(root.path()).unwrap();
    assert_eq!(
        (claim(&manifest, "b"), claim(&manifest, "a")),
        (other, "f.log".to_owned())
    );
}

#[test]
fn names_that_differ_in_case_alone_are_no_two_names_everywhere() {
    let folder = tempfile::tempdir().unwrap();
    let manifest = Manifest::open(folder.path()).unwrap();
    let claim = |id: &str, name: &str| manifest.claim(LogKind::RedisRun, "i", id, name);
    assert_eq!(claim("a", "f.log"), "f.log");
    let other = claim("b", "F.LOG");
    assert!(other.starts_with("F~"), "{other}");
    // The same file may have its name written otherwise.
    assert_eq!(claim("a", "F.log"), "F.log");
}

#[test]
fn simulated_logs_are_kept_apart_from_real_ones() {
    let root = tempfile::tempdir().unwrap();
    let manifest = Manifest::open(root.path()).unwrap();
    assert!(manifest.keep_apart(true).is_ok() && manifest.keep_apart(false).is_ok());
    manifest.add(record("a", 3)).unwrap();
    assert!(manifest.keep_apart(false).is_ok());
    let error = manifest.keep_apart(true).unwrap_err();
    assert!(
        error.to_string().contains("logs of a real cloud"),
        "{error}"
    );
}

#[test]
fn two_runs_do_not_share_a_folder() {
    let root = tempfile::tempdir().unwrap();
    let _first = Manifest::open(root.path()).unwrap();
    let error = Manifest::open(root.path()).unwrap_err();
    assert!(error.to_string().contains("another run"), "{error}");
}

/// What a manifest of these lines says of `a`, `b` and of itself.
fn opened(root: &Path, text: &[u8]) -> (bool, bool, Vec<String>) {
    for id in ["a", "b"] {
        std::fs::write(root.join(format!("{id}.log")), "abc").unwrap();
    }
    std::fs::write(root.join(MANIFEST), text).unwrap();
    let manifest = Manifest::open(root).unwrap();
    let has = |id| manifest.find(LogKind::RedisRun, "i", id).is_some();
    (has("a"), has("b"), manifest.notes())
}

#[test]
fn a_damaged_line_costs_that_line_and_stays_where_it_is() {
    let root = tempfile::tempdir().unwrap();
    let line = |id: &str| line_of(&record(id, 3)).unwrap().into_bytes();
    let [a, b] = [line("a"), line("b")];
    let newer =
        br#"{"kind":"redis-audit","instance":"i","id":"n","file":"n.log","size":3,"x":1.50}"#;
    let absurd = br#"{"kind":"redis-run","instance":"i","instance_name":"i","id":"a","file":"n.log","size":3,"sha256":"","fetched_at":"+999999-01-01T00:00:00Z"}"#;
    for damaged in [
        &b"\0\0\0\0"[..],
        b"{\"kind\":1}",
        b"\xff\xfe{",
        b"[]",
        b"null",
        &a[..a.len() - 1],
        &[&a[..40], &b[..]].concat(),
        newer,
        absurd,
    ] {
        let text = [&a[..], damaged, &b, b""].join(&b'\n');
        let (has_a, has_b, notes) = opened(root.path(), &text);
        let shown = String::from_utf8_lossy(damaged);
        assert!(has_a && has_b, "{shown}");
        assert!(
            notes.len() == 1 && notes[0].contains("line 2 of "),
            "{notes:?}"
        );

        // It is still there when the lines are written anew, but for lines of the same file.
        let manifest = Manifest::open(root.path()).unwrap();
        let pruned_at = Some(Timestamp::UNIX_EPOCH);
        manifest
            .change(vec![ManifestEntry {
                pruned_at,
                ..record("a", 3)
            }])
            .unwrap();
        let text = std::fs::read(root.path().join(MANIFEST)).unwrap();
        let lines: Vec<_> = text.split(|byte| *byte == b'\n').collect();
        assert_eq!(
            (lines.len(), lines[1], lines[2]),
            (4, damaged, &b[..]),
            "{shown}"
        );
    }
    let (_, _, notes) = opened(root.path(), &[&b"x\n"[..]; 9].concat());
    assert!(
        notes[0].contains("lines 1, 2, 3, 4, 5 and 4 more of "),
        "{notes:?}"
    );
}

#[test]
fn the_file_of_a_newer_line_is_nobody_elses() {
    let root = tempfile::tempdir().unwrap();
    let newer = json!({ "kind": "redis-audit", "instance": "i", "id": "n", "file": "n.log" });
    opened(root.path(), format!("{newer}\n").as_bytes());
    let manifest = Manifest::open(root.path()).unwrap();
    let claimed = manifest.claim(LogKind::RedisRun, "i", "a", "n.log");
    assert!(claimed.starts_with("n~"), "{claimed}");
}

#[test]
fn what_a_newer_version_wrote_of_a_file_is_kept_when_the_line_changes() {
    let root = tempfile::tempdir().unwrap();
    let mut newer = serde_json::to_value(record("a", 3)).unwrap();
    newer["colour"] = json!({ "of": ["x"] });
    opened(root.path(), format!("{newer}\n").as_bytes());
    let manifest = Manifest::open(root.path()).unwrap();
    let mut known = manifest.find(LogKind::RedisRun, "i", "a").unwrap();
    known.pruned_at = Some(Timestamp::UNIX_EPOCH);
    manifest.change(vec![known]).unwrap();
    let text = std::fs::read_to_string(root.path().join(MANIFEST)).unwrap();
    let line: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(line["colour"], newer["colour"]);
    assert_eq!(line["pruned_at"], "1970-01-01T00:00:00Z");
}

#[test]
fn a_file_that_is_fetched_again_has_one_line() {
    let root = tempfile::tempdir().unwrap();
    let manifest = Manifest::open(root.path()).unwrap();
    for size in [3, 4] {
        manifest.add(record("a", size)).unwrap();
        manifest.add(record("b", 3)).unwrap();
    }
    let count = || {
        let text = std::fs::read_to_string(root.path().join(MANIFEST)).unwrap();
        text.lines().count()
    };
    assert_eq!(count(), 4);
    manifest.close().unwrap();
    assert_eq!(count(), 2);
    let error = Manifest::open(root.path()).unwrap_err();
    assert!(
        error.to_string().contains("another run"),
        "the lock is gone: {error}"
    );
    manifest.add(record("c", 3)).unwrap();
    drop(manifest);
    let manifest = Manifest::open(root.path()).unwrap();
    let sizes: Vec<_> = manifest.records().iter().map(|it| it.size).collect();
    assert_eq!(sizes, [4, 3, 3]);
}

#[test]
fn files_that_are_not_there_count_only_when_they_were_pruned_or_moved_away() {
    let root = tempfile::tempdir().unwrap();
    let manifest = Manifest::open(root.path()).unwrap();
    let pruned_at = Some(Timestamp::UNIX_EPOCH);
    manifest.add(record("a", 3)).unwrap();
    manifest
        .add(ManifestEntry {
            pruned_at,
            ..record("b", 3)
        })
        .unwrap();
    manifest.add(record("c", 3)).unwrap();
    std::fs::write(root.path().join("c.log"), "ab").unwrap();
    let has = |manifest: &Manifest| {
        ["a", "b", "c"].map(|id| manifest.find(LogKind::RedisRun, "i", id).is_some())
    };
    assert_eq!(has(&manifest), [false, true, false]);
    // A file that is there with another size was not moved away.
    assert_eq!(has(&manifest.moved_away(true)), [true, true, false]);
}

proptest! {
    #[test]
    fn a_manifest_cut_anywhere_keeps_its_whole_lines(count in 1_usize..5, cut in 0_usize..3000) {
        let root = tempfile::tempdir().unwrap();
        let manifest = Manifest::open(root.path()).unwrap();
        let name = |number: usize| format!("é\u{1f600}{number}");
        for number in 0..count {
            std::fs::write(root.path().join(format!("{}.log", name(number))), "abc").unwrap();
            manifest.add(record(&name(number), 3)).unwrap();
        }
        std::fs::write(root.path().join("new.log"), "abc").unwrap();
        drop(manifest);
        let path = root.path().join(MANIFEST);
        let text = std::fs::read(&path).unwrap();
        let cut = cut.min(text.len());
        std::fs::write(&path, &text[..cut]).unwrap();
        // A line is whole without its line break too.
        let ends: Vec<_> = (0..text.len()).filter(|at| text[*at] == b'\n').collect();
        let whole = ends.iter().filter(|end| **end <= cut).count();

        let manifest = Manifest::open(root.path()).unwrap();
        let is_torn = ends.iter().all(|end| cut != *end && cut != *end + 1) && cut > 0;
        prop_assert_eq!(manifest.notes().len(), usize::from(is_torn));
        manifest.add(record("new", 3)).unwrap();
        drop(manifest);
        let manifest = Manifest::open(root.path()).unwrap();
        prop_assert_eq!(manifest.notes().len(), 0);
        for number in 0..count {
            let found = manifest.find(LogKind::RedisRun, "i", &name(number));
            prop_assert_eq!(found.is_some(), number < whole);
        }
        prop_assert!(manifest.find(LogKind::RedisRun, "i", "new").is_some());
    }
}
