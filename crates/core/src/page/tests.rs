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
    fn a_list_that_begins_later_has_the_rest(
        style in style(), items in 1u64..200, limit in 1u32..60, bound in 1u32..60, start in 1u64..20,
        shows_total in any::<bool>(),
    ) {
        // Only a total tells that a page was shortened.
        let bound = if shows_total { bound } else { 60 };
        let service = Service { items, bound, shows_total, ignores_position: false };
        let pages = Pages::new(style, limit).start(start).stream(|request| {
            std::future::ready(Ok(service.answer(style, request)))
        });
        let list: Vec<u64> = futures_util::FutureExt::now_or_never(pages.try_collect()).unwrap().unwrap();
        let skipped = match style {
            Style::Index | Style::Whole => start,
            Style::PageNumber | Style::CurPage => (start - 1) * u64::from(limit.min(bound)),
        };
        prop_assert_eq!(list, (skipped..items).collect::<Vec<_>>());
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
        prop_assert_eq!(outcome.unwrap_err().kind(), ErrorKind::UndocumentedResponse);
        // As few items could be those of a flood.
        prop_assert_eq!(pages, if shows_total && limit < 10 { full + 1 } else { 2 });
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
            Style::PageNumber | Style::CurPage => (request.position - 1) * u64::from(request.limit),
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
}

#[test]
fn equal_pages_end_whatever_the_total_says() {
    let growing = |pages| Some(20 + 10 * pages);
    let (outcome, pages) = flood(Style::PageNumber, 10, growing, u64::MAX);
    assert_eq!(outcome.unwrap_err().kind(), ErrorKind::UndocumentedResponse);
    assert_eq!(pages, 3);
    let (outcome, pages) = flood(Style::Index, 1, |_| Some(u64::MAX), u64::MAX);
    assert_eq!(outcome.unwrap_err().kind(), ErrorKind::UndocumentedResponse);
    assert_eq!(pages, u64::from(EQUAL_PAGES) + 2);
}

/// A list without a total whose pages hold what the function says.
fn pages_of(total: Option<u64>, page: impl Fn(u64) -> Vec<u64>) -> (Result<Vec<u64>>, u64) {
    let pages = Cell::new(0);
    let all = Pages::new(Style::PageNumber, 2)
        .of(crate::Service::Rds, "ListThings")
        .stream(|request| {
            pages.set(pages.get() + 1);
            std::future::ready(Ok(Page::new(page(request.position), total)))
        });
    let outcome = futures_util::FutureExt::now_or_never(all.try_collect());
    (outcome.unwrap(), pages.get())
}

#[test]
fn pages_that_come_round_again_are_an_error_soon() {
    for round in 2..40 {
        for before in [0, 1, 7] {
            let (outcome, pages) = pages_of(None, |page| {
                let page = if page <= before {
                    page
                } else {
                    100 + page % round
                };
                vec![page, 0]
            });
            let error = outcome.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::UndocumentedResponse);
            assert!(
                pages <= before + 6 * round,
                "{round} {before}: {pages} pages"
            );
            let says = format!(
                "rds ListThings: page {pages} of the list is the same as the one {round} pages before"
            );
            assert!(error.to_string().starts_with(&says), "{error}");
        }
    }
}

#[test]
fn a_page_of_distinct_items_that_comes_again_is_an_error_whatever_the_total_says() {
    for distinct in [true, false] {
        let pages = Pages::new(Style::PageNumber, 2);
        let pages = if distinct { pages.distinct() } else { pages };
        let all = pages.stream(|_| std::future::ready(Ok(Page::new(vec![1, 2], Some(6)))));
        let all = all.try_collect::<Vec<_>>();
        let outcome = futures_util::FutureExt::now_or_never(all).unwrap();
        match outcome {
            Err(error) => assert!(distinct && error.to_string().contains("page 2"), "{error}"),
            Ok(items) => assert!(!distinct && items.len() == 6, "{items:?}"),
        }
    }
}

#[test]
fn a_list_that_shows_nothing_of_what_it_counts_is_an_error_where_its_total_counts() {
    for (counted, total, good) in [
        (true, Some(5), false),
        (true, Some(0), true),
        (true, None, true),
        (false, Some(5), true),
    ] {
        let pages = Pages::new(Style::Index, 2);
        let pages = if counted { pages.counted() } else { pages };
        let all = pages.stream(|_| std::future::ready(Ok(Page::new(Vec::<u64>::new(), total))));
        let all = all.try_collect::<Vec<_>>();
        let outcome = futures_util::FutureExt::now_or_never(all).unwrap();
        assert_eq!(outcome.is_ok(), good, "{counted} {total:?}");
        if let Err(error) = outcome {
            assert!(error.to_string().contains("it has 5"), "{error}");
        }
    }
}

#[test]
fn one_page_that_comes_again_is_no_round() {
    // Entries that a flood repeats now and then, among others.
    let (outcome, _) = pages_of(None, |page| match page {
        1..200 if page % 3 == 0 => vec![0, 0],
        1..200 => vec![page, page],
        _ => vec![],
    });
    assert_eq!(outcome.unwrap().len(), 398);
}

#[test]
fn pages_in_turn_are_taken_while_the_total_says_that_they_are_due() {
    let (outcome, _) = pages_of(Some(100), |page| vec![page % 2, 0]);
    assert_eq!(outcome.unwrap().len(), 100);
    let (outcome, pages) = pages_of(Some(u64::MAX), |page| vec![page % 2, 0]);
    assert!(
        outcome.is_err() && pages < 3 * u64::from(EQUAL_PAGES),
        "{pages}"
    );
}

/// A flood repeats few entries. As many different ones, all again in the same order, are the first page once more.
#[test]
fn a_page_of_different_items_that_comes_again_is_an_error_whatever_is_due() {
    let list = |different: u64| {
        let pages = Cell::new(0);
        let all = Pages::new(Style::Index, 100).stream(|_| {
            pages.set(pages.get() + 1);
            let items = (0..100).map(|item| item % different).collect();
            std::future::ready(Ok(Page::new(items, Some(1000))))
        });
        let outcome = futures_util::FutureExt::now_or_never(all.try_collect::<Vec<_>>());
        (outcome.unwrap(), pages.get())
    };
    let (outcome, pages) = list(100);
    let error = outcome.unwrap_err().to_string();
    assert!(
        error.contains("page 2 of the list is the same as the one before"),
        "{error}"
    );
    assert_eq!(pages, 2);
    assert_eq!(list(3).0.unwrap().len(), 1000);
}

#[test]
fn a_list_that_does_not_end_is_an_error() {
    let (outcome, pages) = pages_of(None, |page| vec![page, 0]);
    let error = outcome.unwrap_err();
    assert_eq!(pages, MAX_PAGES);
    assert!(
        error
            .to_string()
            .contains("does not end: 20000 items came on 10000 pages"),
        "{error}"
    );
    let many = (0..=MAX_ITEMS).collect::<Vec<_>>();
    let all = stream(Style::Whole, 1, |_| {
        std::future::ready(Ok(Page::new(many.clone(), None)))
    });
    let all = futures_util::FutureExt::now_or_never(all.try_collect::<Vec<_>>()).unwrap();
    assert!(all.unwrap_err().to_string().contains("does not end"));
}

#[test]
fn more_items_than_were_asked_for_are_an_error() {
    let (outcome, pages) = pages_of(Some(9), |page| (0..=page).collect());
    assert_eq!(pages, 2);
    let error = outcome.unwrap_err().to_string();
    assert_eq!(
        error,
        "rds ListThings: page 2 of the list has 3 items where 2 were asked for at most"
    );
    let one = Pages::new(Style::Whole, 5).at_most(Some(2));
    let all = one.stream(|_| std::future::ready(Ok(Page::new(vec![1, 2, 3], None))));
    let all = futures_util::FutureExt::now_or_never(all.try_collect::<Vec<_>>()).unwrap();
    assert!(all.is_err());
}

#[test]
fn a_response_that_is_not_as_documented_is_told_with_its_page() {
    let all = stream(Style::PageNumber, 1, |request: PageRequest| {
        std::future::ready(if request.position == 1 {
            Ok(Page::new(vec![1], None))
        } else {
            Err(Error::new(
                ErrorKind::UndocumentedResponse,
                "the response has no list",
            ))
        })
    });
    let all = futures_util::FutureExt::now_or_never(all.try_collect::<Vec<_>>()).unwrap();
    assert_eq!(
        all.unwrap_err().to_string(),
        "the response has no list on page 2 of the list"
    );
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
fn a_total_is_not_believed_when_more_items_come() {
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
    assert_eq!(list(Some(1)), [0, 1, 2]);
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
