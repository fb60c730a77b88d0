//! Entries as they are written.

use otcdb_entries::{Filter, JsonLines, Label, Log, Merge, Regex, Severity, Statement, Text};

use crate::support::log;

fn label() -> Label {
    Label::new("orders-db")
        .resource([("service.name", "orders-db".to_owned())])
        .attributes([("log.file.path", "a/b.log".to_owned())])
}

fn json(content: &str) -> Vec<serde_json::Value> {
    let mut merge = Merge::new();
    merge.add(log(content.as_bytes()));
    let (mut lines, mut out) = (JsonLines::default(), Vec::new());
    while let Some((_, entry)) = merge.next() {
        lines.write(&mut out, &label(), &entry);
    }
    let text = String::from_utf8(out).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn text(log: Log, is_terminal: bool) -> String {
    let mut merge = Merge::new();
    merge.add(log);
    let (mut lines, mut out) = (Text::new(10, is_terminal), Vec::new());
    while let Some((_, entry)) = merge.next() {
        lines.write(&mut out, &label(), &entry);
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[test]
fn json_lines_are_in_the_log_data_model() {
    let entries = json(
        "2026-11-22 02:10:03.5 UTC:10.0.0.1(3333):app@shop:[12]:ERROR:  no\n\
         2026-11-22 02:10:03.5 UTC:10.0.0.1(3333):app@shop:[12]:STATEMENT:  SELECT 1\n",
    );
    assert_eq!(
        entries,
        [serde_json::json!({
            "timestamp": "2026-11-22T02:10:03.500000000Z",
            "severity_text": "ERROR",
            "severity_number": 17,
            "body": "2026-11-22 02:10:03.5 UTC:10.0.0.1(3333):app@shop:[12]:ERROR:  no\n\
                     2026-11-22 02:10:03.5 UTC:10.0.0.1(3333):app@shop:[12]:STATEMENT:  SELECT 1",
            "resource": { "service.name": "orders-db" },
            "attributes": {
                "log.file.path": "a/b.log",
                "process.pid": "12",
                "user.name": "app",
                "db.namespace": "shop",
            },
        })]
    );
}

#[test]
fn members_of_a_document_go_where_they_belong() {
    let entries = json(
        "{\"time\":\"2026-11-22T02:10:03\",\"level\":\"Warning\",\"content\":\"a\\nb\",\"other\":{\"x\":1.50}}\n{\"a\":1}\n",
    );
    let entry = &entries[0];
    assert_eq!(
        (&entry["body"], &entry["severity_text"]),
        (&"a\nb".into(), &"Warning".into())
    );
    assert_eq!(entry["severity_number"], 13);
    assert_eq!(entry["attributes"]["other"].to_string(), "{\"x\":1.5}");
    assert_eq!(entry["attributes"].get("content"), None);
    assert_eq!(entries[1]["body"], "{\"a\":1}");
    assert_eq!(entries[1]["severity_text"], "INFO");
}

#[test]
fn attributes_are_what_the_beginning_says() {
    let attributes = |text: &str| {
        let mut entry = json(text).remove(0);
        let mut attributes = entry["attributes"].take();
        attributes
            .as_object_mut()
            .unwrap()
            .shift_remove("log.file.path");
        (
            entry["severity_text"].as_str().unwrap().to_owned(),
            attributes.to_string(),
        )
    };
    for (text, severity, expected) in [
        (
            "12:S 22 Nov 2026 02:10:03.123 # x * y\n",
            "warning",
            r#"{"process.pid":"12","redis.role":"replica"}"#,
        ),
        (
            "2026-11-22T02:10:03.1Z 7 [Note] [MY-010116] [Server] x\n",
            "Note",
            r#"{"thread.id":"7","mysql.error_code":"MY-010116","mysql.subsystem":"Server"}"#,
        ),
        (
            "# Time: 2026-11-22T02:10:03Z\n# User@Host: app[app] @  [10.0.0.1]  Id: 7\n# Query_time: 1.5  Lock_time: 0.1 Rows_sent: 1  Rows_examined: 2\nSELECT 1;\n",
            "INFO",
            r#"{"user.name":"app","client.address":"10.0.0.1","mysql.query_time":"1.5","mysql.lock_time":"0.1","mysql.rows_sent":"1","mysql.rows_examined":"2"}"#,
        ),
        (
            "2026-11-22T02:10:03.123+0000 I NETWORK  [conn1] end\n",
            "I",
            r#"{"mongodb.component":"NETWORK","mongodb.context":"conn1"}"#,
        ),
        (
            "2026-11-22 02:10:03 UTC [12]: [3-1] user=app,db=shop,app=psql,client=10.0.0.1 LOG:  x\n",
            "LOG",
            r#"{"process.pid":"12","user.name":"app","db.namespace":"shop","client.address":"10.0.0.1","postgresql.application_name":"psql"}"#,
        ),
    ] {
        assert_eq!(attributes(text), (severity.to_owned(), expected.to_owned()));
    }
}

#[test]
fn text_has_time_name_and_the_entry_as_it_is() {
    let two = "1:M 22 Nov 2026 02:10:03.123 * a\n  more\n1:M 22 Nov 2026 02:10:04.000 # b";
    assert_eq!(
        text(log(two.as_bytes()), false),
        "2026-11-22T02:10:03.123Z orders-db  1:M 22 Nov 2026 02:10:03.123 * a\n\
         \x20                                     more\n\
         2026-11-22T02:10:04.000Z orders-db  1:M 22 Nov 2026 02:10:04.000 # b\n"
    );
    let document =
        "{\"time\":\"2026-11-22T02:10:03\",\"level\":\"ERROR\",\"content\":\"a\",\"x\":[1]}\n";
    assert_eq!(
        text(log(document.as_bytes()), false),
        "2026-11-22T02:10:03.000Z orders-db  ERROR a time=\"2026-11-22T02:10:03\" x=[1]\n"
    );
}

#[test]
fn on_a_terminal_there_are_colours_and_nothing_steers_it() {
    let steering = b"1:M 22 Nov 2026 02:10:03.123 # a\x1b[2Jb\xff\xe2\x80\xaec\n";
    let shown = text(log(steering), true);
    assert!(shown.contains("\u{1b}[33m"), "{shown:?}");
    assert!(
        shown.contains(r"a\u{1b}[2Jb") && shown.contains(r"\u{202e}c"),
        "{shown:?}"
    );
    let plain = text(log(b"1:M 22 Nov 2026 02:10:03.123 # a\x1b[2J\n"), false);
    assert!(plain.ends_with("a\u{1b}[2J\n"));
}

#[test]
fn a_filter_chooses_by_time_severity_and_what_is_found() {
    let content = "1:M 22 Nov 2026 02:10:01.000 # one\n\
                   1:M 22 Nov 2026 02:10:02.000 * two\nneedle\n\
                   1:M 22 Nov 2026 02:10:03.000 # three\n";
    let chosen = |filter: Filter| {
        let mut merge = Merge::new();
        merge.add(log(content.as_bytes()));
        let mut found = Vec::new();
        while let Some((_, entry)) = merge.next() {
            if filter.takes(&entry) {
                found.push(entry.time.as_second() % 10);
            }
        }
        found
    };
    let at = |second: i64| jiff::Timestamp::from_second(1_795_313_400 + second).unwrap();
    let all = Filter::default();
    assert_eq!(chosen(all.clone().from(at(2)).to(at(3))), [2]);
    assert_eq!(chosen(all.clone().severity(Severity::WARN)), [1, 3]);
    let pattern = Regex::new("needle|three").unwrap();
    assert_eq!(chosen(all.pattern(pattern)), [2, 3]);
}

#[test]
fn slow_statements_are_found_in_every_form_that_has_them() {
    for (content, expected) in [
        (
            "# Time: 2026-11-22T02:10:03Z\n# User@Host: a[a] @  [1]\n# Query_time: 1.5  Lock_time: 0\nuse shop;\nSET timestamp=1;\nSELECT 1;\n",
            Some(("SELECT 1;", 1.5, 1)),
        ),
        (
            "2026-11-22 02:10:03 UTC [1] LOG:  duration: 1500.000 ms  statement: SELECT\n\t1\n",
            Some(("SELECT\n\t1", 1.5, 1)),
        ),
        (
            "2026-11-22 02:10:03 UTC [1] LOG:  duration: 1500.000 ms  execute <unnamed>: SELECT $1\n2026-11-22 02:10:03 UTC [1] DETAIL:  parameters: $1 = '1'\n",
            Some(("SELECT $1", 1.5, 1)),
        ),
        (
            "2026-11-22 02:10:03 UTC [1] LOG:  duration: 1500.000 ms\n",
            None,
        ),
        (
            "2026-11-22 02:10:03 UTC [1] LOG:  duration: 1.0 ms  bind a: SELECT 1\n",
            None,
        ),
        (
            "{\"count\":\"3\",\"time\":\"1.50000 s\",\"query_sample\":\"SELECT N\",\"start_time\":\"2026-11-22T02:10:04\"}\n",
            Some(("SELECT N", 1.5, 3)),
        ),
        (
            "{\"id\":1,\"start_time\":\"2026-11-22T02:10:04Z\",\"command\":\"KEYS *\",\"duration\":\"1500\"}\n",
            Some(("KEYS *", 1.5, 1)),
        ),
        (
            "{\"time\":\"2026-11-22T02:10:03\",\"level\":\"ERROR\",\"content\":\"a\"}\n",
            None,
        ),
        (
            "2026-11-22T02:10:03.123+0000 I COMMAND  [conn1] command shop.orders command: find { find: \"orders\" } planSummary: COLLSCAN keysExamined:0 1500ms\n",
            Some((
                "command shop.orders command: find { find: \"orders\" }",
                1.5,
                1,
            )),
        ),
        (
            "2026-11-22T02:10:03.123+0000 I WRITE    [conn1] update shop.orders numYields:0 1500ms\n",
            Some(("update shop.orders", 1.5, 1)),
        ),
        (
            "2026-11-22T02:10:03.123+0000 I STORAGE  [ftdc] serverStatus was very slow: 1500ms\n",
            None,
        ),
        (
            "2026-11-22T02:10:03.123+0000 I COMMAND  [conn1] of a passing event: ms\n",
            None,
        ),
    ] {
        let mut merge = Merge::new();
        merge.add(log(content.as_bytes()));
        let (_, entry) = merge.next().unwrap();
        let found = Statement::of(&entry);
        let found = found
            .as_ref()
            .map(|found| (&*found.text, found.seconds, found.count));
        assert_eq!(found, expected, "{content}");
    }
}
