//! Tables of fields and of statuses, found by the words of their headers.

use super::section::{Spot, Spots};
use super::values;
use crate::block::{Block, Cell, Content, Document, Row, Table};
use crate::digest;
use crate::facts::{Field, Place, Stated};
use crate::finding::{Finding, Kind};
use crate::read_error::{ReadError, Reason};
use crate::vocabulary::{self, Caption, Role, Section};

/// A table of fields as it stands in the page, before nesting is resolved.
#[derive(Debug)]
pub(crate) struct FieldTable {
    /// Index of its block.
    pub(crate) block: usize,
    /// Line of the page.
    pub(crate) line: u32,
    /// Its caption.
    pub(crate) caption: Caption,
    /// Where it stands.
    pub(crate) spot: Spot,
    /// Anchors that lead to it.
    pub(crate) anchors: Vec<String>,
    /// Its rows.
    pub(crate) rows: Vec<FieldRow>,
}

impl FieldTable {
    /// The words that may say what the table is: its caption, else the label
    /// of the list item it stands in.
    pub(crate) fn title(&self) -> &str {
        if self.caption.title.is_empty() && self.caption.number.is_none() {
            self.spot.label.as_str()
        } else {
            self.caption.title.as_str()
        }
    }
}

/// A row of a table of fields.
#[derive(Debug)]
pub(crate) struct FieldRow {
    /// The field, without the fields nested in it.
    pub(crate) field: Field,
    /// Targets of the links in its cells, those of name and type first.
    pub(crate) links: Vec<String>,
    /// Its description without marks.
    pub(crate) prose: String,
    /// Where a column of places says that it goes; `Some(None)` is the body.
    pub(crate) place: Option<Option<Place>>,
}

/// A row of a table of statuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct StatusRow {
    /// The status.
    pub(crate) status: u16,
    /// Line of the page.
    pub(crate) line: u32,
}

/// What the tables of a page hold.
#[derive(Debug, Default)]
pub(crate) struct Tables {
    /// Tables of fields.
    pub(crate) fields: Vec<FieldTable>,
    /// Statuses of the status table or list.
    pub(crate) statuses: Vec<StatusRow>,
    /// What is odd about rows.
    pub(crate) findings: Vec<Finding>,
}

/// Collects the tables that state facts.
///
/// # Errors
/// In structured forms, a table of fields that cannot be read exactly.
pub(crate) fn collect(doc: &Document, spots: &Spots) -> Result<Tables, ReadError> {
    let strict = doc.format.is_structured();
    let mut out = Tables::default();
    for (index, block) in doc.blocks.iter().enumerate() {
        let Content::Table(table) = &block.content else {
            continue;
        };
        let spot = spots.of(index);
        if spot.section == Section::Other {
            continue;
        }
        let Some(roles) = roles(block, table, spot, strict)? else {
            out.findings.push(Finding::new(
                Kind::TableLeftOut,
                table.caption.as_deref().unwrap_or_default(),
                block.line,
                "this table lists no fields: it explains what stands in one",
            ));
            continue;
        };
        if let Some(column) = roles.iter().position(|r| *r == Some(Role::Status)) {
            statuses(table, column, strict, &mut out.statuses)?;
            continue;
        }
        if !roles.contains(&Some(Role::Name)) || spot.section == Section::Status {
            continue;
        }
        out.fields.push(FieldTable {
            block: index,
            line: block.line,
            caption: vocabulary::caption(table.caption.as_deref().unwrap_or_default()),
            spot: spot.clone(),
            anchors: block.anchors.clone(),
            rows: rows(table, &roles, strict, &mut out.findings)?,
        });
    }
    Ok(out)
}

/// The roles of the columns; `None` for a table that lists neither fields nor statuses.
fn roles(
    block: &Block,
    table: &Table,
    spot: &Spot,
    strict: bool,
) -> Result<Option<Vec<Option<Role>>>, ReadError> {
    let visible = |cell: &Cell| vocabulary::visible(&cell.plain()).into_owned();
    let headers: Vec<String> = table.header.iter().map(visible).collect();
    let roles: Vec<Option<Role>> = headers.iter().map(|h| vocabulary::role(h)).collect();
    let known = roles.iter().flatten().count();
    let stray = known < headers.len() || headers.is_empty();
    let matters = matches!(
        spot.section,
        Section::Uri | Section::Request | Section::Response | Section::Status
    );
    let has = |role| roles.contains(&Some(role));
    // Beside statuses, other columns may say anything.
    let of_statuses = spot.section == Section::Status && has(Role::Status);
    let explains = headers
        .iter()
        .any(|header| vocabulary::is_catalogue(header));
    // Without names, types and what is mandatory, no field is listed: such a table explains the values of one.
    let of_values = roles.contains(&Some(Role::Description))
        && !(has(Role::Name)
            || has(Role::Type)
            || has(Role::Mandatory)
            || has(Role::Optional)
            || has(Role::Status));
    if matters && stray && !of_statuses && (explains || of_values) {
        return Ok(None);
    }
    if strict && matters && stray && !of_statuses {
        let odd: Vec<&str> = headers
            .iter()
            .zip(&roles)
            .filter(|(_, role)| role.is_none())
            .map(|(header, _)| header.as_str())
            .collect();
        return Err(ReadError::at(
            Reason::FieldTable,
            block.line,
            format!(
                "the columns {odd:?} of this table have no known role; name them in the reader's words"
            ),
        ));
    }
    for (index, role) in roles.iter().enumerate() {
        if role.is_some() && roles.iter().take(index).any(|r| r == role) {
            return Err(ReadError::at(
                Reason::FieldTable,
                block.line,
                "two columns of this table have the same role",
            ));
        }
    }
    Ok(Some(roles))
}

fn statuses(
    table: &Table,
    column: usize,
    strict: bool,
    out: &mut Vec<StatusRow>,
) -> Result<(), ReadError> {
    for row in &table.rows {
        let text = row.cells.get(column).map(Cell::plain).unwrap_or_default();
        let text = vocabulary::visible(&text);
        match vocabulary::status(&text) {
            // What holds for all other statuses has no number.
            None if vocabulary::is_other_statuses(&text) => {}
            Some(status) => out.push(StatusRow {
                status,
                line: row.line,
            }),
            None if strict && !text.is_empty() => {
                return Err(ReadError::at(
                    Reason::Field,
                    row.line,
                    format!("{text:?} stands where a status code is expected"),
                ));
            }
            None => {}
        }
    }
    Ok(())
}

fn rows(
    table: &Table,
    roles: &[Option<Role>],
    strict: bool,
    findings: &mut Vec<Finding>,
) -> Result<Vec<FieldRow>, ReadError> {
    let mut out = Vec::new();
    for row in &table.rows {
        if row.cells.iter().all(|c| c.plain().is_empty()) {
            continue;
        }
        out.push(read_row(row, roles, strict, findings)?);
    }
    Ok(out)
}

fn read_row(
    row: &Row,
    roles: &[Option<Role>],
    strict: bool,
    findings: &mut Vec<Finding>,
) -> Result<FieldRow, ReadError> {
    let empty = Cell::default();
    let cell = |wanted: Role| {
        roles
            .iter()
            .position(|r| *r == Some(wanted))
            .and_then(|at| row.cells.get(at))
    };
    let text = |wanted: Role| {
        cell(wanted).map(|cell| vocabulary::visible(&cell.plain()).trim().to_owned())
    };
    let name = text(Role::Name).unwrap_or_default();
    if cell(Role::Name).is_some_and(|cell| cell.plain() != name) {
        findings.push(Finding::new(
            Kind::InvisibleCharacter,
            name.as_str(),
            row.line,
            "a character that nobody sees stands in the name and was taken out",
        ));
    }
    if name.is_empty() {
        return Err(ReadError::at(
            Reason::Field,
            row.line,
            "a row of this table has no name; merged rows are not read",
        ));
    }
    let mut condition = String::new();
    let column = match text(Role::Mandatory) {
        Some(text) => Some((vocabulary::mandatory(&text), text)),
        None => text(Role::Optional).map(|text| (vocabulary::mandatory_unless(&text), text)),
    };
    let mandatory = match column {
        None => Stated::Missing,
        Some((read, text)) => match read {
            Some(value) => Stated::Value(value),
            None if text.is_empty() => Stated::Missing,
            None if vocabulary::is_none(&text) => Stated::Nothing,
            // Whoever may leave it out in one case may leave it out.
            None if vocabulary::mandatory_if(&text) => {
                findings.push(Finding::new(
                    Kind::MandatoryIf,
                    name.as_str(),
                    row.line,
                    "the mandatory column states a condition; it is read as no",
                ));
                condition = text;
                Stated::Value(false)
            }
            None if strict => {
                return Err(ReadError::at(
                    Reason::Field,
                    row.line,
                    format!("{text:?} says neither yes nor no in the mandatory column"),
                ));
            }
            None => Stated::Missing,
        },
    };
    let place = match text(Role::Place) {
        Some(text) if !text.is_empty() => match vocabulary::place(&text) {
            Some(place) => Some(place),
            None if strict => {
                return Err(ReadError::at(
                    Reason::Field,
                    row.line,
                    format!("{text:?} is no place of a parameter"),
                ));
            }
            None => None,
        },
        _ => None,
    };
    let type_word = match text(Role::Type) {
        None => Stated::Missing,
        Some(text) if text.is_empty() => Stated::Missing,
        Some(text) if vocabulary::is_none(&text) => Stated::Nothing,
        Some(text) => Stated::Value(text),
    };
    let description = cell(Role::Description).unwrap_or(&empty);
    let prose = description.plain();
    let words = format!("{condition} {prose}");
    let mut documented = values::of_description(description);
    if let Some(range) = cell(Role::Values) {
        documented.merge(values::of_range(range));
    }
    if let Some(default) = cell(Role::Default) {
        documented.default = values::of_default(default);
    }
    let mut links: Vec<String> = Vec::new();
    for part in [cell(Role::Name), cell(Role::Type), Some(description)] {
        links.extend(part.unwrap_or(&empty).links().map(str::to_owned));
    }
    Ok(FieldRow {
        field: Field {
            name,
            place: None,
            mandatory,
            type_word,
            values: documented.values,
            limits: documented.limits,
            default: documented.default,
            text: digest::short(&words),
            line: row.line,
            recursive: false,
            fields: Vec::new(),
        },
        links,
        prose,
        place,
    })
}
