//! What code is generated from: a service's description beside the document that progenitor is given, and the Rust names
//! and types of its operations.

use std::collections::HashMap;

use anyhow::{Context as _, Result};
use otcdb_openapi::reference::name as reference_name;
use otcdb_openapi::{Description, Operation, written};
use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::fields::{SuccessResponse, ident};
use super::rust_names::{method_name, type_name};

/// A service as code is generated from it: what its description says, and the document that progenitor is given.
pub(super) struct Source<'a> {
    pub(super) description: Description,
    pub(super) view: &'a serde_json::Value,
    /// The operations of the view, in the order of the description's.
    viewed: Vec<written::Operation<'a>>,
    /// The places of the operations by their ids: texts name them at every turn.
    places: HashMap<String, usize>,
}

/// An operation in both.
pub(super) struct Method<'a> {
    pub(super) described: &'a Operation,
    pub(super) viewed: written::Operation<'a>,
}

impl<'a> Source<'a> {
    pub(super) fn new(description: Description, view: &'a serde_json::Value) -> Self {
        let ids = description.operations.iter().map(|one| one.id.clone());
        Self {
            places: ids.zip(0..).collect(),
            viewed: written::operations(view),
            description,
            view,
        }
    }

    /// The operations in the order of the document.
    pub(super) fn methods(&self) -> impl Iterator<Item = Method<'_>> {
        let operations = self.description.operations.iter().zip(&self.viewed);
        operations.map(|(described, viewed)| Method {
            described,
            viewed: *viewed,
        })
    }

    /// The operation with this id.
    pub(super) fn method(&self, id: &str) -> Option<Method<'_>> {
        let place = *self.places.get(id)?;
        Some(Method {
            described: self.description.operations.get(place)?,
            viewed: *self.viewed.get(place)?,
        })
    }
}

impl Method<'_> {
    /// The type of the request's body.
    pub(super) fn body(&self) -> Result<Option<Ident>> {
        let Some(media) = self.viewed.request_json() else {
            return Ok(None);
        };
        let name = reference_name(&media["schema"]).context("its body has no named schema")?;
        Ok(Some(ident(&type_name(&name))?))
    }

    /// The type that a call gives.
    pub(super) fn answer(&self) -> Result<TokenStream> {
        match SuccessResponse::of(&self.viewed) {
            Some(response) => response.ty(),
            None => Ok(quote!(())),
        }
    }
}

/// The method that begins a call, and the type of its builder.
pub(super) fn names(operation: &Operation) -> Result<(Ident, Ident)> {
    Ok((
        ident(&method_name(&operation.id))?,
        ident(&type_name(&operation.id))?,
    ))
}
