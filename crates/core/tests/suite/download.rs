//! Files at presigned links.

use std::time::Duration;

use futures_util::TryStreamExt as _;
use otcdb_core::{Download, ErrorKind, Result, Secret, Session};
use otcdb_stub::{Response, Stub};

use crate::fixture::with_token;

const CONTENT: &str = "0123456789";

/// The whole file, with a tag.
fn whole(tag: &str) -> Response {
    Response::bytes(200, "text/plain", CONTENT).header("ETag", tag)
}

/// What is missing from a byte on.
fn rest(tag: &str, from: usize) -> Response {
    Response::bytes(206, "text/plain", &CONTENT[from..])
        .header("ETag", tag)
        .header("Content-Range", &format!("bytes {from}-9/10"))
}

fn link(server: &Stub) -> Secret {
    format!("{}/f?Signature=s3cret", server.url()).into()
}

fn download(server: &Stub) -> Download {
    let download = with_token(server).download(&link(server));
    download.backoff(Duration::from_millis(1))
}

async fn text(download: Download) -> Result<String> {
    let bytes = download.bytes().await?;
    Ok(String::from_utf8(bytes.to_vec()).unwrap())
}

#[tokio::test]
async fn a_file_is_a_stream_that_can_be_sent_and_held_anywhere() {
    fn holds_nothing<T: Unpin + Send + 'static>(_: &T) {}
    let server = Stub::in_turn([whole("\"1\""), whole("\"1\"")]);
    let mut content = download(&server);
    holds_nothing(&content);
    let mut all = Vec::new();
    while let Some(bytes) = content.try_next().await.unwrap() {
        all.extend_from_slice(&bytes);
    }
    assert_eq!(all, CONTENT.as_bytes());
    // At the end it stays at the end, and nothing is asked again.
    assert_eq!(content.try_next().await.unwrap(), None);
    assert_eq!(server.count(), 1);
    let chunks: Vec<_> = download(&server).try_collect().await.unwrap();
    assert_eq!(chunks.concat(), CONTENT.as_bytes());
}

#[tokio::test]
async fn a_link_without_a_scheme_is_completed_and_carries_no_credential() {
    let server = Stub::in_turn([whole("\"1\"")]);
    let link = Secret::from(format!("{}/f?Signature=s3cret", server.address()));
    let session = with_token(&server);
    assert_eq!(text(session.download(&link)).await.unwrap(), CONTENT);
    let asked = server.requests().remove(0);
    assert_eq!(asked.target, "/f?Signature=s3cret");
    for header in ["x-auth-token", "authorization", "cookie", "referer"] {
        assert_eq!(asked.header(header), None);
    }
}

#[tokio::test]
async fn what_was_lost_is_asked_for_and_nothing_comes_twice() {
    // From a store that gives parts, and from one that does not but says that the file is the same.
    for second in [rest("\"1\"", 4), whole("\"1\"")] {
        let server = Stub::in_turn([whole("\"1\"").cut_at(4), second]);
        assert_eq!(text(download(&server)).await.unwrap(), CONTENT);
        let asked = server.requests().remove(1);
        assert_eq!(asked.header("range"), Some("bytes=4-"));
        assert_eq!(asked.header("if-range"), Some("\"1\""));
    }
    // Before anything came, all is asked for.
    let server = Stub::in_turn([Response::close(), Response::empty(503), whole("\"1\"")]);
    assert_eq!(text(download(&server)).await.unwrap(), CONTENT);
    assert_eq!(server.requests()[2].header("range"), None);
}

#[tokio::test]
async fn the_rest_of_another_file_is_an_error() {
    for (second, says) in [
        (whole("\"2\""), "has changed"),
        (rest("\"2\"", 4), "has changed"),
    ] {
        let server = Stub::in_turn([whole("\"1\"").cut_at(4), second]);
        let error = text(download(&server)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UndocumentedResponse, "{error}");
        assert!(error.hint().unwrap().contains(says), "{error:?}");
        assert_eq!(server.count(), 2);
    }
    // Without a tag nobody could tell.
    let untagged = Response::bytes(200, "text/plain", CONTENT).cut_at(4);
    let server = Stub::in_turn([untagged]);
    let error = text(download(&server)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connection, "{error}");
    assert!(error.hint().unwrap().contains("no ETag"), "{error:?}");
    assert_eq!(server.count(), 1);
}

#[tokio::test]
async fn a_refusal_is_told_with_what_the_store_says() {
    let said = "<Error><Code>NoSuchKey</Code><Message>it is gone</Message></Error>";
    let refusal = Response::bytes(404, "application/xml", said).header("x-obs-request-id", "r1");
    let server = Stub::in_turn([refusal]);
    let mut content = download(&server);
    let error = content.try_next().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert_eq!(error.status().map(|status| status.as_u16()), Some(404));
    assert_eq!(error.code(), Some("NoSuchKey"));
    assert_eq!(error.service_message(), Some("it is gone"));
    assert_eq!(error.request_id(), Some("r1"));
    assert!(
        !format!("{error} {error:?}").contains("s3cret"),
        "{error:?}"
    );
    // After an error it has ended.
    assert_eq!(content.try_next().await.unwrap(), None);
    assert_eq!(server.count(), 1);

    let server = Stub::in_turn(vec![Response::empty(500); 9]);
    let error = text(download(&server).attempts(3)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Service);
    assert_eq!(server.count(), 3);
}

#[tokio::test]
async fn a_page_in_place_of_a_file_and_one_that_is_too_large_are_errors() {
    let page = Response::bytes(200, "text/html", "<html>Please log in</html>");
    let server = Stub::in_turn([page]);
    let error = text(download(&server).attempts(1)).await.unwrap_err();
    assert!(
        error.to_string().contains("in place of the file"),
        "{error}"
    );
    let server = Stub::in_turn([whole("\"1\"")]);
    let error = text(download(&server).max_size(9)).await.unwrap_err();
    assert!(error.to_string().contains("9 bytes at most"), "{error}");
    assert!(error.hint().unwrap().contains("max_size"), "{error:?}");
}

#[tokio::test]
async fn a_link_to_where_no_link_may_lead_is_not_asked_for() {
    let server = Stub::in_turn([]);
    let session: Session = with_token(&server);
    for link in ["http://169.254.169.254/latest", "ftp://127.0.0.1/f", ""] {
        let error = text(session.download(&link.into())).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UndocumentedResponse, "{error}");
    }
}

#[tokio::test]
async fn another_link_takes_the_place_of_one_that_has_expired() {
    let expired = || Response::empty(403);
    let server = Stub::in_turn([
        expired(),
        whole("\"1\"").cut_at(4),
        expired(),
        rest("\"1\"", 4),
    ]);
    let next = format!("{}/g?Signature=other", server.url());
    let content = download(&server).renew(move || {
        let next = Secret::from(next.as_str());
        async move { Ok(next) }
    });
    assert_eq!(text(content).await.unwrap(), CONTENT);
    let paths: Vec<_> = server
        .requests()
        .iter()
        .map(|one| one.path().to_owned())
        .collect();
    assert_eq!(paths, ["/f", "/g", "/g", "/g"]);
    // Without it, the error says what to do.
    let server = Stub::in_turn([expired()]);
    let error = text(download(&server)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Permission);
    assert!(
        error
            .hint()
            .unwrap()
            .contains("ask the service for a new one")
    );
}

#[tokio::test]
async fn a_file_on_the_disk_is_whole_or_not_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("redis.log");
    let names = || {
        let names = std::fs::read_dir(folder.path()).unwrap();
        names
            .map(|one| one.unwrap().file_name())
            .collect::<Vec<_>>()
    };
    let server = Stub::in_turn([Response::bytes(200, "text/plain", CONTENT).cut_at(4)]);
    assert!(download(&server).to_file(&path).await.is_err());
    assert_eq!(names(), [""; 0]);
    let server = Stub::in_turn([whole("\"1\"").cut_at(4), rest("\"1\"", 4)]);
    assert_eq!(download(&server).to_file(&path).await.unwrap(), 10);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), CONTENT);
    assert_eq!(names(), ["redis.log"]);
    // What cannot be written is told, with its place.
    let nowhere = folder.path().join("none").join("redis.log");
    let server = Stub::in_turn([whole("\"1\"")]);
    let error = download(&server).to_file(&nowhere).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Storage);
    assert!(error.to_string().contains("redis.log"), "{error}");
}
