//! A rule of a schema that is broken, and how it is told.

use std::fmt;

use serde_json::{Number, Value};

/// How many of the values that are listed a complaint names.
const NAMED: usize = 3;

/// What a schema asks for, and a value is not.
#[derive(Debug)]
pub(crate) enum Rule<'s, 'v> {
    /// The type.
    Type { kind: &'s str, nullable: bool },
    /// One of these values.
    Values { values: &'s [Value], nullable: bool },
    /// A member.
    Required(&'s str),
    /// No other members than those that are described; these are.
    Unlisted(Vec<&'v str>),
    /// A least number.
    Below { limit: Number, exclusive: bool },
    /// A largest number.
    Above { limit: Number, exclusive: bool },
    /// A multiple.
    MultipleOf(&'s Number),
    /// A least length, in characters.
    ShorterThan(usize),
    /// A largest length, in characters.
    LongerThan(usize),
    /// A regular expression.
    Pattern(&'s str),
    /// A least number of elements.
    FewerItems(usize),
    /// A largest number of elements.
    MoreItems(usize),
    /// No element twice.
    Unique,
    /// A least number of members.
    FewerMembers(usize),
    /// A largest number of members.
    MoreMembers(usize),
    /// One of several schemas.
    AnyOf,
    /// One of several schemas, too.
    OneOf,
    /// No more than one of several schemas.
    OnlyOneOf,
    /// Not this schema.
    Not(&'s Value),
    /// Nothing is allowed.
    Nothing,
}

impl Rule<'_, '_> {
    /// What is wrong with a value. `shown` stands for the value.
    pub(crate) fn broken_by(&self, shown: &dyn fmt::Display) -> String {
        match self {
            Self::Type { kind, nullable } if *nullable => {
                format!("{shown} is not of types \"null\", {kind:?}")
            }
            Self::Type { kind, .. } => format!("{shown} is not of type {kind:?}"),
            Self::Values { values, nullable } => {
                let mut values: Vec<String> = values.iter().map(Value::to_string).collect();
                let null = "null".to_owned();
                if *nullable && !values.contains(&null) {
                    values.push(null);
                }
                format!("{shown} is not one of {}", alternatives(&values))
            }
            Self::Required(name) => format!("{name:?} is a required property"),
            Self::Unlisted(names) => {
                let names: Vec<String> = names.iter().map(|name| format!("'{name}'")).collect();
                let were = if names.len() == 1 { "was" } else { "were" };
                let names = names.join(", ");
                format!("Additional properties are not allowed ({names} {were} unexpected)")
            }
            Self::Below { limit, exclusive } => match exclusive {
                true => format!("{shown} is less than or equal to the minimum of {limit}"),
                false => format!("{shown} is less than the minimum of {limit}"),
            },
            Self::Above { limit, exclusive } => match exclusive {
                true => format!("{shown} is greater than or equal to the maximum of {limit}"),
                false => format!("{shown} is greater than the maximum of {limit}"),
            },
            Self::MultipleOf(unit) => format!("{shown} is not a multiple of {unit}"),
            Self::ShorterThan(least) => {
                format!("{shown} is shorter than {}", counted(*least, "character"))
            }
            Self::LongerThan(most) => {
                format!("{shown} is longer than {}", counted(*most, "character"))
            }
            Self::Pattern(pattern) => format!("{shown} does not match \"{pattern}\""),
            Self::FewerItems(least) => format!("{shown} has less than {}", counted(*least, "item")),
            Self::MoreItems(most) => format!("{shown} has more than {}", counted(*most, "item")),
            Self::Unique => format!("{shown} has non-unique elements"),
            Self::FewerMembers(least) => format!("{shown} has less than {}", members(*least)),
            Self::MoreMembers(most) => format!("{shown} has more than {}", members(*most)),
            Self::AnyOf => format!(
                "{shown} is not valid under any of the schemas listed in the 'anyOf' keyword"
            ),
            Self::OneOf => format!(
                "{shown} is not valid under any of the schemas listed in the 'oneOf' keyword"
            ),
            Self::OnlyOneOf => format!(
                "{shown} is valid under more than one of the schemas listed in the 'oneOf' keyword"
            ),
            Self::Not(schema) => format!("{schema} is not allowed for {shown}"),
            Self::Nothing => format!("False schema does not allow {shown}"),
        }
    }
}

fn counted(number: usize, what: &str) -> String {
    let s = if number == 1 { "" } else { "s" };
    format!("{number} {what}{s}")
}

fn members(number: usize) -> String {
    let y = if number == 1 { "y" } else { "ies" };
    format!("{number} propert{y}")
}

/// `a, b or c`, or the first of many.
fn alternatives(values: &[String]) -> String {
    match values {
        [] => "none".to_owned(),
        [one] => one.clone(),
        [most @ .., last] if values.len() <= NAMED => format!("{} or {last}", most.join(", ")),
        _ => {
            let named: Vec<&str> = values.iter().take(NAMED - 1).map(String::as_str).collect();
            let others = values.len() - named.len();
            format!("{} or {others} other candidates", named.join(", "))
        }
    }
}
