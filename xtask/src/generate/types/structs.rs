//! Objects: what is derived for them, times as accessors, and for those that a caller makes `new` and setters.

use std::collections::BTreeSet;

use anyhow::Result;
use proc_macro2::TokenStream;
use quote::quote;
use syn::{Item, ItemStruct};

use super::property::{Property, Shape, documentation, last, properties};
use super::{Models, times};

/// The items of an object.
pub(super) fn items(model: &ItemStruct, models: &Models<'_>) -> Result<Vec<Item>> {
    let name = &model.ident;
    let text = name.to_string();
    let mut properties = properties(model, models)?;
    let is_given = models.given.contains(&text);
    let derive_default = models
        .with_default
        .contains(&text)
        .then(|| quote!(, Default));
    let documentation = documentation(&model.attrs);
    let fields = properties
        .iter()
        .map(|property| property.definition(is_given));
    let definition: Item = syn::parse2(quote! {
        #(#documentation)*
        #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq #derive_default)]
        #[non_exhaustive]
        pub struct #name { #(#fields),* }
    })?;
    properties.sort_by_key(|property| property.place);
    let methods: Vec<TokenStream> = if is_given {
        let mut all = vec![new(&properties)];
        let optional = properties.iter().filter(|one| !one.is_required);
        all.extend(optional.map(|one| one.setter(models.document)));
        all
    } else {
        properties.iter().filter_map(times::accessor).collect()
    };
    let mut items = vec![definition];
    if !methods.is_empty() {
        items.push(syn::parse2(quote!(impl #name { #(#methods)* }))?);
    }
    Ok(items)
}

/// The types that have a `Default`: those that services send and that need nothing without one.
pub(super) fn with_default(items: &[Item], models: &Models<'_>) -> Result<BTreeSet<String>> {
    let structs: Vec<&ItemStruct> = items
        .iter()
        .filter_map(|item| match item {
            Item::Struct(model) if matches!(model.fields, syn::Fields::Named(_)) => Some(model),
            _ => None,
        })
        .collect();
    let mut found = BTreeSet::new();
    loop {
        let before = found.len();
        for model in &structs {
            let name = model.ident.to_string();
            let is_given = models.given.contains(&name);
            let has = |property: &Property<'_>| {
                if !property.is_required {
                    return true;
                }
                let plain = ["bool", "f64", "i32", "i64", "Value", "Map"];
                let name = last(property.ty).map(|segment| segment.ident.to_string());
                let is_plain = name
                    .is_some_and(|name| plain.contains(&name.as_str()) || found.contains(&name));
                !is_given && (is_plain || !matches!(Shape::of(property.ty), Shape::Other))
            };
            if properties(model, models)?.iter().all(has) {
                found.insert(name);
            }
        }
        if found.len() == before {
            return Ok(found);
        }
    }
}

/// `new`, with everything that is required in the order of the description.
fn new(properties: &[Property<'_>]) -> TokenStream {
    let (required, optional): (Vec<_>, Vec<_>) =
        properties.iter().partition(|property| property.is_required);
    let mut text = match required.len() {
        0 => "With nothing set; nothing is required.".to_owned(),
        _ => "With what is required; the rest has setters.\n".to_owned(),
    };
    for property in &required {
        text.push_str(&format!("\n- `{}`: {}", property.ident, property.text()));
    }
    let arguments = required.iter().map(|property| {
        let ident = property.ident;
        let (ty, _) = property.argument(ident);
        quote!(#ident: #ty)
    });
    let values = required.iter().map(|property| {
        let ident = property.ident;
        let (_, converted) = property.argument(ident);
        if property.is_option {
            quote!(#ident: Some(#converted))
        } else {
            quote!(#ident: #converted)
        }
    });
    let absent = optional.iter().map(|property| property.ident);
    quote! {
        #[doc = #text]
        pub fn new(#(#arguments),*) -> Self {
            Self { #(#values,)* #(#absent: ::std::default::Default::default()),* }
        }
    }
}
