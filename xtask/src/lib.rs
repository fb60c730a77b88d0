//! Development tasks of otcdb.
//!
//! The hand-written description under `openapi/` is [bundled](bundle) into one document per service. The bundle
//! is [checked](lint), compared with [the documentation](docs), [published](publish), and rewritten into a
//! [client view](view) from which [clients are generated](generate). The tests use the same functions as the commands.

pub mod bundle;
pub mod diagnostic;
pub mod docs;
pub mod examples;
pub mod files;
pub mod generate;
pub mod grammar;
pub mod links;
pub mod lint;
pub mod operations;
pub mod pointer;
pub mod publish;
pub mod reach;
pub mod tasks;
pub mod view;
pub mod walk;
pub mod yaml;
