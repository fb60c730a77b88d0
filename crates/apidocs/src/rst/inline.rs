//! Inline markup of reStructuredText.

use crate::block::{Mark, Text};

/// Reads one paragraph's text.
pub(crate) fn parse(source: &str) -> Text {
    let mut scan = Scan {
        source,
        at: 0,
        out: Text::default(),
        plain: String::new(),
        exhausted: [false; MARKERS.len()],
        previous: None,
    };
    scan.run();
    scan.out
}

/// Start and end strings, longest first.
const MARKERS: [&str; 4] = ["``", "**", "`", "*"];

struct Scan<'a> {
    source: &'a str,
    at: usize,
    out: Text,
    plain: String,
    /// Marks whose end was searched for in vain: no later start can find one
    /// either, and not searching again keeps the scan linear.
    exhausted: [bool; MARKERS.len()],
    previous: Option<char>,
}

impl<'a> Scan<'a> {
    fn rest(&self) -> &'a str {
        self.source.get(self.at..).unwrap_or_default()
    }

    fn run(&mut self) {
        while let Some(c) = self.rest().chars().next() {
            if c == '\\' {
                self.escape();
                continue;
            }
            if c == ':' && self.role() {
                continue;
            }
            if (c == '*' || c == '`') && self.marked() {
                continue;
            }
            self.plain.push(c);
            self.previous = Some(c);
            self.at += c.len_utf8();
        }
        self.flush();
    }

    fn flush(&mut self) {
        let plain = std::mem::take(&mut self.plain);
        self.out.push(&plain, Mark::Plain);
    }

    /// `\x` is `x`; `\ ` is nothing.
    fn escape(&mut self) {
        self.at += 1;
        let Some(c) = self.rest().chars().next() else {
            self.plain.push('\\');
            return;
        };
        if !c.is_whitespace() {
            self.plain.push(c);
        }
        self.previous = Some(c);
        self.at += c.len_utf8();
    }

    /// `:name:`text <target>``.
    fn role(&mut self) -> bool {
        let rest = self.rest();
        let name_len = rest
            .chars()
            .skip(1)
            .take(32)
            .take_while(|c| c.is_ascii_lowercase() || *c == '-')
            .count();
        if name_len == 0 {
            return false;
        }
        let Some(after) = rest.get(1 + name_len..) else {
            return false;
        };
        if !after.starts_with(":`") {
            return false;
        }
        let open = self.at + 1 + name_len + 2;
        let Some(body) = self.source.get(open..) else {
            return false;
        };
        let Some(end) = body.find('`') else {
            return false;
        };
        let inner = body.get(..end).unwrap_or_default();
        self.link(inner);
        self.at = open + end + 1;
        true
    }

    fn marked(&mut self) -> bool {
        let rest = self.rest();
        let Some((index, marker)) = MARKERS
            .iter()
            .enumerate()
            .find(|(_, m)| rest.starts_with(**m))
        else {
            return false;
        };
        if self.exhausted.get(index).copied().unwrap_or(true) || !self.may_start(marker) {
            return false;
        }
        let open = self.at + marker.len();
        let Some(end) = self.find_end(open, marker) else {
            if let Some(slot) = self.exhausted.get_mut(index) {
                *slot = true;
            }
            return false;
        };
        let inner = self.source.get(open..end).unwrap_or_default();
        self.at = end + marker.len();
        match *marker {
            "``" => self.mark(inner, Mark::Code),
            "**" => self.mark(&unescape(inner), Mark::Strong),
            "*" => self.mark(&unescape(inner), Mark::Emphasis),
            _ => {
                self.link(inner);
                for _ in 0..2 {
                    if self.rest().starts_with('_') {
                        self.at += 1;
                    }
                }
            }
        }
        true
    }

    fn mark(&mut self, text: &str, mark: Mark) {
        self.flush();
        self.out.push(text, mark);
        self.previous = Some('x');
    }

    fn link(&mut self, inner: &str) {
        let (text, target) = match inner.rsplit_once('<') {
            Some((text, target)) if target.ends_with('>') => {
                (text.trim(), target.trim_end_matches('>').trim())
            }
            _ => (inner.trim(), inner.trim()),
        };
        let text = unescape(text);
        self.mark(&text, Mark::Link(target.to_owned()));
    }

    /// A start string stands after white space or an opening character and
    /// before something that is not white space.
    fn may_start(&self, marker: &str) -> bool {
        let before = match self.previous {
            None => true,
            Some(c) => c.is_whitespace() || "'\"([{<-/:,;=|&".contains(c) || !c.is_ascii(),
        };
        let after = self
            .rest()
            .get(marker.len()..)
            .and_then(|s| s.chars().next());
        before && after.is_some_and(|c| !c.is_whitespace())
    }

    /// The byte where the end string begins.
    fn find_end(&self, open: usize, marker: &str) -> Option<usize> {
        let body = self.source.get(open..)?;
        let literal = marker == "``";
        let mut from = 0;
        while let Some(found) = body.get(from..).and_then(|s| s.find(marker)) {
            let at = from + found;
            let before = body.get(..at).and_then(|s| s.chars().next_back());
            let escaped = !literal && before == Some('\\');
            let after = body.get(at + marker.len()..).and_then(|s| s.chars().next());
            let after_ok = match after {
                None => true,
                Some(c) => {
                    c.is_whitespace()
                        || c == '\\'
                        || (marker == "`" && c == '_')
                        || (c.is_ascii_punctuation() && !(marker == "*" && c == '*'))
                        || !c.is_ascii()
                }
            };
            if at > 0 && !escaped && after_ok && before.is_some_and(|c| !c.is_whitespace()) {
                return Some(open + at);
            }
            from = at + 1;
        }
        None
    }
}

/// Removes backslash escapes.
pub(crate) fn unescape(text: &str) -> String {
    if !text.contains('\\') {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some(next) if !next.is_whitespace() => out.push(next),
            Some(_) => {}
            None => out.push('\\'),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::parse;
    use crate::block::Mark;

    fn marks(source: &str) -> Vec<(String, Mark)> {
        parse(source)
            .spans
            .into_iter()
            .map(|s| (s.text, s.mark))
            .collect()
    }

    #[test]
    fn marks_values_links_and_literals() {
        assert_eq!(
            marks("Use **run** or see :ref:`Table 4 <page__t4>`, not ``a*b``."),
            vec![
                ("Use ".to_owned(), Mark::Plain),
                ("run".to_owned(), Mark::Strong),
                (" or see ".to_owned(), Mark::Plain),
                ("Table 4".to_owned(), Mark::Link("page__t4".to_owned())),
                (", not ".to_owned(), Mark::Plain),
                ("a*b".to_owned(), Mark::Code),
                (".".to_owned(), Mark::Plain),
            ]
        );
    }

    #[test]
    fn endpoint_in_braces_and_escapes_read_as_shown() {
        let text = parse("GET https://{*Endpoint*}/v3/{project_id}?t={begin \\_time}");
        assert_eq!(
            text.plain(),
            "GET https://{Endpoint}/v3/{project_id}?t={begin _time}"
        );
    }

    #[test]
    fn lone_marks_stay_text() {
        assert_eq!(parse("2 * 3 ** 4 `").plain(), "2 * 3 ** 4 `");
        let many = "** ".repeat(50_000);
        assert!(parse(&format!("**a {many}")).plain().starts_with("**a"));
    }
}
