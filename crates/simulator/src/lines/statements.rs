//! Slow statements.

use super::template::{PADDING, TIME, Template};
use super::{Client, Said};

/// A statement of one of a few shapes, with values of its own.
pub(super) struct Statement {
    pub(super) text: String,
    pub(super) said: Said,
    pub(super) microseconds: u64,
}

/// The shape of the statement that fills a file.
const FILLING: usize = 7;

impl Statement {
    pub(super) fn any(rng: &mut fastrand::Rng) -> Self {
        let id = rng.u32(1_000..9_999_999);
        let day = format!("2026-{:02}-{:02}", rng.u8(1..13), rng.u8(1..29));
        let shape = rng.usize(..FILLING);
        let text = match shape {
            0 => format!("SELECT * FROM orders WHERE id = {id}"),
            1 => format!(
                "SELECT c.name, SUM(o.total) FROM customers c JOIN orders o ON o.customer_id = c.id WHERE o.created > '{day}' GROUP BY c.name"
            ),
            2 => format!(
                "SELECT id, state\nFROM invoices\nWHERE customer_id = {id}\nORDER BY created DESC LIMIT 20"
            ),
            3 => format!(
                "UPDATE stock SET amount = amount - {} WHERE article_id = {id}",
                rng.u8(1..9)
            ),
            4 => format!(
                "INSERT INTO sessions (token, customer_id, created) VALUES ('{:016x}', {id}, '{day}')",
                rng.u64(..)
            ),
            5 => format!("DELETE FROM sessions WHERE created < '{day}'"),
            _ => format!("SELECT COUNT(*) FROM orders WHERE state = 'open' AND total > {id}.50"),
        };
        // Most are not much slower than what counts as slow.
        let microseconds = 1_000_000 + rng.u64(0..2_000_000) * rng.u64(1..30);
        Self::of(text, shape, microseconds)
    }

    /// The one that takes as many bytes as are missing.
    pub(super) fn filling() -> Self {
        let text = format!("SELECT COUNT(*) FROM customers WHERE note LIKE '{PADDING}%'");
        Self::of(text, FILLING, 1_234_567)
    }

    fn of(text: String, shape: usize, microseconds: u64) -> Self {
        Self {
            text,
            said: Said::Statement {
                shape,
                microseconds,
            },
            microseconds,
        }
    }
}

/// An event of SQL Server's trace.
pub(super) fn trace(rng: &mut fastrand::Rng) -> Template {
    event(&Client::any(rng), &Statement::any(rng))
}

pub(super) fn trace_filler() -> Template {
    event(&super::Client::filling(), &Statement::filling())
}

fn event(client: &Client, statement: &Statement) -> Template {
    let Client {
        address, process, ..
    } = client;
    Template::new(
        format!(
            "{TIME}\tSQL:BatchCompleted\tshop\t{address}\tspid={process}\tduration={}\t{}\n",
            statement.microseconds / 1000,
            statement.text.replace('\n', " ")
        ),
        statement.said.clone(),
    )
}
