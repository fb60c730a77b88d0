//! Links from each operation that is published to its page of the documentation: `externalDocs`.

use serde_json::{Value, json};

use crate::addresses::Addresses;

/// Writes `externalDocs` into each operation and each variant of which a page has an address: the first that has one.
pub(super) fn link(addresses: &Addresses, service: &str, document: &mut Value) {
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
            let found = link_one(addresses, service, variant);
            first = first.or(found);
        }
        // What stands for several variants has no page of its own.
        if link_one(addresses, service, operation).is_none()
            && let Some(first) = first
        {
            operation["externalDocs"] = first;
        }
    }
}

fn link_one(addresses: &Addresses, service: &str, operation: &mut Value) -> Option<Value> {
    let link = json!({ "url": addresses.of_operation(service, operation)? });
    operation["externalDocs"] = link.clone();
    Some(link)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_is_linked_to_the_first_of_its_pages_with_an_address() {
        let table = "otc: { tea: { at: https://pages/, pages: { Brew: pots/brew.html } } }";
        let addresses = Addresses::of(table).unwrap();
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
        link(&addresses, "tea", &mut document);
        let item = &document["paths"]["/pots"];
        let there = json!({ "url": "https://pages/pots/brew.html" });
        assert_eq!(item["get"]["externalDocs"], there);
        assert_eq!(item["post"]["externalDocs"], there);
        assert_eq!(item["post"]["x-variants"][1]["externalDocs"], there);
        assert_eq!(item["put"].get("externalDocs"), None);
        assert_eq!(item["post"]["x-variants"][0].get("externalDocs"), None);
    }
}
