use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use super::*;
use crate::error::{Error, ErrorKind};
use crate::retry::{Decision, RetryPolicy};

const PATIENCE: Duration = Duration::from_secs(300);

fn refusal() -> Error {
    Error::new(ErrorKind::Throttled, "too many")
}

/// Lets so many calls a second through, and after one too many refuses everything for a while.
#[derive(Default)]
struct Service {
    window: Option<Instant>,
    taken: u32,
    shut: Option<Instant>,
    asked: u32,
}

impl Service {
    fn takes(&mut self, rate: u32, pause: Duration) -> bool {
        let now = Instant::now();
        self.asked += 1;
        if self.shut.is_some_and(|until| now < until) {
            return false;
        }
        if self
            .window
            .is_none_or(|begun| now - begun > Duration::from_secs(1))
        {
            (self.window, self.taken) = (Some(now), 0);
        }
        self.taken += 1;
        if self.taken > rate {
            self.shut = Some(now + pause);
        }
        self.taken <= rate
    }
}

/// Makes so many calls at once, and tells how long all of them took and how often the service was asked.
async fn all(calls: u32, rate: u32, pause: u64) -> (Duration, u32) {
    let gate = Arc::new(Gate::default());
    let service = Arc::new(Mutex::new(Service::default()));
    let begun = Instant::now();
    let mut workers = tokio::task::JoinSet::new();
    for _ in 0..calls {
        let (gate, service) = (Arc::clone(&gate), Arc::clone(&service));
        workers.spawn(async move {
            let mut own = 0;
            loop {
                let pass = gate.enter(PATIENCE).await.unwrap();
                // The way there and back.
                tokio::time::sleep(Duration::from_millis(20)).await;
                let taken = service
                    .lock()
                    .unwrap()
                    .takes(rate, Duration::from_secs(pause));
                if taken {
                    pass.taken();
                    return;
                }
                own += 1;
                let refusals = pass.refusals().max(own);
                let Decision::RetryAfter(pause) =
                    RetryPolicy::default().hold_back(refusals, None, None, 0.5)
                else {
                    panic!("given up")
                };
                pass.refused(pause, None, &refusal());
            }
        });
    }
    while let Some(done) = workers.join_next().await {
        done.unwrap();
    }
    let asked = service.lock().unwrap().asked;
    (begun.elapsed(), asked)
}

#[tokio::test(start_paused = true)]
async fn all_calls_get_through_a_service_that_refuses_everything_for_a_while() {
    // How many calls, the service's rate and pause, in how many seconds they are through, and how often it was asked.
    for (calls, rate, pause, within, asked) in [
        (8, 3, 15, 90, 40),
        (8, 1, 60, 300, 80),
        (100, 3, 15, 200, 300),
        (1000, 50, 5, 600, 2500),
    ] {
        let (took, seen) = all(calls, rate, pause).await;
        assert!(
            took < Duration::from_secs(within),
            "{calls} calls took {took:?}"
        );
        assert!(seen < asked, "{calls} calls were asked for {seen} times");
    }
}

#[tokio::test(start_paused = true)]
async fn one_refusal_holds_all_back_and_one_call_goes_first() {
    let gate = Gate::default();
    let first = gate.enter(PATIENCE).await.unwrap();
    let late = gate.enter(PATIENCE).await.unwrap();
    let begun = Instant::now();
    assert!(first.refused(Duration::from_secs(8), None, &refusal()));
    assert!(
        !late.refused(Duration::from_secs(8), None, &refusal()),
        "no news"
    );
    assert_eq!(first.refusals(), 1);
    let probe = gate.enter(PATIENCE).await.unwrap();
    assert_eq!(begun.elapsed().as_secs(), 8);
    // While it is on its way nobody goes, however long that takes.
    let waiting = tokio::time::timeout(Duration::from_secs(100), gate.enter(PATIENCE)).await;
    assert!(waiting.is_err());
    probe.taken();
    let begun = Instant::now();
    for _ in 0..3 {
        gate.enter(PATIENCE).await.unwrap().taken();
    }
    let took = begun.elapsed();
    assert!(
        took > Duration::from_secs(1) && took < Duration::from_secs(2),
        "one by one: {took:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_probe_that_is_dropped_or_loses_its_connection_lets_another_one_go() {
    let gate = Gate::default();
    gate.enter(PATIENCE)
        .await
        .unwrap()
        .refused(Duration::from_secs(1), None, &refusal());
    drop(gate.enter(PATIENCE).await.unwrap());
    let begun = Instant::now();
    gate.enter(PATIENCE).await.unwrap().taken();
    assert_eq!(begun.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn what_the_service_asks_for_is_waited_for_by_all() {
    let gate = Gate::default();
    let first = gate.enter(PATIENCE).await.unwrap();
    let late = gate.enter(PATIENCE).await.unwrap();
    let begun = Instant::now();
    first.refused(Duration::from_secs(1), None, &refusal());
    late.refused(
        Duration::from_secs(1),
        Some(Duration::from_secs(30)),
        &refusal(),
    );
    gate.enter(PATIENCE).await.unwrap();
    assert_eq!(begun.elapsed().as_secs(), 30);
}

#[tokio::test(start_paused = true)]
async fn a_service_that_takes_nothing_any_more_is_waited_for_once() {
    let gate = Arc::new(Gate::default());
    let failed = Arc::new(AtomicU32::new(0));
    let patience = Duration::from_secs(10);
    let pass = gate.enter(patience).await.unwrap();
    pass.refused(Duration::from_secs(1), None, &refusal());
    let mut workers = tokio::task::JoinSet::new();
    let begun = Instant::now();
    for _ in 0..50 {
        let (gate, failed) = (Arc::clone(&gate), Arc::clone(&failed));
        workers.spawn(async move {
            while let Ok(pass) = gate.enter(patience).await {
                pass.refused(Duration::from_secs(4), None, &refusal());
            }
            failed.fetch_add(1, Ordering::Relaxed);
        });
    }
    workers.join_all().await;
    assert_eq!(failed.load(Ordering::Relaxed), 50);
    assert!(
        begun.elapsed() < Duration::from_secs(20),
        "{:?}",
        begun.elapsed()
    );
    // Later on it is asked again.
    tokio::time::sleep(Duration::from_secs(60)).await;
    gate.enter(patience).await.unwrap().taken();
    gate.enter(patience).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn waiting_ends_when_it_is_cancelled_and_leaves_the_queue_as_it_was() {
    let gate = Gate::default();
    gate.enter(PATIENCE)
        .await
        .unwrap()
        .refused(Duration::from_secs(60), None, &refusal());
    let waiting = tokio::time::timeout(Duration::from_secs(1), gate.enter(PATIENCE)).await;
    assert!(waiting.is_err());
    let begun = Instant::now();
    gate.enter(PATIENCE).await.unwrap();
    assert_eq!(begun.elapsed().as_secs(), 59);
}
