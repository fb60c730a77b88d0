//! Tables in text that has lost its borders.

use super::{Line, bullet, is_heading, known_label};
use crate::block::{Cell, Part, Row, Table, Text};
use crate::interpret::uri;
use crate::type_name::{self, Shape};
use crate::vocabulary::{self, Role};

/// Reads the table that begins at the first line, with the lines it takes.
pub(crate) fn read(lines: &[Line<'_>], portal: bool) -> Option<(Table, usize)> {
    if let Some(found) = tabbed(lines, portal) {
        return Some(found);
    }
    let first = lines.first()?;
    let mut roles = Vec::new();
    let mut header = Vec::new();
    let mut at = 0;
    let mut caption = None;
    if vocabulary::caption(first.text).number.is_some() && first.text.len() < 300 {
        let mut text = first.text;
        // The first header word may stand at the end of the caption's line.
        if let Some((head, word)) = text.rsplit_once(' ')
            && matches!(word, "Name" | "Parameter")
            && !first.marked
            && lines
                .get(1)
                .is_some_and(|l| vocabulary::role(l.text).is_some())
        {
            text = head;
            roles.push(Role::Name);
            header.push(Cell::plain_from(word));
        }
        caption = Some(text.to_owned());
        at = 1;
    }
    while let Some(role) = lines.get(at).and_then(|l| vocabulary::role(l.text)) {
        if roles.contains(&role) {
            break;
        }
        roles.push(role);
        header.push(Cell::plain_from(lines.get(at)?.text));
        at += 1;
    }
    let named = roles.contains(&Role::Name) || roles.contains(&Role::Status);
    if roles.len() < 2 || !named {
        return None;
    }
    let mut rows = Vec::new();
    while let Some(line) = lines.get(at) {
        let rest = lines.get(at..).unwrap_or_default();
        if ends_table(rest, portal) {
            break;
        }
        let Some(cells) = row(rest, &roles) else {
            break;
        };
        let (cells, taken) = with_description(cells, rest, &roles, portal);
        rows.push(Row {
            line: line.number,
            cells,
        });
        at += taken;
    }
    (!rows.is_empty()).then_some((
        Table {
            caption,
            header,
            rows,
        },
        at,
    ))
}

/// A table whose cells have tabs between them, as it is copied from a browser. Lines without one go on with the last cell.
fn tabbed(lines: &[Line<'_>], portal: bool) -> Option<(Table, usize)> {
    let cells = |line: &Line<'_>| -> Vec<Cell> {
        let all = line.raw.trim_end().split('\t');
        all.map(|cell| Cell::plain_from(cell.trim())).collect()
    };
    let first = lines.first()?;
    let is_captioned =
        vocabulary::caption(first.text).number.is_some() && !first.raw.trim().contains('\t');
    let caption = is_captioned.then(|| first.text.to_owned());
    let mut at = usize::from(is_captioned);
    let header = cells(lines.get(at)?);
    let roles: Vec<Role> = header
        .iter()
        .filter_map(|cell| vocabulary::role(&cell.plain()))
        .collect();
    let named = roles.contains(&Role::Name) || roles.contains(&Role::Status);
    if header.len() < 2 || roles.len() < header.len() || !named {
        return None;
    }
    at += 1;
    let mut rows: Vec<Row> = Vec::new();
    while let Some(line) = lines.get(at) {
        if line.raw.trim().contains('\t') {
            rows.push(Row {
                line: line.number,
                cells: cells(line),
            });
        } else if ends_table(lines.get(at..).unwrap_or_default(), portal) {
            break;
        } else {
            let last = rows.last_mut()?.cells.last_mut()?;
            last.parts.push(match bullet(line.text) {
                Some(item) => Part::Item(Text::plain_from(item)),
                None => Part::Para(Text::plain_from(line.text)),
            });
        }
        at += 1;
    }
    (!rows.is_empty()).then_some((
        Table {
            caption,
            header,
            rows,
        },
        at,
    ))
}

/// The cells before the description, where they fit their columns.
fn row(lines: &[Line<'_>], roles: &[Role]) -> Option<Vec<Cell>> {
    let mut cells = Vec::new();
    for (role, line) in roles.iter().zip(lines) {
        if line.marked {
            return None;
        }
        let fits = match role {
            Role::Name => is_name(line.text),
            Role::Status => line.text.len() == 3 && vocabulary::status(line.text).is_some(),
            Role::Mandatory => {
                vocabulary::mandatory(line.text).is_some() || vocabulary::is_none(line.text)
            }
            Role::Optional => {
                vocabulary::mandatory_unless(line.text).is_some() || vocabulary::is_none(line.text)
            }
            Role::Type => type_name::shape(line.text) != Shape::Unknown && line.text.len() <= 100,
            Role::Place => vocabulary::place(line.text).is_some(),
            Role::Description | Role::Values | Role::Default => true,
        };
        if *role == Role::Description {
            break;
        }
        if !fits {
            return None;
        }
        cells.push(Cell::plain_from(line.text));
    }
    // A description may be empty; the cells before it may not.
    let before = roles
        .iter()
        .take_while(|r| **r != Role::Description)
        .count();
    (cells.len() == before && before > 0).then_some(cells)
}

/// Adds the description, which goes on to the next row or to the table's end.
fn with_description(
    mut cells: Vec<Cell>,
    lines: &[Line<'_>],
    roles: &[Role],
    portal: bool,
) -> (Vec<Cell>, usize) {
    let mut taken = cells.len();
    let mut parts = Vec::new();
    while roles.contains(&Role::Description)
        && let Some(line) = lines.get(taken)
    {
        let rest = lines.get(taken..).unwrap_or_default();
        let first = parts.is_empty();
        if ends_table(rest, portal) || (row(rest, roles).is_some() && !(first && lone(rest, roles)))
        {
            break;
        }
        parts.push(match bullet(line.text) {
            Some(item) => Part::Item(Text::plain_from(item)),
            None => Part::Para(Text::plain_from(line.text)),
        });
        taken += 1;
    }
    cells.push(Cell { parts });
    (cells, taken)
}

/// Whether only the name column tells a row, so that a description of one word
/// looks like the next row.
fn lone(lines: &[Line<'_>], roles: &[Role]) -> bool {
    let told = roles
        .iter()
        .filter(|r| {
            matches!(
                r,
                Role::Mandatory | Role::Optional | Role::Type | Role::Status
            )
        })
        .count();
    told == 0 && lines.len() > 1
}

fn ends_table(lines: &[Line<'_>], portal: bool) -> bool {
    let Some(line) = lines.first() else {
        return true;
    };
    let label = bullet(line.text).unwrap_or(line.text);
    // "normal" and "abnormal" are values as well.
    let label = known_label(label).filter(|l| !l.to_lowercase().ends_with("normal"));
    line.marked
        || is_heading(lines, portal)
        || vocabulary::status_marker(line.text).is_some()
        || label.is_some()
        || line.text.starts_with('{')
        || uri::request_line(line.text).is_some()
        || is_caption(lines)
}

/// A caption, not a sentence that begins with `Table 4`.
fn is_caption(lines: &[Line<'_>]) -> bool {
    let Some(line) = lines.first() else {
        return false;
    };
    if vocabulary::caption(line.text).number.is_none() || line.text.ends_with('.') {
        return false;
    }
    let named = line
        .text
        .rsplit(' ')
        .next()
        .is_some_and(|w| matches!(w, "Name" | "Parameter"));
    named
        || lines
            .get(1)
            .is_some_and(|l| vocabulary::role(l.text).is_some())
}

fn is_name(text: &str) -> bool {
    text.len() <= 100
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '[' | ']' | ':'))
        && text.chars().any(|c| c.is_ascii_alphabetic())
}
