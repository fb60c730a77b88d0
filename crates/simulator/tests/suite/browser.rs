//! What a page in a browser needs.

use std::time::Duration;

use otcdb_simulator::Service;
use reqwest::Method;
use serde_json::Value;

use crate::support::{answer, cloud, faulty};

#[tokio::test]
async fn a_page_of_another_origin_may_call_and_read() {
    let cloud = faulty(&["*:500:times=1"]).await;
    let asked = cloud
        .bare(Method::OPTIONS, "/v2/p/instances")
        .header("Origin", "http://127.0.0.1:8000")
        .header("Access-Control-Request-Method", "PUT")
        .header("Access-Control-Request-Headers", "authorization,x-sdk-date");
    let response = asked.send().await.unwrap();
    assert_eq!(response.status(), 204);
    let headers = response.headers();
    assert_eq!(headers["access-control-allow-origin"], "*");
    assert_eq!(
        headers["access-control-allow-headers"],
        "authorization,x-sdk-date"
    );
    let methods = headers["access-control-allow-methods"].to_str().unwrap();
    assert!(
        methods.contains("PUT") && methods.contains("DELETE"),
        "{methods}"
    );
    assert!(cloud.running.requests().is_empty());
    // Failures, too, are there to be read.
    for expected in [500, 200] {
        let request = cloud.request(Method::GET, "/v2/P/instances");
        let response = request.header("Origin", "null").send().await.unwrap();
        assert_eq!(response.status(), expected);
        assert_eq!(response.headers()["access-control-allow-origin"], "*");
        assert_eq!(response.headers()["access-control-expose-headers"], "*");
    }
    let response = cloud.request(Method::GET, "/v2/P/instances").send().await;
    let response = response.unwrap();
    assert!(
        !response
            .headers()
            .contains_key("access-control-allow-origin")
    );
    let plain = cloud.send(Method::OPTIONS, "/v2/P/instances", None).await;
    assert_eq!(plain.0, 405);
}

#[tokio::test]
async fn each_service_shows_its_description_with_its_own_address() {
    let cloud = cloud().await;
    for service in Service::ALL {
        let url = cloud.running.url(service);
        let request = cloud.client.get(format!("{url}/openapi.json"));
        let (status, document) = answer(request.send().await.unwrap()).await;
        assert_eq!(status, 200, "{service}");
        let servers = document["servers"].as_array().unwrap();
        assert_eq!(servers.len(), 1);
        assert_eq!(servers[0]["url"], url);
        let root = env!("CARGO_MANIFEST_DIR");
        let file = format!("{root}/../../openapi/dist/{service}.json");
        let published = std::fs::read(file).unwrap();
        let published: Value = serde_json::from_slice(&published).unwrap();
        assert_eq!(document["paths"], published["paths"], "{service}");
    }
}

#[tokio::test]
async fn the_page_of_all_services_is_whole_in_itself() {
    let cloud = cloud().await;
    let get = async |path: &str| {
        let url = cloud.running.base_url();
        let request = cloud.client.get(format!("{url}{path}"));
        request.send().await.unwrap()
    };
    let page = get("/").await.text().await.unwrap();
    assert!(!page.contains("https://"), "fetched from elsewhere");
    for service in Service::ALL {
        let url = cloud.running.url(service);
        let (status, document) = answer(get(&format!("/openapi/{service}.json")).await).await;
        assert_eq!(status, 200, "{service}");
        assert_eq!(document["servers"][0]["url"], url);
        // The page is to be had at the address of each service.
        let own = cloud.client.get(format!("{url}/")).send().await.unwrap();
        assert_eq!(own.status(), 200, "{service}");
    }
    for file in ["/swagger-ui-bundle.js", "/swagger-ui.css"] {
        assert!(page.contains(file), "{file}");
        let response = get(file).await;
        assert_eq!(response.status(), 200, "{file}");
        assert_eq!(response.headers()["content-encoding"], "gzip");
    }
    assert_eq!(get("/openapi/none.json").await.status(), 404);
    let post = cloud.bare(Method::POST, "/").send().await.unwrap();
    assert_eq!(post.status(), 404);
    assert!(
        cloud.running.requests().iter().all(|one| one.status == 404),
        "the page is no call to a service"
    );
}

#[tokio::test]
async fn whoever_opens_the_page_is_signed_in_and_told_what_each_operation_can_be_called_with() {
    let cloud = cloud().await;
    let url = cloud.running.base_url();
    // Whoever opens it after the first token's end is signed in all the same.
    cloud.running.clock().advance(Duration::from_hours(48));
    let page = cloud.client.get(format!("{url}/")).send().await.unwrap();
    let page = page.text().await.unwrap();
    let about = page.split_once(r#"type="application/json">"#).unwrap().1;
    let about: Value = serde_json::from_str(about.split_once("</script>").unwrap().0).unwrap();
    let token = about["token"].as_str().unwrap();
    for (service, operation, path) in [
        (Service::Dcs, "ShowInstance", "/v2/PROJECT/instances/ID"),
        (
            Service::Rds,
            "ShowBackupPolicy",
            "/v3/PROJECT/instances/ID/backups/policy",
        ),
    ] {
        let own = cloud.running.url(service);
        assert_eq!(about["services"][service.as_str()], own);
        // It is asked where the page comes from, whatever the service.
        let asked = format!("{url}/fixtures/{service}.{operation}");
        let asked = cloud.client.post(asked).send().await.unwrap();
        let (status, fixture) = answer(asked).await;
        assert_eq!(status, 200, "{fixture}");
        let given = |name: &str| fixture["parameters"][name].as_str().unwrap().to_owned();
        let path = path.replace("PROJECT", &given("project_id"));
        let path = path.replace("ID", &given("instance_id"));
        let call = cloud.client.get(format!("{own}{path}"));
        let call = call.header("X-Auth-Token", token).send().await.unwrap();
        let (status, body) = answer(call).await;
        assert_eq!(status, 200, "{operation}: {body}");
    }
    let asked = cloud.client.post(format!("{url}/fixtures/dcs.MakeTea"));
    let (status, why) = answer(asked.send().await.unwrap()).await;
    assert_eq!(status, 409);
    let why = why["error"].as_str().unwrap();
    assert!(why.contains("dcs.MakeTea"), "{why}");
}
