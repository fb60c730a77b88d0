//! Rustdoc: for the builders' setters, which progenitor leaves without, and examples that are no tests.

use std::collections::HashMap;

use otcdb_openapi::written::operations;
use serde_json::Value;
use syn::visit_mut::{self, VisitMut};
use syn::{ImplItem, Item, parse_quote};

use super::rust_names::{method_name, type_name};

/// Marks the examples that progenitor writes as text: as ignored tests they would be counted as skipped ones.
pub(super) fn examples_are_text(file: &mut syn::File) {
    struct Examples;
    impl VisitMut for Examples {
        fn visit_attribute_mut(&mut self, attribute: &mut syn::Attribute) {
            if let syn::Meta::NameValue(meta) = &mut attribute.meta
                && meta.path.is_ident("doc")
                && let syn::Expr::Lit(syn::ExprLit {
                    lit: syn::Lit::Str(text),
                    ..
                }) = &mut meta.value
            {
                *text =
                    syn::LitStr::new(&text.value().replace("```ignore", "```text"), text.span());
            }
        }
    }
    Examples.visit_file_mut(file);
}

/// Documents the setters in `mod builder` with the descriptions of the parameters.
pub(super) fn document_setters(file: &mut syn::File, view: &Value) {
    let mut texts = HashMap::new();
    for operation in operations(view) {
        let builder = type_name(operation.id());
        texts.insert(
            (builder.clone(), "new".to_owned()),
            "Begins a call.".to_owned(),
        );
        for parameter in operation.parameters() {
            let name = parameter["name"].as_str().unwrap_or_default();
            let mut text = parameter["description"]
                .as_str()
                .unwrap_or_default()
                .to_owned();
            if parameter["required"] == true {
                text.push_str("\n\nRequired.");
            }
            texts.insert((builder.clone(), method_name(name)), text);
        }
        if operation.value.get("requestBody").is_some() {
            texts.insert(
                (builder.clone(), "body".to_owned()),
                "Sets the request body.".to_owned(),
            );
            let text = "Changes the request body that was set so far.".to_owned();
            texts.insert((builder, "body_map".to_owned()), text);
        }
    }
    for item in &mut file.items {
        if let Item::Mod(module) = item
            && module.ident == "builder"
        {
            Setters(&texts).visit_item_mod_mut(module);
        }
    }
}

struct Setters<'a>(&'a HashMap<(String, String), String>);

impl VisitMut for Setters<'_> {
    fn visit_item_impl_mut(&mut self, block: &mut syn::ItemImpl) {
        let syn::Type::Path(path) = block.self_ty.as_ref() else {
            return;
        };
        let Some(builder) = path
            .path
            .segments
            .last()
            .map(|segment| segment.ident.to_string())
        else {
            return;
        };
        for item in &mut block.items {
            if let ImplItem::Fn(function) = item {
                let key = (builder.clone(), function.sig.ident.to_string());
                let documented = function.attrs.iter().any(|a| a.path().is_ident("doc"));
                if let (Some(text), false) = (self.0.get(&key), documented) {
                    function.attrs.push(parse_quote!(#[doc = #text]));
                }
            }
        }
        visit_mut::visit_item_impl_mut(self, block);
    }
}
