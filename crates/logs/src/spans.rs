//! What has been covered: a set of spans of time.

use jiff::Timestamp;

use crate::time::Span;

/// A set of instants, as spans in order that neither touch nor overlap. A span holds its beginning, not its end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Spans(Vec<Span>);

impl Spans {
    /// The spans, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Span> + '_ {
        self.0.iter().copied()
    }

    /// Adds a span; those that it touches become one with it.
    pub(crate) fn insert(&mut self, span: Span) {
        if span.is_empty() {
            return;
        }
        let first = self.0.partition_point(|known| known.to < span.from);
        let after = self.0.partition_point(|known| known.from <= span.to);
        let touched = self.0.get(first..after).unwrap_or_default();
        let union = touched.iter().fold(span, |union, known| Span {
            from: union.from.min(known.from),
            to: union.to.max(known.to),
        });
        self.0.splice(first..after.max(first), [union]);
    }

    /// What of a window is in no span, in order.
    pub(crate) fn gaps_in(&self, window: Span) -> Vec<Span> {
        let mut gaps = Vec::new();
        let mut from = window.from;
        for span in &self.0 {
            let to = span.from.min(window.to);
            if from < to {
                gaps.push(Span { from, to });
            }
            from = from.max(span.to);
        }
        if from < window.to {
            let to = window.to;
            gaps.push(Span { from, to });
        }
        gaps
    }

    /// The span that ends at an instant.
    pub(crate) fn ending_at(&self, instant: Timestamp) -> Option<Span> {
        self.iter().find(|span| span.to == instant)
    }

    /// The span that begins at an instant.
    pub(crate) fn beginning_at(&self, instant: Timestamp) -> Option<Span> {
        self.iter().find(|span| span.from == instant)
    }
}

impl FromIterator<Span> for Spans {
    fn from_iter<T: IntoIterator<Item = Span>>(spans: T) -> Self {
        let mut all = Self::default();
        spans.into_iter().for_each(|span| all.insert(span));
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn span(from: i64, to: i64) -> Span {
        Span {
            from: Timestamp::from_second(from).unwrap(),
            to: Timestamp::from_second(to).unwrap(),
        }
    }

    fn has(spans: impl IntoIterator<Item = Span>, instant: i64) -> bool {
        let instant = Timestamp::from_second(instant).unwrap();
        spans
            .into_iter()
            .any(|span| span.from <= instant && instant < span.to)
    }

    fn any_spans() -> impl Strategy<Value = Vec<Span>> {
        prop::collection::vec((0_i64..60, 0_i64..20), 0..12)
            .prop_map(|spans| spans.into_iter().map(|(a, n)| span(a, a + n)).collect())
    }

    proptest! {
        #[test]
        fn a_set_has_what_was_inserted_and_nothing_else(all in any_spans()) {
            let set: Spans = all.iter().copied().collect();
            for instant in 0..80 {
                prop_assert_eq!(has(set.iter(), instant), has(all.clone(), instant));
            }
            let spans: Vec<_> = set.iter().collect();
            prop_assert!(spans.iter().all(|span| !span.is_empty()));
            prop_assert!(spans.windows(2).all(|two| two[0].to < two[1].from), "{:?}", spans);
        }

        #[test]
        fn gaps_are_what_is_left_of_a_window(all in any_spans(), from in 0_i64..70, length in 0_i64..70) {
            let set: Spans = all.iter().copied().collect();
            let window = span(from, from + length);
            let gaps = set.gaps_in(window);
            for instant in 0..150 {
                let wanted = has([window], instant) && !has(all.clone(), instant);
                prop_assert_eq!(has(gaps.clone(), instant), wanted);
            }
            prop_assert!(gaps.windows(2).all(|two| two[0].to < two[1].from), "{:?}", gaps);
            // Once the gaps are covered too, nothing is left.
            let whole: Spans = set.iter().chain(gaps).collect();
            prop_assert_eq!(whole.gaps_in(window), vec![]);
        }

        #[test]
        fn the_order_of_insertion_does_not_matter(all in any_spans()) {
            let there: Spans = all.iter().copied().collect();
            let back: Spans = all.iter().rev().copied().collect();
            prop_assert_eq!(there, back);
        }
    }

    #[test]
    fn a_span_is_found_by_its_ends() {
        let set: Spans = [span(1, 3), span(3, 5), span(8, 9)].into_iter().collect();
        let at = |second| Timestamp::from_second(second).unwrap();
        assert_eq!(set.ending_at(at(5)), Some(span(1, 5)));
        assert_eq!(set.ending_at(at(3)), None);
        assert_eq!(set.beginning_at(at(8)), Some(span(8, 9)));
        assert_eq!(set.beginning_at(at(3)), None);
    }
}
