//! A question before data is destroyed.

use std::io::{self, BufRead, IsTerminal as _};

use otcdb_core::{Error, ErrorKind, Result, Session};

use super::request::Request;
use crate::console::Console;

/// What is lost by a request, if anything is.
fn destroyed(request: &Request) -> Option<&'static str> {
    request.operation.destroys.as_deref()
}

/// Refuses to go on where a question would be needed and nobody is there to answer it.
///
/// # Errors
/// The standard streams are no terminal.
pub(super) fn possible(request: &Request) -> Result<()> {
    match destroyed(request) {
        Some(destroyed) if !(io::stdin().is_terminal() && io::stderr().is_terminal()) => {
            let id = &request.operation.id;
            Err(Error::invalid_argument(format!(
                "{id} destroys {destroyed}, and there is no terminal to ask on"
            ))
            .with_hint("add --yes if that is meant"))
        }
        _ => Ok(()),
    }
}

/// Asks, where something is destroyed.
///
/// # Errors
/// The answer is not yes, or the project cannot be found out.
pub(super) async fn ask(request: &Request, session: &Session, console: &Console) -> Result<()> {
    let Some(destroyed) = destroyed(request) else {
        return Ok(());
    };
    let about = match request.about() {
        about if about.is_empty() => String::new(),
        about => format!(" for {about}"),
    };
    console.prompt(&format!(
        "{}{about}, in project {} of region {}.\nThis destroys {destroyed}. Type yes to go on: ",
        request.operation.id,
        session.project_id().await?,
        session.region(),
    ));
    confirmed(&mut io::stdin().lock())
}

fn confirmed(input: &mut impl BufRead) -> Result<()> {
    let mut line = String::new();
    let unreadable = |error| {
        Error::invalid_argument(format!("the standard input stream cannot be read: {error}"))
    };
    input.read_line(&mut line).map_err(unreadable)?;
    match line.trim() {
        "yes" => Ok(()),
        _ => Err(Error::new(
            ErrorKind::Cancelled,
            "the answer is not yes; nothing was sent",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_yes_goes_on() {
        assert!(confirmed(&mut &b"yes\n"[..]).is_ok());
        for answer in ["", "y\n", "no\n", "YES\n", "yes please\n"] {
            let error = confirmed(&mut answer.as_bytes()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Cancelled);
        }
    }
}
