//! What the tables of the documentation's pages say of the types of responses.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use otcdb_simulator::Service;
use reqwest::Method;
use serde_json::Value;

/// The facts of all pages.
static PAGES: LazyLock<BTreeMap<&str, Vec<Value>>> = LazyLock::new(|| {
    let services = Service::ALL.into_iter();
    services
        .map(|service| (service.as_str(), pages(service)))
        .collect()
});

fn pages(service: Service) -> Vec<Value> {
    let root = env!("CARGO_MANIFEST_DIR");
    let files = std::fs::read_dir(format!("{root}/../../openapi/{service}/facts")).unwrap();
    let texts = files.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap());
    texts
        .map(|text| serde_saphyr::from_str(&text).unwrap())
        .collect()
}

/// The places of a response where a table says String and something else stands that is not null.
pub(crate) fn no_texts(
    service: Service,
    method: &Method,
    path: &str,
    status: u16,
    body: &Value,
) -> Vec<String> {
    let page = PAGES[service.as_str()].iter().find(|page| {
        let operation = &page["operation"];
        operation["method"] == method.as_str() && operation["path"] == path
    });
    // Not every operation has a page.
    let Some(page) = page else {
        return Vec::new();
    };
    let responses = page["responses"].as_array().into_iter().flatten();
    let response = responses.into_iter().find(|one| one["status"] == status);
    let forms = response.and_then(|one| one["body"]["forms"].as_array());
    let mut found = Vec::new();
    for form in forms.into_iter().flatten() {
        compare(&form["fields"], body, "", &mut found);
    }
    found
}

fn compare(fields: &Value, response: &Value, at: &str, found: &mut Vec<String>) {
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
            found.push(format!("{at}: {value}"));
        }
        compare(&field["fields"], value, &at, found);
    }
}
