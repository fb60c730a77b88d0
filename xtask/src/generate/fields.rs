//! Reading a field out of a typed response.

use anyhow::{Context as _, Result, bail};
use otcdb_openapi::reference::{name as reference_name, resolve};
use otcdb_openapi::written::{Operation, json_content};
use proc_macro2::{Ident, TokenStream};
use quote::quote;
use serde_json::Value;

use super::rust_names::{method_name, type_name};

/// What an operation answers when it succeeds, in the view: one response.
pub(super) struct SuccessResponse<'a> {
    document: &'a Value,
    schema: &'a Value,
    /// Whether there may be no body, so that the type is an `Option`.
    pub(super) may_be_empty: bool,
}

impl<'a> SuccessResponse<'a> {
    /// `None` for an operation that answers nothing.
    pub(super) fn of(document: &'a Value, operation: &Operation<'a>) -> Option<Self> {
        let (_, response) = operation.responses().next()?;
        let schema = &json_content(response)?["schema"];
        let may_be_empty = schema["nullable"] == true;
        Some(Self {
            document,
            schema: if may_be_empty {
                &schema["allOf"][0]
            } else {
                schema
            },
            may_be_empty,
        })
    }

    /// The type of the body, without the `Option`.
    pub(super) fn body(&self) -> Result<TokenStream> {
        let name = reference_name(self.schema).context("the response has no named schema")?;
        let name = ident(&type_name(&name))?;
        Ok(quote!(types::#name))
    }

    /// The type that a call gives.
    pub(super) fn ty(&self) -> Result<TokenStream> {
        let body = self.body()?;
        Ok(if self.may_be_empty {
            quote!(Option<#body>)
        } else {
            body
        })
    }

    /// The `Option` of a field that is owned, taken out of `answer`, and the field's schema.
    pub(super) fn take(&self, path: &str) -> Result<(TokenStream, &'a Value)> {
        let start = if self.may_be_empty {
            quote!(response)
        } else {
            quote!(Some(response))
        };
        self.steps(path, start, |name, optional| match optional {
            true => quote!(.and_then(|value| value.#name)),
            false => quote!(.map(|value| value.#name)),
        })
    }

    /// The `Option` of a reference to a field of `answer`.
    pub(super) fn borrow(&self, path: &str) -> Result<(TokenStream, &'a Value)> {
        let start = if self.may_be_empty {
            quote!(response.as_ref())
        } else {
            quote!(Some(&response))
        };
        self.steps(path, start, |name, optional| match optional {
            true => quote!(.and_then(|value| value.#name.as_ref())),
            false => quote!(.map(|value| &value.#name)),
        })
    }

    fn steps(
        &self,
        path: &str,
        start: TokenStream,
        step: impl Fn(Ident, bool) -> TokenStream,
    ) -> Result<(TokenStream, &'a Value)> {
        let mut schema = self.schema;
        let mut expression = start;
        for name in path.split('.') {
            let parent = resolve(self.document, schema);
            let Some(property) = parent["properties"].get(name) else {
                bail!("the response has no field {path}");
            };
            let required = parent["required"]
                .as_array()
                .is_some_and(|required| required.iter().any(|field| field == name));
            let nullable = property["nullable"] == true;
            // An absent list is an empty one.
            let is_list = resolve(self.document, property)["type"] == "array";
            let optional = !is_list && (nullable || !required);
            let step = step(ident(&method_name(name))?, optional);
            expression = quote!(#expression #step);
            schema = match &property["allOf"][0] {
                Value::Null => property,
                named => named,
            };
        }
        Ok((expression, resolve(self.document, schema)))
    }
}

/// The Rust type of a list's element.
pub(super) fn element(list: &Value) -> Result<TokenStream> {
    let items = &list["items"];
    if let Some(name) = reference_name(items) {
        let name = ident(&type_name(&name))?;
        return Ok(quote!(types::#name));
    }
    Ok(match items["type"].as_str() {
        Some("string") => quote!(::std::string::String),
        Some("integer") => integer(items),
        None => quote!(::serde_json::Value),
        Some(other) => bail!("a list of {other}s without a named schema has no type to give"),
    })
}

/// The Rust type of an integer schema.
pub(super) fn integer(schema: &Value) -> TokenStream {
    match schema["format"].as_str() {
        Some("int32") => quote!(i32),
        _ => quote!(i64),
    }
}

pub(super) fn ident(name: &str) -> Result<Ident> {
    syn::parse_str(name).with_context(|| format!("{name:?} is no Rust name"))
}
