//! Entries on their way out.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;

use anstream::ColorChoice;
use otcdb_core::{Error, ErrorKind, Result, redact};
use otcdb_entries::{JsonLines, Text};

use super::logs::Logs;
use crate::args::Form;
use crate::output;

/// What is written at once.
const CHUNK: usize = 256 * 1024;

/// Writes entries in one of their forms.
pub(super) struct Printer {
    form: Form,
    file: Option<File>,
    has_colours: bool,
    out: Vec<u8>,
}

impl Printer {
    /// Prints to the standard output stream or, if it is given, to the end of a file.
    ///
    /// # Errors
    /// The file cannot be opened.
    pub(super) fn new(form: Form, append: Option<&Path>) -> Result<Self> {
        let open = |path: &Path| {
            let file = File::options().create(true).append(true).open(path);
            file.map_err(|error| {
                Error::new(
                    ErrorKind::Storage,
                    format!("cannot open {}: {error}", path.display()),
                )
            })
        };
        let file = append.map(open).transpose()?;
        let colours = anstream::AutoStream::choice(&io::stdout());
        Ok(Self {
            form,
            has_colours: file.is_none() && colours != ColorChoice::Never,
            file,
            out: Vec::with_capacity(CHUNK * 2),
        })
    }

    /// Prints all that is chosen, and calls `written` after each part; `false` if nobody reads it any more.
    ///
    /// # Errors
    /// It cannot be written.
    pub(super) fn print(
        &mut self,
        logs: &mut Logs,
        mut written: impl FnMut(&Logs) -> Result<()>,
    ) -> Result<bool> {
        let is_terminal = self.has_colours || self.file.is_none() && output::is_terminal();
        let mut text = Text::new(logs.width(), is_terminal);
        let mut json = JsonLines::default();
        while let Some((_, label, entry)) = logs.next() {
            match self.form {
                Form::Text => text.write(&mut self.out, label, &entry),
                Form::Jsonl => json.write(&mut self.out, label, &entry),
                Form::Raw => self.out.extend_from_slice(entry.raw),
            }
            if self.out.len() >= CHUNK {
                if !self.flush()? {
                    return Ok(false);
                }
                written(logs)?;
            }
        }
        self.flush()
    }

    fn flush(&mut self) -> Result<bool> {
        let written = match &mut self.file {
            Some(file) => file
                .write_all(&redact::values_of_bytes(&self.out))
                .and_then(|()| file.sync_data())
                .map(|()| true)
                .map_err(|error| {
                    Error::new(
                        ErrorKind::Storage,
                        format!("the entries cannot be written: {error}"),
                    )
                })?,
            None => output::write_more(&self.out)?,
        };
        self.out.clear();
        Ok(written)
    }
}
