//! Hosts of a service, from the page of its documentation that lists them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::pages;

/// Files of a folder that are looked at: a page of endpoints says so in its name.
const NAME: &str = "endpoint";

/// The hosts that pages of endpoints in these folders, and up to the folder of the whole API reference, list.
pub(super) fn of(paths: &[PathBuf]) -> Vec<String> {
    let mut folders: BTreeSet<PathBuf> = BTreeSet::new();
    for path in paths {
        let Ok(path) = std::path::absolute(path) else {
            continue;
        };
        let above = path
            .ancestors()
            .find(|one| one.file_name().is_some_and(|name| name == "api-ref"));
        folders.insert(above.map_or_else(|| path.clone(), Path::to_owned));
    }
    let mut hosts = Vec::new();
    for file in folders
        .iter()
        .filter(|one| one.is_dir())
        .filter_map(|one| pages::files(one).ok())
        .flatten()
    {
        let is_of_endpoints = file
            .file_stem()
            .is_some_and(|stem| stem.to_string_lossy().to_lowercase().contains(NAME));
        let text = is_of_endpoints.then(|| pages::bytes(&file).ok()).flatten();
        for host in text
            .iter()
            .flat_map(|text| in_text(&String::from_utf8_lossy(text)))
        {
            if !hosts.contains(&host) {
                hosts.push(host);
            }
        }
    }
    hosts
}

/// Names of hosts that stand by themselves: a link leads to a page, not to a service.
fn in_text(text: &str) -> Vec<String> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "-.:/{}_".contains(c);
    text.split(|c: char| !is_part(c))
        .filter(|word| !word.contains('_'))
        .map(|word| {
            word.trim_start_matches("https://")
                .trim_matches(['.', '/', ':'])
        })
        .filter(|word| {
            let labels: Vec<&str> = word.split('.').collect();
            labels.len() >= 4
                && !word.contains(['/', ':'])
                && labels.iter().all(|label| !label.is_empty())
                && labels.last().is_some_and(|top| {
                    top.len() > 1 && top.chars().all(|c| c.is_ascii_alphabetic())
                })
                && !labels
                    .first()
                    .is_some_and(|first| ["docs", "www"].contains(first))
        })
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::in_text;

    #[test]
    fn hosts_are_told_from_links_and_prose() {
        let text = "| Germany | eu-de | kettle.eu-de.example.org |\nSee `Regions <https://docs.example.org.test/en-us/endpoint>`__. e.g. x";
        assert_eq!(in_text(text), ["kettle.eu-de.example.org"]);
    }
}
