//! Downloads from hosts that do what they should not.

use std::time::Duration;

use otcdb_stub::{Response, Stub};

use super::*;

mod links;
mod pace;

/// A host that answers with each of these texts once, then with the last one for ever.
struct Host(Stub);

impl Host {
    fn new(mut responses: Vec<String>) -> Self {
        let stub = Stub::start();
        let last = Response::raw(responses.pop().unwrap());
        stub.any().in_turn(responses.into_iter().map(Response::raw));
        stub.any().with(last);
        Self(stub)
    }

    /// Answers with a text that is followed by another without end, with these pauses.
    fn without_end(answer: &str, more: &str, pause: Duration) -> Self {
        let response = Response::raw(answer).then_endlessly(more, pause);
        Self(Stub::answering(move |_| response.clone()))
    }

    fn link(&self) -> Secret {
        format!("{}/log?Signature=s3cret", self.0.url()).into()
    }

    /// The heads of the requests.
    fn asked(&self) -> Vec<String> {
        let requests = self.0.requests().into_iter();
        requests.map(|request| request.head).collect()
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

/// An origin whose service announces a size.
struct Announced(Secret, u64);

impl Origin for Announced {
    fn id(&self) -> &'static str {
        "the log"
    }

    fn size(&self) -> Option<u64> {
        Some(self.1)
    }

    async fn link(&mut self, _: bool) -> Result<Secret> {
        Ok(self.0.clone())
    }
}

/// An origin that counts how many new links it was asked for.
struct Counting(Secret, usize);

impl Origin for Counting {
    fn id(&self) -> &'static str {
        "the log"
    }

    async fn link(&mut self, fresh: bool) -> Result<Secret> {
        self.1 += usize::from(fresh);
        Ok(self.0.clone())
    }
}

struct Unseen;

impl Progress for Unseen {
    fn started(&self, _: u64, _: Option<u64>) {}
    fn advanced(&self, _: u64) {}
    fn restarted(&self) {}
}

/// A response with a body that is shorter than its head says, if `sent` is.
fn answer(status: &str, headers: &str, length: usize, sent: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\nconnection: close\r\n{headers}content-length: {length}\r\n\r\n{sent}"
    )
}

/// A folder, and how files are fetched to it: from this machine, without long pauses.
struct Place {
    files: Files,
    options: Options,
    session: Session,
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
            session,
            _folder: folder,
        }
    }

    async fn fetch(&self, origin: &mut impl Origin) -> Result<Fetched> {
        let store = Store {
            session: &self.session,
            files: &self.files,
            options: &self.options,
            attempts: self.options.attempts,
        };
        fetch(&store, origin, "log", |path| path, &Unseen).await
    }

    async fn from(&self, host: &Host) -> Result<Fetched> {
        self.fetch(&mut Fixed(host.link())).await
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
    ]);
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
        ]);
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
            let host = Host::new(vec![begun.clone(), refused, whole.clone()]);
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
    ]);
    assert_eq!(fetched(&host).await.1.as_deref(), Some("ABCDEF"));
}

#[tokio::test]
async fn without_a_tag_a_download_begins_anew() {
    let host = Host::new(vec![
        answer("200 OK", "", 6, "abc"),
        answer("200 OK", "", 6, "ABCDEF"),
    ]);
    assert_eq!(fetched(&host).await.1.as_deref(), Some("ABCDEF"));
    assert!(!host.asked()[1].contains("range:"), "{:?}", host.asked());
}

#[tokio::test]
async fn a_file_without_a_length_is_not_taken_for_whole() {
    let host = Host::new(vec![
        "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nabc".to_owned(),
    ]);
    let (result, file) = fetched(&host).await;
    assert_eq!(result.unwrap_err().kind(), ErrorKind::UndocumentedResponse);
    assert_eq!(file, None);
}

#[tokio::test]
async fn sending_the_beginning_again_and_again_is_no_progress() {
    let cut = |sent| answer("200 OK", "", 9, sent);
    let again: Vec<String> = (0..50)
        .map(|n| cut(if n % 2 == 0 { "abcdef" } else { "abc" }))
        .collect();
    let host = Host::new(again);
    let (result, file) = fetched(&host).await;
    assert_eq!(result.unwrap_err().kind(), ErrorKind::Connection);
    assert_eq!(file, None);
    assert!(host.asked().len() <= 4, "{} requests", host.asked().len());
}

#[tokio::test]
async fn an_error_says_status_and_request_id_and_how_long_to_wait() {
    let headers = "x-request-id: abc-123\r\nretry-after: 3600\r\n";
    let host = Host::new(vec![answer("503 Service Unavailable", headers, 0, "")]);
    let error = fetched(&host).await.0.unwrap_err();
    assert_eq!(error.status().map(|status| status.as_u16()), Some(503));
    assert_eq!(error.request_id(), Some("abc-123"));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(3600)));
    assert_eq!(host.asked().len(), 1, "an hour is not waited");
}

/// Where a file is whole: its path and what is to be known of it.
fn whole(fetched: Result<Fetched>) -> (String, Vec<String>) {
    match fetched.unwrap() {
        Fetched::File { path, notes, .. } => (path, notes),
        Fetched::Nothing => panic!("there is no file"),
    }
}

const MD5_OF_ABC: &str = "etag: \"900150983cd24fb0d6963f7d28e17f72\"\r\n";

#[tokio::test]
async fn content_that_is_not_what_the_tag_says_is_fetched_again_and_never_kept() {
    let wrong = answer("200 OK", MD5_OF_ABC, 3, "abd");
    let host = Host::new(vec![wrong.clone(), answer("200 OK", MD5_OF_ABC, 3, "abc")]);
    assert_eq!(fetched(&host).await.1.as_deref(), Some("abc"));
    assert!(!host.asked()[1].contains("range:"), "{:?}", host.asked());

    let host = Host::new(vec![wrong]);
    let place = Place::new();
    let error = place.from(&host).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UndocumentedResponse);
    assert!(error.to_string().contains("MD5"), "{error}");
    assert_eq!(host.asked().len(), 3);
    assert_eq!(place.names(), [""; 0], "nothing is left of it");
}

#[tokio::test]
async fn a_checksum_holds_over_several_pieces() {
    let cut = answer("200 OK", MD5_OF_ABC, 3, "ab");
    let rest = |text| {
        let range = format!("{MD5_OF_ABC}content-range: bytes 2-2/3\r\n");
        answer("206 Partial Content", &range, 1, text)
    };
    let host = Host::new(vec![cut.clone(), rest("c")]);
    assert_eq!(fetched(&host).await.1.as_deref(), Some("abc"));
    let host = Host::new(vec![cut, rest("x"), answer("200 OK", MD5_OF_ABC, 3, "abc")]);
    assert_eq!(fetched(&host).await.1.as_deref(), Some("abc"));
    assert_eq!(host.asked().len(), 3);
}

#[tokio::test]
async fn where_the_store_encrypts_a_tag_that_is_no_checksum_is_only_noted() {
    for header in [
        "x-obs-server-side-encryption: kms",
        "X-Amz-Server-Side-Encryption-Customer-Algorithm: AES256",
    ] {
        let headers = format!("{MD5_OF_ABC}{header}\r\n");
        let host = Host::new(vec![answer("200 OK", &headers, 3, "xyz")]);
        let (_, notes) = whole(fetched(&host).await.0);
        assert!(
            notes.len() == 1 && notes[0].contains("encryption"),
            "{notes:?}"
        );
        let host = Host::new(vec![answer("200 OK", &headers, 3, "abc")]);
        assert_eq!(whole(fetched(&host).await.0).1, [""; 0]);
    }
    // A tag of another form promises nothing.
    let multipart = "etag: \"900150983cd24fb0d6963f7d28e17f72-1\"\r\n";
    let host = Host::new(vec![answer("200 OK", multipart, 3, "xyz")]);
    assert_eq!(whole(fetched(&host).await.0).1, [""; 0]);
}

#[tokio::test]
async fn a_file_that_is_packed_is_kept_so_and_named_for_it() {
    let packed = |encoding: &str| {
        answer(
            "200 OK",
            &format!("content-encoding: {encoding}\r\n"),
            3,
            "abc",
        )
    };
    let host = Host::new(vec![packed("gzip")]);
    let place = Place::new();
    let (path, notes) = whole(place.from(&host).await);
    assert_eq!(path, "log.gz");
    assert!(notes.len() == 1 && notes[0].contains("gzip"), "{notes:?}");
    assert_eq!(
        (place.names(), place.content("log.gz").as_deref()),
        (vec!["log.gz".to_owned()], Some("abc"))
    );
    assert!(
        !host.asked()[0].contains("accept-encoding"),
        "{:?}",
        host.asked()
    );

    let host = Host::new(vec![packed("identity")]);
    assert_eq!(whole(fetched(&host).await.0), ("log".to_owned(), vec![]));
    for (encoding, ending) in [
        ("GZip", ".gz"),
        ("br", ".br"),
        ("zstd", ".zst"),
        ("x-new", ".packed"),
    ] {
        let host = Host::new(vec![packed(encoding)]);
        assert_eq!(whole(fetched(&host).await.0).0, format!("log{ending}"));
    }
}

#[tokio::test]
async fn a_page_in_place_of_a_log_is_an_error_that_shows_it() {
    for (media, page) in [
        ("text/html", "<html>Please log in</html>"),
        ("application/json", r#"{"error_msg":"Please log in"}"#),
        ("text/plain", "<!doctype html><p>Please log in"),
        (
            "application/octet-stream",
            "<?xml version='1.0'?><Error><Code>Please log in</Code></Error>",
        ),
    ] {
        let headers = format!("content-type: {media}\r\netag: \"1\"\r\n");
        let host = Host::new(vec![answer("200 OK", &headers, page.len(), page)]);
        let place = Place::new();
        let error = place.from(&host).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UndocumentedResponse);
        assert!(
            error.to_string().contains("in place of the file"),
            "{error}"
        );
        assert!(
            error.excerpt().unwrap().contains("Please log in"),
            "{error:?}"
        );
        assert_eq!(place.names(), [""; 0]);
    }
}

#[tokio::test]
async fn nothing_is_a_file_only_where_it_is_proved() {
    let empty = |headers| answer("200 OK", headers, 0, "");
    // Nobody says that there is anything: that is believed at the second time, and asked again by the next run.
    let host = Host::new(vec![empty(
        "etag: \"d41d8cd98f00b204e9800998ecf8427e-1\"\r\n",
    )]);
    let place = Place::new();
    assert!(matches!(place.from(&host).await, Ok(Fetched::Nothing)));
    assert_eq!((host.asked().len(), place.names()), (2, vec![]));
    let host = Host::new(vec![empty(""), answer("200 OK", "", 3, "abc")]);
    assert_eq!(fetched(&host).await.1.as_deref(), Some("abc"));
    // The store, or the service, says so.
    let host = Host::new(vec![empty(
        "etag: \"d41d8cd98f00b204e9800998ecf8427e\"\r\n",
    )]);
    assert_eq!(fetched(&host).await.1.as_deref(), Some(""));
    let host = Host::new(vec![empty("")]);
    assert!(matches!(
        place.fetch(&mut Announced(host.link(), 0)).await,
        Ok(Fetched::File { .. })
    ));
    // One of them says otherwise.
    let host = Host::new(vec![empty("")]);
    let error = place
        .fetch(&mut Announced(host.link(), 5))
        .await
        .unwrap_err();
    assert!(error.to_string().contains("empty"), "{error}");
    let host = Host::new(vec![empty(MD5_OF_ABC)]);
    assert!(place.from(&host).await.is_err());
}

#[tokio::test]
async fn what_was_left_is_proved_before_it_is_continued() {
    let place = Place::new();
    let cut = answer("200 OK", "etag: \"1\"\r\n", 6, "abc");
    assert!(place.from(&Host::new(vec![cut])).await.is_err());
    assert_eq!(place.content("log.part").as_deref(), Some("abc"));
    // Zeros in place of bytes, as a file system may leave them.
    std::fs::write(place.files.full("log.part"), "a\0c").unwrap();
    let host = Host::new(vec![answer("200 OK", "etag: \"1\"\r\n", 6, "abcdef")]);
    whole(place.from(&host).await);
    assert_eq!(place.content("log").as_deref(), Some("abcdef"));
    assert!(!host.asked()[0].contains("range:"), "{:?}", host.asked());
}

/// Nobody waits for a thread that somebody who waits holds.
#[test]
fn many_downloads_end_with_a_single_thread_for_files() {
    const MANY: usize = 100;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(1)
        .build()
        .unwrap();
    runtime.block_on(async {
        let host = Host::new(vec![answer("200 OK", "etag: \"1\"\r\n", 3, "abc")]);
        let place = Place::new();
        let store = Store {
            session: &place.session,
            files: &place.files,
            options: &place.options,
            attempts: place.options.attempts,
        };
        let (store, host) = (&store, &host);
        let downloads = (0..MANY).map(|number| async move {
            let path = format!("log-{number}");
            // Whoever has nothing more to do with a file gives its turn back.
            let mut origin = Fixed(host.link());
            let fetched = fetch(store, &mut origin, &path, |path| path, &Unseen).await;
            fetched.map(drop)
        });
        let fetched = futures_util::future::join_all(downloads).await;
        assert!(fetched.iter().all(Result::is_ok), "{fetched:?}");
        assert_eq!(place.names().len(), MANY);
    });
}

#[tokio::test]
async fn another_size_than_the_service_announced_is_said() {
    let text = "x".repeat(3000);
    let host = Host::new(vec![answer("200 OK", "", text.len(), &text)]);
    let place = Place::new();
    for (announced, said) in [
        (3000, false),
        (0, false),
        (2, false),
        (3, false),
        (2999, true),
        (50, true),
    ] {
        let (_, notes) = whole(place.fetch(&mut Announced(host.link(), announced)).await);
        assert_eq!(notes.len(), usize::from(said), "{announced}: {notes:?}");
    }
}
