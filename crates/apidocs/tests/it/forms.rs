//! One page in every form.

use crate::common::{outline, places};
use otcdb_apidocs::{Facts, Format, Hint, Kind, State, Stated, read};

const FORMS: [(&str, &str, Format); 6] = [
    ("rst", include_str!("pages/brew.rst"), Format::Rst),
    ("html", include_str!("pages/brew.html"), Format::Html),
    (
        "viewer",
        include_str!("pages/brew_viewer.txt"),
        Format::Html,
    ),
    (
        "portal",
        include_str!("pages/brew_portal.txt"),
        Format::Text,
    ),
    ("plain", include_str!("pages/brew_plain.txt"), Format::Text),
    (
        "chinese",
        include_str!("pages/brew_zh.md"),
        Format::Markdown,
    ),
];

fn facts(name: &str) -> Facts {
    let (_, page, _) = FORMS.iter().find(|(n, ..)| *n == name).unwrap();
    crate::common::facts(page)
}

#[test]
fn the_form_is_told_from_the_content() {
    for (name, page, format) in FORMS {
        assert_eq!(crate::common::facts(page).page.format, format, "{name}");
    }
}

#[test]
fn every_form_gives_the_same_operation_parameters_and_bodies() {
    for (name, ..) in FORMS {
        let facts = facts(name);
        let operation = facts.operation.value().expect(name);
        assert_eq!(operation.method, "POST", "{name}");
        assert_eq!(
            operation.path, "/v2/{project_id}/kettles/{kettle_id}/brews",
            "{name}"
        );
        assert_eq!(
            outline(&facts.parameters.items),
            [
                "path project_id: String yes",
                "path kettle_id: String yes",
                "query minutes: Integer no",
            ],
            "{name}"
        );
        assert_eq!(facts.request.forms.len(), 1, "{name}");
        assert_eq!(
            outline(&facts.request.forms.first().unwrap().fields),
            [
                "leaf: Leaf object yes",
                "  kind: String yes",
                "  grams: Double yes",
                "note: String no",
            ],
            "{name}"
        );
        let statuses: Vec<(Option<u16>, State)> = facts
            .responses
            .iter()
            .map(|r| (r.status.value().copied(), r.body.state))
            .collect();
        assert_eq!(
            statuses,
            [
                (Some(202), State::Stated),
                (Some(204), State::Missing),
                (Some(400), State::Stated),
            ],
            "{name}"
        );
        assert_eq!(
            outline(
                &facts
                    .responses
                    .first()
                    .unwrap()
                    .body
                    .forms
                    .first()
                    .unwrap()
                    .fields
            ),
            [
                "id: String ?",
                "cups: Array of Cup objects ?",
                "  size: Integer ?",
                "  state: String ?",
            ],
            "{name}"
        );
    }
}

#[test]
fn every_form_gives_the_same_examples() {
    for (name, ..) in FORMS {
        let facts = facts(name);
        assert_eq!(facts.request_examples.len(), 1, "{name}");
        let request = facts.request_examples.first().unwrap();
        assert_eq!(request.method.as_deref(), Some("POST"), "{name}");
        assert_eq!(
            request.url.as_deref(),
            Some("https://{tea_endpoint}/v2/0483b6b1/kettles/cee5265e/brews?minutes=5"),
            "{name}"
        );
        let body = request.body.as_ref().unwrap();
        assert_eq!(
            body.text, "{\n  \"leaf\" : {\n    \"kind\" : \"GREEN\",\n    \"grams\" : 4.5\n  }\n}",
            "{name}"
        );
        let response = facts.response_examples.first().unwrap();
        assert_eq!(response.status, Stated::Value(202), "{name}");
        let value = response.body.as_ref().unwrap().value.as_ref().unwrap();
        assert_eq!(value.pointer("/cups/0/size"), Some(&250.into()), "{name}");
    }
}

#[test]
fn forms_without_loss_agree_to_the_last_fact() {
    let ours = facts("rst");
    for name in ["html", "viewer"] {
        let other = facts(name);
        assert_eq!(otcdb_apidocs::diff(&ours, &other), [], "{name}");
        assert_eq!(other.page.id.as_deref(), Some("StartBrew"));
        assert_eq!(other.page.title, ours.page.title);
    }
}

#[test]
fn text_keeps_what_it_still_contains() {
    for name in ["portal", "plain"] {
        let facts = facts(name);
        assert_eq!(
            facts.page.title.as_deref(),
            Some("Starting a Brew"),
            "{name}"
        );
        assert_eq!(facts.page.id, None);
        let minutes = facts.parameters.items.last().unwrap();
        assert_eq!(minutes.values, ["3", "5", "10"], "{name}");
        let leaf = facts.request.forms.first().unwrap().fields.first().unwrap();
        assert_eq!(
            leaf.fields.first().unwrap().values,
            ["GREEN", "BLACK"],
            "{name}"
        );
    }
    let hint = Hint::of("otc").page_id("StartBrew".to_owned());
    let reading = read(include_bytes!("pages/brew_portal.txt"), &hint).unwrap();
    assert_eq!(reading.facts.page.id.as_deref(), Some("StartBrew"));
    assert_eq!(reading.facts.page.source.as_deref(), Some("otc"));
}

#[test]
fn chinese_values_and_limits_are_read() {
    let facts = facts("chinese");
    assert_eq!(facts.page.id.as_deref(), Some("StartBrew"));
    assert_eq!(facts.page.title.as_deref(), Some("开始冲泡"));
    let leaf = facts.request.forms.first().unwrap().fields.first().unwrap();
    assert_eq!(leaf.fields.first().unwrap().values, ["GREEN", "BLACK"]);
    let error = facts.responses.last().unwrap().body.forms.first().unwrap();
    let limit = error.fields.first().unwrap().limits.first().unwrap();
    assert_eq!(limit.max.as_deref(), Some("9"));
}

#[test]
fn every_fact_knows_its_line() {
    for (name, page, _) in FORMS {
        let facts = facts(name);
        let lines: Vec<&str> = page.lines().collect();
        let near = |line: u32, word: &str| {
            let at = usize::try_from(line).unwrap() - 1;
            lines.iter().skip(at).take(3).any(|l| l.contains(word))
        };
        for field in &facts.parameters.items {
            assert!(near(field.line, &field.name), "{name} {}", field.name);
        }
        assert!(
            near(facts.operation.value().unwrap().line, "POST"),
            "{name}"
        );
        assert!(near(facts.responses.first().unwrap().line, "202"), "{name}");
    }
}

#[test]
fn a_page_that_lost_its_uri_and_status_says_so() {
    let page: String = include_str!("pages/brew_plain.txt")
        .lines()
        .filter(|l| !l.starts_with("POST /v2"))
        .take_while(|l| *l != "Status Codes")
        .map(|l| format!("{l}\n"))
        .collect();
    let reading = crate::common::reading(&page);
    assert_eq!(reading.facts.operation, Stated::Missing);
    assert_eq!(
        places(&reading.findings, Kind::Lost),
        ["operation", "statuses"]
    );
    assert_eq!(reading.facts.parameters.items.len(), 3);
    assert_eq!(reading.facts.responses.len(), 2);
}

#[test]
fn facts_hold_no_sentence_of_the_page() {
    for (name, ..) in FORMS {
        let yaml = otcdb_apidocs::to_yaml(&facts(name)).unwrap();
        for sentence in [
            "Starts a brew",
            "Brew ID",
            "not fermented",
            "How long",
            "编号",
            "Bad request",
        ] {
            assert!(!yaml.contains(sentence), "{name}: {sentence}");
        }
    }
}

#[test]
fn yaml_comes_back_as_it_was() {
    for (name, ..) in FORMS {
        let facts = facts(name);
        let text = otcdb_apidocs::to_yaml(&facts).unwrap();
        let back = otcdb_apidocs::from_yaml(&text).unwrap();
        assert_eq!(back, facts, "{name}");
        assert_eq!(otcdb_apidocs::to_yaml(&back).unwrap(), text, "{name}");
    }
}

#[test]
fn a_heading_behind_a_table_is_no_row_of_it() {
    let page = "Looking at a Kettle\nFunction\nLooks.\nURI\nGET /v3/{kettle_id}\n\
                Table 1 Parameter description\nName\nMandatory\nDescription\n\
                kettle_id\nYes\nKettle.\nRequest\nNone\nResponse\nNone\n\
                Status Code\n- Normal\n200\n";
    let facts = crate::common::facts(page);
    assert_eq!(outline(&facts.parameters.items), ["path kettle_id: ? yes"]);
    assert_eq!(facts.request.state, State::None);
    assert_eq!(facts.responses[0].status, Stated::Value(200));
    assert_eq!(facts.responses[0].body.state, State::None);
}
