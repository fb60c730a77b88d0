//! Waiting for a service takes no place that others could use.

use std::sync::Mutex;
use std::time::Duration;

use otcdb_logs::{Event, LogKind, Observer, Step};

use super::harness::{Pull, small_cloud};

/// The steps in the order in which sources took them.
#[derive(Default)]
struct Steps(Mutex<Vec<Step>>);

impl Observer for Steps {
    fn event(&self, event: Event<'_>) {
        if let Event::Step { step, .. } = event {
            self.0.lock().unwrap().push(step);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_export_is_begun_before_the_first_is_fetched_whatever_the_concurrency() {
    const SOURCES: usize = 30;
    // Each question takes two seconds by the cloud's clock.
    let cloud = small_cloud()
        .redis(0, 0, 0)
        .databases(0, SOURCES, 0)
        .export_delay(Duration::from_secs(4 * SOURCES as u64))
        .start()
        .await
        .unwrap();
    let mut pull = Pull::new(&[LogKind::RdsError]);
    pull.options.concurrency = 1;
    let steps = Steps::default();
    let result = pull.run_with(&cloud, &steps).await;
    let records = pull.check(&cloud, &result);
    assert_eq!(records.len(), SOURCES, "{result:?}");
    let steps = steps.0.into_inner().unwrap();
    let first = steps.iter().position(|step| *step == Step::Download);
    let waiting = steps[..first.unwrap()].iter();
    let waiting = waiting.filter(|step| **step == Step::Wait).count();
    assert_eq!(waiting, SOURCES, "{steps:?}");
}

/// One that never ends costs itself alone.
#[tokio::test(flavor = "multi_thread")]
async fn an_export_that_is_stuck_holds_nothing_back() {
    let fault = "DownloadErrorlog:job-stuck:times=1".parse().unwrap();
    let cloud = small_cloud().redis(0, 0, 0).databases(0, 5, 0).fault(fault);
    let cloud = cloud.start().await.unwrap();
    let mut pull = Pull::new(&[LogKind::RdsError]);
    pull.options.concurrency = 1;
    pull.options.poll.deadline = Duration::from_millis(500);
    let summary = pull.run(&cloud).await.unwrap();
    assert_eq!((summary.files.len(), summary.failures.len()), (4, 1));
}
