//! JSON of examples, with repairs by named rule.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A repair that an example needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Repair {
    /// A comma before a closing bracket, or two in a row, was dropped.
    TrailingComma,
    /// A comma between two values was put in.
    MissingComma,
    /// A word that is neither a number nor a literal was read as a string.
    BareWord,
    /// An ellipsis was dropped.
    Ellipsis,
    /// A comment was dropped.
    Comment,
    /// Typographic quotation marks were read as plain ones.
    Quotes,
}

impl Repair {
    /// The stable name of the rule.
    pub fn as_str(self) -> &'static str {
        match self {
            Repair::TrailingComma => "trailing-comma",
            Repair::MissingComma => "missing-comma",
            Repair::BareWord => "bare-word",
            Repair::Ellipsis => "ellipsis",
            Repair::Comment => "comment",
            Repair::Quotes => "quotes",
        }
    }
}

/// What came of a text.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Parsed {
    /// The value; absent where the text is not JSON and no rule mends it.
    pub value: Option<Value>,
    /// The rules that were needed, sorted, each once.
    pub repairs: Vec<Repair>,
}

/// Parses a text, repairing it where the rules allow.
pub fn parse(text: &str) -> Parsed {
    if let Ok(value) = serde_json::from_str(text) {
        return Parsed {
            value: Some(value),
            repairs: Vec::new(),
        };
    }
    let mut repairs = Vec::new();
    let mended = mend(&tokens(text, &mut repairs), &mut repairs);
    match serde_json::from_str(&mended) {
        Ok(value) => {
            repairs.sort_unstable();
            repairs.dedup();
            Parsed {
                value: Some(value),
                repairs,
            }
        }
        Err(_) => Parsed {
            value: None,
            repairs: Vec::new(),
        },
    }
}

#[derive(Debug, Clone, PartialEq)]
enum Token<'a> {
    Punctuation(char),
    Text(&'a str),
    Word(&'a str),
}

fn tokens<'a>(text: &'a str, repairs: &mut Vec<Repair>) -> Vec<Token<'a>> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let taken = match c {
            c if c.is_whitespace() => c.len_utf8(),
            '{' | '}' | '[' | ']' | ':' | ',' => {
                out.push(Token::Punctuation(c));
                1
            }
            '"' | '“' | '”' => {
                if c != '"' {
                    repairs.push(Repair::Quotes);
                }
                let (inner, taken) = quoted(rest, c);
                out.push(Token::Text(inner));
                taken
            }
            '/' if rest.starts_with("//") => {
                repairs.push(Repair::Comment);
                rest.find('\n').unwrap_or(rest.len())
            }
            '#' => {
                repairs.push(Repair::Comment);
                rest.find('\n').unwrap_or(rest.len())
            }
            _ => {
                let end = rest
                    .find(|c: char| c.is_whitespace() || "{}[]:,\"“”".contains(c))
                    .unwrap_or(rest.len())
                    .max(c.len_utf8());
                out.push(Token::Word(rest.get(..end).unwrap_or_default()));
                end
            }
        };
        rest = rest.get(taken..).unwrap_or_default();
    }
    out
}

/// The inside of a string and the bytes it takes with its quotation marks.
fn quoted(text: &str, open: char) -> (&str, usize) {
    let start = open.len_utf8();
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        let closes = if open == '"' {
            c == '"'
        } else {
            c == '”' || c == '“'
        };
        if escaped {
            escaped = false;
        } else if c == '\\' {
            escaped = true;
        } else if closes {
            return (text.get(start..at).unwrap_or_default(), at + c.len_utf8());
        }
    }
    (text.get(start..).unwrap_or_default(), text.len())
}

fn mend(tokens: &[Token<'_>], repairs: &mut Vec<Repair>) -> String {
    let tokens: Vec<&Token<'_>> = tokens
        .iter()
        .filter(|t| {
            let ellipsis = matches!(t, Token::Word(w) if w.chars().all(|c| c == '.' || c == '…'));
            if ellipsis {
                repairs.push(Repair::Ellipsis);
            }
            !ellipsis
        })
        .collect();
    let mut out = String::new();
    let mut before: Option<&Token<'_>> = None;
    for (index, token) in tokens.iter().enumerate() {
        let next = tokens.get(index + 1).copied();
        if **token == Token::Punctuation(',') {
            let useless = match next {
                None => true,
                Some(Token::Punctuation(c)) => matches!(c, '}' | ']' | ','),
                Some(_) => matches!(before, None | Some(Token::Punctuation('{' | '[' | ','))),
            };
            if useless {
                repairs.push(Repair::TrailingComma);
                continue;
            }
        }
        if before.is_some_and(ends_value) && starts_value(token) {
            repairs.push(Repair::MissingComma);
            out.push(',');
        }
        write_token(token, &mut out, repairs);
        before = Some(token);
    }
    out
}

fn ends_value(token: &Token<'_>) -> bool {
    matches!(
        token,
        Token::Punctuation('}' | ']') | Token::Text(_) | Token::Word(_)
    )
}

fn starts_value(token: &Token<'_>) -> bool {
    matches!(
        token,
        Token::Punctuation('{' | '[') | Token::Text(_) | Token::Word(_)
    )
}

fn write_token(token: &Token<'_>, out: &mut String, repairs: &mut Vec<Repair>) {
    match token {
        Token::Punctuation(c) => out.push(*c),
        Token::Text(inner) => {
            out.push('"');
            for c in inner.chars() {
                // Control characters inside a string are the page's line breaks.
                if c.is_control() {
                    out.push(' ')
                } else {
                    out.push(c)
                }
            }
            out.push('"');
        }
        Token::Word(word) => {
            if serde_json::from_str::<Value>(word).is_ok() {
                out.push_str(word);
            } else {
                repairs.push(Repair::BareWord);
                out.push_str(&Value::from(*word).to_string());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Repair, parse};
    use serde_json::json;

    #[test]
    fn sound_json_needs_no_repair() {
        let parsed = parse("{\"a\": [1, true, null]}");
        assert_eq!(parsed.value, Some(json!({"a": [1, true, null]})));
        assert!(parsed.repairs.is_empty());
    }

    #[test]
    fn each_rule_is_named() {
        for (text, rule) in [
            ("{\"a\": 1, \"b\": 2,}", Repair::TrailingComma),
            ("{\"a\": 1\n \"b\": 2}", Repair::MissingComma),
            ("{\"a\": 1, \"b\": 2 // two\n}", Repair::Comment),
            ("{\"a\": 1, \"b\": 2, ...}", Repair::Ellipsis),
            ("{“a”: 1, “b”: 2}", Repair::Quotes),
        ] {
            let parsed = parse(text);
            assert_eq!(parsed.value, Some(json!({"a": 1, "b": 2})), "{text}");
            assert!(parsed.repairs.contains(&rule), "{text}");
        }
        let parsed = parse("{\"a\": Long}");
        assert_eq!(parsed.value, Some(json!({"a": "Long"})));
        assert_eq!(parsed.repairs, [Repair::BareWord]);
    }

    #[test]
    fn what_no_rule_mends_stays_broken() {
        assert_eq!(parse("{\"a\": [1, 2").value, None);
        assert_eq!(parse("no json").value, None);
    }
}
