//! What the tests of all crates share.
//!
//! - [`SmallCloud`] is one small cloud, whose clock only the test moves.
//! - What each operation can be called with is said by the simulated cloud itself, [`Fixture`].
//! - A [`Client`] is a way to call an operation: [`Http`] here, the generated clients and the program where those are tested.
//! - [`every`] calls one operation once, and [`contract`] proves of a resource what `x-resource` promises. Each client tells
//!   both stories of all that is described: what is new is told without a new test.
//! - [`examples`] runs the examples of a package.

#![allow(
    clippy::exhaustive_enums,
    clippy::exhaustive_structs,
    clippy::panic,
    clippy::unwrap_used,
    reason = "helpers of tests fail as tests do, and change with them"
)]

pub mod contract;
mod every;
pub mod examples;
mod http;
mod http_client;
mod small_cloud;

pub use every::{every, operations};
pub use http::Http;
pub use http_client::http_client;
pub use otcdb_simulator::{Fixture, Ids, order};
pub use small_cloud::{Client, Identity, Refused, SmallCloud, builder};
