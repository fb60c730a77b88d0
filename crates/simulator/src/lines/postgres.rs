//! PostgreSQL's standard error stream, with the prefix `%m:%r:%u@%d:[%p]:`.

use super::statements::Statement;
use super::template::{PADDING, TIME, Template};
use super::{Client, Said};

/// The prefix of what a client caused.
fn of(client: &Client) -> String {
    let Client {
        address,
        port,
        process,
    } = client;
    format!("{TIME} UTC:{address}({port}):app@shop:[{process}]:")
}

/// The prefix of what the server does by itself.
fn by_itself(process: u16) -> String {
    format!("{TIME} UTC::@:[{process}]:")
}

/// A message of several lines: what is not its first is indented.
fn indented(text: &str) -> String {
    text.replace('\n', "\n\t")
}

pub(super) fn slow(rng: &mut fastrand::Rng) -> Template {
    let (client, statement) = (Client::any(rng), Statement::any(rng));
    slow_entry(&client, &statement)
}

pub(super) fn slow_filler() -> Template {
    slow_entry(&Client::filling(), &Statement::filling())
}

fn slow_entry(client: &Client, statement: &Statement) -> Template {
    let prefix = of(client);
    let (whole, part) = (statement.microseconds / 1000, statement.microseconds % 1000);
    Template::new(
        format!(
            "{prefix}LOG:  duration: {whole}.{part:03} ms  statement: {}\n",
            indented(&statement.text)
        ),
        statement.said.clone(),
    )
}

pub(super) fn error_filler() -> Template {
    let prefix = by_itself(71);
    let text = format!("{prefix}LOG:  automatic analyze of table \"shop.public.log_{PADDING}\"\n");
    Template::new(text, Said::Other)
}

pub(super) fn error(rng: &mut fastrand::Rng) -> Template {
    let client = Client::any(rng);
    let (prefix, own) = (of(&client), by_itself(rng.u16(60..90)));
    let Client {
        address,
        port,
        process,
    } = &client;
    let id = rng.u32(1_000..9_999_999);
    let error = Said::Error { severity: "ERROR" };
    let (text, said) = match rng.u8(0..12) {
        0 => (
            format!(
                "{prefix}ERROR:  relation \"orders_{id}\" does not exist at character 15\n\
                 {prefix}STATEMENT:  SELECT * FROM orders_{id}\n"
            ),
            error,
        ),
        1 => (
            format!(
                "{prefix}ERROR:  duplicate key value violates unique constraint \"customers_pkey\"\n\
                 {prefix}DETAIL:  Key (id)=({id}) already exists.\n\
                 {prefix}STATEMENT:  INSERT INTO customers (id, name)\n\tVALUES ({id}, 'n')\n"
            ),
            error,
        ),
        2 => (
            format!(
                "{prefix}ERROR:  deadlock detected\n\
                 {prefix}DETAIL:  Process {process} waits for ShareLock on transaction {id}; blocked by process {port}.\n\
                 \tProcess {port} waits for ShareLock on transaction {}; blocked by process {process}.\n\
                 {prefix}HINT:  See server log for query details.\n\
                 {prefix}STATEMENT:  UPDATE stock SET amount = 1 WHERE article_id = {id}\n",
                id + 1
            ),
            error,
        ),
        3 => (
            format!(
                "{prefix}FATAL:  password authentication failed for user \"app\"\n\
                 {prefix}DETAIL:  Connection matched pg_hba.conf line 9: \"host all all 0.0.0.0/0 md5\"\n"
            ),
            Said::Error { severity: "FATAL" },
        ),
        4 => (
            format!("{own}LOG:  checkpoint starting: time\n"),
            Said::Other,
        ),
        5 | 6 => {
            let (buffers, written) = (rng.u16(10..9_000), rng.u16(1_000..30_000));
            let (seconds, part) = (written / 1000, written % 1000);
            let distance = rng.u16(1_000..60_000);
            (
                format!(
                    "{own}LOG:  checkpoint complete: wrote {buffers} buffers (0.4%); 0 WAL file(s) added, 0 removed, 1 recycled; \
                     write={seconds}.{part:03} s, sync=0.004 s, total={seconds}.{part:03} s; sync files=27, longest=0.002 s, average=0.001 s; \
                     distance={distance} kB, estimate={distance} kB\n"
                ),
                Said::Checkpoint { buffers },
            )
        }
        7 => (
            format!(
                "{own}LOG:  automatic vacuum of table \"shop.public.orders\": index scans: 1\n\
                 \tpages: 0 removed, {port} remain, 0 skipped due to pins, 0 skipped frozen\n\
                 \ttuples: {id} removed, {} remain, 0 are dead but not yet removable, oldest xmin: {id}\n\
                 \tbuffer usage: {process} hits, {port} misses, {process} dirtied\n\
                 \tavg read rate: 4.125 MB/s, avg write rate: 1.250 MB/s\n\
                 \tsystem usage: CPU: user: 0.15 s, system: 0.03 s, elapsed: 2.75 s\n",
                id * 7
            ),
            Said::Other,
        ),
        8 | 9 => (
            // The server does not know yet who it is.
            format!(
                "{TIME} UTC:{address}({port}):[unknown]@[unknown]:[{process}]:LOG:  connection received: host={address} port={port}\n"
            ),
            Said::Other,
        ),
        10 => (
            format!("{prefix}LOG:  connection authorized: user=app database=shop\n"),
            Said::Connection,
        ),
        _ => (
            format!(
                "{prefix}LOG:  disconnection: session time: 0:{:02}:{:02}.{:03} user=app database=shop host={address} port={port}\n",
                rng.u8(0..60),
                rng.u8(0..60),
                rng.u16(0..1_000)
            ),
            Said::Other,
        ),
    };
    Template::new(text, said)
}
