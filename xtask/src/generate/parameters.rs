//! The parameters of a call: what their setters take.

use anyhow::{Context as _, Result, bail};
use otcdb_openapi::reference::{name as reference_name, resolve};
use otcdb_openapi::{Limits, Place};
use proc_macro2::{Ident, TokenStream};
use quote::quote;
use serde_json::Value;

use super::document;
use super::fields::{ident, integer};
use super::given_times::GivenTime;
use super::rust_names::{method_name, type_name};
use super::source::{Method, Source};

/// A parameter that the caller sets.
pub(super) struct Parameter {
    /// The name as the service has it.
    pub(super) name: String,
    /// The name of the method that sets it.
    pub(super) setter: String,
    pub(super) place: Place,
    pub(super) required: bool,
    /// Whether each element of a list is a parameter of its own.
    pub(super) explode: bool,
    /// The documented values, where no others are taken.
    pub(super) choices: Vec<String>,
    pub(super) limits: Limits,
    pub(super) takes: Setter,
    pub(super) doc: String,
}

/// What a setter takes.
pub(super) enum Setter {
    Text,
    Secret,
    /// A value of this type, or its text.
    Enum(Ident),
    Time(GivenTime),
    /// What can be converted to this type.
    Other(TokenStream),
    /// Any number of these.
    List(Box<Self>),
}

impl Parameter {
    /// Those of an operation, in the order of the description.
    pub(super) fn all(source: &Source<'_>, method: &Method<'_>) -> Result<Vec<Self>> {
        let viewed = method.viewed.parameters();
        viewed
            .map(|parameter| Self::of(source, method, parameter))
            .collect()
    }

    fn of(source: &Source<'_>, method: &Method<'_>, viewed: &Value) -> Result<Self> {
        let name = viewed["name"].as_str().context("a parameter has no name")?;
        let place = [Place::Path, Place::Query, Place::Header]
            .into_iter()
            .find(|place| place.as_str() == viewed["in"]);
        let described = place.and_then(|place| method.described.parameter(place, name));
        let described = described.with_context(|| format!("{name} is nowhere known"))?;
        let schema = &described.schema;
        let time = GivenTime::of(|name| schema.keyword(name), &described.description);
        let takes = match time {
            Some(time) => Setter::Time(time),
            None => takes(source.view, &viewed["schema"])
                .with_context(|| format!("no method can set {name}"))?,
        };
        let of_one = schema.keyword("items").and_then(|items| items.get("enum"));
        let choices = schema.keyword("enum").or(of_one).and_then(Value::as_array);
        let choices = choices.into_iter().flatten().map(otcdb_openapi::shown);
        let mut doc = document::parameter(source, described);
        if let Setter::Time(time) = &takes {
            doc.push(' ');
            doc.push_str(time.doc);
        }
        Ok(Self {
            setter: method_name(name),
            name: name.to_owned(),
            place: described.place,
            required: described.required,
            explode: described.explode,
            choices: choices.collect(),
            limits: schema.limits(),
            takes,
            doc,
        })
    }

    /// In the order in which they are sent: by place, and those of the query by name.
    pub(super) fn as_sent(all: &[Self]) -> Vec<&Self> {
        let mut sorted: Vec<&Self> = all.iter().collect();
        sorted.sort_by(|a, b| a.rank().cmp(&b.rank()));
        sorted
    }

    fn rank(&self) -> (u8, &str) {
        match self.place {
            Place::Path => (0, ""),
            Place::Query => (1, &self.name),
            Place::Header => (2, &self.name),
        }
    }

    /// Whether the session knows the value.
    pub(super) fn is_of_the_session(&self) -> bool {
        self.place == Place::Path && self.name == "project_id"
    }

    /// The type of an argument that takes it, and the text that is made of that.
    pub(super) fn argument(&self, name: &Ident) -> (TokenStream, TokenStream) {
        match &self.takes {
            Setter::Enum(ty) => (
                quote!(impl Into<otcdb_core::Open<types::#ty>>),
                quote!(#name.into().as_str()),
            ),
            Setter::Other(ty) => (quote!(impl Into<#ty>), quote!(#name.into().to_string())),
            Setter::Text | Setter::Secret | Setter::Time(_) | Setter::List(_) => {
                (quote!(impl Into<String>), quote!(#name))
            }
        }
    }

    pub(super) fn is_secret(&self) -> bool {
        matches!(self.takes, Setter::Secret)
    }
}

/// What a setter of a parameter with this schema takes.
pub(super) fn takes(document: &Value, schema: &Value) -> Result<Setter> {
    let resolved = resolve(document, schema);
    let rust = &schema["x-rust-type"];
    match rust["path"].as_str() {
        Some("otcdb_core::Secret") => return Ok(Setter::Secret),
        Some("otcdb_core::Open") => {
            let name =
                reference_name(&rust["parameters"][0]).context("its values are not named")?;
            return Ok(Setter::Enum(ident(&type_name(&name))?));
        }
        _ => {}
    }
    Ok(match resolved["type"].as_str() {
        Some("string") => Setter::Text,
        Some("integer") => Setter::Other(integer(resolved)),
        Some("number") => Setter::Other(quote!(f64)),
        Some("boolean") => Setter::Other(quote!(bool)),
        Some("array") => Setter::List(Box::new(takes(document, &resolved["items"])?)),
        other => bail!("{other:?} is the type of no parameter"),
    })
}
