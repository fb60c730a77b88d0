//! Waiting for asynchronous work, from `x-waiter` and from the links named `finished`.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use serde_json::Value;

use super::fields::{Answer, element, ident};
use super::rust_names::{method_name, type_name};
use crate::bundle::Bundle;
use crate::links::{Expression, chooses, finished};
use crate::operations::{Operation, operations, reference_name};
use crate::view::View;

/// The content of `x-waiter` as a `WaiterMeta`; the rule `extension` has checked it.
pub(super) fn meta(written: &Value) -> TokenStream {
    let texts = |key: &str| -> Vec<&str> {
        written[key]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect()
    };
    let field = written["field"].as_str().unwrap_or_default();
    let (done, failed) = (texts("done"), texts("failed"));
    quote! {
        otcdb_core::waiter::WaiterMeta { field: #field, done: &[#(#done),*], failed: &[#(#failed),*] }
    }
}

/// `wait` of every builder whose operation tells how far work is, and `wait_for_…` of the client for every operation
/// that begins such work.
pub(super) fn tokens(bundle: &Bundle, view: &View) -> Result<TokenStream> {
    let written = operations(&bundle.document);
    let viewed = operations(&view.document);
    let mut waits = Vec::new();
    let mut begun = Vec::new();
    for (written_one, viewed_one) in written.iter().zip(&viewed) {
        let failed = || format!("no waiter can be made of {}", written_one.id());
        if let Some(waiter) = written_one.value.get("x-waiter") {
            waits.push(wait(view, viewed_one, waiter).with_context(failed)?);
        }
        for link in finished(written_one) {
            let target = link["operationId"].as_str().unwrap_or_default();
            let index = written
                .iter()
                .position(|operation| operation.id() == target)
                .with_context(failed)?;
            let end = (&written[index], &viewed[index]);
            begun.push(wait_for(view, written_one, viewed_one, link, end).with_context(failed)?);
        }
    }
    let client = (!begun.is_empty()).then(|| {
        quote! {
            /// Waiting for the end of what an operation has begun.
            impl Client { #(#begun)* }
        }
    });
    Ok(quote!(#(#waits)* #client))
}

const ERRORS: &str =
    "# Errors\n\nThose of [`otcdb_core::waiter::Waiter::wait`], and of the call itself.";

fn wait(view: &View, operation: &Operation<'_>, waiter: &Value) -> Result<TokenStream> {
    let builder = ident(&type_name(operation.id()))?;
    let answer = Answer::of(&view.document, operation).context("it answers nothing")?;
    let ty = answer.ty()?;
    let meta = meta(waiter);
    let field = waiter["field"].as_str().unwrap_or_default();
    let values = |key: &str| {
        let values: Vec<_> = waiter[key]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .map(|value| format!("`{value}`"))
            .collect();
        values.join(" or ")
    };
    let failed = match values("failed") {
        none if none.is_empty() => String::new(),
        values => format!("; {values} means that the work has failed"),
    };
    let done = values("done");
    if chooses(waiter) {
        return wait_for_element(
            &builder,
            operation,
            &answer,
            (waiter, &meta),
            (&done, &failed),
        );
    }
    let doc = format!(
        "Makes the call again and again until `{field}` is {done}, and gives that answer{failed}.\n\n{ERRORS}"
    );
    Ok(quote! {
        impl<'a> builder::#builder<'a> {
            #[doc = #doc]
            pub async fn wait(self, waiter: &otcdb_core::waiter::Waiter) -> otcdb_core::Result<#ty> {
                waiter.watch(#meta, None, || {
                    let call = self.clone();
                    async move { otcdb_core::error::value(call.send().await).await }
                }).await
            }
        }
    })
}

/// `wait` for one element of a list; the rule `pagination` sees to it that the list is one.
fn wait_for_element(
    builder: &Ident,
    operation: &Operation<'_>,
    answer: &Answer<'_>,
    (waiter, meta): (&Value, &TokenStream),
    (done, failed): (&str, &str),
) -> Result<TokenStream> {
    let field = waiter["field"].as_str().unwrap_or_default();
    let list = field.split('[').next().unwrap_or_default();
    let element = element(answer.take(list)?.1)?;
    let doc = format!(
        "Reads the list of [`{}`](super::Client::{}) again and again until the `{field}` of the element with this id is {done}, and gives that element{failed}.\n\n{ERRORS}",
        operation.id(),
        method_name(operation.id()),
    );
    Ok(quote! {
        impl<'a> builder::#builder<'a> {
            #[doc = #doc]
            pub async fn wait(
                self,
                waiter: &otcdb_core::waiter::Waiter,
                id: &str,
            ) -> otcdb_core::Result<#element> {
                waiter.watch_element(#meta, id, || self.clone().stream()).await
            }
        }
    })
}

fn wait_for(
    view: &View,
    written: &Operation<'_>,
    viewed: &Operation<'_>,
    link: &Value,
    (end, end_viewed): (&Operation<'_>, &Operation<'_>),
) -> Result<TokenStream> {
    let name = format_ident!("wait_for_{}", method_name(written.id()));
    let call = ident(&method_name(end.id()))?;
    let waiter = &end.value["x-waiter"];
    let answer = Answer::of(&view.document, end_viewed)
        .context("the operation that is linked to answers nothing")?;
    let (ty, what) = if chooses(waiter) {
        let field = waiter["field"].as_str().unwrap_or_default();
        let list = field.split('[').next().unwrap_or_default();
        (element(answer.take(list)?.1)?, "element")
    } else {
        (answer.ty()?, "answer")
    };
    let mut request = BTreeSet::new();
    let mut needs_answer = false;
    let mut needs_body = false;
    let mut each = None;
    let mut value = |expression: &Value| -> Result<TokenStream> {
        Ok(match Expression::parse(expression)? {
            Expression::Constant(text) => quote!(#text),
            Expression::Parameter(name) => {
                let argument = ident(&method_name(name))?;
                request.insert(method_name(name));
                quote!(#argument)
            }
            // An index stands for each element: one call may have begun several pieces of work.
            Expression::ResponseBody(pointer) if pointer.contains("/0/") => {
                needs_answer = true;
                each = Some(pointer.to_owned());
                quote!(&id)
            }
            Expression::ResponseBody(pointer) => {
                needs_answer = true;
                quote!(otcdb_core::waiter::id_at(answer, #pointer)?)
            }
            Expression::RequestBody(pointer) => {
                needs_body = true;
                quote!(otcdb_core::waiter::id_at(body, #pointer)?)
            }
        })
    };
    let mut setters = Vec::new();
    for (parameter, expression) in link["parameters"].as_object().into_iter().flatten() {
        let setter = ident(&method_name(parameter))?;
        let value = value(expression)?;
        setters.push(quote!(.#setter(#value)));
    }
    let item = match link.get("x-item") {
        Some(expression) => {
            let value = value(expression)?;
            quote!(, &#value)
        }
        None => quote!(),
    };
    let mut arguments = Vec::new();
    for name in &request {
        let name = ident(name)?;
        arguments.push(quote!(#name: &str));
    }
    if needs_body {
        let media = viewed.request_json().context("it has no body")?;
        let body = reference_name(&media["schema"]).context("its body has no named schema")?;
        let body = ident(&type_name(&body))?;
        arguments.push(quote!(body: &types::#body));
    }
    if needs_answer {
        let answer = Answer::of(&view.document, viewed).context("it answers nothing")?;
        let answer = answer.body()?;
        arguments.push(quote!(answer: &#answer));
    }
    let wait = quote!(self.#call() #(#setters)* .wait(waiter #item).await);
    let (ty, wait, given) = match each {
        Some(pointer) => (
            quote!(Vec<#ty>),
            quote! {
                let mut ended = Vec::new();
                for id in otcdb_core::waiter::ids_at(answer, #pointer)? {
                    ended.push(#wait?);
                }
                Ok(ended)
            },
            format!("each {what}"),
        ),
        None => (ty, wait, format!("the {what}")),
    };
    let early = if needs_answer {
        ""
    } else {
        " The answer of that call names no work, so for a moment after it the state may still be that of before."
    };
    let doc = format!(
        "Waits for the end of what [`{}`](Self::{}) has begun, and gives {given} of [`{}`](Self::{call}) that tells \
         of it.{early}\n\n{ERRORS} An answer without the id that is needed is one too.",
        written.id(),
        method_name(written.id()),
        end.id(),
    );
    Ok(quote! {
        #[doc = #doc]
        pub async fn #name(
            &self,
            waiter: &otcdb_core::waiter::Waiter,
            #(#arguments),*
        ) -> otcdb_core::Result<#ty> {
            #wait
        }
    })
}
