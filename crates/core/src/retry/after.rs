//! The `Retry-After` header.

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;
use reqwest::header::HeaderValue;

/// How long a `Retry-After` asks to wait: whole seconds, or an HTTP date of which `now` is subtracted. A date
/// in the past is no wait at all; anything else is ignored.
pub fn parse_retry_after(value: &HeaderValue, now: Timestamp) -> Option<Duration> {
    static DATE: DateTimeParser = DateTimeParser::new();
    let text = value.to_str().ok()?.trim();
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.parse().ok().map(Duration::from_secs);
    }
    let until = DATE.parse_timestamp(text).ok()?;
    Some(Duration::try_from(until.duration_since(now)).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &'static str) -> Option<u64> {
        let now = "2026-01-02T03:04:05Z".parse().unwrap();
        parse_retry_after(&HeaderValue::from_static(text), now).map(|wait| wait.as_secs())
    }

    #[test]
    fn seconds_and_dates_are_understood_and_nothing_else() {
        assert_eq!(parse("0"), Some(0));
        assert_eq!(parse(" 120 "), Some(120));
        assert_eq!(parse("Fri, 02 Jan 2026 03:04:35 GMT"), Some(30));
        assert_eq!(parse("Fri, 02 Jan 2026 03:04:04 GMT"), Some(0));
        assert_eq!(parse("-1"), None);
        assert_eq!(parse("soon"), None);
        assert_eq!(parse(""), None);
        assert_eq!(parse("99999999999999999999999"), None);
    }
}
