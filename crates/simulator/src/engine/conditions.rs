//! Checks conditions.

use serde_json::Value;

use super::context::as_text;
use super::values::DAY;
use super::{Context, Function, State};
use crate::call::CallError;
use crate::clock::later;
use crate::model::{Condition, Guard, Test};
use crate::parse::number;
use crate::records::Record;

impl<S: State> Context<'_, S> {
    /// Whether all conditions hold.
    pub(crate) fn check(
        &self,
        guards: &[Guard],
        record: Option<&Record>,
        state: &S,
    ) -> Result<(), CallError> {
        guards
            .iter()
            .try_for_each(|guard| self.check_one(guard, record, state))
    }

    fn check_one(
        &self,
        guard: &Guard,
        record: Option<&Record>,
        state: &S,
    ) -> Result<(), CallError> {
        match guard {
            Guard::Named(path) => {
                let model = self.models.get(&path.root).zip(path.rest.first());
                let guards = model.and_then(|(model, name)| model.guards.get(name));
                guards.map_or(Ok(()), |guards| self.check(guards, record, state))
            }
            Guard::Rust(name) => match self.function(name) {
                Some(Function::Guard(function)) => function(self, record, state),
                _ => Ok(()),
            },
            Guard::Holds(condition, error) => match self.holds(condition, record, state)? {
                true => Ok(()),
                false => Err(self.refuse(error)),
            },
            Guard::If(condition, then, other) => match self.holds(condition, record, state)? {
                true => self.check(then, record, state),
                false => self.check(other, record, state),
            },
            Guard::Each(search, guards) => {
                let mut found = self.search(search, record, state)?.into_iter();
                found.try_for_each(|one| self.with(one).check(guards, record, state))
            }
        }
    }

    /// Whether a condition holds.
    pub(crate) fn holds(
        &self,
        condition: &Condition,
        record: Option<&Record>,
        state: &S,
    ) -> Result<bool, CallError> {
        Ok(match condition {
            Condition::Of(form, test) => {
                let value = self.value(form, record, state)?.unwrap_or_default();
                self.passes(value, test, record, state)?
            }
            Condition::Free(resource) => {
                let owner = self.owner(resource, record);
                !state.store().is_busy(resource, owner, self.now)
            }
            Condition::Found(search, wanted) => {
                self.search(search, record, state)?.is_empty() != *wanted
            }
            Condition::Younger(days) => {
                let end = |record: &Record| later(record.created, DAY.saturating_mul(*days));
                record.is_some_and(|record| end(record) > self.now)
            }
            Condition::All(all) => {
                for one in all {
                    if !self.holds(one, record, state)? {
                        return Ok(false);
                    }
                }
                true
            }
        })
    }

    fn passes(
        &self,
        value: Value,
        test: &Test,
        record: Option<&Record>,
        state: &S,
    ) -> Result<bool, CallError> {
        let form = match test {
            Test::Is(values) => return Ok(values.contains(&value)),
            Test::Not(values) => return Ok(!values.contains(&value)),
            Test::Kinds(kinds, long) => {
                let text = value.as_str().unwrap_or_default();
                let length = text.chars().count().to_string();
                return Ok(kinds_of(text) >= *kinds && fits(&length, long));
            }
            Test::Same(form)
            | Test::Unlike(form)
            | Test::Among(form)
            | Test::Above(form)
            | Test::Least(form)
            | Test::Within(form) => form,
        };
        let other = self.value(form, record, state)?;
        let Some(other) = other.filter(|other| !other.is_null() && !value.is_null()) else {
            return Ok(true);
        };
        let numbers = || as_number(&value).zip(as_number(&other));
        Ok(match test {
            Test::Unlike(_) => value != other,
            Test::Among(_) => other.as_array().is_some_and(|all| all.contains(&value)),
            Test::Above(_) => numbers().is_none_or(|(one, other)| one > other),
            Test::Least(_) => numbers().is_none_or(|(one, other)| one >= other),
            Test::Within(_) => fits(&as_text(value), &as_text(other)),
            _ => value == other,
        })
    }
}

fn as_number(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str()?.parse().ok())
}

/// Whether a value is in one of these ranges of whole numbers, or one of these words, with commas or bars between them.
pub(crate) fn fits(value: &str, ranges: &str) -> bool {
    ranges.split([',', '|']).any(|range| {
        let bounds = range.split_once('-');
        let bounds = bounds.and_then(|(least, most)| Some((number(least)?, number(most)?)));
        match bounds {
            Some((least, most)) => {
                number(value).is_some_and(|value: u64| (least..=most).contains(&value))
            }
            None => range == value,
        }
    })
}

/// How many of the four kinds of characters a text has.
fn kinds_of(text: &str) -> usize {
    let kinds: [fn(&char) -> bool; 4] = [
        char::is_ascii_uppercase,
        char::is_ascii_lowercase,
        char::is_ascii_digit,
        char::is_ascii_punctuation,
    ];
    kinds
        .iter()
        .filter(|is| text.chars().any(|c| is(&c)))
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_in_a_range_or_one_of_some_words() {
        for (value, ranges) in [
            ("5", "1-9"),
            ("1433", "1433,2100-9500"),
            ("on", "off|on"),
            ("07", "1-9"),
        ] {
            assert!(fits(value, ranges), "{value} {ranges}");
        }
        for (value, ranges) in [
            ("0", "1-9"),
            ("+7", "1-9"),
            ("", "1-9"),
            ("2000", "1433,2100-9500"),
            ("ON", "off|on"),
        ] {
            assert!(!fits(value, ranges), "{value} {ranges}");
        }
        assert_eq!(
            (kinds_of("aA1"), kinds_of("aaa"), kinds_of("a-1Z")),
            (3, 1, 4)
        );
    }
}
