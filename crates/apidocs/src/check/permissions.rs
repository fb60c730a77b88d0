//! The rights that an operation needs.

use std::collections::BTreeMap;

use otcdb_openapi::pointer;
use serde_json::Value;

use super::{Discrepancy, Report};
use crate::permissions::{self, Permissions};

/// The member of an operation that lists the actions.
const MEMBER: &str = "x-permissions";

/// What the keys of differences in rights have in front, behind the source.
pub(crate) const RIGHTS: &str = "permissions: ";

/// An operation, as the tables of actions know it.
pub(crate) struct Subject<'a> {
    /// Method and path, with the names of parameters taken out.
    pub(crate) key: &'a str,
    /// The title of its page.
    pub(crate) title: &'a str,
    /// The titles of the other operations under the same method and path.
    pub(crate) others: &'a [&'a str],
    /// The operation, as it is written.
    pub(crate) value: &'a Value,
    /// JSON pointer to it.
    pub(crate) pointer: &'a str,
}

/// Compares the rights that an operation has with those that the pages state, by source.
pub(crate) fn compare(pages: &[Permissions], of: &Subject<'_>) -> Vec<Discrepancy> {
    let mut by_source: BTreeMap<&str, Vec<&Permissions>> = BTreeMap::new();
    for page in pages {
        let source = page.page.source.as_deref().unwrap_or("otc");
        by_source.entry(source).or_default().push(page);
    }
    let mut out = Vec::new();
    for (source, pages) in by_source {
        let mut report = Report::of(source);
        one(&pages, of, &mut report);
        out.extend(report.found.into_values());
    }
    out
}

fn one(pages: &[&Permissions], of: &Subject<'_>, report: &mut Report) {
    let described: Option<Vec<&str>> = of.value.get(MEMBER).map(|actions| {
        let actions = actions.as_array().into_iter().flatten();
        actions.filter_map(Value::as_str).collect()
    });
    let at = pointer::join(of.pointer, MEMBER);
    let stated = pages.iter().find_map(|page| {
        let stated = permissions::stated(page, of.key, of.title, of.others)?;
        Some((page, stated))
    });
    let Some((page, stated)) = stated else {
        if let (Some(has), Some(page)) = (described, pages.first()) {
            report.turn_to_page(&page.page);
            report.add(
                "permissions: extra",
                0,
                "no rights for it".to_owned(),
                list(&has),
                &at,
                format!("remove {MEMBER}, or say where it is known from"),
            );
        }
        return;
    };
    report.turn_to_page(&page.page);
    let wanted: Vec<&str> = stated.actions.iter().map(String::as_str).collect();
    let advice = format!("write {MEMBER}: {}", list(&wanted));
    let states = if wanted.is_empty() {
        "that no authorization is needed".to_owned()
    } else {
        format!("the actions {}", list(&wanted))
    };
    match described {
        None => report.add(
            "permissions: missing",
            stated.line,
            states,
            format!("no {MEMBER}"),
            of.pointer,
            advice,
        ),
        Some(has) if !same(&has, &wanted) => report.add(
            "permissions: actions",
            stated.line,
            states,
            list(&has),
            &at,
            advice,
        ),
        Some(_) => {}
    }
}

fn list(actions: &[&str]) -> String {
    format!("[{}]", actions.join(", "))
}

/// Whether two lists have the same actions, in whatever order.
fn same(left: &[&str], right: &[&str]) -> bool {
    let sorted = |list: &[&str]| {
        let mut list: Vec<String> = list.iter().map(|one| (*one).to_owned()).collect();
        list.sort();
        list
    };
    sorted(left) == sorted(right)
}
