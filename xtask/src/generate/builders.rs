//! Leaves out the builders of models that no caller makes.
//!
//! progenitor writes a builder for every model, which is half of all its code and of the time to compile it. Only
//! those of request bodies are of use; a response is read, or made of its public fields.

use std::collections::BTreeSet;

use otcdb_openapi::reachable;
use serde_json::Value;
use syn::{ImplItem, Item, ItemImpl, ItemMod, Type};

use super::rust_names::type_name;

/// Removes the builder of every model that stands in no request.
pub(super) fn keep_those_of_requests(file: &mut syn::File, view: &Value) {
    let kept: BTreeSet<String> = reachable::request_schemas(view)
        .iter()
        .map(|name| type_name(name))
        .collect();
    for item in &mut file.items {
        if let Item::Mod(module) = item
            && module.ident == "types"
        {
            in_types(module, &kept);
        }
    }
}

fn in_types(types: &mut ItemMod, kept: &BTreeSet<String>) {
    let Some((_, items)) = &mut types.content else {
        return;
    };
    items.retain(|item| match item {
        Item::Impl(item) => !is_builder_function(item) || names_one_of(&item.self_ty, kept),
        _ => true,
    });
    for item in items {
        let Item::Mod(module) = item else { continue };
        if module.ident != "builder" {
            continue;
        }
        if let Some((_, items)) = &mut module.content {
            items.retain(|item| match item {
                Item::Struct(item) => kept.contains(&item.ident.to_string()),
                // `impl TryFrom<X> for super::X` has the model's name, too.
                Item::Impl(item) => names_one_of(&item.self_ty, kept),
                _ => true,
            });
        }
    }
}

/// `impl X { pub fn builder() -> builder::X }`
fn is_builder_function(item: &ItemImpl) -> bool {
    item.trait_.is_none()
        && matches!(item.items.as_slice(), [ImplItem::Fn(function)] if function.sig.ident == "builder")
}

fn names_one_of(ty: &Type, names: &BTreeSet<String>) -> bool {
    let Type::Path(path) = ty else { return false };
    path.path
        .segments
        .last()
        .is_some_and(|segment| names.contains(&segment.ident.to_string()))
}
