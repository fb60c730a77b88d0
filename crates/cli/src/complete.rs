//! What a shell is offered while a command is typed.
//!
//! The shell runs this program with [`VARIABLE`] set and the words so far; what the engine of `clap_complete` finds in the
//! definition of the command line is the reply. Names of resources come from the service, where an identity is at hand and
//! it replies at once. Nobody waits for a completion, and nobody reads its errors: what fails is no candidate.

use std::collections::HashSet;
use std::ffi::{OsStr, OsString};
use std::process::ExitCode;
use std::time::Duration;

use clap::{ArgMatches, FromArgMatches as _};
use clap_complete::Shell;
use clap_complete::engine::CompletionCandidate;
use clap_complete::env::Shells;
use otcdb_core::{Error, ErrorKind, Project, Result, Service, Session};

use crate::args::{Calls, Identity};
use crate::certificates;
use crate::cli::Cli;
use crate::operations::{self, Lookup, Named};
use crate::output::{self, clean};
use crate::runtime;
use crate::session;

/// Set by the shell, to its own name.
const VARIABLE: &str = "OTCDB_COMPLETE";

/// How long the service may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// How many resources are looked at.
const MOST: usize = 200;

/// Replies to a shell, if it is one that asks. There is always a reply: none is an empty one.
pub(crate) fn reply() -> Option<ExitCode> {
    let shell = std::env::var_os(VARIABLE).filter(|name| !name.is_empty())?;
    let mut text = Vec::new();
    let shells = Shells::builtins();
    let replied = shells.completer(&shell.to_string_lossy()).map(|shell| {
        let words = words();
        let here = std::env::current_dir().ok();
        let mut command = Cli::definition_for(&words);
        shell.write_complete(&mut command, words, here.as_deref(), &mut text)
    });
    if let Some(Ok(())) = replied {
        // Nobody is there to be told.
        let _ = output::write(&text);
    }
    Some(ExitCode::SUCCESS)
}

/// What makes a shell ask.
///
/// # Errors
/// A fault of the crate that writes it.
pub(crate) fn registration(shell: Shell) -> Result<Vec<u8>> {
    const NAME: &str = "otcdb";
    let shells = Shells::builtins();
    let failed = |what: &str| Error::new(ErrorKind::Internal, what);
    let shell = shells
        .completer(&shell.to_string())
        .ok_or_else(|| failed("there are no completions for this shell"))?;
    let mut text = Vec::new();
    shell
        .write_registration(VARIABLE, NAME, NAME, &program(NAME), &mut text)
        .map_err(|error| failed(&format!("the completions cannot be made: {error}")))?;
    Ok(text)
}

/// How the shell reaches this program: as it was called, from wherever it may be then.
fn program(name: &str) -> String {
    let called = std::env::args_os().next().map(std::path::PathBuf::from);
    let path = called.filter(|path| path.components().count() > 1);
    let path = path.and_then(|path| std::path::absolute(path).ok());
    path.map_or_else(
        || name.to_owned(),
        |path| path.to_string_lossy().into_owned(),
    )
}

/// The words so far, the program's name among them.
fn words() -> Vec<OsString> {
    let mut arguments = std::env::args_os();
    arguments.by_ref().find(|argument| argument == "--");
    arguments.collect()
}

/// Names and ids of resources that begin with what was typed.
pub(crate) fn resources(lookup: &Lookup, typed: &OsStr) -> Vec<CompletionCandidate> {
    let (Some(typed), Some(all)) = (typed.to_str(), listed(lookup)) else {
        return Vec::new();
    };
    let mut names = HashSet::new();
    let twice: HashSet<&str> = all
        .iter()
        .filter(|one| !names.insert(one.name.as_str()))
        .map(|one| one.name.as_str())
        .collect();
    let candidate = |one: &Named| {
        let status = one.status.as_deref().unwrap_or_default();
        let by_name = is_word(&one.name) && !twice.contains(one.name.as_str());
        let by_id = !typed.is_empty() && one.id.starts_with(typed);
        let (value, other) = match by_name && !by_id {
            true => (&one.name, &one.id),
            // It could mean anything to the shell, or several.
            false => (&one.id, &one.name),
        };
        let help = clean(&format!("{other} {status}"));
        let fits = one.name.starts_with(typed) || one.id.starts_with(typed);
        (fits && is_word(value))
            .then(|| CompletionCandidate::new(value).help(Some(help.trim().to_owned().into())))
    };
    all.iter().filter_map(candidate).collect()
}

/// The same of the instances of these services.
pub(crate) fn instances(services: &[Service], typed: &OsStr) -> Vec<CompletionCandidate> {
    let lookups = services
        .iter()
        .filter_map(|service| operations::instances(service.as_str()));
    lookups
        .flat_map(|lookup| resources(&lookup, typed))
        .collect()
}

/// The values that were typed before for a flag of a command, as far as they can be read.
pub(crate) fn typed_for<T>(command: &[&str], flag: &str) -> Vec<T>
where
    T: Clone + Send + Sync + 'static,
{
    let before = typed();
    let matches = command
        .iter()
        .try_fold(before.as_ref(), |matches, name| {
            Some(matches?.subcommand_matches(name))
        })
        .flatten();
    let values = matches.and_then(|matches| matches.try_get_many::<T>(flag).ok().flatten());
    values.into_iter().flatten().cloned().collect()
}

/// Whether a shell takes a text for one word with no meaning of its own. Who may name an instance must not write a
/// command.
fn is_word(text: &str) -> bool {
    let is_plain = |c: char| c.is_alphanumeric() || "-_.".contains(c);
    !text.is_empty() && !text.starts_with('-') && text.chars().all(is_plain)
}

/// Names of projects that begin with what was typed.
pub(crate) fn projects(typed: &OsStr) -> Vec<CompletionCandidate> {
    let listed = || {
        let session = session_for(|identity| identity.project_name.clear())?;
        runtime::block_on_at_most(PATIENCE, session.projects())
    };
    let (Some(typed), Some(all)) = (typed.to_str(), listed()) else {
        return Vec::new();
    };
    let fitting = all
        .iter()
        .filter(|one| one.enabled && one.name.starts_with(typed) && is_word(&one.name));
    let candidate =
        |one: &Project| CompletionCandidate::new(&one.name).help(Some(one.id.clone().into()));
    fitting.map(candidate).collect()
}

fn listed(lookup: &Lookup) -> Option<Vec<Named>> {
    let session = session_for(|_| {})?;
    let list = operations::list(lookup, &session, Some(MOST));
    runtime::block_on_at_most(PATIENCE, list)
}

/// A quick session with the identity that was typed before, but for what `change` does to it.
fn session_for(change: impl FnOnce(&mut Identity)) -> Option<Session> {
    certificates::check().ok()?;
    let matches = typed()?;
    let mut identity = Identity::from_arg_matches(&matches).ok()?;
    change(&mut identity);
    let calls = Calls {
        attempts: 1,
        connect_timeout: PATIENCE,
        read_timeout: PATIENCE,
        call_timeout: PATIENCE,
        ..Calls::from_arg_matches(&matches).ok()?
    };
    session::session(&calls, &session::found(&identity).ok()?).ok()
}

/// What was typed before, as far as it can be read.
fn typed() -> Option<ArgMatches> {
    let mut words = words();
    words.pop();
    let command = Cli::definition_for(&words).ignore_errors(true);
    command.try_get_matches_from(words).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_is_a_command_of_the_shell() {
        for name in ["orders-db", "a_b.c", "生产缓存", "7"] {
            assert!(is_word(name), "{name}");
        }
        for name in [
            "", "-rf", "a b", "$(x)", "a;b", "*", "a'b", "a:b", "~", "a\nb",
        ] {
            assert!(!is_word(name), "{name:?}");
        }
    }
}
