//! Lists that come in pages, as streams.

use std::collections::VecDeque;
use std::collections::hash_map::DefaultHasher;
use std::future::Future;
use std::hash::{Hash, Hasher};

use futures_util::stream::try_unfold;
use serde::Serialize;

pub use futures_util::stream::Stream;

use crate::error::{Error, ErrorKind, Result};

/// How many pages in a row may equal the one before if the total says that they are due.
pub const EQUAL_PAGES: u32 = 1000;

/// How a list operation counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// `offset` is how many items are skipped, from 0 (most operations).
    Index,
    /// `offset` is a page number, from 1 (RDS `errorlog` and `slowlog`).
    PageNumber,
    /// `cur_page` is a page number, from 1, beside `per_page`.
    CurPage,
    /// One answer has the whole list; nothing is asked for by position.
    Whole,
}

/// What to ask for next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageRequest {
    /// The value of `offset`, or of `cur_page`.
    pub position: u64,
    /// The value of `limit`, or of `per_page`.
    pub limit: u32,
}

/// What came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// The items, at most as many as were asked for.
    pub items: Vec<T>,
    /// How many items the whole list has, if the answer says so.
    pub total: Option<u64>,
}

impl<T> Page<T> {
    /// A page of a list that says how long it is, or does not.
    pub fn new(items: Vec<T>, total: Option<u64>) -> Self {
        Self { items, total }
    }
}

/// A position or a page size as the type that an operation takes.
///
/// # Errors
///
/// The list is longer than the type can count ([`ErrorKind::InvalidArgument`]).
pub fn number<N: TryFrom<u64>>(value: u64) -> Result<N> {
    N::try_from(value).map_err(|_| {
        Error::invalid_argument(format!("the operation cannot count up to {value}"))
            .with_hint("ask for less, by a filter or a span of time")
    })
}

/// A total that an answer states, as a number or as text; `None` if it states none.
pub fn total(stated: &impl Serialize) -> Option<u64> {
    match serde_json::to_value(stated).ok()? {
        serde_json::Value::Number(total) => total.as_u64(),
        serde_json::Value::String(total) => total.parse().ok(),
        _ => None,
    }
}

struct State<T, F> {
    fetch: F,
    style: Style,
    limit: u32,
    items: VecDeque<T>,
    pages: u64,
    received: u64,
    last_page: Option<u64>,
    /// The total that came with the first of equal pages: a later one could grow for ever.
    believed: Option<u64>,
    /// How many pages in a row were equal to the one before.
    equal_pages: u32,
    ended: bool,
}

/// The items of all pages, each page fetched when it is needed.
///
/// The list ends with an empty page, with one that is shorter than `limit`, or when as many items came as the
/// answer says there are. An answer that says `0` although it has items is not believed. A service may shorten
/// `limit` to its own bound: if it then says how many there are in all, the stream goes on.
///
/// # Errors
///
/// The stream ends after its first error:
///
/// - that of `fetch`;
/// - a `limit` of 0 ([`ErrorKind::InvalidArgument`]);
/// - a page that equals the one before ([`ErrorKind::UndocumentedAnswer`]), unless so many items are due: the service
///   seems to ignore the position, and the list would never end. A flood of one message makes equal pages too, so
///   the total is believed that was said before the pages began to be equal, for up to [`EQUAL_PAGES`] of them.
pub fn stream<T, F, Fut>(style: Style, limit: u32, fetch: F) -> impl Stream<Item = Result<T>>
where
    T: Serialize,
    F: FnMut(PageRequest) -> Fut,
    Fut: Future<Output = Result<Page<T>>>,
{
    let state = State {
        fetch,
        style,
        limit,
        items: VecDeque::new(),
        pages: 0,
        received: 0,
        last_page: None,
        believed: None,
        equal_pages: 0,
        ended: false,
    };
    try_unfold(state, async |mut state| {
        loop {
            if let Some(item) = state.items.pop_front() {
                return Ok(Some((item, state)));
            }
            if state.ended {
                return Ok(None);
            }
            state.advance().await?;
        }
    })
}

impl<T, F, Fut> State<T, F>
where
    T: Serialize,
    F: FnMut(PageRequest) -> Fut,
    Fut: Future<Output = Result<Page<T>>>,
{
    async fn advance(&mut self) -> Result<()> {
        if self.limit == 0 {
            return Err(Error::invalid_argument(
                "a page has to have room for one item; give a limit of 1 or more",
            ));
        }
        let position = match self.style {
            Style::Index => self.received,
            Style::PageNumber | Style::CurPage => self.pages + 1,
            Style::Whole => 0,
        };
        let request = PageRequest {
            position,
            limit: self.limit,
        };
        let Page { items, total } = (self.fetch)(request).await?;
        let count = u64::try_from(items.len()).unwrap_or(u64::MAX);
        // Some operations leave the total at 0 while they send items.
        let total = total.filter(|total| *total > 0);
        if count > 0 {
            let page = fingerprint(&items)?;
            if self.last_page != Some(page) {
                self.believed = total;
                self.equal_pages = 0;
            } else if self.equal_pages < EQUAL_PAGES && self.is_due(count) {
                self.equal_pages += 1;
            } else {
                return Err(Error::new(
                    ErrorKind::UndocumentedAnswer,
                    format!(
                        "page {} of the list is the same as the one before, so the service \
                         does not count as documented",
                        self.pages + 1
                    ),
                ));
            }
            self.last_page = Some(page);
        }
        self.pages += 1;
        self.received = self.received.saturating_add(count);
        self.ended = match total {
            _ if count == 0 || self.style == Style::Whole => true,
            Some(total) => self.received >= total,
            None => count < u64::from(self.limit),
        };
        self.items = items.into();
        Ok(())
    }
}

impl<T, F> State<T, F> {
    /// Whether the believed total has room for so many more items.
    fn is_due(&self, count: u64) -> bool {
        self.believed
            .is_some_and(|total| self.received.saturating_add(count) <= total)
    }
}

/// Enough to tell whether two pages have the same content, without keeping one.
fn fingerprint<T: Serialize>(items: &[T]) -> Result<u64> {
    let text = serde_json::to_vec(items).map_err(|error| {
        Error::new(
            ErrorKind::UndocumentedAnswer,
            "a list item cannot be written as JSON",
        )
        .with_source(error)
    })?;
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    Ok(hasher.finish())
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use futures_util::TryStreamExt;
    use proptest::prelude::*;

    use super::*;

    /// A service with a list of this many items, that holds pages to its own bound.
    #[derive(Clone, Copy, Debug)]
    struct Service {
        items: u64,
        bound: u32,
        shows_total: bool,
        ignores_position: bool,
    }

    impl Service {
        fn answer(self, style: Style, request: PageRequest) -> Page<u64> {
            let limit = u64::from(request.limit.min(self.bound));
            let start = match style {
                _ if self.ignores_position => 0,
                Style::Index | Style::Whole => request.position,
                Style::PageNumber | Style::CurPage => (request.position - 1) * limit,
            };
            let items = (start..self.items)
                .take(usize::try_from(limit).unwrap())
                .collect();
            Page::new(items, self.shows_total.then_some(self.items))
        }

        /// All items, or the error, and how many pages were fetched.
        fn list(self, style: Style, limit: u32) -> (Result<Vec<u64>>, u64) {
            let pages = Cell::new(0);
            let all = stream(style, limit, |request| {
                pages.set(pages.get() + 1);
                std::future::ready(Ok(self.answer(style, request)))
            });
            let outcome = futures_util::FutureExt::now_or_never(all.try_collect());
            (outcome.unwrap(), pages.get())
        }
    }

    fn style() -> impl Strategy<Value = Style> {
        prop::sample::select(vec![Style::Index, Style::PageNumber, Style::CurPage])
    }

    proptest! {
        #[test]
        fn every_item_comes_once_and_in_order(
            style in style(), items in 0u64..200, limit in 1u32..60, shows_total in any::<bool>(),
        ) {
            let service = Service { items, bound: 60, shows_total, ignores_position: false };
            let (outcome, pages) = service.list(style, limit);
            prop_assert_eq!(outcome.unwrap(), (0..items).collect::<Vec<_>>());
            // Without a total, a full last page has to be followed by an empty one.
            let full = items.div_ceil(u64::from(limit)).max(1);
            let extra = u64::from(!shows_total && items > 0 && items % u64::from(limit) == 0);
            prop_assert_eq!(pages, full + extra);
        }

        #[test]
        fn a_service_that_shortens_pages_loses_nothing_if_it_says_how_many_there_are(
            style in style(), items in 1u64..200, limit in 20u32..60, bound in 1u32..20,
        ) {
            let service = Service { items, bound, shows_total: true, ignores_position: false };
            prop_assert_eq!(service.list(style, limit).0.unwrap().len() as u64, items);
        }

        #[test]
        fn a_service_that_ignores_the_position_is_an_error_at_the_first_page_that_is_not_due(
            style in style(), limit in 2u32..60, full in 1u64..5, rest in 1u32..60, shows_total in any::<bool>(),
        ) {
            let items = u64::from(limit) * full + u64::from(rest % (limit - 1) + 1);
            let service = Service { items, bound: 60, shows_total, ignores_position: true };
            let (outcome, pages) = service.list(style, limit);
            prop_assert_eq!(outcome.unwrap_err().kind(), ErrorKind::UndocumentedAnswer);
            prop_assert_eq!(pages, if shows_total { full + 1 } else { 2 });
        }

        #[test]
        fn equal_items_are_all_taken_while_the_total_says_that_they_are_due(
            style in style(), items in 0u64..500, limit in 1u32..60,
        ) {
            let (outcome, _) = flood(style, limit, |_| Some(items), items);
            prop_assert_eq!(outcome.unwrap().len() as u64, items);
        }
    }

    /// A service all of whose items are the same; `total` is told how many pages came before.
    fn flood(
        style: Style,
        limit: u32,
        total: impl Fn(u64) -> Option<u64>,
        items: u64,
    ) -> (Result<Vec<&'static str>>, u64) {
        let pages = Cell::new(0);
        let all = stream(style, limit, |request| {
            let before = match style {
                Style::Index | Style::Whole => request.position,
                Style::PageNumber | Style::CurPage => {
                    (request.position - 1) * u64::from(request.limit)
                }
            };
            let count = items.saturating_sub(before).min(u64::from(request.limit));
            let page = vec!["the same"; usize::try_from(count).unwrap()];
            let page = Page::new(page, total(pages.get()));
            pages.set(pages.get() + 1);
            std::future::ready(Ok(page))
        });
        let outcome = futures_util::FutureExt::now_or_never(all.try_collect());
        (outcome.unwrap(), pages.get())
    }

    #[test]
    fn a_whole_list_is_asked_for_once_whatever_its_total_says() {
        for (items, shows_total) in [(0, true), (1, false), (250, true), (250, false)] {
            let service = Service {
                items,
                bound: 300,
                shows_total,
                ignores_position: true,
            };
            let (outcome, pages) = service.list(Style::Whole, 300);
            assert_eq!((outcome.unwrap().len() as u64, pages), (items, 1));
        }
        let three_of_five = |_| std::future::ready(Ok(Page::new(vec![1, 2, 3], Some(5))));
        let all = stream(Style::Whole, 1, three_of_five).try_collect::<Vec<_>>();
        let all = futures_util::FutureExt::now_or_never(all).unwrap();
        assert_eq!(all.unwrap(), [1, 2, 3]);
    }

    #[test]
    fn totals_come_as_numbers_or_text() {
        assert_eq!(total(&Some(7)), Some(7));
        assert_eq!(total(&"12"), Some(12));
        assert_eq!(total(&None::<i32>), None);
        assert_eq!(total(&-1), None);
        assert_eq!(number::<i32>(7).unwrap(), 7);
        assert!(number::<i32>(1 << 40).is_err());
    }

    #[test]
    fn equal_pages_end_whatever_the_total_says() {
        let growing = |pages| Some(20 + 10 * pages);
        let (outcome, pages) = flood(Style::PageNumber, 10, growing, u64::MAX);
        assert_eq!(outcome.unwrap_err().kind(), ErrorKind::UndocumentedAnswer);
        assert_eq!(pages, 3);
        let (outcome, pages) = flood(Style::Index, 1, |_| Some(u64::MAX), u64::MAX);
        assert_eq!(outcome.unwrap_err().kind(), ErrorKind::UndocumentedAnswer);
        assert_eq!(pages, u64::from(EQUAL_PAGES) + 2);
    }

    #[test]
    fn pages_are_fetched_only_when_needed_and_an_error_ends_the_list() {
        let pages = Cell::new(0);
        let mut all = Box::pin(stream(Style::Index, 2, |request: PageRequest| {
            pages.set(pages.get() + 1);
            std::future::ready(if request.position == 0 {
                Ok(Page::new(vec![1, 2], Some(9)))
            } else {
                Err(Error::new(ErrorKind::Permission, "no"))
            })
        }));
        let mut next = || futures_util::FutureExt::now_or_never(all.try_next()).unwrap();
        assert_eq!(next().unwrap(), Some(1));
        assert_eq!(next().unwrap(), Some(2));
        assert_eq!(pages.get(), 1);
        assert_eq!(next().unwrap_err().kind(), ErrorKind::Permission);
        assert_eq!(next().unwrap(), None);
        assert_eq!(pages.get(), 2);
    }

    #[test]
    fn a_total_of_nothing_is_not_believed_when_items_come() {
        let list = |total| {
            let all = stream(Style::Index, 2, move |request: PageRequest| {
                let items: Vec<_> = (request.position..3).take(2).collect();
                std::future::ready(Ok(Page::new(items, total)))
            });
            futures_util::FutureExt::now_or_never(all.try_collect::<Vec<_>>())
                .unwrap()
                .unwrap()
        };
        assert_eq!(list(Some(0)), [0, 1, 2]);
    }

    #[test]
    fn a_limit_of_nothing_is_refused() {
        let service = Service {
            items: 1,
            bound: 1,
            shows_total: false,
            ignores_position: false,
        };
        let (outcome, pages) = service.list(Style::Index, 0);
        assert_eq!(outcome.unwrap_err().kind(), ErrorKind::InvalidArgument);
        assert_eq!(pages, 0);
    }

    #[test]
    fn the_stream_can_move_between_threads() {
        fn is_send<T: Send>(_: &T) {}
        is_send(&stream(Style::Index, 1, |_| async {
            Ok(Page::new(vec![1], None))
        }));
    }
}
