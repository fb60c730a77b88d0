//! Where a page says what the key of a difference names.

use otcdb_apidocs::{Body, Facts, Field, Payload, Stated};

/// The parameter of a key such as `parameter query limit`.
pub(super) fn listed<'f>(page: &'f Facts, place: &str) -> Option<&'f Field> {
    let (kind, name) = place.strip_prefix("parameter ")?.split_once(' ')?;
    page.parameters.items.iter().find(|field| {
        field.name == name && field.place.map_or("query", |place| place.as_str()) == kind
    })
}

/// A field of a body.
pub(super) fn field_of<'f>(page: &'f Facts, place: &str, path: &str) -> Option<&'f Field> {
    let body = body_of(page, place)?;
    body.forms.iter().find_map(|form| {
        let mut fields = form.fields.as_slice();
        let mut found = None;
        let path = path.strip_prefix("[].").unwrap_or(path);
        for step in path.split('.') {
            let name = step.trim_end_matches("[]");
            let field = fields.iter().find(|field| field.name == name)?;
            found = Some(field);
            fields = &field.fields;
        }
        found
    })
}

/// The body of a key such as `request` or `response 200 a.b`.
fn body_of<'f>(page: &'f Facts, place: &str) -> Option<&'f Body> {
    let mut words = place.split(' ');
    match words.next()? {
        "request" => Some(&page.request),
        _ => {
            let status: u16 = words.next()?.parse().ok()?;
            let exact = page
                .responses
                .iter()
                .find(|r| r.status == Stated::Value(status));
            // A page that has lost its status speaks of the success.
            let lost = || page.responses.iter().find(|r| r.status.is_missing());
            Some(&exact.or_else(lost)?.body)
        }
    }
}

/// `request` or `response 200`, of a place in a body.
pub(super) fn side(place: &str) -> &str {
    let end = place.match_indices(' ').map(|one| one.0);
    let end = match place.starts_with("response") {
        true => end.skip(1).chain([place.len()]).next(),
        false => end.chain([place.len()]).next(),
    };
    place.get(..end.unwrap_or(place.len())).unwrap_or(place)
}

/// The documented payloads of a body.
pub(super) fn payloads<'f>(page: &'f Facts, place: &str) -> Vec<&'f Payload> {
    if place == "request" {
        let examples = page.request_examples.iter();
        return examples.filter_map(|one| one.body.as_ref()).collect();
    }
    let status = place
        .rsplit(' ')
        .next()
        .and_then(|text| text.parse::<u16>().ok());
    let of_status = |stated: &Stated<u16>| match (stated.value(), status) {
        (Some(stated), Some(status)) => *stated == status,
        (None, Some(status)) => (200..300).contains(&status),
        _ => true,
    };
    let examples = page.response_examples.iter();
    examples
        .filter(|one| of_status(&one.status))
        .filter_map(|one| one.body.as_ref())
        .collect()
}
