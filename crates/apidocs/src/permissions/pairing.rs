//! Which rows of the tables of actions are an operation's.

use std::collections::BTreeSet;

use super::{Permission, Permissions};
use crate::facts::{Operation, Stated};
use crate::interpret::pairing_key;

/// What a page states of an operation: the actions, none for one that whoever is known may call, and the line.
pub(crate) struct Required {
    pub(crate) actions: Vec<String>,
    pub(crate) line: u32,
}

/// The rights that a page states for an operation with this pairing key and this title of its page; `others` are the
/// titles of the other operations under the same method and path.
///
/// Rows that agree hold for all of these. Where rows differ, an operation that is alone needs all of them; of several
/// operations, each has the row whose title is most like its own, if no other's is more like that row.
pub(crate) fn stated(
    page: &Permissions,
    key: &str,
    title: &str,
    others: &[&str],
) -> Option<Required> {
    let is_meant = |operation: &Operation| pairing_key(operation) == key;
    let rows: Vec<&Permission> = page
        .permissions
        .iter()
        .filter(|row| !row.actions.is_missing() && row.operations.iter().any(is_meant))
        .collect();
    let first = rows.first()?;
    let agree = rows.iter().all(|row| sorted(row) == sorted(first));
    if agree || others.is_empty() {
        return Some(together(&rows));
    }
    let best = rows
        .iter()
        .max_by_key(|row| likeness(&row.title, title))
        .filter(|row| likeness(&row.title, title) > 0)?;
    let rival = others
        .iter()
        .any(|other| likeness(&best.title, other) >= likeness(&best.title, title));
    (!rival).then(|| together(&[best]))
}

fn together(rows: &[&Permission]) -> Required {
    let mut actions: Vec<String> = Vec::new();
    for action in rows.iter().flat_map(|row| of(row)) {
        if !actions.contains(action) {
            actions.push(action.clone());
        }
    }
    Required {
        actions,
        line: rows.first().map_or(0, |row| row.line),
    }
}

fn of(row: &Permission) -> &[String] {
    match &row.actions {
        Stated::Value(actions) => actions,
        _ => &[],
    }
}

fn sorted(row: &Permission) -> BTreeSet<&String> {
    of(row).iter().collect()
}

/// How alike two titles are, in thousandths: the words that both have among all their words.
fn likeness(left: &str, right: &str) -> usize {
    let (left, right) = (words(left), words(right));
    left.intersection(&right).count() * 1_000 / left.union(&right).count().max(1)
}

/// The words that tell titles apart, without their endings. A Chinese character is a word.
fn words(title: &str) -> BTreeSet<String> {
    const COMMON: [&str; 14] = [
        "a", "an", "and", "by", "db", "for", "from", "in", "instance", "of", "or", "the", "to",
        "with",
    ];
    let lower = title.to_lowercase();
    let mut out = BTreeSet::new();
    for word in lower.split(|c: char| !c.is_alphanumeric()) {
        if !word.is_ascii() {
            out.extend(word.chars().map(String::from));
            continue;
        }
        let plural = word.strip_suffix('s').unwrap_or(word);
        let stem = plural
            .strip_suffix("ing")
            .unwrap_or(plural)
            .trim_end_matches('e');
        if !stem.is_empty() && !COMMON.contains(&word) && !COMMON.contains(&plural) {
            out.insert(stem.to_owned());
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{likeness, words};

    #[test]
    fn titles_are_compared_by_the_words_that_matter() {
        let row = "Changing a thing type from single to primary/standby";
        let page = "Changing a Single Thing to Primary/Standby Things";
        assert!(likeness(row, page) > likeness(row, "Changing the Storage Type of a Thing"));
        assert_eq!(
            likeness("Rebooting a DB Instance", "Reboot DB instances"),
            1_000
        );
        assert_eq!(likeness("Rebooting", "Scaling"), 0);
        assert!(likeness("重启实例", "重启数据库实例") > likeness("重启实例", "扩容磁盘"));
        assert!(words("the DB instances").is_empty());
    }
}
