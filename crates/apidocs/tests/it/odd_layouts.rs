//! Layouts that a page or two have.

use otcdb_apidocs::Kind;

use crate::common::{Listed, facts, item, outline, places, reading, table};

#[test]
fn json_inside_a_string_has_the_fields_of_all_its_tables() {
    let header = &["Name", "Type", "Description"];
    let response = item(
        "Normal response",
        &[
            table(
                "**Table 2** Parameter description",
                header,
                &[&[
                    "detail",
                    "String",
                    "See:\n\n-  :ref:`Table 3 <t__3>`\n-  :ref:`Table 4 <t__4>`\n-  :ref:`Table 5 <t__5>`",
                ]],
            ),
            format!(
                ".. _t__3:\n\n{}",
                table("**Table 3** detail field data structure description (one)", header, &[&["a", "String", ""]])
            ),
            format!(
                ".. _t__4:\n\n{}",
                table("**Table 4** detail field data structure description (two)", header, &[&["b", "String", ""]])
            ),
            format!(
                ".. _t__5:\n\n{}",
                table("**Table 5** other field data structure description", header, &[&["c", "String", ""]])
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
    assert_eq!(
        outline(&reading.facts.responses[0].body.forms[0].fields),
        ["detail: String ?", "  a: String ?", "  b: String ?"]
    );
    assert_eq!(
        places(&reading.findings, Kind::TableNotReached),
        ["other field data structure description"]
    );
}

#[test]
fn method_and_path_may_stand_apart() {
    let page = Listed {
        uri: "PATH: /\n\nMethod: GET".to_owned(),
        parameters: String::new(),
        ..Listed::default()
    };
    let facts = facts(&page.page());
    let operation = facts.operation.value().unwrap();
    assert_eq!(
        (operation.method.as_str(), operation.path.as_str()),
        ("GET", "/")
    );
}
