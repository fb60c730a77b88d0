//! How fast logs are merged by time, beside `sort -m`: `cargo bench -p otcdb-tests --bench merge`.
//!
//! Both read the same files, in turns, and write to nowhere; rates are medians. After that, one log of 10 GB that comes through a
//! decompressor shows that memory does not grow with size.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark talks to its user and fails by panicking"
)]

mod support;

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use otcdb_entries::{JsonLines, Label, Log, Merge, Text};
use support::ratios::{Ratios, is_checking};
use support::{clock, in_turns};

const FILES: u64 = 8;
const LINES: u64 = 200_000;
const ROUNDS: usize = 9;
/// What is written at once, as the program does it.
const CHUNK: usize = 256 * 1024;

#[derive(Clone, Copy, Debug)]
enum Form {
    Raw,
    Text,
    Json,
}

/// Forms of logs whose lines sort by time: what `sort -m` can merge.
const LOGS: [(&str, Line); 3] = [
    ("PostgreSQL", postgres),
    ("MySQL error", mysql),
    ("plain", plain),
];

/// A line at a number of milliseconds.
type Line = fn(u64) -> String;

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let mut ratios = Ratios::default();
    for (name, line) in LOGS {
        let (files, bytes) = written(folder.path(), LINES, line);
        let mut sort = Command::new("sort");
        sort.env("LC_ALL", "C").arg("-m").args(&files);
        sort.stdout(Stdio::null());
        if let Err(error) = sort.status() {
            println!("sort is left out: {error}");
            continue;
        }
        let rate = |seconds: f64| bytes as f64 / 1e6 / seconds;
        let (raw, sorted) = in_turns(
            ROUNDS,
            &mut (),
            |()| clock(|| merge(&files, Form::Raw)),
            |()| clock(|| assert!(sort.status().unwrap().success())),
        );
        let (raw, sorted) = (rate(raw), rate(sorted));
        let (text, json) = in_turns(
            1,
            &mut (),
            |()| clock(|| merge(&files, Form::Text)),
            |()| clock(|| merge(&files, Form::Json)),
        );
        println!(
            "{name}: as it is {raw:.0} MB/s, as text {:.0} MB/s, as JSON {:.0} MB/s",
            rate(text),
            rate(json)
        );
        let of = format!("{raw:.0} MB/s, and {sorted:.0} MB/s of sort -m");
        ratios.say(&format!("merge, {name}"), raw / sorted, &of);
    }
    if is_checking() {
        return ratios.end();
    }
    for gigabytes in [1, 10] {
        let log = packed(folder.path(), gigabytes);
        let before = memory("VmRSS");
        merge(&[log.clone(), log], Form::Raw);
        println!(
            "two logs of {gigabytes} GB: {:.1} MiB more than before, at most {:.1} MiB in all",
            (memory("VmRSS") - before) / 1024.0,
            memory("VmHWM") / 1024.0
        );
    }
}

fn time(milliseconds: u64) -> String {
    let (seconds, part) = (milliseconds / 1000, milliseconds % 1000);
    let (minutes, seconds) = (seconds / 60, seconds % 60);
    format!(
        "{:02}:{:02}:{seconds:02}.{part:03}",
        minutes / 60 % 24,
        minutes % 60
    )
}

fn postgres(at: u64) -> String {
    let (time, id) = (time(at), at % 7_919);
    let prefix = format!(
        "2026-11-22 {time} UTC:10.0.{}.9({}):app@shop:[{id}]:",
        at % 200,
        30_000 + id
    );
    match at % 4 {
        0 => format!(
            "{prefix}ERROR:  duplicate key value violates unique constraint \"orders_pkey\"\n"
        ),
        1 => format!("{prefix}DETAIL:  Key (id)=({id}) already exists.\n"),
        _ => format!(
            "{prefix}LOG:  duration: {id}.125 ms  statement: SELECT * FROM orders WHERE id = {id} ORDER BY created\n"
        ),
    }
}

fn mysql(at: u64) -> String {
    format!(
        "2026-11-22T{}000Z {} [Warning] [MY-010055] [Server] IP address '10.0.{}.9' could not be resolved: Name or service not known\n",
        time(at),
        at % 7_919,
        at % 200
    )
}

fn plain(at: u64) -> String {
    format!(
        "2026-11-22 {} worker {} finished its task and went on to the next one in its queue\n",
        time(at),
        at % 7_919
    )
}

/// Files in which times interleave, and how many bytes they have.
fn written(folder: &Path, lines: u64, line: Line) -> (Vec<PathBuf>, u64) {
    let mut bytes = 0;
    let files = (0..FILES).map(|file| {
        let path = folder.join(format!("{file}.log"));
        let text: String = (0..lines)
            .map(|number| line((number * FILES + file) * 50))
            .collect();
        std::fs::write(&path, &text).unwrap();
        bytes += text.len() as u64;
        path
    });
    (files.collect(), bytes)
}

/// A log of so many billion bytes in a few megabytes: zstd frames of one line that comes again and again.
fn packed(folder: &Path, gigabytes: u64) -> PathBuf {
    const FRAME: usize = 100_000_000;
    let line = plain(0);
    let frame = zstd::encode_all(line.repeat(FRAME / line.len()).as_bytes(), 1).unwrap();
    let path = folder.join("packed.zst");
    let mut file = File::create(&path).unwrap();
    for _ in 0..gigabytes * 1_000_000_000 / FRAME as u64 {
        file.write_all(&frame).unwrap();
    }
    path
}

fn merge(files: &[PathBuf], form: Form) {
    let mut merge = Merge::new();
    for file in files {
        merge.add(Log::of_file(file));
    }
    let label = Label::new("orders-db");
    let (mut text, mut json) = (Text::new(9, false), JsonLines::default());
    let mut nowhere = File::options().write(true).open("/dev/null").unwrap();
    let mut out = Vec::with_capacity(2 * CHUNK);
    while let Some((_, entry)) = merge.next() {
        match form {
            Form::Raw => out.extend_from_slice(entry.raw),
            Form::Text => text.write(&mut out, &label, &entry),
            Form::Json => json.write(&mut out, &label, &entry),
        }
        if out.len() >= CHUNK {
            nowhere.write_all(&out).unwrap();
            out.clear();
        }
    }
    assert!(merge.failures().is_empty());
}

/// Kibibytes, from `/proc`.
fn memory(of: &str) -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with(of)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}
