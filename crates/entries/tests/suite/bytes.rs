//! Any bytes: the entries of a log, one behind the other, are the log.

use otcdb_entries::{Filter, Format, JsonLines, LONGEST, Label, Statement, Text};
use proptest::prelude::*;

use crate::support::{log, merged, read};

/// Pieces of which the logs of all forms are made, and what is in none.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    let known = prop::sample::select(vec![
        "1:M 22 Nov 2026 02:10:03.123 * Ready",
        "[12] 22 Nov 02:10:03.123 # odd",
        "2026-11-22 02:10:03.123 UTC [12] ERROR:  no",
        "2026-11-22 02:10:03.123 UTC [12] STATEMENT:  SELECT 1",
        "2026-11-22 02:10:03.123 UTC,\"a\",\"b\",1,\"c\",5f,1,\"SELECT\",2026-11-22 02:00:00 UTC,3/4,0,LOG,00000,\"hi",
        "2026-11-22T02:10:03.123456Z 0 [Note] [MY-1] [Server] x",
        "# Time: 2026-11-22T02:10:03.123456Z",
        "# User@Host: a[a] @ h [1.2.3.4]  Id: 1",
        "# Query_time: 1.5  Lock_time: 0 Rows_sent: 1  Rows_examined: 2",
        "SET timestamp=1795313403;",
        "\"12\",\"2026-11-22T02:10:03Z\",\"SELECT 1\"",
        "{\"time\":\"2026-11-22T02:10:03\",\"level\":\"ERROR\",\"content\":\"x\"}",
        "{\"t\":{\"$date\":\"2026-11-22T02:10:03.123+01:00\"},\"s\":\"W\",\"msg\":\"y\"}",
        "{\"t\":",
        "2026-11-22T02:10:03.123+0000 I NETWORK  [conn1] end",
        "Sun Nov 22 02:10:03.123 [conn1] end",
        "\tcontinued",
        "\n",
        "\r\n",
        "\"",
        "é",
    ]);
    prop_oneof![
        known.prop_map(|text| text.as_bytes().to_vec()),
        prop::collection::vec(any::<u8>(), 0..30),
    ]
}

fn text() -> impl Strategy<Value = Vec<u8>> {
    let line = prop::collection::vec(piece(), 1..4);
    let end = prop::sample::select(vec!["\n", "\n", "\n", "\r\n", ""]);
    prop::collection::vec((line, end), 0..60).prop_map(|lines| {
        let lines = lines.into_iter().map(|(line, end)| {
            let mut line = line.concat();
            line.extend_from_slice(end.as_bytes());
            line
        });
        lines.collect::<Vec<_>>().concat()
    })
}

proptest! {
    #[test]
    fn the_entries_of_a_log_are_the_log(text in text(), form in prop::sample::select(Format::ALL.to_vec())) {
        let log = log(&text).likely([form]);
        let (_, entries) = read(&log);
        let all: Vec<u8> = entries.iter().flat_map(|entry| entry.raw.clone()).collect();
        prop_assert_eq!(all, text);
        // Times never go back.
        let times: Vec<jiff::Timestamp> = entries.iter().map(|entry| entry.time.parse().unwrap()).collect();
        prop_assert!(times.is_sorted());
    }

    #[test]
    fn whatever_is_read_can_be_written(text in text(), is_terminal: bool) {
        let mut merge = otcdb_entries::Merge::new();
        merge.add(log(&text));
        merge.add(log(&text));
        let label = Label::new("a");
        let (mut lines, mut json) = (Vec::new(), Vec::new());
        let (mut shown, mut documents) = (Text::new(3, is_terminal), JsonLines::default());
        let mut count = 0;
        while let Some((_, entry)) = merge.next() {
            let _ = Statement::of(&entry);
            assert!(Filter::default().takes(&entry));
            shown.write(&mut lines, &label, &entry);
            documents.write(&mut json, &label, &entry);
            count += 1;
        }
        let json = String::from_utf8(json).unwrap();
        prop_assert_eq!(json.lines().count(), count);
        for line in json.lines() {
            let entry: serde_json::Value = serde_json::from_str(line).unwrap();
            prop_assert!(entry["timestamp"].as_str().unwrap().ends_with('Z'));
            prop_assert!(entry["severity_number"].as_u64().unwrap() > 0);
            prop_assert!(entry["body"].is_string());
        }
        if is_terminal {
            let steering = |byte: &u8| *byte < b' ' && !b"\n\t\x1b".contains(byte) || *byte == 0x7f;
            prop_assert!(!lines.iter().any(steering));
        }
    }

    #[test]
    fn a_copy_that_has_grown_gives_only_what_is_new(text in text(), more in text()) {
        // Where an entry goes on in what is new, it is another one.
        let mut first = b"2026-11-22 02:10:03.123 UTC [12] ERROR:  first\n".repeat(100);
        first.extend_from_slice(&text);
        first.extend_from_slice(b"\n2026-11-22 02:10:03.123 UTC [12] ERROR:  last\n");
        let second = [first.as_slice(), b"2026-11-22 02:10:03.123 UTC [12] ERROR:  new\n", &more].concat();
        let both = |before: bool| {
            log(&second).likely([Format::Postgres]).before(before.then(|| crate::support::opener(&first)))
        };
        let (all, fresh) = (read(&both(false)).1.len(), merged([both(true)]).len());
        let known = read(&log(&first).likely([Format::Postgres])).1.len();
        prop_assert_eq!(fresh, all - known);
    }
}

#[test]
fn a_line_that_is_too_long_for_memory_comes_in_pieces() {
    let mut text = b"2026-11-22 02:10:03.123 UTC [12] ERROR:  ".to_vec();
    text.extend("é".repeat(2 * LONGEST).as_bytes());
    text.extend(b"\n2026-11-22 02:10:04 UTC [12] LOG:  next\n");
    let (_, entries) = read(&log(&text));
    assert!(entries.len() > 3, "{}", entries.len());
    let (last, pieces) = entries.split_last().unwrap();
    assert_eq!((last.is_rest, last.severity), (false, Some(9)));
    for (number, piece) in pieces.iter().enumerate() {
        assert_eq!(piece.is_rest, number > 0);
        assert_eq!(piece.severity, Some(17));
        assert!(piece.raw.len() <= LONGEST + 256 * 1024);
        assert!(std::str::from_utf8(&piece.raw).is_ok(), "{number}");
    }
    let all: Vec<u8> = entries.iter().flat_map(|entry| entry.raw.clone()).collect();
    assert!(all == text);
    // As text, the pieces are one line again.
    let mut merge = otcdb_entries::Merge::new();
    merge.add(log(&text));
    let (mut shown, mut out) = (Text::new(1, false), Vec::new());
    while let Some((_, entry)) = merge.next() {
        shown.write(&mut out, &Label::default(), &entry);
    }
    assert_eq!(out.iter().filter(|byte| **byte == b'\n').count(), 2);
}

#[test]
fn an_entry_of_many_lines_comes_in_pieces_of_whole_lines() {
    let mut text = b"2026-11-22 02:10:03.123 UTC [12] ERROR:  x\n".to_vec();
    text.extend("\tcontinued\n".repeat(LONGEST / 4).as_bytes());
    let (_, entries) = read(&log(&text));
    assert!(entries.len() > 2);
    assert!(entries.iter().all(|entry| entry.raw.ends_with(b"\n")));
    let all: Vec<u8> = entries.iter().flat_map(|entry| entry.raw.clone()).collect();
    assert!(all == text);
}
