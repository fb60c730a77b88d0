//! Contradictions inside a page, which a person has to decide.

use otcdb_openapi::alternatives::Spot;

use super::Report;
use crate::facts::Facts;
use crate::finding::Kind;
use crate::interpret::contradictions;

/// Reports each contradiction of the page at whose place nothing else differs.
pub(crate) fn compare(facts: &Facts, operation: &Spot<'_>, report: &mut Report) {
    let responses = operation.at("responses");
    let success = responses
        .iter()
        .flat_map(Spot::members)
        .map(|(status, _)| status.to_owned())
        .find(|status| status.starts_with('2'));
    for finding in contradictions::of_facts(facts) {
        // What the description lacks is told by the comparison of examples.
        if finding.kind == Kind::ExampleStatus {
            continue;
        }
        let place = checked_place(finding.kind, &finding.place, success.as_deref());
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

/// The place as the other keys write it. A page that has lost its status speaks
/// of the described success.
fn checked_place(kind: Kind, place: &str, success: Option<&str>) -> String {
    if place.starts_with("query ") {
        return format!("parameter {place}");
    }
    if matches!(kind, Kind::ExampleMethod | Kind::ExamplePath) {
        return "request line".to_owned();
    }
    let (part, rest) = place.split_once(' ').unwrap_or((place, ""));
    let first = rest.split(' ').next().unwrap_or_default();
    let stated = first == "example" || first.parse::<u16>().is_ok();
    match success {
        Some(status) if part == "response" && !stated => format!("response {status} {rest}"),
        _ => place.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Kind, checked_place};

    #[test]
    fn places_are_those_of_the_other_keys() {
        for (kind, place, expected) in [
            (Kind::ExampleQuery, "query a", "parameter query a"),
            (Kind::ExamplePath, "request", "request line"),
            (Kind::ExampleType, "request a.b", "request a.b"),
            (Kind::ExampleCase, "response 200 a", "response 200 a"),
            (Kind::ExampleCase, "response a[].b", "response 202 a[].b"),
            (Kind::JsonBroken, "response example 1", "response example 1"),
        ] {
            assert_eq!(checked_place(kind, place, Some("202")), expected);
        }
    }
}
