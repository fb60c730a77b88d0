//! The program and a stub in place of a service.

use std::process::Command;

use otcdb_stub::{Response, Stub};

/// The id of an instance: what has no such form is a name, and looked up.
pub(crate) const ID: &str = "5560df16-cebf-4473-95c4-d1b573c16e79";

/// A command with an identity for this service.
pub(crate) fn at(mut command: Command, service: &Stub) -> Command {
    command
        .env("OTCDB_TOKEN", "t")
        .env("OTCDB_REGION", "eu-de")
        .env("OTCDB_PROJECT_ID", "p")
        .env("OTCDB_DCS_ENDPOINT", service.url());
    command
}

/// A service that gives these documents in turn.
pub(super) fn answer_with<T: Into<Vec<u8>>>(bodies: impl IntoIterator<Item = T>) -> Stub {
    let answer = |body| Response::bytes(200, "application/json", body);
    Stub::in_turn(bodies.into_iter().map(answer))
}
