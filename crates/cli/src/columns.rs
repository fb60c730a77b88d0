//! The room that text takes on a terminal: a CJK character takes two columns, a combining mark none.

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// How many columns a text takes. Control characters are to be removed from it before.
pub(crate) fn of(text: &str) -> usize {
    text.width()
}

/// As much of the beginning of a text as `width` columns hold. Marks stay with the character that they belong to.
pub(crate) fn fitting(text: &str, width: usize) -> &str {
    let mut used = 0;
    let mut rest = text;
    while !rest.is_empty() {
        let (first, others) = rest.split_at(length_of_first(rest));
        used += of(first);
        if used > width {
            break;
        }
        rest = others;
    }
    text.strip_suffix(rest).unwrap_or(text)
}

/// The length in bytes of the first character with all that is written onto it.
fn length_of_first(text: &str) -> usize {
    let next = |(_, c): &(usize, char)| c.width() != Some(0);
    let mut others = text.char_indices().skip(1);
    others.find(next).map_or(text.len(), |(at, _)| at)
}

/// A text that is cut to `width` columns, where it takes more, with a mark for what is left out.
pub(crate) fn cut(text: &str, width: usize) -> String {
    if of(text) <= width {
        return text.to_owned();
    }
    format!("{}…", fitting(text, width.saturating_sub(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_to_columns_and_marks_stay_with_their_character() {
        for (text, width, cut_to) in [
            ("cache", 5, "cache"),
            ("caches", 5, "cach…"),
            ("生产缓存", 8, "生产缓存"),
            ("生产缓存", 7, "生产缓…"),
            ("生产缓存", 6, "生产…"),
            ("e\u{301}te\u{301}", 3, "e\u{301}te\u{301}"),
            ("e\u{301}te\u{301}s", 3, "e\u{301}t…"),
            ("e\u{301}\u{302}\u{303}s", 1, "…"),
            ("\u{301}ab", 1, "\u{301}…"),
            ("❤\u{fe0f}❤\u{fe0f}b", 4, "❤\u{fe0f}…"),
            ("a\u{200b}\u{200b}b", 2, "a\u{200b}\u{200b}b"),
            ("", 0, ""),
        ] {
            let short = cut(text, width);
            assert_eq!(short, cut_to, "{width}");
            assert!(of(&short) <= width, "{short}");
        }
        let stacked = "e".to_owned() + &"\u{301}".repeat(100_000);
        assert_eq!(cut(&stacked.repeat(2), 2), stacked.repeat(2));
        assert_eq!(fitting("生产", 1), "");
    }
}
