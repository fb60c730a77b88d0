//! Rewrites of strings.

use otcdb_openapi::grammar::{Kind, Reusable};
use otcdb_openapi::walk;
use serde_json::{Value, json};

/// Gives each string marked `x-secret` the type `otcdb_core::Secret`.
pub(super) fn secret_strings(document: &mut Value) -> usize {
    let mut hidden = 0;
    walk::rewrite(document, &mut |kind, schema| {
        if kind == Kind::One(Reusable::Schema)
            && !schema["x-secret"].is_null()
            && let Some(map) = schema.as_object_mut()
        {
            map.shift_remove("format");
            map.insert(
                "x-rust-type".to_owned(),
                json!({ "crate": "otcdb-core", "version": "*", "path": "otcdb_core::Secret" }),
            );
            hidden += 1;
        }
    });
    hidden
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_has_a_type_that_hides_it() {
        let mut d = json!({ "components": { "schemas": {
            "A": { "type": "string", "format": "password", "x-secret": true },
            "B": { "type": "string" },
            "C": { "type": "string", "format": "password", "x-secret": "link" },
        } } });
        assert_eq!(secret_strings(&mut d), 2);
        for name in ["A", "C"] {
            let schema = &d["components"]["schemas"][name];
            assert_eq!(schema["x-rust-type"]["path"], "otcdb_core::Secret");
        }
        assert_eq!(d["components"]["schemas"]["B"], json!({ "type": "string" }));
    }
}
