//! Types around one value: maps, texts and numbers with a name of their own.

use quote::quote;
use syn::{Item, ItemStruct};

/// The type itself. progenitor compares some of them and not others.
pub(super) fn item(item: &ItemStruct) -> Item {
    let mut item = item.clone();
    for attribute in &mut item.attrs {
        if attribute.path().is_ident("derive")
            && let syn::Meta::List(list) = &mut attribute.meta
        {
            let derives = &list.tokens;
            let is_compared = derives.to_string().contains("PartialEq");
            let more = (!is_compared).then(|| quote!(, PartialEq));
            list.tokens = quote!(#derives #more);
        }
    }
    Item::Struct(item)
}

#[cfg(test)]
mod tests {
    use quote::ToTokens as _;
    use syn::parse_quote;

    use super::item;

    #[test]
    fn each_is_compared_once() {
        for newtype in [
            parse_quote!(
                #[derive(Clone, Debug)]
                pub struct Map(pub u8);
            ),
            parse_quote!(
                #[derive(Clone, Eq, PartialEq)]
                pub struct Text(pub u8);
            ),
        ] {
            let text = item(&newtype).to_token_stream().to_string();
            assert_eq!(text.matches("PartialEq").count(), 1, "{text}");
        }
    }
}
