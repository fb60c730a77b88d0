//! Groups the statements of a slow query log that differ only in their values.
#![allow(clippy::print_stdout, reason = "an example says what it did")]

use std::io;

use otcdb_entries::{Log, Merge, Statement, Top};

fn main() -> io::Result<()> {
    let entry = |second: u32, id: u32| {
        format!(
            "# Time: 2026-11-22T02:10:0{second}.000000Z\n\
             # User@Host: app[app] @  [10.0.0.1]  Id: 7\n\
             # Query_time: {second}.5  Lock_time: 0.0 Rows_sent: 1  Rows_examined: 9\n\
             SELECT * FROM orders WHERE id = {id};\n"
        )
    };
    std::fs::write("slow.log", entry(1, 17) + &entry(3, 18))?;
    let mut merge = Merge::new();
    merge.add(Log::of_file("slow.log"));
    let mut top = Top::default();
    while let Some((_, entry)) = merge.next() {
        if let Some(statement) = Statement::of(&entry) {
            top.add("orders-db", &statement);
        }
    }
    for group in top.groups() {
        println!(
            "{} times, {} s: {}",
            group.count, group.total, group.fingerprint
        );
    }
    Ok(())
}
