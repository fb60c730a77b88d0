//! Logs that come as entries: what was covered, what was not, and nothing twice.

use std::collections::BTreeMap;

use otcdb_logs::{LogKind, MANIFEST, ManifestEntry, SPANS, prune};
use serde_json::{Value, json};

use super::journal::{BEGIN, DAY, HOUR, Journal, MINUTE, Ways};

const KINDS: [LogKind; 2] = [LogKind::RedisSlow, LogKind::RdsError];

/// One of each.
fn one_of_each<const N: usize>(contents: [&str; N]) -> BTreeMap<String, usize> {
    contents
        .into_iter()
        .map(|content| (json!(content).to_string(), 1))
        .collect()
}

#[tokio::test]
async fn a_longer_span_fetches_what_no_run_has_fetched_and_nothing_else() {
    for kind in KINDS {
        let journal = Journal::start(kind);
        journal.entry(-5 * HOUR, "five hours ago");
        journal.entry(-30 * MINUTE, "half an hour ago");
        journal.pull(HOUR).await;
        assert_eq!(journal.there(), one_of_each(["half an hour ago"]));
        assert_eq!(journal.asked(), [(-HOUR, 0)]);

        // Later, and with a gap between.
        journal.entry(HOUR + MINUTE, "an hour later");
        journal.at(3 * HOUR);
        journal.entry(3 * HOUR - MINUTE, "three hours later");
        journal.pull(HOUR).await;
        assert_eq!(journal.asked(), [(2 * HOUR, 3 * HOUR)]);

        // Before, between and after; where it meets what is there, a little more.
        journal.at(4 * HOUR);
        journal.entry(4 * HOUR - MINUTE, "four hours later");
        let summary = journal.pull(DAY).await;
        assert_eq!(
            journal.asked(),
            [
                (4 * HOUR - DAY, -HOUR + 1),
                (-10 * MINUTE, 2 * HOUR + 1),
                (3 * HOUR - 10 * MINUTE, 4 * HOUR),
            ]
        );
        assert_eq!(summary.files.len(), 3);
        assert_eq!(journal.there(), journal.shown(-DAY, 4 * HOUR));
        assert_eq!(journal.there().len(), 5);

        journal.pull(DAY).await;
        assert_eq!(journal.asked(), [], "all of it was covered");
        journal.at(4 * HOUR + 1);
        assert_eq!(journal.pull(DAY).await.files, []);
        assert_eq!(journal.asked(), [(4 * HOUR - 10 * MINUTE, 4 * HOUR + 1)]);
    }
}

#[tokio::test]
async fn an_entry_that_is_shown_late_is_fetched_and_no_other_twice() {
    for kind in KINDS {
        let journal = Journal::start(kind);
        journal.entry(-30 * MINUTE, "in time");
        journal.entry(-MINUTE, "a minute before");
        journal.late(-2 * MINUTE, 2, json!("late"));
        journal.pull(HOUR).await;
        journal.at(2);
        let summary = journal.pull(HOUR).await;
        assert_eq!(
            journal.there(),
            one_of_each(["in time", "a minute before", "late"])
        );
        assert_eq!(summary.files.len(), 1);
        let file = &summary.files[0];
        let second = |time: Option<jiff::Timestamp>| time.unwrap().as_second() - BEGIN;
        assert_eq!((second(file.from), second(file.until)), (0, 2));
        assert_eq!(second(file.oldest), -2 * MINUTE);
    }
}

#[tokio::test]
async fn a_response_that_holds_an_entry_several_times_is_kept_so() {
    for ways in [
        Ways::default(),
        Ways {
            places: true,
            ..Ways::default()
        },
    ] {
        let journal = Journal::start(LogKind::RdsError).ways(ways);
        for _ in 0..150 {
            journal.entry(-MINUTE, "again and again");
        }
        journal.pull(HOUR).await;
        let content = json!("again and again").to_string();
        assert_eq!(journal.there()[&content], 150);
        journal.late(-MINUTE, 5, json!("again and again"));
        journal.at(5);
        journal.pull(HOUR).await;
        assert_eq!(journal.there()[&content], 151);
    }
}

#[tokio::test]
async fn a_clock_that_was_fast_once_loses_nothing() {
    for kind in KINDS {
        let journal = Journal::start(kind);
        for minute in -60..240 {
            journal.entry(minute * MINUTE + 7, minute);
        }
        journal.clocks(2 * HOUR, 0);
        journal.pull(3 * HOUR).await;
        assert_eq!(journal.there(), journal.shown(-HOUR, 0));
        // Without an entry, the whole span is claimed.
        let quiet = Journal::start(kind);
        quiet.clocks(2 * HOUR, 0);
        quiet.pull(HOUR).await;
        quiet.entry(HOUR + MINUTE, "later");

        journal.at(HOUR);
        journal.pull(3 * HOUR).await;
        assert_eq!(journal.there(), journal.shown(-HOUR, HOUR));
        // It is not forgotten when the clock has come to where it was.
        journal.at(3 * HOUR);
        journal.pull(3 * HOUR).await;
        assert_eq!(journal.there(), journal.shown(-HOUR, 3 * HOUR));

        quiet.at(HOUR + 2 * MINUTE);
        quiet.pull(2 * HOUR).await;
        assert_eq!(quiet.there(), one_of_each(["later"]));
    }
}

#[tokio::test]
async fn a_span_ends_no_later_than_the_service_is_when_it_says_so() {
    for kind in KINDS {
        let ways = Ways {
            dates: true,
            ..Ways::default()
        };
        let journal = Journal::start(kind).ways(ways);
        for minute in -60..240 {
            journal.entry(minute * MINUTE + 7, minute);
        }
        journal.clocks(2 * HOUR, 0);
        journal.pull(HOUR).await;
        assert_eq!(journal.asked(), [(-HOUR, 0)]);
        // No run comes in between that could see that it was wrong.
        journal.at(3 * HOUR);
        journal.pull(4 * HOUR).await;
        assert_eq!(journal.there(), journal.shown(-HOUR, 3 * HOUR));
    }
}

/// The date of a response is cut to the second, and older by its way here, so that the present as a pull takes it may
/// be before that of the pull before.
#[tokio::test]
async fn a_response_that_comes_late_takes_nothing_back() {
    for kind in KINDS {
        for any in [true, false] {
            let ways = Ways {
                dates: true,
                ..Ways::default()
            };
            let journal = Journal::start(kind).ways(ways);
            if any {
                journal.entry(-30 * MINUTE, "early");
            }
            journal.pull(HOUR).await;
            let known = |name| std::fs::read_to_string(journal.out.path().join(name)).ok();
            let before = [known(MANIFEST), known(SPANS)];
            assert_eq!(journal.asked().len(), 1);
            journal.clocks(1, -2);
            journal.pull(HOUR - MINUTE).await;
            assert_eq!(journal.asked(), []);
            assert_eq!([known(MANIFEST), known(SPANS)], before);
        }
    }
}

#[tokio::test]
async fn a_deleted_file_is_fetched_again_unless_it_was_moved_away() {
    for kind in KINDS {
        let mut journal = Journal::start(kind);
        for minute in -60..60 {
            journal.entry(minute * MINUTE, minute);
        }
        journal.pull(HOUR).await;
        for minute in [20, 40, 60] {
            journal.at(minute * MINUTE);
            journal.pull(HOUR).await;
        }
        let whole = journal.shown(-HOUR, HOUR);
        assert_eq!(journal.there(), whole);
        journal.asked();

        // The one in the middle, and one that was cut.
        let records = journal.records();
        assert_eq!(records.len(), 4);
        let path = |record: &ManifestEntry| journal.out.path().join(&record.file);
        std::fs::remove_file(path(&records[1])).unwrap();
        std::fs::write(path(&records[3]), "").unwrap();
        let summary = journal.pull(2 * HOUR).await;
        assert_eq!(journal.there(), whole);
        let again: Vec<_> = summary
            .files
            .iter()
            .map(|it| (&it.file, &it.sha256))
            .collect();
        let lost: Vec<_> = [&records[1], &records[3]]
            .map(|it| (&it.file, &it.sha256))
            .into();
        assert_eq!(again, lost);
        assert_eq!(
            journal.asked(),
            [(-10 * MINUTE, 20 * MINUTE + 1), (30 * MINUTE, 60 * MINUTE),]
        );
        assert_eq!(journal.records().len(), 4, "one line for each file");

        // What is moved away does not come again, and what it holds is still known.
        journal.options.no_refetch = true;
        let away = tempfile::tempdir().unwrap();
        let mut moved = 0;
        for record in journal.records() {
            moved += 1;
            let there = away.path().join(moved.to_string());
            std::fs::rename(journal.out.path().join(&record.file), there).unwrap();
        }
        journal.at(61 * MINUTE);
        journal.entry(60 * MINUTE, 60);
        journal.late(58 * MINUTE, 61 * MINUTE, json!("late"));
        journal.pull(3 * HOUR).await;
        let new: BTreeMap<_, _> = [("60".to_owned(), 1), ("\"late\"".to_owned(), 1)].into();
        assert_eq!(journal.there(), new);
    }
}

#[tokio::test]
async fn deleted_files_that_touch_come_again_as_one() {
    let journal = Journal::start(LogKind::RedisSlow);
    for minute in -60..40 {
        journal.entry(minute * MINUTE, minute);
    }
    for minute in [0, 20, 40] {
        journal.at(minute * MINUTE);
        journal.pull(HOUR).await;
    }
    for record in &journal.records()[..2] {
        std::fs::remove_file(journal.out.path().join(&record.file)).unwrap();
    }
    assert_eq!(journal.pull(2 * HOUR).await.files.len(), 1);
    assert_eq!(journal.there(), journal.shown(-HOUR, HOUR));
    let records = journal.records();
    assert_eq!(records.len(), 2, "{records:?}");
}

#[tokio::test]
async fn what_was_pruned_is_remembered() {
    for kind in KINDS {
        let journal = Journal::start(kind);
        for minute in -60..0 {
            journal.entry(minute * MINUTE, minute);
        }
        journal.pull(HOUR).await;
        let pruned = prune(journal.out.path(), std::time::Duration::ZERO, false).unwrap();
        assert_eq!(pruned.files.len(), 1);
        journal.asked();
        assert_eq!(journal.pull(HOUR).await.files, []);
        assert_eq!(journal.asked(), []);
        journal.at(MINUTE);
        journal.entry(1, "new");
        journal.pull(HOUR).await;
        assert_eq!(journal.there(), one_of_each(["new"]));
    }
}

#[tokio::test]
async fn a_list_that_fails_on_the_way_has_covered_nothing() {
    for kind in KINDS {
        let journal = Journal::start(kind);
        for second in 0..250 {
            journal.entry(-HOUR + second, second);
        }
        journal.fail_after(Some(2));
        let summary = journal.try_pull(2 * HOUR).await.unwrap();
        assert_eq!(summary.failures.len(), 1);
        assert_eq!(journal.there(), BTreeMap::new());
        journal.fail_after(None);
        journal.pull(2 * HOUR).await;
        assert_eq!(journal.there(), journal.shown(-2 * HOUR, 0));
    }
}

#[tokio::test]
async fn what_a_killed_run_left_is_removed() {
    let journal = Journal::start(LogKind::RedisSlow);
    journal.entry(-MINUTE, "x");
    let folder = journal.out.path().join("dcs/cache-1");
    std::fs::create_dir_all(&folder).unwrap();
    let left = folder.join("slowlog_20201122T000000Z_20201122T010000Z.jsonl.part");
    std::fs::write(&left, "{\"id\":").unwrap();
    journal.pull(HOUR).await;
    assert!(!left.exists());
    assert_eq!(journal.there(), one_of_each(["x"]));
}

#[tokio::test]
async fn entries_stay_as_they_were_sent() {
    let journal = Journal::start(LogKind::RedisSlow);
    let odd = json!({ "more": [1.50, u64::MAX], "text": " a\n\"b\" " });
    journal.entry(-MINUTE, odd.clone());
    journal.entry(-MINUTE, Value::Null);
    let summary = journal.pull(HOUR).await;
    let text = std::fs::read_to_string(journal.out.path().join(&summary.files[0].file)).unwrap();
    let expected = format!(
        "{{\"id\":1000,\"start_time\":\"2021-04-15T23:59:00Z\",\"content\":{odd}}}\n\
         {{\"id\":1001,\"start_time\":\"2021-04-15T23:59:00Z\",\"content\":null}}\n"
    );
    assert_eq!(text, expected);
}

#[tokio::test]
async fn a_span_that_the_service_cuts_is_said() {
    let journal = Journal::start(LogKind::RdsError);
    let summary = journal.pull(60 * DAY).await;
    assert_eq!(journal.asked(), [(-30 * DAY, 0)]);
    assert!(
        summary.notes[0].contains("db rds-error"),
        "{:?}",
        summary.notes
    );
    assert!(summary.notes[0].contains("30 days"), "{:?}", summary.notes);
    let summary = journal.pull(30 * DAY).await;
    assert_eq!(summary.notes, [""; 0]);
}

#[tokio::test]
async fn quiet_runs_leave_a_short_manifest() {
    for kind in KINDS {
        let journal = Journal::start(kind);
        for minute in 1..300 {
            journal.at(minute * MINUTE);
            journal.pull(HOUR).await;
        }
        let text = std::fs::read_to_string(journal.out.path().join(SPANS)).unwrap();
        assert!(text.lines().count() < 100, "{}", text.lines().count());
        journal.asked();
        journal.pull(3 * HOUR).await;
        assert_eq!(journal.asked(), []);
        assert_eq!(journal.records(), []);
    }
}

#[tokio::test]
async fn entries_of_busy_runs_are_not_noted_for_ever() {
    let journal = Journal::start(LogKind::RedisSlow);
    for minute in 0..300 {
        journal.entry(minute * MINUTE - 1, minute);
        journal.at(minute * MINUTE);
        journal.pull(HOUR).await;
    }
    assert_eq!(journal.there(), journal.shown(-HOUR, DAY));
    let text = std::fs::read_to_string(journal.out.path().join(SPANS)).unwrap();
    // Those at the beginning, at the end, and some that are left until it is worth while.
    assert!(text.lines().count() < 120, "{}", text.lines().count());
    // Where nothing is noted, the files themselves tell.
    let records = journal.records();
    std::fs::remove_file(journal.out.path().join(&records[150].file)).unwrap();
    journal.pull(5 * HOUR).await;
    assert_eq!(journal.there(), journal.shown(-HOUR, DAY));
}

/// Any story of pulls, late entries and deleted files, by any service: in the end everything is there, once.
#[tokio::test]
async fn nothing_is_lost_and_nothing_repeated_whatever_happens() {
    for seed in 0..12 {
        let mut rng = fastrand::Rng::with_seed(seed);
        let kind = KINDS[rng.usize(0..2)];
        let ways = Ways {
            half_open: rng.bool(),
            places: rng.bool(),
            newest_first: kind == LogKind::RdsError && rng.bool(),
            dates: rng.bool(),
        };
        let mut journal = Journal::start(kind).ways(ways);
        let overlap = rng.i64(1..20) * MINUTE;
        journal.options.overlap = std::time::Duration::from_secs(overlap.unsigned_abs());
        let mut now = 0;
        for _ in 0..rng.usize(1..200) {
            let time = rng.i64(-DAY..0);
            journal.entry(time, rng.i64(0..5));
        }
        for step in 0..25 {
            let before = now;
            now += match rng.u8(0..4) {
                0 => rng.i64(1..10),
                1 => rng.i64(1..30) * MINUTE,
                _ => rng.i64(1..5) * HOUR,
            };
            for _ in 0..rng.usize(0..8) {
                // Several in one second, and some shown late, but none by more than the margin.
                let time = [before, before + 1, now - 1, rng.i64(before..now)];
                let time = rng.choice(time).unwrap();
                let late = [0, 1, overlap - 1, rng.i64(0..overlap)];
                let shown = (time + rng.choice(late).unwrap()).max(before + 1);
                journal.late(time, shown, json!(rng.u8(0..3)));
            }
            journal.at(now);
            if rng.u8(0..6) == 0 {
                let records = journal.records();
                if let Some(record) = rng.choice(&records) {
                    let _ = std::fs::remove_file(journal.out.path().join(&record.file));
                }
            }
            journal.fail_after((rng.u8(0..8) == 0).then_some(1));
            let since = rng.choice([HOUR, 3 * HOUR, DAY]).unwrap();
            let _ = journal.try_pull(since).await.unwrap();
            journal.fail_after(None);
            let mut repeated = journal.differences(-2 * DAY, now + 1);
            repeated.retain(|(_, _, count)| *count > 0);
            assert_eq!(repeated, [], "seed {seed}, step {step}: {kind} {ways:?}");
        }
        journal.at(now + overlap);
        journal.pull(now + overlap + DAY).await;
        let wrong = journal.differences(-DAY, now + overlap);
        assert_eq!(wrong, [], "seed {seed}: {kind} {ways:?}, overlap {overlap}");
    }
}
