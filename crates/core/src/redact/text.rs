//! Free text from the network, made safe to show.

use std::borrow::Cow;

use super::{MASK, is_open_parameter, values};

/// The most characters of a message that are kept.
const LINE_CHARS: usize = 400;
const IDENTIFIER_CHARS: usize = 128;
/// No identifier of these services is as long; tokens, secret keys and signatures are.
const OPAQUE_CHARS: usize = 40;

/// One line of text: control characters become spaces, runs of white space one space, secrets are masked
/// as in [`text`], and what is beyond 400 characters is cut.
pub fn line(input: &str) -> String {
    bound(&text(&one_line(input)), LINE_CHARS)
}

/// A code, an id or a header value: one line of at most 128 characters, otherwise unchanged.
pub fn identifier(input: &str) -> String {
    bound(&values(&one_line(input)), IDENTIFIER_CHARS)
}

/// Text of any length in which are masked: the query values of links, with or without a scheme; user
/// information in links; values that follow `=` in other words, unless their name is known to be
/// harmless; and unbroken runs of 40 characters or more that look like a token or key.
pub fn text(input: &str) -> String {
    let input = &*values(input);
    let mut output = String::with_capacity(input.len());
    for piece in input.split_inclusive(is_boundary) {
        let end = piece.trim_end_matches(is_boundary).len();
        let (word, boundary) = piece.split_at(end);
        output.push_str(&word_without_secrets(word));
        output.push_str(boundary);
    }
    output
}

fn is_boundary(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '"' | '\'' | '<' | '>' | '`' | ',' | ';' | '(' | ')' | '{' | '}'
        )
}

fn word_without_secrets(word: &str) -> String {
    let word = without_user_information(word);
    match word.split_once('?') {
        Some((before, after)) => {
            // A path may hold an equals sign; a word that is no path is a pair itself.
            let before = if before.contains('/') {
                without_opaque_runs(before)
            } else {
                query(before)
            };
            format!("{before}?{}", query(after))
        }
        None if word.contains('=') && !word.ends_with('=') => query(&word),
        None => without_opaque_runs(&word),
    }
}

fn without_user_information(word: &str) -> Cow<'_, str> {
    let Some((scheme, rest)) = word.split_once("://") else {
        return word.into();
    };
    let authority_end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(authority_end);
    match authority.rsplit_once('@') {
        Some((_, host)) => format!("{scheme}://{MASK}@{host}{path}").into(),
        None => word.into(),
    }
}

/// A query string with the values of unknown parameters masked.
pub(super) fn query(query: &str) -> String {
    let masked: Vec<_> = query
        .split('&')
        .map(|pair| match pair.split_once('=') {
            Some((name, _)) if !is_open_parameter(name) => {
                format!("{}={MASK}", without_opaque_runs(name))
            }
            _ => without_opaque_runs(pair),
        })
        .collect();
    masked.join("&")
}

fn without_opaque_runs(text: &str) -> String {
    let is_opaque = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '_' | '-' | '=');
    let mut output = String::with_capacity(text.len());
    for piece in text.split_inclusive(|c| !is_opaque(c)) {
        let run = piece.trim_end_matches(|c| !is_opaque(c));
        if run.len() >= OPAQUE_CHARS {
            output.push_str(MASK);
            output.push_str(piece.strip_prefix(run).unwrap_or_default());
        } else {
            output.push_str(piece);
        }
    }
    output
}

pub(super) fn one_line(input: &str) -> String {
    input
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// At most this many characters; a cut is marked by an ellipsis in place of the last.
pub(super) fn bound(text: &str, chars: usize) -> String {
    match text.char_indices().nth(chars) {
        None => text.to_owned(),
        Some(_) => text
            .chars()
            .take(chars.saturating_sub(1))
            .chain(['…'])
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn links_in_text_lose_their_query_values() {
        for (input, shown) in [
            (
                "see https://u:p@obs.example.com/a?Signature=abc&limit=3.",
                "see https://***@obs.example.com/a?Signature=***&limit=3.",
            ),
            (
                "obs.example.com/a?AWSAccessKeyId=AK&Expires=1",
                "obs.example.com/a?AWSAccessKeyId=***&Expires=***",
            ),
            (
                r#"{"link":"https://h/p?x=y"}"#,
                r#"{"link":"https://h/p?x=***"}"#,
            ),
            ("token=abc failed", "token=*** failed"),
            ("Access=AK, Signature=00ff", "Access=***, Signature=***"),
            ("token=ab?c=d", "token=***?c=***"),
            (
                "instance 5560df16cebf447395c4d1b573c16e79in03 is gone",
                "instance 5560df16cebf447395c4d1b573c16e79in03 is gone",
            ),
        ] {
            assert_eq!(text(input), shown);
        }
    }

    proptest! {
        #[test]
        fn a_long_token_never_survives(
            before in "[ a-z]{0,10}",
            token in "[A-Za-z0-9+_-]{60,200}",
            after in "[ a-z]{0,10}",
        ) {
            let shown = line(&format!("{before} {token} {after}"));
            prop_assert!(!shown.contains(&token));
        }

        #[test]
        fn a_line_is_bounded_and_printable(input in any::<String>()) {
            let line = line(&input);
            prop_assert!(line.chars().count() <= LINE_CHARS);
            prop_assert!(!line.chars().any(char::is_control));
        }
    }
}
