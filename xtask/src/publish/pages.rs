//! Where the documentation's pages are, for `externalDocs` of each operation that is published.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result};
use otcdb_openapi::yaml;
use serde_json::{Value, json};

/// The file with the addresses, relative to the workspace.
const FILE: &str = "openapi/pages.yaml";

/// Sources, in each the services, of each where its pages are.
#[derive(Debug, Default, serde::Deserialize)]
pub(super) struct Pages(BTreeMap<String, BTreeMap<String, Site>>);

/// The pages of one service in one source.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Site {
    at: String,
    pages: BTreeMap<String, String>,
}

impl Pages {
    /// Reads [`FILE`]; a workspace without it has no addresses.
    ///
    /// # Errors
    /// A file that cannot be read, or that holds anything else.
    pub(super) fn read(root: &Path) -> Result<Self> {
        let path = root.join(FILE);
        if !path.exists() {
            return Ok(Self::default());
        }
        let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {FILE}"))?;
        let value = yaml::parse(&text).with_context(|| format!("{FILE} is no YAML"))?;
        serde_json::from_value(value).with_context(|| {
            format!("{FILE} has to map sources to services to `at` and `pages`, all of them texts")
        })
    }

    /// Writes `externalDocs` into each operation and each variant of which a page has an address: the first that has one.
    pub(super) fn link(&self, service: &str, document: &mut Value) {
        let paths = document.get_mut("paths").and_then(Value::as_object_mut);
        let items = paths.into_iter().flat_map(|paths| paths.values_mut());
        let operations = items
            .filter_map(Value::as_object_mut)
            .flat_map(|item| item.values_mut());
        for operation in operations.filter(|one| one.get("operationId").is_some()) {
            let variants = operation
                .get_mut("x-variants")
                .and_then(Value::as_array_mut);
            let mut first = None;
            for variant in variants.into_iter().flatten() {
                let found = self.link_one(service, variant);
                first = first.or(found);
            }
            // What stands for several variants has no page of its own.
            if self.link_one(service, operation).is_none()
                && let Some(first) = first
            {
                operation["externalDocs"] = first;
            }
        }
    }

    fn link_one(&self, service: &str, operation: &mut Value) -> Option<Value> {
        let pages = operation.get("x-documentation")?.as_array()?;
        let link = pages.iter().find_map(|page| {
            let site = self.0.get(page["source"].as_str()?)?.get(service)?;
            let path = site.pages.get(page["page"].as_str()?)?;
            Some(json!({ "url": format!("{}{path}", site.at) }))
        })?;
        operation["externalDocs"] = link.clone();
        Some(link)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_is_linked_to_the_first_of_its_pages_with_an_address() {
        let pages: Pages = serde_json::from_value(json!({
            "otc": { "tea": { "at": "https://pages/", "pages": { "Brew": "pots/brew.html" } } },
        }))
        .unwrap();
        let brew =
            json!([{ "source": "otc", "page": "Gone" }, { "source": "otc", "page": "Brew" }]);
        let mut document = json!({ "paths": { "/pots": {
            "summary": "Pots",
            "get": { "operationId": "Brew", "x-documentation": brew },
            "put": { "operationId": "Rinse", "x-documentation": [{ "source": "otc", "page": "Rinse" }] },
            "post": { "operationId": "Either", "x-variants": [
                { "operationId": "One" },
                { "operationId": "Other", "x-documentation": brew },
            ] },
        } } });
        pages.link("tea", &mut document);
        let item = &document["paths"]["/pots"];
        let there = json!({ "url": "https://pages/pots/brew.html" });
        assert_eq!(item["get"]["externalDocs"], there);
        assert_eq!(item["post"]["externalDocs"], there);
        assert_eq!(item["post"]["x-variants"][1]["externalDocs"], there);
        assert_eq!(item["put"].get("externalDocs"), None);
        assert_eq!(item["post"]["x-variants"][0].get("externalDocs"), None);
    }
}
