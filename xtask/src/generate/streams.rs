//! Lists over all pages, from `x-pagination`.

use anyhow::{Context as _, Result};
use otcdb_openapi::PagingStyle;
use otcdb_openapi::reference::resolve;
use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value;

use super::fields::element;
use super::source::Method;
use otcdb_openapi::written::json_content;

/// `stream` of a call whose operation is a list, and `page_size` if that comes in pages.
pub(super) fn tokens(view: &Value, method: &Method<'_>) -> Result<Option<TokenStream>> {
    let operation = method.described;
    let Some(paging) = &operation.pagination else {
        return Ok(None);
    };
    let item = items(view, method, &paging.items)?;
    let whole = paging.style == PagingStyle::Whole;
    let size = operation.page_size();
    let how = if whole {
        "in one response".to_owned()
    } else {
        let position = paging.position.as_deref().unwrap_or_default();
        format!(
            "page after page, each fetched when it is needed. They begin where `{position}` says, if that is set, and else with \
             the first one"
        )
    };
    let doc = format!(
        "The elements of `{}`: all that match, {how}.\n\n\
         # Errors\n\n\
         The list ends after its first error: that of a [call](Self::send), or one of [`otcdb_core::page::Pages::stream`].",
        paging.items
    );
    let page_size = (!whole).then(|| {
        let limit = paging.limit.as_deref().unwrap_or_default();
        let doc = format!(
            "How many items [`stream`](Self::stream) asks for at once; `{limit}` if that is set, and else {size}. What `{limit}` \
             may be, this may be, too."
        );
        quote! {
            #[doc = #doc]
            pub fn page_size(self, items: u32) -> Self {
                Self(self.0.page_size(items))
            }
        }
    });
    Ok(Some(quote! {
        #page_size

        #[doc = #doc]
        #[inline]
        pub fn stream(self) -> page::Pager<#item> {
            self.0.stream()
        }
    }))
}

/// The type of the elements of a list in an operation's answer.
pub(super) fn items(view: &Value, method: &Method<'_>, list: &str) -> Result<TokenStream> {
    let missing = || format!("the response has no list {list}");
    let (_, response) = method.viewed.responses().next().with_context(missing)?;
    let mut schema = &json_content(response).with_context(missing)?["schema"];
    for name in list.split('.').map(Some).chain([None]) {
        // What may be null is wrapped.
        if let Some(named) = schema.get("allOf").and_then(|all| all.get(0)) {
            schema = named;
        }
        schema = resolve(view, schema);
        if let Some(name) = name {
            schema = schema["properties"].get(name).with_context(missing)?;
        }
    }
    element(schema)
}
