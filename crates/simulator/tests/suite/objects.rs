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

#[tokio::test]
async fn a_store_misbehaves_in_every_way_when_a_part_is_asked_for() {
    let cloud = start(builder().databases(0, 0, 0).log_size(5_000..=5_000)).await;
    let link = cloud.run_log_link().await;
    let old = cloud.running.objects()[0].bytes();
    let tag = cloud.running.objects()[0].etag();
    let get = |fault: &str| {
        let faults = vec![fault.parse().unwrap()];
        cloud.running.set_faults(faults).unwrap();
        let request = cloud.client.get(&link).header("Range", "bytes=1000-");
        let request = request.header("If-Range", &tag);
        async {
            let response = request.send().await.unwrap();
            let header = |name: &str| {
                let value = response.headers().get(name);
                value.map(|value| value.to_str().unwrap().to_owned())
            };
            let (range, etag) = (header("content-range"), header("etag"));
            let status = response.status().as_u16();
            assert_eq!(cloud.running.idle_faults(), [""; 0]);
            (status, range, etag, response.bytes().await.unwrap())
        }
    };
    let range = |text: &str| Some(text.to_owned());

    let (status, _, _, body) = get("download:no-range").await;
    assert!(status == 200 && body == old);
    let (status, at, _, body) = get("download:wrong-range").await;
    assert_eq!((status, at), (206, range("bytes 984-4983/5000")));
    assert!(body == old[984..4984]);
    let (status, at, ..) = get("download:416").await;
    assert_eq!((status, at), (416, range("bytes */5000")));
    let (status, at, ..) = get("download:416:at=1000").await;
    assert_eq!((status, at), (416, range("bytes */1000")));
    let (status, at, etag, body) = get("download:no-etag").await;
    assert_eq!((status, at), (206, range("bytes 1000-4999/5000")));
    assert!(etag.is_none() && body == old[1000..]);

    let (status, _, etag, body) = get("download:changed").await;
    let new = cloud.running.objects()[0].bytes();
    assert!(new != old && new.len() == old.len());
    assert_ne!(etag.as_ref(), Some(&tag));
    assert!(status == 200 && body == new, "If-Range has the old tag");
    let (status, at, other, body) = get("download:no-if-range").await;
    assert_eq!((status, at), (206, range("bytes 1000-4999/5000")));
    assert!(body == new[1000..] && other == etag);
}

#[tokio::test]
async fn a_file_comes_without_a_length() {
    let cloud = start(builder().databases(0, 0, 0).log_size(5_000..=5_000)).await;
    let link = cloud.run_log_link().await;
    let whole = cloud.running.objects()[0].bytes();
    for (fault, version, chunked, length) in [
        ("download:chunked", "HTTP/1.1", true, Some(5_000)),
        ("download:no-length", "HTTP/1.0", false, Some(5_000)),
        // Nothing tells that this is not all of it.
        ("download:no-length:at=1000", "HTTP/1.0", false, Some(1_000)),
        ("download:chunked:at=1000", "HTTP/1.1", true, None),
    ] {
        let faults = vec![fault.parse().unwrap()];
        cloud.running.set_faults(faults).unwrap();
        let response = cloud.client.get(&link).send().await.unwrap();
        assert_eq!(format!("{:?}", response.version()), version, "{fault}");
        let headers = response.headers();
        assert!(!headers.contains_key("content-length"), "{fault}");
        assert_eq!(headers.contains_key("transfer-encoding"), chunked);
        let body = response.bytes().await.ok();
        assert_eq!(body.as_ref().map(|body| body.len()), length, "{fault}");
        assert!(body.is_none_or(|body| whole.starts_with(&body)), "{fault}");
    }
}
