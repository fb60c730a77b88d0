//! A table for the tests: calls any operation and decodes any model by name.
//!
//! With it, tests are driven by the examples in the bundle, and a new example needs no new test.

use anyhow::{Context as _, Result};
use heck::ToSnakeCase as _;
use otcdb_openapi::reference::{name as reference_name, resolve};
use otcdb_openapi::written::Operation;
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use serde_json::Value;

use super::parameters::{Setter, takes};
use super::rust_names::{method_name, type_name};
use super::source::{Method, Source};

/// The file that leads to those of the services.
pub(super) fn index(services: &[&str]) -> TokenStream {
    let names: Vec<_> = services
        .iter()
        .map(|service| format_ident!("{}", service.to_snake_case()))
        .collect();
    let packages = names.iter().map(|name| format_ident!("otcdb_{name}"));
    quote! {
        #(mod #names;)*

        use otcdb_core::Session;
        use serde_json::Value;
        use super::{How, by_name, unknown};
        use crate::support::{Arguments, CallError, Model};

        /// The models of a service.
        pub(crate) fn models(service: &str) -> &'static [Model] {
            match service {
                #(#services => #names::MODELS,)*
                _ => &[],
            }
        }

        /// Calls an operation of a service.
        pub(crate) async fn call(
            service: &str,
            session: &Session,
            operation: &str,
            arguments: &Arguments<'_>,
            how: How<'_>,
        ) -> Result<Value, CallError> {
            match service {
                #(#services => {
                    let client = #packages::Client::connect(session);
                    by_name(#names::CALLS, &client, operation, arguments, how).await
                })*
                _ => Err(unknown(operation)),
            }
        }
    }
}

/// The file of a service.
pub(super) fn tokens(source: &Source<'_>) -> Result<TokenStream> {
    let package = format_ident!("otcdb_{}", source.description.service.to_snake_case());
    let builders = source
        .methods()
        .map(|method| builder(source.view, &method.viewed))
        .collect::<Result<Vec<_>>>()?;
    let calls = source
        .methods()
        .map(|method| call(&method))
        .collect::<Result<Vec<_>>>()?;
    let models = source.view["components"]["schemas"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, _)| {
            let ty = ident(&type_name(name))?;
            Ok(quote!(Model::new::<types::#ty>(#name)))
        })
        .collect::<Result<Vec<_>>>()?;
    Ok(quote! {
        use #package::{Client, builder, types};
        use crate::support::{self, Arguments, Call, CallError, Model};

        /// Every model of the service, by the name of its schema.
        pub(crate) static MODELS: &[Model] = &[#(#models),*];

        /// Every operation of the service.
        pub(crate) static CALLS: &[Call<Client>] = &[#(#calls),*];

        #(#builders)*
    })
}

/// One operation in every way in which it can be called. Each is a function by itself: all of them in one would need
/// more stack than a thread has.
fn call(method: &Method<'_>) -> Result<TokenStream> {
    let operation = method.described;
    let id = operation.id.as_str();
    let builder = ident(&method_name(id))?;
    let list = match &operation.pagination {
        Some(_) => quote!(Some(|client, arguments| Box::pin(async move {
            support::items(#builder(client, arguments)?.stream()).await
        }))),
        None => quote!(None),
    };
    let wait = match &operation.waiter {
        Some(waiter) => {
            let (name, what) = if waiter.path.chooses() {
                (quote!(id), quote!(, id))
            } else if operation.list_of_states().is_some() {
                (quote!(_), quote!(, &[]))
            } else {
                (quote!(_), quote!())
            };
            quote!(Some(|client, arguments, waiter, #name| Box::pin(async move {
                support::outcome(#builder(client, arguments)?.wait(waiter #what).await)
            })))
        }
        None => quote!(None),
    };
    Ok(quote! {
        Call {
            id: #id,
            send: |client, arguments| Box::pin(async move {
                support::outcome(#builder(client, arguments)?.send().await)
            }),
            list: #list,
            wait: #wait,
        }
    })
}

/// A function that begins a call and sets all that was given.
fn builder(document: &Value, operation: &Operation<'_>) -> Result<TokenStream> {
    let id = operation.id();
    let method = ident(&method_name(id))?;
    let ty = ident(&type_name(id))?;
    let mut setters = Vec::new();
    for parameter in operation.parameters() {
        let name = parameter["name"].as_str().unwrap_or_default();
        let setter = ident(&method_name(name))?;
        let schema = &parameter["schema"];
        let read = reader(resolve(document, schema));
        let value = match takes(document, schema)? {
            Setter::Enum(ty) => quote!(otcdb_core::Open::<types::#ty>::new(value)),
            _ => quote!(value),
        };
        setters.push(quote! {
            if let Some(value) = arguments.#read(#name)? {
                call = call.#setter(#value);
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
    let (arguments, call) = if setters.is_empty() {
        (quote!(_: &Arguments<'_>), quote!(Ok(client.#method())))
    } else {
        (
            quote!(arguments: &Arguments<'_>),
            quote!(let mut call = client.#method(); #(#setters)* Ok(call)),
        )
    };
    Ok(quote! {
        fn #method(client: &Client, #arguments) -> Result<builder::#ty, CallError> {
            #call
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
