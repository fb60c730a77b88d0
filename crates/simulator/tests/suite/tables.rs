//! What the tables of the documentation's pages say of the types of responses.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use otcdb_simulator::Service;
use reqwest::Method;
use serde_json::Value;

/// The facts of a page, and the file that describes its operation.
type Page = (Value, String);

/// All pages.
static PAGES: LazyLock<BTreeMap<&str, Vec<Page>>> = LazyLock::new(|| {
    let services = Service::ALL.into_iter();
    services
        .map(|service| (service.as_str(), pages(service)))
        .collect()
});

fn pages(service: Service) -> Vec<Page> {
    let root = format!("{}/../../openapi/{service}", env!("CARGO_MANIFEST_DIR"));
    let files = |folder: &Path| {
        std::fs::read_dir(folder)
            .unwrap()
            .map(|one| one.unwrap().path())
    };
    let facts = files(Path::new(&format!("{root}/facts")));
    let with_description = |facts: PathBuf| {
        let name = facts.file_name().unwrap();
        let mut sections = files(Path::new(&root)).filter(|path| !path.ends_with("facts"));
        let description = sections.find_map(|path| std::fs::read_to_string(path.join(name)).ok());
        let text = std::fs::read_to_string(&facts).unwrap();
        (
            serde_saphyr::from_str(&text).unwrap(),
            description.unwrap_or_default(),
        )
    };
    facts.map(with_description).collect()
}

/// The places of a response where a table says String and something else stands that is not null. What the description
/// records as a mistake of the table is none.
pub(crate) fn no_texts(
    service: Service,
    method: &Method,
    path: &str,
    status: u16,
    body: &Value,
) -> Vec<String> {
    let page = PAGES[service.as_str()].iter().find(|(page, _)| {
        let operation = &page["operation"];
        operation["method"] == method.as_str() && operation["path"] == path
    });
    // Not every operation has a page.
    let Some((page, description)) = page else {
        return Vec::new();
    };
    let responses = page["responses"].as_array().into_iter().flatten();
    let response = responses.into_iter().find(|one| one["status"] == status);
    let forms = response.and_then(|one| one["body"]["forms"].as_array());
    let mut found = Vec::new();
    for form in forms.into_iter().flatten() {
        compare(&form["fields"], body, "", &mut found);
    }
    found.retain(|(at, _)| {
        let field = at.trim_start_matches('/').replace('/', ".");
        !description.contains(&format!("\"response {status} {field}: type\""))
    });
    found
        .into_iter()
        .map(|(at, value)| format!("{at}: {value}"))
        .collect()
}

fn compare(fields: &Value, response: &Value, at: &str, found: &mut Vec<(String, Value)>) {
    if let Some(items) = response.as_array() {
        for item in items {
            compare(fields, item, at, found);
        }
    }
    for field in fields.as_array().into_iter().flatten() {
        let name = field["name"].as_str().unwrap();
        let Some(value) = response.get(name) else {
            continue;
        };
        let at = format!("{at}/{name}");
        if field["type"] == "String" && !value.is_string() && !value.is_null() {
            found.push((at.clone(), value.clone()));
        }
        compare(&field["fields"], value, &at, found);
    }
}
