//! References inside a document: `{ $ref: "#/components/…" }`.

use serde_json::Value;

use crate::pointer;

/// A document has no circle of bare references, which a rule of the description sees to; one that had would end here.
const HOPS: usize = 32;

/// What a value refers to: the pointer, and what is there.
pub fn target<'a>(root: &'a Value, value: &'a Value) -> Option<(&'a str, &'a Value)> {
    let pointer = value.get("$ref")?.as_str()?.strip_prefix('#')?;
    Some((pointer, root.pointer(pointer)?))
}

/// Follows references, any number of them; a value that is none is returned as it is.
pub fn resolve<'a>(root: &'a Value, value: &'a Value) -> &'a Value {
    resolve_at(root, value).map_or(value, |(_, value)| value)
}

/// The same with the pointer of what is found; `None` for a value that is no reference.
pub fn resolve_at<'a>(root: &'a Value, value: &'a Value) -> Option<(&'a str, &'a Value)> {
    let mut found = target(root, value)?;
    for _ in 0..HOPS {
        match target(root, found.1) {
            Some(next) => found = next,
            None => break,
        }
    }
    Some(found)
}

/// Whether a JSON pointer leads to something in values of a schema. In a list, any index stands for all elements.
pub fn leads(root: &Value, schema: &Value, pointer: &str) -> bool {
    let mut steps = pointer.split('/').skip(1);
    let end = steps.try_fold(resolve(root, schema), |schema, step| {
        let next = match schema["type"] == "array" {
            true => schema.get("items"),
            false => schema["properties"].get(step),
        };
        next.map(|next| resolve(root, next))
    });
    end.is_some()
}

/// The component's name in a reference such as `#/components/schemas/Name`.
pub fn name(value: &Value) -> Option<String> {
    value.get("$ref")?.as_str().and_then(pointer::last)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn references_are_followed_to_their_end_and_circles_end() {
        let root = json!({ "components": { "schemas": {
            "A": { "$ref": "#/components/schemas/B" },
            "B": { "type": "string" },
            "Round": { "$ref": "#/components/schemas/Round" },
        } } });
        let to = |name: &str| json!({ "$ref": format!("#/components/schemas/{name}") });
        assert_eq!(resolve(&root, &to("A")), &json!({ "type": "string" }));
        let reference = to("A");
        let (at, _) = resolve_at(&root, &reference).unwrap();
        assert_eq!(at, "/components/schemas/B");
        assert_eq!(resolve(&root, &to("Round")), &to("Round"));
        assert_eq!(resolve(&root, &to("None")), &to("None"), "it leads nowhere");
        assert_eq!(name(&to("A")).as_deref(), Some("A"));
        assert_eq!(name(&json!({})), None);
    }
}
