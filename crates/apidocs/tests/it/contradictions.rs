//! Examples, and what in a page contradicts itself.

use otcdb_apidocs::{Kind, Reading, Repair, Stated};

use crate::common::{Listed, code, item, places, reading, table};

fn page(request: &str, response: &str) -> Reading {
    let header = &["Name", "Mandatory", "Type", "Description"];
    let listed = Listed {
        uri: "POST https://{*Endpoint*}/v3/{project_id}/kettles/{kettle_id}/brews".to_owned(),
        request: [
            item(
                "Parameter description",
                &table(
                    "**Table 2** Parameter description",
                    header,
                    &[
                        &["kind", "Yes", "String", "Options: **GREEN** and **BLACK**."],
                        &["port", "No", "String", "Port."],
                    ],
                ),
            ),
            item("Request example", request),
        ]
        .concat(),
        response: [
            item(
                "Normal response",
                &table(
                    "**Table 3** Parameter description",
                    &["Name", "Type", "Description"],
                    &[
                        &["status", "String", "Options: **FINISH** and **FAILED**."],
                        &["cups", "Array of objects", "See Table 4."],
                        &["jobs", "Object", "Jobs."],
                        &["size", "Long", "Size."],
                    ],
                ),
            ),
            item(
                "More",
                &table(
                    "**Table 4** cups field data structure description",
                    &["Name", "Type", "Description"],
                    &[&["id", "String", "ID."]],
                ),
            ),
            item("Example normal response", response),
        ]
        .concat(),
        ..Listed::default()
    };
    reading(&listed.page())
}

#[test]
fn an_example_that_fits_its_tables_has_no_findings() {
    let reading = page(
        &code("{\"kind\": \"GREEN\", \"port\": \"1\"}"),
        &code("{\"status\": \"FINISH\", \"cups\": [{\"id\": \"a\"}], \"jobs\": {}, \"size\": 3}"),
    );
    let kinds: Vec<Kind> = reading.findings.iter().map(|f| f.kind).collect();
    assert_eq!(kinds, [Kind::ObjectWithoutFields]);
}

#[test]
fn types_fields_values_and_letter_case_are_compared() {
    let reading = page(
        &code("{\"port\": 8635}"),
        &code(
            "{\"status\": \"finish\", \"cups\": [{\"id\": \"a\", \"lid\": 1}], \"jobs\": [], \"size\": 2.5}",
        ),
    );
    assert_eq!(
        places(&reading.findings, Kind::ExampleType),
        ["request port", "response 200 jobs", "response 200 size"]
    );
    assert_eq!(
        places(&reading.findings, Kind::ExampleField),
        ["response 200 cups[].lid"]
    );
    assert_eq!(
        places(&reading.findings, Kind::ExampleCase),
        ["response 200 status"]
    );
    assert_eq!(
        places(&reading.findings, Kind::ExampleMandatory),
        ["request kind"]
    );
    let other = page(&code("{\"kind\": \"RED\"}"), &code("{}"));
    assert_eq!(
        places(&other.findings, Kind::ExampleValue),
        ["request kind"]
    );
}

#[test]
fn items_of_a_list_are_compared_with_its_type() {
    let listed = |word: &str| {
        let page = Listed {
            response: [
                item(
                    "Normal response",
                    &table(
                        "**Table 2** Parameter description",
                        &["Name", "Type", "Description"],
                        &[&["sizes", word, ""]],
                    ),
                ),
                item("Example normal response", &code("{\"sizes\": [1, 2]}")),
            ]
            .concat(),
            ..Listed::default()
        };
        places(&reading(&page.page()).findings, Kind::ExampleType)
    };
    assert_eq!(listed("Array of strings"), ["response 200 sizes"]);
    assert_eq!(listed("List<Integer>"), [""; 0]);
    assert_eq!(listed("Array"), [""; 0]);
}

#[test]
fn null_fits_every_type() {
    let reading = page(
        &code("{\"kind\": null}"),
        &code("{\"size\": null, \"cups\": null}"),
    );
    assert_eq!(places(&reading.findings, Kind::ExampleType), [""; 0]);
}

#[test]
fn method_path_and_query_of_an_example_are_compared() {
    let reading = page(
        &code("PUT https://h/v3/p1/kettle/k1/brews?speed=2\n\n{\"kind\": \"GREEN\"}"),
        &code("{}"),
    );
    assert_eq!(places(&reading.findings, Kind::ExampleMethod), ["request"]);
    assert_eq!(places(&reading.findings, Kind::ExamplePath), ["request"]);
    assert_eq!(
        places(&reading.findings, Kind::ExampleQuery),
        ["query speed"]
    );
    let example = &reading.facts.request_examples[0];
    assert_eq!(example.method.as_deref(), Some("PUT"));
    assert!(example.body.is_some());
}

#[test]
fn repaired_json_keeps_its_text_and_names_the_rule() {
    let text = "{\n  \"status\": \"FINISH\"\n  \"size\": 1,\n}";
    let reading = page(&code("{\"kind\": \"GREEN\"}"), &code(text));
    let body = reading.facts.response_examples[0].body.clone().unwrap();
    assert_eq!(body.text, text);
    assert_eq!(body.repairs, [Repair::TrailingComma, Repair::MissingComma]);
    assert_eq!(body.value.unwrap()["size"], 1);
    assert_eq!(
        places(&reading.findings, Kind::JsonRepaired),
        ["response example 0785b69f"]
    );
    let broken = page(&code("{\"kind\": \"GREEN\"}"), &code("{\"status\": [1, 2}"));
    let tag = broken.facts.response_examples[0]
        .body
        .as_ref()
        .unwrap()
        .tag();
    assert_eq!(
        places(&broken.findings, Kind::JsonBroken),
        [format!("response example {tag}")]
    );
}

#[test]
fn curl_headers_and_bare_urls_are_read() {
    let reading = page(
        &code(
            "curl -i -H 'Accept:application/json' -H \"X-Auth-Token:$token\" -X POST https://h/v3/p1/kettles/k1/brews",
        ),
        &code("{}"),
    );
    let example = &reading.facts.request_examples[0];
    assert_eq!(example.method.as_deref(), Some("POST"));
    let names: Vec<&str> = example.headers.iter().map(|h| h.name.as_str()).collect();
    assert_eq!(names, ["Accept", "X-Auth-Token"]);
    let reading = page(&code("https://h/v3/p1/kettles/k1/brews"), &code("{}"));
    let example = &reading.facts.request_examples[0];
    assert_eq!(
        (example.method.as_deref(), example.url.is_some()),
        (None, true)
    );
    assert_eq!(places(&reading.findings, Kind::ExamplePath), [""; 0]);
}

#[test]
fn headers_before_a_response_body_are_read() {
    let reading = page(
        &code("{\"kind\": \"GREEN\"}"),
        &code("In the header:\nX-Subject-Token:MIID\n\nIn the body:\n{\"size\": 1}"),
    );
    let example = &reading.facts.response_examples[0];
    assert_eq!(example.status, Stated::Value(200));
    assert_eq!(example.headers[0].name, "X-Subject-Token");
    assert_eq!(example.body.as_ref().unwrap().text, "{\"size\": 1}");
}
