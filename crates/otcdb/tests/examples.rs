//! The examples, run against simulated clouds.

use otcdb_testing::examples;

const PACKAGE: &str = env!("CARGO_MANIFEST_DIR");

#[tokio::test(flavor = "multi_thread")]
async fn each_example_does_what_it_says() {
    let said = [
        ("blocking", "6 instances"),
        ("create_instance", "gone: "),
        ("database_error_log", " bytes"),
        ("list_instances", "redis-single-1 is RUNNING"),
        ("pull_logs", "0 parts failed"),
        ("redis_log", " bytes"),
    ];
    examples::run_all(PACKAGE, &said, &["tested", "web_service"]).await;
}

#[test]
fn the_readme_shows_one_of_them() {
    examples::is_shown(PACKAGE, "list_instances", "README.md");
    examples::is_shown(PACKAGE, "list_instances", "../../README.md");
}

#[path = "../examples/web_service.rs"]
#[allow(dead_code, reason = "its main serves at a fixed port")]
mod web_service;

#[tokio::test]
async fn the_web_service_shows_states_and_what_the_cloud_says() {
    let cloud = otcdb_simulator::Simulator::start().await.unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/status", listener.local_addr().unwrap());
    let router = web_service::router(&cloud.session());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let http = otcdb_testing::http_client();
    let get = async |id: &str| {
        let response = http.get(format!("{url}/{id}")).send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    };
    let id = &cloud.redis_instances()[0].id;
    assert_eq!(get(id).await, (200, "RUNNING".to_owned()));
    let (status, said) = get("00000000-0000-0000-0000-000000000000").await;
    assert_eq!(status, 404);
    assert!(
        said.contains("DCS.") && said.contains("ShowInstance"),
        "{said}"
    );
}
