//! The order in which packages are published: each after those that it needs.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, bail};

/// Orders packages. Each has the names of those that have to be there before it.
///
/// # Errors
/// Packages need each other.
pub fn order(packages: &BTreeMap<String, BTreeSet<String>>) -> Result<Vec<String>> {
    let mut ordered: Vec<String> = Vec::new();
    while ordered.len() < packages.len() {
        let is_next = |(name, needs): &(&String, &BTreeSet<String>)| {
            let mut needs = needs.iter().filter(|need| packages.contains_key(*need));
            !ordered.contains(name) && needs.all(|need| ordered.contains(need))
        };
        match packages.iter().find(is_next) {
            Some((name, _)) => ordered.push(name.clone()),
            None => {
                let left = packages.keys().filter(|name| !ordered.contains(name));
                let left: Vec<&str> = left.map(String::as_str).collect();
                bail!("these packages need each other: {}", left.join(", "));
            }
        }
    }
    Ok(ordered)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packages(needs: &[(&str, &[&str])]) -> BTreeMap<String, BTreeSet<String>> {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        needs
            .iter()
            .map(|(name, needs)| ((*name).to_owned(), owned(needs)))
            .collect()
    }

    #[test]
    fn a_package_comes_after_what_it_needs() {
        let all = packages(&[
            ("cli", &["logs", "core", "serde"]),
            ("logs", &["core"]),
            ("core", &[]),
        ]);
        assert_eq!(order(&all).unwrap(), ["core", "logs", "cli"]);
    }

    #[test]
    fn packages_that_need_each_other_are_named() {
        let all = packages(&[("a", &["b"]), ("b", &["a"]), ("c", &[])]);
        let error = order(&all).unwrap_err().to_string();
        assert!(error.ends_with("a, b"), "{error}");
    }
}
