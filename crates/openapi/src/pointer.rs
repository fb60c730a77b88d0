//! JSON pointers (RFC 6901).

/// Appends one token to a pointer, escaped.
pub fn join(pointer: &str, token: &str) -> String {
    format!("{pointer}/{}", escape(token))
}

/// Escapes a token for use inside a pointer.
pub fn escape(token: &str) -> String {
    token.replace('~', "~0").replace('/', "~1")
}

/// Reverses [`escape`].
pub fn unescape(token: &str) -> String {
    token.replace("~1", "/").replace("~0", "~")
}

/// The last token of a pointer, unescaped; `None` for the empty pointer.
pub fn last(pointer: &str) -> Option<String> {
    pointer.rsplit_once('/').map(|(_, token)| unescape(token))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_with_slashes_survive() {
        let pointer = join(&join("", "paths"), "/v2/{id}~x");
        assert_eq!(pointer, "/paths/~1v2~1{id}~0x");
        assert_eq!(last(&pointer).as_deref(), Some("/v2/{id}~x"));
        assert_eq!(last(""), None);
    }
}
