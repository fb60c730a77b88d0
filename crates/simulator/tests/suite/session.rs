//! A session with the cloud, as tests of programs take one.

use std::time::Duration;

use bytes::Bytes;
use otcdb_core::{ErrorKind, Result, Service, Session};
use otcdb_simulator::{Clock, Simulator};
use reqwest::Method;
use reqwest::header::HeaderMap;

async fn list(session: &Session, service: Service) -> Result<usize> {
    let path = match service {
        Service::Dcs => "/v2/{project_id}/instances",
        _ => "/v3/{project_id}/instances",
    };
    let answer = session
        .execute_raw(
            service,
            Method::GET,
            path,
            &[],
            HeaderMap::new(),
            Bytes::new(),
        )
        .await?;
    let body: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
    Ok(body["instances"].as_array().unwrap().len())
}

#[tokio::test]
async fn a_session_is_one_line_and_holds_the_cloud() {
    let session = Simulator::start().await.unwrap().session();
    for service in [Service::Dcs, Service::Rds] {
        assert_eq!(list(&session, service).await.unwrap(), 6);
    }
}

#[tokio::test]
async fn after_a_shutdown_a_session_reaches_nothing() {
    let cloud = Simulator::start().await.unwrap();
    let session = cloud.session();
    let address = cloud.address();
    cloud.shutdown().await;
    assert!(tokio::net::TcpListener::bind(address).await.is_ok());
    let error = list(&session, Service::Dcs).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connection);
}

#[tokio::test]
async fn without_sessions_the_servers_end_with_the_cloud() {
    let cloud = Simulator::start().await.unwrap();
    let address = cloud.address();
    let session = cloud.session();
    drop(cloud);
    assert!(list(&session, Service::Dcs).await.is_ok());
    drop(session);
    while tokio::net::TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_session_goes_by_the_clock_of_the_cloud() {
    let start = "2030-01-01T00:00:00Z".parse().unwrap();
    let clock = Clock::manual(start);
    let builder = Simulator::builder().region("eu-nl").clock(clock.clone());
    let session = builder.start().await.unwrap().session();
    assert_eq!(session.clock().now(), start);
    clock.advance(Duration::from_secs(60));
    assert_eq!(session.clock().now().as_second(), start.as_second() + 60);
    assert_eq!(session.region().to_string(), "eu-nl");
}

#[tokio::test(start_paused = true)]
async fn what_a_test_sleeps_on_a_paused_clock_passes_in_the_cloud() {
    let cloud = Simulator::start().await.unwrap();
    let before = cloud.clock().now();
    tokio::time::sleep(Duration::from_secs(3600)).await;
    let passed = cloud.clock().now().duration_since(before);
    assert_eq!(passed.as_secs(), 3600);
    assert_eq!(list(&cloud.session(), Service::Dcs).await.unwrap(), 6);
}
