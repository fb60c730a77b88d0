//! What the pages of other services and of Huawei Cloud have that the first ones had not.

use otcdb_apidocs::{Hint, Kind, Place, Reason, Stated, read};

use super::common::{Listed, grid, heading, item, outline, places, reading, refusal, table, top};

#[test]
fn a_status_without_a_number_stands_for_all_others() {
    let mut page = Listed::default().page();
    let from = page.find("Status Code\n").unwrap();
    page.truncate(from);
    page.push_str(&heading("Status Code"));
    page.push_str(&table(
        "",
        &["Status Code", "Description", "Note"],
        &[
            &["200", "Poured.", "a"],
            &["default", "Client or server error.", "b"],
        ],
    ));
    let facts = reading(&page).facts;
    let statuses: Vec<_> = facts.responses.iter().map(|r| r.status.clone()).collect();
    assert_eq!(statuses, [Stated::Value(200)]);
    let odd = page.replace("default ", "whatever");
    assert_eq!(refusal(&odd).reason, Reason::Field);
}

#[test]
fn what_stands_under_a_status_without_a_number_is_not_the_success() {
    let body = |name: &str| {
        table(
            "**Table 4** Response body parameters",
            &["Parameter", "Type", "Description"],
            &[&[name, "String", "."]],
        )
    };
    let mut page = top("ShowKettle", "Showing a Kettle");
    page.push_str(&heading("URI"));
    page.push_str("GET /v3/kettles\n\n");
    page.push_str(&heading("Response Parameters"));
    page.push_str(&format!("**Status code: 200**\n\n{}", body("state")));
    page.push_str(&format!(
        "**Status code: default**\n\n{}",
        body("error_code")
    ));
    page.push_str(&heading("Status Codes"));
    page.push_str(&grid(&["Status Code", "Description"], &[&["200", "."]]));
    let facts = reading(&page).facts;
    assert_eq!(facts.responses.len(), 1);
    let fields = &facts.responses[0].body.forms[0].fields;
    assert_eq!(outline(fields), ["state: String ?"]);
    assert_eq!(facts.responses[0].body.forms.len(), 1);
}

#[test]
fn a_column_of_places_says_where_parameters_go() {
    let page = Listed {
        uri: "PUT https://{Endpoint}/v3/{project_id}/kettles".to_owned(),
        parameters: String::new(),
        request: table(
            "**Table 1** Request parameters",
            &["Name", "Type", "IN", "Mandatory", "Description"],
            &[
                &["trace", "string", "header", "No", "Trace."],
                &["project_id", "string", "path", "Yes", "Project."],
                &["dry", "string", "query", "No", "Try only."],
                &["size", "string", "body", "No", "Size."],
            ],
        ),
        ..Listed::default()
    }
    .page();
    let facts = reading(&page).facts;
    let at: Vec<_> = facts
        .parameters
        .items
        .iter()
        .map(|p| (p.name.as_str(), p.place))
        .collect();
    assert_eq!(
        at,
        [
            ("trace", Some(Place::Header)),
            ("project_id", Some(Place::Path)),
            ("dry", Some(Place::Query)),
        ]
    );
    assert_eq!(outline(&facts.request.forms[0].fields), ["size: string no"]);
    let odd = page.replace(" query ", " sieve ");
    assert_eq!(refusal(&odd).reason, Reason::Field);
}

#[test]
fn a_condition_in_the_mandatory_column_is_told_and_read_as_no() {
    let page = |cell: &str| {
        Listed {
            uri: "POST https://{Endpoint}/v3/{project_id}/kettles".to_owned(),
            request: item(
                "Request parameters",
                &table(
                    "**Table 1** Parameters",
                    &["Name", "Mandatory", "Type", "Description"],
                    &[&["mode", cell, "String", "Mode."]],
                ),
            ),
            ..Listed::default()
        }
        .page()
    };
    for cell in [
        "If the lid is open, this parameter is mandatory.",
        "Yes (for steel)",
        "Required for steel",
        "钢制水壶必选。",
        "是（仅钢制）",
        "Conditional",
    ] {
        let read = reading(&page(cell));
        let field = &read.facts.request.forms[0].fields[0];
        assert_eq!(field.mandatory, Stated::Value(false), "{cell}");
        assert_eq!(
            places(&read.findings, Kind::MandatoryIf),
            ["mode"],
            "{cell}"
        );
        // A change of the condition is one of wording.
        let plain = reading(&page("No"));
        assert_ne!(field.text, plain.facts.request.forms[0].fields[0].text);
        assert_eq!(places(&plain.findings, Kind::MandatoryIf), [] as [&str; 0]);
    }
    assert_eq!(refusal(&page("Perhaps")).reason, Reason::Field);
}

#[test]
fn wide_signs_stand_in_tables_however_they_were_counted() {
    let by_columns = "\
        +--------+----------+\n\
        | Name   | 说明     |\n\
        +========+==========+\n\
        | state  | 状态，好 |\n\
        +--------+----------+\n";
    let by_characters = by_columns
        .replace("说明     |", "说明       |")
        .replace("状态，好 |", "状态，好     |");
    let simple = "======  ========\nName    说明\n======  ========\n状态    好 ok\nstate   状态\n======  ========\n";
    for table in [by_columns, &by_characters, simple] {
        let listed = Listed {
            response: item("Normal response", table),
            ..Listed::default()
        };
        let facts = reading(&listed.page()).facts;
        let fields = &facts.responses[0].body.forms[0].fields;
        assert!(
            outline(fields).contains(&"state: ? ?".to_owned()),
            "{fields:?}\n{table}"
        );
    }
    let crooked = by_columns.replace("| 状态，好 |", "| 状态，好|");
    let listed = Listed {
        response: item("Normal response", &crooked),
        ..Listed::default()
    };
    assert_eq!(refusal(&listed.page()).reason, Reason::Table);
}

#[test]
fn a_character_that_nobody_sees_is_taken_out_of_a_name_and_told() {
    let page = |kettle: &str| {
        Listed {
            parameters: table(
                "**Table 1** Parameters",
                &["Name", "Mandatory\u{200b}", "Description"],
                &[
                    &["project_id", "Yes\u{200b}", "Project."],
                    &[kettle, "Yes", "Kettle."],
                ],
            ),
            ..Listed::default()
        }
        .page()
    };
    for odd in ["kettle\u{200b}_id", "\u{feff}kettle_id", "kettle_id\u{ad}"] {
        let read = reading(&page(odd));
        let names: Vec<_> = read
            .facts
            .parameters
            .items
            .iter()
            .map(|p| p.name.as_str())
            .collect();
        assert_eq!(names, ["project_id", "kettle_id"]);
        assert_eq!(
            places(&read.findings, Kind::InvisibleCharacter),
            ["kettle_id"]
        );
    }
    let plain = reading(&page("kettle_id"));
    assert_eq!(
        places(&plain.findings, Kind::InvisibleCharacter),
        [] as [&str; 0]
    );
    assert_eq!(
        plain.facts.parameters.items[0].mandatory,
        Stated::Value(true)
    );
}

#[test]
fn an_operation_that_is_stated_under_two_versions_is_the_first() {
    let page = |second: &str| {
        let mut page = top("ListCups", "Listing Cups");
        page.push_str(&heading("URI"));
        page.push_str(&format!("GET /v2.1/{{id}}/cups\n\n{second}\n\n"));
        page.push_str(&heading("Status Codes"));
        page.push_str(&grid(&["Status Code", "Description"], &[&["200", "."]]));
        page
    };
    let read = reading(&page("GET /v2/{id}/cups"));
    let operation = read.facts.operation.value().unwrap();
    assert_eq!(operation.path, "/v2.1/{id}/cups");
    assert_eq!(places(&read.findings, Kind::OtherVersion), ["operation"]);
    for other in [
        "GET /v2/{id}/lids",
        "POST /v2/{id}/cups",
        "GET /os/{id}/cups",
    ] {
        assert_eq!(refusal(&page(other)).reason, Reason::SeveralOperations);
    }
}

#[test]
fn a_page_in_which_nothing_can_be_read_is_empty() {
    for page in [
        "",
        " \n\u{a0}\n",
        "\u{feff}\u{200b}\n",
        "<html><body><div></div></body></html>\n<p></p>\n",
        ".. _a:\n\n.. image:: a.png\n",
    ] {
        let error = read(page.as_bytes(), &Hint::default()).unwrap_err();
        assert_eq!(error.reason, Reason::Empty, "{page:?}");
    }
}

/// A table as the Chinese pages have it.
fn html(header: &[&str], rows: &[&[&str]]) -> String {
    let line = |cells: &[&str], tag: &str| -> String {
        let cells: Vec<String> = cells
            .iter()
            .map(|cell| format!("<{tag}><p>{cell}</p>\n</{tag}>\n"))
            .collect();
        format!("<tr>{}</tr>\n", cells.concat())
    };
    let rows: String = rows.iter().map(|row| line(row, "td")).collect();
    format!(
        "<table><thead>{}</thead>\n<tbody>{rows}</tbody>\n</table>\n\n",
        line(header, "th")
    )
}

/// A page of Huawei Cloud with these tables among its responses.
fn chinese(responses: &str, statuses: &str) -> String {
    let parameters = html(
        &["属性", "是否必选", "类型", "备注"],
        &[&["kettle_id", "是", "String", "水壶。"]],
    );
    format!(
        "# 查询水壶<a name=\"ShowKettle\"></a>\n\n## URI\n\n-   URI格式\n\n    PATH：/v3/kettles/\\{{kettle\\_id\\}}\n\n    \
         Method：GET\n\n**表 1**  参数说明\n\n{parameters}## 请求参数\n\n无\n\n## 响应参数\n\n{responses}\
         ## 返回值\n\n{statuses}## 错误码\n\n无\n"
    )
}

#[test]
fn chinese_tables_of_return_values_remarks_and_codes_are_what_they_are() {
    let body = html(
        &["字段", "类型", "参数解释"],
        &[&["state", "String", "状态。"]],
    );
    let other = html(
        &["字段", "类型", "备注"],
        &[&["error_code", "String", "码。"]],
    );
    let codes = html(&["错误码", "说明"], &[&["tea.01.0001", "没有水。"]]);
    let causes = html(&["cause_id", "说明"], &[&["1", "没有水。"]]);
    let settings = html(
        &[
            "参数ID",
            "参数名称",
            "适用引擎",
            "参数类型",
            "参数解释",
            "取值范围",
            "默认值",
        ],
        &[&["1", "heat", "tea", "Integer", "温度。", "1-9", "3"]],
    );
    let responses = format!(
        "**状态码为 200 时：**\n\n**表 2**  响应Body参数\n\n{body}**表 3**  水壶错误码\n\n{codes}\
         **表 4**  cause\\_id取值说明\n\n{causes}**表 5**  配置参数说明\n\n{settings}\
         **状态码为404时:**\n\n**表 6**  响应Body参数\n\n{other}"
    );
    let statuses = html(&["返回值", "描述"], &[&["200", "好。"], &["404", "没有。"]]);
    let read = reading(&chinese(&responses, &statuses));
    let facts = &read.facts;
    let operation = facts.operation.value().unwrap();
    assert_eq!(
        (operation.method.as_str(), operation.path.as_str()),
        ("GET", "/v3/kettles/{kettle_id}")
    );
    assert_eq!(
        outline(&facts.parameters.items),
        ["path kettle_id: String yes"]
    );
    let bodies: Vec<_> = facts
        .responses
        .iter()
        .map(|response| {
            let forms = response.body.forms.iter();
            let fields = forms
                .flat_map(|form| outline(&form.fields))
                .collect::<Vec<_>>();
            (response.status.value().copied(), fields)
        })
        .collect();
    assert_eq!(
        bodies,
        [
            (Some(200), vec!["state: String ?".to_owned()]),
            (Some(404), vec!["error_code: String ?".to_owned()]),
        ]
    );
    assert_eq!(places(&read.findings, Kind::TableLeftOut).len(), 3);
}

#[test]
fn a_table_of_fields_with_an_unknown_column_is_still_refused() {
    let odd = html(&["参数", "颜色", "描述"], &[&["state", "红", "状态。"]]);
    let page = chinese(&odd, &html(&["返回值", "描述"], &[&["200", "好。"]]));
    assert_eq!(refusal(&page).reason, Reason::FieldTable);
}
