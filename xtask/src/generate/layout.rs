//! Which file each generated item goes to: a type with the components file that describes it, an operation with its
//! section, so that a change of the description is a change of the files that are named after what was edited.

use std::collections::{BTreeMap, HashMap};

use anyhow::{Context as _, Result, bail};
use heck::ToSnakeCase as _;
use otcdb_openapi::Bundle;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{ImplItem, Item, ItemImpl, ItemMod};

use super::owner::{idents, idents_of};
use super::rust_names::{method_name, type_name};
use super::source::Source;

/// Lines that a reader, a review and an editor still take; what is longer becomes a folder.
pub(super) const LONGEST: usize = 4000;

/// A generated file of a client crate.
pub(super) struct Module {
    /// Below `src/generated`.
    pub(super) path: String,
    /// What of the description it is generated from, below `openapi`.
    pub(super) from: String,
    pub(super) code: syn::File,
}

/// What is generated for one name: a type with all that is implemented for it, or an operation.
#[derive(Default)]
struct Part {
    items: Vec<Item>,
    /// Methods of the client.
    methods: Vec<Method>,
}

/// A method of the client, with the block that it stands in: blocks are told by their place.
struct Method {
    block: usize,
    attributes: Vec<syn::Attribute>,
    item: ImplItem,
}

/// The parts of one file, by name and in order.
struct Group {
    from: String,
    parts: Vec<(String, Part)>,
}

/// The groups of a folder.
#[derive(Default)]
struct Groups {
    /// By the names of their modules.
    modules: BTreeMap<String, Group>,
    /// Where each part is, by its name: the module, and its place there.
    places: HashMap<String, (String, usize)>,
    /// The names of the parts by those of their methods.
    methods: HashMap<String, String>,
}

impl Groups {
    fn add(&mut self, module: String, from: String, name: String) {
        let group = self.modules.entry(module.clone()).or_insert_with(|| Group {
            from,
            parts: Vec::new(),
        });
        self.methods.insert(method_name(&name), name.clone());
        self.places
            .insert(name.clone(), (module, group.parts.len()));
        group.parts.push((name, Part::default()));
    }

    fn part(&mut self, name: &str) -> Option<&mut Part> {
        let (module, place) = self.places.get(name)?;
        let (_, part) = self.modules.get_mut(module)?.parts.get_mut(*place)?;
        Some(part)
    }

    /// The name of the part that an item belongs to: its own, or the longest that its own begins with, since a schema
    /// inside another is named after both.
    fn part_of(&self, item: &Item) -> Option<String> {
        let candidates = idents_of(item);
        let known = |name: &&str| self.places.contains_key(*name);
        let whole = candidates.iter().map(String::as_str).find(known);
        let begun = || {
            let all = candidates.iter().filter_map(|candidate| {
                let ends = candidate.char_indices().map(|(end, _)| end).rev();
                let beginnings = ends.filter_map(|end| candidate.get(..end));
                beginnings.into_iter().find(known)
            });
            all.max_by_key(|name| name.len())
        };
        whole.or_else(begun).map(str::to_owned)
    }

    /// Puts an item to its part; `None` if there is none.
    fn place(&mut self, item: Item) -> Result<Option<()>> {
        let Some(name) = self.part_of(&item) else {
            return Ok(None);
        };
        let part = self.part(&name).context("a part vanished")?;
        part.items.push(item);
        Ok(Some(()))
    }
}

/// Distributes the items of a client, as one file, over files.
///
/// # Errors
/// An item that belongs nowhere, or an operation alone that is longer than `longest` lines.
pub(super) fn split(
    bundle: &Bundle,
    source: &Source<'_>,
    file: syn::File,
    longest: usize,
) -> Result<Vec<Module>> {
    let service = &bundle.service;
    let mut types = types_by_file(bundle, source);
    let mut operations = operations_by_section(source);
    let (mut root, mut shared_types) = (Vec::new(), Vec::new());
    for (index, item) in file.items.into_iter().enumerate() {
        match item {
            Item::Mod(module) if module.ident == "types" => {
                shared_types = distribute_types(module, &mut types)?;
            }
            Item::Mod(module) if module.ident == "builder" => {
                for item in content(module) {
                    match item {
                        // Each file has its own.
                        Item::Use(_) => {}
                        item => operations
                            .place(item)?
                            .context("an item of builder has no operation")?,
                    }
                }
            }
            Item::Impl(block) if is_of_client(&block) => {
                if let Some(rest) = distribute_methods(index, block, &mut operations) {
                    root.push(Item::Impl(rest));
                }
            }
            Item::Impl(block) if idents(&block.self_ty).iter().any(|name| name == "builder") => {
                operations
                    .place(Item::Impl(block))?
                    .context("a block of builder has no operation")?;
            }
            item => root.push(item),
        }
    }
    let mut modules = Vec::new();
    let header = quote! {
        #[allow(unused_imports)]
        use crate::generated::{Client, builder, types};
        #[allow(unused_imports)]
        use otcdb_core::{call, operation::{self, Limit}, page, waiter};
    };
    let all = quote! {
        #[allow(unused_imports)]
        use super::*;
    };
    folder(("types", longest), types, &all, shared_types, &mut modules)?;
    folder(
        ("operations", longest),
        operations,
        &header,
        Vec::new(),
        &mut modules,
    )?;
    for module in &mut modules {
        if module.from.is_empty() {
            module.from.clone_from(service);
        }
    }
    let tree = quote! {
        /// Types used as operation parameters and responses.
        #[warn(missing_docs)]
        #[allow(clippy::all)]
        pub mod types;
        mod operations;
        /// The calls of a [`Client`], each made by its method of that name.
        pub mod builder {
            pub use super::operations::*;
        }
    };
    let mut code: syn::File = syn::parse2(tree)?;
    let (uses, rest): (Vec<Item>, Vec<Item>) = root
        .into_iter()
        .partition(|item| matches!(item, Item::Use(_)));
    code.items.splice(..0, uses);
    code.items.extend(rest);
    modules.push(Module {
        path: "mod.rs".to_owned(),
        from: service.clone(),
        code,
    });
    Ok(modules)
}

/// An empty group for each file of the description that has schemas.
fn types_by_file(bundle: &Bundle, source: &Source<'_>) -> Groups {
    let mut groups = Groups::default();
    let schemas = source.view["components"]["schemas"].as_object();
    for (name, _) in schemas.into_iter().flatten() {
        let pointer = otcdb_openapi::pointer::join("/components/schemas", name);
        let from = bundle.origin(&pointer).file;
        let stem = from.rsplit('/').next().unwrap_or(&from);
        let stem = stem.split('.').next().unwrap_or(stem);
        groups.add(method_name(stem), from.clone(), type_name(name));
    }
    groups
}

/// An empty group for each section.
fn operations_by_section(source: &Source<'_>) -> Groups {
    let service = &source.description.service;
    let mut groups = Groups::default();
    for operation in &source.description.operations {
        let from = format!("{service}/{}", operation.tag);
        let name = type_name(&operation.id);
        groups.add(method_name(&operation.tag), from, name);
    }
    groups
}

/// Puts the types into their groups, and gives what belongs to all of them.
fn distribute_types(module: ItemMod, groups: &mut Groups) -> Result<Vec<Item>> {
    let mut shared = Vec::new();
    for item in content(module) {
        match item {
            Item::Mod(_) | Item::Use(_) => shared.push(item),
            item => {
                if groups.part_of(&item).is_some() {
                    groups.place(item)?;
                } else {
                    shared.push(item);
                }
            }
        }
    }
    Ok(shared)
}

/// Puts the methods of operations to them, and gives the block of the others.
fn distribute_methods(index: usize, mut block: ItemImpl, groups: &mut Groups) -> Option<ItemImpl> {
    let mut rest = Vec::new();
    for item in std::mem::take(&mut block.items) {
        let name = match &item {
            ImplItem::Fn(function) => function.sig.ident.to_string(),
            _ => String::new(),
        };
        let name = name.strip_prefix("wait_for_").unwrap_or(&name);
        let part = groups.methods.get(name).cloned();
        match part.and_then(|part| groups.part(&part)) {
            Some(part) => part.methods.push(Method {
                block: index,
                attributes: block.attrs.clone(),
                item,
            }),
            None => rest.push(item),
        }
    }
    block.items = rest;
    (!block.items.is_empty()).then_some(block)
}

/// Adds the files of a folder: one for each group, or a folder of one for each part if that would be too long.
fn folder(
    (name, longest): (&str, usize),
    groups: Groups,
    header: &TokenStream,
    shared: Vec<Item>,
    modules: &mut Vec<Module>,
) -> Result<()> {
    let mut members = Vec::new();
    for (module, group) in groups.modules {
        let whole = file(header, group.parts.iter().map(|(_, part)| part))?;
        if lines(&whole) <= longest {
            modules.push(Module {
                path: format!("{name}/{module}.rs"),
                from: group.from,
                code: whole,
            });
        } else {
            let mut inner = Vec::new();
            for (part_name, part) in &group.parts {
                let code = file(header, [part])?;
                let count = lines(&code);
                if count > longest {
                    bail!("the code of {part_name} alone has {count} lines, more than {longest}");
                }
                let file = method_name(&part_name.to_snake_case());
                modules.push(Module {
                    path: format!("{name}/{module}/{file}.rs"),
                    from: group.from.clone(),
                    code,
                });
                inner.push(file);
            }
            modules.push(Module {
                path: format!("{name}/{module}/mod.rs"),
                from: group.from,
                code: tree(header, inner, Vec::new())?,
            });
        }
        members.push(module);
    }
    modules.push(Module {
        path: format!("{name}/mod.rs"),
        from: String::new(),
        code: tree(
            &if name == "types" {
                TokenStream::new()
            } else {
                header.clone()
            },
            members,
            shared,
        )?,
    });
    Ok(())
}

/// A module that has others and hands on all that is in them.
fn tree(header: &TokenStream, members: Vec<String>, shared: Vec<Item>) -> Result<syn::File> {
    let names: Vec<_> = members.iter().map(|name| format_ident!("{name}")).collect();
    Ok(syn::parse2(quote! {
        #header
        #(mod #names;)*
        #(#[allow(unused_imports)] pub use #names::*;)*
        #(#shared)*
    })?)
}

/// One file of several parts.
fn file<'a>(header: &TokenStream, parts: impl IntoIterator<Item = &'a Part>) -> Result<syn::File> {
    let mut items: Vec<&Item> = Vec::new();
    let mut blocks: BTreeMap<usize, Vec<&Method>> = BTreeMap::new();
    for part in parts {
        items.extend(&part.items);
        for method in &part.methods {
            blocks.entry(method.block).or_default().push(method);
        }
    }
    let clients = blocks.values().map(|methods| {
        let attributes = methods.iter().take(1).flat_map(|method| &method.attributes);
        let items = methods.iter().map(|method| &method.item);
        quote! { #(#attributes)* impl Client { #(#items)* } }
    });
    Ok(syn::parse2(quote! { #header #(#clients)* #(#items)* })?)
}

fn lines(file: &syn::File) -> usize {
    prettyplease::unparse(file).lines().count()
}

fn content(module: ItemMod) -> Vec<Item> {
    module.content.map(|(_, items)| items).unwrap_or_default()
}

fn is_of_client(block: &ItemImpl) -> bool {
    block.trait_.is_none() && idents(&block.self_ty) == ["Client"]
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn modules(longest: usize) -> Result<Vec<(String, String)>> {
        let operation = |id: &str| json!({ "operationId": id, "tags": ["things"], "responses": { "200": { "description": "" } } });
        let document = json!({
            "paths": { "/a": { "get": operation("ListThings"), "put": operation("SetThing") } },
            "components": { "schemas": { "Thing": {}, "ThingKind": {} } },
        });
        let description = otcdb_openapi::Description::of("test", document.clone())?;
        let source = Source::new(description, &document);
        let bundle = Bundle::of("test", document.clone());
        let file: syn::File = syn::parse_quote! {
            use something::Error;
            pub mod types {
                pub mod defaults { pub fn one() {} }
                pub struct Thing;
                impl Thing { pub fn new() {} }
                pub struct ThingKind;
                pub enum ThingKindInside {}
                impl From<ThingKind> for String {}
                otcdb_core::text_enum!(ThingKind);
            }
            pub struct Client;
            impl Client { pub fn connect() {} }
            impl Client { pub fn list_things() {} pub fn set_thing() {} }
            pub mod builder { use super::types; pub struct ListThings; pub struct SetThing; }
            impl builder::ListThings { pub fn stream() {} }
            impl Client { pub fn wait_for_set_thing() {} }
        };
        let modules = split(&bundle, &source, file, longest)?;
        let text = |module: Module| (module.path, prettyplease::unparse(&module.code));
        Ok(modules.into_iter().map(text).collect())
    }

    fn has(modules: &[(String, String)], path: &str, parts: &[&str]) {
        let (_, text) = modules
            .iter()
            .find(|(known, _)| known == path)
            .unwrap_or_else(|| panic!("no {path} in {modules:#?}"));
        for part in parts {
            assert!(text.contains(part), "{path} has no {part:?}:\n{text}");
        }
    }

    #[test]
    fn what_belongs_together_stands_together() {
        let found = modules(LONGEST).unwrap();
        let operation = [
            "pub fn list_things()",
            "pub fn wait_for_set_thing()",
            "pub struct ListThings",
            "pub fn stream()",
            "pub struct SetThing",
        ];
        has(&found, "operations/things.rs", &operation);
        // A document that was not read from files is one file.
        let types = [
            "pub struct Thing;",
            "pub enum ThingKindInside",
            "for String",
            "text_enum!(ThingKind)",
        ];
        has(&found, "types/openapi.rs", &types);
        has(
            &found,
            "types/mod.rs",
            &["mod defaults", "pub use openapi::*"],
        );
        has(&found, "mod.rs", &["pub struct Client", "pub fn connect()"]);
        assert_eq!(found.len(), 5);
    }

    #[test]
    fn a_file_that_would_be_too_long_becomes_a_folder() {
        let found = modules(LONGEST).unwrap();
        let whole = found
            .iter()
            .find(|(path, _)| path == "operations/things.rs");
        let length = whole.unwrap().1.lines().count();
        let found = modules(length).unwrap();
        has(&found, "operations/things.rs", &["pub struct SetThing"]);
        let found = modules(length - 1).unwrap();
        has(
            &found,
            "operations/things/set_thing.rs",
            &["pub struct SetThing", "pub fn wait_for_set_thing()"],
        );
        has(
            &found,
            "operations/things/list_things.rs",
            &["pub fn stream()"],
        );
        has(
            &found,
            "operations/things/mod.rs",
            &["mod set_thing;", "pub use list_things::*"],
        );
        has(&found, "operations/mod.rs", &["mod things;"]);
        let error = modules(3).err().unwrap().to_string();
        assert!(error.contains("more than 3"), "{error}");
    }
}
