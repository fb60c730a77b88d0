//! The models: progenitor's types, with what a caller of them needs and nothing else.
//!
//! progenitor says which types there are and of which types their fields are. Its builders and its implementations for
//! enums, of which it writes a hundred lines for each, are replaced.

mod conversions;
mod enums;
mod newtypes;
mod property;
mod structs;
mod times;

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use otcdb_openapi::reachable;
use serde_json::Value;
use syn::{Fields, Item, ItemMod};

use super::owner::idents_of;
use super::rust_names::type_name;

/// What the models are written from, beside progenitor's types.
struct Models<'a> {
    /// The schemas of the client view by the names of their types.
    schemas: BTreeMap<String, &'a Value>,
    /// The same as the description has them, with their restrictions.
    described: BTreeMap<String, &'a Value>,
    /// The description.
    document: &'a Value,
    /// Types that callers make. What is in no request is read only.
    given: BTreeSet<String>,
    /// Types that services send.
    sent: BTreeSet<String>,
    /// Types that have a `Default`.
    with_default: BTreeSet<String>,
}

/// Rewrites `mod types`.
///
/// # Errors
/// An enum of whose values two would have one name.
pub(super) fn rewrite(file: &mut syn::File, view: &Value, document: &Value) -> Result<()> {
    for item in &mut file.items {
        if let Item::Mod(module) = item
            && module.ident == "types"
        {
            in_types(module, view, document)?;
        }
    }
    Ok(())
}

fn in_types(module: &mut ItemMod, view: &Value, document: &Value) -> Result<()> {
    let Some((_, items)) = &mut module.content else {
        return Ok(());
    };
    let names = |names: BTreeSet<String>| names.iter().map(|name| type_name(name)).collect();
    let mut models = Models {
        schemas: by_name(view),
        described: by_name(document),
        document,
        given: names(reachable::request_schemas(document)),
        sent: names(reachable::response_schemas(document)),
        with_default: BTreeSet::new(),
    };
    models.with_default = structs::with_default(items, &models)?;
    // All that is implemented for these is written anew.
    let replaced: BTreeSet<String> = items.iter().filter_map(replaced).collect();
    let mut written = Vec::new();
    for item in std::mem::take(items) {
        match &item {
            Item::Struct(model) if matches!(model.fields, Fields::Named(_)) => {
                written.extend(structs::items(model, &models)?);
            }
            Item::Struct(newtype) => written.extend(newtypes::items(newtype)?),
            Item::Enum(values) if enums::is_of_texts(values) => {
                written.extend(enums::items(values, &models)?);
            }
            Item::Mod(_) => {}
            Item::Impl(_) if idents_of(&item).iter().any(|name| replaced.contains(name)) => {}
            _ => written.push(item),
        }
    }
    written.extend(conversions::items(&models)?);
    *items = written;
    Ok(())
}

fn by_name(document: &Value) -> BTreeMap<String, &Value> {
    let schemas = document["components"]["schemas"].as_object();
    let named = |(name, schema): (&String, _)| (type_name(name), schema);
    schemas.into_iter().flatten().map(named).collect()
}

fn replaced(item: &Item) -> Option<String> {
    match item {
        Item::Struct(model) if matches!(model.fields, Fields::Named(_)) => {
            Some(model.ident.to_string())
        }
        Item::Enum(values) if enums::is_of_texts(values) => Some(values.ident.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn written() -> String {
        let to = |name: &str| json!({ "$ref": format!("#/components/schemas/{name}") });
        let body =
            |name: &str| json!({ "content": { "application/json": { "schema": to(name) } } });
        let text = json!({ "type": "string", "description": "When.", "x-time": "offset", "x-alias": ["since"] });
        let document = json!({
            "paths": { "/x": { "post": {
                "operationId": "CreateThing",
                "requestBody": body("In"), "responses": { "200": body("Out") },
            } } },
            "components": { "schemas": {
                "In": { "type": "object", "required": ["name"], "properties": {
                    "name": { "type": "string", "description": "Its name." },
                    "tags": { "type": "array", "maxItems": 9, "items": { "type": "string" }, "description": "Tags." },
                } },
                "Out": { "type": "object", "required": ["id"], "properties": {
                    "id": { "type": "string" },
                    "at": text,
                    "tags": { "type": "array", "items": { "type": "string" } },
                    "flag": { "allOf": [to("Flag")] },
                } },
                "Flag": { "type": "string", "description": "A flag.", "enum": ["true", "false"] },
            } },
        });
        let mut file: syn::File = syn::parse_quote! {
            pub mod types {
                pub mod error {}
                pub struct In { pub name: String, pub tags: Option<Vec<String>> }
                impl In { pub fn builder() -> builder::In { Default::default() } }
                pub struct Out {
                    pub at: Option<String>, pub flag: Option<otcdb_core::Open<Flag>>, pub id: String, pub tags: Vec<String>,
                }
                pub enum Flag { True, False }
                impl ToString for Flag {}
                pub mod builder { pub struct In; }
            }
        };
        rewrite(&mut file, &document, &document).unwrap();
        let text = prettyplease::unparse(&file);
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    fn has(text: &str, parts: &[&str]) {
        for part in parts {
            assert!(text.contains(part), "no {part:?} in {text}");
        }
    }

    #[test]
    fn requests_have_new_and_documented_setters_and_no_builder() {
        let text = written();
        assert!(
            !text.contains("builder") && !text.contains("mod error"),
            "{text}"
        );
        has(
            &text,
            &[
                "pub fn new(name: impl ::std::convert::Into<String>) -> Self",
                "- `name`: Its name.",
                "Tags. Takes a list of up to 9 elements. Optional.",
                "self.tags = Some( value.into_iter().map(::std::convert::Into::into).collect(), );",
                "pub tags: ::std::option::Option<Vec<String>>",
            ],
        );
    }

    #[test]
    fn answers_take_what_is_sent_and_give_times() {
        has(
            &written(),
            &[
                "#[serde(deserialize_with = \"otcdb_core::lenient::required_text\")] pub id: String",
                "alias = \"since\", default, deserialize_with = \"otcdb_core::lenient::text\"",
                "deserialize_with = \"otcdb_core::lenient::list\", skip_serializing_if = \"::std::vec::Vec::is_empty\" )] pub \
                 tags: Vec<String>",
                "skip_serializing_if = \"::otcdb_core::Open::is_absent\")] pub flag: otcdb_core::Open<Flag>",
                "pub fn at(&self) -> ::std::option::Option<::otcdb_core::jiff::Timestamp>",
                "self.at.as_deref().and_then(otcdb_core::time::offset)",
            ],
        );
    }

    #[test]
    fn values_are_named_documented_and_made_of_truth() {
        has(
            &written(),
            &[
                "#[non_exhaustive] pub enum Flag { ///`true` True, ///`false` False, }",
                "const TEXTS: &'static [&'static str] = &[\"true\", \"false\"];",
                "otcdb_core::text_enum!(Flag);",
                "impl ::std::convert::From<bool> for Flag",
            ],
        );
    }
}
