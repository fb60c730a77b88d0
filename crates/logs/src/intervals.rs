//! What has been covered: a set of intervals.

use jiff::Timestamp;

use crate::time::Interval;

/// A set of instants, as intervals in order that neither touch nor overlap. An interval holds its beginning, not its
/// end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Intervals(Vec<Interval>);

impl Intervals {
    /// The intervals, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Interval> + '_ {
        self.0.iter().copied()
    }

    /// Adds an interval; those that it touches become one with it.
    pub(crate) fn insert(&mut self, interval: Interval) {
        if interval.is_empty() {
            return;
        }
        let first = self.0.partition_point(|known| known.to < interval.from);
        let after = self.0.partition_point(|known| known.from <= interval.to);
        let touched = self.0.get(first..after).unwrap_or_default();
        let union = touched.iter().fold(interval, |union, known| Interval {
            from: union.from.min(known.from),
            to: union.to.max(known.to),
        });
        self.0.splice(first..after.max(first), [union]);
    }

    /// What of a window is in no interval, in order.
    pub(crate) fn gaps_in(&self, window: Interval) -> Vec<Interval> {
        let mut gaps = Vec::new();
        let mut from = window.from;
        for interval in &self.0 {
            let to = interval.from.min(window.to);
            if from < to {
                gaps.push(Interval { from, to });
            }
            from = from.max(interval.to);
        }
        if from < window.to {
            let to = window.to;
            gaps.push(Interval { from, to });
        }
        gaps
    }

    /// The interval that ends at an instant.
    pub(crate) fn ending_at(&self, instant: Timestamp) -> Option<Interval> {
        self.iter().find(|interval| interval.to == instant)
    }

    /// The interval that begins at an instant.
    pub(crate) fn beginning_at(&self, instant: Timestamp) -> Option<Interval> {
        self.iter().find(|interval| interval.from == instant)
    }
}

impl FromIterator<Interval> for Intervals {
    fn from_iter<T: IntoIterator<Item = Interval>>(intervals: T) -> Self {
        let mut all = Self::default();
        intervals
            .into_iter()
            .for_each(|interval| all.insert(interval));
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn interval(from: i64, to: i64) -> Interval {
        Interval {
            from: Timestamp::from_second(from).unwrap(),
            to: Timestamp::from_second(to).unwrap(),
        }
    }

    fn has(intervals: impl IntoIterator<Item = Interval>, instant: i64) -> bool {
        let instant = Timestamp::from_second(instant).unwrap();
        intervals
            .into_iter()
            .any(|interval| interval.from <= instant && instant < interval.to)
    }

    fn any_spans() -> impl Strategy<Value = Vec<Interval>> {
        prop::collection::vec((0_i64..60, 0_i64..20), 0..12).prop_map(|intervals| {
            intervals
                .into_iter()
                .map(|(a, n)| interval(a, a + n))
                .collect()
        })
    }

    proptest! {
        #[test]
        fn a_set_has_what_was_inserted_and_nothing_else(all in any_spans()) {
            let set: Intervals = all.iter().copied().collect();
            for instant in 0..80 {
                prop_assert_eq!(has(set.iter(), instant), has(all.clone(), instant));
            }
            let intervals: Vec<_> = set.iter().collect();
            prop_assert!(intervals.iter().all(|interval| !interval.is_empty()));
            prop_assert!(intervals.windows(2).all(|two| two[0].to < two[1].from), "{:?}", intervals);
        }

        #[test]
        fn gaps_are_what_is_left_of_a_window(all in any_spans(), from in 0_i64..70, length in 0_i64..70) {
            let set: Intervals = all.iter().copied().collect();
            let window = interval(from, from + length);
            let gaps = set.gaps_in(window);
            for instant in 0..150 {
                let wanted = has([window], instant) && !has(all.clone(), instant);
                prop_assert_eq!(has(gaps.clone(), instant), wanted);
            }
            prop_assert!(gaps.windows(2).all(|two| two[0].to < two[1].from), "{:?}", gaps);
            // Once the gaps are covered too, nothing is left.
            let whole: Intervals = set.iter().chain(gaps).collect();
            prop_assert_eq!(whole.gaps_in(window), vec![]);
        }

        #[test]
        fn the_order_of_insertion_does_not_matter(all in any_spans()) {
            let there: Intervals = all.iter().copied().collect();
            let back: Intervals = all.iter().rev().copied().collect();
            prop_assert_eq!(there, back);
        }
    }

    #[test]
    fn a_span_is_found_by_its_ends() {
        let set: Intervals = [interval(1, 3), interval(3, 5), interval(8, 9)]
            .into_iter()
            .collect();
        let at = |second| Timestamp::from_second(second).unwrap();
        assert_eq!(set.ending_at(at(5)), Some(interval(1, 5)));
        assert_eq!(set.ending_at(at(3)), None);
        assert_eq!(set.beginning_at(at(8)), Some(interval(8, 9)));
        assert_eq!(set.beginning_at(at(3)), None);
    }
}
