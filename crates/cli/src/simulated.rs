//! A simulated cloud for one command.

use std::time::Duration;

use otcdb_core::config::{Environment, Layer, Settings};
use otcdb_core::{Error, ErrorKind, Result, Session};
use otcdb_simulator::{Running, Simulator};

use crate::args::Calls;
use crate::cli::Cli;
use crate::console::Console;
use crate::session;

/// A cloud that is quick about its work, and a session that knows nothing but it: neither variables nor files of this
/// machine.
///
/// # Errors
/// Flags that choose an identity, or a system that gives no socket.
pub(crate) async fn start(cli: &Cli, console: &Console) -> Result<(Running, Session)> {
    const DELAY: Duration = Duration::from_millis(300);
    cli.refuse_identity("--simulate")?;
    let cloud = Simulator::builder()
        .collect_delay(DELAY)
        .export_delay(DELAY)
        .keep_requests(false)
        .start()
        .await
        .map_err(|error| Error::new(ErrorKind::Internal, error.to_string()))?;
    console.note(&format!("simulating a cloud at {}", cloud.base_url()));
    let session = session_with(&cloud, &cli.calls)?;
    Ok((cloud, session))
}

fn session_with(cloud: &Running, calls: &Calls) -> Result<Session> {
    let environment = Environment::new(cloud.env_token(), None, |_| {
        Err(std::io::ErrorKind::NotFound.into())
    });
    session::session(calls, &Settings::discover(Layer::new(), &environment)?)
}
