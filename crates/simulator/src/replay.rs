//! Answers from a recording instead of the simulator's own.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Mutex;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, StatusCode};
use otcdb_core::sync::unpoisoned;
use otcdb_openapi::{Description, Operation, Place, TIME};
use otcdb_recording::{Content, Exchange, Recording};

use crate::request::Request;
use crate::response::{Body, Response};
use crate::service_error;
use crate::spec::Service;

/// What stands for whatever project is asked for: clients cannot know the one of the recording, which is masked.
const ANY_PROJECT: &str = "{project_id}";

/// No more recorded requests are told of where one is unknown.
const TOLD: usize = 5;

/// What a request is known by again: method, path and query. The order of the query does not matter.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    service: Option<&'static str>,
    method: String,
    path: String,
    query: Vec<(String, String)>,
    /// The query but for times: who asks for what happened until now asks for another span in each run.
    untimed: Vec<(String, String)>,
}

/// Recorded responses, by their requests.
#[derive(Debug)]
pub(crate) struct Replay {
    answers: BTreeMap<Key, Vec<Exchange>>,
    turns: Mutex<BTreeMap<Key, usize>>,
}

impl Replay {
    pub(crate) fn new(recording: Recording) -> Self {
        let mut answers: BTreeMap<Key, Vec<Exchange>> = BTreeMap::new();
        // Links of the recording are masked and lead nowhere.
        let of_services = recording.exchanges.into_iter().filter(|one| !one.is_file);
        for exchange in of_services {
            let key = Key::of_exchange(&exchange);
            answers.entry(key).or_default().push(exchange);
        }
        Self {
            answers,
            turns: Mutex::default(),
        }
    }

    /// The recorded response to a request, each in its turn and the last one from then on; if there is none, that to the same
    /// request with other times in its query. One that was not recorded is refused
    /// with 404, unless it is one for a token or a project: of these the recording need not have any.
    pub(crate) fn answer(&self, service: Service, request: &Request) -> Option<Response> {
        let key = Key::of_request(service, request);
        let unknown = Key {
            service: None,
            ..key.clone()
        };
        for key in [key, unknown] {
            let of_other_times = || {
                self.answers
                    .keys()
                    .find(|known| known.is_but_for_times(&key))
            };
            let key = match self.answers.contains_key(&key) {
                true => key,
                false => of_other_times().unwrap_or(&key).clone(),
            };
            if let Some(all) = self.answers.get(&key) {
                let mut turns = unpoisoned(self.turns.lock());
                let turn = turns.entry(key).or_default();
                let exchange = all.get(*turn).or(all.last());
                *turn += 1;
                return exchange.map(response);
            }
        }
        let is_identity = service == Service::IDENTITY;
        (!is_identity).then(|| self.not_recorded(service, request))
    }

    fn not_recorded(&self, service: Service, request: &Request) -> Response {
        let key = Key::of_request(service, request);
        let of_path = self
            .answers
            .keys()
            .filter(|known| known.path == key.path && known.method == key.method);
        let queries: Vec<String> = of_path
            .take(TOLD)
            .map(|known| shown(&known.query))
            .map(|query| match query.starts_with('?') {
                true => format!("with {query}"),
                false => query.trim_start().to_owned(),
            })
            .collect();
        let mut why = format!(
            "the recording has no {} {}{}",
            key.method,
            key.path,
            shown(&key.query)
        );
        if !queries.is_empty() {
            // Writing to a String does not fail.
            let _ = write!(why, "; it has the path {}", queries.join(" or "));
        }
        service_error::of_replay(service, &why, &request.id).because(why)
    }
}

impl Key {
    fn of_exchange(exchange: &Exchange) -> Self {
        let descriptions = Service::ALL.map(|service| (service, description(service)));
        let known: Vec<&Description> = descriptions.iter().filter_map(|(_, one)| *one).collect();
        let operation = exchange.operation(&known);
        let name = operation
            .map(|one| &*one.service)
            .or(exchange.service.as_deref());
        let service = Service::ALL
            .into_iter()
            .find(|one| Some(one.as_str()) == name);
        Self::new(
            service,
            exchange.method.clone(),
            &exchange.path(),
            exchange.query(),
            operation,
        )
    }

    fn of_request(service: Service, request: &Request) -> Self {
        let operation = description(service).and_then(|one| {
            one.at_path(&request.method, &request.path)
                .into_iter()
                .next()
        });
        let query = form_urlencoded::parse(request.query.as_deref().unwrap_or_default().as_bytes());
        Self::new(
            Some(service),
            request.method.to_string(),
            &request.path,
            query.into_owned().collect(),
            operation,
        )
    }

    fn new(
        service: Option<Service>,
        method: String,
        path: &str,
        mut query: Vec<(String, String)>,
        operation: Option<&Operation>,
    ) -> Self {
        let path = path.trim_end_matches('/');
        let project = operation.and_then(|operation| {
            let mut known = operation.path.split('/');
            known.position(|segment| segment == ANY_PROJECT)
        });
        let segments = path.split('/').enumerate().map(|(place, segment)| {
            if Some(place) == project {
                ANY_PROJECT
            } else {
                segment
            }
        });
        query.sort();
        let is_time = |name: &str| {
            let parameter = operation.and_then(|one| one.parameter(Place::Query, name));
            parameter.is_some_and(|one| one.schema.keyword(TIME).is_some())
        };
        let untimed = query.iter().filter(|(name, _)| !is_time(name));
        let untimed = untimed.cloned().collect();
        Self {
            service: service.map(Service::as_str),
            method,
            path: segments.collect::<Vec<_>>().join("/"),
            query,
            untimed,
        }
    }

    /// Whether two requests differ in nothing but the times in their queries.
    fn is_but_for_times(&self, other: &Self) -> bool {
        let names = |key: &Self| -> Vec<String> {
            key.query.iter().map(|(name, _)| name.clone()).collect()
        };
        self.service == other.service
            && self.method == other.method
            && self.path == other.path
            && self.untimed == other.untimed
            && names(self) == names(other)
    }
}

fn description(service: Service) -> Option<&'static Description> {
    otcdb_bundles::bundle(service.as_str()).ok()
}

fn shown(query: &[(String, String)]) -> String {
    if query.is_empty() {
        return " without a query".to_owned();
    }
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(query)
        .finish();
    format!("?{query}")
}

/// Headers of the way, which would not be true of this one.
const OF_THE_WAY: [&str; 5] = [
    "connection",
    "content-encoding",
    "content-length",
    "date",
    "transfer-encoding",
];

fn response(exchange: &Exchange) -> Response {
    let status = StatusCode::from_u16(exchange.status).unwrap_or(StatusCode::OK);
    let mut response = Response::empty(status);
    for (name, value) in &exchange.response_headers {
        let name = name.to_ascii_lowercase();
        let is_told = !OF_THE_WAY.contains(&name.as_str());
        if let (true, Ok(name), Ok(value)) = (
            is_told,
            HeaderName::try_from(name),
            HeaderValue::from_str(value),
        ) {
            response.headers.append(name, value);
        }
    }
    match &exchange.content {
        Content::Text(text) => response.body = Body::Bytes(Bytes::from(text.clone())),
        Content::LeftOut(size) => {
            response.detail = Some(format!("the body of {size} bytes was not recorded"));
        }
        // None, or one of a kind that is not known here.
        _ => {}
    }
    response
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, Method};
    use jiff::Timestamp;

    use super::*;

    fn exchange(path: &str, text: &str) -> Exchange {
        Exchange::new("GET", format!("https://rds.example.com{path}"), 200)
            .content(Content::Text(text.to_owned()))
    }

    fn asked(replay: &Replay, service: Service, target: &str) -> Option<(u16, String)> {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let request = Request {
            id: "r".to_owned(),
            now: Timestamp::UNIX_EPOCH,
            method: Method::GET,
            path: path.to_owned(),
            query: Some(query.to_owned()),
            headers: HeaderMap::new(),
            body: Bytes::new(),
        };
        let response = replay.answer(service, &request)?;
        let Body::Bytes(bytes) = &response.body else {
            return Some((response.status.as_u16(), String::new()));
        };
        Some((
            response.status.as_u16(),
            String::from_utf8_lossy(bytes).into_owned(),
        ))
    }

    #[test]
    fn each_answer_has_its_turn_and_the_last_one_stays() {
        let path = "/v3/abc/instances?limit=1&offset=0";
        let replay = Replay::new(Recording::new([
            exchange(path, "1"),
            exchange(path, "2"),
            exchange("/else/where", "3"),
        ]));
        let body = |target: &str| asked(&replay, Service::Rds, target).unwrap().1;
        assert_eq!(body("/v3/any/instances?offset=0&limit=1"), "1");
        assert_eq!(body("/v3/other/instances/?limit=1&offset=0"), "2");
        assert_eq!(body("/v3/any/instances?offset=0&limit=1"), "2");
        assert_eq!(body("/else/where"), "3", "also what is not described");
    }

    #[test]
    fn a_span_until_now_is_another_one_in_each_run() {
        let day = |day: u8| format!("2026-04-{day:02}T00:00:00%2B0000");
        let path = |id: &str, from: u8, limit: u8| {
            let (from, to) = (day(from), day(from + 1));
            format!(
                "/v3/p/instances/{id}/auditlog?start_time={from}&end_time={to}&offset=0&limit={limit}"
            )
        };
        let replay = Replay::new(Recording::new([
            exchange(&path("a", 1, 50), "1"),
            exchange(&path("a", 2, 50), "2"),
        ]));
        let status = |target: &str| asked(&replay, Service::Rds, target).unwrap().0;
        let body = |target: &str| asked(&replay, Service::Rds, target).unwrap().1;
        assert_eq!(
            body(&path("a", 2, 50)),
            "2",
            "the one with these times, if there is one"
        );
        assert_eq!(body(&path("a", 9, 50)), "1");
        assert_eq!(status(&path("a", 9, 10)), 404);
        assert_eq!(status(&path("b", 9, 50)), 404);
        assert_eq!(status(&format!("{}&x=1", path("a", 9, 50))), 404);
    }

    #[test]
    fn what_was_not_recorded_is_not_there_and_says_so() {
        let replay = Replay::new(Recording::new([exchange("/v3/abc/instances?limit=1", "1")]));
        let (status, body) = asked(&replay, Service::Rds, "/v3/x/instances?limit=2").unwrap();
        assert_eq!(status, 404);
        assert!(
            body.contains("the recording has no GET /v3/{project_id}/instances?limit=2; it has the path with ?limit=1"),
            "{body}"
        );
        let (_, body) = asked(&replay, Service::Rds, "/v3/x/instances/").unwrap();
        assert!(body.contains("instances without a query; it has the path with ?limit=1"));
        assert_eq!(
            asked(&replay, Service::Dcs, "/v3/x/instances?limit=1")
                .unwrap()
                .0,
            404
        );
        assert_eq!(asked(&replay, Service::IDENTITY, "/v3/projects"), None);
    }
}
