//! The table of operations that the runtime consults: names, methods, and what may be sent twice.

use anyhow::{Context as _, Result};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use serde_json::Value;

use super::rust_names::{method_name, type_name};
use super::waiters;
use crate::bundle::Bundle;
use crate::operations::{self, Operation, json_content, reference_name};
use crate::view::View;

/// `pub static OPERATIONS`, one entry per operation in document order.
pub(super) fn tokens(bundle: &Bundle, view: &View) -> Result<TokenStream> {
    let entries = operations::operations(&view.document)
        .iter()
        .map(|operation| entry(bundle, operation))
        .collect::<Result<Vec<_>>>()?;
    Ok(quote! {
        /// What the runtime knows of each operation: its method, what it answers, whether it may be sent again, and
        /// how to see that asynchronous work has ended.
        pub static OPERATIONS: &[otcdb_core::OperationMeta] = &[#(#entries),*];
    })
}

fn entry(bundle: &Bundle, operation: &Operation<'_>) -> Result<TokenStream> {
    let id = operation.id();
    let name = method_name(id);
    let method = format_ident!("{}", operation.method.to_uppercase());
    let expect = expect(operation);
    let check = success_type(operation)?.map(|ty| quote!(.check(otcdb_core::decodes_as::<#ty>)));
    // The view has the same paths and methods; extensions are read where they were written.
    let written = bundle
        .document
        .pointer(&operation.pointer())
        .unwrap_or(&Value::Null);
    let idempotent = written["x-idempotent"].as_bool().map(|again| match again {
        true => quote!(.idempotent()),
        false => quote!(.not_idempotent()),
    });
    let waiter = written.get("x-waiter").map(|written| {
        let meta = waiters::meta(written);
        quote!(.waiter(#meta))
    });
    Ok(quote! {
        otcdb_core::OperationMeta::new(#id, #name, reqwest::Method::#method)
            .expect(otcdb_core::Expect::#expect) #check #idempotent #waiter
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

/// The Rust type of a success body.
fn success_type(operation: &Operation<'_>) -> Result<Option<TokenStream>> {
    let Some((_, response)) = operation.responses().next() else {
        return Ok(None);
    };
    let Some(schema) = json_content(response).map(|media| &media["schema"]) else {
        return Ok(None);
    };
    let nullable = schema["nullable"] == true;
    let named = if nullable {
        &schema["allOf"][0]
    } else {
        schema
    };
    let Some(name) = reference_name(named) else {
        return Ok(None);
    };
    let name: Ident =
        syn::parse_str(&type_name(&name)).context("a schema's name is no Rust type")?;
    Ok(Some(if nullable {
        quote!(Option<types::#name>)
    } else {
        quote!(types::#name)
    }))
}
