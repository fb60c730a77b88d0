//! Redis' run log.

use super::template::{PADDING, TIME, Template};
use super::{Client, Said};

pub(super) fn entry(rng: &mut fastrand::Rng) -> Template {
    let Client {
        address,
        port,
        process,
    } = Client::any(rng);
    let id = rng.u32(1_000..9_999_999);
    let text = match rng.u8(0..10) {
        0 => format!(
            "1:M {TIME} * {} changes in 300 seconds. Saving...",
            rng.u16(10..900)
        ),
        1 => format!("1:M {TIME} * Background saving started by pid {process}"),
        2 => format!("{process}:C {TIME} * DB saved on disk"),
        3 => format!(
            "{process}:C {TIME} * RDB: {} MB of memory used by copy-on-write",
            rng.u8(1..90)
        ),
        4 => format!("1:M {TIME} * Background saving terminated with success"),
        5 => format!(
            "1:M {TIME} # Client id={id} addr={address}:{port} scheduled to be closed ASAP for overcoming of output buffer limits."
        ),
        6 => format!("1:M {TIME} - Accepted {address}:{port}"),
        7 => format!("1:M {TIME} * Replica {address}:6379 asks for synchronization"),
        8 => format!(
            "1:M {TIME} # Partial resynchronization not accepted: replication ID mismatch with {address}:6379"
        ),
        _ => format!(
            "1:M {TIME} - DB 0: {id} keys ({process} volatile) in {} slots HT.",
            id.next_power_of_two()
        ),
    };
    Template::new(text + "\n", Said::Other)
}

pub(super) fn filler() -> Template {
    Template::new(format!("1:M {TIME} . {PADDING}\n"), Said::Other)
}
