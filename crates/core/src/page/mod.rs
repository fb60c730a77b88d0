//! Lists that come in pages, as streams.

mod pager;
mod repeats;

use std::borrow::Cow;
use std::future::Future;

use futures_util::TryStreamExt as _;
use futures_util::stream::{iter, try_unfold};
use serde::Serialize;

pub use futures_util::stream::Stream;

use crate::error::{Error, ErrorKind, Result};
use crate::service::Service;
use repeats::{Content, Repeats};

pub use pager::{ByPage, Pager};

/// How many pages in a row may equal the one before if the total says that they are due.
pub const EQUAL_PAGES: u32 = 1000;

/// How many pages a list may have. With the hundred items that a page has mostly, that is as much as [`MAX_ITEMS`]; no
/// account has as many instances, and no log is asked for in one span that has as many entries.
pub const MAX_PAGES: u64 = 10_000;

/// How many items a list may have.
pub const MAX_ITEMS: u64 = 1_000_000;

/// How a list operation counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Style {
    /// `offset` is how many items are skipped, from 0 (most operations).
    Index,
    /// `offset` is a page number, from 1 (RDS `errorlog` and `slowlog`).
    PageNumber,
    /// `cur_page` is a page number, from 1, beside `per_page`.
    CurPage,
    /// One response has the whole list; nothing is asked for by position.
    Whole,
}

/// What to ask for next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PageRequest {
    /// The value of `offset`, or of `cur_page`.
    pub position: u64,
    /// The value of `limit`, or of `per_page`.
    pub limit: u32,
}

impl PageRequest {
    /// The page at this position, of so many items.
    pub const fn new(position: u64, limit: u32) -> Self {
        Self { position, limit }
    }
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Page<T> {
    /// The items, at most as many as were asked for.
    pub items: Vec<T>,
    /// How many items the whole list has, if the response says so.
    pub total: Option<u64>,
}

impl<T> Page<T> {
    /// A page of a list that says how long it is, or does not.
    pub fn new(items: Vec<T>, total: Option<u64>) -> Self {
        Self { items, total }
    }
}

/// A total that a response states, as a number or as text; `None` if it states none.
pub fn total(stated: &impl Serialize) -> Option<u64> {
    match serde_json::to_value(stated).ok()? {
        serde_json::Value::Number(total) => total.as_u64(),
        serde_json::Value::String(total) => total.parse().ok(),
        _ => None,
    }
}

/// How a list is fetched, page after page.
///
/// ```
/// use otcdb_core::page::{Page, Pages, Style};
///
/// let names = ["a", "b", "c"];
/// let all = Pages::new(Style::Index, 2).stream(move |page| async move {
///     let from = usize::try_from(page.position).unwrap();
///     Ok(Page::new(names.into_iter().skip(from).take(2).collect(), Some(3)))
/// });
/// # use futures_util::{FutureExt, TryStreamExt};
/// # let all: Vec<_> = all.try_collect().now_or_never().unwrap().unwrap();
/// # assert_eq!(all, names);
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Pages {
    style: Style,
    limit: u32,
    start: Option<u64>,
    at_most: Option<u32>,
    distinct: bool,
    counted: bool,
    call: Option<(Service, Cow<'static, str>)>,
}

impl Pages {
    /// Pages of `limit` items, counted in this way.
    pub fn new(style: Style, limit: u32) -> Self {
        Self {
            style,
            limit,
            start: None,
            at_most: (style != Style::Whole).then_some(limit),
            distinct: false,
            counted: false,
            call: None,
        }
    }

    /// No two items are equal, as where each has an id: a page that comes again is an error, whatever the total says.
    pub fn distinct(mut self) -> Self {
        self.distinct = true;
        self
    }

    /// The total counts what the list shows: a list that shows nothing although the total is larger is an error.
    pub fn counted(mut self) -> Self {
        self.counted = true;
        self
    }

    /// Which operation errors are to name.
    pub fn of(mut self, service: Service, operation: impl Into<Cow<'static, str>>) -> Self {
        self.call = Some((service, operation.into()));
        self
    }

    /// The position of the first page, as the operation counts: how many items are skipped, or the number of a page. A list
    /// begins with its first item without it.
    pub fn start(mut self, position: u64) -> Self {
        self.start = Some(position);
        self
    }

    /// How many items were asked for where one response is taken for the whole list.
    pub fn at_most(mut self, limit: Option<u32>) -> Self {
        self.at_most = limit;
        self
    }

    /// The items of all pages, each page fetched when it is needed.
    ///
    /// The list ends with an empty page, with one that is shorter than `limit`, or when as many items came as the
    /// response says there are. A response that says `0` although it has items is not believed. A service may shorten
    /// `limit` to its own bound: if it then says how many there are in all, the stream goes on.
    ///
    /// # Errors
    ///
    /// The stream ends after its first error:
    ///
    /// - that of `fetch`;
    /// - a `limit` of 0 ([`ErrorKind::InvalidArgument`]);
    /// - a page that holds more items than were asked for ([`ErrorKind::UndocumentedResponse`], as all that follow);
    /// - a page that equals the one before, or pages that come round again in the same order, unless so many items are
    ///   due: the service seems to ignore the position, and the list would never end. A flood of one message makes equal
    ///   pages too, so the total is believed that was said before the pages began to be equal, for up to
    ///   [`EQUAL_PAGES`] of them. It is not believed where items are [`distinct`](Self::distinct), nor where a page of ten
    ///   items or more that all differ comes again;
    /// - no item at all where the total, which is to be [`counted`](Self::counted) on, says that there are some;
    /// - more than [`MAX_PAGES`] pages or [`MAX_ITEMS`] items.
    pub fn stream<T, F, Fut>(self, fetch: F) -> impl Stream<Item = Result<T>>
    where
        T: Serialize,
        F: FnMut(PageRequest) -> Fut,
        Fut: Future<Output = Result<Page<T>>>,
    {
        let items = |page: Page<T>| iter(page.items.into_iter().map(Ok));
        self.pages(fetch).map_ok(items).try_flatten()
    }

    /// The same, page by page. A page without items is none.
    ///
    /// # Errors
    ///
    /// Those of [`stream`](Self::stream).
    pub fn pages<T, F, Fut>(self, fetch: F) -> impl Stream<Item = Result<Page<T>>>
    where
        T: Serialize,
        F: FnMut(PageRequest) -> Fut,
        Fut: Future<Output = Result<Page<T>>>,
    {
        let state = State {
            fetch,
            how: self,
            pages: 0,
            skipped: 0,
            received: 0,
            repeats: Repeats::default(),
            ended: false,
        };
        try_unfold(state, async |mut state| {
            if state.ended {
                return Ok(None);
            }
            let page = state.advance().await?;
            Ok((!page.items.is_empty()).then_some((page, state)))
        })
    }
}

/// [`Pages::stream`] of an operation that has no name.
pub fn stream<T, F, Fut>(style: Style, limit: u32, fetch: F) -> impl Stream<Item = Result<T>>
where
    T: Serialize,
    F: FnMut(PageRequest) -> Fut,
    Fut: Future<Output = Result<Page<T>>>,
{
    Pages::new(style, limit).stream(fetch)
}

struct State<F> {
    fetch: F,
    how: Pages,
    pages: u64,
    /// How many items stand before the first page.
    skipped: u64,
    received: u64,
    repeats: Repeats,
    ended: bool,
}

impl<F> State<F> {
    async fn advance<T, Fut>(&mut self) -> Result<Page<T>>
    where
        T: Serialize,
        F: FnMut(PageRequest) -> Fut,
        Fut: Future<Output = Result<Page<T>>>,
    {
        let Pages { style, limit, .. } = self.how;
        if limit == 0 {
            return Err(self.of_call(Error::invalid_argument(
                "a page has to have room for one item; give a limit of 1 or more",
            )));
        }
        let start = self.how.start;
        let position = match style {
            Style::Index => start.unwrap_or(0).saturating_add(self.received),
            Style::PageNumber | Style::CurPage => start.unwrap_or(1).saturating_add(self.pages),
            Style::Whole => 0,
        };
        let request = PageRequest { position, limit };
        let Page { items, total } = (self.fetch)(request)
            .await
            .map_err(|error| self.on_page(error))?;
        let count = u64::try_from(items.len()).unwrap_or(u64::MAX);
        if self.pages == 0 {
            self.skipped = match style {
                Style::Index => start.unwrap_or(0),
                // Pages are as long as the first one, which the service may have shortened.
                _ => start.unwrap_or(1).saturating_sub(1).saturating_mul(count),
            };
        }
        // Some operations leave the total at 0 while they send items.
        let total = total.filter(|total| *total > 0);
        if let Some(asked) = self.how.at_most
            && count > u64::from(asked)
        {
            return Err(self.fault(format!(
                "page {} of the list has {count} items where {asked} were asked for at most",
                self.pages + 1
            )));
        }
        if let Some(total) = total
            && self.how.counted
            && count == 0
            && self.received == 0
            && start.is_none()
        {
            return Err(self.fault(format!(
                "the list has no item, and the response says that it has {total}"
            )));
        }
        if count > 0 && style != Style::Whole {
            let page = content(&items)?;
            // What cannot be twice is never due twice.
            let due = total.filter(|_| !self.how.distinct);
            let before = self.skipped.saturating_add(self.received);
            if let Some(distance) = self.repeats.find(page, count, before, due) {
                let what = match distance {
                    1 => "the same as the one before".to_owned(),
                    _ => format!(
                        "the same as the one {distance} pages before, and so were those between"
                    ),
                };
                return Err(self.fault(format!(
                    "page {} of the list is {what}, so the service does not count as documented",
                    self.pages + 1
                )));
            }
        }
        self.pages += 1;
        self.received = self.received.saturating_add(count);
        self.ended = match total {
            _ if count == 0 || style == Style::Whole => true,
            Some(total) => {
                let reached = self.skipped.saturating_add(self.received);
                // What has less than it has sent does not count all of it: only a page with room ends the list.
                let is_believed = reached == total || count < u64::from(limit);
                is_believed && reached >= total
            }
            None => count < u64::from(limit),
        };
        if self.received > MAX_ITEMS || (!self.ended && self.pages >= MAX_PAGES) {
            return Err(self
                .fault(format!(
                    "the list does not end: {} items came on {} pages",
                    self.received, self.pages
                ))
                .with_hint("ask for less, by a filter or a span of time"));
        }
        Ok(Page { items, total })
    }

    fn fault(&self, what: String) -> Error {
        self.of_call(Error::new(ErrorKind::UndocumentedResponse, what))
    }

    /// The error, with the operation in which it happened.
    fn of_call(&self, error: Error) -> Error {
        match &self.how.call {
            Some((service, operation)) => error.with_call(*service, operation.clone()),
            None => error,
        }
    }

    /// A response that is not as documented, with the page on which it came.
    fn on_page(&self, error: Error) -> Error {
        if error.kind() == ErrorKind::UndocumentedResponse && self.pages > 0 {
            error.with_place(&format!("on page {} of the list", self.pages + 1))
        } else {
            error
        }
    }
}

/// What tells a page from others.
fn content<T: Serialize>(items: &[T]) -> Result<Content> {
    let items = items.iter().map(serde_json::to_vec);
    let texts = items.collect::<serde_json::Result<Vec<_>>>();
    let texts = texts.map_err(|error| {
        Error::new(
            ErrorKind::UndocumentedResponse,
            "a list item cannot be written as JSON",
        )
        .with_source(error)
    })?;
    Ok(Content::of(&texts))
}

#[cfg(test)]
mod tests;
