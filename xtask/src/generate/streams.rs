//! Streams over all pages of a list, from `x-pagination`.

use anyhow::{Context as _, Result, bail};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;

use super::fields::{Answer, element, ident, integer};
use super::rust_names::{method_name, type_name};
use crate::bundle::Bundle;
use crate::operations::{Operation, operations, resolve};
use crate::view::View;

/// Items on a page, unless the operation allows fewer. A service that shortens larger pages in silence, and says no
/// total, would seem to be at its end.
const PAGE: u64 = 100;

/// `stream` of every builder whose operation is a list.
pub(super) fn tokens(bundle: &Bundle, view: &View) -> Result<TokenStream> {
    let streams = operations(&bundle.document)
        .iter()
        .zip(operations(&view.document))
        .filter(|(written, _)| written.value.get("x-pagination").is_some())
        .map(|(written, viewed)| {
            stream(bundle, &view.document, written, &viewed)
                .with_context(|| format!("no stream can be made of {}", written.id()))
        })
        .collect::<Result<Vec<_>>>()?;
    Ok(quote!(#(#streams)*))
}

fn stream(
    bundle: &Bundle,
    view: &Value,
    written: &Operation<'_>,
    viewed: &Operation<'_>,
) -> Result<TokenStream> {
    let paging = &written.value["x-pagination"];
    let text = |key: &str| paging[key].as_str().unwrap_or_default();
    let builder = ident(&type_name(written.id()))?;
    let answer = Answer::of(view, viewed).context("it answers nothing")?;
    let (items, list) = answer.take(text("items"))?;
    let item = element(list)?;
    let total = match paging.get("total") {
        Some(_) => {
            let (total, _) = answer.borrow(text("total"))?;
            quote!(#total.and_then(otcdb_core::page::total))
        }
        None => quote!(None),
    };
    let style = match text("style") {
        "index" => "Index",
        "page_number" => "PageNumber",
        "cur_page" => "CurPage",
        _ => "Whole",
    };
    let style = format_ident!("{style}");
    let (limit, set, page) = if style == "Whole" {
        (1, quote!(), quote!(_))
    } else {
        let position = Place::find(&bundle.document, written, text("position"))?;
        let size = Place::find(&bundle.document, written, text("limit"))?;
        let limit = size.schema["maximum"].as_u64().unwrap_or(PAGE).min(PAGE);
        let (place, count) = (
            position.value(&quote!(page.position))?,
            size.value(&quote!(u64::from(page.limit)))?,
        );
        let place = position.setter(&place)?;
        let count = size.setter(&count)?;
        (limit, quote!(#place #count), quote!(page))
    };
    let limit = u32::try_from(limit)?;
    let service = format_ident!("{}", type_name(&bundle.service));
    let id = written.id();
    let doc = document(style == "Whole", text("items"), limit);
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
                        let answer = otcdb_core::error::value(#send).await?;
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
        "in one answer".to_owned()
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
    fn find(document: &'a Value, operation: &Operation<'a>, name: &'a str) -> Result<Self> {
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
