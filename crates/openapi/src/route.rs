//! From a path to the operation that has it, and to the values in it.

use http::Method;

use crate::description::Description;
use crate::operation::Operation;

impl Operation {
    /// The parameters in a path as it is sent, by name and still escaped; `None` if it is no path of this operation. What
    /// stands for a parameter is never empty.
    pub fn path_values<'a>(&'a self, path: &'a str) -> Option<Vec<(&'a str, &'a str)>> {
        let (mut known, mut sent) = (self.path.split('/'), path.trim_end_matches('/').split('/'));
        let mut values = Vec::new();
        loop {
            match (known.next(), sent.next()) {
                (None, None) => return Some(values),
                (Some(known), Some(sent)) => match name(known) {
                    Some(name) if !sent.is_empty() => values.push((name, sent)),
                    None if known == sent => {}
                    _ => return None,
                },
                _ => return None,
            }
        }
    }
}

impl Description {
    /// The operations with this method and path, as it is sent. Where several have it, those come first that name more of
    /// its parts; of several [variants](Operation::variant) each is there.
    pub fn at_path(&self, method: &Method, path: &str) -> Vec<&Operation> {
        let mut found: Vec<(usize, &Operation)> = self
            .operations
            .iter()
            .filter(|operation| operation.method == *method)
            .filter_map(|operation| Some((operation.path_values(path)?.len(), operation)))
            .collect();
        found.sort_by_key(|(parameters, _)| *parameters);
        let least = found.first().map(|(parameters, _)| *parameters);
        let best = found.into_iter().take_while(|(one, _)| Some(*one) == least);
        best.map(|(_, operation)| operation).collect()
    }
}

fn name(segment: &str) -> Option<&str> {
    segment.strip_prefix('{')?.strip_suffix('}')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_path_leads_to_its_operation_and_values() {
        let get = |id: &str| json!({ "get": { "operationId": id } });
        let document = json!({ "paths": {
            "/v3/{project_id}/things/{thing_id}": get("ShowThing"),
            "/v3/{project_id}/things/all": get("ListThings"),
        } });
        let description = Description::of("things", document).unwrap();
        let ids = |method: &Method, path: &str| -> Vec<String> {
            let found = description.at_path(method, path).into_iter();
            found.map(|one| one.id.clone()).collect()
        };
        assert_eq!(ids(&Method::GET, "/v3/p/things/all"), ["ListThings"]);
        assert_eq!(ids(&Method::GET, "/v3/p/things/a%2Fb"), ["ShowThing"]);
        for path in ["/v3/p/things", "/v3/p/things//", "/v3/p/things/a/b", ""] {
            assert_eq!(ids(&Method::GET, path), [""; 0], "{path}");
        }
        assert_eq!(ids(&Method::PUT, "/v3/p/things/a"), [""; 0]);
        let show = description.operation("ShowThing").unwrap();
        let values = show.path_values("/v3/p/things/a%2Fb/").unwrap();
        assert_eq!(values, [("project_id", "p"), ("thing_id", "a%2Fb")]);
    }
}
