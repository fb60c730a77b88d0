//! An HTTP server on loopback for tests. It answers as a test says, also with what no HTTP library would send, and
//! keeps what it was sent.
//!
//! ```
//! use otcdb_stub::{Response, Stub};
//! use serde_json::json;
//!
//! let stub = Stub::start();
//! stub.on("GET", "/v2/{project}/instances").respond(200, json!({ "instances": [] }));
//! stub.on("POST", "/v2/{project}/instances").in_turn([
//!     Response::close(),
//!     Response::json(200, json!({ "id": "i" })).cut_at(3),
//! ]);
//! # assert!(stub.url().starts_with("http://127.0.0.1:"));
//! assert_eq!(stub.count(), 0);
//! ```
//!
//! The first route that fits and has a response left answers; without one, the response is 418. The stub works on a
//! thread of its own, so that it serves asynchronous tests, whatever their clock shows, and tests that wait for a
//! process. It knows no other crate of this workspace: tests of all of them can use it.

#![allow(
    clippy::exhaustive_enums,
    clippy::exhaustive_structs,
    clippy::unwrap_used,
    reason = "it is a part of tests: it fails as they do, and changes with them"
)]

mod connection;
mod request;
mod response;
mod routes;
mod stub;

pub use connection::Connection;
pub use request::Request;
pub use response::Response;
pub use routes::Route;
pub use stub::Stub;
