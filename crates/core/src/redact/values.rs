//! The secrets of the sessions of this process, masked by their values wherever they stand.
//!
//! Rules by name cannot know what a service sends back: it may put the token that it refused into a message, whole or cut,
//! escaped or encoded. So each secret is remembered by hashes of its pieces, in every form in which it is likely to be
//! written, and what is shown is looked through for these. Nothing of the secrets themselves is kept here.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher as _, BuildHasherDefault, Hasher, RandomState};
use std::ops::Range;
use std::sync::{LazyLock, RwLock};

use crate::sync::unpoisoned;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};

use super::MASK;

/// Shorter texts are in too many words to be told from them. They are masked by name only.
const SHORTEST: usize = 6;
/// From this length on parts are masked too: beginnings and ends of half the secret or more, but no less than this.
const PARTS: usize = 8;
/// A piece of this length is masked wherever it was in the secret.
const PIECE: usize = 12;
/// More pieces of links than this are not kept: those of old ones are forgotten first.
const MOST_TRANSIENT: usize = 200_000;

/// What is escaped in the parts of a URL by those that leave the rest.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// The binary logarithm of how many bits stand for hashes.
const BITS: u32 = 17;
/// Spreads the digits of a hash over its upper bits: the golden ratio, as in Fibonacci hashing.
const MIX: u64 = 0x9e37_79b9_7f4a_7c15;
/// No more pieces than these of one form are kept. No token is as long.
const MOST_PIECES: usize = 1 << 16;

static KNOWN: LazyLock<RwLock<Known>> = LazyLock::new(RwLock::default);

/// The pieces of secrets, by their length.
#[derive(Default)]
struct Pieces(HashMap<usize, OfLength>);

/// The hashes of pieces of one length. There can be very many, so that no more than these is kept of them.
struct OfLength {
    hashes: HashSet<u64, BuildHasherDefault<Spread>>,
    /// A bit for each hash, of which nearly all that is looked at has none. It makes that quick.
    bits: Vec<u64>,
}

/// What is kept are hashes that nobody can foresee: they need no other, but to be spread.
#[derive(Default)]
struct Spread(u64);

impl Hasher for Spread {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = (self.0 ^ hash).wrapping_mul(MIX).rotate_left(32);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

impl Default for OfLength {
    fn default() -> Self {
        Self {
            hashes: HashSet::default(),
            bits: vec![0; (1 << BITS) / 64],
        }
    }
}

impl OfLength {
    /// The word that holds the bit of a hash, and the bit in it.
    fn bit(hash: u64) -> (usize, u64) {
        let place = hash.wrapping_mul(MIX) >> (64 - BITS);
        (
            usize::try_from(place / 64).unwrap_or_default(),
            1 << (place % 64),
        )
    }

    fn contains(&self, hash: u64) -> bool {
        let (word, bit) = Self::bit(hash);
        self.bits.get(word).is_some_and(|word| word & bit != 0) && self.hashes.contains(&hash)
    }

    fn insert(&mut self, hash: u64) {
        self.hashes.insert(hash);
        let (word, bit) = Self::bit(hash);
        if let Some(word) = self.bits.get_mut(word) {
            *word |= bit;
        }
    }
}

/// The pieces of secrets.
struct Known {
    base: u64,
    lasting: Pieces,
    transient: Pieces,
}

impl Default for Known {
    fn default() -> Self {
        Self {
            // Not to be foreseen, and odd, so that no digit is lost.
            base: RandomState::new().hash_one(0) | 1,
            lasting: Pieces::default(),
            transient: Pieces::default(),
        }
    }
}

/// Makes a secret known. It is masked from now on by [`values`], as long as the process runs, unless it is shorter than
/// six characters.
///
/// Sessions do this with their own secrets.
pub fn register(secret: &str) {
    add(secret, false);
}

/// Makes a secret known that only passes through: of a presigned link the values of its query that are not known to be
/// harmless, and of anything else the whole. It is forgotten when very many newer ones have come.
pub fn register_passing(secret: &str) {
    let Some((_, query)) = secret.split_once('?') else {
        // Host and path of a link are no secret.
        if !secret.contains('/') {
            add(secret, true);
        }
        return;
    };
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        if !super::is_open_parameter(&name) && value.len() >= PIECE {
            add(&value, true);
        }
    }
}

fn add(secret: &str, is_transient: bool) {
    let secret = secret.trim();
    if secret.len() < SHORTEST {
        return;
    }
    let mut known = unpoisoned(KNOWN.write());
    let base = known.base;
    if is_transient && known.transient.len() > MOST_TRANSIENT {
        known.transient = Pieces::default();
    }
    let pieces = if is_transient {
        &mut known.transient
    } else {
        &mut known.lasting
    };
    for form in forms(secret) {
        pieces.add(&form, base);
    }
}

/// A text without the secrets that are known.
pub fn values(text: &str) -> Cow<'_, str> {
    match mask(text.as_bytes()) {
        // What is cut out begins and ends where characters do.
        Some(masked) => String::from_utf8_lossy(&masked).into_owned().into(),
        None => text.into(),
    }
}

/// Bytes without the secrets that are known.
pub fn values_of_bytes(bytes: &[u8]) -> Cow<'_, [u8]> {
    mask(bytes).map_or(Cow::Borrowed(bytes), Cow::Owned)
}

fn mask(bytes: &[u8]) -> Option<Vec<u8>> {
    let known = unpoisoned(KNOWN.read());
    let mut found = known.lasting.find(bytes, known.base);
    found.extend(known.transient.find(bytes, known.base));
    if found.is_empty() {
        return None;
    }
    found.sort_unstable_by_key(|range| range.start);
    let mut masked = Vec::with_capacity(bytes.len());
    let mut end = 0;
    let mut is_first = true;
    for mut range in found {
        // Characters are not cut.
        while range.start > end && bytes.get(range.start).is_some_and(is_continuation) {
            range.start -= 1;
        }
        while bytes.get(range.end).is_some_and(is_continuation) {
            range.end += 1;
        }
        if range.start > end || is_first {
            masked.extend_from_slice(bytes.get(end..range.start).unwrap_or_default());
            masked.extend_from_slice(MASK.as_bytes());
        }
        is_first = false;
        end = end.max(range.end);
    }
    masked.extend_from_slice(bytes.get(end..).unwrap_or_default());
    Some(masked)
}

fn is_continuation(byte: &u8) -> bool {
    byte & 0xc0 == 0x80
}

/// The secret, and how it looks where others have written it.
fn forms(secret: &str) -> Vec<Vec<u8>> {
    let bytes = secret.as_bytes();
    let json = serde_json::to_string(secret).unwrap_or_default();
    let mut forms = vec![
        bytes.to_vec(),
        json.trim_matches('"').as_bytes().to_vec(),
        json.trim_matches('"').replace('/', "\\/").into_bytes(),
        secret.escape_debug().to_string().into_bytes(),
        percent_encode(bytes, NON_ALPHANUMERIC)
            .to_string()
            .into_bytes(),
        form_urlencoded::byte_serialize(bytes)
            .collect::<String>()
            .into_bytes(),
        secret
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;")
            .replace('"', "&quot;")
            .into_bytes(),
        secret.replace('\'', "''").into_bytes(),
        hex::encode(bytes).into_bytes(),
    ];
    // Some characters are escaped by some and not by others.
    forms.push(percent_encode(bytes, RESERVED).to_string().into_bytes());
    for engine in [&STANDARD, &URL_SAFE] {
        // What stands before it shifts all digits; those that it shares with its neighbours are left out.
        for (before, shared) in [(0, 0), (1, 2), (2, 3)] {
            let mut shifted = vec![0; before];
            shifted.extend_from_slice(bytes);
            let whole = shifted.len() / 3 * 4;
            let text = engine.encode(&shifted);
            if let Some(own) = text.as_bytes().get(shared..whole) {
                forms.push(own.to_vec());
            }
        }
    }
    forms.retain(|form| form.len() >= SHORTEST);
    forms.sort_unstable();
    forms.dedup();
    forms
}

impl Pieces {
    fn len(&self) -> usize {
        self.0.values().map(|pieces| pieces.hashes.len()).sum()
    }

    /// Adds what is masked of one form: the whole of a short one where it stands by itself, and of a longer one every piece,
    /// and its beginnings and ends.
    fn add(&mut self, form: &[u8], base: u64) {
        if form.len() < PARTS {
            self.insert(form, base);
            return;
        }
        // Longer beginnings and ends than these consist of pieces.
        let half = (form.len() / 2).clamp(PARTS, PIECE);
        for length in half..=form.len().min(PIECE) {
            let (start, end) = (form.get(..length), form.get(form.len() - length..));
            for part in [start, end].into_iter().flatten() {
                self.insert(part, base);
            }
        }
        for piece in form.windows(PIECE).take(MOST_PIECES) {
            self.insert(piece, base);
        }
    }

    fn insert(&mut self, piece: &[u8], base: u64) {
        let of_length = self.0.entry(piece.len()).or_default();
        of_length.insert(hash(piece, base));
    }

    fn find(&self, bytes: &[u8], base: u64) -> Vec<Range<usize>> {
        let mut found: Vec<Range<usize>> = Vec::new();
        for (length, pieces) in &self.0 {
            let highest = (1..*length).fold(1_u64, |power, _| power.wrapping_mul(base));
            let Some(first) = bytes.get(..*length) else {
                continue;
            };
            // Only short forms, of which the whole is known, are as short as that.
            let by_itself = *length < PARTS;
            let mut rolling = hash(first, base);
            let mut start = 0;
            loop {
                let range = start..start + length;
                if pieces.contains(rolling) && !(by_itself && is_part_of_word(bytes, &range)) {
                    match found.last_mut() {
                        Some(last) if (last.start..=last.end).contains(&range.start) => {
                            last.end = range.end.max(last.end)
                        }
                        _ => found.push(range.clone()),
                    }
                }
                let (Some(out), Some(next)) = (bytes.get(start), bytes.get(range.end)) else {
                    break;
                };
                rolling = rolling
                    .wrapping_sub(digit(*out).wrapping_mul(highest))
                    .wrapping_mul(base)
                    .wrapping_add(digit(*next));
                start += 1;
            }
        }
        found
    }
}

fn is_part_of_word(bytes: &[u8], range: &Range<usize>) -> bool {
    let is_word = |at: Option<usize>| {
        at.and_then(|at| bytes.get(at))
            .is_some_and(u8::is_ascii_alphanumeric)
    };
    is_word(range.start.checked_sub(1)) || is_word(Some(range.end))
}

/// Letters are taken for the same in either case.
fn digit(byte: u8) -> u64 {
    u64::from(byte.to_ascii_lowercase()) + 1
}

fn hash(piece: &[u8], base: u64) -> u64 {
    piece.iter().fold(0_u64, |hash, byte| {
        hash.wrapping_mul(base).wrapping_add(digit(*byte))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_masked_whole_cut_and_encoded() {
        let secret = "zq7/Kx+\"w9&Lm'Rt4=Vb8Nc2";
        register(secret);
        let base64 = STANDARD.encode(format!("alice:{secret}"));
        for written in [
            secret.to_owned(),
            secret.to_lowercase(),
            secret.to_uppercase(),
            secret[..14].to_owned(),
            secret[10..].to_owned(),
            secret[5..20].to_owned(),
            serde_json::to_string(secret).unwrap(),
            serde_json::to_string(secret).unwrap().replace('/', "\\/"),
            format!("{secret:?}"),
            percent_encode(secret.as_bytes(), NON_ALPHANUMERIC).to_string(),
            form_urlencoded::byte_serialize(secret.as_bytes()).collect(),
            secret.replace('&', "&amp;").replace('"', "&quot;"),
            hex::encode(secret),
            STANDARD.encode(secret),
            URL_SAFE.encode(format!("ab{secret}")),
            base64,
        ] {
            let shown = values(&written).into_owned();
            assert!(shown.contains(MASK), "{written}");
            assert!(
                shown.len() <= MASK.len() + 16,
                "{written} is shown as {shown}"
            );
        }
        assert_eq!(
            values(&format!("token {secret} and <{secret}>")),
            "token *** and <***>"
        );
    }

    #[test]
    fn words_that_a_secret_shares_with_others_stay() {
        register("qx4pw");
        register("hj6bnd");
        register("kd8vmz3yt");
        for (text, shown) in [
            ("qx4pw", "qx4pw"),
            ("hj6bnd, hj6bnd.", "***, ***."),
            ("ahj6bnd hj6bnd1", "ahj6bnd hj6bnd1"),
            ("kd8vmz3yt", "***"),
            ("xkd8vmz3ytx", "x***x"),
            ("kd8vmz3y…", "***…"),
            ("kd8vmz", "kd8vmz"),
            ("", ""),
        ] {
            assert_eq!(values(text), shown);
        }
    }

    /// A long response is shown in the time that it takes to read it.
    #[test]
    fn a_long_text_is_looked_through_once_per_length() {
        let token: String = (0..8_000_u32)
            .map(|at| char::from(b'a' + u8::try_from(at * at % 25).unwrap_or_default()))
            .collect();
        register(&format!("Yq{token}Yq"));
        let text = "an instance of a name; ".repeat(50_000) + &token[100..200] + " end";
        let shown = values(&text);
        assert!(shown.ends_with("name; *** end"));
        assert_eq!(shown.len(), text.len() - 100 + MASK.len());
    }

    #[test]
    fn characters_are_not_cut_and_bytes_need_not_be_text() {
        register("wörtergäßchen-7");
        assert_eq!(values("ä wörtergäßchen-7 ö"), "ä *** ö");
        let bytes = b"\xff\xfewf3Jk9Lm2Qx7\xff";
        register("wf3Jk9Lm2Qx7");
        assert_eq!(&*values_of_bytes(bytes), b"\xff\xfe***\xff");
        assert!(matches!(values("nothing of it"), Cow::Borrowed(_)));
    }

    #[test]
    fn the_signature_of_a_link_is_masked_and_its_open_values_are_not() {
        register_passing(
            "https://obs.example.com/f.log?AccessKeyId=AK&Expires=1795314153&Signature=tT5Yb%2BHn8Uk3Op%3D&marker=a-marker-that-is-long",
        );
        assert_eq!(
            values(
                "the signature tT5Yb+Hn8Uk3Op= of tT5Yb%2BHn8Uk3Op%3D, a-marker-that-is-long 1795314153"
            ),
            "the signature *** of ***, a-marker-that-is-long 1795314153"
        );
    }
}
