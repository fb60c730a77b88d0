//! A documented request as Rust that is compiled: in the documentation of the operation.

use std::fmt::Write as _;

use anyhow::Result;
use otcdb_openapi::reference::{name as reference_name, resolve};
use quote::ToTokens as _;
use serde_json::{Map, Value};

use super::parameters::{Parameter, Setter};
use super::rust_names::{method_name, type_name, variant_name};
use super::source::{Method, Source, names};

/// The section of the documentation.
pub(super) fn section(source: &Source<'_>, method: &Method<'_>) -> Result<String> {
    let operation = method.described;
    let client = method_name(&source.description.service);
    let package = format!("otcdb_{client}");
    let (name, _) = names(operation)?;
    let of_body = operation
        .body
        .as_ref()
        .and_then(|body| body.examples.first());
    let of_parameters = operation
        .parameters
        .iter()
        .find_map(|one| one.examples.first());
    // The entries under one name belong together.
    let chosen = of_body
        .or(of_parameters)
        .map(|example| example.name.as_str());
    let paging = operation.pagination.as_ref();
    let is_page = |name: &str| paging.is_some_and(|paging| paging.counts_with(name));
    let mut setters = String::new();
    for parameter in Parameter::all(source, method)? {
        if parameter.is_of_the_session() {
            continue;
        }
        let described = operation.parameter(parameter.place, &parameter.name);
        let examples = described.map_or(&[][..], |described| &described.examples);
        let chosen = examples
            .iter()
            .find(|one| Some(one.name.as_str()) == chosen);
        let value = match (chosen.or(examples.first()), parameter.required) {
            (_, true) if is_page(&parameter.name) => continue,
            (Some(example), true) => example.value.clone(),
            (None, true) => placeholder(&parameter),
            (_, false) => match chosen {
                // A list is read from its beginning.
                Some(example) if !is_page(&parameter.name) => example.value.clone(),
                _ => continue,
            },
        };
        let _ = write!(
            setters,
            "\n    .{}({})",
            parameter.setter,
            argument(&parameter, &value)
        );
    }
    let mut uses = String::new();
    if let Some(media) = method.viewed.request_json()
        && method.body()?.is_some()
    {
        let value = of_body.map(|example| &example.value);
        let mut types = Types {
            view: source.view,
            used: Vec::new(),
        };
        let made = value.and_then(|value| types.value(&media["schema"], value));
        match (
            made,
            operation.body.as_ref().is_some_and(|body| body.required),
        ) {
            (Some(made), _) => {
                types.used.sort();
                types.used.dedup();
                let _ = write!(
                    uses,
                    "use {package}::types::{{{}}};\n\n",
                    types.used.join(", ")
                );
                let _ = write!(setters, "\n    .body({made})");
            }
            // No example is needed where no body is.
            (None, false) => {}
            (None, true) => return Ok(String::new()),
        }
    }
    let call = format!("{client}\n    .{name}(){setters}");
    let rest = if operation.pagination.is_some() {
        format!(
            "let mut list = {call}\n    .stream();\nwhile let Some(item) = list.try_next().await? {{\n    println!(\"{{item:?}}\");\n}}\n"
        )
    } else if method.answer()?.to_token_stream().to_string() == "()" {
        format!("{call}\n    .await?;\n")
    } else {
        format!("let answer = {call}\n    .await?;\nprintln!(\"{{answer:?}}\");\n")
    };
    let program = format!(
        "{uses}async fn example({client}: &{package}::Client) -> otcdb_core::Result<()> {{\n{rest}Ok(())\n}}"
    );
    let program = syn::parse_file(&program).map(|file| prettyplease::unparse(&file));
    Ok(format!(
        "# Example\n\n```no_run\n{}```",
        program.unwrap_or_default()
    ))
}

fn placeholder(parameter: &Parameter) -> Value {
    match (&parameter.takes, parameter.choices.first()) {
        (Setter::Other(_), None) => 1.into(),
        (Setter::Other(_), Some(choice)) => choice.parse::<i64>().unwrap_or(1).into(),
        (_, Some(choice)) => choice.as_str().into(),
        (_, None) => "…".into(),
    }
}

fn argument(parameter: &Parameter, value: &Value) -> String {
    match (&parameter.takes, value) {
        (Setter::List(_), Value::Array(values)) => {
            let values = values
                .iter()
                .map(|value| format!("{:?}", otcdb_openapi::shown(value)));
            format!("[{}]", values.collect::<Vec<_>>().join(", "))
        }
        (Setter::Other(_), value) => otcdb_openapi::shown(value),
        (_, value) => format!("{:?}", otcdb_openapi::shown(value)),
    }
}

/// Values of requests as expressions.
struct Types<'a> {
    view: &'a Value,
    /// The names of the types that occur.
    used: Vec<String>,
}

impl Types<'_> {
    /// `None` for what has no short form.
    fn value(&mut self, schema: &Value, value: &Value) -> Option<String> {
        let rust = &schema["x-rust-type"];
        let text = || value.as_str().map(|text| format!("{text:?}"));
        if rust["path"] == "otcdb_core::Open" {
            return self.value(&rust["parameters"][0], value).or_else(text);
        }
        if rust["path"] == "otcdb_core::Secret" {
            return text();
        }
        let named = schema
            .get("allOf")
            .and_then(|all| all.get(0))
            .unwrap_or(schema);
        if named != schema {
            return self.value(named, value);
        }
        let resolved = resolve(self.view, schema);
        match value {
            Value::String(text) => match (reference_name(schema), resolved["enum"].as_array()) {
                (Some(name), Some(values)) => {
                    let index = values.iter().position(|known| known == value)?;
                    let given = resolved["x-enum-varnames"]
                        .get(index)
                        .and_then(Value::as_str);
                    let name = type_name(&name);
                    self.used.push(name.clone());
                    Some(format!("{name}::{}", variant_name(text, given)))
                }
                (None, None) => Some(format!("{text:?}")),
                _ => None,
            },
            Value::Number(number) => {
                let is_long = number
                    .as_i64()
                    .is_some_and(|number| i32::try_from(number).is_err());
                Some(format!("{number}{}", if is_long { "_i64" } else { "" }))
            }
            Value::Bool(truth) => Some(truth.to_string()),
            Value::Array(values) if !values.is_empty() => {
                let values = values
                    .iter()
                    .map(|value| self.value(&resolved["items"], value));
                Some(format!(
                    "[{}]",
                    values.collect::<Option<Vec<_>>>()?.join(", ")
                ))
            }
            Value::Object(entries) if resolved["properties"].is_null() => {
                self.map(schema, &resolved["additionalProperties"], entries)
            }
            Value::Object(fields) => {
                let name = type_name(&reference_name(schema)?);
                let properties = resolved["properties"].as_object()?;
                if fields.keys().any(|field| !properties.contains_key(field)) {
                    return None;
                }
                let required = resolved["required"].as_array();
                let is_required =
                    |field: &str| required.is_some_and(|all| all.iter().any(|one| one == field));
                let mut arguments = Vec::new();
                let mut setters = String::new();
                for (field, schema) in properties {
                    match (fields.get(field), is_required(field)) {
                        (Some(value), true) => arguments.push(self.value(schema, value)?),
                        (None, true) => return None,
                        (None | Some(Value::Null), false) => {}
                        (Some(value), false) => {
                            let value = self.value(schema, value)?;
                            let _ = write!(setters, ".{}({value})", method_name(field));
                        }
                    }
                }
                self.used.push(name.clone());
                Some(format!("{name}::new({}){setters}", arguments.join(", ")))
            }
            _ => None,
        }
    }

    /// A map as the array of its entries, which have to be of one type.
    fn map(
        &mut self,
        schema: &Value,
        values: &Value,
        entries: &Map<String, Value>,
    ) -> Option<String> {
        if entries.is_empty() {
            let name = type_name(&reference_name(schema)?);
            self.used.push(name.clone());
            return Some(format!("{name}::default()"));
        }
        // What may have any values has no type of its own.
        if reference_name(schema).is_none() && !values["type"].is_string() {
            let entry = |(key, value)| format!("({key:?}.to_owned(), serde_json::json!({value}))");
            let entries: Vec<String> = entries.iter().map(entry).collect();
            return Some(format!(
                "serde_json::Map::from_iter([{}])",
                entries.join(", ")
            ));
        }
        let mut kinds = entries.values().map(std::mem::discriminant);
        let first = kinds.next()?;
        if !kinds.all(|kind| kind == first) {
            return None;
        }
        let entries = entries
            .iter()
            .map(|(key, value)| Some(format!("({key:?}, {})", self.value(values, value)?)));
        let entries = entries.collect::<Option<Vec<_>>>()?;
        Some(format!("[{}]", entries.join(", ")))
    }
}
