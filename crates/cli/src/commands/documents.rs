//! `otcdb completions` and `otcdb man`.

use std::io;
use std::path::Path;

use otcdb_core::{Error, ErrorKind, Result};

use crate::args::{Completions, Man};
use crate::cli::Cli;
use crate::complete;
use crate::exit::Code;
use crate::output;

pub(crate) fn completions(args: &Completions) -> Result<Code> {
    output::write(&complete::registration(args.shell)?)?;
    Ok(Code::Success)
}

pub(crate) fn man(args: &Man) -> Result<Code> {
    let command = Cli::described();
    match &args.out {
        Some(out) => {
            let failed = |error| {
                let what = format!(
                    "manual pages cannot be written to {}: {error}",
                    out.display()
                );
                Error::new(ErrorKind::Storage, what)
            };
            std::fs::create_dir_all(out).map_err(failed)?;
            pages(command, out).map_err(failed)?;
        }
        None => {
            let mut text = Vec::new();
            clap_mangen::Man::new(command)
                .render(&mut text)
                .map_err(|error| {
                    Error::new(
                        ErrorKind::Internal,
                        format!("the manual page cannot be made: {error}"),
                    )
                })?;
            output::write(&text)?;
        }
    }
    Ok(Code::Success)
}

/// Each page has its name only when it is whole, and takes the place of whatever has that name: to write to a pipe there
/// would wait for a reader.
fn pages(command: clap::Command, out: &Path) -> io::Result<()> {
    let folder = tempfile::tempdir_in(out)?;
    clap_mangen::generate_to(command, folder.path())?;
    for page in std::fs::read_dir(folder.path())? {
        let page = page?;
        std::fs::rename(page.path(), out.join(page.file_name()))?;
    }
    Ok(())
}
