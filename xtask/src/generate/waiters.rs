//! Waiting for asynchronous work, from `x-waiter` and from the links named `finished`.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result};
use otcdb_openapi::reference::name as reference_name;
use otcdb_openapi::{Expression, Link, Step, Waiter};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;

use super::fields::{SuccessResponse, element, ident};
use super::rust_names::{method_name, type_name};
use super::{Method, Source};

/// The content of `x-waiter` as a `WaiterMeta`.
pub(super) fn meta(waiter: &Waiter) -> TokenStream {
    let steps = waiter.path.steps().iter().map(|step| match step {
        Step::Field(name) => quote!(otcdb_core::waiter::Step::Field(#name)),
        Step::Each(list) => quote!(otcdb_core::waiter::Step::Each(#list)),
        Step::Choose { list, key } => {
            quote!(otcdb_core::waiter::Step::Choose { list: #list, key: #key })
        }
    });
    let Waiter { done, failed, .. } = waiter;
    quote! {
        otcdb_core::waiter::WaiterMeta {
            path: &[#(#steps),*],
            done: &[#(#done),*],
            failed: &[#(#failed),*],
        }
    }
}

/// `wait` of every builder whose operation tells how far work is, and `wait_for_…` of the client for every operation
/// that begins such work.
pub(super) fn tokens(source: &Source<'_>) -> Result<TokenStream> {
    let methods: Vec<Method<'_>> = source.methods().collect();
    let mut waits = Vec::new();
    let mut begun = Vec::new();
    for method in &methods {
        let failed = || format!("no waiter can be made of {}", method.described.id);
        if let Some(waiter) = &method.described.waiter {
            waits.push(wait(source.view, method, waiter).with_context(failed)?);
        }
        if let Some(link) = method.described.finished() {
            let end = methods
                .iter()
                .find(|end| end.described.id == link.operation)
                .with_context(failed)?;
            begun.push(wait_for(source.view, method, link, end).with_context(failed)?);
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

fn wait(view: &Value, method: &Method<'_>, waiter: &Waiter) -> Result<TokenStream> {
    let builder = ident(&type_name(&method.described.id))?;
    let response = SuccessResponse::of(view, &method.viewed).context("it answers nothing")?;
    let ty = response.ty()?;
    let meta = meta(waiter);
    let path = &waiter.path;
    let words = |values: &[String]| {
        let values: Vec<_> = values.iter().map(|value| format!("`{value}`")).collect();
        values.join(" or ")
    };
    let failed = match words(&waiter.failed) {
        none if none.is_empty() => String::new(),
        values => format!("; {values} means that the work has failed"),
    };
    let done = words(&waiter.done);
    if path.chooses() {
        // The rule `pagination` sees to it that there is a list, and that it is the one of x-pagination.
        let list = path.list().context("it has no list")?;
        let element = element(response.take(&list)?.1)?;
        let id = &method.described.id;
        let doc = format!(
            "Reads the list of [`{id}`](super::Client::{}) again and again until the `{path}` of the element with this id is {done}, and gives that element{failed}.\n\n{ERRORS}",
            method_name(id),
        );
        return Ok(quote! {
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
        });
    }
    let doc = format!(
        "Makes the call again and again until `{path}` is {done}, and gives that response{failed}.\n\n{ERRORS}"
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

fn wait_for(
    view: &Value,
    begins: &Method<'_>,
    link: &Link,
    end: &Method<'_>,
) -> Result<TokenStream> {
    let id = &begins.described.id;
    let name = format_ident!("wait_for_{}", method_name(id));
    let call = ident(&method_name(&end.described.id))?;
    let waiter = end.described.waiter.as_ref();
    let path = &waiter
        .context("the operation that is linked to has no waiter")?
        .path;
    let response = SuccessResponse::of(view, &end.viewed)
        .context("the operation that is linked to answers nothing")?;
    let (ty, what) = match path.list().filter(|_| path.chooses()) {
        Some(list) => (element(response.take(&list)?.1)?, "element"),
        None => (response.ty()?, "answer"),
    };
    let mut request = BTreeSet::new();
    let mut needs_answer = false;
    let mut needs_body = false;
    let mut each = None;
    let mut value = |expression: &Expression| -> Result<TokenStream> {
        Ok(match expression {
            Expression::Constant(text) => quote!(#text),
            Expression::Parameter(_, name) => {
                let argument = ident(&method_name(name))?;
                request.insert(method_name(name));
                quote!(#argument)
            }
            // The field of the response's type has its first name, whatever name it came under.
            Expression::ResponseBody(pointers) => {
                needs_answer = true;
                let pointer = pointers.first().context("it leads nowhere")?;
                if expression.list().is_some() {
                    each = Some(pointer.clone());
                    quote!(id)
                } else {
                    quote!(otcdb_core::waiter::id_at(response, #pointer)?)
                }
            }
            Expression::RequestBody(pointer) => {
                needs_body = true;
                quote!(otcdb_core::waiter::id_at(body, #pointer)?)
            }
        })
    };
    let mut setters = Vec::new();
    for (parameter, expression) in &link.parameters {
        let setter = ident(&method_name(parameter))?;
        let value = value(expression)?;
        setters.push(quote!(.#setter(#value)));
    }
    let item = match &link.item {
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
        let media = begins.viewed.request_json().context("it has no body")?;
        let body = reference_name(&media["schema"]).context("its body has no named schema")?;
        let body = ident(&type_name(&body))?;
        arguments.push(quote!(body: &types::#body));
    }
    if needs_answer {
        let response = SuccessResponse::of(view, &begins.viewed).context("it answers nothing")?;
        let response = response.body()?;
        arguments.push(quote!(response: &#response));
    }
    let (ty, wait, given) = match each {
        Some(pointer) => (
            quote!(Vec<otcdb_core::Result<#ty>>),
            quote! {
                let ids = otcdb_core::waiter::ids_at(response, #pointer)?;
                Ok(otcdb_core::waiter::all(&ids, async |id| {
                    self.#call() #(#setters)* .wait(&waiter.of(id) #item).await
                }).await)
            },
            format!(
                "for each piece of work, all of which are waited for at once, how it ended: with the {what}"
            ),
        ),
        None => (
            ty,
            quote!(self.#call() #(#setters)* .wait(waiter #item).await),
            format!("the {what}"),
        ),
    };
    let early = if needs_answer {
        ""
    } else {
        " The response of that call names no work, so for a moment after it the state may still be that of before."
    };
    let doc = format!(
        "Waits for the end of what [`{}`](Self::{}) has begun, and gives {given} of [`{}`](Self::{call}) that tells \
         of it.{early}\n\n{ERRORS} A response without the id that is needed is one too.",
        id,
        method_name(id),
        end.described.id,
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
