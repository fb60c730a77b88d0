//! Names of files and folders, made of what services send.

use sha2::{Digest as _, Sha256};

use crate::instance::Instance;

/// The folder of an instance below the output folder, with `/` as separator.
pub(crate) fn folder(instance: &Instance) -> String {
    format!("{}/{}", instance.service.as_str(), component(&instance.id))
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
