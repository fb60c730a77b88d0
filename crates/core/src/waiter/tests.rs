//! Tests of waiting.

use super::*;

const POLICY: PollPolicy = PollPolicy {
    interval: Duration::from_secs(5),
    deadline: Duration::from_secs(60),
    transient_errors: 2,
};

async fn run(
    steps: impl IntoIterator<Item = Result<Observation<u8>>>,
) -> (Result<u8>, usize, Duration) {
    let mut steps = steps.into_iter();
    let mut asked = 0;
    let start = Instant::now();
    let outcome = Waiter::new("work", POLICY)
        .wait(|| {
            asked += 1;
            let running = || Ok(Observation::Continue(Some("RUNNING".into())));
            std::future::ready(steps.next().unwrap_or_else(running))
        })
        .await;
    (outcome, asked, start.elapsed())
}

fn transient() -> Result<Observation<u8>> {
    Err(Error::new(ErrorKind::Connection, "lost"))
}

#[tokio::test(start_paused = true)]
async fn spans_without_an_end_are_no_limit() {
    let wait = async |interval, deadline| {
        let policy = PollPolicy {
            interval,
            deadline,
            ..POLICY
        };
        let mut asked = 0;
        Waiter::new("work", policy)
            .wait(|| {
                asked += 1;
                let done = asked == 1000;
                std::future::ready(Ok(if done {
                    Observation::Done(())
                } else {
                    Observation::Continue(None)
                }))
            })
            .await
    };
    assert!(wait(POLICY.interval, Duration::MAX).await.is_ok());
    let never_again = wait(Duration::MAX, POLICY.deadline).await.unwrap_err();
    assert_eq!(never_again.kind(), ErrorKind::Timeout);
    let waits = tokio::time::timeout(POLICY.deadline, wait(Duration::MAX, Duration::MAX));
    assert!(waits.await.is_err());
}

#[tokio::test(start_paused = true)]
async fn watching_gives_the_response_that_says_done() {
    const META: WaiterMeta<'_> = WaiterMeta {
        path: &[
            Step::Choose {
                list: "list",
                key: "id",
            },
            Step::Field("status"),
        ],
        done: &["ON"],
        failed: &["BROKEN"],
    };
    let watch = async |states: [&'static str; 2]| {
        let mut states = states.into_iter();
        Waiter::new("work", POLICY)
            .watch(META, Some("a"), || {
                let state = states.next().unwrap();
                let response = serde_json::json!({"list": [{"id": "a", "status": state}]});
                std::future::ready(Ok(response))
            })
            .await
    };
    let response = watch(["STARTING", "ON"]).await.unwrap();
    assert_eq!(response["list"][0]["status"], "ON");
    let error = watch(["STARTING", "BROKEN"]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Service);
}

#[tokio::test(start_paused = true)]
async fn an_element_is_looked_for_on_every_page_and_handed_on() {
    const META: WaiterMeta<'_> = WaiterMeta {
        path: &[
            Step::Choose {
                list: "list",
                key: "id",
            },
            Step::Field("status"),
        ],
        done: &["ON"],
        failed: &["BROKEN"],
    };
    let element = |id, status| serde_json::json!({"id": id, "status": status});
    let watch = async |states: [&'static str; 3]| {
        let mut states = states.into_iter();
        Waiter::new("work", POLICY)
            .watch_element(META, "b", || {
                let all = match states.next().unwrap() {
                    "" => vec![Ok(element("a", "BROKEN"))],
                    state => vec![Ok(element("a", "BROKEN")), Ok(element("b", state))],
                };
                futures_util::stream::iter(all)
            })
            .await
    };
    let found = watch(["", "STARTING", "ON"]).await.unwrap();
    assert_eq!(found, element("b", "ON"));
    let error = watch(["", "BROKEN", "ON"]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Service);
    let whole = WaiterMeta {
        path: &[Step::Each("list"), Step::Field("status")],
        ..META
    };
    let none = Waiter::new("work", POLICY)
        .watch_element(whole, "b", futures_util::stream::empty::<Result<u8>>)
        .await;
    assert_eq!(none.unwrap_err().kind(), ErrorKind::InvalidArgument);
}

#[tokio::test(start_paused = true)]
async fn what_is_new_in_a_list_is_handed_on_when_all_of_it_is_done() {
    const META: WaiterMeta<'_> = WaiterMeta {
        path: &[Step::Each("list"), Step::Field("status")],
        done: &["ON"],
        failed: &["BROKEN"],
    };
    let one = |id: &str, status: &str| serde_json::json!({"id": id, "status": status});
    let (old, lost) = (one("old", "ON"), one("lost", "BROKEN"));
    let watch = async |lists: Vec<Vec<serde_json::Value>>| {
        let mut lists = lists.into_iter().peekable();
        let mut last = Vec::new();
        let start = Instant::now();
        let before = Waiter::seen(&[old.clone(), lost.clone(), one("slow", "STARTING")]);
        let outcome = Waiter::new("work", POLICY)
            .watch_new(META, before, || {
                last = lists.next().unwrap_or_else(|| last.clone());
                std::future::ready(Ok(last.clone()))
            })
            .await;
        (outcome, start.elapsed())
    };
    let both = vec![one("a", "ON"), one("b", "ON"), old.clone()];
    let (outcome, took) = watch(vec![
        vec![old.clone(), lost.clone()],
        vec![one("a", "ON"), one("b", "STARTING"), old.clone()],
        both.clone(),
    ])
    .await;
    assert_eq!(outcome.unwrap(), both[..2]);
    assert_eq!(took, 2 * POLICY.interval);
    let (outcome, _) = watch(vec![vec![one("slow", "ON"), old.clone()]]).await;
    assert_eq!(
        outcome.unwrap(),
        [one("slow", "ON")],
        "its state has changed"
    );
    let (outcome, _) = watch(vec![vec![one("a", "BROKEN"), old.clone()]]).await;
    assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Service);
    // What was there before counts once nothing else has shown up.
    let (outcome, took) = watch(vec![vec![old.clone(), lost.clone()]]).await;
    assert_eq!(outcome.unwrap(), std::slice::from_ref(&old));
    assert_eq!(took, SETTLE);
    let (outcome, _) = watch(vec![vec![lost.clone()]]).await;
    assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Service);
    let (outcome, _) = watch(vec![vec![]]).await;
    assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Timeout);
    let none = WaiterMeta {
        path: &[Step::Field("status")],
        ..META
    };
    let list = || std::future::ready(Ok(vec![0]));
    let outcome = Waiter::new("work", POLICY)
        .watch_new(none, Seen::default(), list)
        .await;
    assert_eq!(outcome.unwrap_err().kind(), ErrorKind::InvalidArgument);
}

#[tokio::test(start_paused = true)]
async fn it_asks_at_each_interval_until_done() {
    let steps = vec![
        Ok(Observation::Continue(None)),
        Ok(Observation::Continue(None)),
        Ok(Observation::Done(7)),
    ];
    let (outcome, asked, took) = run(steps).await;
    assert_eq!(outcome.unwrap(), 7);
    assert_eq!((asked, took), (3, Duration::from_secs(10)));
}

#[tokio::test(start_paused = true)]
async fn work_that_fails_or_never_ends_is_an_error_that_tells_its_state() {
    let (outcome, ..) = run(vec![Ok(Observation::Failed("FAILED".into()))]).await;
    let error = outcome.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Service);
    assert!(error.to_string().contains("FAILED"), "{error}");

    let (outcome, asked, took) = run(vec![]).await;
    let error = outcome.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(error.to_string().contains("RUNNING"), "{error}");
    assert_eq!((asked, took), (12, Duration::from_secs(55)));
}

#[tokio::test(start_paused = true)]
async fn transient_errors_are_passed_over_up_to_the_bound_in_a_row() {
    let go_on = || Ok(Observation::Continue(None));
    let scattered = vec![
        transient(),
        transient(),
        go_on(),
        transient(),
        Ok(Observation::Done(1)),
    ];
    assert_eq!(run(scattered).await.0.unwrap(), 1);
    let (outcome, asked, _) = run(vec![transient(), transient(), transient()]).await;
    assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Connection);
    assert_eq!(asked, 3);
    let forbidden = vec![Err(Error::new(ErrorKind::Permission, "no"))];
    let (outcome, asked, _) = run(forbidden).await;
    assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Permission);
    assert_eq!(asked, 1);
}

#[tokio::test(start_paused = true)]
async fn pieces_of_work_are_waited_for_at_once_and_one_that_fails_hides_none() {
    let waiter = Waiter::new("the resizing", POLICY);
    let ids = ["slow", "broken", "quick"].map(str::to_owned);
    let start = Instant::now();
    let ends = all(&ids, |id| {
        let waiter = waiter.of(id);
        let left = if id == "slow" { 3 } else { 1 };
        async move {
            let mut asked = 0;
            let question = || {
                asked += 1;
                std::future::ready(Ok(match id.as_str() {
                    "broken" => Observation::Failed("FAILED".into()),
                    _ if asked > left => Observation::Done(id.clone()),
                    _ => Observation::Continue(None),
                }))
            };
            waiter.wait(question).await
        }
    })
    .await;
    assert_eq!(
        start.elapsed(),
        3 * POLICY.interval,
        "as long as the slowest"
    );
    let [slow, broken, quick] = ends.as_slice() else {
        panic!("{ends:?}");
    };
    assert_eq!(slow.as_deref().unwrap(), "slow");
    assert_eq!(quick.as_deref().unwrap(), "quick");
    let error = broken.as_ref().unwrap_err().to_string();
    assert!(error.contains("the resizing of broken failed"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn cancelling_ends_the_pause_and_the_question() {
    for question_hangs in [false, true] {
        let token = CancellationToken::new();
        let waiter = Waiter::new("work", POLICY).cancelled_by(token.clone());
        let waiting = waiter.wait(|| async move {
            if question_hangs {
                std::future::pending::<()>().await;
            }
            Ok(Observation::<()>::Continue(None))
        });
        let cancel = async {
            tokio::time::sleep(Duration::from_secs(2)).await;
            token.cancel();
        };
        let start = Instant::now();
        let (outcome, ()) = tokio::join!(waiting, cancel);
        assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Cancelled);
        assert_eq!(start.elapsed(), Duration::from_secs(2));
    }
}

#[test]
fn waiting_can_move_between_threads() {
    fn is_send<T: Send>(_: &T) {}
    let waiter = Waiter::new("work", POLICY);
    let name = String::from("x");
    is_send(&waiter.wait(|| async {
        tokio::task::yield_now().await;
        Ok(Observation::Done(name.len()))
    }));
}

#[tokio::test(start_paused = true)]
async fn waiting_for_a_turn_is_not_the_works_time_and_nothing_is_late_unasked() {
    let queue = || tokio::time::sleep(POLICY.deadline * 2);
    let pause = |_| tokio::time::sleep(POLICY.interval);
    let waiter = Waiter::new("work", POLICY);
    let mut asked = 0;
    let late: Result<()> = waiter
        .wait_in_turns(queue, pause, || {
            asked += 1;
            std::future::ready(Ok(Observation::Continue(Some("RUNNING".into()))))
        })
        .await;
    assert_eq!(asked, 2, "at its turn, and once the time is up");
    let error = late.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(error.to_string().contains("RUNNING"), "{error}");

    let mut asked = 0;
    let done = waiter.wait_in_turns(queue, pause, || {
        asked += 1;
        std::future::ready(Ok(match asked {
            1 => Observation::Continue(None),
            _ => Observation::Done(7),
        }))
    });
    assert_eq!(done.await.unwrap(), 7);
    let hangs: Result<()> = waiter
        .wait_in_turns(|| std::future::ready(()), pause, std::future::pending)
        .await;
    assert_eq!(hangs.unwrap_err().kind(), ErrorKind::Timeout);
}

#[tokio::test(start_paused = true)]
async fn a_question_that_hangs_ends_at_the_deadline() {
    let start = Instant::now();
    let outcome: Result<()> = Waiter::new("work", POLICY).wait(std::future::pending).await;
    assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Timeout);
    assert_eq!(start.elapsed(), POLICY.deadline);
}
