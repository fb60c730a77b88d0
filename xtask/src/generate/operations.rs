//! The table of operations that the runtime consults: names, methods, and what may be sent twice.

use anyhow::Result;
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use serde_json::Value;

use super::rust_names::method_name;
use super::waiters;
use crate::bundle::Bundle;
use crate::operations::{self, Operation, json_content};
use crate::view::View;

/// `pub static OPERATIONS`, one entry per operation in document order.
pub(super) fn tokens(bundle: &Bundle, view: &View) -> Result<TokenStream> {
    let entries = operations::operations(&view.document)
        .iter()
        .map(|operation| entry(bundle, operation))
        .collect::<Result<Vec<_>>>()?;
    Ok(quote! {
        /// What the runtime knows of each operation: its method, whether it answers JSON, whether it may be sent again, where
        /// its list is, and how to see that asynchronous work has ended.
        pub static OPERATIONS: &[otcdb_core::OperationMeta] = &[#(#entries),*];
    })
}

fn entry(bundle: &Bundle, operation: &Operation<'_>) -> Result<TokenStream> {
    let id = operation.id();
    let name = method_name(id);
    let method = format_ident!("{}", operation.method.to_uppercase());
    let expect = expect(operation);
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
    let list = written.get("x-pagination").map(|paging| {
        let items = paging["items"].as_str().unwrap_or_default();
        let total = match paging["total"].as_str() {
            Some(total) => quote!(Some(#total)),
            None => quote!(None),
        };
        quote!(.list(otcdb_core::ListMeta::new(#items, #total)))
    });
    Ok(quote! {
        otcdb_core::OperationMeta::new(#id, #name, reqwest::Method::#method)
            .expect(otcdb_core::Expect::#expect) #idempotent #list #waiter
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
