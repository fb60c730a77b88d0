//! The names of the parameters that ask for a page of a list.

/// Those that say where a page begins, the likeliest first.
pub(super) const POSITIONS: [&str; 3] = ["offset", "cur_page", "page"];

/// Those that say how long it is, the likeliest first.
pub(super) const LIMITS: [&str; 7] = [
    "limit",
    "per_page",
    "page_size",
    "pageSize",
    "size",
    "pagesize",
    "perPage",
];

/// Whether a parameter of this name says where in a list a page begins, or how long it is.
pub(super) fn is_place(name: &str) -> bool {
    POSITIONS.contains(&name) || LIMITS.contains(&name)
}
