//! Which type an item belongs to.

use syn::visit::{self, Visit};
use syn::{Ident, Item, Type};

/// The names that an item may belong to, the likeliest first: its own, that of the type that a block is for, and those
/// in the trait that it implements.
pub(super) fn idents_of(item: &Item) -> Vec<String> {
    match item {
        Item::Struct(item) => vec![item.ident.to_string()],
        Item::Enum(item) => vec![item.ident.to_string()],
        Item::Type(item) => vec![item.ident.to_string()],
        Item::Impl(block) => {
            let mut names = idents(&block.self_ty);
            if let Some((_, path, _)) = &block.trait_ {
                let mut found = Idents::default();
                found.visit_path(path);
                names.extend(found.0);
            }
            names
        }
        // What is written for a type by a macro.
        Item::Macro(call) => {
            let name: Option<Ident> = call.mac.parse_body().ok();
            name.iter().map(Ident::to_string).collect()
        }
        _ => Vec::new(),
    }
}

/// The names in a type.
pub(super) fn idents(ty: &Type) -> Vec<String> {
    let mut found = Idents::default();
    found.visit_type(ty);
    found.0
}

#[derive(Default)]
struct Idents(Vec<String>);

impl Visit<'_> for Idents {
    fn visit_ident(&mut self, ident: &Ident) {
        self.0.push(ident.to_string());
        visit::visit_ident(self, ident);
    }
}

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    use super::*;

    #[test]
    fn a_block_belongs_to_the_type_that_it_is_for_or_made_from() {
        let own: Item = parse_quote!(
            impl ::std::convert::TryFrom<Thing> for super::Other {}
        );
        assert!(idents_of(&own).starts_with(&["super".to_owned(), "Other".to_owned()]));
        let from: Item = parse_quote!(
            impl ::std::convert::From<Thing> for ::std::string::String {}
        );
        assert!(idents_of(&from).contains(&"Thing".to_owned()));
    }
}
