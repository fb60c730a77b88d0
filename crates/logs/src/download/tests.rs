//! Downloads from hosts that do what they should not.

use std::sync::Mutex;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::request::url_of;
use super::*;

/// A host that answers with each of these texts once, then with the last one for ever, and closes after each.
struct Host {
    address: std::net::SocketAddr,
    requests: std::sync::Arc<Mutex<Vec<String>>>,
}

impl Host {
    async fn new(answers: Vec<String>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let requests = std::sync::Arc::new(Mutex::new(Vec::new()));
        let seen = std::sync::Arc::clone(&requests);
        tokio::spawn(async move {
            for number in 0.. {
                let (mut socket, _) = listener.accept().await.unwrap();
                let mut request = vec![0; 4096];
                let length = socket.read(&mut request).await.unwrap();
                seen.lock()
                    .unwrap()
                    .push(String::from_utf8_lossy(&request[..length]).into_owned());
                let answer = &answers[number.min(answers.len() - 1)];
                socket.write_all(answer.as_bytes()).await.unwrap();
                socket.shutdown().await.unwrap();
            }
        });
        Self { address, requests }
    }

    fn asked(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

struct Fixed(Secret);

impl Origin for Fixed {
    fn id(&self) -> &'static str {
        "the log"
    }

    async fn link(&mut self, _: bool) -> Result<Secret> {
        Ok(self.0.clone())
    }
}

struct Unseen;

impl Progress for Unseen {
    fn started(&self, _: u64, _: Option<u64>) {}
    fn advanced(&self, _: u64) {}
    fn restarted(&self) {}
}

/// An answer with a body that is shorter than its head says, if `sent` is.
fn answer(status: &str, headers: &str, length: usize, sent: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\nconnection: close\r\n{headers}content-length: {length}\r\n\r\n{sent}"
    )
}

/// A folder, and how files are fetched to it: from this machine, without long pauses.
struct Place {
    files: Files,
    options: Options,
    destinations: Destinations,
    client: reqwest::Client,
    _folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut options = Options::new(folder.path());
        options.backoff = Duration::from_millis(1);
        options.attempts = 3;
        let session = otcdb_core::Session::builder(
            otcdb_core::Credentials::Token("t".into()),
            otcdb_core::Region::new("eu-de").unwrap(),
        )
        .endpoints(otcdb_core::Endpoints::all_at("http://127.0.0.1:1").unwrap())
        .build()
        .unwrap();
        Self {
            files: Files::new(folder.path(), options.file_mode),
            options,
            destinations: session.destinations().clone(),
            client: session.download_client().clone(),
            _folder: folder,
        }
    }

    async fn fetch(&self, origin: &mut impl Origin) -> Result<Fetched> {
        let store = Store {
            client: &self.client,
            destinations: &self.destinations,
            files: &self.files,
            options: &self.options,
        };
        fetch(&store, origin, "log", |path| path, &Unseen).await
    }

    async fn from(&self, host: &Host) -> Result<Fetched> {
        self.fetch(&mut Fixed(format!("http://{}/log", host.address).into()))
            .await
    }

    fn content(&self, name: &str) -> Option<String> {
        std::fs::read_to_string(self.files.full(name)).ok()
    }

    fn names(&self) -> Vec<String> {
        self.files.names("").unwrap()
    }
}

/// Fetches from a host, and gives the outcome and the content of the file, if there is one.
async fn fetched(host: &Host) -> (Result<Fetched>, Option<String>) {
    let place = Place::new();
    (place.from(host).await, place.content("log"))
}

#[tokio::test]
async fn a_cut_download_is_continued_where_it_stopped() {
    let host = Host::new(vec![
        answer("200 OK", "etag: \"1\"\r\n", 6, "abc"),
        answer(
            "206 Partial Content",
            "etag: \"1\"\r\ncontent-range: bytes 3-5/6\r\n",
            3,
            "def",
        ),
    ])
    .await;
    assert_eq!(fetched(&host).await.1.as_deref(), Some("abcdef"));
    let asked = host.asked();
    assert!(
        asked[1].contains("range: bytes=3-") && asked[1].contains("if-range: \"1\""),
        "{asked:?}"
    );
}

#[tokio::test]
async fn the_rest_of_another_file_is_not_appended() {
    let whole = answer("200 OK", "etag: \"2\"\r\n", 6, "ABCDEF");
    for other in [
        "etag: \"2\"\r\ncontent-range: bytes 3-5/6\r\n",
        "etag: \"1\"\r\ncontent-range: bytes 3-5/9\r\n",
        "etag: \"1\"\r\ncontent-range: bytes 2-4/6\r\n",
    ] {
        let host = Host::new(vec![
            answer("200 OK", "etag: \"1\"\r\n", 6, "abc"),
            answer("206 Partial Content", other, 3, "DEF"),
            whole.clone(),
        ])
        .await;
        assert_eq!(
            fetched(&host).await.1.as_deref(),
            Some("ABCDEF"),
            "{other:?}"
        );
    }
}

#[tokio::test]
async fn the_end_of_another_file_is_not_taken_for_the_end_of_this_one() {
    let whole = answer("200 OK", "etag: \"2\"\r\n", 6, "ABCDEF");
    let cut = answer("200 OK", "etag: \"1\"\r\n", 6, "abc");
    // Three bytes of a chunk of six: nothing has said how long the file is.
    let chunk = "HTTP/1.1 200 OK\r\nconnection: close\r\netag: \"1\"\r\ntransfer-encoding: chunked\r\n\r\n6\r\nabc";
    for begun in [cut, chunk.to_owned()] {
        for range in [
            "content-range: bytes */3\r\n",
            "content-range: bytes */*\r\n",
            "",
        ] {
            let refused = answer("416 Range Not Satisfiable", range, 0, "");
            let host = Host::new(vec![begun.clone(), refused, whole.clone()]).await;
            assert_eq!(
                fetched(&host).await.1.as_deref(),
                Some("ABCDEF"),
                "{begun:?} {range:?}"
            );
            assert!(host.asked()[1].contains("range: bytes=3-"));
        }
    }
}

#[tokio::test]
async fn a_rest_without_the_tag_that_was_asked_for_is_not_appended() {
    let host = Host::new(vec![
        answer("200 OK", "etag: \"1\"\r\n", 6, "abc"),
        answer(
            "206 Partial Content",
            "content-range: bytes 3-5/6\r\n",
            3,
            "DEF",
        ),
        answer("200 OK", "etag: \"2\"\r\n", 6, "ABCDEF"),
    ])
    .await;
    assert_eq!(fetched(&host).await.1.as_deref(), Some("ABCDEF"));
}

#[tokio::test]
async fn without_a_tag_a_download_begins_anew() {
    let host = Host::new(vec![
        answer("200 OK", "", 6, "abc"),
        answer("200 OK", "", 6, "ABCDEF"),
    ])
    .await;
    assert_eq!(fetched(&host).await.1.as_deref(), Some("ABCDEF"));
    assert!(!host.asked()[1].contains("range:"), "{:?}", host.asked());
}

#[tokio::test]
async fn a_file_without_a_length_is_not_taken_for_whole() {
    let host = Host::new(vec![
        "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nabc".to_owned(),
    ])
    .await;
    let (result, file) = fetched(&host).await;
    assert_eq!(result.unwrap_err().kind(), ErrorKind::UndocumentedAnswer);
    assert_eq!(file, None);
}

#[tokio::test]
async fn sending_the_beginning_again_and_again_is_no_progress() {
    let cut = |sent| answer("200 OK", "", 9, sent);
    let again: Vec<String> = (0..50)
        .map(|n| cut(if n % 2 == 0 { "abcdef" } else { "abc" }))
        .collect();
    let host = Host::new(again).await;
    let (result, file) = fetched(&host).await;
    assert_eq!(result.unwrap_err().kind(), ErrorKind::Connection);
    assert_eq!(file, None);
    assert!(host.asked().len() <= 4, "{} requests", host.asked().len());
}

#[tokio::test]
async fn an_error_says_status_and_request_id_and_how_long_to_wait() {
    let headers = "x-request-id: abc-123\r\nretry-after: 3600\r\n";
    let host = Host::new(vec![answer("503 Service Unavailable", headers, 0, "")]).await;
    let error = fetched(&host).await.0.unwrap_err();
    assert_eq!(error.status().map(|status| status.as_u16()), Some(503));
    assert_eq!(error.request_id(), Some("abc-123"));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(3600)));
    assert_eq!(host.asked().len(), 1, "an hour is not waited");
}

#[test]
fn a_link_without_a_scheme_is_https_but_on_this_machine() {
    let place = Place::new();
    let scheme = |link: &str| {
        let url = url_of(&link.into(), &place.destinations);
        url.map(|url| url.scheme().to_owned()).ok()
    };
    assert_eq!(
        scheme("bucket.example.com:443/f?Signature=s").as_deref(),
        Some("https")
    );
    assert_eq!(scheme("127.0.0.1:8080/f").as_deref(), Some("http"));
    assert_eq!(
        scheme("http://bucket.example.com/f").as_deref(),
        Some("http")
    );
    assert_eq!(scheme("127.0.0.1.example.com/f").as_deref(), Some("https"));
    for bad in ["", "file:///etc/passwd", "****.com:443/x", "ftp://host/x"] {
        let error = url_of(&bad.into(), &place.destinations);
        assert!(error.is_err() || bad.starts_with('*'), "{bad}");
    }
}

#[test]
fn pauses_grow_to_a_bound() {
    let base = Duration::from_millis(100);
    assert!(pause(base, 1) <= base);
    assert!(
        pause(base, 40) <= Duration::from_secs(30) && pause(base, 40) >= Duration::from_secs(15)
    );
}
