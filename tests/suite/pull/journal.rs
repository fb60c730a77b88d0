//! A small cloud whose logs are lists of entries, and whose clock is in the hands of the test.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use otcdb_core::clock::Clock;
use otcdb_core::config::{Environment, Layer, Settings};
use otcdb_core::{Result, RetryPolicy};
use otcdb_logs::{LogKind, ManifestEntry, Options, Puller, Summary};
use otcdb_stub::{Request, Response, Stub};
use serde_json::{Value, json};

/// The second at which stories begin: 2021-04-16T00:00:00Z, long ago for every clock. Times below count from here.
pub(super) const BEGIN: i64 = 1_618_531_200;
pub(super) const MINUTE: i64 = 60;
pub(super) const HOUR: i64 = 60 * MINUTE;
pub(super) const DAY: i64 = 24 * HOUR;

/// How a service shows entries.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Ways {
    /// Whether a span that is asked for has no entries of its last second.
    pub(super) half_open: bool,
    /// Whether entries of Redis have their place in the response as their number.
    pub(super) places: bool,
    /// Whether the newest entry comes first.
    pub(super) newest_first: bool,
    /// Whether responses are dated by the service's clock; else, this machine's own dates them, which no story goes by.
    pub(super) dates: bool,
}

#[derive(Debug, Default)]
struct Inner {
    /// What the clock of this machine shows, and that of the service.
    now: (i64, i64),
    /// Time, when it is shown first, and what it says.
    entries: Vec<(i64, i64, Value)>,
    ways: Ways,
    /// The spans that were asked for.
    asked: Vec<(i64, i64)>,
    /// How many pages may be answered before all fail.
    pages_left: Option<usize>,
}

/// The cloud.
pub(super) struct Journal {
    inner: Arc<Mutex<Inner>>,
    stub: Stub,
    pub(super) out: tempfile::TempDir,
    pub(super) options: Options,
}

impl Journal {
    pub(super) fn start(kind: LogKind) -> Self {
        let inner = Arc::new(Mutex::new(Inner::default()));
        let of_stub = Arc::clone(&inner);
        let stub = Stub::answering(move |request| answer(&of_stub, request));
        let out = tempfile::tempdir().unwrap();
        let mut options = Options::new(out.path());
        options.selection.kinds = vec![kind];
        let journal = Self {
            inner,
            stub,
            out,
            options,
        };
        journal.at(0);
        journal
    }

    pub(super) fn ways(self, ways: Ways) -> Self {
        self.inner.lock().unwrap().ways = ways;
        self
    }

    /// Sets both clocks.
    pub(super) fn at(&self, second: i64) {
        self.clocks(second, second);
    }

    /// Sets this machine's clock, and that of the service.
    pub(super) fn clocks(&self, here: i64, there: i64) {
        self.inner.lock().unwrap().now = (here, there);
    }

    /// An entry that the service shows from a time on.
    pub(super) fn late(&self, second: i64, shown: i64, what: Value) {
        let entry = (second, shown, what);
        self.inner.lock().unwrap().entries.push(entry);
    }

    /// An entry that the service shows at once.
    pub(super) fn entry(&self, second: i64, what: impl Into<Value>) {
        self.late(second, second, what.into());
    }

    /// Lets all pages fail but so many.
    pub(super) fn fail_after(&self, pages: Option<usize>) {
        self.inner.lock().unwrap().pages_left = pages;
    }

    /// The spans that were asked for since the last question, one for each list.
    pub(super) fn asked(&self) -> Vec<(i64, i64)> {
        let mut asked = std::mem::take(&mut self.inner.lock().unwrap().asked);
        asked.dedup();
        asked
    }

    /// Pulls the last so many seconds.
    pub(super) async fn pull(&self, since: i64) -> Summary {
        let summary = self.try_pull(since).await.unwrap();
        let failures = &summary.failures;
        assert!(failures.is_empty(), "{failures:?}");
        summary
    }

    pub(super) async fn try_pull(&self, since: i64) -> Result<Summary> {
        let variables = [
            ("OTCDB_TOKEN", "t"),
            ("OTCDB_REGION", "eu-de"),
            ("OTCDB_PROJECT_ID", "0123456789abcdef0123456789abcdef"),
            ("OTCDB_ENDPOINT", &self.stub.url()),
        ];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let absent = |_: &Path| Err(std::io::ErrorKind::NotFound.into());
        let environment = Environment::new(variables, None, absent);
        let inner = Arc::clone(&self.inner);
        let session = Settings::discover(Layer::new(), &environment)?
            .session()?
            .retry(
                RetryPolicy::default()
                    .first_pause(Duration::from_millis(1))
                    .longest_pause(Duration::from_millis(2)),
            )
            .clock(Clock::new(move || {
                let second = BEGIN + inner.lock().unwrap().now.0;
                jiff::Timestamp::from_second(second).unwrap()
            }))
            .build()?;
        let mut options = self.options.clone();
        options.since = Duration::from_secs(since.try_into().unwrap());
        Puller::new(&session, options).run().await
    }

    /// What the entries of all files say, each with how often it is there.
    pub(super) fn there(&self) -> BTreeMap<String, usize> {
        let mut there = BTreeMap::new();
        for path in super::harness::files(self.out.path()) {
            let text = std::fs::read_to_string(self.out.path().join(&path)).unwrap();
            for line in text.lines() {
                let entry: Value = serde_json::from_str(line).unwrap();
                *there.entry(entry["content"].to_string()).or_default() += 1;
            }
        }
        there
    }

    /// Which entries are missing in the files, or are there too often: time, content, and how often too often.
    pub(super) fn differences(&self, from: i64, to: i64) -> Vec<(i64, String, isize)> {
        let mut found: BTreeMap<(i64, String), isize> = BTreeMap::new();
        for path in super::harness::files(self.out.path()) {
            let text = std::fs::read_to_string(self.out.path().join(&path)).unwrap();
            for line in text.lines() {
                let entry: Value = serde_json::from_str(line).unwrap();
                let time = entry.get("time").or(entry.get("start_time")).unwrap();
                let time = format!("{}Z", time.as_str().unwrap().trim_end_matches('Z'));
                let time: jiff::Timestamp = time.parse().unwrap();
                let key = (time.as_second() - BEGIN, entry["content"].to_string());
                *found.entry(key).or_default() += 1;
            }
        }
        let inner = self.inner.lock().unwrap();
        for (time, since, what) in &inner.entries {
            if from <= *time && *time < to && *since <= inner.now.1 {
                *found.entry((*time, what.to_string())).or_default() -= 1;
            }
        }
        found.retain(|_, count| *count != 0);
        found
            .into_iter()
            .map(|((time, what), count)| (time, what, count))
            .collect()
    }

    /// What the service shows now of a span, likewise.
    pub(super) fn shown(&self, from: i64, to: i64) -> BTreeMap<String, usize> {
        let inner = self.inner.lock().unwrap();
        let mut shown = BTreeMap::new();
        for (time, since, what) in &inner.entries {
            if from <= *time && *time < to && *since <= inner.now.1 {
                *shown.entry(what.to_string()).or_default() += 1;
            }
        }
        shown
    }

    /// The files, in order.
    pub(super) fn records(&self) -> Vec<ManifestEntry> {
        let path = self.out.path().join(otcdb_logs::MANIFEST);
        let text = std::fs::read_to_string(path).unwrap_or_default();
        let mut records: Vec<ManifestEntry> = text
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        records.sort_by_key(|record| record.from);
        records
    }
}

fn answer(inner: &Mutex<Inner>, request: &Request) -> Response {
    let mut inner = inner.lock().unwrap();
    let now = match inner.ways.dates {
        true => jiff::Timestamp::from_second(BEGIN + inner.now.1).unwrap(),
        false => jiff::Timestamp::now(),
    };
    let date = now.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    body(&mut inner, request).header("Date", &date)
}

fn body(inner: &mut Inner, request: &Request) -> Response {
    let path = request.path();
    let instances = path.ends_with("/instances");
    if instances && path.starts_with("/v2/") {
        let all = json!([{ "instance_id": "cache-1", "name": "cache" }]);
        return Response::json(200, json!({ "instance_num": 1, "instances": all }));
    }
    if instances {
        let all = json!([{ "id": "db-1", "name": "db", "datastore": { "type": "MySQL" } }]);
        return Response::json(200, json!({ "total_count": 1, "instances": all }));
    }
    match &mut inner.pages_left {
        Some(0) => return Response::empty(500),
        Some(left) => *left -= 1,
        None => {}
    }
    let is_redis = path.ends_with("/slowlog");
    let query: HashMap<String, String> = request.pairs().collect();
    let (from, to) = if is_redis {
        let second = |name: &str| query[name].parse::<i64>().unwrap() / 1000 - BEGIN;
        (second("start_time"), second("end_time"))
    } else {
        let second = |name: &str| {
            let time: jiff::Timestamp = query[name].parse().unwrap();
            time.as_second() - BEGIN
        };
        (second("start_date"), second("end_date"))
    };
    inner.asked.push((from, to));
    let (ways, now) = (inner.ways, inner.now.1);
    let last = if ways.half_open { to - 1 } else { to };
    let mut shown: Vec<_> = inner
        .entries
        .iter()
        .enumerate()
        .filter(|(_, (time, since, _))| (from..=last).contains(time) && *since <= now)
        .collect();
    shown.sort_by_key(|(_, (time, _, _))| *time);
    if ways.newest_first {
        shown.reverse();
    }
    let limit: usize = query["limit"].parse().unwrap();
    let offset: usize = query["offset"].parse().unwrap();
    let begin = if is_redis {
        offset
    } else {
        (offset - 1) * limit
    };
    let page = shown.iter().enumerate().skip(begin).take(limit);
    let page: Vec<_> = page
        .map(|(place, (number, (time, _, what)))| {
            let time = jiff::Timestamp::from_second(BEGIN + time).unwrap();
            if is_redis {
                let number = if ways.places { place } else { number + 1000 };
                json!({ "id": number, "start_time": time.to_string(), "content": what })
            } else {
                let time = time.strftime("%Y-%m-%dT%H:%M:%S").to_string();
                json!({ "time": time, "content": what })
            }
        })
        .collect();
    let total = shown.len();
    let body = if is_redis {
        json!({ "total_num": total, "slowlogs": page })
    } else {
        json!({ "total_record": total, "error_log_list": page })
    };
    Response::json(200, body)
}
