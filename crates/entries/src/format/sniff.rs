//! Which form a log has, by its beginning.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{Format, Head, Line, State};
use crate::time::TimeContext;

/// How many lines are looked at.
const LINES: usize = 200;

/// In which order forms are preferred that fit as well: the stricter ones first.
const STRICT: [Format; 8] = [
    Format::Json,
    Format::MysqlSlow,
    Format::Redis,
    Format::PostgresCsv,
    Format::Audit,
    Format::Mongo,
    Format::MysqlError,
    Format::Postgres,
];

pub(super) fn format(beginning: &[u8], likely: &[Format]) -> Format {
    // The last line may be cut, unless it is the only one.
    let end = memchr::memrchr(b'\n', beginning).map_or(beginning.len(), |end| end + 1);
    let text = beginning.get(..end).unwrap_or_default();
    let mut best = (0, Format::Plain);
    let others = STRICT.into_iter().filter(|format| !likely.contains(format));
    for format in likely.iter().copied().chain(others) {
        let fits = score(format, text);
        if fits > best.0 {
            best = (fits, format);
        }
    }
    best.1
}

/// How many lines begin an entry whose severity, or whose whole form, only this format has.
fn score(format: Format, text: &[u8]) -> usize {
    let context = TimeContext::new(TimeZone::UTC, Timestamp::UNIX_EPOCH);
    let mut state = State::default();
    let telling = |line: &[u8], head: Head| match format {
        Format::Redis => true,
        // A number alone is a document, too.
        Format::Json => line.starts_with(b"{"),
        Format::Audit => !matches!(
            Format::Plain.line(line, &mut State::default(), &context),
            Line::Begins(_)
        ),
        Format::MysqlSlow => line.starts_with(b"# "),
        Format::Plain => false,
        // A time alone stands in many logs.
        Format::Mongo | Format::MysqlError | Format::Postgres | Format::PostgresCsv => {
            head.severity.is_some()
        }
    };
    text.split_inclusive(|byte| *byte == b'\n')
        .take(LINES)
        .filter(|line| match format.line(line, &mut state, &context) {
            Line::Begins(head) => telling(line, head),
            _ => false,
        })
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_is_known_by_its_beginning() {
        for (expected, text) in [
            (Format::Redis, "1:M 22 Nov 2026 02:10:03.123 * Ready\n"),
            (Format::Redis, "[12] 22 Nov 02:10:03.123 # Server started\n"),
            (
                Format::Postgres,
                "2026-11-22 02:10:03 UTC:10.0.0.1(3333):app@shop:[123]:ERROR:  no\n",
            ),
            (
                Format::Postgres,
                "2026-11-22 02:10:03.123 UTC [123] LOG:  starting\n",
            ),
            (
                Format::PostgresCsv,
                "2026-11-22 02:10:03.123 UTC,\"app\",\"shop\",12,\"10.0.0.1:33\",5f,1,\"SELECT\",2026-11-22 02:00:00 UTC,3/4,0,LOG,00000,\"hi\",,,,,,,,,\"psql\"\n",
            ),
            (
                Format::MysqlError,
                "2026-11-22T02:10:03.123456Z 0 [Note] [MY-010116] [Server] starting\n",
            ),
            (
                Format::MysqlSlow,
                "/usr/sbin/mysqld, Version: 8.0.28\nTcp port: 3306\nTime Id Command Argument\n# Time: 2026-11-22T02:10:03.123456Z\n# User@Host: a[a] @ [1]\n",
            ),
            (
                Format::MysqlSlow,
                "# User@Host: a[a] @ [1]\n# Query_time: 1\n",
            ),
            (
                Format::Audit,
                "\"12_2026-11-22T02:00:00\",\"4\",\"QUERY\",\"2026-11-22T02:10:03Z\",\"select\",\"SELECT 1\"\n",
            ),
            (Format::Json, "{\"time\":\"2026-11-22T02:10:03\"}\n"),
            (
                Format::Mongo,
                "2026-11-22T02:10:03.123+0000 I NETWORK  [conn1] end\n",
            ),
            (Format::Plain, "2026-11-22 02:10:03 something else\n"),
            (Format::Plain, ""),
        ] {
            assert_eq!(Format::of(text.as_bytes(), &[]), expected, "{text}");
        }
    }

    #[test]
    fn what_is_likely_wins_where_several_fit() {
        let text = b"2026-11-22 02:10:03 [Note] LOG:  both\n";
        assert_eq!(Format::of(text, &[Format::Postgres]), Format::Postgres);
        assert_eq!(Format::of(text, &[Format::MysqlError]), Format::MysqlError);
    }
}
