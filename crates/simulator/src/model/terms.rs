//! What models say of values and conditions. Where a value comes from, and what holds of it: each is made of the other.
//! There are paths and constants, and no expressions: what they cannot say, a named function of the service does.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::path::{End, Moment, Part, Path, Text};

/// Values by the names of the fields that have them.
pub(crate) type Fields = BTreeMap<String, Form>;

/// The source of a value.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "Value")]
pub(crate) enum Form {
    /// The value itself.
    Constant(Value),
    /// A member of the request's body, or a parameter.
    From(String),
    /// What stands at a path, such as `instance.port` or `this.status`.
    Of(Path),
    /// What a table has for a text.
    Table(Box<Form>, Map<String, Value>),
    /// A text with what stands at paths in braces, such as `{this.domain_name}:{this.port}`.
    Text(Text),
    /// The member of what stands at a path that has this name.
    At(Path, Box<Form>),
    /// An object in which these members have other values; nothing if there is no object.
    With(Box<Form>, Fields),
    /// The members of several objects; of those with one name, the last.
    Merge(Vec<Form>),
    /// A value as a number.
    Number(Box<Form>),
    /// 32 hex digits that follow from a text, and what they end with.
    Hex(Text, String),
    /// A moment in the life of the record, as text, or so many days later.
    Time(Moment, Option<Box<Form>>),
    /// The same in milliseconds since 1970, as text.
    Milliseconds(Moment),
    /// The same in a format of `strftime`.
    Stamp(Moment, String),
    /// How far the record's job is, in per cent with two digits behind the point.
    Progress,
    /// The same in whole per cent while the job is under way.
    Percent,
    /// The word for how far the record's job is.
    Status,
    /// A value that depends on how the record's job has ended.
    Ended(End, Box<Form>),
    /// What is said of the record's file.
    File(Part),
    /// What a function of the service says.
    Rust(String),
    /// An object of several values; nothing if there is none of them.
    Fields(Fields),
    /// A list of several values, without those that there are not.
    List(Vec<Form>),
    /// What a value is if a condition holds, and what else.
    If(Box<Condition>, Box<Form>, Option<Box<Form>>),
    /// A list with a value of each of what is found or, with keys, an object.
    Each(Search, Option<Box<Form>>, Box<Form>),
    /// A value of the newest of what is found.
    Newest(Search, Box<Form>),
    /// How much is found.
    Count(Search),
    /// The first source that has a value.
    Else(Box<Form>, Box<Form>),
}

/// Something that holds or does not.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "Value")]
pub(crate) enum Condition {
    /// What a test says of a value.
    Of(Form, Test),
    /// No job is under way on a record of the resource, of the same parent.
    Free(String),
    /// A search finds something, or nothing.
    Found(Search, bool),
    /// The record was made less than so many days ago.
    Younger(u32),
    /// All of them hold.
    All(Vec<Condition>),
}

/// A test of a value. Tests that compare it with another one hold where one of the two is missing.
#[derive(Clone, Debug)]
pub(crate) enum Test {
    /// It is one of these constants; a missing one is null.
    Is(Vec<Value>),
    /// It is none of them.
    Not(Vec<Value>),
    /// It is this value.
    Same(Form),
    /// It is another one.
    Unlike(Form),
    /// It is in this list.
    Among(Form),
    /// It is a number larger than this one.
    Above(Form),
    /// It is a number, this one or a larger one.
    Least(Form),
    /// It is in one of these ranges of whole numbers, or one of these words: `1433,2100-9500`, `ON|OFF`.
    Within(Form),
    /// It is a text with this many of the four kinds of characters (capital and small letters, digits, signs), whose length
    /// is in a range.
    Kinds(usize, String),
}

/// A search among the records of a resource or the items of a value. Where values are made or conditions checked for each
/// of them, paths reach it as `one`.
#[derive(Clone, Debug)]
pub(crate) struct Search {
    pub(crate) source: Source,
    /// Fields that have these values.
    pub(crate) only: Fields,
    /// Fields that have none of these values.
    pub(crate) except: Fields,
    pub(crate) condition: Option<Box<Condition>>,
}

/// Where a search looks.
#[derive(Clone, Debug)]
pub(crate) enum Source {
    /// The records of a resource that belong to the same.
    Records(String),
    /// A list, the members of an object as `name` and `value`, a text with commas, or the numbers from 0 up to one.
    Items(Box<Form>),
}

impl Form {
    /// All sources that it is made of, itself included.
    pub(crate) fn parts(&self) -> Vec<&Self> {
        let mut parts = vec![self];
        parts.extend(self.search().into_iter().flat_map(Search::forms));
        if let Self::If(condition, ..) = self {
            parts.extend(condition.forms());
        }
        parts.extend(self.children().into_iter().flat_map(Self::parts));
        parts
    }

    /// The sources that it is made of at once, without those of conditions and searches.
    pub(crate) fn children(&self) -> Vec<&Self> {
        match self {
            Self::Ended(_, form)
            | Self::Number(form)
            | Self::At(_, form)
            | Self::Table(form, _)
            | Self::Time(_, Some(form))
            | Self::Newest(_, form) => vec![form],
            Self::With(form, fields) => fields.values().chain([&**form]).collect(),
            Self::If(_, form, other) | Self::Each(_, other, form) => {
                other.as_deref().into_iter().chain([&**form]).collect()
            }
            Self::Fields(fields) => fields.values().collect(),
            Self::List(items) | Self::Merge(items) => items.iter().collect(),
            Self::Else(form, other) => vec![form, other],
            _ => Vec::new(),
        }
    }

    /// The paths that it follows, without those of its parts.
    pub(crate) fn paths(&self) -> Vec<&Path> {
        match self {
            Self::Of(path) | Self::At(path, _) => vec![path],
            Self::Text(text) | Self::Hex(text, _) => {
                text.pieces.iter().map(|(_, path)| path).collect()
            }
            _ => Vec::new(),
        }
    }

    /// What it searches.
    pub(crate) fn search(&self) -> Option<&Search> {
        match self {
            Self::Each(search, ..) | Self::Newest(search, _) | Self::Count(search) => Some(search),
            _ => None,
        }
    }
}

impl Condition {
    /// The values that it is made of.
    pub(crate) fn forms(&self) -> Vec<&Form> {
        match self {
            Self::Of(subject, test) => {
                let mut forms = subject.parts();
                forms.extend(test.form().into_iter().flat_map(Form::parts));
                forms
            }
            Self::Found(search, _) => search.forms(),
            Self::All(all) => all.iter().flat_map(Self::forms).collect(),
            Self::Free(_) | Self::Younger(_) => Vec::new(),
        }
    }
}

impl Test {
    fn form(&self) -> Option<&Form> {
        match self {
            Self::Is(_) | Self::Not(_) | Self::Kinds(..) => None,
            Self::Same(form)
            | Self::Unlike(form)
            | Self::Among(form)
            | Self::Above(form)
            | Self::Least(form)
            | Self::Within(form) => Some(form),
        }
    }
}

impl Search {
    /// The values that it is made of.
    pub(crate) fn forms(&self) -> Vec<&Form> {
        let fields = self.only.values().chain(self.except.values());
        let mut forms: Vec<&Form> = fields.flat_map(Form::parts).collect();
        forms.extend(self.condition.iter().flat_map(|one| one.forms()));
        if let Source::Items(form) = &self.source {
            forms.extend(form.parts());
        }
        forms
    }
}
