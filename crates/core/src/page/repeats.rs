//! Whether pages come again, seen without keeping any.
//!
//! A page that equals the one before is seen at once. A longer round is found as Brent's algorithm does it, by comparing
//! with a page that is kept until twice as many have come. One equal page is no proof: it is a round when twice the same
//! pages came in the same order.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::EQUAL_PAGES;

/// How many items have to differ for a page to be none of a flood.
const VARIED: usize = 10;

/// Enough to tell whether two pages have the same content, without keeping one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Content {
    page: u64,
    /// There are many items, and all differ.
    is_varied: bool,
}

impl Content {
    /// That of items in this form.
    pub(super) fn of(items: &[Vec<u8>]) -> Self {
        let different: HashSet<_> = items.iter().collect();
        Self {
            page: hash(&items),
            is_varied: items.len() >= VARIED && different.len() == items.len(),
        }
    }
}

/// What is kept of the pages that came.
#[derive(Debug, Default)]
pub(super) struct Repeats {
    last: Option<u64>,
    kept: Option<u64>,
    since: u64,
    reach: u64,
    /// All pages since the kept one.
    run: u64,
    /// Length and content of the round before.
    round: Option<(u64, u64)>,
    /// The total that came before pages began to be equal: a later one could grow for ever.
    believed: Option<u64>,
    equal: u32,
}

impl Repeats {
    /// How far back this page was before, if it is not due once more. One that no flood makes is never due again.
    pub(super) fn find(
        &mut self,
        Content { page, is_varied }: Content,
        count: u64,
        received: u64,
        total: Option<u64>,
    ) -> Option<u64> {
        let distance = if self.last == Some(page) {
            Some(1)
        } else {
            self.round_with(page)
        };
        self.last = Some(page);
        let Some(distance) = distance else {
            if self.round.is_none() {
                self.believed = total;
                self.equal = 0;
            }
            return None;
        };
        let is_due = self
            .believed
            .is_some_and(|total| received.saturating_add(count) <= total);
        self.equal += u32::try_from(distance).unwrap_or(u32::MAX);
        (!is_due || is_varied || self.equal > EQUAL_PAGES).then_some(distance)
    }

    fn round_with(&mut self, page: u64) -> Option<u64> {
        let Some(kept) = self.kept else {
            self.keep(page, 1);
            return None;
        };
        self.since += 1;
        self.run = hash(&(self.run, page));
        if page == kept {
            let round = (self.since, self.run);
            let is_round = self.round == Some(round);
            self.round = Some(round);
            (self.since, self.run) = (0, 0);
            return is_round.then_some(round.0);
        }
        if self.since >= self.reach {
            self.keep(page, self.reach * 2);
        }
        None
    }

    fn keep(&mut self, page: u64, reach: u64) {
        self.kept = Some(page);
        self.reach = reach;
        (self.since, self.run, self.round) = (0, 0, None);
    }
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
