//! Types around one value: maps, texts and numbers with a name of their own.

use anyhow::Result;
use quote::quote;
use syn::{Item, ItemStruct, parse_quote};

use super::property::{Shape, arguments};

/// The type itself, which progenitor makes comparable only sometimes and, of a map, what makes it of entries.
pub(super) fn items(item: &ItemStruct) -> Result<Vec<Item>> {
    let name = &item.ident;
    let inner = item.fields.iter().next().map(|field| &field.ty);
    let map = inner.filter(|ty| Shape::of(ty) == Shape::Map);
    let mut item = item.clone();
    for attribute in &mut item.attrs {
        if attribute.path().is_ident("derive")
            && let syn::Meta::List(list) = &mut attribute.meta
        {
            let derives = &list.tokens;
            let has = |one: &str| derives.to_string().contains(one);
            let compared = (!has("PartialEq")).then(|| quote!(, PartialEq));
            let empty = (map.is_some() && !has("Default")).then(|| quote!(, Default));
            list.tokens = quote!(#derives #compared #empty);
        }
    }
    item.attrs.push(parse_quote!(
        #[expect(clippy::exhaustive_structs, reason = "it is its value")]
    ));
    let mut items = vec![Item::Struct(item)];
    if let Some([_, value]) = map.map(arguments).as_deref() {
        items.push(syn::parse2(quote! {
            impl<
                K: ::std::convert::Into<::std::string::String>,
                V: ::std::convert::Into<#value>,
            > ::std::iter::FromIterator<(K, V)> for #name {
                fn from_iter<I: ::std::iter::IntoIterator<Item = (K, V)>>(entries: I) -> Self {
                    let entries = entries.into_iter();
                    Self(entries.map(|(key, value)| (key.into(), value.into())).collect())
                }
            }
        })?);
        items.push(syn::parse2(quote! {
            impl<
                K: ::std::convert::Into<::std::string::String>,
                V: ::std::convert::Into<#value>,
                const N: usize,
            > ::std::convert::From<[(K, V); N]> for #name {
                fn from(entries: [(K, V); N]) -> Self {
                    entries.into_iter().collect()
                }
            }
        })?);
    }
    Ok(items)
}

#[cfg(test)]
mod tests {
    use quote::ToTokens as _;
    use syn::{ItemStruct, parse_quote};

    use super::items;

    fn written(newtype: &ItemStruct) -> String {
        let items = items(newtype).unwrap();
        let items = items.iter().map(|item| item.to_token_stream().to_string());
        items.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn each_is_compared_once() {
        for newtype in [
            parse_quote!(
                #[derive(Clone, Debug)]
                pub struct Number(pub u8);
            ),
            parse_quote!(
                #[derive(Clone, Eq, PartialEq)]
                pub struct Text(pub u8);
            ),
        ] {
            let text = written(&newtype);
            assert_eq!(text.matches("PartialEq").count(), 1, "{text}");
            assert!(
                !text.contains("Default") && !text.contains("impl"),
                "{text}"
            );
        }
    }

    #[test]
    fn a_map_is_made_of_entries_or_of_nothing() {
        let text = written(&parse_quote!(
            #[derive(Clone)]
            pub struct Values(pub ::std::collections::BTreeMap<String, i32>);
        ));
        for part in [
            "derive (Clone , PartialEq , Default)",
            "FromIterator < (K , V) > for Values",
            "From < [(K , V) ; N] > for Values",
            "V : :: std :: convert :: Into < i32 >",
        ] {
            assert!(text.contains(part), "no {part} in {text}");
        }
    }
}
