//! The client itself, and its types: those of progenitor, with the derives that it cannot be asked for.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use proc_macro2::TokenStream;
use progenitor::{CrateVers, GenerationSettings, Generator, InterfaceStyle, TagStyle};
use quote::{format_ident, quote};
use serde_json::Value;
use syn::visit_mut::{self, VisitMut};
use syn::{Attribute, parse_quote};

use super::document;
use super::rust_names::type_name;
use super::source::Source;

/// Runs progenitor over a client view.
pub(super) fn tokens(view: &Value) -> Result<TokenStream> {
    let document: openapiv3::OpenAPI = serde_json::from_value(view.clone())?;
    let mut settings = GenerationSettings::new();
    settings
        .with_interface(InterfaceStyle::Builder)
        .with_tag(TagStyle::Merged)
        // Sorted, so that a request is the same each time.
        .with_map_type("::std::collections::BTreeMap")
        .with_crate("otcdb-core", CrateVers::Any, None);
    // progenitor panics on what it does not know. The rules find all such places that are known; should one be new,
    // it is an error like any other, and nothing is written.
    let generated =
        std::panic::catch_unwind(move || Generator::new(&settings).generate_tokens(&document));
    match generated {
        Ok(tokens) => Ok(tokens?),
        Err(_) => anyhow::bail!(
            "progenitor panicked, as printed above; add a rule to xtask/src/lint that finds the cause"
        ),
    }
}

/// The types of progenitor's output. Its client is not kept: calls are made by `otcdb_core::call`.
///
/// # Errors
/// There are none.
pub(super) fn types(file: syn::File) -> Result<syn::ItemMod> {
    let mut items = file.items.into_iter();
    let types = items.find_map(|item| match item {
        syn::Item::Mod(module) if module.ident == "types" => Some(module),
        _ => None,
    });
    types.context("progenitor has made no module of types")
}

/// The client.
pub(super) fn client(source: &Source<'_>) -> TokenStream {
    let info = &source.view["info"];
    let text = |key: &str| info[key].as_str().unwrap_or_default();
    let description = document::linked(source, text("description"));
    let doc = format!(
        "Client of the {}.\n\n{description}\n\nVersion of the description: {}",
        text("title"),
        text("version")
    );
    let service = format_ident!("{}", type_name(&source.description.service));
    quote! {
        #[doc = #doc]
        ///
        /// It is cheap to clone.
        #[derive(Clone, Debug)]
        pub struct Client {
            inner: otcdb_core::ServiceSession,
        }

        impl Client {
            /// A client that calls the session's endpoint with the session's identity. Nothing is sent.
            pub fn connect(session: &otcdb_core::Session) -> Self {
                Self {
                    inner: session.service(otcdb_core::Service::#service),
                }
            }
        }
    }
}

/// Derives `schemars::JsonSchema` on every model, behind the feature `schemars`.
///
/// progenitor can only add unconditional derives, and this one costs a good part of the crate's build time. The derive
/// does not see which values a newtype may have, so that is added from the schema.
pub(super) fn derive_json_schema(file: &mut syn::File, document: &Value) {
    let schemas = document["components"]["schemas"].as_object();
    let named = |(name, schema): (&String, _)| (type_name(name), schema);
    Models(schemas.into_iter().flatten().map(named).collect()).visit_file_mut(file);
}

/// The schemas by the names of their types.
struct Models<'a>(BTreeMap<String, &'a Value>);

impl VisitMut for Models<'_> {
    fn visit_item_struct_mut(&mut self, item: &mut syn::ItemStruct) {
        let listed = match &item.fields {
            syn::Fields::Unnamed(_) => self.listed(&item.ident.to_string()),
            _ => Vec::new(),
        };
        add_derive(&mut item.attrs, &listed);
        visit_mut::visit_item_struct_mut(self, item);
    }

    fn visit_item_enum_mut(&mut self, item: &mut syn::ItemEnum) {
        add_derive(&mut item.attrs, &[]);
        visit_mut::visit_item_enum_mut(self, item);
    }
}

impl Models<'_> {
    /// The values of a newtype, as the keyword that lists them.
    fn listed(&self, name: &str) -> Vec<TokenStream> {
        let schema = self.0.get(name).and_then(|schema| schema.as_object());
        schema
            .into_iter()
            .flatten()
            .filter(|(key, _)| key.as_str() == "enum")
            .filter_map(|(key, value)| {
                let value: syn::Expr = syn::parse_str(&value.to_string()).ok()?;
                Some(quote!(extend(#key = #value)))
            })
            .collect()
    }
}

fn add_derive(attributes: &mut Vec<Attribute>, extensions: &[TokenStream]) {
    let model = attributes
        .iter()
        .rposition(|attribute| attribute.path().is_ident("derive"))
        .filter(|&index| {
            let derive = &attributes[index];
            quote!(#derive).to_string().contains("Serialize")
        });
    if let Some(index) = model {
        let mut added: Vec<Attribute> =
            vec![parse_quote!(#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))])];
        if !extensions.is_empty() {
            added.push(parse_quote!(#[cfg_attr(feature = "schemars", schemars(#(#extensions),*))]));
        }
        attributes.splice(index + 1..=index, added);
    }
}
