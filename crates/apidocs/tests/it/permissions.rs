//! Pages that say which rights operations need.

use otcdb_apidocs::{
    Class, Hint, Permissions, Stated, check_with_permissions, diff_permissions, permissions,
    permissions_from_yaml, permissions_to_yaml,
};
use serde_json::{Value, json};

use super::common::{Listed, facts, heading, table, top};

const HEADER: [&str; 5] = [
    "Permissions",
    "API",
    "Action",
    "IAM Project",
    "Enterprise Project",
];

fn page(header: &[&str], rows: &[&[&str]]) -> String {
    let mut page = top("tea_10_0003", "Tea Actions");
    page.push_str(&heading("Supported Actions"));
    page.push_str(&table("**Table 1** Actions", header, rows));
    page
}

fn read(page: &str) -> Permissions {
    let found = permissions(page.as_bytes(), &Hint::default()).unwrap();
    found.unwrap_or_else(|| panic!("no rights in\n{page}"))
}

#[test]
fn rows_are_read_by_the_words_of_their_headers() {
    let page = page(
        &[
            "Permission",
            "Actions",
            "APIs",
            "IAM Projects",
            "Enterprise Project",
        ],
        &[
            &[
                "Making tea",
                "tea:kettle:create\n\n(A lock needs the **Key Administrator** role.)",
                "POST\n\n/v3/{project_id}/kettles?dry={dry}",
                "Y",
                "x",
            ],
            &[
                "Pouring",
                "tea:kettle:pour\n\nvpc:ports:get",
                "POST/v3/{project_id}/kettles/{id}/pour",
                "Y",
                "Y",
            ],
            &[
                "Looking",
                "No authorization required",
                "GET https://{*Endpoint*}/v3/kettles",
                "Y",
                "Y",
            ],
            &["In the console", "tea:console:use", "``-``", "Y", "Y"],
        ],
    );
    let found = read(&page);
    let rows = &found.permissions;
    let operations = |at: usize| -> Vec<String> {
        let operations = rows[at].operations.iter();
        operations
            .map(|o| format!("{} {}", o.method, o.path))
            .collect()
    };
    let actions = |at: usize| rows[at].actions.value().cloned().unwrap_or_default();
    assert_eq!(operations(0), ["POST /v3/{project_id}/kettles"]);
    assert_eq!(actions(0), ["tea:kettle:create"]);
    assert!(!rows[0].text.is_empty() && rows[1].text.is_empty());
    assert_eq!(rows[0].enterprise_project, Stated::Value(false));
    assert_eq!(operations(1), ["POST /v3/{project_id}/kettles/{id}/pour"]);
    assert_eq!(actions(1), ["tea:kettle:pour", "vpc:ports:get"]);
    assert_eq!(operations(2), ["GET /v3/kettles"]);
    assert_eq!(rows[2].actions, Stated::Nothing);
    assert!(operations(3).is_empty());
    let text = permissions_to_yaml(&found).unwrap();
    assert!(!text.contains("Administrator"), "{text}");
    assert_eq!(permissions_from_yaml(&text).unwrap(), found);
}

#[test]
fn chinese_tables_and_what_actions_depend_on_are_read() {
    let page = "# 支持的授权项\n\n<table><thead><tr><th>权限</th><th>对应API接口</th><th>授权项(Action)</th>\
        <th>依赖的授权项</th><th>IAM项目(Project)</th><th>企业项目(Enterprise Project)</th></tr></thead><tbody>\
        <tr><td>重启</td><td>POST /v3/{project_id}/kettles/{id}/restart</td><td>tea:kettle:restart</td>\
        <td>vpc:ports:get</td><td>√</td><td>×</td></tr></tbody></table>\n";
    let row = read(page).permissions.remove(0);
    assert_eq!(
        row.actions.value().unwrap(),
        &["tea:kettle:restart", "vpc:ports:get"]
    );
    assert_eq!(row.iam_project, Stated::Value(true));
    assert_eq!(row.enterprise_project, Stated::Value(false));
}

#[test]
fn what_is_no_table_of_actions_is_none_and_an_odd_row_is_refused() {
    let none = permissions(Listed::default().page().as_bytes(), &Hint::default()).unwrap();
    assert!(none.is_none());
    for (row, word) in [
        (
            ["Making", "POST /v3/kettles", "everything", "Y", "Y"],
            "action",
        ),
        (
            ["Making", "GOT /v3/kettles", "tea:kettle:create", "Y", "Y"],
            "path",
        ),
    ] {
        let error = permissions(page(&HEADER, &[&row]).as_bytes(), &Hint::default()).unwrap_err();
        let text = error.to_string();
        assert!(text.contains(word) && error.line.is_some(), "{text}");
    }
}

/// A description of the operation of [`Listed`], twice under one path if `others` has a page.
fn spec(permissions: Option<Value>, recorded: Value) -> Value {
    let mut get = json!({
        "operationId": "ShowKettle",
        "x-documentation": [{ "source": "otc", "page": "tea_01_0001" }],
        "x-doc-deviations": recorded,
        "parameters": [
            { "name": "project_id", "in": "path", "required": true, "schema": { "type": "string" } },
            { "name": "kettle_id", "in": "path", "required": true, "schema": { "type": "string" } },
        ],
        "responses": { "200": { "description": ".", "content": { "application/json": {
            "schema": { "type": "object", "properties": { "state": { "type": "string" } } }
        } } } },
    });
    if let Some(permissions) = permissions {
        get["x-permissions"] = permissions;
    }
    json!({ "paths": { "/v3/{project_id}/kettles/{kettle_id}": { "get": get } } })
}

fn keys(spec: &Value, rights: Option<&[Permissions]>) -> (Vec<String>, usize) {
    let checked = check_with_permissions(spec, &[facts(&Listed::default().page())], rights);
    let settled = &checked.operations[0].settled;
    let found = settled.unexplained.iter();
    (
        found
            .map(|one| format!("{}; {}", one.key, one.advice))
            .collect(),
        settled.stale.len(),
    )
}

#[test]
fn the_rights_of_an_operation_are_checked_like_other_facts() {
    let path = "GET /v3/{project}/kettles/{id}";
    let one = [read(&page(
        &HEADER,
        &[&["Looking", path, "tea:kettle:get", "Y", "Y"]],
    ))];
    let other = [read(&page(
        &HEADER,
        &[&["Other", "GET /v3/cups", "tea:cup:get", "Y", "Y"]],
    ))];
    let free = [read(&page(
        &HEADER,
        &[&["Looking", path, "No authorization required", "Y", "Y"]],
    ))];
    let none = || json!([]);
    let clean = (Vec::<String>::new(), 0);
    let has = |actions: Value| spec(Some(actions), none());
    assert_eq!(keys(&has(json!(["tea:kettle:get"])), Some(&one)), clean);
    assert_eq!(keys(&has(json!([])), Some(&free)), clean);
    assert_eq!(
        keys(&spec(None, none()), Some(&one)).0,
        ["permissions: missing; write x-permissions: [tea:kettle:get]"]
    );
    assert_eq!(
        keys(&has(json!(["tea:kettle:list"])), Some(&one)).0,
        ["permissions: actions; write x-permissions: [tea:kettle:get]"]
    );
    assert!(
        keys(&has(json!(["tea:kettle:get"])), Some(&other)).0[0].starts_with("permissions: extra")
    );
    // A recorded deviation explains it, and is stale once the page agrees.
    let recorded = json!([{ "fact": "permissions: extra", "reason": "seen" }]);
    let known = spec(Some(json!(["tea:kettle:get"])), recorded);
    assert_eq!(keys(&known, Some(&other)), clean);
    assert_eq!(keys(&known, Some(&one)).1, 1);
    assert_eq!(keys(&known, None), clean, "no page of rights was looked at");
}

#[test]
fn the_title_tells_which_row_is_meant_where_several_operations_share_a_path() {
    let path = "POST /v3/{id}/action";
    let rows = [read(&page(
        &HEADER,
        &[
            &["Rebooting a kettle", path, "tea:kettle:restart", "Y", "Y"],
            &["Scaling up a kettle", path, "tea:kettle:extend", "Y", "Y"],
        ],
    ))];
    let pages = [
        ("Reboot", "Rebooting a Kettle"),
        ("Enlarge", "Scaling Up the Volume of a Kettle"),
        ("Paint", "Painting a Kettle"),
    ];
    let facts: Vec<_> = pages
        .iter()
        .map(|(id, title)| {
            let listed = Listed {
                uri: path.to_owned(),
                ..Listed::default()
            };
            let mut facts = facts(&listed.page());
            facts.page.id = Some((*id).to_owned());
            facts.page.title = Some((*title).to_owned());
            facts
        })
        .collect();
    let mut paths = serde_json::Map::new();
    for (id, _) in pages {
        let operation = json!({ "post": { "operationId": id, "x-documentation": [{ "source": "otc", "page": id }] } });
        paths.insert(format!("/v3/{{id}}/action#{id}"), operation);
    }
    let checked = check_with_permissions(&json!({ "paths": paths }), &facts, Some(&rows));
    let rights: Vec<Vec<String>> = checked
        .operations
        .iter()
        .map(|operation| {
            let found = operation.settled.unexplained.iter();
            let rights = found.filter(|one| one.key == "permissions: missing");
            rights.map(|one| one.states.clone()).collect()
        })
        .collect();
    assert_eq!(
        rights,
        [
            vec!["the actions [tea:kettle:restart]".to_owned()],
            vec!["the actions [tea:kettle:extend]".to_owned()],
            vec![],
        ]
    );
}

#[test]
fn changes_of_rights_have_their_classes() {
    let path = "GET /v3/kettles";
    let one = |actions: &str, enterprise: &str| {
        read(&page(
            &HEADER,
            &[&["Looking", path, actions, "Y", enterprise]],
        ))
    };
    let before = one("tea:kettle:get", "x");
    let classes = |after: Permissions| -> Vec<Class> {
        let diff = diff_permissions(std::slice::from_ref(&before), &[after]);
        let pages = diff
            .pages
            .iter()
            .inspect(|page| assert!(page.is_of_permissions()));
        pages
            .flat_map(|page| &page.changes)
            .map(|change| change.class)
            .collect()
    };
    assert_eq!(classes(before.clone()), []);
    assert_eq!(
        classes(one("tea:kettle:get\n\ntea:cup:get", "x")),
        [Class::Breaking]
    );
    assert_eq!(
        classes(one("No authorization required", "x")),
        [Class::Additive]
    );
    assert_eq!(classes(one("tea:kettle:get", "Y")), [Class::Additive]);
    assert_eq!(
        classes(one("tea:kettle:get (with care)", "x")),
        [Class::WordingOnly]
    );
    let other = read(&page(
        &HEADER,
        &[&["Looking", "GET /v3/cups", "tea:cup:get", "Y", "x"]],
    ));
    assert_eq!(classes(other), [Class::Additive, Class::DocumentationLost]);
}
