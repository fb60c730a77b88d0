//! Documentation pages against the description.
//!
//! Pages are [imported](import) as facts, which are committed beside the description in
//! `openapi/<service>/facts`. The description is [checked](check) against them, and a page that has changed is
//! [compared](diff) with them. Reading pages and comparing facts is the work of `otcdb-apidocs`.

pub mod apply;
mod catalogue;
pub mod check;
mod committed;
pub mod coverage;
pub mod diff;
pub mod draft;
mod endpoints;
pub mod import;
mod layout;
mod next_steps;
mod pages;
mod permissions;
pub mod recorded;
mod reread;
mod version;

use otcdb_openapi::Diagnostic;

/// Whose pages are read into facts. Operations may name pages of others, which nothing here reads.
pub const SOURCES: [&str; 2] = ["otc", "huaweicloud"];

/// The command that mends facts that are missing or out of date.
pub const IMPORT: &str = "cargo xtask docs import";

/// The rule that diagnostics of the comparison are reported under.
const RULE: &str = "docs";

/// A diagnostic of a whole file.
fn diagnostic(file: String, message: String, help: &str) -> Diagnostic {
    Diagnostic::of_file(file, RULE, message, help)
}
