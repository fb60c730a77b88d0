//! What of a response is shown, and in which form.

use otcdb_core::{Error, Result};

use crate::operations::show::fields::SortKey;
use crate::operations::show::query::Query;
use crate::output::Format;

/// What the flags say of it.
#[derive(Clone, Debug, Default)]
pub(crate) struct View {
    pub(crate) format: Format,
    pub(crate) query: Option<Query>,
    /// The columns of a list's table; none for those that fit.
    pub(crate) columns: Vec<String>,
    pub(crate) sort: Vec<SortKey>,
}

impl View {
    /// Refuses columns where there is no table.
    ///
    /// # Errors
    /// There are columns, and another form.
    pub(crate) fn check(&self) -> Result<()> {
        if self.columns.is_empty() || self.format == Format::Table {
            return Ok(());
        }
        let pairs = self.columns.iter().map(|name| {
            let label = name.replace('.', "_");
            format!("{label}: {name}")
        });
        let pairs = pairs.collect::<Vec<_>>().join(", ");
        Err(
            Error::invalid_argument("--columns is for tables, and --output asks for another form")
                .with_hint(format!("write --query '[].{{{pairs}}}'")),
        )
    }

    /// Whether a list can be written before all of it is there.
    pub(crate) fn goes_on(&self) -> bool {
        self.format == Format::Jsonl && self.query.is_none() && self.sort.is_empty()
    }
}
