//! The root of a service's description: a new one, or one to which paths and tags are added.

use std::collections::BTreeSet;

use otcdb_apidocs::Permissions;
use otcdb_apidocs::draft::{Drafted, at_depth, document};
use otcdb_openapi::UNWRITTEN;
use serde_json::{Map, Value, json};

use super::super::permissions;

/// The entry of the table of paths for each method of a path.
fn entries(operations: &[Drafted]) -> Vec<(String, Vec<(String, Value)>)> {
    let mut found: Vec<(String, Vec<(String, Value)>)> = Vec::new();
    for operation in operations {
        let method = operation.method.to_lowercase();
        let at = match found.iter().position(|(path, _)| *path == operation.path) {
            Some(at) => at,
            None => {
                found.push((operation.path.clone(), Vec::new()));
                found.len() - 1
            }
        };
        let Some((path, methods)) = found.get_mut(at) else {
            continue;
        };
        let reference = json!({ "$ref": operation.file });
        if !operation.is_variant {
            methods.push((method, reference));
            continue;
        }
        match methods.iter_mut().find(|(known, _)| *known == method) {
            Some((_, value)) => {
                if let Some(variants) = value["x-variants"].as_array_mut() {
                    variants.push(reference);
                }
            }
            None => {
                let value = json!({
                    "operationId": name(&method, path, operations),
                    "summary": UNWRITTEN,
                    "description": UNWRITTEN,
                    "tags": [operation.section],
                    "x-variants": [reference],
                });
                methods.push((method, value));
            }
        }
    }
    let order = ["get", "post", "put", "patch", "delete"];
    for (_, methods) in &mut found {
        methods.sort_by_key(|(method, _)| order.iter().position(|one| one == method));
    }
    found
}

/// A name for what is published in place of several operations.
fn name(method: &str, path: &str, operations: &[Drafted]) -> String {
    use heck::ToPascalCase as _;
    let words: Vec<&str> = path
        .split('/')
        .skip(2)
        .filter(|one| !one.starts_with('{'))
        .collect();
    let plain: String = words
        .join(" ")
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { ' ' })
        .collect();
    let base = format!("{method} {plain}").to_pascal_case();
    let taken: BTreeSet<String> = operations.iter().map(|one| one.id.to_lowercase()).collect();
    match taken.contains(&base.to_lowercase()) {
        true => format!("{base}Variants"),
        false => base,
    }
}

/// Adds paths and tags to a root. Every other line stays as it is.
pub(super) fn extended(text: &str, operations: &[Drafted]) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for (path, methods) in entries(operations) {
        add_path(&mut lines, &path, &methods);
    }
    let known: BTreeSet<String> = tags_of(text);
    let new: Vec<Value> = tags(operations)
        .into_iter()
        .filter(|tag| {
            tag["name"]
                .as_str()
                .is_some_and(|name| !known.contains(name))
        })
        .collect();
    if let (false, Some((_, end))) = (new.is_empty(), block(&lines, "tags")) {
        let written = at_depth(&Value::Array(new), 1);
        lines.splice(end..end, written.lines().map(str::to_owned));
    }
    let mut text = lines.join("\n");
    text.push('\n');
    text
}

fn tags_of(text: &str) -> BTreeSet<String> {
    let root = otcdb_openapi::yaml::parse(text).unwrap_or_default();
    let tags = root["tags"].as_array().into_iter().flatten();
    tags.filter_map(|tag| tag["name"].as_str().map(str::to_owned))
        .collect()
}

/// The lines of a member of the root: from behind its key to its end.
fn block(lines: &[String], key: &str) -> Option<(usize, usize)> {
    let start = lines
        .iter()
        .position(|line| line.trim_end() == format!("{key}:"))?
        + 1;
    let of_another = |line: &String| !line.starts_with([' ', '#', '-']) && !line.trim().is_empty();
    let rest = lines.get(start..)?;
    let end = rest
        .iter()
        .position(of_another)
        .map_or(lines.len(), |at| start + at);
    Some((start, end))
}

fn add_path(lines: &mut Vec<String>, path: &str, methods: &[(String, Value)]) {
    let Some((start, end)) = block(lines, "paths") else {
        return;
    };
    let key = |line: &str| -> Option<String> {
        let inner = line
            .strip_prefix("  ")
            .filter(|inner| inner.starts_with(['/', '"', '\'']))?;
        Some(
            inner
                .trim_end()
                .trim_end_matches(':')
                .trim_matches(['"', '\''])
                .to_owned(),
        )
    };
    let of_methods = |depth: usize| {
        let map: Map<String, Value> = methods.iter().cloned().collect();
        at_depth(&Value::Object(map), depth)
    };
    let keys: Vec<(usize, String)> = (start..end)
        .filter_map(|at| Some((at, key(lines.get(at)?)?)))
        .collect();
    if let Some(at) = keys.iter().position(|(_, known)| known == path) {
        let next = keys.get(at + 1).map_or(end, |(line, _)| *line);
        lines.splice(next..next, of_methods(2).lines().map(str::to_owned));
        return;
    }
    // Behind the paths that come before it by name.
    let next = keys
        .iter()
        .find(|(_, known)| known.as_str() > path)
        .map_or(end, |(line, _)| *line);
    let mut entry = at_depth(&json!({ path: null }), 1).replace(": null\n", ":\n");
    entry.push_str(&of_methods(2));
    lines.splice(next..next, entry.lines().map(str::to_owned));
}

fn tags(operations: &[Drafted]) -> Vec<Value> {
    let mut seen = BTreeSet::new();
    operations
        .iter()
        .filter(|one| seen.insert(one.section.as_str()))
        .map(|one| json!({ "name": one.section, "x-displayName": shown(&one.section), "description": UNWRITTEN }))
        .collect()
}

/// `backup_and_restoration` as `Backup and restoration`.
fn shown(section: &str) -> String {
    const KNOWN: [&str; 19] = [
        "AK",
        "API",
        "APIs",
        "DB",
        "DDS",
        "DNS",
        "DR",
        "EIP",
        "IAM",
        "IP",
        "MySQL",
        "PostgreSQL",
        "RDS",
        "SK",
        "SQL",
        "SSL",
        "TDE",
        "VPC",
        "GaussDB",
    ];
    let word = |word: &str| {
        let known = KNOWN.iter().find(|known| known.eq_ignore_ascii_case(word));
        known.map_or_else(|| word.to_owned(), |known| (*known).to_owned())
    };
    let words = section.split('_').map(word).collect::<Vec<_>>().join(" ");
    let mut letters = words.chars();
    letters.next().map_or(String::new(), |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

/// The root of a service that nobody has described.
pub(super) fn new(
    service: &str,
    operations: &[Drafted],
    hosts: &[String],
    rights: &[Permissions],
) -> String {
    let mut paths: Vec<(String, Vec<(String, Value)>)> = entries(operations);
    paths.sort_by(|a, b| a.0.cmp(&b.0));
    let paths: Map<String, Value> = paths
        .into_iter()
        .map(|(path, methods)| (path, Value::Object(methods.into_iter().collect())))
        .collect();
    let version = operations
        .iter()
        .filter_map(|one| one.path.split('/').nth(1))
        .find_map(|one| {
            let number = one.strip_prefix('v')?;
            number.split('.').next()?.parse::<u32>().ok()
        });
    let pages: Vec<Value> = rights
        .iter()
        .map(|facts| json!({ "source": permissions::source(facts), "page": permissions::name(facts) }))
        .collect();
    let mut root = json!({
        "openapi": "3.0.3",
        "info": {
            "title": format!("{} API", service.to_uppercase()),
            "version": format!("{}.0.0", version.unwrap_or(1)),
            "description": UNWRITTEN,
            "contact": { "name": "The authors of otcdb" },
            "license": { "name": "MIT OR Apache-2.0", "url": "https://spdx.org/licenses/MIT.html" },
        },
        "x-documentation": pages,
        "servers": servers(service, hosts),
        "security": [{ "Token": [] }, { "AccessKey": [] }],
        "tags": tags(operations),
        "paths": paths,
        "components": { "securitySchemes": {
            "Token": { "$ref": "components/security.yaml#/Token" },
            "AccessKey": { "$ref": "components/security.yaml#/AccessKey" },
        } },
    });
    if let (true, Some(root)) = (rights.is_empty(), root.as_object_mut()) {
        root.shift_remove("x-documentation");
    }
    document(&root)
}

/// One server for each form of host; regions that differ alone are values of a variable.
fn servers(service: &str, hosts: &[String]) -> Vec<Value> {
    let mut forms: Vec<(String, Vec<String>)> = Vec::new();
    for host in hosts {
        let host = host.trim_start_matches("https://").trim_end_matches('/');
        let labels: Vec<&str> = host.split('.').collect();
        let region = labels
            .iter()
            .skip(1)
            .find(|label| is_region(label))
            .copied();
        let form = match region {
            Some(region) => labels
                .iter()
                .map(|label| if *label == region { "{region}" } else { label })
                .collect::<Vec<_>>()
                .join("."),
            None => host.to_owned(),
        };
        let region = region
            .filter(|region| *region != "{region}")
            .map(str::to_owned);
        match forms.iter_mut().find(|(known, _)| *known == form) {
            Some((_, regions)) => regions.extend(region),
            None => forms.push((form, region.into_iter().collect())),
        }
    }
    if forms.is_empty() {
        // A domain that nobody can have, until a person knows the host.
        forms.push((format!("{service}.{{region}}.todo.invalid"), Vec::new()));
    }
    let server = |(form, mut regions): (String, Vec<String>)| {
        regions.sort();
        regions.dedup();
        let mut server = json!({ "url": format!("https://{form}"), "description": UNWRITTEN });
        if form.contains("{region}") {
            let default = regions
                .first()
                .cloned()
                .unwrap_or_else(|| "eu-de".to_owned());
            if regions.is_empty() {
                regions.push(default.clone());
            }
            // Without an enum, openapi-generator makes Python whose types do not hold.
            let variable = json!({
                "description": "Region in which the service runs.",
                "enum": regions,
                "default": default,
            });
            server["variables"] = json!({ "region": variable });
        }
        server
    };
    forms.into_iter().map(server).collect()
}

/// `eu-de`, `cn-north-4`, or what stands for one.
fn is_region(label: &str) -> bool {
    let parts: Vec<&str> = label.split('-').collect();
    let area = parts
        .first()
        .is_some_and(|area| area.len() == 2 && area.chars().all(|c| c.is_ascii_lowercase()));
    label == "{region}" || area && parts.len() > 1
}

/// How the services know who calls.
pub(super) fn security() -> String {
    document(&json!({
        "Token": {
            "type": "apiKey",
            "in": "header",
            "name": "X-Auth-Token",
            "description": "A token of the identity service, scoped to the project. It is returned in the X-Subject-Token \
                            header of `POST /v3/auth/tokens` and is valid for 24 hours.",
        },
        "AccessKey": {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "A request signature made with an access key and its secret key (AK/SK), in the form \
                            `SDK-HMAC-SHA256 Access=…, SignedHeaders=…, Signature=…`. The request also carries X-Sdk-Date, \
                            X-Project-Id and, for temporary keys, X-Security-Token. A signature is accepted for about 15 \
                            minutes.",
        },
    }))
}
