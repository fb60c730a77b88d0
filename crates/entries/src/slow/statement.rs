//! What an entry says of a slow statement.

use std::borrow::Cow;

use memchr::memmem::find;

use crate::format::{Format, Members, number, postgres_message};
use crate::reader::Entry;

/// A slow statement.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Statement<'a> {
    /// As it was run, or as its service shows it.
    pub text: Cow<'a, str>,
    /// How long it took, in seconds; the mean where there are several.
    pub seconds: f64,
    /// How many of them the entry stands for.
    pub count: u64,
}

impl<'a> Statement<'a> {
    /// That of an entry, if it is of one.
    pub fn of(entry: &Entry<'a>) -> Option<Self> {
        if entry.is_rest {
            return None;
        }
        match entry.format {
            Format::MysqlSlow => of_mysql(entry.raw),
            Format::Postgres | Format::PostgresCsv => of_postgres(entry),
            Format::Mongo => of_mongo(entry.raw),
            Format::Json => of_document(&Members::of(entry.raw)?),
            _ => None,
        }
    }
}

/// From `# Query_time:` and what follows the lines of comments, without what the server adds.
fn of_mysql(entry: &[u8]) -> Option<Statement<'_>> {
    const TIME: &[u8] = b"Query_time: ";
    let at = find(entry, TIME)? + TIME.len();
    let rest = entry.get(at..)?;
    let seconds = std::str::from_utf8(rest.get(..number(rest))?)
        .ok()?
        .parse()
        .ok()?;
    let mut text = rest.get(memchr::memchr(b'\n', rest)? + 1..)?;
    loop {
        let end = memchr::memchr(b'\n', text).map_or(text.len(), |end| end + 1);
        let line = text.get(..end)?;
        let lower = line.get(..14.min(line.len()))?.to_ascii_lowercase();
        let is_added = line.starts_with(b"# ")
            || lower.starts_with(b"set timestamp=")
            || lower.starts_with(b"use ") && line.trim_ascii_end().ends_with(b";");
        if !is_added || line.is_empty() {
            break;
        }
        text = text.get(end..)?;
    }
    // The head of a log that a restarted server writes behind the last entry.
    let mut end = text.len();
    if let Some(version) = find(text, b", Version: ") {
        end = memchr::memrchr(b'\n', text.get(..version)?).map_or(0, |end| end + 1);
    }
    let text = text.get(..end)?.trim_ascii();
    (!text.is_empty()).then(|| Statement {
        text: String::from_utf8_lossy(text),
        seconds,
        count: 1,
    })
}

/// `duration: 1234.567 ms  statement: SELECT …`, `duration: 1.5 ms  execute name: SELECT …`.
fn of_postgres<'a>(entry: &Entry<'a>) -> Option<Statement<'a>> {
    let message = postgres_message(entry.format, entry.raw)?;
    let rest = message.strip_prefix(b"duration: ")?;
    let length = number(rest);
    let milliseconds: f64 = std::str::from_utf8(rest.get(..length)?)
        .ok()?
        .parse()
        .ok()?;
    let rest = rest.get(length..)?.strip_prefix(b" ms")?.trim_ascii_start();
    let text = match rest.strip_prefix(b"statement: ") {
        Some(text) => text,
        // The times of parsing and binding are no times of a statement.
        None => {
            let rest = rest.strip_prefix(b"execute ")?;
            rest.get(find(rest, b": ")? + 2..)?
        }
    };
    // Lines that the server added, such as `DETAIL:  parameters: …`, are not indented.
    let mut end = text.len();
    if entry.format == Format::Postgres {
        for at in memchr::memchr_iter(b'\n', text) {
            if !matches!(text.get(at + 1), Some(b'\t' | b' ')) {
                end = at;
                break;
            }
        }
    }
    let text = String::from_utf8_lossy(text.get(..end)?.trim_ascii());
    let text = match entry.format {
        Format::PostgresCsv if text.contains("\"\"") => Cow::Owned(text.replace("\"\"", "\"")),
        _ => text,
    };
    Some(Statement {
        text,
        seconds: milliseconds / 1000.0,
        count: 1,
    })
}

/// `… I COMMAND  [conn1] command shop.orders command: find { … } planSummary: COLLSCAN … 101ms`.
fn of_mongo(entry: &[u8]) -> Option<Statement<'_>> {
    let line = entry.trim_ascii_end().strip_suffix(b"ms")?;
    let component = line.split(|byte| *byte == b' ').nth(2)?;
    if ![&b"COMMAND"[..], b"WRITE", b"QUERY"].contains(&component) {
        return None;
    }
    let at = memchr::memrchr(b' ', line)?;
    let (text, milliseconds) = (line.get(..at)?, line.get(at + 1..)?);
    let milliseconds: u32 = std::str::from_utf8(milliseconds).ok()?.parse().ok()?;
    let text = text.get(find(text, b"] ")? + 2..)?;
    // What follows says how it was carried out.
    let ends = [&b" planSummary:"[..], b" keysExamined:", b" numYields:"];
    let end = ends.iter().filter_map(|end| find(text, end)).min();
    let text = text.get(..end.unwrap_or(text.len()))?.trim_ascii();
    (!text.is_empty()).then(|| Statement {
        text: String::from_utf8_lossy(text),
        seconds: f64::from(milliseconds) / 1000.0,
        count: 1,
    })
}

/// An entry of RDS, `time` in seconds and `query_sample`; one of DCS, `duration` in milliseconds and `command`; one of
/// MongoDB, `attr.durationMillis` and `attr.command`.
fn of_document<'a>(members: &Members<'a>) -> Option<Statement<'a>> {
    if let Some(text) = members.text("query_sample") {
        let seconds = duration(&members.text("time")?, 1.0)?;
        let count = members.text("count");
        let count = count.and_then(|count| cut_number(&count).map(|(count, _)| count));
        // A number of executions is a small whole number.
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it saturates"
        )]
        let count = count.map_or(1, |count| (count as u64).max(1));
        return Some(Statement {
            text,
            seconds,
            count,
        });
    }
    if let Some(text) = members.text("command") {
        return Some(Statement {
            text,
            seconds: duration(&members.text("duration")?, 0.001)?,
            count: 1,
        });
    }
    let attr = Members::of(members.get("attr")?.get().as_bytes())?;
    let seconds = duration(&attr.text("durationMillis")?, 0.001)?;
    let command = attr.get("command")?.get();
    Some(Statement {
        // The command names its collection as a value.
        text: match attr.text("ns") {
            Some(namespace) => Cow::Owned(format!("{namespace} {command}")),
            None => Cow::Borrowed(command),
        },
        seconds,
        count: 1,
    })
}

/// The seconds of `1.04899 s`, `1,204.5 s`, `12ms`, `00:00:05.2`, or of a number alone, in units of so many seconds.
fn duration(text: &str, unit: f64) -> Option<f64> {
    let (number, rest) = cut_number(text)?;
    if rest.starts_with(':') {
        let mut seconds = 0.0;
        for part in text.trim().split(':') {
            let (number, rest) = cut_number(part)?;
            if !rest.is_empty() {
                return None;
            }
            seconds = seconds * 60.0 + number;
        }
        return Some(seconds);
    }
    let unit = match rest.to_lowercase().as_str() {
        "us" | "\u{b5}s" | "\u{3bc}s" | "microseconds" => 1e-6,
        "ms" | "msec" | "milliseconds" | "毫秒" => 1e-3,
        "s" | "sec" | "secs" | "second" | "seconds" | "秒" => 1.0,
        "m" | "min" | "minutes" | "分钟" => 60.0,
        "h" | "hours" | "小时" => 3600.0,
        _ => unit,
    };
    Some(number * unit)
}

/// The number with which a text begins, also with commas between thousands, and what follows it.
fn cut_number(text: &str) -> Option<(f64, &str)> {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.' && c != ',');
    let (number, rest) = text.split_at(end.unwrap_or(text.len()));
    Some((number.replace(',', "").parse().ok()?, rest.trim_start()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_in_the_forms_that_services_write() {
        for (text, unit, seconds) in [
            ("1.04899 s", 1.0, 1.04899),
            ("3", 1.0, 3.0),
            ("1,204.5 s", 1.0, 1204.5),
            ("250ms", 1.0, 0.25),
            ("00:00:05", 1.0, 5.0),
            ("01:02:03.5", 1.0, 3723.5),
            ("2 min", 1.0, 120.0),
            ("1500", 0.001, 1.5),
            ("2s", 0.001, 2.0),
            ("7 laps", 1.0, 7.0),
        ] {
            let read = duration(text, unit).unwrap();
            assert!((read - seconds).abs() < 1e-9, "{text}: {read}");
        }
        for text in ["", "s", "1:x", "1:2s", ",", "1.2.3"] {
            assert_eq!(duration(text, 1.0), None, "{text}");
        }
    }
}
