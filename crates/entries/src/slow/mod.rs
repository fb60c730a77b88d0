//! Slow statements: what the entries say of them, and which of them are alike.

mod fingerprint;
mod statement;
mod top;

pub use fingerprint::fingerprint;
pub use statement::Statement;
pub use top::{Group, Top};
