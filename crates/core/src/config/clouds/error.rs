//! Why a clouds file cannot be read, told without quoting any value of it.

/// Why a file cannot be read. Nothing in it is quoted from a value, which may be a password.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fault {
    /// The line, from 1.
    pub(super) line: Option<u64>,
    /// What is wrong there.
    pub(super) what: String,
    /// What to do about it.
    pub(super) hint: &'static str,
}

pub(super) const QUOTES: &str = "put single quotes around a text that begins with a special character or holds `: ` or ` #`, as in \
     password: '@secret'";

/// What is being read.
#[derive(Debug)]
pub(super) struct Place {
    /// The line of its name.
    pub(super) line: u64,
    /// The names on the way to it.
    pub(super) path: String,
    /// What it has to be.
    pub(super) kind: &'static str,
}

/// A line by its number, from 1.
pub(super) fn line_of(text: &str, number: u64) -> &str {
    usize::try_from(number)
        .ok()
        .and_then(|number| text.lines().nth(number.checked_sub(1)?))
        .unwrap_or_default()
}

impl Fault {
    /// The likeliest reason for a fault that the parser found.
    pub(super) fn at(text: &str, top: &str, line: Option<u64>, place: &Option<Place>) -> Self {
        let at = |line: u64, what: String, hint| Self {
            line: Some(line),
            what,
            hint,
        };
        if let Some(line) = line {
            // Nothing but comments and directives stands before the mark of the first document.
            let content = |number: &u64| {
                let line = line_of(text, *number).trim_start();
                !(line.is_empty() || line.starts_with(['#', '%']))
            };
            let mark = [line, line.saturating_sub(1)].into_iter().find(|number| {
                line_of(text, *number).starts_with("---")
                    && (1..*number).any(|before| content(&before))
            });
            if let Some(number) = mark {
                let what = "it has more than one document".to_owned();
                return at(number, what, "keep one, and leave the lines of --- out");
            }
            for number in [line, line.saturating_sub(1)] {
                if let Some((key, first)) = special(line_of(text, number), "@`%!&*|>,'\"[{]}") {
                    return Self::begins_with(number, &key, first);
                }
            }
            for number in [line, line.saturating_sub(1), line.saturating_add(1)] {
                let content = line_of(text, number);
                let indent = content.len() - content.trim_start().len();
                if content
                    .get(..indent)
                    .is_some_and(|indent| indent.contains('\t'))
                {
                    let what = "the line is indented by a tab".to_owned();
                    return at(number, what, "YAML is indented by spaces only");
                }
            }
            let content = line_of(text, line);
            if let Some((key, value)) = content.trim_start().split_once(": ")
                && value.contains(": ")
                && !value.starts_with(['{', '[', '\'', '"'])
                && key
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
            {
                let what = format!("the value of {key} holds `: `, which means something to YAML");
                return at(line, what, QUOTES);
            }
            if let Some((key, value)) = content.trim().split_once(": ")
                && value.ends_with(':')
            {
                let key = crate::redact::line(key);
                let what =
                    format!("the value of {key} ends with `:`, which means something to YAML");
                return at(line, what, QUOTES);
            }
        }
        // These are never right, so they are what is wrong even where the parser complains of a later line.
        for (number, content) in (1..).zip(text.lines()) {
            if let Some((key, first)) = special(content, "@`%") {
                return Self::begins_with(number, &key, first);
            }
        }
        match place {
            Some(Place {
                line: at,
                path,
                kind,
            }) if line.is_none_or(|line| line >= *at) => Self {
                line: line.or(Some(*at)),
                what: format!("{path} has to be {kind}"),
                hint: QUOTES,
            },
            _ => Self {
                line,
                what: format!(
                    "it needs a mapping of {}, each with auth and region_name",
                    top
                ),
                hint: QUOTES,
            },
        }
    }

    /// A value that begins with a character that is no part of it.
    pub(super) fn begins_with(line: u64, key: &str, first: char) -> Self {
        Self {
            line: Some(line),
            what: format!(
                "the value of {key} begins with `{first}`, which means something to YAML"
            ),
            hint: QUOTES,
        }
    }
}

/// The name of the first value in a line that begins with one of these characters.
fn special(line: &str, firsts: &str) -> Option<(String, char)> {
    let mut from = 0;
    while let Some(colon) = line.get(from..)?.find(": ").map(|at| from + at) {
        let value = line.get(colon + 1..)?.trim_start();
        let first = value.chars().next().filter(|first| firsts.contains(*first));
        // What is closed on the same line is a quoted text or a collection, which may be right.
        let closed = first.and_then(|first| match first {
            '\'' | '"' => Some(first),
            '[' => Some(']'),
            '{' => Some('}'),
            _ => None,
        });
        let is_closed = closed.is_some_and(|end| {
            value.get(1..).is_some_and(|rest| {
                // In a collection, others follow.
                let mut ends = rest.match_indices(end).map(|(at, _)| rest.get(at + 1..));
                ends.any(|after| {
                    let after = after.unwrap_or_default().trim_start();
                    after.is_empty() || after.starts_with([',', '}', ']', '#'])
                })
            })
        });
        let is_block = matches!(first, Some('|' | '>'))
            && value
                .chars()
                .skip(1)
                .all(|c| matches!(c, '+' | '-' | '0'..='9'));
        let key: String = line
            .get(..colon)?
            .rsplit(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-')))
            .next()?
            .chars()
            .take(64)
            .collect();
        if let (Some(first), false, false, false) = (first, is_closed, is_block, key.is_empty()) {
            return Some((key, first));
        }
        from = colon + 2;
    }
    None
}
