//! A made description of any size: operations of a real one under new names, with all that they refer to.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use otcdb_openapi::{Bundle, yaml};
use serde_json::{Map, Value, json};

/// Its name, and that of its folder.
pub(crate) const SERVICE: &str = "made";

/// An operation of the real description.
struct Operation<'a> {
    path: &'a str,
    method: &'a str,
    value: &'a Value,
    /// `<section>/<name>`, as its file is called.
    file: String,
}

/// Writes `<openapi>/made` with so many operations: one file for each, and the files of components that they need.
pub(crate) fn describe(real: &Bundle, count: usize, openapi: &Path) {
    let operations = operations(real);
    let mut paths = Map::new();
    let mut tags = Vec::new();
    let folder = openapi.join(SERVICE);
    let mut left = count;
    for copy in 0.. {
        if left == 0 {
            break;
        }
        // What is left out is nothing that others lead to.
        let is_alone = |one: &&Operation<'_>| !one.value.to_string().contains("\"links\"");
        let chosen: Vec<&Operation<'_>> = match left < operations.len() {
            true => operations.iter().filter(is_alone).take(left).collect(),
            false => operations.iter().collect(),
        };
        left -= chosen.len();
        let mut maker = Copy {
            real,
            number: copy,
            needed: BTreeSet::new(),
        };
        for operation in &chosen {
            let (section, name) = operation.file.split_once('/').unwrap();
            let file = format!("{section}_c{copy}/{name}_c{copy}.yaml");
            let mut value = maker.renamed(operation.value);
            maker.keep_resource(&mut value, &chosen);
            if let Some((name, verb)) = value["x-resource"]
                .as_str()
                .and_then(|one| one.split_once('#'))
            {
                value["x-resource"] = json!(format!("{name}-c{copy}#{verb}"));
            }
            value["tags"] = json!([format!("{section}_c{copy}")]);
            write(&folder.join(&file), &value);
            let path = format!("/c{copy}{}", operation.path);
            let item = paths.entry(path).or_insert_with(|| json!({}));
            item[operation.method] = json!({ "$ref": file });
        }
        for tag in real.document["tags"].as_array().unwrap() {
            let name = format!("{}_c{copy}", tag["name"].as_str().unwrap());
            let is_used = |one: &&Operation<'_>| one.value["tags"][0] == tag["name"];
            if chosen.iter().any(is_used) {
                let mut tag = tag.clone();
                tag["name"] = json!(name);
                tags.push(tag);
            }
        }
        for (file, entries) in maker.components() {
            write(&folder.join(file), &Value::Object(entries));
        }
    }
    let mut root = real.document.clone();
    let security = &real.document["components"]["securitySchemes"];
    root["components"] = json!({ "securitySchemes": security });
    root["paths"] = Value::Object(paths);
    root["tags"] = Value::Array(tags);
    write(&folder.join("openapi.yaml"), &root);
}

fn operations(real: &Bundle) -> Vec<Operation<'_>> {
    let mut found = Vec::new();
    for (path, item) in real.document["paths"].as_object().unwrap() {
        // One of several under its method and path: those are written in another way.
        if path.contains('#') {
            continue;
        }
        for (method, value) in item.as_object().unwrap() {
            let pointer = otcdb_openapi::pointer::join("/paths", path);
            let origin = real.origin(&otcdb_openapi::pointer::join(&pointer, method));
            let file = origin.file.split_once('/').unwrap().1;
            found.push(Operation {
                path,
                method,
                value,
                file: file.trim_end_matches(".yaml").to_owned(),
            });
        }
    }
    found
}

/// One copy of the real description.
struct Copy<'a> {
    real: &'a Bundle,
    number: usize,
    /// Pointers of components that something refers to.
    needed: BTreeSet<String>,
}

impl Copy<'_> {
    /// A value with the names of this copy.
    fn renamed(&mut self, value: &Value) -> Value {
        match value {
            Value::Array(items) => items.iter().map(|item| self.renamed(item)).collect(),
            Value::Object(members) => {
                let renamed = members.iter().map(|(key, member)| {
                    let member = match (key.as_str(), member) {
                        ("$ref", Value::String(reference)) => json!(self.reference(reference)),
                        ("operationId", Value::String(id)) => json!(self.name(id)),
                        _ => self.renamed(member),
                    };
                    (key.clone(), member)
                });
                Value::Object(renamed.collect())
            }
            other => other.clone(),
        }
    }

    /// Takes out the resource where nothing that is chosen lists or shows it.
    fn keep_resource(&self, operation: &mut Value, chosen: &[&Operation<'_>]) {
        let is_known = |resource: &str| {
            let looks = ["list", "show"].map(|verb| format!("{resource}#{verb}"));
            let mut all = chosen
                .iter()
                .filter_map(|one| one.value["x-resource"].as_str());
            all.any(|one| looks.iter().any(|look| look == one))
        };
        let resource = operation["x-resource"].as_str();
        let resource = resource.and_then(|one| one.split_once('#'));
        if resource.is_some_and(|(resource, _)| !is_known(resource)) {
            operation
                .as_object_mut()
                .unwrap()
                .shift_remove("x-resource");
        }
    }

    fn name(&self, name: &str) -> String {
        format!("{name}C{}", self.number)
    }

    fn reference(&mut self, reference: &str) -> String {
        let pointer = reference.strip_prefix('#').unwrap();
        self.needed.insert(pointer.to_owned());
        let (file, name) = self.place(pointer);
        format!("../{file}#/{name}")
    }

    /// The file and the name of a component.
    fn place(&self, pointer: &str) -> (String, String) {
        let origin = self.real.origin(pointer);
        let stem = origin
            .file
            .rsplit('/')
            .next()
            .unwrap()
            .trim_end_matches(".yaml");
        let name = pointer.rsplit('/').next().unwrap();
        (
            format!("components/{stem}_c{}.yaml", self.number),
            self.name(name),
        )
    }

    /// The files of all components that are needed, those included that components need.
    fn components(&mut self) -> BTreeMap<String, Map<String, Value>> {
        let mut files: BTreeMap<String, Map<String, Value>> = BTreeMap::new();
        let mut done = BTreeSet::new();
        while let Some(pointer) = self.needed.pop_first() {
            if !done.insert(pointer.clone()) {
                continue;
            }
            let value = self.real.document.pointer(&pointer).unwrap().clone();
            let value = self.renamed(&value);
            let (file, name) = self.place(&pointer);
            files.entry(file).or_default().insert(name, value);
        }
        files
    }
}

fn write(path: &Path, value: &Value) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, yaml::emit(value).unwrap()).unwrap();
}
