//! MySQL's slow query log and SQL audit log.

use super::statements::Statement;
use super::template::{SECONDS, TIME, Template};
use super::{Client, Said};

/// What the server writes at the beginning of a slow query log.
pub(super) const OPENING: &str = "/usr/sbin/mysqld, Version: 8.0.28 (Source distribution). started with:\n\
    Tcp port: 3306  Unix socket: /var/lib/mysql/mysql.sock\n\
    Time                 Id Command    Argument\n";

pub(super) fn slow(rng: &mut fastrand::Rng) -> Template {
    let (client, statement) = (Client::any(rng), Statement::any(rng));
    slow_entry(&client, &statement, rng)
}

pub(super) fn slow_filler() -> Template {
    let mut rng = fastrand::Rng::with_seed(0);
    slow_entry(&Client::filling(), &Statement::filling(), &mut rng)
}

fn slow_entry(client: &Client, statement: &Statement, rng: &mut fastrand::Rng) -> Template {
    let Client {
        address, process, ..
    } = client;
    let (seconds, part) = (
        statement.microseconds / 1_000_000,
        statement.microseconds % 1_000_000,
    );
    let database = match rng.u8(0..8) {
        0 => "use shop;\n",
        _ => "",
    };
    Template::new(
        format!(
            "# Time: {TIME}{:03}Z\n# User@Host: app[app] @  [{address}]  Id: {process:5}\n\
             # Query_time: {seconds}.{part:06}  Lock_time: 0.000{:03} Rows_sent: {}  Rows_examined: {}\n\
             {database}SET timestamp={SECONDS};\n{};\n",
            rng.u16(0..1_000),
            rng.u16(0..1_000),
            rng.u16(0..2_000),
            rng.u32(1_000..2_000_000),
            statement.text
        ),
        statement.said.clone(),
    )
}

pub(super) fn audit(rng: &mut fastrand::Rng) -> Template {
    let client = Client::any(rng);
    match rng.u8(0..6) {
        0 => audit_entry(&client, "connect", "", rng.u32(..), Said::Connection),
        _ => {
            let text = Statement::any(rng).text;
            audit_statement(&client, &text, rng.u32(..))
        }
    }
}

pub(super) fn audit_filler() -> Template {
    audit_statement(&Client::filling(), &Statement::filling().text, 0)
}

fn audit_statement(client: &Client, text: &str, record: u32) -> Template {
    let class = text.split(' ').next().unwrap_or_default().to_lowercase();
    // An audit log does not say how long a statement took.
    audit_entry(client, &class, text, record, Said::Other)
}

/// Record, connection, result, kind, time, class, statement, user, host, external user, address, login, database.
fn audit_entry(client: &Client, class: &str, text: &str, record: u32, said: Said) -> Template {
    let Client {
        address, process, ..
    } = client;
    let kind = match class {
        "connect" => "CONNECT",
        _ => "QUERY",
    };
    Template::new(
        format!(
            "\"{record}_{TIME}\",\"{process}\",\"0\",\"{kind}\",\"{TIME} UTC\",\"{class}\",\"{text}\",\
             \"app[app] @  [{address}]\",\"\",\"\",\"{address}\",\"\",\"shop\"\n"
        ),
        said,
    )
}
