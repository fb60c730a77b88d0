//! Types around one value: maps with a name of their own, and whole numbers of which some are allowed.

use anyhow::Result;
use quote::quote;
use serde_json::Value;
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, Item, ItemImpl, ItemStruct, Visibility, parse_quote};

use super::super::owner::idents;
use super::Models;

/// The type itself.
pub(super) fn items(item: &ItemStruct) -> Result<Vec<Item>> {
    let mut item = item.clone();
    let is_checked = item
        .fields
        .iter()
        .all(|field| matches!(field.vis, Visibility::Inherited));
    for attribute in &mut item.attrs {
        if attribute.path().is_ident("derive") {
            let syn::Meta::List(list) = &mut attribute.meta else {
                continue;
            };
            let derives = &list.tokens;
            // A number costs nothing to copy.
            let more = if is_checked {
                quote!(Copy, Eq, Hash, Ord, PartialEq, PartialOrd)
            } else {
                quote!(PartialEq)
            };
            list.tokens = quote!(#derives, #more);
        }
    }
    Ok(vec![Item::Struct(item)])
}

/// An implementation of it, with an error that tells the choices.
pub(super) fn told(block: &ItemImpl, models: &Models<'_>) -> Result<Item> {
    let mut block = block.clone();
    let names = idents(&block.self_ty);
    let schema = names.iter().find_map(|name| models.schemas.get(name));
    let values = schema.and_then(|schema| schema["enum"].as_array());
    let values = values.into_iter().flatten().filter_map(Value::as_i64);
    let choices: Vec<_> = values.map(proc_macro2::Literal::i64_unsuffixed).collect();
    Told(parse_quote!(Err(otcdb_core::open_enum::UnknownValue::new(value, &[#(#choices),*]))))
        .visit_item_impl_mut(&mut block);
    Ok(Item::Impl(block))
}

/// What stands in the place of progenitor's error.
struct Told(Expr);

impl VisitMut for Told {
    fn visit_path_mut(&mut self, path: &mut syn::Path) {
        if quote!(#path)
            .to_string()
            .ends_with("error :: ConversionError")
        {
            *path = parse_quote!(otcdb_core::open_enum::UnknownValue);
        }
        visit_mut::visit_path_mut(self, path);
    }

    fn visit_expr_mut(&mut self, expression: &mut Expr) {
        if quote!(#expression).to_string() == "Err (\"invalid value\" . into ())" {
            *expression = self.0.clone();
        }
        visit_mut::visit_expr_mut(self, expression);
    }
}
