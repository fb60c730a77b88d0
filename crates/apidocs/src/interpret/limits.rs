//! Ranges and defaults in a description.

use crate::block::{Mark, Text};
use crate::facts::{Limit, Limited, Stated};

/// No description documents more; the bound keeps odd input cheap.
const MOST_LIMITS: usize = 64;

/// Ranges that a paragraph documents.
pub(crate) fn of_sentence(plain: &str, out: &mut Vec<Limit>) {
    for (word, of) in [
        ("Minimum:", Limited::Value),
        ("Maximum:", Limited::Value),
        ("Minimum length:", Limited::Length),
        ("Maximum length:", Limited::Length),
        ("最小值：", Limited::Value),
        ("最大值：", Limited::Value),
        ("最小长度：", Limited::Length),
        ("最大长度：", Limited::Length),
    ] {
        let Some(rest) = plain.strip_prefix(word) else {
            continue;
        };
        let Some((number, rest)) = quantity(rest) else {
            continue;
        };
        let lowest = word.starts_with("Min") || word.starts_with("最小");
        // A minimum and a maximum of their own lines are one range.
        let open = out.iter_mut().find(|l| {
            l.of == of
                && if lowest {
                    l.min.is_none()
                } else {
                    l.max.is_none()
                }
        });
        match open {
            Some(limit) if lowest => limit.min = Some(number),
            Some(limit) => limit.max = Some(number),
            None => push(
                out,
                of,
                lowest.then(|| number.clone()),
                (!lowest).then_some(number),
            ),
        }
        // The largest may stand behind the smallest in one line.
        of_sentence(
            rest.trim_start_matches([' ', ',', ';', '.', '，', '；', '。', '、']),
            out,
        );
        return;
    }
    for sentence in sentences(plain) {
        of_one(sentence, out);
    }
}

/// Sentences; a full stop inside a number, `0.5`, ends none.
fn sentences(plain: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut from = 0;
    let mut chars = plain.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let inside = chars.peek().is_some_and(|(_, next)| !next.is_whitespace());
        if matches!(c, '.' | ';') && !inside || matches!(c, '。' | '；') {
            let end = at + c.len_utf8();
            out.push(plain.get(from..end).unwrap_or_default());
            from = end;
        }
    }
    out.push(plain.get(from..).unwrap_or_default());
    out
}

fn of_one(sentence: &str, out: &mut Vec<Limit>) {
    let lower = sentence.to_lowercase();
    if lower.len() != sentence.len() || lower.len() > 4_000 {
        return;
    }
    for phrase in [
        "ranges from",
        "range is from",
        "value range:",
        "range from",
        "range is",
        "range:",
        "must be from",
        "must be between",
        "is from",
    ] {
        if let Some(at) = lower.find(phrase) {
            let tail = lower.get(at + phrase.len()..).unwrap_or_default();
            let of_length = phrase.starts_with("must") && lower.contains("character");
            if of_length || phrase == "is from" && !lower.contains("value") {
                continue;
            }
            if let Some((min, max)) = span(tail) {
                push(out, Limited::Value, Some(min), Some(max));
                return;
            }
        }
    }
    if let Some(tail) = ["取值范围", "长度范围", "范围", "长度", "取值"]
        .iter()
        .find_map(|word| lower.split_once(word))
        .map(|one| one.1)
    {
        let tail =
            tail.trim_start_matches(['为', '是', '在', '：', ':', ' ', '\u{a0}', '\u{3000}']);
        if let Some((min, max)) = span(tail) {
            let of = match lower.contains("长度") || lower.contains("字符") {
                true => Limited::Length,
                false => Limited::Value,
            };
            push(out, of, Some(min), Some(max));
            return;
        }
    }
    if let Some(at) = lower.find("characters") {
        let head = lower.get(..at).unwrap_or_default();
        if let Some(from) = [
            "must be ",
            "can be ",
            "consists of ",
            "contains ",
            "contain ",
        ]
        .iter()
        .filter_map(|w| head.rfind(w).map(|i| i + w.len()))
        .max()
            && let Some((min, max)) = span(head.get(from..).unwrap_or_default())
        {
            push(out, Limited::Length, Some(min), Some(max));
            return;
        }
    }
    let min = number_after(
        &lower,
        &[
            "minimum value is",
            "no less than",
            "greater than or equal to",
            "not less than",
        ],
    );
    let max = number_after(
        &lower,
        &[
            "maximum value is",
            "no more than",
            "less than or equal to",
            "not greater than",
        ],
    );
    let talks_of_value = lower.contains("value") && !lower.contains("if the value");
    if talks_of_value && (min.is_some() || max.is_some()) {
        push(out, Limited::Value, min, max);
    }
}

/// A column or phrase that is nothing but a range.
pub(crate) fn range(plain: &str, out: &mut Vec<Limit>) {
    if let Some((min, max)) = span(&plain.to_lowercase()) {
        push(out, Limited::Value, Some(min), Some(max));
    }
}

fn push(out: &mut Vec<Limit>, of: Limited, min: Option<String>, max: Option<String>) {
    // A smallest and a largest value in two sentences are one range.
    if let Some(last) = out.last_mut()
        && last.of == of
        && ((last.max.is_none() && min.is_none()) || (last.min.is_none() && max.is_none()))
    {
        last.min = last.min.take().or(min);
        last.max = last.max.take().or(max);
        return;
    }
    let limit = Limit { of, min, max };
    if out.len() < MOST_LIMITS && !out.contains(&limit) {
        out.push(limit);
    }
}

fn number_after(lower: &str, phrases: &[&str]) -> Option<String> {
    phrases.iter().find_map(|phrase| {
        let at = lower.find(phrase)?;
        quantity(lower.get(at + phrase.len()..)?).map(|(n, _)| n)
    })
}

/// `1 to 100`, `from 1 to 100`, `[1, 50]`, `1-5000`, `10 GB to 4000 GB`.
fn span(text: &str) -> Option<(String, String)> {
    let text = text.trim_start();
    let text = text.strip_prefix("from").unwrap_or(text).trim_start();
    let text = text.strip_prefix("between").unwrap_or(text).trim_start();
    let bracket = text.strip_prefix(['[', '【']);
    let (min, rest) = quantity(bracket.unwrap_or(text))?;
    let rest = rest.trim_start();
    let rest = if bracket.is_some() {
        rest.strip_prefix([',', '，', '~', '～', '-', '–'])?
    } else {
        rest.strip_prefix("to ")
            .or_else(|| rest.strip_prefix("and "))
            .or_else(|| rest.strip_prefix(['-', '–', '—', '~', '～', '至', '到']))?
    };
    let (max, _) = quantity(rest)?;
    Some((min, max))
}

/// A number, with its unit, and what follows. A colon or dot that ends the
/// number is not part of it.
fn quantity(text: &str) -> Option<(String, &str)> {
    let text = text.trim_start();
    let end = text
        .char_indices()
        .find(|(at, c)| {
            let sign = *at == 0 && *c == '-';
            !(sign || c.is_ascii_digit() || matches!(c, ',' | '.'))
        })
        .map_or(text.len(), |(at, _)| at);
    let raw = text.get(..end)?;
    let whole = raw.trim_end_matches([',', '.']);
    // In "[1,50]" the number ends at the comma.
    let (digits, taken) = match (grouped(whole), whole.split_once(',')) {
        (Some(digits), _) => (digits, whole.len()),
        (None, Some((first, _))) => (grouped(first)?, first.len()),
        (None, None) => return None,
    };
    let rest = text.get(taken..)?;
    for unit in [
        "gb", "mb", "kb", "tb", "minutes", "hours", "days", "seconds", "ms",
    ] {
        if let Some(after) = rest.trim_start().strip_prefix(unit)
            && !after.starts_with(char::is_alphanumeric)
        {
            let unit = if unit.len() == 2 && unit != "ms" {
                unit.to_uppercase()
            } else {
                unit.to_owned()
            };
            return Some((format!("{digits} {unit}"), after));
        }
    }
    // "15min" and "2xlarge" are no plain numbers.
    (!rest.starts_with(|c: char| c.is_ascii_alphabetic())).then_some((digits, rest))
}

/// A number without the commas that group its digits in threes; anything else
/// with a comma is a list and no number.
fn grouped(text: &str) -> Option<String> {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    if !unsigned.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let mut groups = unsigned.split(',');
    let first = groups.next()?;
    let rest: Vec<&str> = groups.collect();
    if rest.is_empty() {
        return Some(text.to_owned());
    }
    let sound = first.len() <= 3 && rest.iter().all(|g| g.len() == 3);
    sound.then(|| text.replace(',', ""))
}

/// Defaults that a paragraph documents.
pub(crate) fn defaults(text: &Text, out: &mut Stated<Vec<String>>) {
    let mut sentence = String::new();
    for span in &text.spans {
        let lower = sentence.trim_end().to_lowercase();
        let announced = [
            "default value is",
            "default value:",
            "default value is:",
            "默认值：",
            "默认值为",
        ]
        .iter()
        .any(|w| lower.ends_with(w));
        if announced && matches!(span.mark, Mark::Strong | Mark::Emphasis | Mark::Code) {
            add_default(span.text.trim(), out);
        } else if span.mark == Mark::Strong || !announced {
            plain_default(&sentence, &span.text, out);
        } else {
            plain_default("", &format!("default value is {}", span.text.trim()), out);
        }
        sentence.push_str(&span.text);
        let from = sentence
            .char_indices()
            .rev()
            .nth(60)
            .map_or(0, |(at, _)| at);
        sentence = sentence.get(from..).unwrap_or_default().to_owned();
    }
}

fn plain_default(before: &str, text: &str, out: &mut Stated<Vec<String>>) {
    let joined = format!("{before}{text}");
    let lower = joined.to_lowercase();
    for phrase in [
        "default value is ",
        "default value: ",
        "默认值：",
        "默认值为",
    ] {
        let Some(at) = lower.find(phrase) else {
            continue;
        };
        let at = at + phrase.len();
        if at <= before.len() && !before.is_empty() {
            continue;
        }
        let tail = lower.get(at..).unwrap_or_default();
        if tail.starts_with("an empty")
            || tail.starts_with("empty")
            || tail.starts_with("left blank")
            || tail.starts_with("null")
            || tail.starts_with("none")
        {
            add_default("", out);
            return;
        }
        let word: String = joined
            .get(at..)
            .unwrap_or_default()
            .chars()
            .take_while(|c| !c.is_whitespace() && *c != ',' && *c != ';')
            .collect();
        let word = word.trim_end_matches(['.', ')', '。']).to_owned();
        let telling = word
            .chars()
            .any(|c| c.is_ascii_digit() || c.is_ascii_uppercase())
            || matches!(word.as_str(), "true" | "false");
        if telling && word.len() <= 60 {
            add_default(&word, out);
        }
        return;
    }
}

fn add_default(value: &str, out: &mut Stated<Vec<String>>) {
    if value.is_empty() || matches!(value, "null" | "empty") {
        if out.is_missing() {
            *out = Stated::Nothing;
        }
        return;
    }
    match out {
        Stated::Value(values) => {
            if values.len() < MOST_LIMITS && !values.iter().any(|v| v == value) {
                values.push(value.to_owned());
            }
        }
        _ => *out = Stated::Value(vec![value.to_owned()]),
    }
}
