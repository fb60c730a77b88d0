//! MongoDB's log in its form before 4.4, and its audit log.

use super::template::{PADDING, TIME, Template};
use super::{Client, Said};

pub(super) fn error(rng: &mut fastrand::Rng) -> Template {
    let Client {
        address,
        port,
        process,
    } = Client::any(rng);
    let error = Said::Error { severity: "ERROR" };
    let (text, said) = match rng.u8(0..6) {
        0 => (
            format!(
                "I NETWORK  [listener] connection accepted from {address}:{port} #{process} ({} connections now open)",
                rng.u8(1..90)
            ),
            Said::Connection,
        ),
        1 => (
            format!("I NETWORK  [conn{process}] end connection {address}:{port}"),
            Said::Other,
        ),
        2 => (
            format!(
                "I ACCESS   [conn{process}] SASL SCRAM-SHA-1 authentication failed for app on admin from client {address}:{port} ; \
                 AuthenticationFailed: storedKey mismatch"
            ),
            Said::Other,
        ),
        3 => (
            format!(
                "W REPL     [replexec-{}] Member {address}:8635 is now in state DOWN",
                rng.u8(0..9)
            ),
            Said::Other,
        ),
        4 => (
            format!(
                "E STORAGE  [thread{process}] WiredTiger error (28) file:WT: write: No space left on device"
            ),
            error,
        ),
        _ => (
            format!(
                "E QUERY    [conn{process}] Plan executor error during find command: FAILURE, docsExamined: {port}"
            ),
            error,
        ),
    };
    Template::new(format!("{TIME}+0000 {text}\n"), said)
}

pub(super) fn error_filler() -> Template {
    let text = format!("{TIME}+0000 I STORAGE  [ftdc] serverStatus was very slow: {PADDING}\n");
    Template::new(text, Said::Other)
}

pub(super) fn slow(rng: &mut fastrand::Rng) -> Template {
    let number = rng.u32(1_000..9_999_999);
    let shape = rng.usize(..3);
    let query = match shape {
        0 => {
            format!("orders command: find {{ find: \"orders\", filter: {{ customer: {number} }} }}")
        }
        1 => format!("stock command: update {{ update: \"stock\", q: {{ article: {number} }} }}"),
        _ => {
            format!("sessions command: delete {{ delete: \"sessions\", q: {{ seen: {number} }} }}")
        }
    };
    slow_entry(
        rng.u16(1_000..9_999),
        &query,
        shape,
        100 + rng.u64(0..30_000),
    )
}

pub(super) fn slow_filler() -> Template {
    let query =
        format!("notes command: find {{ find: \"notes\", filter: {{ text: \"{PADDING}\" }} }}");
    slow_entry(900, &query, 3, 1_234)
}

fn slow_entry(connection: u16, query: &str, shape: usize, milliseconds: u64) -> Template {
    let said = Said::Statement {
        shape,
        microseconds: milliseconds * 1_000,
    };
    let text = format!(
        "{TIME}+0000 I COMMAND  [conn{connection}] command shop.{query} planSummary: COLLSCAN keysExamined:0 \
         docsExamined:{milliseconds} numYields:7 protocol:op_msg {milliseconds}ms\n"
    );
    Template::new(text, said)
}

pub(super) fn audit(rng: &mut fastrand::Rng) -> Template {
    let client = Client::any(rng);
    let command = rng
        .choice(["insert", "update", "delete"])
        .unwrap_or("insert");
    audit_entry(&client, command, &format!("orders_{}", rng.u16(..)))
}

pub(super) fn audit_filler() -> Template {
    audit_entry(&Client::filling(), "insert", &PADDING.to_string())
}

fn audit_entry(client: &Client, command: &str, collection: &str) -> Template {
    let Client { address, port, .. } = client;
    Template::new(
        format!(
            "{{\"atype\":\"authCheck\",\"ts\":{{\"$date\":\"{TIME}+0000\"}},\"remote\":{{\"ip\":\"{address}\",\"port\":{port}}},\
             \"users\":[{{\"user\":\"app\",\"db\":\"admin\"}}],\"param\":{{\"command\":\"{command}\",\
             \"ns\":\"shop.{collection}\"}},\"result\":0}}\n"
        ),
        Said::Other,
    )
}
