//! Many downloads at once: threads, descriptors and memory stay few.
#![cfg(target_os = "linux")]

use std::process::{Command, Stdio};
use std::time::Duration;

use super::support::{Background, Cloud};

/// The most of everything that a run held at once.
#[derive(Debug, Default)]
struct Peak {
    threads: usize,
    descriptors: usize,
    memory: u64,
}

/// Runs a command with a limit of descriptors, and gives what it held and how it ended.
fn run(command: &Command, descriptors: usize) -> (Peak, Option<i32>) {
    let mut shell = Command::new("sh");
    shell
        .arg("-c")
        .arg(format!("ulimit -n {descriptors}; exec \"$0\" \"$@\""))
        .arg(command.get_program())
        .args(command.get_args())
        .env_clear()
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    for (name, value) in command.get_envs() {
        if let Some(value) = value {
            shell.env(name, value);
        }
    }
    let mut child = Background(shell.spawn().unwrap());
    let process = format!("/proc/{}", child.0.id());
    let mut peak = Peak::default();
    loop {
        let status = std::fs::read_to_string(format!("{process}/status")).unwrap_or_default();
        let number = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name))?;
            line.split_whitespace().next()?.parse::<u64>().ok()
        };
        let threads = usize::try_from(number("Threads:").unwrap_or_default()).unwrap();
        let open = std::fs::read_dir(format!("{process}/fd")).map_or(0, Iterator::count);
        peak.threads = peak.threads.max(threads);
        peak.descriptors = peak.descriptors.max(open);
        peak.memory = peak.memory.max(number("VmHWM:").unwrap_or_default() << 10);
        if let Some(ended) = child.0.try_wait().unwrap() {
            return (peak, ended.code());
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Pulls these kinds of log, each of whose sources gives one file, from so many sources at once.
fn pull(cloud: &Cloud, sources: usize, kinds: &[&str], descriptors: usize) -> Peak {
    pull_since("1d", cloud, sources, kinds, descriptors)
}

fn pull_since(
    since: &str,
    cloud: &Cloud,
    sources: usize,
    kinds: &[&str],
    descriptors: usize,
) -> Peak {
    let out = tempfile::tempdir().unwrap();
    let at_once = sources.to_string();
    let mut more = vec!["--concurrency", &at_once, "--since", since];
    more.extend(kinds.iter().flat_map(|kind| ["--kind", kind]));
    let (peak, code) = run(&cloud.pull(out.path(), more), descriptors);
    assert_eq!(code, Some(0), "{kinds:?}: {peak:?}");
    let manifest = std::fs::read_to_string(out.path().join("manifest.jsonl")).unwrap();
    assert_eq!(manifest.lines().count(), sources, "{kinds:?}");
    peak
}

fn of_redis(instances: usize) -> Cloud {
    Cloud::with(|builder| {
        let builder = builder.redis(instances, 0, 0).databases(0, 0, 0);
        builder.log_size(1_000..=100_000)
    })
}

/// What is held is that of few. Memory counts the pages of the unoptimized program, which are more than half of it.
fn assert_few(peak: &Peak, mebibytes: u64) {
    assert!(peak.threads > 1 && peak.threads <= 40, "{peak:?}");
    assert!(peak.descriptors > 10 && peak.descriptors < 300, "{peak:?}");
    assert!(peak.memory < mebibytes << 20, "{peak:?}");
}

#[test]
fn a_thousand_downloads_at_once_end_with_few_threads_descriptors_and_little_memory() {
    assert_few(&pull(&of_redis(1000), 1000, &["redis-run"], 1024), 64);
}

/// Lists of entries, and exports.
#[test]
fn a_thousand_lists_and_exports_at_once_need_no_more() {
    let cloud = Cloud::with(|builder| {
        let builder = builder.redis(500, 0, 0).databases(250, 250, 0);
        builder.log_size(1_000..=10_000)
    });
    let kinds = ["redis-slow", "rds-error"];
    assert_few(&pull(&cloud, 1000, &kinds, 1024), 64);
}

#[test]
fn downloads_end_however_few_descriptors_there_are() {
    let cloud = of_redis(200);
    for descriptors in [256, 64, 40] {
        let peak = pull(&cloud, 200, &["redis-run"], descriptors);
        assert!(peak.descriptors <= descriptors, "{peak:?}");
    }
}

/// Also where each gives more than is written at once, so that its file is there while pages are asked for.
#[test]
fn lists_end_however_few_descriptors_there_are() {
    // They are spread over a week.
    let cloud = Cloud::with(|builder| {
        let builder = builder.redis(60, 0, 0).databases(0, 0, 0);
        builder.entries(1000)
    });
    for descriptors in [64, 40] {
        let peak = pull_since("7d", &cloud, 60, &["redis-slow"], descriptors);
        assert!(peak.descriptors <= descriptors, "{peak:?}");
    }
}
