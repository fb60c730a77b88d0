//! Accessors of times, from `x-time`.

use otcdb_openapi::{TIME, TimeForm};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::property::{Property, Shape};

/// A method that gives a field as a time; `None` for a field that is none.
pub(super) fn accessor(property: &Property<'_>) -> Option<TokenStream> {
    let form: TimeForm = property.schema[TIME].as_str()?.parse().ok()?;
    let name = property.ident;
    let read = format_ident!("{}", form.name());
    let ty = match form {
        TimeForm::Local => quote!(civil::DateTime),
        TimeForm::Date => quote!(civil::Date),
        _ => quote!(Timestamp),
    };
    let is_text = Shape::of(property.ty) == Shape::Text;
    let is_optional = property.is_option || !property.is_required;
    let value = match (is_text, is_optional) {
        (true, true) => quote!(self.#name.as_deref().and_then(otcdb_core::time::#read)),
        (false, true) => quote!(self.#name.and_then(otcdb_core::time::#read)),
        (true, false) => quote!(otcdb_core::time::#read(&self.#name)),
        (false, false) => quote!(otcdb_core::time::#read(self.#name)),
    };
    let text = format!(
        "{}\n\nThis is what [the field](#structfield.{name}) says as a time; `None` where it says nothing, or is of another \
         form than documented.",
        property.text()
    );
    Some(quote! {
        #[doc = #text]
        pub fn #name(&self) -> ::std::option::Option<::otcdb_core::jiff::#ty> {
            #value
        }
    })
}
