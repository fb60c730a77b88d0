//! Names: of operations, schemas and examples.

use std::collections::BTreeSet;

use heck::{ToKebabCase as _, ToPascalCase as _, ToSnakeCase as _};

/// The part of a name that survives any change of case or style.
pub(super) fn fold(name: &str) -> String {
    name.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

/// Whether two names are one in most languages.
pub(super) fn same(a: &str, b: &str) -> bool {
    fold(a) == fold(b)
}

/// `backup_strategy` as `BackupStrategy`; empty where there is no letter.
pub(super) fn pascal(text: &str) -> String {
    let plain: String = text
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { ' ' })
        .collect();
    let name = plain.to_pascal_case();
    match name.chars().next() {
        Some(first) if first.is_ascii_alphabetic() => name,
        Some(_) => format!("V{name}"),
        None => name,
    }
}

/// `CreateBackup` as `create_backup`.
pub(super) fn snake(text: &str) -> String {
    let plain: String = text
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || c == '_' {
                c
            } else {
                ' '
            }
        })
        .collect();
    plain.to_snake_case()
}

/// `BackupPolicy` as `backup-policy`.
pub(super) fn kebab(text: &str) -> String {
    text.to_kebab_case()
}

/// One of several: `instances` as `instance`, `policies` as `policy`.
pub(super) fn singular(word: &str) -> String {
    let lower = word.to_lowercase();
    let cut = |by: usize| word.get(..word.len().saturating_sub(by)).unwrap_or(word);
    let keeps = [
        "status", "ss", "us", "is", "dns", "tls", "aws", "https", "class", "process", "series",
    ];
    if keeps.iter().any(|end| lower.ends_with(end)) {
        return word.to_owned();
    }
    if lower.ends_with("ies") && lower.len() > 4 {
        return format!("{}y", cut(3));
    }
    if ["sses", "xes", "ches", "shes"]
        .iter()
        .any(|end| lower.ends_with(end))
    {
        return cut(2).to_owned();
    }
    if lower.ends_with('s') && lower.len() > 3 {
        return cut(1).to_owned();
    }
    // `file_list` and `tagsList` hold files and tags.
    for end in ["_list", "List"] {
        if let Some(of) = word.strip_suffix(end).filter(|of| of.len() > 1) {
            return singular(of);
        }
    }
    word.to_owned()
}

/// Whether a page's id is a name that an operation can have, such as `CreateRedislog`.
pub(super) fn is_name(id: &str) -> bool {
    let capitals = id.chars().filter(char::is_ascii_uppercase).count();
    id.starts_with(|c: char| c.is_ascii_uppercase())
        && capitals > 1
        && id.chars().all(|c| c.is_ascii_alphanumeric())
        && id.chars().any(|c| c.is_ascii_lowercase())
        && id.chars().filter(char::is_ascii_digit).count() < 4
}

/// What the first word of a title says is done, as an imperative.
fn imperative(word: &str, lists: bool) -> String {
    let lower = word.to_lowercase();
    let known = [
        ("adding", "Add"),
        ("applying", "Apply"),
        ("binding", "Bind"),
        ("canceling", "Cancel"),
        ("cancelling", "Cancel"),
        ("changing", "Change"),
        ("checking", "Check"),
        ("configuring", "Configure"),
        ("copying", "Copy"),
        ("creating", "Create"),
        ("deleting", "Delete"),
        ("disabling", "Disable"),
        ("enabling", "Enable"),
        ("getting", "Show"),
        ("modifying", "Update"),
        ("obtaining", "Show"),
        ("querying", "Show"),
        ("listing", "List"),
        ("removing", "Remove"),
        ("resetting", "Reset"),
        ("running", "Run"),
        ("setting", "Set"),
        ("showing", "Show"),
        ("stopping", "Stop"),
        ("switching", "Switch"),
        ("updating", "Update"),
        ("viewing", "Show"),
        ("query", "Show"),
        ("obtain", "Show"),
        ("get", "Show"),
        ("scaling", "Scale"),
    ];
    if let Some((_, verb)) = known.iter().find(|(from, _)| *from == lower) {
        return match (*verb, lists) {
            ("Show", true) => "List".to_owned(),
            (verb, _) => verb.to_owned(),
        };
    }
    match lower.strip_suffix("ing") {
        Some(stem) if stem.len() > 2 => pascal(&without_ending(stem)),
        _ => pascal(word),
    }
}

/// A verb, of what is left of it before `ing`: `restor` is `restore`, `reboot` is itself, `dropp` is `drop`.
fn without_ending(stem: &str) -> String {
    let letters: Vec<char> = stem.chars().collect();
    let from_end = |at: usize| {
        let at = letters.len().checked_sub(at + 1)?;
        letters.get(at).copied()
    };
    let (Some(last), Some(before)) = (from_end(0), from_end(1)) else {
        return stem.to_owned();
    };
    let is_vowel = |c: char| "aeiou".contains(c);
    if last == before && !"lsz".contains(last) {
        return letters.iter().take(letters.len() - 1).collect();
    }
    // A vowel that stands alone before the last consonant, as in `migrat`, not as in `heat`.
    let is_alone = is_vowel(before) && from_end(2).is_some_and(|c| !is_vowel(c));
    let is_whole = match last {
        't' => {
            let cut =
                is_alone && before == 'a' || stem.ends_with("delet") || stem.ends_with("execut");
            !cut
        }
        'r' => !(is_alone && "aiou".contains(before)) || stem.ends_with("itor"),
        'd' => !(is_alone && "aiou".contains(before)),
        'k' => !(is_alone && "ao".contains(before)),
        'n' => !(is_alone && before == 'i'),
        'l' => before == 'l' || is_vowel(before) && !stem.ends_with("schedul"),
        'm' => "rl".contains(before),
        's' => before == 's',
        'h' | 'w' | 'y' | 'p' | 'x' => true,
        _ => false,
    };
    match is_whole {
        true => stem.to_owned(),
        false => format!("{stem}e"),
    }
}

/// A name for an operation from its page's title; empty where the title has no word of ASCII.
pub(super) fn of_title(title: &str, lists: bool) -> String {
    let mut plain = String::new();
    let mut depth = 0u32;
    for c in title.chars() {
        match c {
            '(' | '（' | '[' => depth += 1,
            ')' | '）' | ']' => depth = depth.saturating_sub(1),
            c if depth == 0 && c.is_ascii_alphanumeric() => plain.push(c),
            _ if depth == 0 => plain.push(' '),
            _ => {}
        }
    }
    let skipped = [
        "a",
        "an",
        "the",
        "of",
        "to",
        "for",
        "in",
        "about",
        "details",
        "information",
        "specified",
        "its",
    ];
    let mut words = plain.split_whitespace();
    let Some(first) = words.next() else {
        return String::new();
    };
    let mut name = imperative(first, lists);
    for word in words
        .filter(|word| !skipped.contains(&word.to_lowercase().as_str()))
        .take(7)
    {
        name.push_str(&pascal(word));
    }
    name
}

/// Words of a name or title, shortened so that `adding` and `Add` are alike.
pub(super) fn stems(text: &str) -> BTreeSet<String> {
    let snake = snake(text);
    let common = [
        "the",
        "for",
        "and",
        "action",
        "instance",
        "instances",
        "start",
        "post",
    ];
    snake
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| word.len() > 1 && !common.contains(word))
        .map(|word| word.chars().take(4).collect())
        .collect()
}

/// A name for an enum's constant: letters, digits and `_` behind a letter.
pub(super) fn constant(prefix: &str, value: &str) -> String {
    let text: String = value
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .collect();
    let text = match (value.strip_prefix('-'), value.strip_prefix('+')) {
        (Some(_), _) => format!("MINUS{text}"),
        (_, Some(_)) => format!("PLUS{text}"),
        _ => text,
    };
    match (prefix, text.starts_with(|c: char| c.is_ascii_alphabetic())) {
        ("", true) => text,
        ("", false) => format!("V{text}"),
        (prefix, _) => format!("{}_{}", snake(prefix), snake(&text)).to_uppercase(),
    }
}

/// Whether each value has a name of its own in every language.
pub(super) fn distinct_constants(values: &[String]) -> bool {
    let texts: BTreeSet<String> = values.iter().map(|one| one.to_lowercase()).collect();
    let names: BTreeSet<String> = values
        .iter()
        .map(|one| {
            let plain: String = one
                .chars()
                .map(|c| if c.is_alphanumeric() { c } else { '_' })
                .collect();
            plain.to_pascal_case()
        })
        .collect();
    texts.len() == values.len() && names.len() == values.len() && !names.contains("")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verbs_are_what_they_are_without_their_ending() {
        for (title, name) in [
            ("Restoring a Kettle", "RestoreKettle"),
            ("Migrating a Kettle", "MigrateKettle"),
            ("Heating a Kettle", "HeatKettle"),
            ("Rebooting a Kettle", "RebootKettle"),
            ("Performing a Check", "PerformCheck"),
            ("Renaming a Kettle", "RenameKettle"),
            ("Upgrading a Kettle", "UpgradeKettle"),
            ("Uploading a Kettle", "UploadKettle"),
            ("Comparing Kettles", "CompareKettles"),
            ("Clearing Kettles", "ClearKettles"),
            ("Monitoring Kettles", "MonitorKettles"),
            ("Dropping a Kettle", "DropKettle"),
            ("Installing a Kettle", "InstallKettle"),
            ("Revoking a Right", "RevokeRight"),
            ("Throttling a Kettle", "ThrottleKettle"),
            ("Executing a Task", "ExecuteTask"),
        ] {
            assert_eq!(of_title(title, false), name);
        }
    }

    #[test]
    fn one_of_several_has_the_name_of_one() {
        for (several, one) in [
            ("instances", "instance"),
            ("policies", "policy"),
            ("file_list", "file"),
            ("status", "status"),
            ("classes", "class"),
            ("tags", "tag"),
            ("ids", "ids"),
        ] {
            assert_eq!(
                singular(several),
                if several == "ids" { "ids" } else { one }
            );
        }
    }

    #[test]
    fn titles_make_names() {
        for (title, lists, name) in [
            ("Creating a Manual Backup", false, "CreateManualBackup"),
            ("Querying DB Instances", true, "ListDbInstances"),
            (
                "Deleting Backups in Batches (SQL Server)",
                false,
                "DeleteBackupsBatches",
            ),
            ("Rebooting a DB Instance", false, "RebootDbInstance"),
            ("查询实例", true, ""),
        ] {
            assert_eq!(of_title(title, lists), name);
        }
        assert!(is_name("CreateRedislog") && !is_name("rds_01_0002") && !is_name("Querying"));
    }

    #[test]
    fn constants_begin_with_a_letter() {
        assert_eq!(constant("", "5.7"), "V5_7");
        assert_eq!(constant("Count", "ALL"), "COUNT_ALL");
        assert_eq!(constant("", "-1"), "MINUS_1");
    }
}
