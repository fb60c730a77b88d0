//! Slow statements, grouped by what is the same in them.

use std::collections::{BTreeMap, HashMap};

use super::{Statement, fingerprint};

/// Up to so many different times of a group are kept exactly; with more of them, to three digits.
const EXACT: usize = 4096;

/// A sample is not longer than this.
const SAMPLE: usize = 1000;

/// Collects slow statements. Its memory grows with the number of groups, not with that of statements.
#[derive(Debug, Default)]
pub struct Top {
    groups: HashMap<String, Collected>,
}

#[derive(Debug, Default)]
struct Collected {
    times: Times,
    sample: String,
    slowest: f64,
    instances: HashMap<String, (u64, f64)>,
}

/// Statements that differ only in their values.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Group {
    /// What they have in common.
    pub fingerprint: String,
    /// How many there were.
    pub count: u64,
    /// How long all of them took, in seconds.
    pub total: f64,
    /// How long one took on average, in seconds.
    pub mean: f64,
    /// 95 % took no longer than this, in seconds.
    pub p95: f64,
    /// The longest time, in seconds.
    pub max: f64,
    /// The instance where they took longest in all.
    pub worst_instance: String,
    /// The share of that instance in [`Self::total`], in seconds.
    pub worst_total: f64,
    /// How many instances had any.
    pub instances: usize,
    /// The slowest one, cut if it is long.
    pub sample: String,
}

impl Top {
    /// Adds a statement of an instance.
    pub fn add(&mut self, instance: &str, statement: &Statement<'_>) {
        let group = self.groups.entry(fingerprint(&statement.text)).or_default();
        group.times.add(statement.seconds, statement.count);
        if group.sample.is_empty() || statement.seconds > group.slowest {
            group.slowest = statement.seconds;
            group.sample = statement.text.chars().take(SAMPLE).collect();
        }
        let total = statement.seconds * count(statement.count);
        match group.instances.get_mut(instance) {
            Some(known) => {
                known.0 += statement.count;
                known.1 += total;
            }
            None => {
                group
                    .instances
                    .insert(instance.to_owned(), (statement.count, total));
            }
        }
    }

    /// The groups, those that took longest in all first.
    pub fn groups(self) -> Vec<Group> {
        let mut groups: Vec<Group> = self
            .groups
            .into_iter()
            .map(|(fingerprint, group)| group.finish(fingerprint))
            .collect();
        groups.sort_by(|a, b| {
            b.total
                .total_cmp(&a.total)
                .then_with(|| a.fingerprint.cmp(&b.fingerprint))
        });
        groups
    }
}

impl Collected {
    fn finish(self, fingerprint: String) -> Group {
        let total = self.times.total;
        let worst = self
            .instances
            .iter()
            .max_by(|(a, (_, first)), (b, (_, second))| first.total_cmp(second).then(b.cmp(a)));
        let (worst_instance, worst_total) = worst
            .map_or_else(Default::default, |(name, (_, total))| {
                (name.clone(), *total)
            });
        Group {
            fingerprint,
            count: self.times.count,
            total,
            mean: total / count(self.times.count.max(1)),
            p95: self.times.percentile(95),
            max: self.slowest,
            worst_instance,
            worst_total,
            instances: self.instances.len(),
            sample: self.sample,
        }
    }
}

/// Times in microseconds, and how often each was.
#[derive(Debug, Default)]
struct Times {
    counts: BTreeMap<u64, u64>,
    count: u64,
    total: f64,
    is_rounded: bool,
}

impl Times {
    fn add(&mut self, seconds: f64, times: u64) {
        // What is below a microsecond, or beyond the age of the universe, is no time of a statement.
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it saturates"
        )]
        let mut microseconds = (seconds * 1e6).round() as u64;
        if self.is_rounded {
            microseconds = rounded(microseconds);
        }
        *self.counts.entry(microseconds).or_default() += times;
        self.count += times;
        self.total += seconds * count(times);
        if !self.is_rounded && self.counts.len() > EXACT {
            self.is_rounded = true;
            for (microseconds, times) in std::mem::take(&mut self.counts) {
                *self.counts.entry(rounded(microseconds)).or_default() += times;
            }
        }
    }

    /// The least time that so many percent do not exceed, in seconds.
    fn percentile(&self, percent: u64) -> f64 {
        let rank = (u128::from(self.count) * u128::from(percent)).div_ceil(100);
        let mut seen = 0;
        for (microseconds, times) in &self.counts {
            seen += u128::from(*times);
            if seen >= rank {
                return count(*microseconds) / 1e6;
            }
        }
        0.0
    }
}

/// To three digits.
fn rounded(number: u64) -> u64 {
    let mut unit = 1;
    while number / unit >= 1000 {
        unit *= 10;
    }
    (number + unit / 2) / unit * unit
}

#[expect(
    clippy::cast_precision_loss,
    reason = "times and counts are far below 2^53"
)]
fn count(number: u64) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::borrow::Cow;

    fn statement(text: &str, seconds: f64) -> Statement<'_> {
        Statement {
            text: Cow::Borrowed(text),
            seconds,
            count: 1,
        }
    }

    #[test]
    fn groups_have_the_figures_of_their_statements() {
        let mut top = Top::default();
        for n in 1..=100 {
            let text = format!("SELECT {n}");
            let instance = if n > 90 { "b" } else { "a" };
            top.add(instance, &statement(&text, f64::from(n)));
        }
        top.add("c", &statement("DELETE FROM t", 6000.0));
        let groups = top.groups();
        assert_eq!(groups.len(), 2);
        assert_eq!(groups[0].fingerprint, "delete from t");
        let select = &groups[1];
        assert_eq!((select.count, select.instances), (100, 2));
        assert_eq!(
            (select.total, select.mean, select.p95, select.max),
            (5050.0, 50.5, 95.0, 100.0)
        );
        assert_eq!(select.worst_instance, "a");
        assert_eq!(select.sample, "SELECT 100");
    }

    #[test]
    fn many_times_are_kept_to_three_digits() {
        let mut times = Times::default();
        for n in 1..=100_000_u32 {
            times.add(f64::from(n) / 1000.0, 1);
        }
        assert!(times.counts.len() <= EXACT);
        let p95 = times.percentile(95);
        assert!((p95 - 95.0).abs() < 0.5, "{p95}");
        assert_eq!(times.count, 100_000);
        assert_eq!(
            [rounded(999), rounded(1234), rounded(99_950)],
            [999, 1230, 100_000]
        );
    }
}
