//! Compresses `documents/*.json` and lists what there is: a service that is published is embedded.
//!
//! Each document is embedded whole, and once more in pieces that hold one path and method with what they refer to, since a
//! program that calls one operation has no use for a hundred others. Neighbours are packed together: what they both refer to
//! takes no room twice.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use heck::ToKebabCase as _;
use miniz_oxide::deflate::compress_to_vec_zlib;
use serde_json::{Map, Value, json};

/// How long the pieces of one pack are together, in bytes, unless it is one alone. To unpack so much takes a tenth of a
/// millisecond, and it is twice what compression looks back.
const PACK: usize = 64 * 1024;

fn main() -> Result<(), Box<dyn Error>> {
    let documents_folder = Path::new("documents");
    println!("cargo::rerun-if-changed={}", documents_folder.display());
    let out = PathBuf::from(std::env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?);
    let mut documents = Vec::new();
    for entry in std::fs::read_dir(documents_folder)? {
        let path = entry?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "json")
        {
            documents.push(path);
        }
    }
    documents.sort();
    let mut table = String::from("&[\n");
    for path in documents {
        let service = path.file_stem().and_then(|name| name.to_str());
        let service = service.ok_or("a published document is named after its service")?;
        let text = std::fs::read(&path)?;
        let document: Value = serde_json::from_slice(&text)?;
        let whole = out.join(format!("{service}.json.zlib"));
        std::fs::write(&whole, compress_to_vec_zlib(&text, 9))?;

        let mut packs = Packs::default();
        let mut pieces = String::new();
        let mut operations = Vec::new();
        for (number, piece) in pieces_of(&document)?.into_iter().enumerate() {
            let text = serde_json::to_vec(&piece.document)?;
            let (pack, start) = packs.add(&text);
            let end = start + text.len();
            writeln!(
                pieces,
                "        Piece {{ pack: {pack}, text: {start}..{end} }},"
            )?;
            operations.extend(piece.operations.into_iter().map(|one| (one, number)));
        }
        packs.close();
        operations.sort();
        let all_pieces = out.join(format!("{service}.pieces"));
        std::fs::write(&all_pieces, &packs.packed)?;

        let size = text.len();
        writeln!(
            table,
            "Embedded {{\n    outline: Outline {{\n        service: {service:?},\n        sections: &["
        )?;
        for section in array(document.get("tags")) {
            let name = text_of(section, "name");
            let title = match text_of(section, "x-displayName") {
                "" => name,
                title => title,
            };
            writeln!(
                table,
                "            OutlinedSection {{ name: {name:?}, title: {title:?} }},"
            )?;
        }
        writeln!(table, "        ],\n        operations: &[")?;
        for (operation, _) in &operations {
            let Outlined {
                name,
                id,
                path,
                summary,
                tag,
                resource,
            } = operation;
            writeln!(
                table,
                "            OutlinedOperation {{ name: {name:?}, id: {id:?}, path: {path:?}, summary: {summary:?}, tag: {tag:?}, resource: {resource:?} }},"
            )?;
        }
        writeln!(table, "        ],\n        parameters: &[")?;
        for (name, examples) in parameters_of(&document)? {
            writeln!(
                table,
                "            OutlinedParameter {{ name: {name:?}, examples: &{examples:?} }},"
            )?;
        }
        let numbers: Vec<usize> = operations.iter().map(|(_, piece)| *piece).collect();
        writeln!(
            table,
            "        ],\n    }},\n    size: {size},\n    packed: include_bytes!({whole:?}),\n    pieces: &[\n{pieces}    ],\n    \
             piece_of: &{numbers:?},\n    packs: &[\n{}    ],\n    packed_pieces: include_bytes!({all_pieces:?}),\n}},",
            packs.table
        )?;
    }
    table.push_str("]\n");
    std::fs::write(out.join("bundles.rs"), table)?;
    Ok(())
}

/// Texts, packed several together.
#[derive(Default)]
struct Packs {
    packed: Vec<u8>,
    /// The packs that are closed, in Rust, and how many there are.
    table: String,
    count: usize,
    open: Vec<u8>,
}

impl Packs {
    /// Adds a text, and says in which pack it is, and where there.
    fn add(&mut self, text: &[u8]) -> (usize, usize) {
        if self.open.len() + text.len() > PACK {
            self.close();
        }
        let start = self.open.len();
        self.open.extend(text);
        (self.count, start)
    }

    fn close(&mut self) {
        if self.open.is_empty() {
            return;
        }
        let start = self.packed.len();
        self.packed.extend(compress_to_vec_zlib(&self.open, 9));
        let (end, size) = (self.packed.len(), self.open.len());
        self.table.push_str(&format!(
            "        Pack {{ packed: {start}..{end}, size: {size} }},\n"
        ));
        self.count += 1;
        self.open.clear();
    }
}

/// A document of one path and method.
struct Piece {
    document: Value,
    operations: Vec<Outlined>,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Outlined {
    name: String,
    id: String,
    path: String,
    summary: String,
    tag: String,
    resource: Option<String>,
}

fn pieces_of(document: &Value) -> Result<Vec<Piece>, Box<dyn Error>> {
    let mut pieces = Vec::new();
    for (path, item) in object(document.get("paths")) {
        for (method, operation) in object(Some(item)) {
            if method == "parameters" {
                continue;
            }
            let mut own = Map::new();
            own.extend(
                item.get("parameters")
                    .map(|all| ("parameters".to_owned(), all.clone())),
            );
            own.insert(method.clone(), operation.clone());
            let mut pointers = BTreeSet::new();
            add_references(document, &Value::Object(own.clone()), &mut pointers)?;
            let mut components = Map::new();
            for pointer in pointers {
                let steps: Vec<&str> = pointer.split('/').collect();
                let ["", "components", kind, name] = steps.as_slice() else {
                    return Err(format!("{pointer} is no component").into());
                };
                let component = document.pointer(&pointer).cloned().unwrap_or_default();
                let all = components
                    .entry(*kind)
                    .or_insert_with(|| Value::Object(Map::new()));
                if let Value::Object(all) = all {
                    all.insert((*name).to_owned(), component);
                }
            }
            let variants = array(operation.get("x-variants"));
            let mut operations: Vec<Outlined> = variants.map(|one| outlined(path, one)).collect();
            if operations.is_empty() {
                operations.push(outlined(path, operation));
            }
            pieces.push(Piece {
                document: json!({
                    "security": document.get("security"),
                    "paths": { path: own },
                    "components": components,
                }),
                operations,
            });
        }
    }
    Ok(pieces)
}

fn outlined(path: &str, operation: &Value) -> Outlined {
    let id = text_of(operation, "operationId");
    Outlined {
        name: id.to_kebab_case(),
        id: id.to_owned(),
        path: path.to_owned(),
        summary: text_of(operation, "summary").to_owned(),
        tag: array(operation.get("tags"))
            .find_map(Value::as_str)
            .unwrap_or_default()
            .to_owned(),
        resource: operation
            .get("x-resource")
            .and_then(Value::as_str)
            .map(str::to_owned),
    }
}

/// The names of the parameters of all operations, with the texts that are documented as their values.
fn parameters_of(document: &Value) -> Result<BTreeMap<&str, Vec<&str>>, Box<dyn Error>> {
    let mut found = BTreeMap::<&str, Vec<&str>>::new();
    for (_, item) in object(document.get("paths")) {
        let operations = object(Some(item)).map(|(_, operation)| operation);
        let of_operations = operations.flat_map(|operation| {
            let variants = array(operation.get("x-variants"));
            [operation].into_iter().chain(variants)
        });
        let holders = [item].into_iter().chain(of_operations);
        for parameter in holders.flat_map(|holder| array(holder.get("parameters"))) {
            let parameter = match parameter.get("$ref").and_then(Value::as_str) {
                None => parameter,
                Some(reference) => reference
                    .strip_prefix('#')
                    .and_then(|pointer| document.pointer(pointer))
                    .ok_or_else(|| format!("{reference} leads nowhere"))?,
            };
            let examples = object(parameter.get("examples"));
            let values = examples.filter_map(|(_, example)| example.get("value"));
            let texts = values.map(|value| value.as_str().unwrap_or_default());
            found
                .entry(text_of(parameter, "name"))
                .or_default()
                .extend(texts);
        }
    }
    for examples in found.values_mut() {
        examples.sort_unstable();
        examples.dedup();
    }
    Ok(found)
}

/// Adds the pointers of everything that a value refers to, however indirectly.
fn add_references(
    document: &Value,
    value: &Value,
    found: &mut BTreeSet<String>,
) -> Result<(), Box<dyn Error>> {
    match value {
        Value::Object(members) => {
            if let Some(Value::String(reference)) = members.get("$ref") {
                let pointer = reference
                    .strip_prefix('#')
                    .ok_or("a reference leads out of its document")?;
                let target = document
                    .pointer(pointer)
                    .ok_or_else(|| format!("{reference} leads nowhere"))?;
                if found.insert(pointer.to_owned()) {
                    add_references(document, target, found)?;
                }
            }
            members
                .values()
                .try_for_each(|member| add_references(document, member, found))
        }
        Value::Array(elements) => elements
            .iter()
            .try_for_each(|element| add_references(document, element, found)),
        _ => Ok(()),
    }
}

fn text_of<'v>(value: &'v Value, name: &str) -> &'v str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn array(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    value.and_then(Value::as_array).into_iter().flatten()
}

fn object(value: Option<&Value>) -> impl Iterator<Item = (&String, &Value)> {
    value.and_then(Value::as_object).into_iter().flatten()
}
