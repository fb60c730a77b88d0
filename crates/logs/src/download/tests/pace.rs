//! Hosts that dawdle, and bodies that do not end.

use super::*;

#[tokio::test]
async fn a_byte_over_each_connection_is_no_progress() {
    let size = 100;
    let mut responses = vec![answer("200 OK", "etag: \"1\"\r\n", size, "x")];
    for at in 1..size {
        let range = format!(
            "etag: \"1\"\r\ncontent-range: bytes {at}-{}/{size}\r\n",
            size - 1
        );
        responses.push(answer("206 Partial Content", &range, size - at, "x"));
    }
    let host = Host::new(responses);
    let (result, file) = fetched(&host).await;
    assert_eq!(result.unwrap_err().kind(), ErrorKind::Connection);
    assert_eq!(file, None);
    assert_eq!(host.asked().len(), 3);
}

#[tokio::test]
async fn a_host_that_sends_next_to_nothing_is_left() {
    let head = answer("200 OK", "etag: \"1\"\r\n", 1 << 30, "");
    let host = Host::without_end(&head, "x", Duration::from_millis(5));
    let mut place = Place::new();
    (place.options.min_rate, place.options.min_rate_over) = (1 << 30, Duration::from_millis(50));
    let error = place.from(&host).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(error.to_string().contains("too slowly"), "{error}");
    assert!(error.hint().unwrap().contains("--min-rate"));
    assert_eq!(host.asked().len(), 3, "as often as any failure");
}

#[tokio::test]
async fn a_host_that_answers_nothing_is_left() {
    let host = Host::without_end("", "", Duration::from_millis(5));
    let mut place = Place::new();
    (place.options.min_rate, place.options.min_rate_over) = (1, Duration::from_millis(1000));
    place.options.attempts = 1;
    let error = place.from(&host).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
}

#[tokio::test]
async fn a_body_without_end_ends_in_an_error() {
    let chunked = "HTTP/1.1 200 OK\r\netag: \"1\"\r\ntransfer-encoding: chunked\r\n\r\n";
    let plain = "HTTP/1.1 200 OK\r\netag: \"1\"\r\nconnection: close\r\n\r\n";
    let long = "x".repeat(0x4000);
    let chunk = format!("4000\r\n{long}\r\n");
    let mut place = Place::new();
    place.options.max_file_size = 5000;
    for (head, more) in [(chunked, &chunk), (plain, &long)] {
        let host = Host::without_end(head, more, Duration::ZERO);
        let error = place.from(&host).await.unwrap_err();
        assert!(error.to_string().contains("5000 bytes at most"), "{error}");
        assert!(error.hint().unwrap().contains("--max-file-size"));
        assert_eq!((host.asked().len(), place.names()), (1, vec![]));
    }
    // What the service has announced is an end, too: in bytes where nothing else says where the file ends.
    place.options.max_file_size = u64::MAX;
    for (head, more) in [(chunked, &chunk), (plain, &long)] {
        let host = Host::without_end(head, more, Duration::ZERO);
        let error = place
            .fetch(&mut Announced(host.link(), 100))
            .await
            .unwrap_err();
        assert!(
            error.to_string().contains("the service has announced"),
            "{error}"
        );
        assert_eq!((host.asked().len(), place.names()), (1, vec![]));
    }
}

#[tokio::test]
async fn a_file_that_is_too_large_is_not_begun() {
    let host = Host::new(vec![answer("200 OK", "", 5001, "abc")]);
    let mut place = Place::new();
    place.options.max_file_size = 5000;
    let error = place.from(&host).await.unwrap_err();
    assert!(error.to_string().contains("5001 bytes long"), "{error}");
    assert_eq!((host.asked().len(), place.names()), (1, vec![]));
}
