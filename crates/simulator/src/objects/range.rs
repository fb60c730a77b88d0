//! The Range header.

use std::ops::Range;

/// Which part of a file a request asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Whole,
    /// Not empty, within the file.
    Some(Range<u64>),
    /// Nothing of it is in the file.
    Outside,
}

/// Reads the header's value. Several ranges, other units and what cannot be read count as the whole file, as RFC
/// 9110 has it.
pub(crate) fn parse(value: Option<&str>, size: u64) -> Part {
    let Some((first, last)) = value
        .and_then(|value| value.trim().strip_prefix("bytes="))
        .filter(|ranges| !ranges.contains(','))
        .and_then(|range| range.split_once('-'))
    else {
        return Part::Whole;
    };
    match (number(first), number(last)) {
        (None, Some(0)) => Part::Outside,
        (None, Some(_)) if size == 0 => Part::Outside,
        (None, Some(length)) if first.trim().is_empty() => {
            Part::Some(size.saturating_sub(length)..size)
        }
        (Some(first), _) if first >= size => Part::Outside,
        (Some(first), None) if last.trim().is_empty() => Part::Some(first..size),
        (Some(first), Some(last)) if first <= last => {
            Part::Some(first..last.saturating_add(1).min(size))
        }
        _ => Part::Whole,
    }
}

fn number(text: &str) -> Option<u64> {
    text.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_rfc_9110_has_them() {
        for (value, part) in [
            ("bytes=0-0", Part::Some(0..1)),
            ("bytes=10-", Part::Some(10..100)),
            ("bytes=10-500", Part::Some(10..100)),
            ("bytes=-5", Part::Some(95..100)),
            ("bytes=-500", Part::Some(0..100)),
            ("bytes=100-", Part::Outside),
            ("bytes=-0", Part::Outside),
            ("bytes=5-4", Part::Whole),
            ("bytes=0-1,4-5", Part::Whole),
            ("lines=0-1", Part::Whole),
            ("bytes=x-3", Part::Whole),
        ] {
            assert_eq!(parse(Some(value), 100), part, "{value}");
        }
        assert_eq!(parse(None, 100), Part::Whole);
    }
}
