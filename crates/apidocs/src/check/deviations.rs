//! Differences that a person has recorded with a reason.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Value;
use thiserror::Error;

use super::Discrepancy;

/// The member of an operation that records deviations:
/// a list of `{fact: <key of a discrepancy>, reason: <why>}`.
pub(crate) const MEMBER: &str = "x-doc-deviations";

/// A recorded deviation.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[non_exhaustive]
pub struct Deviation {
    /// The key of the discrepancy.
    pub fact: String,
    /// Why the description says otherwise.
    pub reason: String,
}

impl Deviation {
    /// A deviation of this key, with the reason.
    pub fn new(fact: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            fact: fact.into(),
            reason: reason.into(),
        }
    }
}

/// A list of deviations that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DeviationError {
    /// The member is not a list.
    #[error("x-doc-deviations is not a list; write a list of {{fact, reason}}")]
    NotAList,
    /// An entry has no fact.
    #[error("entry {0} of x-doc-deviations has no fact; write the key that docs check prints")]
    NoFact(usize),
    /// An entry has no reason.
    #[error("x-doc-deviations records {0:?} without a reason; say why")]
    NoReason(String),
    /// A fact is recorded twice.
    #[error("x-doc-deviations records {0:?} twice; keep one")]
    Twice(String),
}

/// Reads the deviations that an operation records.
///
/// # Errors
/// An entry without a fact or a reason, or one fact recorded twice.
pub fn deviations(operation: &Value) -> Result<Vec<Deviation>, DeviationError> {
    let Some(member) = operation.get(MEMBER) else {
        return Ok(Vec::new());
    };
    let list = member.as_array().ok_or(DeviationError::NotAList)?;
    let mut out: Vec<Deviation> = Vec::with_capacity(list.len());
    let mut seen = BTreeSet::new();
    for (index, entry) in list.iter().enumerate() {
        let text = |key: &str| {
            entry
                .get(key)
                .and_then(Value::as_str)
                .map(str::trim)
                .filter(|t| !t.is_empty())
        };
        let fact = text("fact").ok_or(DeviationError::NoFact(index + 1))?;
        let reason = text("reason").ok_or_else(|| DeviationError::NoReason(fact.to_owned()))?;
        if !seen.insert(fact.to_owned()) {
            return Err(DeviationError::Twice(fact.to_owned()));
        }
        out.push(Deviation {
            fact: fact.to_owned(),
            reason: reason.to_owned(),
        });
    }
    Ok(out)
}

/// What is left once recorded deviations are taken into account. The check
/// passes when both lists are empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Settled {
    /// Discrepancies that nothing explains.
    pub unexplained: Vec<Discrepancy>,
    /// Deviations that no longer apply.
    pub stale: Vec<Deviation>,
    /// Deviations that explain a discrepancy.
    pub explained: Vec<Deviation>,
}

impl Settled {
    /// Whether the check passes.
    pub fn passes(&self) -> bool {
        self.unexplained.is_empty() && self.stale.is_empty()
    }
}

/// Sets recorded deviations against discrepancies.
pub fn settle(discrepancies: Vec<Discrepancy>, recorded: Vec<Deviation>) -> Settled {
    let keys: BTreeSet<String> = discrepancies.iter().map(|d| d.key.clone()).collect();
    let (explained, stale): (Vec<Deviation>, Vec<Deviation>) =
        recorded.into_iter().partition(|d| keys.contains(&d.fact));
    let facts: BTreeSet<&str> = explained.iter().map(|d| d.fact.as_str()).collect();
    let unexplained = discrepancies
        .into_iter()
        .filter(|d| !facts.contains(d.key.as_str()))
        .collect();
    Settled {
        unexplained,
        stale,
        explained,
    }
}
