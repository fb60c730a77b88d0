//! What the published descriptions say to callers: the worked example of a signature is what our signer makes of its
//! request, and each operation names its page.

use otcdb_core::credentials::AccessKey;
use otcdb_core::sign::{self, Scheme, Scope};
use reqwest::Request;
use serde_json::Value;

/// The texts between fences, and between the backticks of the sentence before the first of them.
fn parts(text: &str) -> (Vec<&str>, Vec<&str>) {
    let blocks: Vec<&str> = text.split("```").skip(1).step_by(2).collect();
    let blocks = blocks
        .iter()
        .map(|block| block.strip_prefix("text\n").unwrap());
    let sentence = text
        .split("\n\n")
        .find(|one| one.starts_with("An example"))
        .unwrap();
    let quoted = sentence.split('`').skip(1).step_by(2).collect();
    (blocks.map(str::trim_end).collect(), quoted)
}

fn signed(text: &str) {
    let (blocks, keys) = parts(text);
    let [request, canonical, to_sign, header] = blocks[..] else {
        panic!("four blocks, not {}", blocks.len());
    };
    let mut lines = request.lines();
    let mut first = lines.next().unwrap().split(' ');
    let method = first.next().unwrap().parse().unwrap();
    let target = first.next().unwrap();
    let headers: Vec<(&str, &str)> = lines.map(|line| line.split_once(": ").unwrap()).collect();
    let value = |name: &str| headers.iter().find(|one| one.0 == name).map(|one| one.1);
    let url = format!("https://{}{target}", value("Host").unwrap());
    let mut made = Request::new(method, url.parse().unwrap());
    let scope = value("X-Project-Id").map_or(Scope::None, |id| Scope::Project(id.to_owned()));
    let now = jiff::civil::DateTime::strptime("%Y%m%dT%H%M%SZ", value("X-Sdk-Date").unwrap());
    let now = now.unwrap().to_zoned(jiff::tz::TimeZone::UTC).unwrap();
    let signature = sign::sign(
        &mut made,
        &Default::default(),
        &AccessKey::new(keys[0], keys[1]),
        &Scheme::SdkHmacSha256,
        &scope,
        now.timestamp(),
    )
    .unwrap();
    assert_eq!(canonical.as_bytes(), signature.canonical_request);
    assert_eq!(to_sign, signature.string_to_sign);
    assert_eq!(
        header,
        format!("Authorization: {}", signature.authorization)
    );
}

#[test]
fn each_description_has_a_worked_example_of_a_signature() {
    let services: Vec<_> = otcdb_bundles::services().collect();
    assert!(!services.is_empty());
    for service in services {
        let document = otcdb_bundles::document(service).unwrap();
        let schemes = &document["components"]["securitySchemes"];
        signed(schemes["AccessKey"]["description"].as_str().unwrap());
    }
}

#[test]
fn each_operation_that_is_published_names_its_page() {
    for service in otcdb_bundles::services() {
        let document = otcdb_bundles::document(service).unwrap();
        let items = document["paths"].as_object().unwrap().values();
        let operations = items
            .filter_map(Value::as_object)
            .flat_map(|item| item.values());
        for operation in operations.filter(|one| one.get("operationId").is_some()) {
            let url = operation["externalDocs"]["url"]
                .as_str()
                .unwrap_or_default();
            assert!(
                url.starts_with("https://"),
                "{}: add its page to openapi/pages.yaml",
                operation["operationId"]
            );
        }
    }
}
