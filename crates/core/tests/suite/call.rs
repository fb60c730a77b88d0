//! Calls as generated clients make them.

use std::time::Duration;

use futures_util::TryStreamExt as _;
use otcdb_core::call::{Begun, Call, Sending};
use otcdb_core::operation::{BodyMeta, LinkMeta, PageMeta, Parameter, Source};
use otcdb_core::page::{ByPage, Pager, Style};
use otcdb_core::waiter::{PollPolicy, Step, Waiter, WaiterMeta};
use otcdb_core::{
    Credentials, Endpoints, ErrorKind, Expect, ListMeta, OperationMeta, Region, Service, Session,
};
use otcdb_stub::{Response, Stub};
use reqwest::Method;
use serde_json::{Value, json};

use crate::fixture::{with_password, with_token};

const THING: Parameter = Parameter::path("thing_id");

static SHOW: OperationMeta = OperationMeta::new("ShowThing", "show_thing", Method::GET)
    .path("/v2/{project_id}/things/{thing_id}")
    .parameters(&[Parameter::path("project_id"), THING])
    .expect(Expect::JsonOrEmpty)
    .waiter(
        WaiterMeta::new(&[Step::Field("status")])
            .done(&["ON"])
            .failed(&["BROKEN"]),
    );

static CREATE: OperationMeta = OperationMeta::new("CreateThing", "create_thing", Method::POST)
    .path("/v2/{project_id}/kinds/{kind}/things")
    .parameters(&[
        Parameter::path("project_id"),
        Parameter::path("kind")
            .set_by("kind_")
            .choices(&["Big", "small"]),
        Parameter::query("dry_run"),
        Parameter::query("name").required(),
        Parameter::query("zone"),
        Parameter::header("X-Subject-Token")
            .set_by("x_subject_token")
            .required()
            .secret(),
    ])
    .body(
        BodyMeta::new("CreateThingRequest")
            .required()
            .choices(&[("mode", &["Ha", "Single"]), ("nodes.*.size", &["10", "20"])]),
    )
    .expect(Expect::Json)
    .finished(LinkMeta::new(
        &SHOW,
        &[
            ("project_id", Source::Parameter("project_id")),
            ("thing_id", Source::Response(&["/ids/0/id"])),
        ],
    ));

static LIST: OperationMeta = OperationMeta::new("ListLogs", "list_logs", Method::GET)
    .path("/v2/{project_id}/logs")
    .parameters(&[
        Parameter::path("project_id"),
        Parameter::query("limit").required(),
        Parameter::query("offset").required(),
    ])
    .expect(Expect::JsonOrEmpty)
    .list(
        ListMeta::new("page.logs", Some("total")).pages(PageMeta::new(
            Style::Index,
            "offset",
            "limit",
            100,
        )),
    )
    .waiter(
        WaiterMeta::new(&[Step::Each("page.logs"), Step::Field("status")])
            .done(&["done"])
            .failed(&["failed"]),
    );

static COLLECT: OperationMeta = OperationMeta::new("CollectLogs", "collect_logs", Method::POST)
    .path("/v2/{project_id}/logs")
    .parameters(&[Parameter::path("project_id")])
    .expect(Expect::Empty)
    .finished(LinkMeta::new(
        &LIST,
        &[("project_id", Source::Parameter("project_id"))],
    ));

fn call<T>(session: &Session, operation: &'static OperationMeta) -> Call<T> {
    Call::new(&session.service(Service::Rds), operation)
}

fn waiter() -> Waiter {
    let policy = PollPolicy::default().interval(Duration::from_millis(1));
    Waiter::new("the work", policy)
}

#[tokio::test]
async fn all_that_is_missing_or_wrong_is_told_at_once_and_nothing_is_sent() {
    let server = Stub::in_turn([]);
    let session = with_token(&server);
    let call = call::<Value>(&session, &CREATE).set("kind", "huge");
    let error = call.clone().send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    assert_eq!(error.operation(), Some("CreateThing"));
    let said = error.to_string();
    for part in [
        r#"kind_ is "huge", which has to be one of Big, small"#,
        "name is missing",
        "x_subject_token is missing",
        "body is missing, which is a CreateThingRequest",
    ] {
        assert!(said.contains(part), "no {part:?} in {said}");
    }
    assert!(!said.contains("zone"), "{said}");

    let call = call
        .set("kind", "Big")
        .set("name", "n")
        .set("x_subject_token", "t")
        .set("X-Subject-Token", "two\nlines-of-a-secret")
        .body(&std::collections::BTreeMap::from([((1, 2), 3)]));
    let said = call.clone().send().await.unwrap_err().to_string();
    for part in [
        "x_subject_token has characters that no header may have",
        "the body cannot be written as JSON",
        "there is no parameter x_subject_token",
    ] {
        assert!(said.contains(part), "no {part:?} in {said}");
    }
    for other in ["kind_", "lines-of-a-secret", "body is missing"] {
        assert!(!said.contains(other), "{said}");
    }
    let body = json!({ "mode": "ha", "nodes": [{ "size": 10 }, { "size": 15 }, {}] });
    let said = call.body(&body).send().await.unwrap_err().to_string();
    for part in [
        r#"body.mode is "ha", which has to be one of Ha, Single"#,
        r#"body.nodes[1].size is "15", which has to be one of 10, 20"#,
    ] {
        assert!(said.contains(part), "no {part:?} in {said}");
    }
    assert!(!said.contains("nodes[0]"), "{said}");
    assert_eq!(server.count(), 0);
}

#[tokio::test]
async fn no_argument_leads_to_another_path() {
    let server = Stub::answering(|_| Response::json(200, json!({})));
    let session = with_token(&server);
    for (id, says) in [
        ("", "thing_id is empty"),
        (".", "another path"),
        ("..", "another path"),
    ] {
        let call = call::<Value>(&session, &SHOW).set("thing_id", id);
        let error = call.send().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument);
        assert!(error.to_string().contains(says), "{error}");
    }
    assert_eq!(server.count(), 0);
    let id = "a/../b?c#d%2e e{project_id}ü";
    let call = call::<Value>(&session, &SHOW).set("thing_id", id);
    call.send().await.unwrap();
    assert_eq!(
        server.only().target,
        "/v2/p1/things/a%2F..%2Fb%3Fc%23d%252e%20e%7Bproject_id%7D%C3%BC"
    );
}

#[tokio::test]
async fn arguments_arrive_as_they_were_given() {
    let server =
        Stub::in_turn([Response::json(200, json!({"ids": []})).header("X-Request-Id", "r1")]);
    let session = with_token(&server);
    let call = call::<Value>(&session, &CREATE)
        .set("kind", "small")
        .set("name", "first")
        .set("name", "a b+c")
        .set_all("zone", ["one".to_owned(), "two".to_owned()])
        .set("X-Subject-Token", "a-token-that-hides")
        .body(&json!({"password": "hunter2-of-a-call"}));
    let shown = format!("{call:?}");
    assert!(
        shown.contains("a b+c") && shown.contains("CreateThing"),
        "{shown}"
    );
    for secret in ["hunter2", "a-token-that-hides"] {
        assert!(!shown.contains(secret), "{shown}");
    }
    let answer = call.send_with_meta().await.unwrap();
    assert_eq!(
        (answer.status.as_u16(), answer.request_id.as_deref()),
        (200, Some("r1"))
    );
    assert_eq!(answer["ids"], json!([]), "it derefs");
    let seen = server.only();
    assert_eq!(seen.method, "POST");
    assert_eq!(
        seen.target,
        "/v2/p1/kinds/small/things?name=a%20b%2Bc&zone=one&zone=two"
    );
    assert_eq!(seen.header("x-subject-token"), Some("a-token-that-hides"));
    assert_eq!(seen.header("content-type"), Some("application/json"));
    assert_eq!(seen.body, br#"{"password":"hunter2-of-a-call"}"#.to_vec());
}

#[tokio::test]
async fn the_project_is_the_sessions_unless_it_is_given() {
    let server = Stub::answering(|_| Response::json(200, json!({})));
    let session = with_token(&server);
    let show = || call::<Value>(&session, &SHOW).set("thing_id", "t");
    show().send().await.unwrap();
    show().set("project_id", "p2").send().await.unwrap();
    let targets: Vec<_> = server
        .requests()
        .into_iter()
        .map(|seen| seen.target)
        .collect();
    assert_eq!(targets, ["/v2/p1/things/t", "/v2/p2/things/t"]);

    let unknown = Stub::answering(|_| Response::json(200, json!({"projects": []})));
    let session = Session::builder(
        Credentials::Token("t".into()),
        Region::new("eu-de").unwrap(),
    )
    .endpoints(Endpoints::all_at(&unknown.url()).unwrap())
    .build()
    .unwrap();
    let error = call::<Value>(&session, &SHOW)
        .set("thing_id", "t")
        .send()
        .await
        .unwrap_err();
    assert!(
        error
            .hint()
            .is_some_and(|hint| hint.contains(".project_id(")),
        "{error:?}"
    );
}

#[tokio::test]
async fn successes_are_typed_and_errors_come_whole() {
    let outcome = async |step: Response| {
        let server = Stub::in_turn(vec![step.header("X-Request-Id", "r1"); 3]);
        let session = with_token(&server);
        call::<Option<Vec<u8>>>(&session, &SHOW)
            .set("thing_id", "t")
            .send()
            .await
    };
    assert_eq!(
        outcome(Response::json(200, json!([1]))).await.unwrap(),
        Some(vec![1])
    );
    assert_eq!(outcome(Response::empty(204)).await.unwrap(), None);
    let refused = json!({"error_code": "DBS.200022", "error_msg": "not running"});
    for (step, kind, code) in [
        (
            Response::json(409, refused.clone()),
            ErrorKind::Service,
            Some("DBS.200022"),
        ),
        (
            Response::json(200, refused),
            ErrorKind::UndocumentedResponse,
            Some("DBS.200022"),
        ),
        (
            Response::json(200, json!({"a": 1})),
            ErrorKind::UndocumentedResponse,
            None,
        ),
        (
            Response::bytes(502, "text/html", "<html>"),
            ErrorKind::Service,
            None,
        ),
    ] {
        let status = step.status().unwrap();
        let error = outcome(step).await.unwrap_err();
        assert_eq!((error.kind(), error.code()), (kind, code));
        assert_eq!(error.status().unwrap(), status);
        assert_eq!(error.request_id(), Some("r1"));
        assert_eq!(error.operation(), Some("ShowThing"));
        // `?` takes it anywhere.
        let boxed: Box<dyn std::error::Error + Send + Sync> = error.into();
        assert!(boxed.to_string().contains("ShowThing"));
    }
    let lost = outcome(Response::close()).await.unwrap_err();
    assert_eq!((lost.kind(), lost.status()), (ErrorKind::Connection, None));
    assert_eq!(lost.operation(), Some("ShowThing"));
}

/// A list of seven numbers.
fn seven() -> Stub {
    Stub::answering(|request| {
        let number = |name: &str| -> usize {
            let found = request.pairs().find(|(key, _)| key == name);
            found.unwrap().1.parse().unwrap()
        };
        let logs: Vec<_> = (0..7)
            .skip(number("offset"))
            .take(number("limit"))
            .collect();
        Response::json(200, json!({"page": {"logs": logs}, "total": 7}))
    })
}

fn limits(server: &Stub) -> Vec<String> {
    let requests = server.requests();
    let targets = requests
        .iter()
        .map(|seen| seen.target.split_once('?').unwrap().1.to_owned());
    targets.collect()
}

#[tokio::test]
async fn a_list_is_read_by_items_and_by_pages_and_up_to_a_limit() {
    let server = seven();
    let session = with_token(&server);
    let list = || call::<Value>(&session, &LIST);
    assert_eq!(
        list().stream::<u8>().collect_all().await.unwrap(),
        [0, 1, 2, 3, 4, 5, 6]
    );

    let mut all = list().page_size(3).stream::<u8>();
    assert_eq!(all.try_next().await.unwrap(), Some(0));
    let rest: Vec<u8> = all.try_collect().await.unwrap();
    assert_eq!(rest, [1, 2, 3, 4, 5, 6]);

    let mut pages = list().set("limit", "4").stream::<u8>().pages();
    let first = pages.try_next().await.unwrap().unwrap();
    assert_eq!((first.items, first.total), (vec![0, 1, 2, 3], Some(7)));
    assert_eq!(pages.try_next().await.unwrap().unwrap().items, [4, 5, 6]);
    assert!(pages.try_next().await.unwrap().is_none());

    let asked = server.count();
    let some = list().page_size(2).stream::<u8>().limit(3);
    assert_eq!(some.collect_all().await.unwrap(), [0, 1, 2]);
    assert_eq!(
        server.count(),
        asked + 2,
        "no page behind the limit is asked for"
    );
    assert_eq!(
        list().stream::<u8>().limit(0).collect_all().await.unwrap(),
        [0_u8; 0]
    );
    assert_eq!(server.count(), asked + 2);
    assert_eq!(
        limits(&server),
        [
            "limit=100&offset=0",
            "limit=3&offset=0",
            "limit=3&offset=3",
            "limit=3&offset=6",
            "limit=4&offset=0",
            "limit=4&offset=4",
            "limit=2&offset=0",
            "limit=2&offset=2",
        ]
    );
    // What a page needs is missing from a single call.
    let error = list().send().await.unwrap_err();
    assert!(error.to_string().contains("limit is missing"), "{error}");
}

#[tokio::test]
async fn an_odd_item_of_a_list_is_named() {
    let odd = json!({"page": {"logs": [1, {"id": "l-2"}]}, "total": 2});
    let server = Stub::answering(move |_| Response::json(200, odd.clone()));
    let list = call::<Value>(&with_token(&server), &LIST).stream::<u8>();
    let error = list.collect_all().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UndocumentedResponse);
    assert_eq!(error.operation(), Some("ListLogs"));
    assert!(
        error
            .to_string()
            .contains("page.logs[1] (id l-2): invalid type"),
        "{error}"
    );
}

#[tokio::test]
async fn the_end_of_each_piece_of_work_is_found_along_the_link() {
    let server = Stub::answering(|request| match request.target.rsplit('/').next() {
        Some("broken") => Response::json(200, json!({"status": "BROKEN"})),
        Some(id) if id.len() == 1 => Response::json(200, json!({"status": "ON", "id": id})),
        _ => Response::json(200, json!({"ids": [{"id": "a"}, {"id": "broken"}]})),
    });
    let session = with_token(&server);
    let create = call::<Value>(&session, &CREATE)
        .set("project_id", "p2")
        .set("kind", "Big")
        .set("name", "n")
        .set("X-Subject-Token", "t")
        .body(&json!({}));
    let ends = create
        .send_and_wait_for_each::<Value>(&waiter())
        .await
        .unwrap();
    assert_eq!(ends[0].as_ref().unwrap()["id"], "a");
    let error = ends[1].as_ref().unwrap_err().to_string();
    assert!(error.contains("the work of broken failed"), "{error}");
    let targets: Vec<_> = server
        .requests()
        .into_iter()
        .map(|seen| seen.target)
        .collect();
    assert!(
        targets.contains(&"/v2/p2/things/a".to_owned()),
        "{targets:?}"
    );

    let response = json!({"ids": [{"id": "c"}]});
    let begun = Begun::new(&session.service(Service::Rds), &CREATE).response(&response);
    assert_eq!(begun.end::<Value>(&waiter()).await.unwrap()["id"], "c");
    let begun = Begun::new(&session.service(Service::Rds), &CREATE).response(&json!({"ids": []}));
    let error = begun.ends::<Value>(&waiter()).await.unwrap_err();
    assert_eq!(error.operation(), Some("CreateThing"));
}

/// A service with a log of yesterday that takes three questions to collect that of today, or gives none.
fn collecting(gives: bool) -> Stub {
    let asked = std::sync::Mutex::new(None::<u32>);
    Stub::answering(move |request| {
        let mut asked = asked.lock().unwrap();
        if request.method == "POST" {
            *asked = Some(0);
            return Response::empty(204);
        }
        let mut logs = vec![
            json!({"id": "yesterday", "status": "done"}),
            json!({"id": "broken", "status": "failed"}),
        ];
        if let Some(asked) = asked.as_mut().filter(|_| gives) {
            *asked += 1;
            match *asked {
                1 => {}
                2 => logs.insert(0, json!({"id": "today", "status": "going on"})),
                _ => logs.insert(0, json!({"id": "today", "status": "done"})),
            }
        }
        Response::json(200, json!({"page": {"logs": logs}, "total": logs.len()}))
    })
}

#[tokio::test]
async fn what_was_listed_before_is_not_what_was_begun() {
    let ids = |logs: Vec<Value>| -> Vec<String> {
        logs.iter()
            .map(|log| log["id"].as_str().unwrap().to_owned())
            .collect()
    };
    let server = collecting(true);
    let session = with_token(&server);
    let before = call::<Value>(&session, &LIST)
        .stream::<Value>()
        .collect_all()
        .await
        .unwrap();
    assert_eq!(before.len(), 2);
    let new = call::<Value>(&session, &COLLECT)
        .send_and_wait_for_new(&waiter())
        .await
        .unwrap();
    assert_eq!(ids(new), ["today"]);
    let begun = Begun::new(&session.service(Service::Rds), &COLLECT);
    let new = begun.new_ones(&waiter(), &before).await.unwrap();
    assert_eq!(ids(new), ["today"]);

    // Where nothing new shows up, what is there is what the collection gave.
    let server = collecting(false);
    let session = with_token(&server);
    let collect = call::<Value>(&session, &COLLECT);
    let quick = waiter().settle(Duration::ZERO);
    assert_eq!(
        ids(collect.send_and_wait_for_new(&quick).await.unwrap()),
        ["yesterday"]
    );
}

#[test]
fn calls_and_lists_can_be_moved_everywhere_and_are_small() {
    fn is_free<T: Send + 'static>(_: &T) {}
    fn is_unpin<T: Unpin>() {}
    is_unpin::<Pager<std::marker::PhantomPinned>>();
    is_unpin::<ByPage<std::marker::PhantomPinned>>();
    let server = Stub::in_turn([]);
    let session = with_password(&server);
    let show = || call::<Value>(&session, &SHOW);
    let sending: Sending<Value> = show().send();
    is_free(&sending);
    assert!(size_of_val(&sending) <= 2 * size_of::<usize>());
    assert!(size_of_val(&show()) <= 2 * size_of::<usize>());
    let waiting = show().wait(&waiter());
    is_free(&waiting);
    assert!(size_of_val(&waiting) <= 2 * size_of::<usize>());
    let list = call::<Value>(&session, &LIST).stream::<u8>();
    is_free(&list);
    let all = list.collect_all();
    is_free(&all);
    assert!(size_of_val(&all) < 512, "{}", size_of_val(&all));
}
