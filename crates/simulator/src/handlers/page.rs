//! Pages of lists.

/// The items from a position on, at most so many.
pub(super) fn slice<T>(
    items: impl IntoIterator<Item = T>,
    offset: u64,
    limit: u64,
) -> impl Iterator<Item = T> {
    let number = |value: u64| usize::try_from(value).unwrap_or(usize::MAX);
    items.into_iter().skip(number(offset)).take(number(limit))
}

/// The position at which a page with a number from 1 begins.
pub(super) fn start(page: u64, limit: u64) -> u64 {
    page.saturating_sub(1).saturating_mul(limit)
}
