//! The types of responses and of their fields.

use anyhow::{Context as _, Result, bail};
use otcdb_openapi::reference::name as reference_name;
use otcdb_openapi::written::{Operation, json_content};
use proc_macro2::{Ident, TokenStream};
use quote::quote;
use serde_json::Value;

use super::rust_names::type_name;

/// What an operation answers when it succeeds, in the view: one response.
pub(super) struct SuccessResponse<'a> {
    schema: &'a Value,
    /// Whether there may be no body that means something, so that the type is an `Option`. A list without one is empty.
    pub(super) may_be_empty: bool,
}

impl<'a> SuccessResponse<'a> {
    /// `None` for an operation that answers nothing.
    pub(super) fn of(operation: &Operation<'a>) -> Option<Self> {
        let (_, response) = operation.responses().next()?;
        let schema = &json_content(response)?["schema"];
        let is_nullable = schema["nullable"] == true;
        let may_be_empty = is_nullable && operation.value["x-pagination"].is_null();
        Some(Self {
            schema: if is_nullable {
                &schema["allOf"][0]
            } else {
                schema
            },
            may_be_empty,
        })
    }

    /// The type of the body, without the `Option`.
    pub(super) fn body(&self) -> Result<TokenStream> {
        let name = reference_name(self.schema).context("the response has no named schema")?;
        let name = ident(&type_name(&name))?;
        Ok(quote!(types::#name))
    }

    /// The type that a call gives.
    pub(super) fn ty(&self) -> Result<TokenStream> {
        let body = self.body()?;
        Ok(if self.may_be_empty {
            quote!(Option<#body>)
        } else {
            body
        })
    }
}

/// The Rust type of a list's element.
pub(super) fn element(list: &Value) -> Result<TokenStream> {
    let items = &list["items"];
    if let Some(name) = reference_name(items) {
        let name = ident(&type_name(&name))?;
        return Ok(quote!(types::#name));
    }
    Ok(match items["type"].as_str() {
        Some("string") => quote!(::std::string::String),
        Some("integer") => integer(items),
        None => quote!(::serde_json::Value),
        Some(other) => bail!("a list of {other}s without a named schema has no type to give"),
    })
}

/// The Rust type of an integer schema.
pub(super) fn integer(schema: &Value) -> TokenStream {
    match schema["format"].as_str() {
        Some("int32") => quote!(i32),
        _ => quote!(i64),
    }
}

pub(super) fn ident(name: &str) -> Result<Ident> {
    syn::parse_str(name).with_context(|| format!("{name:?} is no Rust name"))
}
