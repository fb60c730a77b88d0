//! The client itself: progenitor's output, with the derives that it cannot be asked for.

use std::collections::BTreeSet;

use anyhow::Result;
use proc_macro2::TokenStream;
use progenitor::{CrateVers, GenerationSettings, Generator, HooksMode, InterfaceStyle, TagStyle};
use quote::quote;
use serde_json::Value;
use syn::visit_mut::{self, VisitMut};
use syn::{Attribute, parse_quote};

/// Runs progenitor over a client view.
pub(super) fn tokens(view: &Value) -> Result<TokenStream> {
    let document: openapiv3::OpenAPI = serde_json::from_value(view.clone())?;
    let mut settings = GenerationSettings::new();
    settings
        .with_interface(InterfaceStyle::Builder)
        .with_tag(TagStyle::Merged)
        .with_hooks(HooksMode::Expected)
        .with_inner_type(quote!(otcdb_core::ServiceSession))
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

/// Takes out of paths what tells several operations under one of them apart: the service knows the path alone.
pub(super) fn fold_paths(file: &mut syn::File, view: &Value) {
    let keys = view["paths"].as_object().into_iter().flatten();
    let keys = keys.map(|(key, _)| key.as_str());
    // progenitor writes a path as a format string, and names it in the documentation.
    let marks: Vec<&str> = keys
        .filter_map(|key| key.find('#').and_then(|at| key.get(at..)))
        .collect();
    struct Paths<'a>(Vec<&'a str>);
    impl Paths<'_> {
        fn without(&self, text: &syn::LitStr) -> Option<syn::LitStr> {
            let value = text.value();
            let folded = self.0.iter().fold(value.clone(), |value, mark| {
                // One operation's name may begin with another's.
                let ended = [format!("{mark}`"), format!("{mark}\"")];
                let value = value.replace(&ended[0], "`").replace(&ended[1], "\"");
                value
                    .strip_suffix(mark)
                    .map_or(value.clone(), str::to_owned)
            });
            (folded != value).then(|| syn::LitStr::new(&folded, text.span()))
        }
    }
    impl VisitMut for Paths<'_> {
        fn visit_lit_str_mut(&mut self, text: &mut syn::LitStr) {
            if let Some(folded) = self.without(text) {
                *text = folded;
            }
        }

        fn visit_macro_mut(&mut self, call: &mut syn::Macro) {
            let tokens = std::mem::take(&mut call.tokens);
            call.tokens = tokens
                .into_iter()
                .map(|token| {
                    let text = syn::parse2::<syn::LitStr>(token.clone().into());
                    match text.ok().and_then(|text| self.without(&text)) {
                        Some(folded) => proc_macro2::Literal::string(&folded.value()).into(),
                        None => token,
                    }
                })
                .collect();
        }
    }
    if !marks.is_empty() {
        Paths(marks).visit_file_mut(file);
    }
}

/// Has responses decoded by the runtime: progenitor loses status and headers of those that do not fit.
pub(super) fn decode_by_the_runtime(file: &mut syn::File) {
    struct Responses;
    impl VisitMut for Responses {
        fn visit_expr_path_mut(&mut self, path: &mut syn::ExprPath) {
            if quote!(#path).to_string() == "ResponseValue :: from_response" {
                *path = parse_quote!(otcdb_core::decode);
            }
        }
    }
    Responses.visit_file_mut(file);
}

/// Has the call builders hold a body as it is: models have no builders. One that has no default has to be set.
pub(super) fn bodies_are_types(file: &mut syn::File, with_default: &BTreeSet<String>) {
    struct Bodies<'a> {
        with_default: &'a BTreeSet<String>,
        /// Call builders whose body has to be set.
        needing: BTreeSet<String>,
        is_needed: bool,
    }
    impl VisitMut for Bodies<'_> {
        fn visit_item_struct_mut(&mut self, item: &mut syn::ItemStruct) {
            visit_mut::visit_item_struct_mut(self, item);
            for field in &item.fields {
                let names = super::owner::idents(&field.ty);
                if let [_, types, name, ..] = names.as_slice()
                    && types == "types"
                    && !self.with_default.contains(name)
                {
                    self.needing.insert(item.ident.to_string());
                }
            }
        }

        fn visit_item_impl_mut(&mut self, block: &mut syn::ItemImpl) {
            let names = super::owner::idents(&block.self_ty);
            self.is_needed = names.iter().any(|name| self.needing.contains(name));
            visit_mut::visit_item_impl_mut(self, block);
        }

        fn visit_path_mut(&mut self, path: &mut syn::Path) {
            visit_mut::visit_path_mut(self, path);
            let names: Vec<String> = path
                .segments
                .iter()
                .map(|one| one.ident.to_string())
                .collect();
            if let [types, builder, _] = names.as_slice()
                && types == "types"
                && builder == "builder"
            {
                let last = path.segments.last();
                *path = parse_quote!(types::#last);
            }
        }

        fn visit_field_value_mut(&mut self, field: &mut syn::FieldValue) {
            visit_mut::visit_field_value_mut(self, field);
            let is_body = quote!(#field).to_string().starts_with("body : Ok");
            if is_body && self.is_needed {
                field.expr = parse_quote!(Err("body was not initialized".to_string()));
            }
        }
    }
    let mut bodies = Bodies {
        with_default,
        needing: BTreeSet::new(),
        is_needed: false,
    };
    bodies.visit_file_mut(file);
}

/// Derives `schemars::JsonSchema` on every model, behind the feature `schemars`.
///
/// progenitor can only add unconditional derives, and this one costs a good part of the crate's build time. The derive
/// does not see what a newtype checks by code, so that is added from the schema.
pub(super) fn derive_json_schema(file: &mut syn::File, view: &Value) {
    Models(view).visit_file_mut(file);
}

struct Models<'a>(&'a Value);

impl VisitMut for Models<'_> {
    fn visit_item_struct_mut(&mut self, item: &mut syn::ItemStruct) {
        let checked = match &item.fields {
            syn::Fields::Unnamed(_) => self.checked_by_code(&item.ident.to_string()),
            _ => Vec::new(),
        };
        add_derive(&mut item.attrs, &checked);
        visit_mut::visit_item_struct_mut(self, item);
    }

    fn visit_item_enum_mut(&mut self, item: &mut syn::ItemEnum) {
        add_derive(&mut item.attrs, &[]);
        visit_mut::visit_item_enum_mut(self, item);
    }
}

impl Models<'_> {
    /// Keywords that a newtype enforces, with their values.
    fn checked_by_code(&self, name: &str) -> Vec<TokenStream> {
        let schemas = self.0["components"]["schemas"].as_object();
        let schema = schemas
            .into_iter()
            .flatten()
            .find(|(schema, _)| super::rust_names::type_name(schema) == name)
            .and_then(|(_, schema)| schema.as_object());
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
