//! Links, redirections, and what stores say of links.

use super::*;

#[tokio::test]
async fn a_redirection_is_followed_with_all_that_is_asked_for_and_without_credentials() {
    let other = Host::new(vec![answer(
        "206 Partial Content",
        "etag: \"1\"\r\ncontent-range: bytes 3-5/6\r\n",
        3,
        "def",
    )]);
    let moved = format!(
        "location: http://user:secret@{}/elsewhere?Signature=other\r\nset-cookie: a=b\r\n",
        other.0.address()
    );
    let host = Host::new(vec![
        answer("200 OK", "etag: \"1\"\r\n", 6, "abc"),
        answer("307 Temporary Redirect", &moved, 0, ""),
    ]);
    assert_eq!(fetched(&host).await.1.as_deref(), Some("abcdef"));
    let asked = other.asked();
    assert!(
        asked[0].starts_with("GET /elsewhere?Signature=other "),
        "{asked:?}"
    );
    assert!(
        asked[0].contains("range: bytes=3-") && asked[0].contains("if-range: \"1\""),
        "{asked:?}"
    );
    for header in [
        "authorization",
        "cookie",
        "referer",
        "x-auth-token",
        "s3cret",
    ] {
        assert!(!asked[0].to_lowercase().contains(header), "{asked:?}");
    }
}

#[tokio::test]
async fn redirections_that_do_not_end_or_lead_where_no_link_may_are_errors() {
    let moved = |to: &str| answer("302 Found", &format!("location: {to}\r\n"), 0, "");
    let host = Host::new(vec![moved("/again")]);
    let error = fetched(&host).await.0.unwrap_err();
    assert!(error.to_string().contains("more than 5 times"), "{error}");
    assert!(!error.to_string().contains("s3cret"), "{error}");
    assert_eq!(host.asked().len(), 6);
    for to in [
        "http://169.254.169.254/latest",
        "http://localhost/x",
        "https://obs.example.com/f",
        "http://",
    ] {
        let host = Host::new(vec![moved(to)]);
        let error = fetched(&host).await.0.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UndocumentedResponse);
        assert!(error.to_string().contains("redirected"), "{error}");
        assert_eq!(host.asked().len(), 1, "it is not tried again");
    }
    // One that names no place is a response like any other.
    let host = Host::new(vec![answer("304 Not Modified", "", 0, "")]);
    assert!(fetched(&host).await.0.is_err());
}

#[tokio::test]
async fn a_link_to_where_no_link_may_lead_is_not_asked_for() {
    let place = Place::new();
    for link in [
        "http://169.254.169.254/latest",
        "https://[fe80::1]/f",
        "http://obs.example.com/f",
        "https://100.100.100.200/",
    ] {
        let error = place.fetch(&mut Fixed(link.into())).await.unwrap_err();
        assert!(error.to_string().contains("not followed"), "{error}");
        assert_eq!(place.names(), [""; 0]);
    }
}

#[tokio::test]
async fn what_a_store_says_of_a_link_decides_whether_another_one_helps() {
    let says = |status: &str, code: &str, message: &str| {
        let text = format!(
            "<?xml version='1.0'?><Error><Code>{code}</Code><Message>{message}</Message></Error>"
        );
        answer(
            status,
            "content-type: application/xml\r\n",
            text.len(),
            &text,
        )
    };
    let good = answer("200 OK", "", 3, "abc");
    for refusal in [
        says(
            "400 Bad Request",
            "ExpiredToken",
            "The provided token has expired.",
        ),
        says("400 Bad Request", "InvalidAccessKeyId", "no such key"),
        says(
            "400 Bad Request",
            "AuthorizationError",
            "Request has expired",
        ),
        says("403 Forbidden", "AccessDenied", "Request has expired"),
        says("403 Forbidden", "SomethingNew", ""),
        answer("403 Forbidden", "", 0, ""),
        says("401 Unauthorized", "X", ""),
        answer("410 Gone", "", 0, ""),
    ] {
        let host = Host::new(vec![refusal.clone(), refusal.clone(), good.clone()]);
        let place = Place::new();
        let mut origin = Counting(host.link(), 0);
        whole(place.fetch(&mut origin).await);
        assert_eq!(origin.1, 2, "{refusal}");
        // Not for ever.
        let host = Host::new(vec![refusal.clone()]);
        let mut origin = Counting(host.link(), 0);
        assert!(place.fetch(&mut origin).await.is_err());
        assert_eq!((origin.1, host.asked().len()), (3, 4), "{refusal}");
    }
    for (refusal, kind) in [
        (
            says("403 Forbidden", "RequestTimeTooSkewed", "why it is so"),
            ErrorKind::Permission,
        ),
        (
            says("403 Forbidden", "InvalidObjectState", "why it is so"),
            ErrorKind::Permission,
        ),
        (
            says("404 Not Found", "NoSuchKey", "why it is so"),
            ErrorKind::NotFound,
        ),
        (
            says("400 Bad Request", "InvalidArgument", "why it is so"),
            ErrorKind::InvalidArgument,
        ),
    ] {
        let host = Host::new(vec![refusal]);
        let place = Place::new();
        let mut origin = Counting(host.link(), 0);
        let error = place.fetch(&mut origin).await.unwrap_err();
        assert_eq!((error.kind(), origin.1, host.asked().len()), (kind, 0, 1));
        assert_eq!(error.service_message(), Some("why it is so"));
        assert!(error.to_string().contains(error.code().unwrap()), "{error}");
    }
    // Some say with 400 that they were busy.
    let host = Host::new(vec![says("400 Bad Request", "RequestTimeout", ""), good]);
    assert_eq!(fetched(&host).await.1.as_deref(), Some("abc"));
}
