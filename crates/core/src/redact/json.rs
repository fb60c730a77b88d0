//! Bodies for debug output and errors.

use serde_json::Value;

use super::{MASK, text};

/// Fields whose text may be shown. Numbers, booleans and null are always shown.
const OPEN_FIELDS: [&str; 40] = [
    "action",
    "begin_time",
    "code",
    "created",
    "created_at",
    "datastore",
    "end_time",
    "engine",
    "engine_version",
    "errCode",
    "error_code",
    "error_ext_msg",
    "error_msg",
    "expires_at",
    "externalMessage",
    "file_name",
    "file_size",
    "flavor",
    "id",
    "instance_id",
    "instance_name",
    "issued_at",
    "level",
    "log_type",
    "message",
    "methods",
    "name",
    "node_id",
    "phase",
    "project_id",
    "region",
    "replication_id",
    "request_id",
    "size",
    "start_time",
    "status",
    "title",
    "type",
    "updated",
    "workflow_id",
];

/// A body on one line, redacted and cut to `chars` characters.
///
/// In JSON the text of fields that are not known to be harmless is masked; a body that is not JSON is shown
/// as [`text::line`] shows it, and one that is not text by its length in bytes.
pub fn body(bytes: &[u8], chars: usize) -> String {
    if bytes.is_empty() {
        return String::new();
    }
    if let Ok(mut value) = serde_json::from_slice::<Value>(bytes) {
        mask(&mut value, false);
        return text::bound(&super::values(&value.to_string()), chars);
    }
    // A broken or cut JSON text has no fields to go by.
    let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
    match std::str::from_utf8(bytes) {
        Ok(_) if matches!(first, Some(b'{' | b'[')) => {
            format!("broken JSON, {} bytes", bytes.len())
        }
        Ok(content) => text::bound(&text::text(&text::one_line(content)), chars),
        Err(_) => format!("{} bytes that are not UTF-8 text", bytes.len()),
    }
}

/// Below these nothing may be shown, not even an `id`.
const CLOSED_FIELDS: [&str; 4] = ["auth", "credential", "credentials", "token"];

fn mask(value: &mut Value, open: bool) {
    match value {
        Value::String(content) if open => *content = text::line(content),
        Value::String(content) => MASK.clone_into(content),
        Value::Array(items) => items.iter_mut().for_each(|item| mask(item, open)),
        Value::Object(fields) => {
            for (name, field) in fields {
                if CLOSED_FIELDS.contains(&name.as_str()) {
                    mask_all(field);
                } else {
                    mask(field, OPEN_FIELDS.contains(&name.as_str()));
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn mask_all(value: &mut Value) {
    match value {
        Value::String(content) => MASK.clone_into(content),
        Value::Array(items) => items.iter_mut().for_each(mask_all),
        Value::Object(fields) => fields.values_mut().for_each(mask_all),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_keeps_shape_and_known_fields() {
        let content =
            br#"{"auth":{"token":{"id":"t"}},"user":{"name":"u","password":"pw"},"n":1,"links":["https://h/?s=1"],
            "status":"see https://h/p?s=1"}"#;
        // Compared as JSON: the order of the fields is that of the build's serde_json.
        let shown: Value = serde_json::from_str(&body(content, 500)).unwrap();
        assert_eq!(
            shown,
            serde_json::json!({
                "auth": {"token": {"id": "***"}},
                "user": {"name": "u", "password": "***"},
                "n": 1,
                "links": ["***"],
                "status": "see https://h/p?s=***",
            })
        );
    }

    #[test]
    fn bodies_that_cannot_be_understood_are_not_quoted_blindly() {
        assert_eq!(body(br#"{"password":"pw"#, 99), "broken JSON, 15 bytes");
        assert_eq!(body(b"\xff\xfe", 99), "2 bytes that are not UTF-8 text");
        assert_eq!(body(b"<p>\n no\tway </p>", 99), "<p> no way </p>");
        assert_eq!(body("ääää".as_bytes(), 3), "ää…");
    }
}
