//! The table of operations that the runtime consults: names, methods, and what may be sent twice.

use anyhow::{Context as _, Result};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use serde_json::Value;

use super::rust_names::{method_name, type_name};
use crate::bundle::Bundle;
use crate::operations::{self, Operation, json_content, reference_name};
use crate::view::View;

/// `pub(crate) static OPERATIONS`, one entry per operation in document order.
pub(super) fn tokens(bundle: &Bundle, view: &View) -> Result<TokenStream> {
    let entries = operations::operations(&view.document)
        .iter()
        .map(|operation| entry(bundle, operation))
        .collect::<Result<Vec<_>>>()?;
    Ok(quote! {
        /// What the runtime knows of each operation.
        pub(crate) static OPERATIONS: &[otcdb_core::OperationMeta] = &[#(#entries),*];
    })
}

fn entry(bundle: &Bundle, operation: &Operation<'_>) -> Result<TokenStream> {
    let id = operation.id();
    let name = method_name(id);
    let method = format_ident!("{}", operation.method.to_uppercase());
    let expect = expect(operation);
    let check = success_type(operation).map(|name| -> Result<TokenStream> {
        let name: Ident = syn::parse_str(&name).context("a schema's name is no Rust type")?;
        Ok(quote!(.check(otcdb_core::decodes_as::<types::#name>)))
    });
    let check = check.transpose()?;
    // The view has the same paths and methods; extensions are read where they were written.
    let written = bundle.document.pointer(&operation.pointer()).unwrap_or(&Value::Null);
    let idempotent = (written["x-idempotent"] == true).then(|| quote!(.idempotent()));
    Ok(quote! {
        otcdb_core::OperationMeta::new(#id, #name, reqwest::Method::#method)
            .expect(otcdb_core::Expect::#expect) #check #idempotent
    })
}

/// What a success carries, in the view: one response, `2XX` if a body is optional.
fn expect(operation: &Operation<'_>) -> Ident {
    let bodies: Vec<_> = operation
        .responses()
        .map(|(status, response)| (status, json_content(response)))
        .collect();
    let kind = match bodies.as_slice() {
        [(_, None)] => "Empty",
        [("2XX", Some(media))] if media["schema"]["nullable"] == true => "JsonOrEmpty",
        [(_, Some(_))] => "Json",
        _ => "Unknown",
    };
    format_ident!("{kind}")
}

/// The Rust type of a success body, if it always has one.
fn success_type(operation: &Operation<'_>) -> Option<String> {
    let mut responses = operation.responses();
    let (_, response) = responses.next()?;
    let schema = &json_content(response)?["schema"];
    let schema = if schema["nullable"] == true { &schema["allOf"][0] } else { schema };
    reference_name(schema).map(|name| type_name(&name))
}
