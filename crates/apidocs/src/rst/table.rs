//! Grid and simple tables of reStructuredText, cut into cells.

use unicode_width::UnicodeWidthChar as _;

use super::lines::Line;
use crate::read_error::{ReadError, Reason};

/// A table cut into cells that are still source lines.
#[derive(Debug, Default)]
pub(crate) struct RawTable<'a> {
    /// The header row, where there is one.
    pub(crate) header: Option<RawRow<'a>>,
    /// Body rows.
    pub(crate) rows: Vec<RawRow<'a>>,
    /// How many lines of the input the table takes.
    pub(crate) taken: usize,
}

/// A row: the lines of each cell.
pub(crate) type RawRow<'a> = Vec<Vec<Line<'a>>>;

/// Whether a grid table begins here.
pub(crate) fn is_grid_border(text: &str) -> bool {
    let text = text.trim_end();
    text.len() >= 3
        && text.starts_with('+')
        && text.ends_with('+')
        && text.bytes().all(|b| matches!(b, b'+' | b'-' | b'='))
}

/// Whether a simple table begins here.
pub(crate) fn is_simple_border(text: &str) -> bool {
    let text = text.trim_end();
    text.starts_with('=') && text.contains(' ') && text.bytes().all(|b| matches!(b, b'=' | b' '))
}

/// Cuts a grid table that begins at the first line.
///
/// # Errors
/// A table with cells that span rows or columns, or whose borders do not line
/// up, is refused.
pub(crate) fn grid<'a>(lines: &[Line<'a>]) -> Result<RawTable<'a>, ReadError> {
    let Some(first) = lines.first() else {
        return Ok(RawTable::default());
    };
    let columns = grid_columns(first.text.trim_end());
    let mut table = RawTable::default();
    let mut row: RawRow<'a> = vec![Vec::new(); columns.len()];
    let mut open = false;
    for line in lines {
        let text = line.text.trim_end();
        if !(text.starts_with('+') || text.starts_with('|')) {
            break;
        }
        table.taken += 1;
        if is_grid_border(text) {
            if grid_columns(text) != columns {
                return Err(ReadError::at(
                    Reason::Table,
                    line.number,
                    "a cell of this grid table spans rows or columns; split it into plain cells",
                ));
            }
            if open {
                let done = std::mem::replace(&mut row, vec![Vec::new(); columns.len()]);
                if text.contains('=') {
                    if table.header.is_some() || !table.rows.is_empty() {
                        return Err(ReadError::at(
                            Reason::Table,
                            line.number,
                            "this grid table has a second header border",
                        ));
                    }
                    table.header = Some(done);
                } else {
                    table.rows.push(done);
                }
                open = false;
            }
            continue;
        }
        if text.starts_with('+') {
            return Err(ReadError::at(
                Reason::Table,
                line.number,
                "a cell of this grid table spans columns; split it into plain cells",
            ));
        }
        open = true;
        let cut = Measure::ALL
            .into_iter()
            .find_map(|measure| cut_grid_line(line, text, &columns, measure));
        let Some(cells) = cut else {
            return Err(ReadError::at(
                Reason::Table,
                line.number,
                "the cell borders of this grid table do not line up with its first border",
            ));
        };
        for (cell, more) in row.iter_mut().zip(cells) {
            cell.push(more);
        }
    }
    if open {
        let number = lines
            .get(table.taken.saturating_sub(1))
            .map_or(0, |l| l.number);
        return Err(ReadError::at(
            Reason::Table,
            number,
            "this grid table has no closing border",
        ));
    }
    Ok(table)
}

/// How the characters of a line were counted by who drew its table.
#[derive(Clone, Copy)]
enum Measure {
    /// Each is one.
    Characters,
    /// A wide one, such as a Chinese sign, takes two columns, and one that joins to another takes none.
    Columns,
}

impl Measure {
    /// The order in which they are tried.
    const ALL: [Self; 2] = [Self::Characters, Self::Columns];

    fn of(self, c: char) -> usize {
        match self {
            Self::Characters => 1,
            Self::Columns => c.width().unwrap_or(0),
        }
    }
}

/// Columns as ranges of character positions between the `+` signs.
fn grid_columns(border: &str) -> Vec<(usize, usize)> {
    let plus: Vec<usize> = border
        .chars()
        .enumerate()
        .filter(|(_, c)| *c == '+')
        .map(|(i, _)| i)
        .collect();
    plus.windows(2)
        .filter_map(|w| match w {
            [a, b] => Some((a + 1, *b)),
            _ => None,
        })
        .collect()
}

/// The cells of a line; `None` if its borders are elsewhere.
fn cut_grid_line<'a>(
    line: &Line<'a>,
    text: &'a str,
    columns: &[(usize, usize)],
    measure: Measure,
) -> Option<Vec<Line<'a>>> {
    // One pass over the characters: byte offsets of the columns' edges.
    let mut edges = columns.iter().flat_map(|(a, b)| [*a, *b]).peekable();
    let mut bytes: Vec<usize> = Vec::with_capacity(columns.len() * 2);
    let mut position = 0;
    for (offset, c) in text.char_indices() {
        // What takes no column of its own belongs to the character before it.
        let width = measure.of(c);
        while width > 0 && edges.peek() == Some(&position) {
            bytes.push(offset);
            // Every right edge, and nothing else, is a border character.
            if bytes.len().is_multiple_of(2) && c != '|' {
                return None;
            }
            edges.next();
        }
        position += width;
    }
    let width = columns.last().map_or(0, |(_, end)| end + 1);
    if position != width || !text.ends_with('|') || bytes.len() != columns.len() * 2 {
        return None;
    }
    let cells = bytes.chunks_exact(2).map(|edge| {
        let text = match edge {
            [start, end] => text.get(*start..*end).unwrap_or_default(),
            _ => "",
        };
        Line {
            number: line.number,
            text: text.strip_prefix(' ').unwrap_or(text).trim_end(),
        }
    });
    Some(cells.collect())
}

/// Cuts a simple table that begins at the first line.
///
/// # Errors
/// Text that runs across a column border, and a table without its closing
/// border, are refused.
pub(crate) fn simple<'a>(lines: &[Line<'a>]) -> Result<RawTable<'a>, ReadError> {
    let Some(first) = lines.first() else {
        return Ok(RawTable::default());
    };
    let columns = simple_columns(first.text.trim_end());
    let borders: Vec<usize> = simple_borders(lines);
    let (header_end, end) = match borders.as_slice() {
        [_, end] => (None, *end),
        [_, header, end] => (Some(*header), *end),
        _ => {
            return Err(ReadError::at(
                Reason::Table,
                first.number,
                "this simple table has no closing border",
            ));
        }
    };
    let mut table = RawTable {
        taken: end + 1,
        ..RawTable::default()
    };
    let mut rows: Vec<RawRow<'a>> = Vec::new();
    for (index, line) in lines.iter().enumerate().take(end).skip(1) {
        if Some(index) == header_end {
            if rows.is_empty() {
                continue;
            }
            let mut header: RawRow<'a> = vec![Vec::new(); columns.len()];
            for row in rows.drain(..) {
                for (cell, more) in header.iter_mut().zip(row) {
                    cell.extend(more);
                }
            }
            table.header = Some(header);
            continue;
        }
        if line.text.trim().is_empty() {
            continue;
        }
        let cells = cut_simple_line(line, &columns)?;
        let continues = cells.first().is_some_and(|c| c.text.trim().is_empty());
        match rows.last_mut() {
            Some(row) if continues => {
                for (cell, more) in row.iter_mut().zip(cells) {
                    cell.push(more);
                }
            }
            _ => rows.push(cells.into_iter().map(|c| vec![c]).collect()),
        }
    }
    table.rows = rows;
    Ok(table)
}

/// Indexes of the border lines, up to the one that closes the table.
fn simple_borders(lines: &[Line<'_>]) -> Vec<usize> {
    let mut borders = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        if !is_simple_border(line.text) {
            continue;
        }
        borders.push(index);
        let ends = lines
            .get(index + 1)
            .is_none_or(|next| next.text.trim().is_empty());
        if (borders.len() >= 2 && ends) || borders.len() == 3 {
            break;
        }
    }
    borders
}

fn simple_columns(border: &str) -> Vec<(usize, usize)> {
    let mut columns = Vec::new();
    let mut start = None;
    for (index, byte) in border.bytes().enumerate() {
        match (byte, start) {
            (b'=', None) => start = Some(index),
            (b' ', Some(from)) => {
                columns.push((from, index));
                start = None;
            }
            _ => {}
        }
    }
    if let Some(from) = start {
        columns.push((from, border.len()));
    }
    columns
}

/// The cells of a line. Where wide signs stand in it, they were counted as such, if that fits.
fn cut_simple_line<'a>(
    line: &Line<'a>,
    columns: &[(usize, usize)],
) -> Result<Vec<Line<'a>>, ReadError> {
    let text = line.text.trim_end();
    let starts = Measure::ALL
        .into_iter()
        .rev()
        .find_map(|measure| simple_starts(text, columns, measure));
    let Some(starts) = starts else {
        return Err(ReadError::at(
            Reason::Table,
            line.number,
            "text of this simple table runs across a column border",
        ));
    };
    let mut cells = Vec::with_capacity(columns.len());
    for index in 0..columns.len() {
        let cell = match (starts.get(index), starts.get(index + 1)) {
            (Some(start), Some(end)) => text.get(*start..*end).unwrap_or_default(),
            (Some(start), None) => text.get(*start..).unwrap_or_default(),
            _ => "",
        };
        cells.push(Line {
            number: line.number,
            text: cell.trim_end(),
        });
    }
    Ok(cells)
}

/// Byte offsets of the columns' starts; the text may end before the last. `None` if text runs across a border.
fn simple_starts(text: &str, columns: &[(usize, usize)], measure: Measure) -> Option<Vec<usize>> {
    let mut starts: Vec<usize> = Vec::with_capacity(columns.len());
    let mut wanted = columns.iter().map(|(start, _)| *start).peekable();
    let mut previous = ' ';
    let mut position = 0;
    for (offset, c) in text.char_indices() {
        let width = measure.of(c);
        if width > 0 && wanted.peek().is_some_and(|start| *start <= position) {
            let across = wanted.peek() != Some(&position);
            if across || (position > 0 && previous != ' ') {
                return None;
            }
            starts.push(offset);
            wanted.next();
        }
        position += width;
        previous = c;
    }
    Some(starts)
}
