//! Parameters, templates, tags and extensions of database instances.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Cloud, cloud, text};

const TEMPLATES: &str = "/v3/P/configurations";
const IN: &str = "/v3/P/instances";

/// The value of a parameter in what is shown of a template or of an instance.
async fn value(cloud: &Cloud, path: &str, name: &str) -> Option<String> {
    let (_, shown) = cloud.get(path).await;
    let all = shown["configuration_parameters"].as_array().unwrap();
    let found = all.iter().find(|one| one["name"] == name)?;
    Some(text(found, "/value").to_owned())
}

async fn put(cloud: &Cloud, path: &str, body: Value) -> (u16, Value) {
    cloud.send(Method::PUT, path, Some(body)).await
}

async fn make(cloud: &Cloud, engine: &str, version: &str, values: Value) -> (u16, Value) {
    let body = json!({
        "name": format!("for-{engine}"),
        "values": values,
        "datastore": { "type": engine, "version": version },
    });
    cloud.post(TEMPLATES, Some(body)).await
}

#[tokio::test]
async fn instances_take_a_template_of_their_engine_and_the_others_say_why_not() {
    let cloud = cloud().await;
    let (mysql, postgresql) = (cloud.database("mysql-1"), cloud.database("postgresql-1"));
    let values = json!({ "max_connections": "10", "performance_schema": "ON" });
    let (status, made) = make(&cloud, "MySQL", "8.0", values).await;
    assert_eq!(status, 200, "{made}");
    let template = format!("{TEMPLATES}/{}", text(&made, "/configuration/id"));
    assert_eq!(
        value(&cloud, &template, "max_connections").await.unwrap(),
        "10"
    );

    let apply = format!("{template}/apply");
    let ids = json!({ "instance_ids": [mysql, postgresql, "nobody"] });
    let (status, applied) = put(&cloud, &apply, ids).await;
    assert_eq!((status, &applied["success"]), (200, &json!(false)));
    let results = applied["apply_results"].as_array().unwrap();
    let success: Vec<_> = results.iter().map(|one| &one["success"]).collect();
    assert_eq!(success, [true, false, false]);
    assert_eq!(results[0]["restart_required"], true);
    // While it is applied, it stays as it is.
    let (status, refused) = put(&cloud, &template, json!({ "name": "other" })).await;
    assert_eq!((status, text(&refused, "/error_code")), (400, "DBS.212010"));
    let own = format!("{IN}/{mysql}/configurations");
    let connections = async || value(&cloud, &own, "max_connections").await.unwrap();
    assert_eq!(connections().await, "800");
    cloud.advance(10);
    assert_eq!(connections().await, "10");
    let job = format!("/v3/P/jobs?id={}", text(&applied, "/job_id"));
    let (_, task) = cloud.get(&job).await;
    assert_eq!(text(&task, "/job/status"), "Completed");
    assert_eq!(text(&task, "/job/instance/id"), mysql);
    let (_, history) = cloud.get(&format!("{template}/apply-histories")).await;
    assert_eq!(history["total_count"], 3);
    let codes = history["histories"].as_array().unwrap().iter();
    let codes: Vec<_> = codes.map(|one| text(one, "/error_code")).collect();
    assert_eq!(codes, ["DBS.200002", "DBS.280238", ""]);
}

#[tokio::test]
async fn what_a_template_cannot_be_is_refused_with_its_code() {
    let cloud = cloud().await;
    let none = json!({});
    for (engine, version, values, code) in [
        ("MySQL", "17", none.clone(), "DBS.200041"),
        ("MySQL", "8.0", json!({ "nothing": "1" }), "DBS.212012"),
        (
            "MySQL",
            "8.0",
            json!({ "lower_case_table_names": "0" }),
            "DBS.212012",
        ),
        (
            "MySQL",
            "8.0",
            json!({ "max_connections": "9" }),
            "DBS.200461",
        ),
    ] {
        let (_, refused) = make(&cloud, engine, version, values).await;
        assert_eq!(text(&refused, "/error_code"), code, "{refused}");
    }
    let values = json!({ "work_mem": "64", "autovacuum": "off" });
    let (_, made) = make(&cloud, "PostgreSQL", "16", values).await;
    let template = format!("{TEMPLATES}/{}", text(&made, "/configuration/id"));
    // What depends on the size of an instance is in no template.
    assert_eq!(value(&cloud, &template, "work_mem").await, None);
    assert_eq!(value(&cloud, &template, "autovacuum").await.unwrap(), "off");
    let (_, again) = make(&cloud, "PostgreSQL", "16", none.clone()).await;
    assert_eq!(text(&again, "/error_code"), "DBS.201201");
    let (_, empty) = put(&cloud, &template, none).await;
    assert_eq!(text(&empty, "/error_code"), "DBS.280001");

    let (_, all) = cloud.get(TEMPLATES).await;
    let default = text(&all, "/configurations/0/id");
    let path = format!("{TEMPLATES}/{default}");
    let (status, refused) = cloud.send(Method::DELETE, &path, None).await;
    assert_eq!((status, text(&refused, "/error_code")), (400, "DBS.212003"));
}

#[tokio::test]
async fn an_instance_ignores_what_it_does_not_have_and_keeps_the_rest_of_its_values() {
    let cloud = cloud().await;
    let own = format!("{IN}/{}/configurations", cloud.database("mysql-1"));
    let values = json!({ "values": { "max_connections": "20", "nothing": "1" } });
    let (_, begun) = put(&cloud, &own, values).await;
    assert_eq!(begun["ignored_params"], json!(["nothing"]));
    assert_eq!(begun["restart_required"], false);
    let (_, refused) = put(&cloud, &own, json!({ "values": {} })).await;
    assert_eq!(text(&refused, "/error_code"), "DBS.200011");
    cloud.advance(10);
    let values = json!({ "values": { "performance_schema": "ON" } });
    let (_, begun) = put(&cloud, &own, values).await;
    assert_eq!(begun["restart_required"], true);
    cloud.advance(10);
    for (name, expected) in [("max_connections", "20"), ("performance_schema", "ON")] {
        assert_eq!(value(&cloud, &own, name).await.unwrap(), expected);
    }
}

#[tokio::test]
async fn tags_are_added_replaced_and_removed_by_key_or_by_value() {
    let cloud = cloud().await;
    let own = format!("{IN}/{}/tags", cloud.database("mysql-1"));
    let act = async |action: &str, tags: Value| {
        let body = json!({ "action": action, "tags": tags });
        cloud.post(&format!("{own}/action"), Some(body)).await
    };
    let tag = |key: &str, value: &str| json!({ "key": key, "value": value });
    act("create", json!([tag("a", "1"), tag("b", "2")])).await;
    act("create", json!([tag("a", "3")])).await;
    let (_, project) = cloud.get("/v3/P/tags").await;
    assert_eq!(project["tags"][0], json!({ "key": "a", "values": ["3"] }));
    // Another value is none of it.
    act("delete", json!([tag("a", "1"), { "key": "b" }])).await;
    let (_, left) = cloud.get(&own).await;
    let expected = json!([{ "key": "a", "value": "3", "tag_type": "user" }]);
    assert_eq!(left["tags"], expected);
    let (_, twice) = act("create", json!([tag("c", "1"), tag("c", "2")])).await;
    assert_eq!(text(&twice, "/error_code"), "DBS.280272");
    let many: Vec<Value> = (0..20).map(|n| tag(&format!("k{n}"), "")).collect();
    let (_, many) = act("create", Value::from(many)).await;
    assert_eq!(text(&many, "/error_code"), "DBS.200087");
}

#[tokio::test]
async fn an_extension_needs_its_library_and_is_installed_upgraded_and_removed() {
    let cloud = cloud().await;
    let instance = cloud.database("postgresql-1");
    let own = format!("{IN}/{instance}/extensions");
    let shown = async |name: &str| {
        let (_, all) = cloud.get(&format!("{own}?database_name=db1")).await;
        let mut all = all["extensions"].as_array().unwrap().clone().into_iter();
        all.find(|one| one["name"] == name).unwrap()
    };
    let act = async |method: Method, name: &str| {
        let body = json!({ "database_name": "db1", "extension_name": name });
        let (status, body) = cloud.send(method, &own, Some(body)).await;
        match status {
            200 => String::new(),
            _ => text(&body, "/error_code").to_owned(),
        }
    };
    assert_eq!(shown("pg_cron").await["enable_install"], false);
    assert_eq!(act(Method::POST, "pg_cron").await, "DBS.200402");
    let libraries = format!("{IN}/{instance}/parameter/shared_preload_libraries");
    let (_, refused) = put(&cloud, &libraries, json!({ "value": "no_such" })).await;
    assert_eq!(text(&refused, "/error_code"), "DBS.280271");
    let (status, _) = put(&cloud, &libraries, json!({ "value": "pg_cron" })).await;
    assert_eq!(status, 202);
    cloud.advance(10);
    assert_eq!(act(Method::POST, "pg_cron").await, "");
    assert_eq!(shown("pg_cron").await["created"], true);
    assert_eq!(act(Method::POST, "pg_cron").await, "DBS.201201");

    let old = shown("pg_stat_statements").await;
    assert_ne!(old["version"], old["version_update"]);
    assert_eq!(act(Method::PUT, "pg_stat_statements").await, "");
    let new = shown("pg_stat_statements").await;
    assert_eq!(new["version"], old["version_update"]);
    assert_eq!(act(Method::DELETE, "pg_cron").await, "");
    assert_eq!(act(Method::DELETE, "pg_cron").await, "DBS.212013");
    assert_eq!(act(Method::DELETE, "no_such").await, "DBS.280277");

    let mysql = cloud.database("mysql-1");
    let path = format!("{IN}/{mysql}/extensions?database_name=db1");
    let (_, refused) = cloud.get(&path).await;
    assert_eq!(text(&refused, "/error_code"), "DBS.280238");
}
