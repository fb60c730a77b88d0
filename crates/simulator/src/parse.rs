//! Numbers and times of day in texts, as strict as the services are.

use std::str::FromStr;

/// A whole number of digits alone: Rust's own reading takes a sign too.
pub(crate) fn number<T: FromStr>(text: &str) -> Option<T> {
    let all = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    all.then(|| text.parse().ok()).flatten()
}

/// Hour and minute of a text such as `21:00`; the end of the day is `24:00`.
pub(crate) fn clock(text: &str) -> Option<(u8, u8)> {
    let (hour, minute) = text.split_once(':')?;
    let two = |text: &str| number::<u8>(text).filter(|_| text.len() == 2);
    let (hour, minute) = (two(hour)?, two(minute)?);
    let is_time = (hour < 24 && minute < 60) || (hour, minute) == (24, 0);
    is_time.then_some((hour, minute))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_are_no_digits() {
        assert_eq!(number::<u64>("07"), Some(7));
        for text in ["", "+7", "-7", "7 ", "٣", "99999999999999999999"] {
            assert_eq!(number::<u64>(text), None, "{text}");
        }
    }

    #[test]
    fn times_have_two_digits_each() {
        assert_eq!(clock("21:05"), Some((21, 5)));
        assert_eq!(clock("24:00"), Some((24, 0)));
        for text in [
            "+1:00", "1:00", "24:01", "21:60", "21", "21:+5", "25:00", "21:00:00", "99:99",
        ] {
            assert_eq!(clock(text), None, "{text}");
        }
    }
}
