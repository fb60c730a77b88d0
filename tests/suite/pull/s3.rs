//! A store that speaks as S3 does and loses what a test says. Whether a real one takes the same requests is for another test.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::{Arc, Mutex};

use otcdb_core::credentials::AccessKey;
use otcdb_logs::{Bucket, MANIFEST, ManifestEntry};
use otcdb_stub::{Request, Response, Stub};

/// What goes wrong with the requests that it is for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Wrong {
    /// The store is busy.
    SlowDown,
    /// It refuses for good.
    Refused,
    /// It fails.
    Fails,
    /// The connection ends before anything is done.
    Cut,
    /// What was asked for is done, and nobody hears of it.
    DoneAndCut,
    /// The same, with an error in place of the answer.
    DoneAndFails,
}

/// Which requests: `put`, `put-manifest`, `begin`, `part`, `complete`, `abort`, `head`, `get`, `list`, or `any`.
#[derive(Clone, Debug)]
pub(super) struct Fault {
    pub(super) what: &'static str,
    pub(super) wrong: Wrong,
    /// How many requests go well before.
    pub(super) after: usize,
    pub(super) times: usize,
}

#[derive(Default)]
struct Store {
    objects: BTreeMap<String, Vec<u8>>,
    uploads: BTreeMap<String, (String, BTreeMap<usize, Vec<u8>>)>,
    begun: usize,
    faults: Vec<Fault>,
    happened: usize,
    ignores_conditions: bool,
}

/// The store, with one bucket.
pub(super) struct S3 {
    stub: Stub,
    store: Arc<Mutex<Store>>,
}

/// How many keys a page of a list has.
const PAGE: usize = 3;

impl S3 {
    pub(super) fn start() -> Self {
        let store: Arc<Mutex<Store>> = Arc::default();
        let answering = Arc::clone(&store);
        let stub = Stub::answering(move |request| answering.lock().unwrap().answer(request));
        Self { stub, store }
    }

    /// One that puts objects whatever conditions are named.
    pub(super) fn without_conditions(self) -> Self {
        self.store.lock().unwrap().ignores_conditions = true;
        self
    }

    pub(super) fn bucket(&self) -> Bucket {
        (Bucket::parse("s3://bucket/some/prefix").unwrap())
            .access_key(Some(AccessKey::new("AKIA", "the-secret-of-the-store")))
            .endpoint(self.stub.url())
            .allow_plain_http(true)
    }

    pub(super) fn set_faults(&self, faults: &[Fault]) {
        let mut store = self.store.lock().unwrap();
        store.faults = faults.to_vec();
        store.happened = 0;
    }

    /// How many faults have happened.
    pub(super) fn happened(&self) -> usize {
        self.store.lock().unwrap().happened
    }

    /// How many uploads in parts are neither over nor aborted.
    pub(super) fn left(&self) -> usize {
        self.store.lock().unwrap().uploads.len()
    }

    pub(super) fn requests(&self) -> usize {
        self.stub.count()
    }

    /// The keys without the prefix.
    pub(super) fn keys(&self) -> Vec<String> {
        let store = self.store.lock().unwrap();
        let keys = store.objects.keys();
        keys.map(|key| key.strip_prefix("some/prefix/").unwrap().to_owned())
            .collect()
    }

    /// Whether a manifest says that a file is on its way.
    pub(super) fn has_marks(&self) -> bool {
        let store = self.store.lock().unwrap();
        let texts = store.objects.values();
        texts
            .into_iter()
            .any(|text| String::from_utf8_lossy(text).contains("\"uploading\":true"))
    }

    pub(super) fn remove(&self, path: &str) {
        let mut store = self.store.lock().unwrap();
        store
            .objects
            .remove(&format!("some/prefix/{path}"))
            .unwrap();
    }

    /// Lays what is there out as an output folder.
    pub(super) fn lay_out(&self, folder: &Path) {
        let store = self.store.lock().unwrap();
        let mut manifest = String::new();
        for (key, content) in &store.objects {
            let path = key.strip_prefix("some/prefix/").unwrap();
            if path.contains("manifest") {
                for line in std::str::from_utf8(content).unwrap().lines() {
                    let Ok(mut record) = serde_json::from_str::<ManifestEntry>(line) else {
                        continue;
                    };
                    let is_coming = record.other.remove("uploading").is_some();
                    let is_there = store
                        .objects
                        .contains_key(&format!("some/prefix/{}", record.file));
                    if is_there || !is_coming {
                        let _ = writeln!(manifest, "{}", serde_json::to_string(&record).unwrap());
                    }
                }
            } else {
                let path = folder.join(path);
                std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                std::fs::write(path, content).unwrap();
            }
        }
        std::fs::write(folder.join(MANIFEST), manifest).unwrap();
    }
}

impl Store {
    fn answer(&mut self, request: &Request) -> Response {
        let query: BTreeMap<String, String> = request.pairs().collect();
        let key = request
            .path()
            .strip_prefix("/bucket")
            .unwrap()
            .trim_start_matches('/');
        let key = key.to_owned();
        let what = match (request.method.as_str(), query.contains_key("uploadId")) {
            ("GET", _) if query.contains_key("list-type") => "list",
            ("GET", _) => "get",
            ("HEAD", _) => "head",
            ("PUT", true) => "part",
            ("PUT", false) if key.contains("manifest") => "put-manifest",
            ("PUT", false) => "put",
            ("POST", true) => "complete",
            ("POST", false) => "begin",
            ("DELETE", _) => "abort",
            (other, _) => panic!("{other} is no request to a store"),
        };
        let wrong = self.wrong(what);
        match wrong {
            Some(Wrong::SlowDown) => return said(503, "SlowDown"),
            Some(Wrong::Refused) => return said(403, "AccessDenied"),
            Some(Wrong::Fails) => return said(500, "InternalError"),
            Some(Wrong::Cut) => return Response::close(),
            Some(Wrong::DoneAndCut | Wrong::DoneAndFails) | None => {}
        }
        let response = self.done(what, key, &query, request);
        match wrong {
            Some(Wrong::DoneAndCut) => Response::close(),
            Some(Wrong::DoneAndFails) => said(500, "InternalError"),
            _ => response,
        }
    }

    fn wrong(&mut self, what: &str) -> Option<Wrong> {
        let mut fits = self
            .faults
            .iter_mut()
            .filter(|fault| (fault.what == what || fault.what == "any") && fault.times > 0);
        let fault = fits.next()?;
        if fault.after > 0 {
            fault.after -= 1;
            return None;
        }
        fault.times -= 1;
        self.happened += 1;
        Some(fault.wrong)
    }

    fn done(
        &mut self,
        what: &str,
        key: String,
        query: &BTreeMap<String, String>,
        request: &Request,
    ) -> Response {
        match what {
            "list" => self.list(query),
            "get" | "head" => match self.objects.get(&key) {
                Some(content) => Response::bytes(200, "binary/octet-stream", content.clone())
                    .header("ETag", &tag(content))
                    .header("Last-Modified", "Sun, 22 Nov 2026 02:10:00 GMT")
                    .cut_at(if what == "head" { 0 } else { content.len() }),
                None => said(404, "NoSuchKey"),
            },
            "put" | "put-manifest" => {
                let there = self.objects.get(&key).map(|content| tag(content));
                let refused = match (request.header("if-match"), request.header("if-none-match")) {
                    _ if self.ignores_conditions => false,
                    (Some(wanted), _) => there.as_deref() != Some(wanted),
                    (None, Some(_)) => there.is_some(),
                    (None, None) => false,
                };
                if refused {
                    return said(412, "PreconditionFailed");
                }
                let tag = tag(&request.body);
                self.objects.insert(key, request.body.clone());
                Response::empty(200).header("ETag", &tag)
            }
            "begin" => {
                self.begun += 1;
                let id = format!("upload-{}", self.begun);
                let said = format!(
                    "<InitiateMultipartUploadResult><UploadId>{id}</UploadId></InitiateMultipartUploadResult>"
                );
                self.uploads.insert(id, (key, BTreeMap::new()));
                Response::bytes(200, "application/xml", said)
            }
            "part" => {
                let Some((_, parts)) = self.uploads.get_mut(&query["uploadId"]) else {
                    return said(404, "NoSuchUpload");
                };
                let number = query["partNumber"].parse().unwrap();
                parts.insert(number, request.body.clone());
                Response::empty(200).header("ETag", &tag(&request.body))
            }
            "complete" => {
                let Some((key, parts)) = self.uploads.remove(&query["uploadId"]) else {
                    return said(404, "NoSuchUpload");
                };
                let parts: Vec<_> = parts.into_values().collect();
                self.objects.insert(key, parts.concat());
                let said = "<CompleteMultipartUploadResult><ETag>\"0-2\"</ETag></CompleteMultipartUploadResult>";
                Response::bytes(200, "application/xml", said)
            }
            _ => {
                self.uploads.remove(&query["uploadId"]);
                Response::empty(204)
            }
        }
    }

    fn list(&self, query: &BTreeMap<String, String>) -> Response {
        let prefix = &query["prefix"];
        let after = query.get("continuation-token").cloned().unwrap_or_default();
        let mut found: BTreeMap<String, Option<usize>> = BTreeMap::new();
        for (key, content) in &self.objects {
            let Some(rest) = key.strip_prefix(prefix.as_str()) else {
                continue;
            };
            match rest.split_once('/') {
                Some((folder, _)) if query.contains_key("delimiter") => {
                    found.insert(format!("{prefix}{folder}/"), None);
                }
                _ => drop(found.insert(key.clone(), Some(content.len()))),
            }
        }
        let mut left = found.into_iter().filter(|(key, _)| *key > after);
        let page: Vec<_> = left.by_ref().take(PAGE).collect();
        let mut text = "<ListBucketResult>".to_owned();
        for (key, size) in &page {
            let _ = match size {
                Some(size) => write!(
                    text,
                    "<Contents><Key>{key}</Key><Size>{size}</Size><ETag>\"0\"</ETag><LastModified>2026-11-22T02:10:00.000Z</LastModified></Contents>"
                ),
                None => write!(
                    text,
                    "<CommonPrefixes><Prefix>{key}</Prefix></CommonPrefixes>"
                ),
            };
        }
        let more = left.next().is_some();
        if let (true, Some((last, _))) = (more, page.last()) {
            let _ = write!(
                text,
                "<NextContinuationToken>{last}</NextContinuationToken>"
            );
        }
        let _ = write!(text, "<IsTruncated>{more}</IsTruncated></ListBucketResult>");
        Response::bytes(200, "application/xml", text)
    }
}

fn said(status: u16, code: &str) -> Response {
    let text = format!("<Error><Code>{code}</Code><Message>it says {code}</Message></Error>");
    Response::bytes(status, "application/xml", text)
}

fn tag(content: &[u8]) -> String {
    use std::hash::{DefaultHasher, Hash as _, Hasher as _};
    let mut hasher = DefaultHasher::new();
    content.hash(&mut hasher);
    format!("\"{:016x}\"", hasher.finish())
}
