//! The names that progenitor gives to operations and schemas.

use heck::{ToPascalCase as _, ToSnakeCase as _};

/// Name of an operation's method or of a parameter's setter.
pub(super) fn method_name(name: &str) -> String {
    legal(name.to_snake_case())
}

/// Name of a schema's type.
pub(super) fn type_name(name: &str) -> String {
    legal(name.to_pascal_case())
}

/// Keywords get a trailing underscore.
fn legal(name: String) -> String {
    if syn::parse_str::<syn::Ident>(&name).is_ok() {
        name
    } else {
        format!("{name}_")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_progenitor() {
        assert_eq!(
            method_name("CreateRedislogDownloadLink"),
            "create_redislog_download_link"
        );
        assert_eq!(method_name("type"), "type_");
        assert_eq!(type_name("linkInfo"), "LinkInfo");
    }
}
