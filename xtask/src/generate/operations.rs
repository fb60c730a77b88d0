//! The calls of a client: a builder for each operation, and what the runtime knows about it.

use anyhow::{Context as _, Result};
use otcdb_openapi::{Expected, Expression, Link, Operation, PagingStyle, Place};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::fields::ident;
use super::given_times::GivenTime;
use super::parameters::{Parameter, Setter};
use super::rust_names::method_name;
use super::source::{Method, Source, names};
use super::{document, example, limits, streams, waiters};

/// The builder of every operation, the client's methods that begin them, and the table of all.
pub(super) fn tokens(source: &Source<'_>) -> Result<TokenStream> {
    let mut builders = Vec::new();
    let mut methods = Vec::new();
    let mut entries = Vec::new();
    for method in source.methods() {
        let id = &method.described.id;
        let failed = || format!("no call can be made of {id}");
        builders.push(builder(source, &method).with_context(failed)?);
        let (name, ty) = names(method.described)?;
        let doc = format!(
            "{}\n\n{}",
            document::operation(source, &method)?,
            example::section(source, &method)?
        );
        methods.push(quote! {
            #[doc = #doc]
            pub fn #name(&self) -> builder::#ty {
                builder::#ty(otcdb_core::call::Call::new(&self.inner, builder::#ty::OPERATION))
            }
        });
        entries.push(quote!(builder::#ty::OPERATION));
    }
    Ok(quote! {
        /// What the runtime knows of each operation: how it is called, what it answers, whether it may be sent again, where
        /// its list is, and how to see that asynchronous work has ended.
        pub static OPERATIONS: &[&otcdb_core::OperationMeta] = &[#(#entries),*];

        impl Client { #(#methods)* }

        pub mod builder { #(#builders)* }
    })
}

/// What sends is `inline`: it brings the decoding of its answer with it, which a program then compiles for the operations
/// that it uses, and this crate for none.
fn builder(source: &Source<'_>, method: &Method<'_>) -> Result<TokenStream> {
    let operation = method.described;
    let (name, ty) = names(operation)?;
    let answer = method.answer()?;
    let parameters = Parameter::all(source, method)?;
    let meta = meta(source, method, &parameters)?;
    let setters = parameters.iter().map(setter).collect::<Result<Vec<_>>>()?;
    let body = method.body()?.map(|ty| {
        let doc = document::body(operation);
        quote! {
            #[doc = #doc]
            pub fn body(self, value: impl Into<types::#ty>) -> Self {
                Self(self.0.body(&value.into()))
            }
        }
    });
    let stream = streams::tokens(source.view, method)?;
    let wait = waiters::of_call(source, method)?;
    let doc = format!(
        "A call of [`{}`](Client::{name}): set its parameters, then send or await it.",
        operation.id
    );
    let errors = document::errors(operation);
    Ok(quote! {
        #[doc = #doc]
        #[derive(Clone, Debug)]
        #[must_use = "a call does nothing until it is sent or awaited"]
        pub struct #ty(pub(in crate::generated) call::Call<#answer>);

        impl #ty {
            pub(in crate::generated) const OPERATION: &'static otcdb_core::OperationMeta = &#meta;

            #(#setters)*
            #body

            #[doc = #errors]
            #[inline]
            pub fn send(self) -> call::Sending<#answer> {
                self.0.send()
            }

            /// Sends the call, and gives status, headers and request id beside the answer.
            ///
            /// # Errors
            ///
            /// Those of [`send`](Self::send).
            #[inline]
            pub fn send_with_meta(self) -> call::Sending<otcdb_core::Response<#answer>> {
                self.0.send_with_meta()
            }

            #stream
            #wait
        }

        /// Awaiting the call sends it.
        impl IntoFuture for #ty {
            type Output = otcdb_core::Result<#answer>;
            type IntoFuture = call::Sending<#answer>;

            #[inline]
            fn into_future(self) -> Self::IntoFuture {
                self.send()
            }
        }
    })
}

fn setter(parameter: &Parameter) -> Result<TokenStream> {
    let Parameter { name, doc, .. } = parameter;
    let setter = ident(&parameter.setter)?;
    let (ty, value) = match &parameter.takes {
        Setter::Text => (quote!(impl Into<String>), quote!(value)),
        Setter::Secret => (
            quote!(impl Into<otcdb_core::Secret>),
            quote!(value.into().expose()),
        ),
        Setter::Enum(ty) => (
            quote!(impl Into<otcdb_core::Open<types::#ty>>),
            quote!(value.into().as_str()),
        ),
        Setter::Time(time) => {
            let GivenTime { ty, write, .. } = time;
            let text = time.is_number.then(|| quote!(.to_string()));
            (quote!(impl Into<#ty>), quote!(value.into()#write #text))
        }
        Setter::Other(ty) => (quote!(impl Into<#ty>), quote!(value.into().to_string())),
        Setter::List(item) => {
            let (ty, text) = match item.as_ref() {
                Setter::Text => (quote!(String), quote!(value.into())),
                Setter::Secret => (
                    quote!(otcdb_core::Secret),
                    quote!(value.into().expose().to_owned()),
                ),
                Setter::Enum(ty) => (
                    quote!(otcdb_core::Open<types::#ty>),
                    quote!(value.into().as_str().to_owned()),
                ),
                Setter::Other(ty) => (quote!(#ty), quote!(value.into().to_string())),
                Setter::Time(_) | Setter::List(_) => {
                    anyhow::bail!("{name} is a list of what no method takes")
                }
            };
            let joined = (!parameter.explode)
                .then(|| quote!(let texts = std::iter::once(texts.collect::<Vec<_>>().join(","));));
            return Ok(quote! {
                #[doc = #doc]
                pub fn #setter(self, values: impl IntoIterator<Item = impl Into<#ty>>) -> Self {
                    let texts = values.into_iter().map(|value| #text);
                    #joined
                    Self(self.0.set_all(#name, texts))
                }
            });
        }
    };
    Ok(quote! {
        #[doc = #doc]
        pub fn #setter(self, value: #ty) -> Self {
            Self(self.0.set(#name, #value))
        }
    })
}

/// The entry of the table.
fn meta(source: &Source<'_>, method: &Method<'_>, parameters: &[Parameter]) -> Result<TokenStream> {
    let operation = method.described;
    let id = operation.id.as_str();
    let name = method_name(id);
    let http = format_ident!("{}", operation.method.as_str());
    let path = &operation.path;
    let expect = match operation.expected() {
        Expected::Json => quote!(Json),
        Expected::JsonOrEmpty => quote!(JsonOrEmpty),
        Expected::Empty => quote!(Empty),
    };
    let parameters = (!parameters.is_empty()).then(|| {
        let entries = Parameter::as_sent(parameters).into_iter().map(parameter);
        quote!(.parameters(&[#(#entries),*]))
    });
    let body = method.body()?.map(|ty| {
        let ty = ty.to_string();
        let required = operation.body.as_ref().is_some_and(|body| {
            let fields = body
                .schema
                .keyword("required")
                .and_then(|fields| fields.as_array());
            body.required || fields.is_some_and(|fields| !fields.is_empty())
        });
        let required = required.then(|| quote!(.required()));
        let choices = operation.body.iter().flat_map(|body| body.schema.choices());
        let choices: Vec<_> = choices
            .map(|(field, values)| quote!((#field, &[#(#values),*])))
            .collect();
        let choices = (!choices.is_empty()).then(|| quote!(.choices(&[#(#choices),*])));
        let limits = operation.body.iter();
        let limits: Vec<_> = limits
            .flat_map(|body| body.schema.field_limits())
            .map(|(field, limits)| (field, limits::tokens(&limits)))
            .filter(|(_, limits)| !limits.is_empty())
            .map(|(field, limits)| quote!((#field, &[#(#limits),*])))
            .collect();
        let limits = (!limits.is_empty()).then(|| quote!(.limits(&[#(#limits),*])));
        quote!(.body(operation::BodyMeta::new(#ty) #required #choices #limits))
    });
    // The runtime knows what a method means, and is told where the description says otherwise.
    let idempotent = match (operation.idempotent, operation.is_idempotent_by_method()) {
        (true, false) => quote!(.idempotent()),
        (false, true) => quote!(.not_idempotent()),
        _ => quote!(),
    };
    let list = list(operation)?;
    let waiter = operation.waiter.as_ref().map(|waiter| {
        let meta = waiters::meta(waiter);
        quote!(.waiter(#meta))
    });
    let finished = operation
        .finished()
        .map(|link| finished(source, link))
        .transpose()?;
    Ok(quote! {
        otcdb_core::OperationMeta::new(#id, #name, reqwest::Method::#http)
            .path(#path) #parameters #body
            .expect(otcdb_core::Expect::#expect) #idempotent #list #waiter #finished
    })
}

fn parameter(parameter: &Parameter) -> TokenStream {
    let Parameter {
        name,
        setter,
        choices,
        limits,
        ..
    } = parameter;
    let place = format_ident!("{}", parameter.place.as_str());
    let set_by = (setter != name).then(|| quote!(.set_by(#setter)));
    let required =
        (parameter.required && parameter.place != Place::Path).then(|| quote!(.required()));
    let secret = parameter.is_secret().then(|| quote!(.secret()));
    let choices = (!choices.is_empty()).then(|| quote!(.choices(&[#(#choices),*])));
    let limits = limits::tokens(limits);
    let limits = (!limits.is_empty()).then(|| quote!(.limits(&[#(#limits),*])));
    quote! {
        operation::Parameter::#place(#name) #set_by #required #secret #choices #limits
    }
}

fn list(operation: &Operation) -> Result<Option<TokenStream>> {
    let Some(paging) = &operation.pagination else {
        return Ok(None);
    };
    let items = &paging.items;
    let total = match &paging.total {
        Some(total) => quote!(Some(#total)),
        None => quote!(None),
    };
    let style = match paging.style {
        PagingStyle::Index => quote!(Index),
        PagingStyle::PageNumber => quote!(PageNumber),
        PagingStyle::CurPage => quote!(CurPage),
        PagingStyle::Whole => {
            return Ok(Some(
                quote!(.list(otcdb_core::ListMeta::new(#items, #total))),
            ));
        }
    };
    let missing = "nothing says how its pages are asked for";
    let (position, limit) = (
        paging.position.as_ref().context(missing)?,
        paging.limit.as_ref().context(missing)?,
    );
    let in_body = operation.parameter(Place::Query, limit).is_none();
    let in_body = in_body.then(|| quote!(.in_body()));
    let size = u32::try_from(operation.page_size())?;
    Ok(Some(quote! {
        .list(otcdb_core::ListMeta::new(#items, #total).pages(
            operation::PageMeta::new(page::Style::#style, #position, #limit, #size) #in_body
        ))
    }))
}

fn finished(source: &Source<'_>, link: &Link) -> Result<TokenStream> {
    let to = source
        .method(&link.operation)
        .context("the operation that is linked to is not described")?;
    let (_, to) = names(to.described)?;
    let parameters = link.parameters.iter().map(|(name, expression)| {
        let value = value(expression);
        quote!((#name, #value))
    });
    let item = link.item.as_ref().map(|expression| {
        let value = value(expression);
        quote!(.item(#value))
    });
    Ok(quote! {
        .finished(operation::LinkMeta::new(builder::#to::OPERATION, &[#(#parameters),*]) #item)
    })
}

fn value(expression: &Expression) -> TokenStream {
    match expression {
        Expression::Constant(text) => quote!(otcdb_core::operation::Source::Constant(#text)),
        Expression::Parameter(_, name) => quote!(otcdb_core::operation::Source::Parameter(#name)),
        Expression::RequestBody(pointer) => {
            quote!(otcdb_core::operation::Source::Request(#pointer))
        }
        Expression::ResponseBody(pointers) => {
            quote!(otcdb_core::operation::Source::Response(&[#(#pointers),*]))
        }
    }
}
