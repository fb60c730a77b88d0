//! Streams over all pages of a list, from `x-pagination`.

use anyhow::{Context as _, Result, bail};
use otcdb_openapi::reference::resolve;
use otcdb_openapi::written::Operation;
use otcdb_openapi::{Pagination, PagingStyle};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;

use super::fields::{SuccessResponse, element, ident, integer};
use super::rust_names::{method_name, type_name};
use super::{Method, Source};

/// `stream` of every builder whose operation is a list.
pub(super) fn tokens(source: &Source<'_>) -> Result<TokenStream> {
    let mut streams = Vec::new();
    for method in source.methods() {
        if let Some(paging) = &method.described.pagination {
            let stream = stream(source.view, &method, paging)
                .with_context(|| format!("no stream can be made of {}", method.described.id))?;
            streams.push(stream);
        }
    }
    Ok(quote!(#(#streams)*))
}

fn stream(view: &Value, method: &Method<'_>, paging: &Pagination) -> Result<TokenStream> {
    let operation = method.described;
    let builder = ident(&type_name(&operation.id))?;
    let response = SuccessResponse::of(view, &method.viewed).context("it answers nothing")?;
    let (items, list) = response.take(&paging.items)?;
    let item = element(list)?;
    let total = match &paging.total {
        Some(total) => {
            let (total, _) = response.borrow(total)?;
            quote!(#total.and_then(otcdb_core::page::total))
        }
        None => quote!(None),
    };
    let style = match paging.style {
        PagingStyle::Index => "Index",
        PagingStyle::PageNumber => "PageNumber",
        PagingStyle::CurPage => "CurPage",
        PagingStyle::Whole => "Whole",
    };
    let style = format_ident!("{style}");
    let (limit, set, page) = if style == "Whole" {
        (1, quote!(), quote!(_))
    } else {
        let position = Place::find(view, &method.viewed, paging.position.as_deref())?;
        let size = Place::find(view, &method.viewed, paging.limit.as_deref())?;
        let limit = operation.page_size();
        let (place, count) = (
            position.value(&quote!(page.position))?,
            size.value(&quote!(u64::from(page.limit)))?,
        );
        let place = position.setter(&place)?;
        let count = size.setter(&count)?;
        (limit, quote!(#place #count), quote!(page))
    };
    let limit = u32::try_from(limit)?;
    let service = format_ident!("{}", type_name(&operation.service));
    let id = operation.id.as_str();
    let doc = document(style == "Whole", &paging.items, limit);
    let begin = if style == "Whole" {
        quote!(let call = self.clone();)
    } else {
        quote!(let call = (|| Ok(self.clone() #set))();)
    };
    let send = if style == "Whole" {
        quote!(call.send().await)
    } else {
        quote!(call?.send().await)
    };
    Ok(quote! {
        impl<'a> builder::#builder<'a> {
            #[doc = #doc]
            pub fn stream(self) -> impl otcdb_core::page::Stream<Item = otcdb_core::Result<#item>> {
                otcdb_core::page::Pages::new(otcdb_core::page::Style::#style, #limit)
                    .of(otcdb_core::Service::#service, #id)
                    .stream(move |#page| {
                    #begin
                    async move {
                        let response = otcdb_core::error::value(#send).await?;
                        let total = #total;
                        Ok(otcdb_core::page::Page::new(#items.unwrap_or_default(), total))
                    }
                })
            }
        }
    })
}

fn document(whole: bool, items: &str, limit: u32) -> String {
    let pages = if whole {
        "in one response".to_owned()
    } else {
        format!(
            "page after page, each fetched when it is needed; {limit} are asked for at once, whatever was set before"
        )
    };
    format!(
        "The elements of `{items}`: all that match, {pages}.\n\n# Errors\n\nThe stream ends after its first error, which \
         is that of a call or one of [`otcdb_core::page::Pages::stream`]."
    )
}

/// Where a request says which page it wants.
struct Place<'a> {
    name: &'a str,
    in_body: bool,
    schema: &'a Value,
}

impl<'a> Place<'a> {
    fn find(document: &'a Value, operation: &Operation<'a>, name: Option<&'a str>) -> Result<Self> {
        let name = name.context("nothing says how its pages are asked for")?;
        let parameter = operation
            .parameters()
            .find(|parameter| parameter["name"] == name);
        if let Some(parameter) = parameter {
            return Ok(Self {
                name,
                in_body: false,
                schema: resolve(document, &parameter["schema"]),
            });
        }
        let field = operation
            .request_json()
            .and_then(|media| resolve(document, &media["schema"])["properties"].get(name));
        match field {
            Some(field) => Ok(Self {
                name,
                in_body: true,
                schema: resolve(document, field),
            }),
            None => bail!("it has neither a parameter nor a field of the body called {name:?}"),
        }
    }

    fn value(&self, number: &TokenStream) -> Result<TokenStream> {
        Ok(match self.schema["type"].as_str() {
            Some("integer") => {
                let ty = integer(self.schema);
                quote!(otcdb_core::page::number::<#ty>(#number)?)
            }
            Some("string") => quote!(#number.to_string()),
            _ => bail!("{:?} is neither an integer nor a text", self.name),
        })
    }

    fn setter(&self, value: &TokenStream) -> Result<TokenStream> {
        let name = ident(&method_name(self.name))?;
        Ok(if self.in_body {
            quote!(.body_map({ let value = #value; move |body| body.#name(value) }))
        } else {
            quote!(.#name(#value))
        })
    }
}
