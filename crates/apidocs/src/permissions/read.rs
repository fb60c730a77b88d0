//! Tables of actions, found by the words of their headers.

use super::{Permission, Permissions};
use crate::block::{Cell, Content, Document, Row, Table};
use crate::digest;
use crate::facts::{Operation, Stated};
use crate::interpret::{self, Hint, uri};
use crate::read::document;
use crate::read_error::{ReadError, Reason};
use crate::vocabulary;

/// The role of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Title,
    Api,
    Action,
    Dependency,
    IamProject,
    EnterpriseProject,
}

/// Reads the page that says which rights operations need; `None` for a page without a table of actions.
///
/// # Errors
/// A page that cannot be read, or a row that cannot be read exactly.
pub fn permissions(bytes: &[u8], hint: &Hint) -> Result<Option<Permissions>, ReadError> {
    let doc = document(bytes)?;
    let rows = rows(&doc)?;
    Ok((!rows.is_empty()).then(|| Permissions {
        page: interpret::page(&doc, bytes, hint),
        permissions: rows,
    }))
}

fn rows(doc: &Document) -> Result<Vec<Permission>, ReadError> {
    let mut out = Vec::new();
    for block in &doc.blocks {
        let Content::Table(table) = &block.content else {
            continue;
        };
        let Some(roles) = roles(table) else {
            continue;
        };
        for row in &table.rows {
            if row.cells.iter().any(|cell| !cell.plain().is_empty()) {
                out.push(read_row(row, &roles)?);
            }
        }
    }
    Ok(out)
}

/// The roles of the columns, if the table has actions and APIs.
fn roles(table: &Table) -> Option<Vec<Option<Role>>> {
    let roles: Vec<Option<Role>> = table.header.iter().map(|h| role(&h.plain())).collect();
    let has = |role| roles.contains(&Some(role));
    (has(Role::Action) && has(Role::Api)).then_some(roles)
}

fn role(header: &str) -> Option<Role> {
    let word: String = header.to_lowercase().split_whitespace().collect();
    Some(match word.as_str() {
        "permission" | "permissions" | "权限" => Role::Title,
        "api" | "apis" | "对应api接口" | "api接口" | "对应api" => Role::Api,
        "action" | "actions" | "授权项" | "授权项(action)" | "授权项（action）" => {
            Role::Action
        }
        "dependency" | "dependencies" | "dependentaction" | "dependentactions"
        | "relatedaction" | "relatedactions" | "依赖的授权项" => Role::Dependency,
        "iamproject" | "iamprojects" | "iam项目" | "iam项目(project)" | "iam项目（project）" => {
            Role::IamProject
        }
        "enterpriseproject"
        | "enterpriseprojects"
        | "企业项目"
        | "企业项目(enterpriseproject)"
        | "企业项目（enterpriseproject）" => Role::EnterpriseProject,
        _ => return None,
    })
}

fn read_row(row: &Row, roles: &[Option<Role>]) -> Result<Permission, ReadError> {
    let cell = |wanted: Role| {
        roles
            .iter()
            .position(|role| *role == Some(wanted))
            .and_then(|at| row.cells.get(at))
    };
    let project = |wanted: Role| match cell(wanted).map(|c| c.plain().to_lowercase()).as_deref() {
        Some("y" | "yes" | "√" | "✓" | "✔" | "支持" | "supported") => Stated::Value(true),
        Some("x" | "no" | "n" | "×" | "✗" | "✘" | "不支持" | "not supported") => {
            Stated::Value(false)
        }
        _ => Stated::Missing,
    };
    let (actions, words) = actions(cell(Role::Action), cell(Role::Dependency), row.line)?;
    Ok(Permission {
        title: cell(Role::Title).map(Cell::plain).unwrap_or_default(),
        operations: operations(cell(Role::Api), row.line)?,
        actions,
        iam_project: project(Role::IamProject),
        enterprise_project: project(Role::EnterpriseProject),
        text: digest::short(&words),
        line: row.line,
    })
}

/// The actions of a row, and the words beside them.
fn actions(
    own: Option<&Cell>,
    dependencies: Option<&Cell>,
    line: u32,
) -> Result<(Stated<Vec<String>>, String), ReadError> {
    let mut found: Vec<String> = Vec::new();
    let mut words = String::new();
    for cell in own.into_iter().chain(dependencies) {
        for word in cell.plain().split_whitespace() {
            match action(word) {
                Some(action) if found.contains(&action) => {}
                Some(action) => found.push(action),
                None => {
                    words.push_str(word);
                    words.push(' ');
                }
            }
        }
    }
    let text = own.map(Cell::plain).unwrap_or_default();
    let lower = text.to_lowercase();
    let free = lower.contains("no authorization")
        || lower.contains("无需授权")
        || lower.contains("不需要授权");
    let stated = if !found.is_empty() {
        Stated::Value(found)
    } else if free {
        Stated::Nothing
    } else if text.is_empty() || vocabulary::is_none(&text) {
        Stated::Missing
    } else {
        return Err(ReadError::at(
            Reason::Field,
            line,
            format!("{text:?} stands where an action is expected, such as rds:instance:list"),
        ));
    };
    let free = matches!(stated, Stated::Nothing | Stated::Missing);
    Ok((stated, if free { String::new() } else { words }))
}

/// An action in a cell: `service:resource:verb`, with what sentences set behind it taken off.
fn action(word: &str) -> Option<String> {
    let word = word.trim_matches(|c: char| !c.is_ascii_alphanumeric() && c != '*');
    let parts: Vec<&str> = word.split(':').collect();
    let plain = |part: &&str| {
        !part.is_empty()
            && part
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "-_*".contains(c))
    };
    (parts.len() == 3 && parts.iter().all(plain)).then(|| word.to_owned())
}

/// The operations of a row. A long path may stand in a paragraph of its own, below its method.
fn operations(cell: Option<&Cell>, line: u32) -> Result<Vec<Operation>, ReadError> {
    let mut out = Vec::new();
    let mut method = String::new();
    for part in cell.iter().flat_map(|cell| &cell.parts) {
        let text = format!("{method} {}", part.plain());
        let text = text.trim();
        if uri::is_method(text) {
            method = text.to_owned();
            continue;
        }
        method.clear();
        match uri::request_line(text) {
            Some(target) => out.push(Operation {
                method: target.method,
                path: target.path,
                query: Vec::new(),
                line,
            }),
            // What has no path is no API: a mark, or a word on the console.
            None if !text.contains('/') || vocabulary::is_none(text) => {}
            None => {
                return Err(ReadError::at(
                    Reason::Field,
                    line,
                    format!("{text:?} stands where method and path of an API are expected"),
                ));
            }
        }
    }
    Ok(out)
}
