//! What goes to the standard output stream, and in which form.

use std::io::{self, IsTerminal as _, Write as _};

use clap::ValueEnum;
use otcdb_core::{Error, ErrorKind, Result, redact};
use serde::Serialize;

use crate::columns;

/// Between two columns of a table.
pub(crate) const GAP: usize = 2;

/// The form of results.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    #[default]
    Table,
    /// One JSON document
    Json,
    /// One JSON document per line
    Jsonl,
    /// One YAML document
    Yaml,
}

/// Writes to the standard output stream. Whoever closed it, as `head` does, wants no more and no error.
///
/// # Errors
/// The stream cannot be written for another reason.
pub(crate) fn write(bytes: &[u8]) -> Result<()> {
    write_more(bytes).map(drop)
}

/// The same, for output that goes on: tells whether anyone still reads. Documents are written as they are: a control
/// character in a name belongs to it. Only the session's own secrets are masked, which a service may send back anywhere.
///
/// # Errors
/// As [`write`].
pub(crate) fn write_more(bytes: &[u8]) -> Result<bool> {
    write_unmasked(&redact::values_of_bytes(bytes))
}

/// The same for what is no secret at all: the credentials of a simulated cloud, which are there to be copied.
///
/// # Errors
/// As [`write`].
pub(crate) fn write_unmasked(bytes: &[u8]) -> Result<bool> {
    let mut out = io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(unwritten(&error)),
    }
}

/// That results have not reached whom they are for.
pub(crate) fn unwritten(error: &io::Error) -> Error {
    Error::new(
        ErrorKind::Storage,
        format!("the standard output stream cannot be written: {error}"),
    )
    .with_hint("check where it goes, and the free space there")
}

/// The width of the terminal that results go to, in columns; `None` if they go elsewhere.
pub(crate) fn width() -> Option<usize> {
    let (columns, _) = terminal_size::terminal_size_of(io::stdout())?;
    Some(columns.0.into())
}

/// Whether a person sees what is written.
pub(crate) fn is_terminal() -> bool {
    io::stdout().is_terminal()
}

/// A document as JSON, indented.
pub(crate) fn json(value: &impl Serialize) -> Result<String> {
    let mut text =
        serde_json::to_string_pretty(value).map_err(|error| unwritable("JSON", &error))?;
    text.push('\n');
    Ok(text)
}

/// A document as JSON on one line.
pub(crate) fn json_line(value: &impl Serialize) -> Result<String> {
    let mut text = serde_json::to_string(value).map_err(|error| unwritable("JSON", &error))?;
    text.push('\n');
    Ok(text)
}

/// A document as YAML.
pub(crate) fn yaml(value: &impl Serialize) -> Result<String> {
    let mut text = serde_saphyr::to_string(value).map_err(|error| unwritable("YAML", &error))?;
    if !text.ends_with('\n') {
        text.push('\n');
    }
    Ok(text)
}

fn unwritable(form: &str, error: &dyn std::error::Error) -> Error {
    Error::new(
        ErrorKind::Internal,
        format!("the result cannot be written as {form}: {error}"),
    )
}

/// Rows under headings, in columns; columns in `right` are aligned to the right.
pub(crate) fn table(
    headings: &[&str],
    right: &[usize],
    rows: impl IntoIterator<Item = Vec<String>>,
) -> String {
    let mut lines = vec![headings.iter().map(|cell| clean(cell)).collect()];
    lines.extend(
        rows.into_iter()
            .map(|row| row.iter().map(|cell| clean(cell)).collect()),
    );
    let widths: Vec<usize> = (0..headings.len())
        .map(|index| {
            let cells = lines
                .iter()
                .filter_map(|line: &Vec<String>| line.get(index));
            cells
                .map(|cell| columns::of(cell))
                .max()
                .unwrap_or_default()
        })
        .collect();
    let mut text = String::new();
    for cells in &lines {
        let mut line = String::new();
        for (index, (cell, width)) in cells.iter().zip(&widths).enumerate() {
            let room = " ".repeat(width.saturating_sub(columns::of(cell)));
            let (before, after) = match right.contains(&index) {
                true => (room.as_str(), ""),
                false => ("", room.as_str()),
            };
            line.extend([before, cell, after, &" ".repeat(GAP)]);
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// A text for one line of a terminal: control characters, and those that turn the direction of writing or cannot be
/// seen, are removed. Names come from services, and whoever may name an instance must not steer a terminal. The session's
/// own secrets are masked.
pub(crate) fn clean(text: &str) -> String {
    let visible: String = text.chars().filter(|c| !is_hidden(*c)).collect();
    redact::values(&visible).into_owned()
}

/// A document for a terminal: what [`clean`] removes is written as JSON escapes it, lines stay.
pub(crate) fn escaped(document: &str) -> String {
    let mut text = String::with_capacity(document.len());
    for c in document.chars() {
        if c != '\n' && is_hidden(c) {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                text.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            text.push(c);
        }
    }
    text
}

fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_steers_a_terminal() {
        assert_eq!(
            clean("a\u{1b}[2Jb\nc\u{9b}1md\u{202e}e\u{7f}f\u{200b}"),
            "a[2Jbc1mdef"
        );
        assert_eq!(
            escaped("{\"a\": \"\u{9b}\u{202e}é\"}\n"),
            "{\"a\": \"\\u009b\\u202eé\"}\n"
        );
        assert_eq!(clean("prod – Größe 日本"), "prod – Größe 日本");
    }

    #[test]
    fn columns_are_as_wide_as_their_cells() {
        let rows = [
            vec!["日本\u{7}".to_owned(), "1".to_owned()],
            vec!["a".to_owned(), "200".to_owned()],
            vec!["e\u{301}\u{200b}".to_owned(), "30".to_owned()],
        ];
        assert_eq!(
            table(&["NA\u{1b}ME", "N"], &[1], rows),
            "NAME    N\n日本    1\na     200\ne\u{301}      30\n"
        );
    }
}
