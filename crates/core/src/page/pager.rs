//! The list of a call, in the hands of its caller.

use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_util::{StreamExt as _, TryStreamExt as _};

use super::{Page, Stream};
use crate::error::Result;

/// The items of a list: all that match, page after page, each fetched when it is needed.
///
/// ```
/// # async fn example(mut names: otcdb_core::page::Pager<String>) -> otcdb_core::Result<()> {
/// while let Some(name) = names.try_next().await? {
///     println!("{name}");
/// }
/// # Ok(())
/// # }
/// ```
///
/// It is a [`Stream`], too, that can be moved and polled without being pinned.
///
/// # Errors
///
/// It ends after its first error: that of a call, or one of [`Pages::stream`](super::Pages::stream).
#[must_use = "nothing is fetched until an item is asked for"]
pub struct Pager<T> {
    pages: ByPage<T>,
    items: VecDeque<T>,
}

impl<T> Pager<T> {
    /// The items of these pages.
    pub fn new(pages: impl Stream<Item = Result<Page<T>>> + Send + 'static) -> Self {
        Self {
            pages: ByPage {
                pages: Box::pin(pages),
                left: None,
            },
            items: VecDeque::new(),
        }
    }

    /// Ends the list after so many items; no page is fetched behind them.
    pub fn limit(mut self, items: usize) -> Self {
        self.pages.left = Some(items);
        self
    }

    /// The list by its pages.
    pub fn pages(self) -> ByPage<T> {
        self.pages
    }

    /// The next item; `None` at the end of the list.
    ///
    /// # Errors
    ///
    /// See [`Pager`].
    pub async fn try_next(&mut self) -> Result<Option<T>> {
        self.next().await.transpose()
    }

    /// All items.
    ///
    /// # Errors
    ///
    /// See [`Pager`].
    pub async fn collect_all(self) -> Result<Vec<T>> {
        self.try_collect().await
    }
}

// The pages are boxed, and no item is ever pinned.
impl<T> Unpin for Pager<T> {}

impl<T> Stream for Pager<T> {
    type Item = Result<T>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(item) = self.items.pop_front() {
                return Poll::Ready(Some(Ok(item)));
            }
            match ready!(self.pages.poll_next_unpin(context)) {
                Some(Ok(page)) => self.items = page.items.into(),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }
}

impl<T> fmt::Debug for Pager<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pager")
            .field("fetched", &self.items.len())
            .finish_non_exhaustive()
    }
}

/// A list by its pages, each fetched when it is needed. Made by [`Pager::pages`].
///
/// # Errors
///
/// It ends after its first error, as [`Pager`] does.
#[must_use = "nothing is fetched until a page is asked for"]
pub struct ByPage<T> {
    pages: Pin<Box<dyn Stream<Item = Result<Page<T>>> + Send>>,
    /// How many items are still wanted; `None` for all.
    left: Option<usize>,
}

impl<T> ByPage<T> {
    /// The next page; `None` at the end of the list.
    ///
    /// # Errors
    ///
    /// See [`ByPage`].
    pub async fn try_next(&mut self) -> Result<Option<Page<T>>> {
        self.next().await.transpose()
    }
}

impl<T> Unpin for ByPage<T> {}

impl<T> Stream for ByPage<T> {
    type Item = Result<Page<T>>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.left == Some(0) {
            return Poll::Ready(None);
        }
        let mut page = ready!(self.pages.as_mut().poll_next(context));
        if let (Some(Ok(page)), Some(left)) = (&mut page, self.left) {
            page.items.truncate(left);
            self.left = Some(left - page.items.len());
        }
        Poll::Ready(page)
    }
}

impl<T> fmt::Debug for ByPage<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ByPage").finish_non_exhaustive()
    }
}
