//! The object store.

use reqwest::{Method, StatusCode};

use crate::support::{builder, cloud, start};

#[tokio::test]
async fn a_file_is_served_whole_in_parts_and_as_a_head() {
    let cloud = start(builder().databases(0, 0, 0).log_size(200_000..=200_000)).await;
    let link = cloud.run_log_link().await;
    let whole = cloud.running.objects()[0].bytes();
    assert_eq!(whole.len(), 200_000);
    let send = |method: Method, range: Option<&str>| {
        let mut request = cloud.client.request(method, &link);
        if let Some(range) = range {
            request = request.header("Range", range);
        }
        async { request.send().await.unwrap() }
    };

    let response = send(Method::GET, None).await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-length"], "200000");
    assert_eq!(response.headers()["accept-ranges"], "bytes");
    assert_eq!(response.headers()["content-type"], "text/plain");
    let etag = response.headers()["etag"].to_str().unwrap().to_owned();
    assert!(response.bytes().await.unwrap() == whole);

    let part = send(Method::GET, Some("bytes=65530-131080")).await;
    assert_eq!(part.status(), StatusCode::PARTIAL_CONTENT);
    assert_eq!(part.headers()["content-range"], "bytes 65530-131080/200000");
    assert!(part.bytes().await.unwrap() == whole[65530..=131_080]);

    let outside = send(Method::GET, Some("bytes=200000-")).await;
    assert_eq!(outside.status(), StatusCode::RANGE_NOT_SATISFIABLE);
    assert_eq!(outside.headers()["content-range"], "bytes */200000");

    let head = send(Method::HEAD, None).await;
    assert_eq!(head.headers()["content-length"], "200000");
    assert_eq!(head.headers()["etag"].to_str().unwrap(), etag);

    for (tag, status) in [(etag.as_str(), 206), ("\"other\"", 200)] {
        let request = cloud.client.get(&link).header("Range", "bytes=10-");
        let response = request.header("If-Range", tag).send().await.unwrap();
        assert_eq!(response.status(), status, "{tag}");
    }
}

#[tokio::test]
async fn a_link_is_good_for_one_file_and_a_limited_time() {
    let cloud = cloud().await;
    let link = cloud.run_log_link().await;
    let get = |link: String| {
        let request = cloud.client.get(link);
        async {
            let response = request.send().await.unwrap();
            let status = response.status().as_u16();
            (status, response.text().await.unwrap())
        }
    };
    let (status, body) = get(link.replace(".log?", ".txt?")).await;
    assert_eq!(status, 403);
    assert!(
        body.contains("<Code>SignatureDoesNotMatch</Code>"),
        "{body}"
    );
    let bare = link.split('?').next().unwrap().to_owned();
    assert_eq!(get(bare).await.0, 403);
    cloud.advance(24 * 60 * 60 - 1);
    assert_eq!(get(link.clone()).await.0, 200);
    cloud.advance(1);
    let (status, body) = get(link).await;
    assert_eq!(status, 403);
    assert!(
        body.contains("<Code>AccessDenied</Code><Message>Request has expired"),
        "{body}"
    );
}

#[tokio::test]
async fn credentials_sent_to_the_store_are_refused() {
    let cloud = cloud().await;
    let link = cloud.run_log_link().await;
    for (name, value) in [
        ("X-Auth-Token", "t"),
        ("Authorization", "SDK-HMAC-SHA256 x"),
    ] {
        let request = cloud.client.get(&link).header(name, value);
        assert_eq!(request.send().await.unwrap().status(), 400, "{name}");
    }
    assert_eq!(cloud.client.get(&link).send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_file_of_several_gigabytes_is_reached_anywhere() {
    let size = 7_000_000_000;
    let cloud = start(builder().databases(0, 0, 0).log_size(size..=size)).await;
    let link = cloud.run_log_link().await;
    let range = format!("bytes={}-", size - 1_000);
    let request = cloud.client.get(&link).header("Range", range);
    let bytes = request.send().await.unwrap().bytes().await.unwrap();
    let file = cloud.running.objects().remove(0);
    let expected: Vec<u8> = file.chunks(size - 1_000..size).flatten().collect();
    assert_eq!(bytes, expected);
}
