//! What a page in a browser needs.

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
