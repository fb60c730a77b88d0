//! A table for the tests: calls any operation and decodes any model by name.
//!
//! With it, tests are driven by the examples in the bundle, and a new example needs no new test.

use anyhow::{Context as _, Result};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use serde_json::Value;

use super::rust_names::{method_name, type_name};
use crate::bundle::Bundle;
use crate::operations::{Operation, operations, reference_name, resolve};
use crate::view::View;

/// The whole file.
pub(super) fn tokens(bundle: &Bundle, view: &View) -> Result<TokenStream> {
    let service = &bundle.service;
    let package = format_ident!("otcdb_{}", service);
    let all = operations(&view.document);
    let calls = all
        .iter()
        .map(|operation| call(&view.document, operation))
        .collect::<Result<Vec<_>>>()?;
    let arms = all
        .iter()
        .map(|operation| {
            let (id, name) = (operation.id(), ident(&method_name(operation.id()))?);
            Ok(quote!(#id => Box::pin(#name(client, arguments)).await,))
        })
        .collect::<Result<Vec<_>>>()?;
    let models = view.document["components"]["schemas"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, _)| {
            let ty = ident(&type_name(name))?;
            Ok(quote!(Model::new::<types::#ty>(#name)))
        })
        .collect::<Result<Vec<_>>>()?;
    Ok(quote! {
        use #package::{Client, types};
        use crate::support::{Arguments, CallError, Model};

        /// Every model of the service, by the name of its schema.
        pub(crate) static MODELS: &[Model] = &[#(#models),*];

        /// Calls the operation with an operationId.
        pub(crate) async fn call(
            client: &Client,
            operation: &str,
            arguments: &Arguments<'_>,
        ) -> Result<serde_json::Value, CallError> {
            match operation {
                #(#arms)*
                other => Err(CallError::UnknownOperation(other.to_owned())),
            }
        }

        #(#calls)*
    })
}

/// One operation's call. Each is a function by itself: all of them in one would need more stack than a thread has.
fn call(document: &Value, operation: &Operation<'_>) -> Result<TokenStream> {
    let id = operation.id();
    let method = ident(&method_name(id))?;
    let mut setters = Vec::new();
    for parameter in operation.parameters() {
        let name = parameter["name"].as_str().unwrap_or_default();
        let setter = ident(&method_name(name))?;
        let read = reader(resolve(document, &parameter["schema"]));
        setters.push(quote! {
            if let Some(value) = arguments.#read(#name)? {
                call = call.#setter(value);
            }
        });
    }
    if let Some(media) = operation.request_json() {
        let name = reference_name(&media["schema"])
            .with_context(|| format!("the request body of {id} has no named schema"))?;
        let ty = ident(&type_name(&name))?;
        setters.push(quote! {
            if let Some(body) = arguments.body::<types::#ty>()? {
                call = call.body(body);
            }
        });
    }
    let call = if setters.is_empty() {
        quote!(let call = client.#method();)
    } else {
        quote!(let mut call = client.#method(); #(#setters)*)
    };
    let arguments = if setters.is_empty() {
        quote!(_: &Arguments<'_>)
    } else {
        quote!(arguments: &Arguments<'_>)
    };
    Ok(quote! {
        async fn #method(client: &Client, #arguments) -> Result<serde_json::Value, CallError> {
            #call
            crate::support::outcome(call.send().await)
        }
    })
}

/// The method of `Arguments` that reads a value of this schema.
fn reader(schema: &Value) -> Ident {
    let name = match (schema["type"].as_str(), schema["format"].as_str()) {
        (Some("integer"), Some("int32")) => "int32",
        (Some("integer"), _) => "int64",
        (Some("boolean"), _) => "boolean",
        (Some("array"), _) => "texts",
        _ => "text",
    };
    format_ident!("{name}")
}

fn ident(name: &str) -> Result<Ident> {
    syn::parse_str(name).with_context(|| format!("{name:?} is no Rust name"))
}
