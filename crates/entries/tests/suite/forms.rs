//! Each form with what is odd about it: which lines begin an entry, when, and how grave it is.

use otcdb_entries::{Format, TimeContext};

use crate::support::{log, read};

/// Reads a log in which a line that begins an entry is marked with its time and severity, as in `>02:10:03.123 17 `.
#[track_caller]
fn check(format: Format, marked: &str) {
    let mut text = String::new();
    let mut expected = Vec::new();
    for line in marked.split_inclusive('\n') {
        match line.strip_prefix('>') {
            Some(line) => {
                let mut parts = line.splitn(3, ' ');
                let (time, severity) = (parts.next().unwrap(), parts.next().unwrap());
                let line = parts.next().unwrap();
                let severity: Option<u8> = severity.parse().ok();
                expected.push((format!("2026-11-22T{time}Z"), severity, line.to_owned()));
                text.push_str(line);
            }
            None => {
                if let Some((_, _, entry)) = expected.last_mut() {
                    entry.push_str(line);
                }
                text.push_str(line);
            }
        }
    }
    let (found, entries) = read(&log(text.as_bytes()));
    assert_eq!(found, format);
    let entries: Vec<_> = entries
        .into_iter()
        .map(|entry| {
            (
                entry.time,
                entry.severity,
                String::from_utf8(entry.raw).unwrap(),
            )
        })
        .collect();
    assert_eq!(entries, expected);
}

#[test]
fn redis() {
    check(
        Format::Redis,
        ">02:10:03.123 9 1:C 22 Nov 2026 02:10:03.123 - DB 0: 7 keys\n\
         >02:10:04 10 1:M 22 Nov 2026 02:10:04.000 * Background saving started by pid 9\n\
         === REDIS BUG REPORT START ===\n\
         \n\
         1:M is no beginning\n\
         >02:10:04 13 9:S 22 Nov 2026 02:10:03.900 # older than the one before\n\
         >02:10:05 13 1:signal-handler (1795313405) Received SIGTERM scheduling shutdown...\n\
         >02:10:06 5 1:M 22 Nov 2026 02:10:06.000 . last",
    );
}

#[test]
fn postgres() {
    check(
        Format::Postgres,
        ">02:10:03.123 9 2026-11-22 02:10:03.123 UTC [12] LOG:  duration: 5.0 ms  statement: SELECT\n\
         \t2026-11-22 02:10:09 UTC [12] ERROR:  of the statement\n\
         \tFROM t\n\
         >02:10:04 17 2026-11-22 02:10:04 UTC:10.0.0.1(3333):app@shop:[12]:ERROR:  relation does not exist at character 15\n\
         2026-11-22 02:10:04 UTC:10.0.0.1(3333):app@shop:[12]:DETAIL:  none\n\
         2026-11-22 02:10:04 UTC:10.0.0.1(3333):app@shop:[12]:STATEMENT:  SELECT 1\n\
         >02:10:05.5 21 2026-11-22 03:10:05.5 CET [12]: [3-1] user=app,db=shop,app=psql,client=[local] FATAL:  no\n\
         >02:10:06 13 1795313406.000 [12] WARNING:  epoch\n\
         >02:10:07 22 app@shop [12] 2026-11-22 02:10:07 UTC PANIC:  the time is not first\n\
         >02:10:08 null 2026-11-22 02:10:08.000 UTC [12] FEHLER:  in another language\n",
    );
}

#[test]
fn postgres_csv() {
    let line = |time: &str, severity: &str, message: &str| {
        format!(
            "2026-11-22 {time} UTC,\"app\",\"shop\",12,\"10.0.0.1:33\",5f.1,1,\"SELECT\",2026-11-22 02:00:00 UTC,3/4,0,{severity},00000,\"{message}\",,,,,,,,,\"psql\",\"client backend\",,0"
        )
    };
    let text = format!(
        ">02:10:03.123 9 {}\n>02:10:04 17 {}\n>02:10:05 9 {}\n",
        line(
            "02:10:03.123",
            "LOG",
            "of \"\"several\"\" lines:\n2026-11-22 02:10:09.000 UTC,\"\"x\"\",\nend"
        ),
        line("02:10:04.000", "ERROR", "no"),
        line("02:10:05.000", "LOG", ""),
    );
    check(Format::PostgresCsv, &text);
}

#[test]
fn mysql_error() {
    check(
        Format::MysqlError,
        ">02:10:03.123456 9 2026-11-22T02:10:03.123456Z 0 [Note] [MY-010116] [Server] starting\n\
         InnoDB: a line of its own\n\
         >02:10:04 17 2026-11-22T03:10:04.000000+01:00 12 [ERROR] [MY-1] [Server] no\n\
         >02:10:05 13 2026-11-22 02:10:05 1234 [Warning] of 5.6\n\
         >02:10:06 9 261122  2:10:06 [Note] of 5.5\n\
         02:10:07 UTC - mysqld got signal 11 ;\n\
         >02:10:08 9 2026-11-22T02:10:08.000000Z 0 [System] [MY-2] [Server] ready\n",
    );
}

#[test]
fn mysql_slow() {
    check(
        Format::MysqlSlow,
        ">02:10:03.123456 null /usr/sbin/mysqld, Version: 8.0.28 (Source distribution). started with:\n\
         Tcp port: 3306  Unix socket: /tmp/mysql.sock\n\
         Time                 Id Command    Argument\n\
         >02:10:03.123456 null # Time: 2026-11-22T02:10:03.123456Z\n\
         # User@Host: app[app] @  [10.0.0.1]  Id: 7\n\
         # Query_time: 1.5  Lock_time: 0.1 Rows_sent: 1  Rows_examined: 2\n\
         SET timestamp=1795313401;\n\
         SELECT\n\
         # Time: is no time\n\
         1;\n\
         >02:10:04 null # User@Host: app[app] @  [10.0.0.1]\n\
         # Query_time: 1.5  Lock_time: 0.1 Rows_sent: 1  Rows_examined: 2\n\
         SET timestamp=1795313404;\n\
         SELECT 2;\n\
         >02:10:05 null # Time: 261122  2:10:05\n\
         # User@Host: app[app] @  [10.0.0.1]\n\
         # Query_time: 1  Lock_time: 0\n\
         SELECT 3;\n",
    );
}

#[test]
fn audit() {
    check(
        Format::Audit,
        ">02:10:03 null \"2026-11-22T02:10:03Z\",\"7\",\"QUERY\",\"app\",\"10.0.0.1\",\"shop\",\"UPDATE t\n\
         SET a = \"\"x\"\",\n\
         \"b\" = 2\",\"0\"\n\
         >02:10:04 null \"9_2026-11-22T02:00:00\",\"7\",\"QUERY\",\"2026-11-22T02:10:04 UTC\",\"select\",\"SELECT \\\"x\",0\n\
         >02:10:05 null 10,7,QUERY,2026-11-22T02:10:05Z,select,SELECT 1\n",
    );
}

#[test]
fn entries_of_apis_and_other_json() {
    check(
        Format::Json,
        ">02:10:03 17 {\"time\":\"2026-11-22T02:10:03\",\"level\":\"ERROR\",\"content\":\"x\"}\n\
         >02:10:04 null {\"count\":\"1\",\"time\":\"1.04899 s\",\"query_sample\":\"SELECT 1\",\"start_time\":\"2026-11-22T02:10:04\"}\n\
         >02:10:05 null {\"id\":7,\"start_time\":1795313405,\"command\":\"KEYS *\"}\n\
         >02:10:06.5 13 {\"t\":{\"$date\":\"2026-11-22T03:10:06.500+01:00\"},\"s\":\"W\",\"c\":\"QUERY\",\"msg\":\"Slow query\"}\n\
         a stack trace\n\
         >02:10:06.5 null 7\n\
         >02:10:06.5 null {\"cut\":\n\
         >02:10:07 9 {\"timestamp\":\"2026-11-22 02:10:07.000 UTC\",\"error_severity\":\"LOG\",\"message\":\"m\"}\n",
    );
}

#[test]
fn mongo() {
    check(
        Format::Mongo,
        ">02:10:03.123 9 2026-11-22T02:10:03.123+0000 I NETWORK  [conn1] end connection\n\
         >02:10:04 21 2026-11-22T03:10:04.000+0100 F -        [main] Got signal\n\
         \x20mongod(+0x1) [0x2]\n\
         >02:10:05 5 2026-11-22T02:10:05.000Z D2 COMMAND  [x] run\n\
         >02:10:06 null Sun Nov 22 02:10:06.000 [initandlisten] of 2.4\n\
         >02:10:07 9 {\"t\":{\"$date\":\"2026-11-22T02:10:07Z\"},\"s\":\"I\",\"msg\":\"upgraded to 4.4\"}\n\
         {\"no\": \"time\"}\n",
    );
}

#[test]
fn other_text() {
    check(
        Format::Plain,
        ">02:10:03 null first line\n\
         >02:10:03 null 2026-11-22 02:10:03 something\n\
         else\n\
         >02:10:04 null 2026-11-22T02:10:04Z\tSQL:BatchCompleted\n",
    );
    let (_, entries) = read(&log(b"no time\nat all\n"));
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0].time, "1970-01-01T00:00:00Z");
}

#[test]
fn times_without_a_zone_are_of_the_one_that_is_chosen() {
    let berlin = jiff::tz::TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap();
    let first = |text: &str| {
        let near = "2026-11-23T00:00:00Z".parse().unwrap();
        let log = log(text.as_bytes()).context(TimeContext::new(berlin.clone(), near));
        read(&log).1[0].time.clone()
    };
    assert_eq!(
        first("1:M 22 Nov 2026 02:10:03.123 * x\n"),
        "2026-11-22T01:10:03.123Z"
    );
    assert_eq!(
        first("1:M 22 Jul 2026 02:10:03.123 * x\n"),
        "2026-07-22T00:10:03.123Z"
    );
    assert_eq!(
        first("2026-11-22 02:10:03 UTC [1] LOG:  x\n"),
        "2026-11-22T02:10:03Z"
    );
    assert_eq!(
        first("2026-11-22 02:10:03 [1] LOG:  x\n"),
        "2026-11-22T01:10:03Z"
    );
    // The services say theirs in UTC.
    assert_eq!(
        first("{\"time\":\"2026-11-22T02:10:03\"}\n"),
        "2026-11-22T02:10:03Z"
    );
}
