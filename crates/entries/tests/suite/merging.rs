//! Several logs as one.

use std::io::Write as _;

use otcdb_entries::{Log, Merge, Opener};

use crate::support::{log, merged, opener};

fn lines(entries: &[(usize, String)]) -> Vec<&str> {
    entries
        .iter()
        .map(|(_, text)| text.rsplit(' ').next().unwrap())
        .collect()
}

#[test]
fn entries_of_all_logs_come_by_time_and_a_logs_own_stay_in_order() {
    let entries = merged([
        log(b"1:M 22 Nov 2026 02:10:01.000 * a\n1:M 22 Nov 2026 02:10:03.000 * d\n1:M 22 Nov 2026 02:10:02.000 * e\n"),
        log(b"2026-11-22 02:10:02.000 UTC [1] LOG:  b\n\t\n2026-11-22 02:10:03.000 UTC [1] LOG:  f\n"),
        log(b"{\"time\":\"2026-11-22T02:10:02\",\"content\": \"c\"}\n"),
        log(b""),
    ]);
    assert_eq!(lines(&entries), ["a", "b", "\"c\"}", "d", "e", "f"]);
}

#[test]
fn a_clock_that_was_wrong_once_does_not_date_what_follows() {
    let entry = |time: &str, text: &str| format!("{time} UTC [1] LOG:  {text}\n");
    let text = [
        entry("2099-11-22 02:10:01", "a"),
        entry("2026-11-22 02:10:01", "b"),
        entry("2099-11-22 02:10:01", "c"),
        entry("2026-11-22 02:10:03", "d"),
    ]
    .concat();
    let copied: jiff::Timestamp = "2026-11-22T03:00:00Z".parse().unwrap();
    let wrong = log(text.as_bytes()).until(copied);
    let other = log(entry("2026-11-22 02:10:02", "other").as_bytes());
    let entries = merged([wrong, other]);
    assert_eq!(lines(&entries), ["a", "b", "c", "other", "d"]);
}

#[test]
fn compressed_logs_are_known_by_their_first_bytes() {
    let first = b"1:M 22 Nov 2026 02:10:01.000 * a\n";
    let second = b"1:M 22 Nov 2026 02:10:02.000 * b\n";
    let gzip = |text: &[u8]| {
        let mut to = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        to.write_all(text).unwrap();
        to.finish().unwrap()
    };
    let zstd = |text: &[u8]| zstd::encode_all(text, 1).unwrap();
    for packed in [
        [gzip(first), gzip(second)].concat(),
        [zstd(first), zstd(second)].concat(),
    ] {
        assert_eq!(lines(&merged([log(&packed)])), ["a", "b"]);
        let rest = log(&packed).skip(first.len() as u64);
        assert_eq!(lines(&merged([rest])), ["b"]);
    }
}

#[test]
fn a_log_that_cannot_be_read_costs_that_log() {
    let missing: Opener = std::sync::Arc::new(|| Err(std::io::ErrorKind::NotFound.into()));
    let mut cut = {
        let mut to = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        to.write_all(b"1:M 22 Nov 2026 02:10:01.000 * a\n").unwrap();
        to.finish().unwrap()
    };
    cut.truncate(cut.len() - 9);
    let mut merge = Merge::new();
    merge.add(Log::new(missing));
    merge.add(log(&cut));
    merge.add(log(b"1:M 22 Nov 2026 02:10:02.000 * b\n"));
    let mut seen = 0;
    while merge.next().is_some() {
        seen += 1;
    }
    assert!(seen >= 1);
    let failed: Vec<usize> = merge.failures().into_iter().map(|(log, _)| log).collect();
    assert_eq!(failed, [0, 1]);
}

#[test]
fn what_an_earlier_copy_has_is_left_out_wherever_it_is() {
    let entry =
        |second: u32, text: &str| format!("2026-11-22 02:10:{second:02} UTC [1] LOG:  {text}\n");
    let old = [
        entry(1, "gone"),
        entry(2, "a"),
        entry(2, "a"),
        entry(3, "b"),
    ]
    .concat();
    // The beginning was dropped, one entry of an old time came late, one is there once more.
    let new = [
        entry(2, "a"),
        entry(2, "late"),
        entry(2, "a"),
        entry(2, "a"),
        entry(3, "b"),
        entry(4, "new"),
    ]
    .concat();
    let copy = log(new.as_bytes()).before(opener(old.as_bytes()));
    assert_eq!(lines(&merged([copy])), ["late", "a", "new"]);
}

#[test]
fn a_log_takes_no_descriptor_while_it_is_not_read() {
    let logs = (0..3000).map(|number| {
        let text = format!(
            "1:M 22 Nov 2026 02:{:02}:{:02}.000 * a{number}\n",
            number / 60,
            number % 60
        );
        log(text.as_bytes())
    });
    let _ = logs;
    // More logs than a process may have open: each is a file that is opened by its name.
    let folder = tempfile::tempdir().unwrap();
    let mut merge = Merge::new();
    for number in 0..3000 {
        let path = folder.path().join(number.to_string());
        let text = "1:M 22 Nov 2026 02:10:01.000 * a\n1:M 22 Nov 2026 02:10:02.000 * b\n";
        std::fs::write(&path, text).unwrap();
        merge.add(Log::of_file(path));
    }
    let mut count = 0;
    while merge.next().is_some() {
        count += 1;
    }
    assert_eq!((count, merge.failures().len()), (6000, 0));
}
