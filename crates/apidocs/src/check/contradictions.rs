//! Contradictions inside a page, which a person has to decide.

use super::Report;
use super::schema::Spot;
use crate::facts::Facts;
use crate::finding::Kind;
use crate::interpret::contradictions;

/// Reports each contradiction of the page at whose place nothing else differs.
pub(crate) fn compare(facts: &Facts, operation: &Spot<'_>, report: &mut Report) {
    for finding in contradictions::of_facts(facts) {
        // What the description lacks is told by the comparison of examples.
        if finding.kind == Kind::ExampleStatus {
            continue;
        }
        let place = checked_place(finding.kind, &finding.place);
        if report.differs_at(&place) {
            continue;
        }
        report.add(
            &format!("{place}: {}", finding.kind.as_str()),
            finding.line,
            format!("two things: {}", finding.what),
            "one of them at most".to_owned(),
            &operation.pointer,
            "describe what is true, and say why".to_owned(),
        );
    }
}

/// The place as the other keys write it.
fn checked_place(kind: Kind, place: &str) -> String {
    if place.starts_with("query ") {
        return format!("parameter {place}");
    }
    match kind {
        Kind::ExampleMethod | Kind::ExamplePath => "request line".to_owned(),
        _ => place.to_owned(),
    }
}
