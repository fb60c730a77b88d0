//! Names of files and folders, made of what services send.

use sha2::{Digest as _, Sha256};

use crate::instance::Instance;
use crate::kind::LogKind;

/// The name of a new folder of an instance, which ends with its id or the beginning of that: `orders-db--3da027fd`.
pub(crate) fn folder_name(instance: &Instance, end: &str) -> String {
    /// Of the name. What is longer is told by the beginning.
    const LONGEST: usize = 80;
    let mut name = component(&instance.name);
    name.truncate(LONGEST);
    format!("{name}{end}")
}

/// What the name of an instance's folder ends with, unless another one begins in the same way.
pub(crate) fn end_of_folder(id: &str) -> String {
    /// Of an id, which has more letters and digits than that.
    const BEGINNING: usize = 8;
    let id: String = component(id).chars().take(BEGINNING).collect();
    format!("--{id}")
}

/// The name of a file: `redis-run_10.20.0.16_2026-11-22.log`. What the service calls it takes the place of a time that is not
/// known, and gives the extension if it has one that tools know; else that is `extension`.
pub(crate) fn file_name(
    kind: LogKind,
    node: Option<&str>,
    time: Option<&str>,
    called: &str,
    extension: &str,
) -> String {
    const KNOWN: [&str; 7] = ["log", "jsonl", "csv", "trc", "gz", "zst", "xel"];
    let (stem, extension) = match called.rsplit_once('.') {
        Some((stem, end)) if KNOWN.contains(&end.to_ascii_lowercase().as_str()) => (stem, end),
        _ => (called, extension),
    };
    let time = time.and_then(shown);
    let parts = [node, Some(time.as_deref().unwrap_or(stem))];
    let mut name = kind.as_str().to_owned();
    for part in parts.into_iter().flatten() {
        name.push('_');
        name.push_str(part);
    }
    component(&format!("{name}.{extension}"))
}

/// A day as it is, and any other time as `20261122T012233Z`.
fn shown(time: &str) -> Option<String> {
    let is_day = time.len() == "2026-11-22".len() && time.parse::<jiff::civil::Date>().is_ok();
    if is_day {
        return Some(time.to_owned());
    }
    Some(crate::time::compact(crate::time::of_entry(time)?))
}

/// A name for one file: no separator, nothing hidden, nothing that a file system reserves, at most 200 bytes, and
/// never the name of an unfinished file.
pub(crate) fn component(name: &str) -> String {
    const LONGEST: usize = 200;
    let mut safe: String = name
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || "._-=@+".contains(c) {
                c
            } else {
                '_'
            }
        })
        .collect();
    if safe.len() > LONGEST {
        // The end tells files apart: dates and extensions stand there.
        safe = safe.split_off(safe.len() - LONGEST);
    }
    if safe.is_empty() || safe.starts_with('.') {
        safe.insert(0, '_');
    }
    if safe.ends_with('.') || safe.ends_with(".part") || safe.ends_with(".part.json") {
        safe.push('_');
    }
    safe
}

/// What two paths have in common that are one file where file systems take letters for the same in either case.
pub(crate) fn folded(path: &str) -> String {
    path.to_lowercase()
}

/// A path beside another one, told apart by what it is for: `a/f.log` becomes `a/f~1b4f0e98.log`.
pub(crate) fn variant(path: &str, what: &str) -> String {
    let digest = hex::encode(Sha256::digest(what.as_bytes()));
    let mark = digest.get(..8).unwrap_or_default();
    let (folder, name) = path
        .rsplit_once('/')
        .map_or(("", path), |(folder, name)| (folder, name));
    let name = match name.rsplit_once('.') {
        Some((stem, ending)) => format!("{stem}~{mark}.{ending}"),
        None => format!("{name}~{mark}"),
    };
    if folder.is_empty() {
        name
    } else {
        format!("{folder}/{name}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ordinary_names_stay_as_they_are() {
        for name in [
            "redis_192.168.0.142_2021-04-16.log",
            "SQLTrace.trc",
            "054bc9_slowlog_download_2020",
        ] {
            assert_eq!(component(name), name);
        }
        assert_eq!(component("../../etc/passwd"), "_.._.._etc_passwd");
        assert_eq!(component("a.part"), "a.part_");
    }

    #[test]
    fn a_name_says_kind_node_and_time() {
        let name = |kind, node, time, called| file_name(kind, node, time, called, "log");
        assert_eq!(
            name(
                LogKind::RedisRun,
                Some("10.20.0.16"),
                Some("2026-11-22"),
                "redis_x.log"
            ),
            "redis-run_10.20.0.16_2026-11-22.log"
        );
        assert_eq!(
            name(
                LogKind::RdsError,
                None,
                Some("1795314153000"),
                "62777c_errorlog_download"
            ),
            "rds-error_20261122T022233Z.log"
        );
        assert_eq!(
            name(LogKind::RdsSlow, None, None, "SQLTrace.trc"),
            "rds-slow_SQLTrace.trc"
        );
        assert_eq!(
            name(LogKind::RdsSlow, None, Some("soon"), "../x.part"),
            "rds-slow_.._x.part.log"
        );
    }

    proptest! {
        #[test]
        fn no_name_leaves_its_folder(name in "\\PC*") {
            let safe = component(&name);
            let parts: Vec<_> = std::path::Path::new(&safe).components().collect();
            prop_assert_eq!(parts.len(), 1);
            prop_assert!(matches!(parts[0], std::path::Component::Normal(_)));
            prop_assert!(safe.len() <= 202 && !safe.starts_with('.') && !safe.ends_with(".part"));
        }
    }
}
