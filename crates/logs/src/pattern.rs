//! Patterns of names: `*` is any text, `?` any character.

/// Whether a text has what makes it a pattern.
pub(crate) fn is_pattern(text: &str) -> bool {
    text.contains(['*', '?'])
}

/// Whether an instance is meant by its id or its name, or by a pattern of either.
pub(crate) fn means(wanted: &str, id: &str, name: &str) -> bool {
    id == wanted
        || name == wanted
        || (is_pattern(wanted) && (fits(wanted, name) || fits(wanted, id)))
}

/// Whether a pattern fits everything.
pub(crate) fn is_of_anything(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c == '*')
}

/// Whether a pattern fits a whole name.
pub(crate) fn fits(pattern: &str, name: &str) -> bool {
    let (pattern, name): (Vec<char>, Vec<char>) =
        (pattern.chars().collect(), name.chars().collect());
    let (mut at, mut place) = (0, 0);
    // Where the last `*` stands, and up to where it reaches: only the last one ever has to reach further.
    let mut star = None;
    while let Some(c) = name.get(place) {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at, place));
                at += 1;
            }
            Some(wanted) if *wanted == '?' || wanted == c => {
                at += 1;
                place += 1;
            }
            _ => match star {
                None => return false,
                Some((of, reach)) => {
                    star = Some((of, reach + 1));
                    (at, place) = (of + 1, reach + 1);
                }
            },
        }
    }
    pattern.iter().skip(at).all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_is_any_text_and_a_question_mark_any_character() {
        for (pattern, name) in [
            ("orders-*", "orders-db"),
            ("orders-*", "orders-"),
            ("*-db", "orders-db-db"),
            ("o*s-?b", "orders-db"),
            ("*a*b*", "xaxbx"),
            ("é?", "éé"),
        ] {
            assert!(fits(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [
            ("orders-*", "order"),
            ("?", ""),
            ("a*b", "abc"),
            ("a", "aa"),
            ("*a*b*a", "abab"),
        ] {
            assert!(!fits(pattern, name), "{pattern} {name}");
        }
        let hard = format!("{}b", "a*".repeat(30));
        assert!(
            !fits(&hard, &"a".repeat(2000)),
            "and it does not take for ever"
        );
    }
}
