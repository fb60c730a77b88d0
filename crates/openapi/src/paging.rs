//! Lists that come in pages: `x-pagination`.

use serde_json::Value;

/// Items on a page, unless the operation allows fewer. A service that shortens larger pages in silence, and says no
/// total, would seem to be at the end of its list.
pub const PAGE: u64 = 100;

/// How a list comes in pages.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Pagination {
    /// How positions are counted.
    pub style: PagingStyle,
    /// The query parameter, or the field of the body, that says where the page begins.
    pub position: Option<String>,
    /// The query parameter, or the field of the body, that says how large the page is.
    pub limit: Option<String>,
    /// The field of the response that holds the items; dots lead into objects.
    pub items: String,
    /// The field of the response that says how many items there are in all.
    pub total: Option<String>,
    /// How large a page is without the parameter for its size.
    pub default: Option<u64>,
}

impl Pagination {
    /// Reads what stands under `x-pagination`; `None` if it has no form that is known.
    pub fn read(written: &Value) -> Option<Self> {
        let text = |key: &str| {
            let text = written.get(key)?.as_str()?;
            Some(text.to_owned())
        };
        Some(Self {
            style: match text("style")?.as_str() {
                "index" => PagingStyle::Index,
                "page_number" => PagingStyle::PageNumber,
                "cur_page" => PagingStyle::CurPage,
                "whole" => PagingStyle::Whole,
                _ => return None,
            },
            position: text("position"),
            limit: text("limit"),
            items: text("items")?,
            total: text("total"),
            default: written.get("default").and_then(Value::as_u64),
        })
    }

    /// Whether pages are counted or measured with the parameter of this name.
    pub fn counts_with(&self, name: &str) -> bool {
        let names = [&self.position, &self.limit];
        names.into_iter().flatten().any(|known| known == name)
    }
}

/// How positions in a list are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "whatever reads descriptions has to do something about each"
)]
pub enum PagingStyle {
    /// In items that are skipped, from 0.
    Index,
    /// In pages, from 1, in a parameter that is called otherwise.
    PageNumber,
    /// In pages, from 1.
    CurPage,
    /// Not at all: one response has the whole list.
    Whole,
}
