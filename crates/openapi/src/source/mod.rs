//! One self-contained document per service, from files that refer to each other.

mod loader;
mod resolver;
mod unused;

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use crate::description::{Description, InvalidDescription};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::{nulls, variants};
use loader::Loader;
use resolver::Resolver;

pub use loader::Location;

/// A description without external references.
#[derive(Debug)]
pub struct Bundle {
    /// Name of the service: the folder's name.
    pub service: String,
    /// The document, in the order in which OpenAPI documents are usually read. Where there are several operations under
    /// one method and path, each is one of its own, with a key of its own among the paths.
    pub document: Value,
    /// The document as it is published: there, they are one operation, and what may be absent from a response may be
    /// null.
    pub published: Value,
    /// Where the parts of the document were written, by pointer into the document.
    origins: BTreeMap<String, Location>,
    /// Files of the service's folder, and entries of its component files, that no reference leads to.
    pub unused: Vec<Location>,
}

impl Bundle {
    /// Bundles `<openapi>/<service>/openapi.yaml`.
    ///
    /// # Errors
    /// Every broken file, reference or name clash that was found.
    pub fn load(openapi: &Path, service: &str) -> Result<Self, Diagnostics> {
        let mut loader = Loader::new(openapi);
        let root = Location::new(&format!("{service}/openapi.yaml"), "");
        let mut resolver = Resolver::new(&mut loader);
        let document = resolver.document(&root);
        let (document, origins, mut diagnostics) = resolver.finish(document);
        let folded = match document {
            Some(document) if diagnostics.is_empty() => match variants::fold(document) {
                Ok(folded) => Some(folded),
                Err(unfoldable) => {
                    let unplaced = Self::with(service, Value::Null, Value::Null, origins.clone());
                    let diagnostic = |(at, message, help): (String, String, &str)| {
                        unplaced.diagnostic("variants", &at, message, help)
                    };
                    diagnostics.extend(unfoldable.into_iter().map(diagnostic));
                    None
                }
            },
            _ => None,
        };
        let Some(published) = folded else {
            diagnostics.sort();
            diagnostics.dedup();
            return Err(Diagnostics(diagnostics));
        };
        let (document, moved) = variants::expand_with_origins(published.clone());
        let mut bundle = Self::with(service, document, published, origins);
        for (from, to) in moved {
            let origin = bundle.origin(&from);
            bundle.origins.insert(to, origin);
        }
        bundle.unused = unused::unused(openapi, service, &mut loader).map_err(Diagnostics::one)?;
        Ok(bundle)
    }

    fn with(
        service: &str,
        document: Value,
        mut published: Value,
        origins: BTreeMap<String, Location>,
    ) -> Self {
        nulls::admit(&mut published);
        Self {
            service: service.to_owned(),
            document,
            published,
            origins,
            unused: Vec::new(),
        }
    }

    /// What the document says.
    ///
    /// # Errors
    /// See [`Description::of`].
    pub fn describe(&self) -> Result<Description, InvalidDescription> {
        Description::of(&self.service, self.document.clone())
    }

    /// Says where the value at a pointer into [`Self::document`] was written.
    pub fn origin(&self, pointer: &str) -> Location {
        let mut prefix = pointer;
        loop {
            if let Some(origin) = self.origins.get(prefix) {
                let rest = pointer.strip_prefix(prefix).unwrap_or_default();
                return Location::new(&origin.file, &format!("{}{rest}", origin.pointer));
            }
            match prefix.rfind('/') {
                Some(end) => prefix = prefix.get(..end).unwrap_or_default(),
                None => return Location::new(&format!("{}/openapi.yaml", self.service), pointer),
            }
        }
    }

    /// A diagnostic at a pointer into [`Self::document`], reported where that part was written.
    pub fn diagnostic(
        &self,
        rule: &'static str,
        pointer: &str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Diagnostic {
        self.origin(pointer).diagnostic(rule, message, help)
    }

    /// A bundle of one document that was not read from files.
    pub fn of(service: &str, document: Value) -> Self {
        let expanded = variants::expand(document.clone());
        Self::with(service, expanded, document, BTreeMap::new())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder with one service from the given files, and what loading it says.
    pub(super) fn load(files: &[(&str, &[u8])]) -> Result<Bundle, Vec<String>> {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join("test").join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        Bundle::load(folder.path(), "test")
            .map_err(|diagnostics| diagnostics.0.iter().map(ToString::to_string).collect())
    }

    const ROOT: &[u8] = b"openapi: 3.0.3
paths:
  /a: { $ref: a.yaml }
components:
  schemas:
    A: { $ref: 'components/all.yaml#/A' }
    B: { $ref: 'components/all.yaml#/B' }
";

    #[test]
    fn a_broken_file_is_one_fault_at_that_file() {
        for (text, position, what) in [
            (&b"A: {}\nB:\n\t- x\n"[..], "line 3", "not YAML"),
            (b"A: {}\nB: [\n", "line 2", "not YAML"),
            (b"A: {}\nA: {}\nB: {}\n", "line 2", "duplicate"),
            (
                b"A: {}\nB: {}\n---\nC: {}\n",
                "line 4",
                "multiple YAML documents",
            ),
            (b"A: {}\nB: x\xff\n", "line 2, column 5", "not UTF-8"),
        ] {
            let found = load(&[
                ("openapi.yaml", ROOT),
                ("a.yaml", b"get: {}"),
                ("components/all.yaml", text),
            ])
            .unwrap_err();
            assert_eq!(found.len(), 1, "{found:#?}");
            assert_eq!(
                found[0].lines().count(),
                2,
                "an error and its help: {found:#?}"
            );
            assert!(
                found[0].starts_with("openapi/test/components/all.yaml#: ")
                    && found[0].contains("[yaml]")
                    && found[0].contains(position)
                    && found[0].contains(what),
                "{found:#?}"
            );
        }
    }

    #[test]
    fn a_broken_root_is_one_fault_too() {
        let found = load(&[("openapi.yaml", b"openapi: [")]).unwrap_err();
        assert_eq!(found.len(), 1, "{found:#?}");
        assert!(
            found[0].starts_with("openapi/test/openapi.yaml#: ") && found[0].contains("[yaml]")
        );
    }

    #[test]
    fn a_missing_file_is_a_fault_of_each_reference_to_it() {
        let found = load(&[("openapi.yaml", ROOT), ("a.yaml", b"get: {}")]).unwrap_err();
        assert_eq!(found.len(), 2, "{found:#?}");
        for (diagnostic, name) in found.iter().zip(["A", "B"]) {
            let at = format!("openapi/test/openapi.yaml#/components/schemas/{name}: ");
            assert!(diagnostic.starts_with(&at), "{diagnostic}");
            assert!(
                diagnostic.contains("there is no file openapi/test/components/all.yaml"),
                "{diagnostic}"
            );
        }
    }

    #[test]
    fn what_nothing_refers_to_is_known() {
        let bundle = load(&[
            ("openapi.yaml", ROOT),
            ("a.yaml", b"get: {}"),
            ("components/all.yaml", b"A: { allOf: [$ref: '#/C'] }\nB: {}\nC: {}\nD: { $ref: '#/E' }\nE: { $ref: '#/D' }"),
            ("components/other.yaml", b"X: {}"),
            ("logs/deep/forgotten.yml", b"garbage: ["),
            ("logs/openapi.yaml", b"{}"),
            ("facts/a.yaml", b"{}"),
            ("notes.md", b"text"),
        ])
        .unwrap();
        let unused: Vec<_> = bundle
            .unused
            .iter()
            .map(|place| format!("{}#{}", place.file, place.pointer))
            .collect();
        assert_eq!(
            unused,
            [
                "test/components/all.yaml#/D",
                "test/components/all.yaml#/E",
                "test/components/other.yaml#",
                "test/logs/deep/forgotten.yml#",
                "test/logs/openapi.yaml#",
            ]
        );
    }

    #[test]
    fn an_entry_is_used_by_a_reference_into_it_and_a_file_by_one_to_all_of_it() {
        let root = b"openapi: 3.0.3
paths:
  /a: { $ref: 'components/all.yaml#/A/item' }
  /b: { $ref: components/whole.yaml }
";
        let bundle = load(&[
            ("openapi.yaml", root),
            ("components/all.yaml", b"A: { item: { get: {} } }"),
            ("components/whole.yaml", b"get: {}"),
        ])
        .unwrap();
        assert_eq!(bundle.unused, []);
    }
}
