//! Statements without their values.

/// A statement in which values are `?`, lists of them `(?+)`, comments are left out, and letters are small: what is left
/// is the same for statements that differ only in their values.
pub fn fingerprint(statement: &str) -> String {
    let mut shape = Shape::default();
    let mut rest = statement;
    while let Some(c) = rest.chars().next() {
        let length = match c {
            '\'' => value(&mut shape, quoted(rest, '\'')),
            // A name; in MySQL and in documents also a text, which is told by what stands before and after it.
            '"' if shape.wants_value() && !is_key(rest) => value(&mut shape, quoted(rest, '"')),
            '"' | '`' => {
                let length = quoted(rest, c);
                shape.word(rest.get(..length).unwrap_or(rest));
                length
            }
            '-' if rest.starts_with("--") && is_comment(rest) => line(rest),
            '#' => line(rest),
            '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            '$' if rest[1..].starts_with(|c: char| c.is_ascii_digit()) => {
                let digits = rest[1..].find(|c: char| !c.is_ascii_digit());
                value(&mut shape, digits.map_or(rest.len(), |end| end + 1))
            }
            '$' => match dollar_quoted(rest) {
                Some(length) => value(&mut shape, length),
                None => mark(&mut shape, c),
            },
            _ if c.is_ascii_digit() => value(&mut shape, number(rest)),
            '+' | '-'
                if shape.wants_value() && rest[1..].starts_with(|c: char| c.is_ascii_digit()) =>
            {
                value(&mut shape, 1 + number(&rest[1..]))
            }
            _ if c.is_alphabetic() || c == '_' => {
                let length = rest
                    .find(|c: char| !c.is_alphanumeric() && c != '_')
                    .unwrap_or(rest.len());
                let word = rest.get(..length).unwrap_or(rest);
                let after = rest.get(length..).unwrap_or_default();
                if matches!(word, "x" | "X" | "b" | "B" | "n" | "N" | "e" | "E")
                    && after.starts_with('\'')
                {
                    // `X'00'`, `E'\n'`.
                    value(&mut shape, length + quoted(after, '\''))
                } else if ["null", "true", "false"]
                    .iter()
                    .any(|known| word.eq_ignore_ascii_case(known))
                    && shape.wants_value()
                {
                    value(&mut shape, length)
                } else {
                    shape.word(word);
                    length
                }
            }
            _ if c.is_whitespace() => {
                shape.space = true;
                c.len_utf8()
            }
            _ => mark(&mut shape, c),
        };
        rest = rest.get(length..).unwrap_or_default();
    }
    shape.end()
}

fn value(shape: &mut Shape, length: usize) -> usize {
    shape.value();
    length
}

fn mark(shape: &mut Shape, c: char) -> usize {
    shape.mark(c);
    c.len_utf8()
}

/// In MySQL, a space has to follow; what follows directly may be the second of two minus signs.
fn is_comment(rest: &str) -> bool {
    rest[2..].chars().next().is_none_or(|c| !c.is_ascii_digit())
}

fn line(rest: &str) -> usize {
    rest.find('\n').unwrap_or(rest.len())
}

/// Whether a text in marks names a member of a document, or a column that is cast to a type.
fn is_key(rest: &str) -> bool {
    let after = rest.get(quoted(rest, '"')..).unwrap_or_default();
    after.trim_start().starts_with(':')
}

/// The length of a text in marks, of which two in a row, or one behind a backslash, stand for one.
fn quoted(text: &str, mark: char) -> usize {
    let mut characters = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = characters.next() {
        if c == '\\' {
            characters.next();
        } else if c == mark {
            match characters.peek() {
                Some((_, next)) if *next == mark => {
                    characters.next();
                }
                _ => return at + 1,
            }
        }
    }
    text.len()
}

/// `$tag$ … $tag$`.
fn dollar_quoted(text: &str) -> Option<usize> {
    let end = text[1..].find('$')? + 2;
    let tag = text.get(..end)?;
    let is_tag = tag[1..end - 1]
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || c == '_');
    let length = text.get(end..)?.find(tag)?;
    is_tag.then_some(end + length + end)
}

fn number(text: &str) -> usize {
    let length = |c: char| !(c.is_ascii_alphanumeric() || c == '.');
    let end = text.find(length).unwrap_or(text.len());
    // `1e-5`
    let exponent = text
        .get(..end)
        .is_some_and(|number| number.ends_with(['e', 'E']) && !number.starts_with("0x"));
    match text
        .get(end..)
        .and_then(|rest| rest.strip_prefix(['-', '+']))
    {
        Some(rest) if exponent => {
            let digits = rest.find(|c: char| !c.is_ascii_digit());
            end + 1 + digits.unwrap_or(rest.len())
        }
        _ => end,
    }
}

/// What is known of a statement so far.
#[derive(Default)]
struct Shape {
    text: String,
    space: bool,
    is_word: bool,
}

impl Shape {
    fn push(&mut self, text: &str) {
        // `a , b` and `a,b` are the same.
        let glued = text.starts_with([',', ')', ';', '.'])
            || self.text.ends_with(['(', '.'])
            || self.text.is_empty();
        if self.space && !glued || self.text.ends_with(',') {
            self.text.push(' ');
        }
        self.space = false;
        self.text.push_str(text);
    }

    fn word(&mut self, word: &str) {
        self.push(&word.to_lowercase());
        self.is_word = true;
    }

    fn value(&mut self) {
        self.push("?");
        self.is_word = false;
    }

    fn mark(&mut self, c: char) {
        let mut bytes = [0; 4];
        if !matches!(
            c,
            '(' | ')' | ',' | '.' | ';' | ':' | '@' | '[' | ']' | '{' | '}' | '*'
        ) {
            // `a=1` and `a = 1` are the same.
            self.space |= !self.text.ends_with(|c: char| "=<>!+-|&".contains(c)) && self.is_word;
        }
        self.push(c.encode_utf8(&mut bytes));
        self.is_word = false;
        match c {
            ')' => self.close('('),
            ']' => self.close('['),
            _ => {}
        }
        if matches!(c, '=' | '<' | '>') {
            self.space = true;
        }
    }

    /// Whether a value follows here, and no name.
    fn wants_value(&self) -> bool {
        const BEFORE: [&str; 12] = [
            "like", "in", "limit", "offset", "values", "between", "and", "or", "then", "else",
            "when", "is",
        ];
        let text = self.text.trim_end();
        let last = text
            .rsplit(|c: char| !c.is_alphanumeric() && c != '_')
            .next()
            .unwrap_or_default();
        // A type follows two colons, a member's value one.
        text.ends_with(['=', '<', '>', '(', '[', ',', '+', '-', '*', '/', '%'])
            || text.ends_with(':') && !text.ends_with("::")
            || BEFORE.contains(&last)
    }

    /// A list in which there are only values counts the same however long it is, and so do several of them.
    fn close(&mut self, mark: char) {
        let Some(open) = self.text.rfind(mark) else {
            return;
        };
        let inner = self
            .text
            .get(open + 1..self.text.len() - 1)
            .unwrap_or_default();
        let is_list = !inner.trim().is_empty()
            && inner
                .split(',')
                .all(|value| matches!(value.trim(), "?" | "null" | "default"));
        let before = self.text.get(..open).unwrap_or_default().trim_end();
        // `f(1)` and `a[1]` are no lists.
        let is_of_word = before.ends_with(|c: char| c.is_alphanumeric() || c == '_')
            && !["in", "values", "value", "array"]
                .iter()
                .any(|word| before.ends_with(word));
        if !is_list || is_of_word {
            return;
        }
        self.text.truncate(open);
        if mark == '[' {
            self.text.push_str("[?+]");
        } else if self.text.ends_with("(?+), ") || self.text.ends_with("(?+),") {
            let end = self.text.trim_end_matches([',', ' ']).len();
            self.text.truncate(end);
        } else {
            self.text.push_str("(?+)");
        }
    }

    fn end(mut self) -> String {
        let end = self.text.trim_end_matches([';', ' ']).len();
        self.text.truncate(end);
        self.text
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn statements_that_differ_in_values_are_alike() {
        for (a, b) in [
            (
                "SELECT * FROM orders WHERE id = 7;",
                "select  *\nfrom orders where id=-12.5e-3",
            ),
            (
                "SELECT a FROM t WHERE b IN (1,2,3) LIMIT 5",
                "SELECT a FROM t WHERE b IN ('x', 'it''s') LIMIT 10",
            ),
            (
                "INSERT INTO t (a, b) VALUES (1, 'x')",
                "INSERT INTO t (a,b) VALUES (2,NULL), (3,'y'),(4,\"z\")",
            ),
            (
                "SELECT /* id 7 */ a FROM t -- note\nWHERE b = 'a\\'b'",
                "SELECT a FROM t WHERE b = $1 # note",
            ),
            ("SELECT 1", "SELECT 0xff"),
            (
                "UPDATE t SET a = E'x', b = $tag$ y $tag$",
                "UPDATE t SET a = 'x', b = 'y'",
            ),
            ("HGETALL basket:17", "HGETALL basket:2345"),
            (
                "command shop.orders command: find { find: \"orders\", filter: { state: \"new\", n: { $in: [ 1, 2 ] }, old: true } }",
                "command shop.orders command: find { find: \"orders\", filter: { state: \"it \\\"s\", n: { $in: [ \"a\", -5, 7 ] }, old: null } }",
            ),
            (
                r#"shop.orders {"find":"orders","filter":{"state":"new","n":{"$in":[1,2]}},"$db":"shop"}"#,
                r#"shop.orders {"find":"orders","filter":{"state":"x","n":{"$in":["a"]}},"$db":"shop"}"#,
            ),
        ] {
            assert_eq!(fingerprint(a), fingerprint(b));
        }
    }

    #[test]
    fn statements_that_do_something_else_are_not() {
        for (a, b) in [
            ("SELECT a FROM t1", "SELECT a FROM t2"),
            ("SELECT a FROM t WHERE b = 1", "SELECT a FROM t WHERE c = 1"),
            ("SELECT \"a\" FROM t", "SELECT \"b\" FROM t"),
            ("SELECT f(1)", "SELECT g(1)"),
            ("DELETE FROM t WHERE a < 1", "DELETE FROM t WHERE a > 1"),
            (r#"{"filter":{"a":"x"}}"#, r#"{"filter":{"b":"x"}}"#),
            (
                r#"{"filter":{"a":"x","b":"y"}}"#,
                r#"{"filter":{"a":"x","c":"y"}}"#,
            ),
            ("SELECT a::\"Kind\" FROM t", "SELECT a::\"Other\" FROM t"),
            ("SELECT (1, \"a\"::text)", "SELECT (1, \"b\"::text)"),
        ] {
            assert_ne!(fingerprint(a), fingerprint(b));
        }
        assert_eq!(
            fingerprint("SELECT Name FROM `Orders` WHERE id IN (1, 2)"),
            "select name from `orders` where id in (?+)"
        );
    }

    proptest! {
        #[test]
        fn any_text_has_one(text in "\\PC*|[a-z0-9'\"`$/*#(),;=\\\\ \n-]*") {
            let once = fingerprint(&text);
            prop_assert!(once.len() <= text.len() * 4 + 8);
        }

        #[test]
        fn a_value_never_shows(value in "[a-z0-9 %_]{8,20}") {
            let print = fingerprint(&format!("SELECT a FROM t WHERE b = '{value}' AND c LIKE '{value}'"));
            prop_assert_eq!(print, "select a from t where b = ? and c like ?");
        }
    }
}
