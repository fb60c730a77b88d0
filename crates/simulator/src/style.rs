//! What the lines of each kind of log look like.

use jiff::civil::Date;

/// A kind of log file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    RedisRun,
    PostgresError,
    PostgresSlow,
    MysqlSlow,
    MysqlAudit,
    SqlServerTrace,
}

/// A line is head, time of day and one of the tails.
pub(crate) struct Lines {
    pub(crate) head: String,
    pub(crate) tails: Vec<String>,
}

const TAILS: usize = 64;
const TABLES: [&str; 5] = ["orders", "customers", "invoices", "sessions", "stock"];

impl Style {
    /// The parts of the lines of one day's file.
    pub(crate) fn lines(self, day: Date, rng: &mut fastrand::Rng) -> Lines {
        let head = match self {
            Self::RedisRun => format!("1:M {} ", day.strftime("%d %b %Y")),
            Self::MysqlSlow => format!("# Time: {day}T"),
            Self::MysqlAudit => format!("\"{day}T"),
            Self::PostgresError | Self::PostgresSlow | Self::SqlServerTrace => format!("{day} "),
        };
        let tails = (0..TAILS).map(|_| self.tail(rng)).collect();
        Lines { head, tails }
    }

    fn tail(self, rng: &mut fastrand::Rng) -> String {
        let table = rng.choice(TABLES).unwrap_or("orders");
        let id = rng.u32(1_000..9_999_999);
        let pid = rng.u16(1_000..32_000);
        let client = format!("192.168.{}.{}", rng.u8(0..8), rng.u8(2..250));
        let milliseconds = rng.u32(1_000..60_000);
        let port = rng.u16(32_000..61_000);
        match self {
            Self::RedisRun => match rng.u8(0..6) {
                0 => format!(" * {} changes in 300 seconds. Saving...", rng.u16(10..900)),
                1 => format!(" * Background saving started by pid {pid}"),
                2 => format!(
                    " * RDB: {} MB of memory used by copy-on-write",
                    rng.u8(1..90)
                ),
                3 => " * Background saving terminated with success".to_owned(),
                4 => format!(
                    " # Client id={id} addr={client}:{port} scheduled to be closed ASAP for overcoming of output buffer limits."
                ),
                _ => format!(
                    " - DB 0: {id} keys ({pid} volatile) in {} slots HT.",
                    id.next_power_of_two()
                ),
            },
            Self::PostgresError => match rng.u8(0..4) {
                0 => format!(
                    " UTC:{client}({port}):root@shop:[{pid}]:ERROR:  relation \"{table}_{id}\" does not exist at character 15"
                ),
                1 => format!(
                    " UTC:{client}({port}):root@shop:[{pid}]:FATAL:  password authentication failed for user \"root\""
                ),
                2 => format!(
                    " UTC::@:[{pid}]:LOG:  checkpoint complete: wrote {} buffers (0.4%)",
                    rng.u16(10..9_000)
                ),
                _ => format!(
                    " UTC:{client}({port}):app@shop:[{pid}]:ERROR:  duplicate key value violates unique constraint \"{table}_pkey\""
                ),
            },
            Self::PostgresSlow => format!(
                " UTC:{client}({port}):app@shop:[{pid}]:LOG:  duration: {milliseconds}.{:03} ms  statement: SELECT * FROM {table} WHERE id = {id} ORDER BY created",
                rng.u16(0..1_000)
            ),
            Self::MysqlSlow => format!(
                "Z\n# User@Host: root[root] @  [{client}]  Id: {pid}\n# Query_time: {}.{:06}  Lock_time: 0.000{:03} Rows_sent: {}  Rows_examined: {id}\nSELECT * FROM {table} WHERE id > {id};",
                milliseconds / 1_000,
                rng.u32(0..1_000_000),
                rng.u16(0..1_000),
                rng.u16(0..2_000)
            ),
            Self::MysqlAudit => format!(
                "Z\",\"{pid}\",\"QUERY\",\"app\",\"{client}\",\"shop\",\"UPDATE {table} SET changed = 1 WHERE id = {id}\",\"0\""
            ),
            Self::SqlServerTrace => format!(
                "\tSQL:BatchCompleted\tshop\t{client}\tspid={pid}\tduration={milliseconds}\tSELECT * FROM dbo.{table} WHERE id = {id}"
            ),
        }
    }
}
