//! Enumerations of texts.

use std::collections::BTreeSet;

use anyhow::{Result, bail};
use proc_macro2::Ident;
use quote::{format_ident, quote};
use serde_json::Value;
use syn::{Fields, Item, ItemEnum};

use super::super::rust_names::variant_name;
use super::Models;

/// Whether each value is a text.
pub(super) fn is_of_texts(item: &ItemEnum) -> bool {
    item.variants
        .iter()
        .all(|variant| matches!(variant.fields, Fields::Unit))
}

/// The texts of the values of a schema.
pub(super) fn texts(schema: &Value) -> Vec<&str> {
    let values = schema["enum"].as_array().into_iter().flatten();
    values.filter_map(Value::as_str).collect()
}

/// The items of an enumeration.
pub(super) fn items(item: &ItemEnum, models: &Models<'_>) -> Result<Vec<Item>> {
    let name = &item.ident;
    let Some(schema) = models.schemas.get(&name.to_string()) else {
        bail!("the enum {name} belongs to no schema");
    };
    let texts = texts(schema);
    let named = schema["x-enum-varnames"].as_array();
    let mut variants: Vec<Ident> = Vec::new();
    for (index, text) in texts.iter().enumerate() {
        let given = named.and_then(|names| names.get(index)?.as_str());
        variants.push(format_ident!("{}", variant_name(text, given)));
    }
    if variants.iter().collect::<BTreeSet<_>>().len() < variants.len() {
        bail!("two values of {name} would have one name in Rust; give them `x-enum-varnames`");
    }
    let description = schema["description"].as_str().unwrap_or_default();
    let documentation = texts.iter().map(|text| format!("`{text}`"));
    let definition = quote! {
        #[doc = #description]
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        #[non_exhaustive]
        pub enum #name { #(#[doc = #documentation] #variants),* }
    };
    let known = quote! {
        impl otcdb_core::TextEnum for #name {
            const DESCRIPTION: &'static str = #description;
            const VALUES: &'static [Self] = &[#(Self::#variants),*];
            const TEXTS: &'static [&'static str] = &[#(#texts),*];
            fn index(self) -> usize {
                self as usize
            }
        }
    };
    let mut items = vec![
        syn::parse2(definition)?,
        syn::parse2(known)?,
        syn::parse2(quote!(otcdb_core::text_enum!(#name);))?,
    ];
    let find = |wanted: &str| {
        let index = texts.iter().position(|text| *text == wanted)?;
        variants.get(index)
    };
    if let (Some(yes), Some(no), 2) = (find("true"), find("false"), texts.len()) {
        items.push(syn::parse2(quote! {
            impl ::std::convert::From<bool> for #name {
                fn from(value: bool) -> Self {
                    if value { Self::#yes } else { Self::#no }
                }
            }
        })?);
    }
    Ok(items)
}
