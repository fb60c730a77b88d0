//! Waiting for asynchronous work, from `x-waiter` and from the links named `finished`.

use anyhow::{Context as _, Result};
use otcdb_openapi::{Expression, Link, Step, Waiter};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::fields::{SuccessResponse, ident};
use super::parameters::Parameter;
use super::rust_names::method_name;
use super::source::{Method, Source, names};
use super::streams;

/// The content of `x-waiter` as a `WaiterMeta`.
pub(super) fn meta(waiter: &Waiter) -> TokenStream {
    let steps = waiter.path.steps().iter().map(|step| match step {
        Step::Field(name) => quote!(otcdb_core::waiter::Step::Field(#name)),
        Step::Each(list) => quote!(otcdb_core::waiter::Step::Each(#list)),
        Step::Choose { list, key } => {
            quote!(otcdb_core::waiter::Step::Choose { list: #list, key: #key })
        }
    });
    let done = &waiter.done;
    let failed = (!waiter.failed.is_empty()).then(|| {
        let failed = &waiter.failed;
        quote!(.failed(&[#(#failed),*]))
    });
    quote!(waiter::WaiterMeta::new(&[#(#steps),*]).done(&[#(#done),*]) #failed)
}

/// What tells of the end of work.
enum End {
    /// The answer as a whole.
    Answer,
    /// One element of its list, which is chosen by its id.
    Element,
    /// The elements of its list, of which nothing says which are meant.
    Elements,
}

impl End {
    fn of(method: &Method<'_>, waiter: &Waiter) -> Self {
        let is_list = method.described.list_of_states().is_some();
        match waiter.path.chooses() {
            true => Self::Element,
            false if is_list => Self::Elements,
            false => Self::Answer,
        }
    }

    /// What waiting for it gives.
    fn ty(&self, source: &Source<'_>, method: &Method<'_>) -> Result<TokenStream> {
        if matches!(self, Self::Answer) {
            return method.answer();
        }
        let waiter = method.described.waiter.as_ref();
        // The rule `pagination` sees to it that there is a list, and that it is the one of x-pagination.
        let list = waiter.and_then(|waiter| waiter.path.list());
        streams::items(source.view, method, &list.context("it has no list")?)
    }
}

const ERRORS: &str =
    "# Errors\n\nThose of [`otcdb_core::waiter::Waiter::wait`], and of the call itself.";

/// Which values of a field mean what.
fn states(waiter: &Waiter) -> (String, String) {
    let words = |values: &[String]| {
        let values: Vec<_> = values.iter().map(|value| format!("`{value}`")).collect();
        values.join(" or ")
    };
    let failed = match words(&waiter.failed) {
        none if none.is_empty() => String::new(),
        values => format!("; {values} means that the work has failed"),
    };
    (words(&waiter.done), failed)
}

/// `wait` of a call whose answer tells how far work is, and `send_and_wait` of one that begins some.
pub(super) fn of_call(source: &Source<'_>, method: &Method<'_>) -> Result<TokenStream> {
    let waits = method.described.waiter.as_ref();
    let waits = waits
        .map(|waiter| wait(source, method, waiter))
        .transpose()?;
    let link = method.described.finished();
    let begins = link
        .map(|link| send_and_wait(source, method, link))
        .transpose()?;
    Ok(quote!(#waits #begins))
}

fn wait(source: &Source<'_>, method: &Method<'_>, waiter: &Waiter) -> Result<TokenStream> {
    let end = End::of(method, waiter);
    let ty = end.ty(source, method)?;
    let (done, failed) = states(waiter);
    let path = &waiter.path;
    Ok(match end {
        End::Answer => {
            let doc = format!(
                "Makes the call again and again until `{path}` is {done}, and gives that answer{failed}.\n\n{ERRORS}"
            );
            quote! {
                #[doc = #doc]
                #[inline]
                pub fn wait(self, waiter: &waiter::Waiter) -> call::Sending<#ty> {
                    self.0.wait(waiter)
                }
            }
        }
        End::Element => {
            let doc = format!(
                "Reads the list again and again until the `{path}` of the element with this id is {done}, and gives that \
                 element{failed}.\n\n{ERRORS}"
            );
            quote! {
                #[doc = #doc]
                #[inline]
                pub fn wait(
                    self,
                    waiter: &waiter::Waiter,
                    id: impl Into<String>,
                ) -> call::Sending<#ty> {
                    self.0.wait_for_element(waiter, id)
                }
            }
        }
        End::Elements => {
            let doc = format!(
                "Reads the list again and again until it has elements that are not among those that were there `before`, and \
                 `{path}` of all of these is {done}; gives them{failed}. Nothing else tells what has just been begun from what \
                 ended earlier: give the elements that the list had before the work was begun, none if all count. Where \
                 nothing new shows up, those that the list has are given after [a while](otcdb_core::waiter::Waiter::settle).\n\n{ERRORS}"
            );
            quote! {
                #[doc = #doc]
                #[inline]
                pub fn wait(
                    self,
                    waiter: &waiter::Waiter,
                    before: &[#ty],
                ) -> call::Sending<Vec<#ty>> {
                    self.0.wait_for_new(waiter, before)
                }
            }
        }
    })
}

/// Where a link leads.
fn linked<'a>(source: &'a Source<'_>, link: &Link) -> Result<(Method<'a>, End)> {
    let missing = "the operation that is linked to has no waiter";
    let found = source.method(&link.operation).context(missing)?;
    let waiter = found.described.waiter.as_ref().context(missing)?;
    let end = End::of(&found, waiter);
    Ok((found, end))
}

/// What is waited for, in words.
fn given(end: &End, each: bool, told: &Method<'_>) -> Result<String> {
    let (name, _) = names(told.described)?;
    let of = format!("of [`{}`](Client::{name})", told.described.id);
    Ok(match (end, each) {
        (End::Elements, _) => format!("the elements {of} that it has added"),
        (end, each) => {
            let what = match end {
                End::Answer => "answer",
                _ => "element",
            };
            match each {
                true => format!(
                    "for each piece of work, all of which are waited for at once, how it ended: with the {what} {of} that tells of it"
                ),
                false => format!("the {what} {of} that tells of it"),
            }
        }
    })
}

fn send_and_wait(source: &Source<'_>, begins: &Method<'_>, link: &Link) -> Result<TokenStream> {
    let (told, end) = linked(source, link)?;
    let ty = end.ty(source, &told)?;
    let each = link.list().is_some();
    let (ty, call) = match (&end, each) {
        (End::Elements, _) => (quote!(Vec<#ty>), quote!(send_and_wait_for_new)),
        (_, true) => (
            quote!(Vec<otcdb_core::Result<#ty>>),
            quote!(send_and_wait_for_each),
        ),
        (_, false) => (ty, quote!(send_and_wait)),
    };
    let (name, _) = names(begins.described)?;
    let doc = format!(
        "Sends the call and waits for the end of what it has begun; gives {}. See also \
         [`wait_for_{name}`](Client::wait_for_{name}).\n\n{ERRORS}",
        given(&end, each, &told)?
    );
    Ok(quote! {
        #[doc = #doc]
        #[inline]
        pub fn send_and_wait(
            self,
            waiter: &waiter::Waiter,
        ) -> call::Sending<#ty> {
            self.0.#call(waiter)
        }
    })
}

/// `wait_for_…` of the client for every operation that begins work.
pub(super) fn of_client(source: &Source<'_>) -> Result<TokenStream> {
    let mut begun = Vec::new();
    for method in source.methods() {
        if let Some(link) = method.described.finished() {
            let failed = || format!("no waiter can be made of {}", method.described.id);
            begun.push(wait_for(source, &method, link).with_context(failed)?);
        }
    }
    Ok(match begun.is_empty() {
        true => TokenStream::new(),
        false => quote! {
            /// Waiting for the end of what an operation has begun.
            impl Client { #(#begun)* }
        },
    })
}

fn wait_for(source: &Source<'_>, begins: &Method<'_>, link: &Link) -> Result<TokenStream> {
    let (told, end) = linked(source, link)?;
    let ty = end.ty(source, &told)?;
    let each = link.list().is_some();
    let mut setters = Vec::new();
    let mut arguments = Vec::new();
    let (mut needs_body, mut needs_answer) = (false, false);
    let parameters = Parameter::all(source, begins)?;
    for expression in link
        .parameters
        .iter()
        .map(|(_, from)| from)
        .chain(&link.item)
    {
        match expression {
            Expression::Constant(_) => {}
            Expression::RequestBody(_) => needs_body = true,
            Expression::ResponseBody(_) => needs_answer = true,
            Expression::Parameter(_, name) => {
                let known = parameters.iter().find(|known| known.name == *name);
                let parameter = known.with_context(|| format!("it has no parameter {name}"))?;
                if parameter.is_of_the_session() {
                    continue;
                }
                let argument = ident(&method_name(name))?;
                let (ty, value) = parameter.argument(&argument);
                arguments.push(quote!(#argument: #ty));
                setters.push(quote!(.parameter(#name, #value)));
            }
        }
    }
    if needs_body {
        let ty = begins.body()?.context("it has no body")?;
        arguments.push(quote!(body: &types::#ty));
        setters.push(quote!(.body(body)));
    }
    if needs_answer {
        let response = SuccessResponse::of(&begins.viewed);
        let ty = response.context("it answers nothing")?.body()?;
        arguments.push(quote!(response: &#ty));
        setters.push(quote!(.response(response)));
    }
    let (ty, call) = match (&end, each) {
        (End::Elements, _) => {
            arguments.push(quote!(before: &[#ty]));
            (quote!(Vec<#ty>), quote!(new_ones(waiter, before)))
        }
        (_, true) => (quote!(Vec<otcdb_core::Result<#ty>>), quote!(ends(waiter))),
        (_, false) => (ty, quote!(end(waiter))),
    };
    let early = match end {
        End::Elements => {
            " Its response names no work, so what is new is told from the elements that were there `before` it: list them \
             before the call."
        }
        _ if needs_answer => "",
        _ => {
            " The response of that call names no work, so for a moment after it the state may still be that of before."
        }
    };
    let (name, builder) = names(begins.described)?;
    let waits = format_ident!("wait_for_{}", method_name(&begins.described.id));
    let doc = format!(
        "Waits for the end of what [`{}`](Self::{name}) has begun, and gives {}.{early} \
         [`send_and_wait`](builder::{builder}::send_and_wait) does both at once.\n\n\
         {ERRORS} A response without the id that is needed is one too.",
        begins.described.id,
        given(&end, each, &told)?
    );
    Ok(quote! {
        #[doc = #doc]
        #[inline]
        pub fn #waits(
            &self,
            waiter: &waiter::Waiter,
            #(#arguments),*
        ) -> call::Sending<#ty> {
            call::Begun::new(&self.inner, builder::#builder::OPERATION)
                #(#setters)*
                .#call
        }
    })
}
