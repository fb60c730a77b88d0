//! Exports of database logs.

use serde_json::{Value, json};

use crate::support::{Cloud, builder, cloud, start, text};

/// An export that has ended, as the last response tells.
async fn export(cloud: &Cloud, path: &str, body: Option<Value>) -> Value {
    cloud.post(path, body.clone()).await;
    cloud.advance(20);
    let (status, response) = cloud.post(path, body).await;
    assert_eq!(status, 200, "{response}");
    response
}

async fn download(cloud: &Cloud, link: &str) -> (u16, Vec<u8>) {
    let response = cloud.client.get(link).send().await.unwrap();
    let status = response.status().as_u16();
    (status, response.bytes().await.unwrap().to_vec())
}

#[tokio::test]
async fn a_slow_log_is_exported_and_downloaded() {
    let cloud = cloud().await;
    let id = cloud.database("mysql-1");
    let path = format!("/v3/P/instances/{id}/slowlog-download");
    for _ in 0..2 {
        let (_, first) = cloud.post(&path, Some(json!({}))).await;
        assert_eq!(text(&first, "/status"), "CREATING");
        assert_eq!(text(&first, "/list/0/status"), "EXPORTING");
        assert_eq!(first.pointer("/list/0/file_link"), None);
        assert_eq!(first.pointer("/list/0/file_size"), None);
    }
    cloud.advance(20);
    let (_, last) = cloud.post(&path, Some(json!({}))).await;
    assert_eq!(text(&last, "/status"), "FINISH");
    assert_eq!(text(&last, "/list/0/status"), "SUCCESS");
    let (name, link) = (
        text(&last, "/list/0/file_name"),
        text(&last, "/list/0/file_link"),
    );
    let (status, bytes) = download(&cloud, link).await;
    assert_eq!(status, 200);
    assert_eq!(text(&last, "/list/0/file_size"), bytes.len().to_string());
    assert!(bytes == cloud.running.expected_bytes(name).unwrap());

    cloud.advance(300);
    assert_eq!(download(&cloud, link).await.0, 403);
    let (_, again) = cloud.post(&path, Some(json!({}))).await;
    assert_eq!(text(&again, "/list/0/file_name"), name);
    let fresh = text(&again, "/list/0/file_link");
    assert_eq!(download(&cloud, fresh).await.0, 200);
    cloud.advance(60 * 60);
    let (_, anew) = cloud.post(&path, Some(json!({}))).await;
    assert_eq!(text(&anew, "/status"), "CREATING");
    assert_ne!(text(&anew, "/list/0/file_name"), name);
    assert_eq!(cloud.running.deviations(), [""; 0]);
}

#[tokio::test]
async fn sql_server_wants_the_name_of_its_trace_file() {
    let cloud = cloud().await;
    let id = cloud.database("sqlserver-1");
    let (_, files) = cloud
        .get(&format!("/v3/P/instances/{id}/slowlog-files"))
        .await;
    assert_eq!(text(&files, "/list/0/file_name"), "SQLTrace.trc");
    let path = format!("/v3/P/instances/{id}/slowlog-download");
    for body in [json!({}), json!({ "file_name": "other" })] {
        let (status, refused) = cloud.post(&path, Some(body)).await;
        assert_eq!((status, text(&refused, "/error_code")), (400, "DBS.280001"));
    }
    let named = json!({ "file_name": "SQLTrace.trc" });
    let response = export(&cloud, &path, Some(named)).await;
    assert_eq!(
        download(&cloud, text(&response, "/list/0/file_link"))
            .await
            .0,
        200
    );
    let other = cloud.database("mysql-1");
    let path = format!("/v3/P/instances/{other}/slowlog-files");
    assert_eq!(cloud.get(&path).await.0, 400);
    assert_eq!(cloud.running.deviations(), [""; 0]);
}

#[tokio::test]
async fn each_trace_file_is_listed_page_by_page_and_exported_by_itself() {
    let cloud = start(builder().trace_files(12)).await;
    let id = cloud.database("sqlserver-1");
    let list = |query: &str| {
        let path = format!("/v3/P/instances/{id}/slowlog-files{query}");
        let cloud = &cloud;
        async move {
            let (_, page) = cloud.get(&path).await;
            assert_eq!(page["total_count"], 12);
            let names = page["list"].as_array().unwrap().iter();
            names
                .map(|file| text(file, "/file_name").to_owned())
                .collect::<Vec<_>>()
        }
    };
    let first = list("").await;
    assert_eq!(first.len(), 10, "the default size of a page");
    assert_eq!(
        list("?offset=10").await,
        ["SQLTrace_10.trc", "SQLTrace_11.trc"]
    );
    assert_eq!(list("?offset=0&limit=100").await.len(), 12);

    let path = format!("/v3/P/instances/{id}/slowlog-download");
    let mut exported = std::collections::BTreeSet::new();
    for name in &first[..2] {
        let named = json!({ "file_name": name });
        let response = export(&cloud, &path, Some(named)).await;
        exported.insert(text(&response, "/list/0/file_name").to_owned());
    }
    assert_eq!(exported.len(), 2);
    let beyond = json!({ "file_name": "SQLTrace_12.trc" });
    assert_eq!(cloud.post(&path, Some(beyond)).await.0, 400);
    assert_eq!(cloud.running.deviations(), [""; 0]);
}

#[tokio::test]
async fn an_error_log_comes_as_the_documented_example_has_it_on_demand() {
    let cloud = start(builder().lowercase_errorlog_status(true)).await;
    let id = cloud.database("postgresql-1");
    let path = format!("/v3/P/instances/{id}/errorlog-download");
    let response = export(&cloud, &path, None).await;
    assert_eq!(text(&response, "/status"), "finish");
    assert_eq!(text(&response, "/list/0/status"), "success");
    let link = text(&response, "/list/0/file_link");
    assert!(link.starts_with("127.0.0.1:"), "{link}");
    let (status, bytes) = download(&cloud, &format!("http://{link}")).await;
    assert_eq!(status, 200);
    let name = text(&response, "/list/0/file_name");
    assert!(bytes == cloud.running.expected_bytes(name).unwrap());
    let other = cloud.database("mysql-1");
    let (status, refused) = cloud
        .post(&format!("/v3/P/instances/{other}/errorlog-download"), None)
        .await;
    assert_eq!((status, text(&refused, "/error_code")), (400, "DBS.280238"));
    let deviations = cloud.running.deviations();
    let told = deviations
        .iter()
        .map(|one| one.split_once(": at ").unwrap());
    for (operation, what) in told {
        assert_eq!(operation, "DownloadErrorlog 200");
        assert!(what.contains("is none of the known values"), "{what}");
    }
    assert_eq!(deviations.len(), 4, "{deviations:#?}");
}

#[tokio::test]
async fn an_error_log_link_can_be_made_like_the_others() {
    let cloud = start(builder().schemeless_errorlog_links(false)).await;
    let id = cloud.database("postgresql-1");
    let path = format!("/v3/P/instances/{id}/errorlog-download");
    let response = export(&cloud, &path, None).await;
    assert_eq!(text(&response, "/status"), "FINISH");
    assert_eq!(text(&response, "/list/0/status"), "SUCCESS");
    assert!(text(&response, "/list/0/file_link").starts_with("http://"));
    assert_eq!(cloud.running.deviations(), [""; 0]);
}

#[tokio::test]
async fn a_workflow_can_be_followed_as_a_job() {
    let cloud = cloud().await;
    let id = cloud.database("postgresql-1");
    let path = format!("/v3/P/instances/{id}/errorlog-download");
    let (_, first) = cloud.post(&path, None).await;
    let job = format!("/v3/P/jobs?id={}", text(&first, "/list/0/workflow_id"));
    assert_eq!(text(&cloud.get(&job).await.1, "/job/status"), "Running");
    cloud.advance(20);
    let (_, ended) = cloud.get(&job).await;
    assert_eq!(text(&ended, "/job/status"), "Completed");
    assert_eq!(text(&ended, "/job/ended"), "2026-04-16T12:00:20+0000");
    assert_eq!(text(&ended, "/job/instance/id"), id);
    let (status, unknown) = cloud.get("/v3/P/jobs?id=x").await;
    assert_eq!((status, text(&unknown, "/error_code")), (400, "DBS.200543"));
    assert_eq!(cloud.running.deviations(), [""; 0]);
}

#[tokio::test]
async fn two_exports_in_one_moment_have_names_of_their_own() {
    let cloud = start(builder().databases(2, 0, 0)).await;
    let mut names = std::collections::HashSet::new();
    for name in ["mysql-1", "mysql-2"] {
        let id = cloud.database(name);
        let path = format!("/v3/P/instances/{id}/slowlog-download");
        let (_, response) = cloud.post(&path, Some(json!({}))).await;
        assert!(names.insert(text(&response, "/list/0/file_name").to_owned()));
    }
}

#[tokio::test]
async fn a_later_export_has_the_lines_of_the_earlier_one_and_then_others() {
    let cloud = cloud().await;
    for (name, path, scheme) in [
        ("mysql-1", "slowlog-download", ""),
        ("postgresql-1", "errorlog-download", "http://"),
    ] {
        let id = cloud.database(name);
        let path = format!("/v3/P/instances/{id}/{path}");
        let mut exported = Vec::new();
        for _ in 0..2 {
            let body = scheme.is_empty().then(|| json!({}));
            let response = export(&cloud, &path, body).await;
            let link = format!("{scheme}{}", text(&response, "/list/0/file_link"));
            exported.push(download(&cloud, &link).await.1);
            cloud.advance(2 * 60 * 60);
        }
        let (first, second) = (&exported[0], &exported[1]);
        assert!(second.len() > first.len() && first.ends_with(b"\n"));
        assert_eq!(&second[..first.len()], first.as_slice());
    }
}
