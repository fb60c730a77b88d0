//! What changed between two readings of a page of rights.

use super::{Permission, Permissions};
use crate::diff::{Change, Changes, Class, FolderDiff, PageChange, PageDiff};
use crate::facts::Stated;

/// Compares pages of rights, paired by page id, else in their order.
pub fn diff_permissions(before: &[Permissions], after: &[Permissions]) -> FolderDiff {
    let mut out = FolderDiff::default();
    let mut taken = vec![false; after.len()];
    for (at, old) in before.iter().enumerate() {
        let same = |new: &&Permissions| new.page.id == old.page.id;
        let partner = after
            .iter()
            .position(|new| old.page.id.is_some() && same(&new))
            .or_else(|| (before.len() == after.len()).then_some(at));
        let new = partner.and_then(|at| after.get(at));
        if let Some(slot) = partner.and_then(|at| taken.get_mut(at)) {
            *slot = true;
        }
        match new {
            Some(new) => {
                let changes = changes(old, new);
                if changes.is_empty() {
                    out.unchanged += 1;
                } else {
                    out.pages.push(page(new, PageChange::Kept, changes));
                }
            }
            None => out.pages.push(whole(old, PageChange::Removed)),
        }
    }
    for (new, used) in after.iter().zip(taken) {
        if !used {
            out.pages.push(whole(new, PageChange::Added));
        }
    }
    out
}

fn page(of: &Permissions, page: PageChange, changes: Vec<Change>) -> PageDiff {
    let name = of.page.id.clone().or_else(|| of.page.title.clone());
    PageDiff {
        name: name.unwrap_or_default(),
        operation: None,
        page,
        changes,
    }
}

fn whole(of: &Permissions, change: PageChange) -> PageDiff {
    let rows = Some(format!("{} rows", of.permissions.len()));
    let mut changes = Changes::default();
    if change == PageChange::Added {
        changes.add(Class::Additive, "permissions", "page", None, rows);
    } else {
        changes.add(Class::DocumentationLost, "permissions", "page", rows, None);
    }
    page(of, change, changes.sorted())
}

fn changes(before: &Permissions, after: &Permissions) -> Vec<Change> {
    let mut out = Changes::default();
    for old in &before.permissions {
        match after
            .permissions
            .iter()
            .find(|new| place(new) == place(old))
        {
            Some(new) => row(old, new, &mut out),
            None => out.add(
                Class::DocumentationLost,
                &place(old),
                "actions",
                Some(actions(old)),
                None,
            ),
        }
    }
    for new in &after.permissions {
        if !before
            .permissions
            .iter()
            .any(|old| place(old) == place(new))
        {
            out.add(
                Class::Additive,
                &place(new),
                "actions",
                None,
                Some(actions(new)),
            );
        }
    }
    if out.len() == 0 && before.page.text != after.page.text {
        out.add(Class::WordingOnly, "permissions", "text", None, None);
    }
    out.sorted()
}

/// A row is known by its operations, and by its title where several have the same.
fn place(row: &Permission) -> String {
    let operations: Vec<String> = row
        .operations
        .iter()
        .map(|o| format!("{} {}", o.method, o.path))
        .collect();
    format!("permissions of {} ({})", operations.join(", "), row.title)
}

fn actions(row: &Permission) -> String {
    match &row.actions {
        Stated::Value(actions) => actions.join(", "),
        Stated::Nothing => "none needed".to_owned(),
        Stated::Missing => "not stated".to_owned(),
    }
}

fn row(old: &Permission, new: &Permission, out: &mut Changes) {
    let place = place(new);
    let list = |row: &Permission| match &row.actions {
        Stated::Value(actions) => actions.clone(),
        _ => Vec::new(),
    };
    if old.actions != new.actions {
        let before = list(old);
        let more = list(new).iter().any(|action| !before.contains(action));
        let class = match (&new.actions, more) {
            (Stated::Missing, _) => Class::DocumentationLost,
            // Whoever had the rights before may lack one now.
            (_, true) => Class::Breaking,
            (_, false) => Class::Additive,
        };
        out.add(
            class,
            &place,
            "actions",
            Some(actions(old)),
            Some(actions(new)),
        );
    }
    for (what, before, after) in [
        ("IAM project", &old.iam_project, &new.iam_project),
        (
            "enterprise project",
            &old.enterprise_project,
            &new.enterprise_project,
        ),
    ] {
        if before != after {
            let class = match after {
                Stated::Value(true) => Class::Additive,
                Stated::Value(false) => Class::Breaking,
                _ => Class::DocumentationLost,
            };
            let text = |state: &Stated<bool>| state.value().map(|b| b.to_string());
            out.add(class, &place, what, text(before), text(after));
        }
    }
    if old.text != new.text {
        out.add(Class::WordingOnly, &place, "text", None, None);
    }
}
