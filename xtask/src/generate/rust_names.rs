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

/// Name of an enum's value, for its text: `V4_0` for `4.0`, `HaRwSplit` for `ha_rw_split`. The name that the description
/// gives it counts where the text cannot begin a name, or where it is the text with its words apart.
pub(super) fn variant_name(text: &str, given: Option<&str>) -> String {
    let fold = |text: &str| -> String {
        let letters = text.chars().filter(char::is_ascii_alphanumeric);
        letters.map(|c| c.to_ascii_lowercase()).collect()
    };
    let begins_a_name = text.starts_with(|c: char| c.is_ascii_alphabetic());
    let text = match given {
        Some(given) if !begins_a_name || fold(given) == fold(text) => given,
        _ => text,
    };
    // Words are joined, but digits that are apart are kept apart.
    let mut parts = vec![String::new()];
    let mut characters = text.chars().peekable();
    let mut last = ' ';
    while let Some(character) = characters.next() {
        let next = characters.peek().is_some_and(char::is_ascii_digit);
        if !character.is_ascii_alphanumeric() && last.is_ascii_digit() && next {
            parts.push(String::new());
        } else if let Some(part) = parts.last_mut() {
            part.push(character);
        }
        last = character;
    }
    let parts: Vec<String> = parts.iter().map(|part| part.to_pascal_case()).collect();
    let name = parts.join("_");
    legal(if name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        name
    } else {
        format!("V{name}")
    })
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

    #[test]
    fn values_are_named_for_their_texts() {
        for (text, given, name) in [
            ("4.0", None, "V4_0"),
            ("4.0", Some("V4_0"), "V4_0"),
            ("0.125", None, "V0_125"),
            ("redis-6.0", None, "Redis6_0"),
            ("ha_rw_split", None, "HaRwSplit"),
            ("RUNNING", None, "Running"),
            ("CREATEFAILED", Some("CREATE_FAILED"), "CreateFailed"),
            ("auto", Some("RESUME_AUTO"), "Auto"),
            ("self", None, "Self_"),
        ] {
            assert_eq!(variant_name(text, given), name);
        }
    }
}
