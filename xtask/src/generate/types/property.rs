//! Properties of objects: their fields, which take what services send, and what sets them.

use anyhow::{Result, bail};
use otcdb_openapi::allowed_by;
use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value;
use syn::{Attribute, Field, GenericArgument, Ident, ItemStruct, PathArguments, Type};

use super::super::given_times::GivenTime;
use super::super::rust_names::method_name;
use super::Models;

/// A property with the field that progenitor made of it.
pub(super) struct Property<'a> {
    /// Where it stands in the description.
    pub(super) place: usize,
    pub(super) ident: &'a Ident,
    name: &'a str,
    /// The type without `Option`.
    pub(super) ty: &'a Type,
    pub(super) is_required: bool,
    /// Whether the field is an `Option`.
    pub(super) is_option: bool,
    pub(super) schema: &'a Value,
    /// The same as the description has it, with its restrictions.
    described: &'a Value,
    field: &'a Field,
}

/// What a type is, as far as fields differ by it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Text,
    /// `Vec`, with the elements' type.
    List,
    /// `BTreeMap`.
    Map,
    /// `otcdb_core::Open`.
    Open,
    Boolean,
    Number,
    Other,
}

impl Shape {
    pub(super) fn of(ty: &Type) -> Self {
        match last(ty).map(|segment| segment.ident.to_string()).as_deref() {
            Some("String") => Self::Text,
            Some("Vec") => Self::List,
            Some("BTreeMap") => Self::Map,
            Some("Open") => Self::Open,
            Some("bool") => Self::Boolean,
            Some("i32" | "i64" | "f64") => Self::Number,
            _ => Self::Other,
        }
    }
}

pub(super) fn last(ty: &Type) -> Option<&syn::PathSegment> {
    match ty {
        Type::Path(path) => path.path.segments.last(),
        _ => None,
    }
}

/// The types that a type is made with: `T` of `Option<T>`.
pub(super) fn arguments(ty: &Type) -> Vec<&Type> {
    let Some(PathArguments::AngleBracketed(found)) = last(ty).map(|segment| &segment.arguments)
    else {
        return Vec::new();
    };
    let types = found.args.iter().map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    });
    types.flatten().collect()
}

/// The properties in the order of progenitor's fields.
pub(super) fn properties<'a>(
    model: &'a ItemStruct,
    models: &Models<'a>,
) -> Result<Vec<Property<'a>>> {
    let schema = models.schemas.get(&model.ident.to_string());
    let schema: &Value = schema.map_or(&Value::Null, |schema| *schema);
    let described = models.described.get(&model.ident.to_string());
    let written = schema["properties"].as_object();
    let find = |ident: &Ident| {
        let written = written.into_iter().flatten().enumerate();
        let mut named = written.filter(|(_, (name, _))| *ident == method_name(name));
        named.next()
    };
    let mut found = Vec::new();
    for field in &model.fields {
        let Some(ident) = &field.ident else { continue };
        let inner = arguments(&field.ty);
        let is_option = last(&field.ty).is_some_and(|segment| segment.ident == "Option");
        let ty = match inner.as_slice() {
            [inner] if is_option => *inner,
            _ => &field.ty,
        };
        let Some((place, (name, property))) = find(ident) else {
            bail!(
                "the field {ident} of {} belongs to no property",
                model.ident
            );
        };
        let required = schema["required"].as_array();
        let is_required = match required {
            Some(required) => required.iter().any(|one| one == name),
            None => false,
        };
        found.push(Property {
            place,
            ident,
            name,
            ty,
            is_required,
            is_option,
            schema: property,
            described: described.map_or(&Value::Null, |schema| &schema["properties"][name]),
            field,
        });
    }
    Ok(found)
}

impl Property<'_> {
    pub(super) fn definition(&self, is_given: bool) -> TokenStream {
        let Self { ident, ty, .. } = self;
        let documentation = documentation(&self.field.attrs);
        let aliases = self.schema["x-alias"].as_array().into_iter().flatten();
        let aliases = aliases
            .filter_map(Value::as_str)
            .map(|alias| quote!(alias = #alias));
        let absent = self.is_absent_itself(is_given);
        let mut with: Vec<TokenStream> = Vec::new();
        if *ident != self.name {
            let name = self.name;
            with.push(quote!(rename = #name));
        }
        with.extend(aliases);
        if !self.is_required {
            with.push(quote!(default));
        }
        if !is_given {
            with.extend(
                self.lenient()
                    .map(|function| quote!(deserialize_with = #function)),
            );
        }
        if !self.is_required {
            let test = absent.unwrap_or("::std::option::Option::is_none");
            with.push(quote!(skip_serializing_if = #test));
        }
        let attribute = (!with.is_empty()).then(|| quote!(#[serde(#(#with),*)]));
        let ty = if self.is_required && !self.is_option || absent.is_some() {
            quote!(#ty)
        } else {
            quote!(::std::option::Option<#ty>)
        };
        quote! { #(#documentation)* #attribute pub #ident: #ty }
    }

    /// How the type says that nothing was sent; `None` for one that needs an `Option` for that. In a request a list
    /// that is empty says something else than none.
    fn is_absent_itself(&self, is_given: bool) -> Option<&'static str> {
        if self.is_required {
            return None;
        }
        match Shape::of(self.ty) {
            Shape::List if !is_given => Some("::std::vec::Vec::is_empty"),
            Shape::Map if !is_given => Some("::std::collections::BTreeMap::is_empty"),
            Shape::Open => Some("::otcdb_core::Open::is_absent"),
            _ => None,
        }
    }

    /// What decodes other things that services send in its place.
    fn lenient(&self) -> Option<&'static str> {
        match (Shape::of(self.ty), self.is_option || !self.is_required) {
            (Shape::Text, true) => Some("otcdb_core::lenient::text"),
            (Shape::Text, false) => Some("otcdb_core::lenient::required_text"),
            (Shape::Number, true) => Some("otcdb_core::lenient::number"),
            (Shape::Number, false) => Some("otcdb_core::lenient::required_number"),
            (Shape::List | Shape::Map, _) => Some("otcdb_core::lenient::list"),
            _ => None,
        }
    }

    /// The type of an argument that becomes the value, and how it does.
    pub(super) fn argument(&self, name: &Ident) -> (TokenStream, TokenStream) {
        let ty = self.ty;
        if let Some(GivenTime { ty, write, .. }) = self.time() {
            return (
                quote!(impl ::std::convert::Into<#ty>),
                quote!(#name.into()#write),
            );
        }
        match (Shape::of(ty), arguments(ty).as_slice()) {
            (Shape::List, [element]) => (
                quote!(impl ::std::iter::IntoIterator<Item = impl ::std::convert::Into<#element>>),
                quote!(#name.into_iter().map(::std::convert::Into::into).collect()),
            ),
            (Shape::Map, [_, value]) => (
                quote! {
                    impl ::std::iter::IntoIterator<
                        Item = (
                            impl ::std::convert::Into<::std::string::String>,
                            impl ::std::convert::Into<#value>,
                        ),
                    >
                },
                quote!(#name.into_iter().map(|(key, value)| (key.into(), value.into())).collect()),
            ),
            (Shape::Boolean, _) => (quote!(#ty), quote!(#name)),
            _ => (quote!(impl ::std::convert::Into<#ty>), quote!(#name.into())),
        }
    }

    pub(super) fn setter(&self, document: &Value) -> TokenStream {
        let Self { ident, .. } = self;
        let value = Ident::new("value", ident.span());
        let (ty, converted) = self.argument(&value);
        let converted = match self.is_absent_itself(true) {
            Some(_) => converted,
            None => quote!(Some(#converted)),
        };
        let limits = allowed_by(document, self.described);
        let mut text = self.text();
        if let Some(time) = self.time() {
            text.push_str(&format!("\n\n{}", time.doc));
        }
        if let Some(limits) = limits {
            text.push_str(&format!("\n\nTakes {}.", escaped(&limits)));
        }
        text.push_str("\n\nOptional.");
        quote! {
            #[doc = #text]
            #[must_use]
            pub fn #ident(mut self, value: #ty) -> Self {
                self.#ident = #converted;
                self
            }
        }
    }

    fn time(&self) -> Option<GivenTime> {
        GivenTime::of(|name| self.described.get(name), &self.text())
    }

    pub(super) fn text(&self) -> String {
        let text = self.schema["description"].as_str();
        text.unwrap_or("It is not described.").to_owned()
    }
}

pub(super) fn documentation(attributes: &[Attribute]) -> impl Iterator<Item = &Attribute> {
    attributes.iter().filter(|one| one.path().is_ident("doc"))
}

/// A text of the description, in which a pattern may look like a link.
fn escaped(text: &str) -> String {
    match text.split_once("that matches ") {
        Some((before, pattern)) => format!("{before}that matches `{pattern}`"),
        None => text.to_owned(),
    }
}
