//! What the schemas of requests refuse, and what they leave out.

use bytes::Bytes;
use otcdb_simulator::Service;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::{Cloud, cloud, text};

#[tokio::test]
async fn what_the_description_forbids_is_refused() {
    let cloud = cloud().await;
    let redis = format!("/v2/P/instances/{}", cloud.redis("redis-ha-1").id);
    for (path, name) in [
        ("/backups?limit=-1", "limit"),
        ("/redislog?log_type=run&limit=0", "limit"),
        ("/restores?offset=2147483648", "offset"),
        ("/backups?begin_time=", "begin_time"),
        ("/tasks?start_time=2020-06-09", "start_time"),
        ("/slowlog?start_time=-1&end_time=2", "start_time"),
    ] {
        let (status, refused) = cloud.get(&format!("{redis}{path}")).await;
        let message = format!("Invalid {name} in the request.");
        assert_eq!((status, text(&refused, "/error_msg")), (400, &*message));
    }
    for (method, path, code) in [
        (Method::PUT, "/v2/P/instances/status", "DCS.4065"),
        (Method::DELETE, "/v2/P/instances", "DCS.4065"),
        (Method::PUT, &*format!("{redis}/configs"), "DCS.4800"),
    ] {
        let (status, refused) = cloud.send(method, path, Some(json!({}))).await;
        assert_eq!(
            (status, text(&refused, "/error_code")),
            (400, code),
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_body_that_may_be_left_out_is_not_missed() {
    let cloud = cloud().await;
    let backups = format!("/v2/P/instances/{}/backups", cloud.redis("redis-ha-1").id);
    let (status, made) = cloud.post(&backups, None).await;
    assert_eq!(status, 200, "{made}");
    let path = "/v2/P/instances?all_failure=true";
    let (status, deleted) = cloud.send(Method::DELETE, path, None).await;
    assert_eq!((status, &deleted["results"]), (200, &json!([])));
    let (status, refused) = cloud.send(Method::DELETE, "/v2/P/instances", None).await;
    assert_eq!((status, text(&refused, "/error_code")), (400, "DCS.4065"));
}

#[tokio::test]
async fn what_the_documentation_shows_in_another_type_is_taken_and_nothing_else() {
    let cloud = cloud().await;
    let path = format!("/v2/P/instances/{}", cloud.redis("redis-ha-1").id);
    let change = |days: Value, at: Value, port: Value| {
        json!({ "port": port, "instance_backup_policy": {
            "backup_type": "auto", "save_days": days,
            "periodical_backup_plan": { "backup_at": [at], "period_type": "weekly", "begin_at": "00:00-01:00" },
        } })
    };
    let (status, refused) = cloud
        .send(
            Method::PUT,
            &path,
            Some(change(json!("2,"), json!("7"), json!(6380))),
        )
        .await;
    assert_eq!(status, 204, "{refused}");
    let (_, shown) = cloud.get(&path).await;
    let policy = &shown["instance_backup_policy"]["policy"];
    assert_eq!(policy["save_days"], 2);
    assert_eq!(policy["periodical_backup_plan"]["backup_at"], json!([7]));
    for (body, code) in [
        (change(json!("8"), json!(7), json!(1)), "DCS.4072"),
        (change(json!(1), json!("0"), json!(1)), "DCS.4075"),
        (change(json!(1), json!(1), json!("6380")), "DCS.4800"),
    ] {
        let (status, refused) = cloud.send(Method::PUT, &path, Some(body)).await;
        assert_eq!((status, text(&refused, "/error_code")), (400, code));
    }
}

#[tokio::test]
async fn the_head_of_a_response_can_be_asked_for_alone() {
    let cloud = cloud().await;
    let ask = async |method| {
        let request = cloud.request(method, "/v2/P/instances");
        let response = request.send().await.unwrap();
        let length = response.headers()["content-length"].clone();
        (response.status(), length, response.bytes().await.unwrap())
    };
    let (status, length, body) = ask(Method::GET).await;
    assert_eq!((status.as_u16(), body.is_empty()), (200, false));
    assert_eq!(ask(Method::HEAD).await, (status, length, Bytes::new()));
    // Clients check tokens like this.
    for (token, status) in [(cloud.running.token(), 200), ("no-token", 404)] {
        let check = cloud
            .request(Method::HEAD, "/v3/auth/tokens")
            .header("X-Subject-Token", token);
        assert_eq!(check.send().await.unwrap().status(), status);
    }
    let other = cloud.request(Method::HEAD, "/v2/P/instances/status");
    assert_eq!(other.send().await.unwrap().status(), 405);
}

/// The response to a request that goes on like this.
async fn exchange(cloud: &Cloud, rest_of_request: &[u8]) -> String {
    let url = cloud.running.url(Service::Dcs);
    let authority = url.strip_prefix("http://").unwrap();
    let (project, token) = (cloud.running.project_id(), cloud.running.token());
    let head = format!(
        "POST /v2/{project}/instances HTTP/1.1\r\nHost: {authority}\r\nX-Auth-Token: {token}\r\n"
    );
    let mut stream = TcpStream::connect(authority).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(rest_of_request).await.unwrap();
    let mut answer = Vec::new();
    // The simulator may close before it has read all, which some systems tell as a reset.
    while !answer.ends_with(b"}")
        && stream
            .read_buf(&mut answer)
            .await
            .is_ok_and(|read| read > 0)
    {}
    String::from_utf8(answer).unwrap()
}

#[tokio::test]
async fn a_connection_with_an_unread_body_is_said_to_be_closed() {
    let cloud = cloud().await;
    let length = 1024 * 1024 + 1;
    let large = format!("Content-Length: {length}\r\n\r\n{}", " ".repeat(length));
    let broken = "Transfer-Encoding: chunked\r\n\r\nno length\r\n{}\r\n0\r\n\r\n";
    for (rest, status, code) in [
        (large.as_str(), "413 Payload Too Large", "APIGW.0201"),
        (broken, "400 Bad Request", "DCS.4005"),
    ] {
        let answer = exchange(&cloud, rest.as_bytes()).await;
        let first = format!("HTTP/1.1 {status}\r\n");
        assert!(answer.starts_with(&first), "{answer}");
        assert!(answer.contains("\r\nconnection: close\r\n"), "{answer}");
        assert!(answer.contains(code), "{answer}");
    }
    assert_eq!(cloud.running.deviations(), [""; 0]);
}
