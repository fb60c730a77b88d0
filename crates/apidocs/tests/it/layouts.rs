//! The layouts that pages come in, and what is refused.

use otcdb_apidocs::{Kind, Place, Reason, State, Stated};

use crate::common::{
    Listed, code, facts, grid, heading, indent, item, outline, places, reading, refusal, table, top,
};

/// Header words of tables that list the same two fields, in every order found.
const HEADERS: [&[&str]; 8] = [
    &["Parameter", "Mandatory", "Type", "Description"],
    &["Parameter", "Type", "Mandatory", "Description"],
    &["Name", "Mandatory", "Type", "Description"],
    &["Name", "Type", "Mandatory", "Description"],
    &["Parameter", "Mandatory", "Description"],
    &["Name", "Mandatory", "Description"],
    &["Parameter", "Type", "Description"],
    &["Name", "Description"],
];

fn cell(header: &str, name: &str) -> String {
    match header {
        "Parameter" | "Name" => name.to_owned(),
        "Mandatory" => if name == "leaf" { "Yes" } else { "No" }.to_owned(),
        "Type" => if name == "leaf" { "String" } else { "Integer" }.to_owned(),
        _ => "Words about it.".to_owned(),
    }
}

#[test]
fn columns_are_known_by_their_header_words() {
    for header in HEADERS {
        let rows: Vec<Vec<String>> = ["leaf", "minutes"]
            .iter()
            .map(|name| header.iter().map(|h| cell(h, name)).collect())
            .collect();
        let rows: Vec<Vec<&str>> = rows
            .iter()
            .map(|r| r.iter().map(String::as_str).collect())
            .collect();
        let rows: Vec<&[&str]> = rows.iter().map(Vec::as_slice).collect();
        let page = Listed {
            uri: "PUT https://{*Endpoint*}/v3/{project_id}/kettles/{kettle_id}".to_owned(),
            request: item(
                "Parameter description",
                &table("**Table 2** Parameter description", header, &rows),
            ),
            ..Listed::default()
        };
        let facts = facts(&page.page());
        let typed = header.contains(&"Type");
        let told = header.contains(&"Mandatory");
        let line = |name: &str, kind: &str, mandatory: &str| {
            format!(
                "{name}: {} {}",
                if typed { kind } else { "?" },
                if told { mandatory } else { "?" }
            )
        };
        assert_eq!(
            outline(&facts.request.forms[0].fields),
            [
                line("leaf", "String", "yes"),
                line("minutes", "Integer", "no")
            ],
            "{header:?}"
        );
    }
}

#[test]
fn a_listed_page_states_status_and_response() {
    let facts = facts(&Listed::default().page());
    let operation = facts.operation.value().unwrap();
    assert_eq!(operation.path, "/v3/{project_id}/kettles/{kettle_id}");
    assert_eq!(facts.request.state, State::None);
    assert_eq!(facts.responses.len(), 1);
    assert_eq!(facts.responses[0].status, Stated::Value(200));
    assert_eq!(
        outline(&facts.responses[0].body.forms[0].fields),
        ["state: String ?"]
    );
    assert_eq!(
        outline(&facts.parameters.items),
        ["path project_id: ? yes", "path kettle_id: ? yes"]
    );
}

#[test]
fn a_query_template_places_parameters() {
    let page = Listed {
        uri:
            "GET https://{*endpoint*}/v3/{project_id}/kettles?offset={offset}&begin={begin \\_time}"
                .to_owned(),
        parameters: table(
            "**Table 1** Parameter description",
            &["Name", "Mandatory", "Description"],
            &[
                &["project_id", "Yes", "Project."],
                &["offset", "No", "From."],
                &["limit", "No", "How many."],
            ],
        ),
        ..Listed::default()
    };
    let reading = reading(&page.page());
    let operation = reading.facts.operation.value().unwrap();
    assert_eq!(operation.path, "/v3/{project_id}/kettles");
    assert_eq!(operation.query, ["offset", "begin"]);
    let places_of: Vec<Option<Place>> = reading
        .facts
        .parameters
        .items
        .iter()
        .map(|p| p.place)
        .collect();
    assert_eq!(
        places_of,
        [Some(Place::Path), Some(Place::Query), Some(Place::Query)]
    );
    assert_eq!(
        places(&reading.findings, Kind::ParameterNotInUri),
        ["query limit"]
    );
    assert_eq!(
        places(&reading.findings, Kind::ParameterNotInTable),
        ["query begin"]
    );
    assert_eq!(
        places(&reading.findings, Kind::PlaceholderSpace),
        ["operation"]
    );
    assert_eq!(
        places(&reading.findings, Kind::PlaceholderName),
        ["query begin"]
    );
}

#[test]
fn simple_and_captionless_tables_are_read() {
    let simple = "====== ======= =====================\n\
                  Name   Type    Description\n\
                  ====== ======= =====================\n\
                  state  String  How it is.\n\
                  \x20              In two lines.\n\
                  litres Integer Its size.\n\
                  ====== ======= =====================\n";
    let page = Listed {
        response: item("Normal response", simple),
        ..Listed::default()
    };
    let facts = facts(&page.page());
    assert_eq!(
        outline(&facts.responses[0].body.forms[0].fields),
        ["state: String ?", "litres: Integer ?"]
    );
}

#[test]
fn nesting_is_resolved_by_anchor_type_number_and_caption() {
    let header = &["Name", "Type", "Description"];
    let response = item(
        "Normal response",
        &[
            table(
                "**Table 2** Parameter description",
                header,
                &[
                    &["by_anchor", "Object", "See :ref:`Table 3 <tea__t3>`."],
                    &["by_type", "Array of Cup objects", "Cups."],
                    &["by_number", "List", "See Table 5."],
                    &["by_caption", "Array of objects", "Spoons."],
                    &[
                        "elsewhere",
                        "Object",
                        "See **id** in :ref:`Table 3 <other__t3>` in section X.",
                    ],
                ],
            ),
            format!(
                ".. _tea__t3:\n\n{}",
                table(
                    "**Table 3** whatever field data structure description",
                    header,
                    &[&["a", "String", ""]]
                )
            ),
            table("**Table 4** Cup", header, &[&["b", "String", ""]]),
            table(
                "**Table 5** lids field data structure description",
                header,
                &[&["c", "String", ""]],
            ),
            table(
                "**Table 6** Data structure description of the by_caption field",
                header,
                &[&["d", "String", ""]],
            ),
        ]
        .concat(),
    );
    let reading = reading(
        &Listed {
            response,
            ..Listed::default()
        }
        .page(),
    );
    let forms = &reading.facts.responses[0].body.forms;
    assert_eq!(forms.len(), 1);
    assert_eq!(
        outline(&forms[0].fields),
        [
            "by_anchor: Object ?",
            "  a: String ?",
            "by_type: Array of Cup objects ?",
            "  b: String ?",
            "by_number: List ?",
            "  c: String ?",
            "by_caption: Array of objects ?",
            "  d: String ?",
            "elsewhere: Object ?",
        ]
    );
    assert_eq!(places(&reading.findings, Kind::TableNotReached), [""; 0]);
}

#[test]
fn tables_under_nested_labels_nest_by_their_path() {
    let header = &["Parameter", "Mandatory", "Type", "Description"];
    let request = [
        item(
            "Parameters in the request header",
            &grid(header, &[&["Content-Type", "Yes", "String", "Kind."]]),
        ),
        item(
            "Parameters in the request body",
            &grid(
                header,
                &[&[":ref:`auth <t__li1>`", "Yes", "Object", "Who."]],
            ),
        ),
        format!(
            "-  .. _t__li1:\n\n{}\n",
            indent(
                &format!(
                    "auth\n\n{}",
                    grid(header, &[&["scope", "No", "Object", "Where."]])
                ),
                3
            )
        ),
        item(
            "auth.scope",
            &grid(header, &[&["name", "No", "String", "Name."]]),
        ),
    ]
    .concat();
    let page = Listed {
        uri: "POST /v3/auth/tokens".to_owned(),
        parameters: String::new(),
        request,
        ..Listed::default()
    };
    let facts = facts(&page.page());
    assert_eq!(
        outline(&facts.parameters.items),
        ["header Content-Type: String yes"]
    );
    assert_eq!(
        outline(&facts.request.forms[0].fields),
        [
            "auth: Object yes",
            "  scope: Object no",
            "    name: String no"
        ]
    );
}

#[test]
fn schemas_of_one_name_stay_apart() {
    let header = &["Name", "Type", "Description"];
    let page = |anchor: &str, field: &str| {
        format!(
            "{}.. _{anchor}:\n\n{}",
            table(
                "**Table 2** Parameter description",
                header,
                &[&["tags", "List", &format!("See :ref:`Table 3 <{anchor}>`.")]]
            ),
            table(
                "**Table 3** tags field data structure description",
                header,
                &[&[field, "String", ""]]
            )
        )
    };
    let listed = Listed {
        uri: "POST https://{*Endpoint*}/v3/{project_id}/kettles/{kettle_id}".to_owned(),
        request: item("Parameter description", &page("t__request", "key")),
        response: item("Normal response", &page("t__response", "value")),
        ..Listed::default()
    };
    let facts = facts(&listed.page());
    assert_eq!(
        outline(&facts.request.forms[0].fields),
        ["tags: List ?", "  key: String ?"]
    );
    assert_eq!(
        outline(&facts.responses[0].body.forms[0].fields),
        ["tags: List ?", "  value: String ?"]
    );
}

#[test]
fn a_table_that_contains_itself_ends() {
    let header = &["Name", "Type", "Description"];
    let response = item(
        "Normal response",
        &[
            table(
                "**Table 2** Parameter description",
                header,
                &[&["child", "Node object", ""]],
            ),
            table(
                "**Table 3** Node",
                header,
                &[&["name", "String", ""], &["child", "Node object", ""]],
            ),
        ]
        .concat(),
    );
    let facts = facts(
        &Listed {
            response,
            ..Listed::default()
        }
        .page(),
    );
    let child = &facts.responses[0].body.forms[0].fields[0];
    assert_eq!(
        outline(&child.fields),
        ["name: String ?", "child: Node object ?"]
    );
    assert!(child.fields[1].recursive);
}

#[test]
fn several_tables_of_one_body_are_its_forms() {
    let header = &["Name", "Mandatory", "Type", "Description"];
    let page = Listed {
        uri: "POST https://{*Endpoint*}/v3/{project_id}/kettles".to_owned(),
        request: [
            table(
                "**Table 2** Parameter description (new kettles)",
                header,
                &[&["name", "Yes", "String", ""]],
            ),
            table(
                "**Table 3** Parameter description (copies)",
                header,
                &[&["copy_of", "Yes", "String", ""]],
            ),
        ]
        .concat(),
        ..Listed::default()
    };
    let facts = facts(&page.page());
    assert_eq!(facts.request.forms.len(), 2);
    assert_eq!(
        outline(&facts.request.forms[1].fields),
        ["copy_of: String yes"]
    );
}

#[test]
fn header_and_body_tables_of_a_request_are_told_apart() {
    let header = &["Parameter", "Mandatory", "Type", "Description"];
    let page = Listed {
        uri: "POST https://{Endpoint}/v3/{project_id}/kettles".to_owned(),
        request: item(
            "Request parameters",
            &[
                table(
                    "**Table 2** Request header parameters",
                    header,
                    &[&["X-Auth-Token", "Yes", "String", ""]],
                ),
                table(
                    "**Table 3** Parameters",
                    header,
                    &[&["name", "No", "String", ""]],
                ),
            ]
            .concat(),
        ),
        ..Listed::default()
    };
    let facts = facts(&page.page());
    assert!(
        outline(&facts.parameters.items).contains(&"header X-Auth-Token: String yes".to_owned())
    );
    assert_eq!(outline(&facts.request.forms[0].fields), ["name: String no"]);
}

#[test]
fn what_cannot_be_read_exactly_is_refused() {
    let spanning = "+------+--------+\n| Name | Type   |\n+======+========+\n| a    | String |\n+------+--------+\n| b             |\n+------+--------+\n";
    let cases = [
        (Reason::Table, item("Normal response", spanning)),
        (
            Reason::Table,
            item(
                "Normal response",
                "+------+--------+\n| Name | Type   |\n+======+========+\n| a  | String |\n+------+--------+\n",
            ),
        ),
        (
            Reason::Table,
            item(
                "Normal response",
                "+------+--------+\n| Name | Type   |\n+======+========+\n| a    | String |\n",
            ),
        ),
        (
            Reason::Construct,
            item(
                "Normal response",
                ".. list-table::\n\n   * - Name\n     - Type\n",
            ),
        ),
        (
            Reason::FieldTable,
            item(
                "Normal response",
                &grid(&["Name", "Colour"], &[&["a", "red"]]),
            ),
        ),
        (
            Reason::FieldTable,
            item(
                "Normal response",
                &grid(&["Name", "Parameter"], &[&["a", "b"]]),
            ),
        ),
        (
            Reason::Field,
            item(
                "Normal response",
                &grid(&["Name", "Mandatory"], &[&["a", "perhaps"]]),
            ),
        ),
        (
            Reason::Field,
            item(
                "Normal response",
                &grid(&["Name", "Type"], &[&["", "String"]]),
            ),
        ),
    ];
    for (reason, response) in cases {
        let page = Listed {
            response,
            ..Listed::default()
        }
        .page();
        let refusal = refusal(&page);
        assert_eq!(refusal.reason, reason, "{refusal}\n{page}");
        assert!(refusal.line.is_some(), "{refusal}");
    }
}

#[test]
fn pages_of_no_or_several_operations_are_refused() {
    let none = Listed {
        uri: "See below.".to_owned(),
        ..Listed::default()
    };
    assert_eq!(refusal(&none.page()).reason, Reason::NoOperation);
    let two = Listed {
        uri: "GET /v3/kettles\n\nPUT /v3/kettles".to_owned(),
        ..Listed::default()
    };
    assert_eq!(refusal(&two.page()).reason, Reason::SeveralOperations);
    let index = format!("{}{}", top("index", "Tea"), "-  :doc:`One <one>`\n");
    assert_eq!(refusal(&index).reason, Reason::NoOperation);
}

#[test]
fn html_tables_that_span_are_refused() {
    let page = include_str!("pages/brew.html").replacen("<td class", "<td colspan=\"2\" class", 1);
    assert_eq!(refusal(&page).reason, Reason::Table);
    let page = include_str!("pages/brew_zh.md").replacen("<td class", "<td rowspan=\"2\" class", 1);
    assert_eq!(refusal(&page).reason, Reason::Table);
}

#[test]
fn bytes_that_are_no_page_are_refused() {
    let read = |bytes: &[u8]| otcdb_apidocs::read(bytes, &otcdb_apidocs::Hint::default());
    assert_eq!(read(b"").unwrap_err().reason, Reason::Empty);
    assert_eq!(read(b" \n\t\n").unwrap_err().reason, Reason::Empty);
    assert_eq!(
        read(&[0xff, 0xfe, 0x00]).unwrap_err().reason,
        Reason::NotUtf8
    );
    let large = vec![b'a'; otcdb_apidocs::MAX_PAGE_BYTES + 1];
    assert_eq!(read(&large).unwrap_err().reason, Reason::TooLarge);
}

#[test]
fn windows_line_ends_and_a_byte_order_mark_change_nothing() {
    let page = Listed::default().page();
    let other = format!("\u{feff}{}", page.replace('\n', "\r\n"));
    assert_eq!(otcdb_apidocs::diff(&facts(&page), &facts(&other)), []);
}

#[test]
fn tables_outside_the_sections_of_the_api_are_left_alone() {
    let page = Listed::default().page().replace(
        &heading("URI"),
        &format!(
            "{}{}{}",
            heading("Constraints"),
            table("**Table 9** Versions", &["Old", "New"], &[&["1", "2"]]),
            heading("URI")
        ),
    );
    let page = format!("{page}{}", code("{}"));
    assert_eq!(facts(&page).parameters.items.len(), 2);
}

#[test]
fn a_response_that_is_said_to_be_none_is_none() {
    let page = Listed {
        response: item("Normal response", "None\n"),
        ..Listed::default()
    };
    let facts = facts(&page.page());
    assert_eq!(facts.responses[0].body.state, State::None);
}

#[test]
fn a_table_with_tabs_between_its_cells_is_read() {
    let page = "Brewing\n\nURI\n\nGET /v2/{project_id}/brews\n\nTable 1 Query parameters\n\
                Parameter\tMandatory\tType\tDescription\n\
                minutes\tNo\tInteger\tHow long.\nValue range: 1-9\nleaf\tYes\tString\tWhich.\n\nResponse\n\nNone\n";
    let facts = otcdb_apidocs::read(page.as_bytes(), &otcdb_apidocs::Hint::default())
        .unwrap()
        .facts;
    let names: Vec<&str> = facts
        .parameters
        .items
        .iter()
        .map(|one| one.name.as_str())
        .collect();
    assert!(
        names.contains(&"minutes") && names.contains(&"leaf"),
        "{names:?}"
    );
    let minutes = facts
        .parameters
        .items
        .iter()
        .find(|one| one.name == "minutes")
        .unwrap();
    assert_eq!(minutes.limits.len(), 1, "{minutes:?}");
    assert_eq!(minutes.mandatory, otcdb_apidocs::Stated::Value(false));
}
