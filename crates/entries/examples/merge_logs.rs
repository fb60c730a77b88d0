//! Merges two logs by time.
#![allow(clippy::print_stdout, reason = "an example says what it did")]

use std::io;

use otcdb_entries::{Log, Merge};

fn main() -> io::Result<()> {
    let logs = [
        (
            "redis.log",
            "1:M 22 Nov 2026 02:10:03.123 * Ready to accept connections\n",
        ),
        (
            "postgres.log",
            "2026-11-22 02:10:02.5 UTC:10.0.0.1(3333):app@shop:[12]:ERROR:  deadlock detected\n",
        ),
    ];
    let mut merge = Merge::new();
    for (name, content) in logs {
        std::fs::write(name, content)?;
        merge.add(Log::of_file(name));
    }
    while let Some((number, entry)) = merge.next() {
        let (name, _) = logs[number];
        let text = String::from_utf8_lossy(entry.raw);
        println!("{} {name}: {}", entry.time, text.trim_end());
    }
    Ok(())
}
