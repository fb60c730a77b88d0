//! Development tasks of otcdb.
//!
//! The hand-written description under `openapi/` is [bundled](otcdb_openapi::Bundle) into one document per service. The
//! bundle is [checked](lint), compared with [the documentation](docs), [published](publish), and rewritten into a
//! [client view](view) from which [clients are generated](generate). The tests use the same functions as the commands.

#![allow(
    clippy::exhaustive_enums,
    clippy::exhaustive_structs,
    reason = "nobody else uses it"
)]

pub mod addresses;
pub mod docs;
pub mod files;
pub mod generate;
pub mod licences;
pub mod lint;
pub mod publish;
pub mod release;
pub mod tasks;
pub mod view;
