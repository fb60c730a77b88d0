//! The forms of times that are sent.

use serde_json::Value;

use super::node::Node;

/// Whether a field is a time by its name.
pub(super) fn is_time(name: &str) -> bool {
    ["_time", "_date"].iter().any(|end| name.ends_with(end))
}

/// The pattern of a text that is a time, by how the pages write one.
pub(super) fn pattern(name: &str, node: &Node) -> Option<String> {
    if !is_time(name) {
        return None;
    }
    let texts: Vec<&str> = node.samples.iter().filter_map(Value::as_str).collect();
    let Some(first) = texts
        .iter()
        .find(|text| text.contains(|c: char| c.is_ascii_digit()))
    else {
        return Some(r"^\S(.*\S)?$".to_owned());
    };
    let found = of(first);
    // Times in more than one form have none.
    match texts.iter().all(|text| of(text) == found) {
        true => Some(found),
        false => Some(r"^\S(.*\S)?$".to_owned()),
    }
}

/// The form of one time: its digits counted, its letters as they are.
fn of(text: &str) -> String {
    let mut out = String::from("^");
    let mut digits = 0usize;
    let (body, offset) = offset(text);
    let flush = |digits: &mut usize, out: &mut String| {
        match *digits {
            0 => {}
            1 => out.push_str(r"\d"),
            // Milliseconds or seconds since 1970.
            n if n >= 9 => out.push_str(r"\d+"),
            n => out.push_str(&format!(r"\d{{{n}}}")),
        }
        *digits = 0;
    };
    for c in body.chars() {
        if c.is_ascii_digit() {
            digits += 1;
            continue;
        }
        flush(&mut digits, &mut out);
        if !c.is_ascii_alphanumeric() && ![' ', ':', '-', '_', '/', ','].contains(&c) {
            out.push('\\');
        }
        out.push(c);
    }
    flush(&mut digits, &mut out);
    out.push_str(offset);
    out.push('$');
    out
}

/// What comes before an offset from UTC, and the pattern of the offset. A plus that was not encoded arrives as a blank.
fn offset(text: &str) -> (&str, &'static str) {
    let cut = |length: usize| {
        let at = text.len().checked_sub(length)?;
        let (body, tail) = (text.get(..at)?, text.get(at..)?);
        let sign = tail.starts_with(['+', '-', ' ']);
        let digits = tail.chars().skip(1).all(|c| c.is_ascii_digit() || c == ':');
        (sign && digits && body.contains('T')).then_some((body, tail))
    };
    match (cut(5), cut(6)) {
        (Some((body, tail)), _) if !tail.contains(':') => (body, "([+ -]\\d{4})?"),
        (_, Some((body, tail))) if tail.contains(':') => (body, "([+ -]\\d{2}:\\d{2})?"),
        _ => (text, ""),
    }
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn a_time_tells_its_form() {
        for (text, pattern) in [
            (
                "2018-08-06T10:41:14+0800",
                r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}([+ -]\d{4})?$",
            ),
            (
                "2018-08-06 10:41:14",
                r"^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$",
            ),
            ("1532001446987", r"^\d+$"),
            ("19:00-20:00", r"^\d{2}:\d{2}-\d{2}:\d{2}$"),
            (
                "2022-10-20T03:37:44.636Z",
                r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$",
            ),
        ] {
            assert_eq!(of(text), pattern);
        }
    }
}
