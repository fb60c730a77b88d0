//! Chooses the errors of a log, and writes them as JSON lines in OpenTelemetry's log data model.
#![allow(clippy::print_stdout, reason = "an example says what it did")]

use std::io;

use otcdb_entries::{Filter, JsonLines, Label, Log, Merge, Severity};

fn main() -> io::Result<()> {
    let log = "2026-11-22 02:10:02.5 UTC:10.0.0.1(3333):app@shop:[12]:LOG:  checkpoint starting\n\
               2026-11-22 02:10:03.5 UTC:10.0.0.1(3333):app@shop:[12]:ERROR:  deadlock detected\n";
    std::fs::write("postgres.log", log)?;
    let errors = Filter::default().severity(Severity::ERROR);
    let label = Label::new("orders-db");
    let mut merge = Merge::new();
    merge.add(Log::of_file("postgres.log"));
    let (mut lines, mut out) = (JsonLines::default(), Vec::new());
    while let Some((_, entry)) = merge.next() {
        if errors.takes(&entry) {
            lines.write(&mut out, &label, &entry);
        }
    }
    print!("{}", String::from_utf8_lossy(&out));
    Ok(())
}
