//! One entry of a clouds file, read as it is written.
//!
//! Nothing else in the file is looked at, beyond that it has to be YAML. Texts stay as they are spelled: a password `007`
//! is no number.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_saphyr::Spanned;

use super::error::{Fault, Place, line_of};

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
        (Err(error), None) => {
            let line = error.location().map(|at| at.line());
            Err(Fault::at(text, top, line, &context.place.borrow()))
        }
    }
}

struct Context<'a> {
    text: &'a str,
    top: &'a str,
    name: &'a str,
    is_text: fn(&str) -> bool,
    /// What is being read in the entry.
    place: RefCell<Option<Place>>,
    /// A fault that the parser does not see.
    fault: RefCell<Option<Fault>>,
}

impl Context<'_> {
    /// Looks at how a value is written, which its text no longer tells: `!secret` is a tag and `&secret` an anchor, with
    /// nothing behind.
    fn check(&self, key: &Spanned<String>, value: Option<&str>) {
        let number = key.defined.line();
        let written = line_of(self.text, number)
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
                .get_or_insert_with(|| Fault::begins_with(number, &key.value, first));
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
        *self.place.borrow_mut() = Some(Place {
            line: key.defined.line(),
            path,
            kind,
        });
    }

    fn left(&self) {
        *self.place.borrow_mut() = None;
    }
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
                if found.entry.is_some() {
                    self.0.twice(&key);
                }
                let path = format!("{}.{}", self.0.top, key.value);
                *self.0.place.borrow_mut() = Some(Place {
                    line: key.defined.line(),
                    path,
                    kind: "a mapping",
                });
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
mod tests;
