//! Proves the identity that is found in the environment, and tells a refusal from a service that is not there.
#![allow(clippy::print_stdout, reason = "an example says what it did")]

use otcdb_core::{ErrorKind, Session};

#[tokio::main]
async fn main() -> otcdb_core::Result<()> {
    let session = Session::from_env().await?;
    match session.prove().await {
        Ok(proof) => println!("{} in project {}", session.method(), proof.project_id),
        Err(error) if error.kind() == ErrorKind::Credentials => println!("refused: {error}"),
        Err(error) => return Err(error),
    }
    Ok(())
}
