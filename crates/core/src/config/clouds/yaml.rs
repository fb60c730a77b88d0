//! One entry of a clouds file, read as it is written.
//!
//! Nothing else in the file is looked at, beyond that it has to be YAML. Texts stay as they are spelled: a password `007`
//! is no number.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_saphyr::Spanned;

/// What a file has of one entry.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// The entry; one that is null has nothing.
    pub(super) entry: Option<Entry>,
    /// The names of the other entries.
    pub(super) others: Vec<String>,
}

/// An entry, or what a region says in its place. Names have underscores in place of hyphens.
#[derive(Clone, Default)]
pub(super) struct Entry {
    /// The texts beside `auth`.
    pub(super) beside: BTreeMap<String, String>,
    /// The texts in `auth`.
    pub(super) auth: BTreeMap<String, String>,
    /// The regions, in their order.
    pub(super) regions: Vec<(String, Entry)>,
}

/// Names only: the texts may be secrets.
impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry")
            .field("beside", &self.beside.keys())
            .field("auth", &self.auth.keys())
            .field("regions", &self.regions)
            .finish()
    }
}

/// Why a file cannot be read. Nothing in it is quoted from a value, which may be a password.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fault {
    /// The line, from 1.
    pub(super) line: Option<u64>,
    /// What is wrong there.
    pub(super) what: String,
    /// What to do about it.
    pub(super) hint: &'static str,
}

const QUOTES: &str = "put single quotes around a text that begins with a special character or holds `: ` or ` #`, as in \
     password: '@secret'";

/// Reads the mapping `name` below the mapping `top`.
pub(super) fn read(
    text: &str,
    top: &str,
    name: &str,
    is_text: fn(&str) -> bool,
) -> Result<Found, Fault> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let context = Context {
        text,
        top,
        name,
        is_text,
        place: RefCell::default(),
        fault: RefCell::default(),
    };
    let options = serde_saphyr::options! {
        // Other entries are not read, and in this one it is complained of here.
        duplicate_keys: serde_saphyr::DuplicateKeyPolicy::LastWins,
        with_snippet: false,
    };
    let result =
        serde_saphyr::with_deserializer_from_str_with_options(text, options, |deserializer| {
            Nullable(Top(&context)).deserialize(deserializer)
        });
    match (result, context.fault.take()) {
        (_, Some(fault)) => Err(fault),
        (Ok(found), None) => Ok(found),
        // The parser's own message may quote the text.
        (Err(error), None) => Err(context.fault_at(error.location().map(|at| at.line()))),
    }
}

struct Context<'a> {
    text: &'a str,
    top: &'a str,
    name: &'a str,
    is_text: fn(&str) -> bool,
    /// The line and the path of what is being read in the entry, and what it has to be.
    place: RefCell<Option<(u64, String, &'static str)>>,
    /// A fault that the parser does not see.
    fault: RefCell<Option<Fault>>,
}

impl Context<'_> {
    fn line(&self, number: u64) -> &str {
        usize::try_from(number)
            .ok()
            .and_then(|number| self.text.lines().nth(number.checked_sub(1)?))
            .unwrap_or_default()
    }

    /// The likeliest reason for a fault that the parser found.
    fn fault_at(&self, line: Option<u64>) -> Fault {
        let near = line
            .into_iter()
            .flat_map(|line| [line, line.saturating_sub(1)]);
        for number in near {
            let content = self.line(number);
            if let Some((key, first)) = special(content, "@`%!&*|>,'\"[{]}") {
                return begins_with(number, &key, first);
            }
            if content
                .chars()
                .take_while(|c| c.is_whitespace())
                .any(|c| c == '\t')
            {
                return Fault {
                    line: Some(number),
                    what: "the line is indented by a tab".to_owned(),
                    hint: "YAML is indented by spaces only",
                };
            }
        }
        // These are never right, so they are what is wrong even where the parser complains of a later line.
        for (number, content) in (1..).zip(self.text.lines()) {
            if let Some((key, first)) = special(content, "@`%") {
                return begins_with(number, &key, first);
            }
        }
        match &*self.place.borrow() {
            Some((at, path, kind)) if line.is_none_or(|line| line >= *at) => Fault {
                line: line.or(Some(*at)),
                what: format!("{path} has to be {kind}"),
                hint: QUOTES,
            },
            _ => Fault {
                line,
                what: format!(
                    "it needs a mapping of {}, each with auth and region_name",
                    self.top
                ),
                hint: QUOTES,
            },
        }
    }

    /// Looks at how a value is written, which its text no longer tells: `!secret` is a tag and `&secret` an anchor, with
    /// nothing behind.
    fn check(&self, key: &Spanned<String>, value: Option<&str>) {
        let number = key.defined.line();
        let written = self
            .line(number)
            .split_once(key.value.as_str())
            .and_then(|(_, rest)| Some(rest.split_once(':')?.1.trim_start()))
            .unwrap_or_default();
        let lost = match written.chars().next() {
            Some('!') => !written.starts_with("!!"),
            Some('&') => value.is_none(),
            Some(first @ ('#' | ',')) => {
                let next = written.chars().nth(1);
                value.is_none() && next.is_some_and(|next| next != first && !next.is_whitespace())
            }
            _ => false,
        };
        if let (true, Some(first)) = (lost, written.chars().next()) {
            self.fault
                .borrow_mut()
                .get_or_insert_with(|| begins_with(number, &key.value, first));
        }
    }

    /// Which of two is meant nobody can tell.
    fn twice(&self, key: &Spanned<String>) {
        self.fault.borrow_mut().get_or_insert_with(|| Fault {
            line: Some(key.defined.line()),
            what: format!("{} is given twice", key.value),
            hint: "keep one of them",
        });
    }

    fn at(&self, key: &Spanned<String>, within: &str, kind: &'static str) {
        let path = format!("{}.{}{within}.{}", self.top, self.name, key.value);
        *self.place.borrow_mut() = Some((key.defined.line(), path, kind));
    }

    fn left(&self) {
        *self.place.borrow_mut() = None;
    }
}

fn begins_with(line: u64, key: &str, first: char) -> Fault {
    Fault {
        line: Some(line),
        what: format!("the value of {key} begins with `{first}`, which means something to YAML"),
        hint: QUOTES,
    }
}

/// The name of the first value in a line that begins with one of these characters.
fn special(line: &str, firsts: &str) -> Option<(String, char)> {
    let mut from = 0;
    while let Some(colon) = line.get(from..)?.find(": ").map(|at| from + at) {
        let value = line.get(colon + 1..)?.trim_start();
        let first = value.chars().next().filter(|first| firsts.contains(*first));
        // What is closed on the same line is a quoted text or a collection, which may be right.
        let closed = first.and_then(|first| match first {
            '\'' | '"' => Some(first),
            '[' => Some(']'),
            '{' => Some('}'),
            _ => None,
        });
        let is_closed = closed.is_some_and(|end| {
            value
                .get(1..)
                .is_some_and(|rest| rest.trim_end().ends_with(end))
        });
        let is_block = matches!(first, Some('|' | '>'))
            && value
                .chars()
                .skip(1)
                .all(|c| matches!(c, '+' | '-' | '0'..='9'));
        let key: String = line
            .get(..colon)?
            .rsplit(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-')))
            .next()?
            .chars()
            .take(64)
            .collect();
        if let (Some(first), false, false, false) = (first, is_closed, is_block, key.is_empty()) {
            return Some((key, first));
        }
        from = colon + 2;
    }
    None
}

/// A value that may be null, which is nothing.
struct Nullable<S>(S);

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Nullable<S>
where
    S::Value: Default,
{
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<S::Value, D::Error> {
        deserializer.deserialize_option(self)
    }
}

impl<'de, S: DeserializeSeed<'de>> Visitor<'de> for Nullable<S>
where
    S::Value: Default,
{
    type Value = S::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("something or null")
    }

    fn visit_none<E: de::Error>(self) -> Result<S::Value, E> {
        Ok(S::Value::default())
    }

    fn visit_unit<E: de::Error>(self) -> Result<S::Value, E> {
        Ok(S::Value::default())
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<S::Value, D::Error> {
        self.0.deserialize(deserializer)
    }
}

/// The file.
struct Top<'a>(&'a Context<'a>);

impl<'de> DeserializeSeed<'de> for Top<'_> {
    type Value = Found;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Found, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Top<'_> {
    type Value = Found;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a mapping")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Found, A::Error> {
        let mut found = Found::default();
        while let Some(key) = map.next_key::<String>()? {
            if key == self.0.top {
                found = map.next_value_seed(Nullable(Entries(self.0)))?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(found)
    }
}

/// All entries, of which one is read.
struct Entries<'a>(&'a Context<'a>);

impl<'de> DeserializeSeed<'de> for Entries<'_> {
    type Value = Found;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Found, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Entries<'_> {
    type Value = Found;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a mapping")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Found, A::Error> {
        let mut found = Found::default();
        while let Some(key) = map.next_key::<Spanned<String>>()? {
            if key.value == self.0.name {
                let path = format!("{}.{}", self.0.top, key.value);
                *self.0.place.borrow_mut() = Some((key.defined.line(), path, "a mapping"));
                let entry = map.next_value_seed(Nullable(Keys::beside(self.0)))?;
                self.0.left();
                found.entry = Some(entry);
            } else {
                found.others.push(key.value);
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(found)
    }
}

/// The keys of an entry, of its `auth`, or of the values of a region.
#[derive(Clone, Copy)]
struct Keys<'a> {
    context: &'a Context<'a>,
    within: &'static str,
    is_auth: bool,
}

impl<'a> Keys<'a> {
    fn beside(context: &'a Context<'a>) -> Self {
        Self {
            context,
            within: "",
            is_auth: false,
        }
    }
}

impl<'de> DeserializeSeed<'de> for Keys<'_> {
    type Value = Entry;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Entry, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Keys<'_> {
    type Value = Entry;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a mapping")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entry, A::Error> {
        let mut entry = Entry::default();
        let mut seen = BTreeSet::new();
        while let Some(key) = map.next_key::<Spanned<String>>()? {
            let name = key.value.replace('-', "_");
            if !seen.insert(name.clone()) {
                self.context.twice(&key);
            }
            let place = |kind| self.context.at(&key, self.within, kind);
            match name.as_str() {
                "auth" if !self.is_auth => {
                    place("a mapping");
                    let auth = map.next_value_seed(Nullable(Keys {
                        within: ".auth",
                        is_auth: true,
                        ..self
                    }))?;
                    entry.auth = auth.beside;
                }
                "regions" if !self.is_auth => {
                    place("a list of names, or of mappings with name and values");
                    entry.regions = map.next_value_seed(Nullable(Regions(self.context)))?;
                }
                "region_name" if !self.is_auth => {
                    place("a name");
                    let names = map.next_value_seed(Nullable(Regions(self.context)))?;
                    // Several were once given like this.
                    if let [(one, _)] = names.as_slice() {
                        entry.beside.insert(name, one.clone());
                    } else if entry.regions.is_empty() {
                        entry.regions = names;
                    }
                }
                known if (self.context.is_text)(known) => {
                    place("a text");
                    let value = map.next_value::<Option<String>>()?;
                    self.context.check(&key, value.as_deref());
                    if let Some(value) = value.filter(|value| !value.is_empty()) {
                        entry.beside.insert(name, value);
                    }
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
            self.context.left();
        }
        Ok(entry)
    }
}

/// A list of regions, or one name, or several with commas between them.
struct Regions<'a>(&'a Context<'a>);

impl<'de> DeserializeSeed<'de> for Regions<'_> {
    type Value = Vec<(String, Entry)>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Regions<'_> {
    type Value = Vec<(String, Entry)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("names of regions")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        let names = text
            .split(',')
            .map(str::trim)
            .filter(|name| !name.is_empty());
        Ok(names
            .map(|name| (name.to_owned(), Entry::default()))
            .collect())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut regions = Vec::new();
        while let Some(region) = items.next_element_seed(Nullable(Region(self.0)))? {
            regions.extend(region);
        }
        Ok(regions)
    }
}

/// A name, or a mapping with a name and values.
struct Region<'a>(&'a Context<'a>);

impl<'de> DeserializeSeed<'de> for Region<'_> {
    type Value = Option<(String, Entry)>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Region<'_> {
    type Value = Option<(String, Entry)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a region, or a mapping with name and values")
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<Self::Value, E> {
        Ok(Some((name.to_owned(), Entry::default())))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut name = None;
        let mut values = Entry::default();
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "name" => name = map.next_value::<Option<String>>()?,
                "values" => {
                    values = map.next_value_seed(Nullable(Keys {
                        within: ".regions.values",
                        ..Keys::beside(self.0)
                    }))?;
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        let name = name.ok_or_else(|| de::Error::custom("a region without a name"))?;
        Ok(Some((name, values)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_otc(text: &str) -> Result<Entry, Fault> {
        let is_text = |name: &str| ["username", "password", "verify"].contains(&name);
        read(text, "clouds", "otc", is_text).map(|found| found.entry.unwrap_or_default())
    }

    fn password(text: &str) -> Option<String> {
        read_otc(text).unwrap().auth.get("password").cloned()
    }

    #[test]
    fn null_is_nothing_and_other_entries_may_have_any_form() {
        for text in [
            "clouds: {otc: {auth: null, regions: ~, region_name: }, other: 5, list: [1]}",
            "clouds:\n  otc:\n    auth:\n  other: !vault {auth: {a: 1, a: 2}}\n",
            "other: [1]\nclouds:\n  otc: {auth: {password: null, username: ''}}\n",
            "clouds:\n",
            "",
            "# nothing\n",
        ] {
            let entry = read_otc(text).unwrap();
            assert!(entry.auth.is_empty() && entry.beside.is_empty(), "{text}");
        }
        let found = read("clouds: {a: , b: 1}", "clouds", "otc", |_| true).unwrap();
        assert_eq!(found.others, ["a", "b"]);
        assert!(found.entry.is_none());
    }

    #[test]
    fn texts_stay_as_they_are_spelled() {
        for (written, read) in [
            ("007", "007"),
            ("1e3", "1e3"),
            ("0x1F", "0x1F"),
            ("1_000", "1_000"),
            ("True", "True"),
            ("'null'", "null"),
            ("'@a'", "@a"),
            ("!!str 5", "5"),
            ("a#b", "a#b"),
            ("&anchor a", "a"),
            ("|-\n        two words", "two words"),
        ] {
            let text = format!("clouds:\r\n  otc:\r\n    auth:\r\n      password: {written}\r\n");
            assert_eq!(password(&text).as_deref(), Some(read), "{written}");
        }
        assert_eq!(
            password("\u{feff}clouds: {otc: {auth: {password: a}}}").as_deref(),
            Some("a")
        );
    }

    #[test]
    fn anchors_and_merge_keys_reach_into_the_entry() {
        let text = "base: &base\n  auth: &auth\n    username: u\n    password: p\nclouds:\n  otc:\n    <<: *base\n    verify: no\n";
        let entry = read_otc(text).unwrap();
        assert_eq!(entry.auth["password"], "p");
        assert_eq!(entry.beside["verify"], "no");
        let text = "clouds:\n  other:\n    auth: &a {password: p}\n  otc:\n    auth:\n      <<: *a\n      username: u\n";
        assert_eq!(password(text).as_deref(), Some("p"));
    }

    #[test]
    fn a_special_character_is_pointed_at_and_the_text_is_not_quoted() {
        for first in ["@", "`", "%", "!", "&", "*", "#", "|", ",", "'", "[", "{"] {
            for (text, line) in [
                (
                    format!(
                        "clouds:\n  otc:\n    auth:\n      password: {first}hunter2\n      username: u\n"
                    ),
                    4,
                ),
                (
                    format!(
                        "clouds:\n  otc:\n    auth: {{username: u, password: {first}hunter2}}\n"
                    ),
                    3,
                ),
            ] {
                // There a `#` hides the end of the line, and `{…}` is a mapping.
                if ["#", "{"].contains(&first) && line == 3 {
                    continue;
                }
                let fault = read_otc(&text).expect_err(&text);
                let says = format!(
                    "the value of password begins with `{first}`, which means something to YAML"
                );
                assert_eq!((fault.line, fault.what), (Some(line), says), "{text}");
                assert_eq!(fault.hint, QUOTES);
            }
        }
        let text = "clouds:\n  otc:\n    auth:\n      password: # in secure.yaml\n";
        assert_eq!(password(text), None);
    }

    #[test]
    fn a_fault_says_where_and_what_is_expected() {
        for (text, line, what) in [
            (
                "clouds:\n  otc:\n    auth: hunter2\n",
                3,
                "clouds.otc.auth has to be a mapping",
            ),
            (
                "clouds:\n  otc: hunter2\n",
                2,
                "clouds.otc has to be a mapping",
            ),
            (
                "clouds:\n  otc:\n    auth:\n      password:\n      - a\n",
                5,
                "clouds.otc.auth.password has to be a text",
            ),
            (
                "clouds:\n  otc:\n\tauth: a\n",
                3,
                "the line is indented by a tab",
            ),
            (
                "clouds:\n  otc:\n    auth:\n      password: a\n      password: hunter2\n",
                5,
                "password is given twice",
            ),
            (
                "clouds: hunter2\n",
                1,
                "it needs a mapping of clouds, each with auth and region_name",
            ),
        ] {
            let fault = read_otc(text).unwrap_err();
            assert_eq!(
                (fault.line, fault.what.as_str()),
                (Some(line), what),
                "{text}"
            );
        }
    }

    #[test]
    fn regions_are_names_or_mappings() {
        let text = "clouds:\n  otc:\n    regions:\n    - eu-de\n    - name: eu-nl\n      values:\n        auth: {password: 007}\n        verify: 1\n    - name: eu-ch2\n";
        let entry = read_otc(text).unwrap();
        let names: Vec<_> = entry
            .regions
            .iter()
            .map(|(name, _)| name.as_str())
            .collect();
        assert_eq!(names, ["eu-de", "eu-nl", "eu-ch2"]);
        assert_eq!(entry.regions[1].1.auth["password"], "007");
        for written in ["eu-de, eu-nl", "[eu-de, eu-nl]"] {
            let entry =
                read_otc(&format!("clouds:\n  otc:\n    region_name: {written}\n")).unwrap();
            assert_eq!(entry.regions.len(), 2);
        }
    }
}
