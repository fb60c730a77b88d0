//! No secret in anything that a session says, at the most talkative level.

use std::io;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use otcdb_core::Service;
use otcdb_core::credentials::{AccessKey, Domain, Password};
use otcdb_core::waiter::{Observation, PollPolicy, Waiter};
use otcdb_core::{Credentials, Session};
use otcdb_stub::{Response, Stub};
use reqwest::Method;
use reqwest::header::HeaderMap;
use serde_json::json;
use tracing::Dispatch;
use tracing::subscriber::{DefaultGuard, NoSubscriber};
use tracing_subscriber::fmt::MakeWriter;

use crate::fixture::{builder, exec, request, token_response, with_password, with_token};

/// One log at a time: what is logged where is decided for the whole process when a subscriber comes or goes.
static LOGGING: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// Writes what this thread logs to a log. There are two subscribers, since of a single one tracing believes that every
/// thread has it, and asks the others, which have none, what is to be logged.
fn subscribe(log: &Log) -> (DefaultGuard, Dispatch) {
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(log.clone())
        .finish();
    let guard = tracing::subscriber::set_default(subscriber);
    (guard, Dispatch::new(NoSubscriber::default()))
}

/// Everything that calls of the session log, and every form of the errors.
async fn said(session: &Session) -> String {
    let log = Log::default();
    let _logging = subscribe(&log);
    let mut said = Vec::new();
    for path in ["/good", "/refused", "/html", "/reset"] {
        let request = request(Method::POST, &format!("{path}?secret=hunter2-query"))
            .body(r#"{"password": "hunter2-db", "name": "n"}"#);
        if let Err(error) = exec(session, request, "collect_thing").await {
            said.push(format!(
                "{error} {error:#?} {:?} {:?}",
                error.hint(),
                error.excerpt()
            ));
        }
    }
    let received = session
        .execute_raw(
            Service::Rds,
            Method::GET,
            "/good",
            &[],
            HeaderMap::new(),
            Bytes::new(),
        )
        .await
        .unwrap();
    said.push(format!("{received:?} {session:?}"));
    let log = log.0.lock().unwrap();
    said.push(String::from_utf8(log.clone()).unwrap());
    said.join("\n")
}

fn server() -> Stub {
    Stub::answering(|seen| match seen.path() {
        "/v3/auth/tokens" => token_response("hunter2-token"),
        "/good" => Response::json(
            200,
            json!({"link": "https://obs.example.com/f?Signature=hunter2-sig", "size": 1}),
        )
        .header("Set-Cookie", "hunter2-cookie"),
        "/refused" => Response::json(
            400,
            json!({"error_code": "X.1", "error_msg": "see obs.example.com/f?Signature=hunter2-sig"}),
        ),
        "/html" => Response::bytes(500, "text/html", "<a href='/f?Signature=hunter2-sig'>"),
        _ => Response::close(),
    })
}

#[tokio::test]
async fn a_session_keeps_its_secrets() {
    let _logging = LOGGING.lock().await;
    let server = server();
    let keys = AccessKey::new("AK", "hunter2-sk").with_security_token("hunter2-st");
    let with_keys = builder(&server, Credentials::AccessKey(keys))
        .project_id("p1")
        .build()
        .unwrap();
    for session in [with_password(&server), with_keys] {
        let said = said(&session).await;
        // That something was said at all.
        for expected in [
            "/refused?secret=***",
            "X.1",
            "CollectThing",
            r#""name":"n""#,
        ] {
            assert!(said.contains(expected), "{expected}: {said}");
        }
        for secret in ["hunter2", "pw-secret", "Signature=0", "Signature=h"] {
            let at = said.lines().find(|line| line.contains(secret));
            assert_eq!(at, None);
        }
    }
}

/// A service that sends back what it was sent, in the fields that are shown because they say what is wrong.
#[tokio::test]
async fn what_a_service_sends_back_of_the_secrets_is_masked() {
    let _logging = LOGGING.lock().await;
    const PASSWORD: &str = "Zx8&kQ\"m4/Lw+Tn6";
    const TOKEN: &str = "tok-Jd5vRb9xYq2Fh7Ks1";
    let echoes = |secret: &str| {
        let form: String = form_urlencoded_of(secret);
        vec![
            secret.to_owned(),
            secret[..secret.len() * 2 / 3].to_owned(),
            secret[secret.len() / 3..].to_owned(),
            secret.to_uppercase(),
            form,
        ]
    };
    for echo in echoes(PASSWORD).into_iter().chain(echoes(TOKEN)) {
        let says = format!("not good: {echo}!");
        let server = Stub::answering({
            let says = says.clone();
            move |seen| match seen.path() {
                "/v3/auth/tokens" => token_response(TOKEN),
                "/text" => Response::bytes(403, "text/plain", says.as_str())
                    .header("X-Request-Id", &clean(&says)),
                "/good" => Response::json(200, json!({"name": says, "message": says})),
                _ => Response::json(
                    400,
                    json!({"error_code": "X.1", "error_msg": says, "request_id": says}),
                ),
            }
        });
        let password = Password::new("u", PASSWORD, Domain::Name("d".into()));
        let session = builder(&server, Credentials::Password(password))
            .build()
            .unwrap();
        let log = Log::default();
        let _subscribed = subscribe(&log);
        let mut said = Vec::new();
        for path in ["/text", "/json", "/good"] {
            let response = exec(&session, request(Method::GET, path), "list_things").await;
            if let Err(error) = response {
                assert!(format!("{error:?}").contains("not good: ***"), "{error:?}");
                said.push(format!("{error} {error:#?}"));
            }
        }
        said.push(String::from_utf8(log.0.lock().unwrap().clone()).unwrap());
        let said = said.join("\n");
        for secret in [PASSWORD, TOKEN] {
            let half = secret.len() / 2;
            for part in [&secret[..half], &secret[half..]] {
                let at = said
                    .lines()
                    .find(|line| line.to_lowercase().contains(&part.to_lowercase()));
                assert_eq!(at, None, "{echo}");
            }
        }
    }
}

fn form_urlencoded_of(text: &str) -> String {
    let mut url: url::Url = "http://h".parse().unwrap();
    url.query_pairs_mut().append_pair("a", text);
    url.query().unwrap()[2..].to_owned()
}

/// A text that a header can hold.
fn clean(text: &str) -> String {
    text.replace('"', "")
}

#[tokio::test]
async fn what_is_logged_names_the_call_and_what_is_waited_for() {
    let _logging = LOGGING.lock().await;
    let server = server();
    let session = with_token(&server);
    let log = Log::default();
    let _subscriber = subscribe(&log);
    let policy = PollPolicy::default().interval(std::time::Duration::ZERO);
    let mut states = ["RUNNING", "DONE"].into_iter();
    let ask = || {
        let state = states.next().unwrap();
        let call = request(Method::GET, "/good?secret=hunter2-query");
        let answer = exec(&session, call, "collect_thing");
        async move {
            answer.await?;
            Ok(match state {
                "DONE" => Observation::Done(()),
                state => Observation::Continue(Some(state.to_owned())),
            })
        }
    };
    Waiter::new("the thing", policy).wait(ask).await.unwrap();
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    let line = |event: &str| {
        let found = log.lines().find(|line| line.contains(event));
        found.unwrap_or_else(|| panic!("no {event:?} in {log}"))
    };
    for event in [" request operation=", " response operation="] {
        let line = line(event);
        for part in [
            r#"wait{what="the thing"}:call{service=dcs operation=CollectThing}"#,
            "operation=CollectThing method=GET url=http://127.0.0.1",
        ] {
            assert!(line.contains(part), "no {part:?} in {line}");
        }
    }
    assert!(line("not done yet").contains("RUNNING"));
    assert!(line(" done what=").contains("the thing"));
    assert!(!log.contains("hunter2"), "{log}");
}
