//! The table of operations that the runtime consults: names, methods, and what may be sent twice.

use otcdb_openapi::{Expected, Operation};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::rust_names::method_name;
use super::{Source, waiters};

/// `pub static OPERATIONS`, one entry per operation in document order.
pub(super) fn tokens(source: &Source<'_>) -> TokenStream {
    let entries = source.description.operations.iter().map(entry);
    quote! {
        /// What the runtime knows of each operation: its method, whether it answers JSON, whether it may be sent again, where
        /// its list is, and how to see that asynchronous work has ended.
        pub static OPERATIONS: &[otcdb_core::OperationMeta] = &[#(#entries),*];
    }
}

fn entry(operation: &Operation) -> TokenStream {
    let id = operation.id.as_str();
    let name = method_name(id);
    let method = format_ident!("{}", operation.method.as_str());
    let expect = match operation.expected() {
        Expected::Json => quote!(Json),
        Expected::JsonOrEmpty => quote!(JsonOrEmpty),
        Expected::Empty => quote!(Empty),
    };
    // The runtime knows what a method means, and is told where the description says otherwise.
    let idempotent = match (operation.idempotent, operation.is_idempotent_by_method()) {
        (true, false) => quote!(.idempotent()),
        (false, true) => quote!(.not_idempotent()),
        _ => quote!(),
    };
    let waiter = operation.waiter.as_ref().map(|waiter| {
        let meta = waiters::meta(waiter);
        quote!(.waiter(#meta))
    });
    let list = operation.pagination.as_ref().map(|paging| {
        let items = &paging.items;
        let total = match &paging.total {
            Some(total) => quote!(Some(#total)),
            None => quote!(None),
        };
        quote!(.list(otcdb_core::ListMeta::new(#items, #total)))
    });
    quote! {
        otcdb_core::OperationMeta::new(#id, #name, reqwest::Method::#method)
            .expect(otcdb_core::Expect::#expect) #idempotent #list #waiter
    }
}
