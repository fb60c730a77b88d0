//! Where the documentation's pages are: the table `openapi/pages.yaml`.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use otcdb_openapi::{Bundle, written, yaml};
use serde_json::Value;

/// The table, relative to the workspace.
pub const FILE: &str = "openapi/pages.yaml";

/// What a table that is new begins with.
const HEAD: &str = "# Where the documentation's pages are: of each source and service the address, and of each page id under `x-documentation`\n\
                    # the path behind it. `cargo xtask publish` writes `externalDocs` from this; of a source and service\n\
                    # that is here, each page has to be.\n";

/// Below this folder a manual's pages lie as their addresses say.
const SOURCE: &str = "source";

/// Sources, in each the services, of each where its pages are.
#[derive(Debug, Default)]
pub struct Addresses {
    /// The comment that the table begins with.
    head: String,
    sites: BTreeMap<String, BTreeMap<String, Site>>,
}

/// The pages of one service in one source. What nobody has said yet is null.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Site {
    at: Option<String>,
    pages: BTreeMap<String, Option<String>>,
}

impl Addresses {
    /// Reads the table; a workspace without it has no addresses.
    ///
    /// # Errors
    /// A file that cannot be read, or that holds anything else.
    pub fn read(root: &Path) -> Result<Self> {
        let path = root.join(FILE);
        if !path.exists() {
            return Ok(Self {
                head: HEAD.to_owned(),
                ..Self::default()
            });
        }
        let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {FILE}"))?;
        Self::of(&text)
    }

    pub(crate) fn of(text: &str) -> Result<Self> {
        let comments = text.split_inclusive('\n');
        let head = comments.take_while(|line| line.starts_with('#')).collect();
        let value = yaml::parse(text).with_context(|| format!("{FILE} is no YAML"))?;
        let sites = serde_json::from_value(value).with_context(|| {
            format!("{FILE} has to map sources to services to `at` and `pages`, all of them texts")
        })?;
        Ok(Self { head, sites })
    }

    /// The table as it is written: each page on a line of its own, however long that is.
    pub fn text(&self) -> String {
        let mut text = self.head.clone();
        for (source, services) in &self.sites {
            text.push_str(&format!("{source}:\n"));
            for (service, site) in services {
                let at = scalar(site.at.as_deref());
                text.push_str(&format!("  {service}:\n    at: {at}\n    pages:\n"));
                for (page, path) in &site.pages {
                    let path = scalar(path.as_deref());
                    text.push_str(&format!("      {}: {path}\n", scalar(Some(page))));
                }
            }
        }
        text
    }

    /// Whether it has pages of a service in a source.
    pub fn knows(&self, source: &str, service: &str) -> bool {
        let services = self.sites.get(source);
        services.is_some_and(|services| services.contains_key(service))
    }

    /// Adds a page that was read from this file, unless it is there; says whether it was added. A file tells the address
    /// where it lies below the folder of a manual. Where the manual is, a person has to say.
    pub fn add(&mut self, source: &str, service: &str, page: &str, file: &Path) -> bool {
        let services = self.sites.entry(source.to_owned()).or_default();
        let site = services.entry(service.to_owned()).or_default();
        if site.pages.contains_key(page) {
            return false;
        }
        site.pages.insert(page.to_owned(), path_of(file));
        true
    }

    /// The address of the first of the pages under an operation's `x-documentation` that has one.
    pub fn of_operation(&self, service: &str, operation: &Value) -> Option<String> {
        let pages = operation.get("x-documentation")?.as_array()?;
        pages.iter().find_map(|page| {
            let site = self.sites.get(page["source"].as_str()?)?.get(service)?;
            let path = site.pages.get(page["page"].as_str()?)?.as_ref()?;
            Some(format!("{}{path}", site.at.as_ref()?))
        })
    }

    /// Checks that each page of a source that is in the table has an address.
    ///
    /// # Errors
    /// What is missing, with what to write.
    pub fn complete(&self, bundles: &[Bundle]) -> Result<()> {
        let mut missing = Vec::new();
        for (source, services) in &self.sites {
            for (service, site) in services {
                if site.at.is_none() {
                    missing.push(format!(
                        "{source}, {service}: write under `at` what all addresses begin with"
                    ));
                }
                let bundle = bundles.iter().find(|one| *one.service == **service);
                let all = bundle.map(|one| written::operations(&one.document));
                for operation in all.into_iter().flatten() {
                    let pages = operation.value["x-documentation"].as_array();
                    let pages = pages.into_iter().flatten();
                    let own = pages.filter(|page| page["source"] == **source);
                    for page in own.filter_map(|page| page["page"].as_str()) {
                        if site.pages.get(page).is_none_or(Option::is_none) {
                            missing.push(format!(
                                "{source}, {service}: write under `pages` where {page} is, a page of {}",
                                operation.id()
                            ));
                        }
                    }
                }
            }
        }
        ensure!(
            missing.is_empty(),
            "{FILE} is not whole:\n  {}",
            missing.join("\n  ")
        );
        Ok(())
    }
}

/// A text as YAML has it, in quotation marks where it could be read as anything else.
fn scalar(text: Option<&str>) -> String {
    let Some(text) = text else {
        return "null".to_owned();
    };
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:".contains(c);
    match text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.chars().all(is_plain) {
        true => text.to_owned(),
        false => Value::from(text).to_string(),
    }
}

/// Where a page is behind the address of its manual.
fn path_of(file: &Path) -> Option<String> {
    let names: Vec<&str> = file.iter().filter_map(|name| name.to_str()).collect();
    let at = names.iter().rposition(|name| *name == SOURCE)? + 1;
    let path = names.get(at..)?.join("/");
    let (path, _) = path.rsplit_once('.')?;
    Some(format!("{path}.html"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_table_is_written_as_it_is_read() {
        let root = crate::tasks::workspace();
        let text = std::fs::read_to_string(root.join(FILE)).unwrap();
        assert_eq!(Addresses::of(&text).unwrap().text(), text);
    }

    #[test]
    fn a_page_is_added_once_and_what_is_not_known_is_asked_for() {
        let mut table = Addresses::default();
        let brew = Path::new("docs/otc/tea/api-ref/source/pots/brew.rst");
        assert!(table.add("otc", "tea", "Brew", brew));
        assert!(!table.add("otc", "tea", "Brew", brew));
        assert!(table.add("otc", "tea", "Rinse", Path::new("rinse.html")));
        let operation = json!({ "operationId": "Brew", "x-documentation": [
            { "source": "huaweicloud", "page": "Brew" }, { "source": "otc", "page": "Rinse" },
            { "source": "otc", "page": "Brew" },
        ] });
        let document = json!({ "paths": { "/pots": { "get": operation } } });
        let bundles = [Bundle::of("tea", document)];
        assert_eq!(
            table.complete(&bundles).unwrap_err().to_string(),
            "openapi/pages.yaml is not whole:\n  otc, tea: write under `at` what all addresses begin with\n  \
             otc, tea: write under `pages` where Rinse is, a page of Brew"
        );
        assert_eq!(table.of_operation("tea", &operation), None);
        let text = table.text();
        assert_eq!(
            text,
            "otc:\n  tea:\n    at: null\n    pages:\n      Brew: pots/brew.html\n      Rinse: null\n"
        );
        let text = text.replace("at: null", "at: https://pages/");
        let table = Addresses::of(&text.replace("Rinse: null", "Rinse: rinse.html")).unwrap();
        table.complete(&bundles).unwrap();
        assert_eq!(
            table.of_operation("tea", &operation).as_deref(),
            Some("https://pages/rinse.html")
        );
    }
}
