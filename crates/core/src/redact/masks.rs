//! Values for recordings: none of them is told, all keep their shape, and the same one always looks the same.

use std::collections::HashMap;
use std::fmt;
use std::hash::{BuildHasher as _, RandomState};
use std::net::Ipv4Addr;
use std::sync::Mutex;

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::Number;
use sha2::Sha256;

use super::MASK;
use crate::sync::unpoisoned;

/// From this length on a word of hexadecimal digits is taken for an id.
const HEX: usize = 8;
/// The digits of an id of these services, behind which a few letters and digits may say what it is the id of.
const ID: usize = 32;
/// Whole numbers up to this length are sizes, ports and counts.
const PLAIN: usize = 5;

/// Puts other values in the place of values. What stands there is made of a key that nobody knows and that goes with this
/// object, so that it leads back to no value, not even to one that can be guessed.
///
/// ```
/// let masks = otcdb_core::redact::Masks::default();
/// let id = "5560df16cebf447395c4d1b573c16e79in03";
/// let masked = masks.text(id);
/// assert!(masked != id && masked.len() == id.len() && masked.ends_with("in03"));
/// assert_eq!(masks.text(&format!("/instances/{id}")), format!("{}/{masked}", masks.text("/instances")));
/// assert_eq!(masks.secret("hunter2"), "***1");
/// ```
pub struct Masks {
    key: Vec<u8>,
    secrets: Mutex<HashMap<Vec<u8>, usize>>,
}

impl Default for Masks {
    fn default() -> Self {
        // Each of these is made with numbers of the system that are not to be foreseen.
        let key = (0..4_u64).flat_map(|part| RandomState::new().hash_one(part).to_le_bytes());
        Self {
            key: key.collect(),
            secrets: Mutex::default(),
        }
    }
}

impl fmt::Debug for Masks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Masks")
    }
}

impl Masks {
    /// A secret, of which not even the shape is told: `***` and a number, which is the same for the same secret.
    pub fn secret(&self, secret: &str) -> String {
        if secret.is_empty() {
            return String::new();
        }
        let mut secrets = unpoisoned(self.secrets.lock());
        let next = secrets.len() + 1;
        let number = *secrets.entry(self.digest(secret, 0)).or_insert(next);
        format!("{MASK}{number}")
    }

    /// A text in which each word is another one of the same shape: letters of the same case, digits for digits, ids for
    /// ids, addresses for addresses. Numbers of up to five digits and versions stay, and so does all that is neither letter
    /// nor digit.
    pub fn text(&self, text: &str) -> String {
        let mut masked = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let end = rest
                .find(|c| is_of_word(c) != is_of_word(first))
                .unwrap_or(rest.len());
            let (piece, after) = rest.split_at(end);
            match is_of_word(first) {
                true => masked.push_str(&self.word(piece)),
                false => masked.push_str(piece),
            }
            rest = after;
        }
        masked
    }

    /// A link: scheme and names of parameters stay, all their values are secrets. `None` for what is no link.
    pub fn link(&self, text: &str) -> Option<String> {
        let has_scheme = text.starts_with("http://") || text.starts_with("https://");
        let has_query = text
            .split_once('?')
            .is_some_and(|(_, query)| query.contains('='));
        if text.contains(char::is_whitespace) || !(has_scheme || has_query) {
            return None;
        }
        let (before, query) = match text.split_once('?') {
            Some((before, query)) => (before, Some(query)),
            None => (text, None),
        };
        let mut masked = match before.split_once("://") {
            // What stands before an at sign is a user with a password.
            Some((scheme, rest)) => format!("{scheme}://{}", self.text(rest)),
            None => self.text(before),
        };
        if let Some(query) = query {
            let pairs = query.split('&').map(|pair| match pair.split_once('=') {
                Some((name, value)) => format!("{}={}", self.name(name), self.secret(value)),
                None => self.secret(pair),
            });
            masked.push('?');
            masked.push_str(&pairs.collect::<Vec<_>>().join("&"));
        }
        Some(masked)
    }

    /// A name that nobody has described: as it is if it looks like one, else masked.
    pub fn name(&self, name: &str) -> String {
        const LONGEST: usize = 48;
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        let digits = name.chars().filter(char::is_ascii_digit).count();
        let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.len() <= LONGEST
            && digits <= 3
            && name.chars().all(is_plain)
            && !is_hex(name);
        match is_name {
            true => name.to_owned(),
            false => self.text(name),
        }
    }

    /// A number with other digits.
    pub fn number(&self, number: &Number) -> Number {
        let text = number.to_string();
        let masked: String = self
            .with(&text, |digit, byte| match digit {
                // As the first it would be dropped, or make an octal number.
                '1'..='9' => pick("123456789", byte),
                '0' => '0',
                other => other,
            })
            .collect();
        serde_json::from_str(&masked).unwrap_or_else(|_| Number::from(0))
    }

    fn word(&self, word: &str) -> String {
        if is_plain(word) {
            return word.to_owned();
        }
        if let Ok(address) = word.parse::<Ipv4Addr>() {
            return self.address(address);
        }
        let tokens = word.split('.').map(|token| self.token(token));
        tokens.collect::<Vec<_>>().join(".")
    }

    /// Private addresses for addresses; this machine and all of them stay.
    fn address(&self, address: Ipv4Addr) -> String {
        if address.is_loopback() || address.is_unspecified() {
            return address.to_string();
        }
        let digest = self.digest(&address.to_string(), 0);
        let part = |place: usize| digest.get(place).copied().unwrap_or(1);
        Ipv4Addr::new(10, part(0), part(1), part(2)).to_string()
    }

    fn token(&self, token: &str) -> String {
        if let Some((id, end)) = token.split_at_checked(ID)
            && id.bytes().all(|byte| byte.is_ascii_hexdigit())
            && end.bytes().all(|byte| byte.is_ascii_alphanumeric())
        {
            // What follows says of what it is the id, such as `in03`.
            let end = match end.len() {
                0..=4 => end.to_owned(),
                _ => self.token(end),
            };
            return format!("{}{end}", self.hex(id));
        }
        if is_hex(token) {
            return self.hex(token);
        }
        let masked = self.with(token, |c, byte| match c {
            'a'..='z' => pick("abcdefghijklmnopqrstuvwxyz", byte),
            'A'..='Z' => pick("ABCDEFGHIJKLMNOPQRSTUVWXYZ", byte),
            '0'..='9' => pick("0123456789", byte),
            c if c.is_ascii() => c,
            c if c.len_utf8() == 2 => nth('à', byte % 23),
            _ => nth('一', byte),
        });
        masked.collect()
    }

    fn hex(&self, text: &str) -> String {
        let digits = match text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            true => "0123456789ABCDEF",
            false => "0123456789abcdef",
        };
        let masked = self.with(text, |c, byte| match c {
            '-' => c,
            _ => pick(digits, byte),
        });
        masked.collect()
    }

    /// Each character with a byte that follows from the whole.
    fn with<'a>(
        &'a self,
        text: &'a str,
        other: impl Fn(char, u8) -> char + 'a,
    ) -> impl Iterator<Item = char> + 'a {
        let bytes = (0_u32..).flat_map(|block| self.digest(text, block));
        text.chars().zip(bytes).map(move |(c, byte)| other(c, byte))
    }

    fn digest(&self, text: &str, block: u32) -> Vec<u8> {
        // A key may have any length.
        let Ok(mut hmac) = Hmac::<Sha256>::new_from_slice(&self.key) else {
            return Vec::new();
        };
        hmac.update(&block.to_le_bytes());
        hmac.update(text.as_bytes());
        hmac.finalize().into_bytes().to_vec()
    }
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '-' | '_' | '.')
}

/// Numbers of a few digits, and versions of such.
fn is_plain(word: &str) -> bool {
    let is_number = |part: &str| {
        (1..=PLAIN).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    word.split('.').all(is_number) && word.split('.').count() < 4
}

fn is_hex(text: &str) -> bool {
    text.len() >= HEX
        && text
            .bytes()
            .all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
        && text.bytes().any(|byte| byte.is_ascii_digit())
}

fn nth(first: char, place: u8) -> char {
    char::from_u32(u32::from(first) + u32::from(place)).unwrap_or(first)
}

fn pick(from: &str, byte: u8) -> char {
    let characters = from.as_bytes();
    let place = usize::from(byte) % characters.len().max(1);
    characters.get(place).copied().unwrap_or(b'x').into()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shape(text: &str) -> String {
        let class = |c: char| match c {
            'a'..='z' => 'a',
            'A'..='Z' => 'A',
            '0'..='9' => '0',
            c if c.is_ascii() => c,
            c => ['é', '字'][usize::from(c.len_utf8() > 2)],
        };
        text.chars().map(class).collect()
    }

    #[test]
    fn shapes_stay_and_values_do_not() {
        let masks = Masks::default();
        for text in [
            "redis-single-1 of Größe",
            "OTC-EU-DE-00000000001000000001",
            "someone@example.com",
            "logs_10.20.0.16_x.log",
            "生产-缓存",
        ] {
            let masked = masks.text(text);
            assert_eq!(shape(&masked), shape(text));
            assert_ne!(masked, text);
            assert_eq!(masks.text(text), masked, "it is the same each time");
            assert_ne!(Masks::default().text(text), masked, "in this recording");
        }
        for text in ["", "6379", "5.7.38", "5.0", "127.0.0.1", "0.0.0.0", " / "] {
            assert_eq!(masks.text(text), text);
        }
    }

    #[test]
    fn ids_and_addresses_stay_ids_and_addresses_wherever_they_stand() {
        let masks = Masks::default();
        for id in [
            "5560df16-cebf-4473-95c4-d1b573c16e79",
            "5560DF16CEBF447395C4D1B573C16E79",
            "5560df16cebf447395c4d1b573c16e79in03",
        ] {
            let masked = masks.text(id);
            assert_eq!(masked.len(), id.len());
            let digits = |text: &str| text.replace('-', "").get(..32).unwrap().to_owned();
            assert_ne!(digits(&masked), digits(id));
            let is_lower = id.contains('d');
            let is_digit = |c: char| c.is_ascii_hexdigit() && c.is_lowercase() <= is_lower;
            assert!(digits(&masked).chars().all(is_digit), "{masked}");
            assert!(id.len() != 36 || masked.ends_with(&id[32..]) || id.contains('-'));
            assert!(masks.text(&format!("no {id}, none")).contains(&masked));
        }
        let address = masks.text("192.168.0.7");
        assert!(address.parse::<Ipv4Addr>().unwrap().is_private() && address != "192.168.0.7");
        assert_eq!(masks.text("192.168.0.7:6379"), format!("{address}:6379"));
    }

    #[test]
    fn links_keep_scheme_and_names_and_no_value() {
        let masks = Masks::default();
        let link = "https://obs.example.com/logs/slow.log?AccessKeyId=AKAK&Expires=9&Signature=sig";
        let masked = masks.link(link).unwrap();
        assert_eq!(
            shape(&masked).split_once('?').unwrap().0,
            "aaaaa://aaa.aaaaaaa.aaa/aaaa/aaaa.aaa"
        );
        assert!(masked.starts_with("https://"), "{masked}");
        assert!(
            masked.ends_with("?AccessKeyId=***1&Expires=***2&Signature=***3"),
            "{masked}"
        );
        assert!(
            masks
                .link("obs.example.com/a?Signature=sig")
                .unwrap()
                .ends_with("?Signature=***3")
        );
        assert_eq!(masks.link("no link"), None);
        assert_eq!(masks.link("is it? a=b"), None);
    }

    #[test]
    fn a_secret_is_a_number_and_so_is_a_number() {
        let masks = Masks::default();
        assert_eq!(
            ["a", "b", "a", ""].map(|secret| masks.secret(secret)),
            ["***1", "***2", "***1", ""]
        );
        for text in ["1684191545379", "-12.5", "0", "100000"] {
            let number: Number = serde_json::from_str(text).unwrap();
            assert_eq!(masks.number(&number).to_string().len(), text.len());
        }
    }

    #[test]
    fn names_stay_unless_they_are_ids() {
        let masks = Masks::default();
        for name in ["x_new_field", "Id", "created-at", "sha256"] {
            assert_eq!(masks.name(name), name);
        }
        for name in [
            "5560df16cebf447395c4d1b573c16e79",
            "a name",
            "orders-20260416",
            "deadbee1",
        ] {
            assert_ne!(masks.name(name), name);
        }
    }

    proptest! {
        #[test]
        fn the_shape_of_any_text_stays(text in any::<String>()) {
            let masked = Masks::default().text(&text);
            prop_assert_eq!(masked.chars().count(), text.chars().count());
        }
    }
}
