//! The models: progenitor's types, with what a caller of them needs and nothing else.
//!
//! progenitor says which types there are and of which types their fields are. Its builders and its implementations for
//! enums, of which it writes a hundred lines for each, are replaced.

mod conversions;
mod enums;
mod newtypes;
mod structs;
mod times;

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use otcdb_openapi::reachable;
use serde_json::Value;
use syn::{Fields, Item, ItemMod};

use super::owner::idents_of;
use super::rust_names::type_name;

/// What the models are written from, beside progenitor's types.
struct Models<'a> {
    /// The schemas of the client view by the names of their types.
    schemas: BTreeMap<String, &'a Value>,
    /// The same as the description has them, with their restrictions.
    described: BTreeMap<String, &'a Value>,
    /// The description.
    document: &'a Value,
    /// Types that callers make. What is in no request is read only.
    given: BTreeSet<String>,
    /// Types that services send.
    sent: BTreeSet<String>,
    /// Types that have a `Default`.
    with_default: BTreeSet<String>,
}

/// Rewrites `mod types`, and gives the names of the types that have a `Default`.
///
/// # Errors
/// An enum of whose values two would have one name.
pub(super) fn rewrite(
    file: &mut syn::File,
    view: &Value,
    document: &Value,
) -> Result<BTreeSet<String>> {
    let mut with_default = BTreeSet::new();
    for item in &mut file.items {
        if let Item::Mod(module) = item
            && module.ident == "types"
        {
            with_default = in_types(module, view, document)?;
        }
    }
    Ok(with_default)
}

fn in_types(module: &mut ItemMod, view: &Value, document: &Value) -> Result<BTreeSet<String>> {
    let Some((_, items)) = &mut module.content else {
        return Ok(BTreeSet::new());
    };
    let names = |names: BTreeSet<String>| names.iter().map(|name| type_name(name)).collect();
    let mut models = Models {
        schemas: by_name(view),
        described: by_name(document),
        document,
        given: names(reachable::request_schemas(view)),
        sent: names(reachable::response_schemas(view)),
        with_default: BTreeSet::new(),
    };
    models.with_default = structs::with_default(items, &models)?;
    // All that is implemented for these is written anew.
    let replaced: BTreeSet<String> = items.iter().filter_map(replaced).collect();
    let mut written = Vec::new();
    for item in std::mem::take(items) {
        match &item {
            Item::Struct(model) if matches!(model.fields, Fields::Named(_)) => {
                written.extend(structs::items(model, &models)?);
            }
            Item::Struct(newtype) => written.extend(newtypes::items(newtype)?),
            Item::Enum(values) if enums::is_of_texts(values) => {
                written.extend(enums::items(values, &models)?);
            }
            Item::Mod(_) => {}
            Item::Impl(_) if idents_of(&item).iter().any(|name| replaced.contains(name)) => {}
            Item::Impl(block) => written.push(newtypes::told(block, &models)?),
            _ => written.push(item),
        }
    }
    written.extend(conversions::items(&models)?);
    *items = written;
    Ok(models.with_default)
}

fn by_name(document: &Value) -> BTreeMap<String, &Value> {
    let schemas = document["components"]["schemas"].as_object();
    let named = |(name, schema): (&String, _)| (type_name(name), schema);
    schemas.into_iter().flatten().map(named).collect()
}

fn replaced(item: &Item) -> Option<String> {
    match item {
        Item::Struct(model) if matches!(model.fields, Fields::Named(_)) => {
            Some(model.ident.to_string())
        }
        Item::Enum(values) if enums::is_of_texts(values) => Some(values.ident.to_string()),
        _ => None,
    }
}
