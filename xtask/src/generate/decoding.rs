//! How fields of responses are decoded: under all their names, and texts whatever stands for them.

use std::collections::BTreeMap;

use otcdb_openapi::reachable;
use quote::quote;
use serde_json::Value;
use syn::parse_quote;
use syn::visit_mut::VisitMut;

use super::rust_names::{method_name, type_name};

/// Makes the fields of what the service sends take what it sends.
pub(super) fn tolerate(file: &mut syn::File, view: &Value) {
    let sent = reachable::response_schemas(view);
    let schemas = view["components"]["schemas"].as_object();
    let sent = schemas
        .into_iter()
        .flatten()
        .filter(|(name, _)| sent.contains(*name));
    let aliases = sent.map(|(name, schema)| (type_name(name), aliases(schema)));
    ResponseTypes(aliases.collect()).visit_file_mut(file);
}

/// The other names of each field that has some (`x-alias`).
fn aliases(schema: &Value) -> BTreeMap<String, Vec<&str>> {
    let properties = schema["properties"].as_object().into_iter().flatten();
    properties
        .filter_map(|(name, property)| {
            let names = property["x-alias"].as_array()?;
            let names = names.iter().filter_map(Value::as_str).collect();
            Some((method_name(name), names))
        })
        .collect()
}

/// The types that are sent, with the other names of their fields.
struct ResponseTypes<'a>(BTreeMap<String, BTreeMap<String, Vec<&'a str>>>);

impl VisitMut for ResponseTypes<'_> {
    fn visit_item_struct_mut(&mut self, item: &mut syn::ItemStruct) {
        let Some(aliases) = self.0.get(&item.ident.to_string()) else {
            return;
        };
        for field in &mut item.fields {
            let name = field.ident.as_ref().map(ToString::to_string);
            for alias in name.iter().filter_map(|name| aliases.get(name)).flatten() {
                field.attrs.push(parse_quote!(#[serde(alias = #alias)]));
            }
            let (ty, attributes) = (&field.ty, &field.attrs);
            let text = quote!(::std::option::Option<::std::string::String>);
            // One that has to be there, but may be null, is decoded by a function already.
            let has_function = quote!(#(#attributes)*)
                .to_string()
                .contains("deserialize_with");
            if quote!(#ty).to_string() == text.to_string() && !has_function {
                field.attrs.push(
                    parse_quote!(#[serde(default, deserialize_with = "otcdb_core::lenient::text")]),
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use quote::ToTokens as _;
    use serde_json::json;

    use super::*;

    #[test]
    fn fields_of_responses_alone_are_tolerant() {
        let body = |name: &str| {
            json!({ "content": { "application/json": {
                "schema": { "$ref": format!("#/components/schemas/{name}") }
            } } })
        };
        let property = json!({ "type": "string", "x-alias": ["jobId"] });
        let schema = json!({ "type": "object", "properties": { "job_id": property } });
        let view = json!({
            "paths": { "/x": { "post": {
                "requestBody": body("in"), "responses": { "200": body("out") },
            } } },
            "components": { "schemas": { "in": schema, "out": schema } },
        });
        let mut file: syn::File = parse_quote! {
            pub struct In { pub job_id: ::std::option::Option<::std::string::String> }
            pub struct Out {
                pub job_id: ::std::option::Option<::std::string::String>,
                pub count: ::std::option::Option<i32>,
            }
        };
        tolerate(&mut file, &view);
        let expected: syn::File = parse_quote! {
            pub struct In { pub job_id: ::std::option::Option<::std::string::String> }
            pub struct Out {
                #[serde(alias = "jobId")]
                #[serde(default, deserialize_with = "otcdb_core::lenient::text")]
                pub job_id: ::std::option::Option<::std::string::String>,
                pub count: ::std::option::Option<i32>,
            }
        };
        assert_eq!(
            file.to_token_stream().to_string(),
            expected.to_token_stream().to_string()
        );
    }
}
