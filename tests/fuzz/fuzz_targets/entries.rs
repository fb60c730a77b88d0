//! Any bytes as logs, the first byte says what is expected of them: the entries of a log, one behind the other, are the log,
//! also where it is merged with another; times never go back; and what is written of them is well-formed.
#![no_main]

use std::cell::LazyCell;

use jiff::tz::{Offset, TimeZone};
use libfuzzer_sys::fuzz_target;
use otcdb_entries::{
    Format, JsonLines, Label, Log, Merge, Reader, Statement, Text, TimeContext, Top,
};
use otcdb_fuzz::{Scratch, parts};
use serde_json::Value;

thread_local! {
    static FILES: LazyCell<[Scratch; 2]> = const { LazyCell::new(|| [Scratch::new(), Scratch::new()]) };
}

fuzz_target!(|bytes: &[u8]| {
    let Some((first, text)) = bytes.split_first() else {
        return;
    };
    FILES.with(|files| {
        let parts = parts(text);
        let likely = Format::ALL.get(usize::from(first & 15)).copied();
        let zone = match first & 16 {
            0 => TimeZone::UTC,
            _ => TimeZone::fixed(Offset::constant(2)),
        };
        let near = "2026-11-23T00:00:00Z".parse().expect("a time");
        let log = |number: usize| {
            let path = files[number].with(parts[number]).expect("a file");
            let log = Log::of_file(path).likely(likely);
            log.context(TimeContext::new(zone.clone(), near))
        };
        let logs: Vec<Log> = (0..parts.len().min(2)).map(log).collect();
        for (log, part) in logs.iter().zip(&parts) {
            read(log, part);
        }
        merge(&logs, &parts, first & 32 != 0);
        // A copy that has not grown has nothing new.
        if !is_packed(parts[0]) {
            let mut merge = Merge::new();
            merge.add(logs[0].clone().before(logs[0].open.clone()));
            assert!(merge.next().is_none());
        }
    });
});

fn is_packed(text: &[u8]) -> bool {
    text.starts_with(&[0x1f, 0x8b]) || text.starts_with(&[0x28, 0xb5, 0x2f, 0xfd])
}

fn read(log: &Log, text: &[u8]) {
    let Ok(mut reader) = Reader::open(log) else {
        return assert!(is_packed(text), "a log that is no archive is read");
    };
    let (mut all, mut last) = (Vec::new(), jiff::Timestamp::MIN);
    while let Ok(true) = reader.advance() {
        let entry = reader.entry();
        assert!(entry.time >= last, "times never go back");
        last = entry.time;
        all.extend_from_slice(entry.raw);
    }
    assert!(
        is_packed(text) || all == text,
        "an entry has lost or gained bytes"
    );
}

fn merge(logs: &[Log], parts: &[&[u8]], is_terminal: bool) {
    let mut merge = Merge::new();
    logs.iter().for_each(|log| merge.add(log.clone()));
    let label = Label::new("a");
    let (mut shown, mut documents) = (Text::new(3, is_terminal), JsonLines::default());
    let (mut lines, mut json) = (Vec::new(), Vec::new());
    let mut all = vec![Vec::new(); logs.len()];
    let (mut top, mut statements) = (Top::default(), 0_u64);
    let (mut count, mut last) = (0, jiff::Timestamp::MIN);
    while let Some((number, entry)) = merge.next() {
        assert!(entry.time >= last, "times never go back");
        last = entry.time;
        count += 1;
        all[number].extend_from_slice(entry.raw);
        shown.write(&mut lines, &label, &entry);
        documents.write(&mut json, &label, &entry);
        if let Some(statement) = Statement::of(&entry) {
            top.add("i", &statement);
            statements = statements.saturating_add(statement.count);
        }
    }
    for (all, part) in all.iter().zip(parts) {
        assert!(
            is_packed(part) || all == part,
            "merging has lost or gained bytes"
        );
    }
    let json = String::from_utf8(json).expect("JSON lines are text");
    assert_eq!(json.lines().count(), count);
    for line in json.lines() {
        let entry: Value = serde_json::from_str(line).expect("each is a document");
        assert!(
            entry["body"].is_string() && entry["timestamp"].is_string(),
            "{line}"
        );
    }
    if is_terminal {
        let steering = |byte: &u8| *byte < b' ' && !b"\n\t\x1b".contains(byte) || *byte == 0x7f;
        assert!(
            !lines.iter().any(steering),
            "a log must not steer the terminal"
        );
    }
    let grouped = top
        .groups()
        .iter()
        .fold(0_u64, |sum, group| sum.saturating_add(group.count));
    assert_eq!(grouped, statements, "each statement is in one group");
}
