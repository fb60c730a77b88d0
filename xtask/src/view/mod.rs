//! The client view: a bundle rewritten into what progenitor turns into a good client.
//!
//! The published description says what is true of the API, for every language. progenitor has limits that such
//! a description meets (several success statuses, error bodies, enums that the service does not keep to), so
//! the bundle is rewritten before generation: one named function per limit, in one table. A rewrite that no
//! service needs is an error, so that nothing stays here after its reason is gone.

mod bodies;
mod enums;
mod schemas;
mod strings;

use std::collections::BTreeSet;

use otcdb_openapi::reachable;
use serde_json::Value;

/// What rewrites know of the bundle beside the document as the rewrites before them left it.
pub struct Context {
    /// Names of the component schemas that the service sends, error bodies included.
    pub sent: BTreeSet<String>,
}

impl Context {
    /// The component schemas that the service sends.
    fn sent_schemas<'a>(&'a self, document: &'a mut Value) -> impl Iterator<Item = &'a mut Value> {
        document
            .pointer_mut("/components/schemas")
            .and_then(Value::as_object_mut)
            .into_iter()
            .flatten()
            .filter_map(|(name, schema)| self.sent.contains(name).then_some(schema))
    }
}

/// One rewrite of the bundle.
pub struct Rewrite {
    /// Name, as printed when it applies nowhere.
    pub name: &'static str,
    /// The limitation that it works around.
    pub why: &'static str,
    /// Applies the rewrite and says how many places it changed.
    pub apply: fn(&mut Value, &Context) -> usize,
}

/// Every rewrite, in the order in which they are applied.
pub const REWRITES: &[Rewrite] = &[
    Rewrite {
        name: "drop-error-responses",
        why: "progenitor panics on differing error bodies, and loses status and headers of untyped ones; left out, \
              every failure arrives whole as Error::UnexpectedResponse",
        apply: bodies::drop_error_responses,
    },
    Rewrite {
        name: "merge-successes",
        why: "progenitor panics on two success statuses; 200 with a body and 204 without become an optional body",
        apply: bodies::merge_successes,
    },
    Rewrite {
        name: "drop-runtime-headers",
        why: "headers that the runtime adds would become arguments of every call",
        apply: bodies::drop_runtime_headers,
    },
    Rewrite {
        name: "drop-restrictions",
        why: "progenitor ignores the bounds of lists and most of those of integers, and makes of the others types that \
              refuse to decode what a service sends, take no plain value in requests, or need an engine for regular \
              expressions; the service checks what it is sent",
        apply: schemas::drop_restrictions,
    },
    Rewrite {
        name: "open-response-enums",
        why: "an unknown value or another letter case would make the whole body undecodable",
        apply: enums::open_response_enums,
    },
    Rewrite {
        name: "secret-strings",
        why: "generated types print every field, and passwords and presigned links must not be printed",
        apply: strings::secret_strings,
    },
    Rewrite {
        name: "null-where-referred",
        why: "progenitor makes a wrapper of a named object that may be null, and calls the object itself …Inner",
        apply: schemas::null_where_referred,
    },
    Rewrite {
        name: "nullable-optional-properties",
        why: "progenitor reads an absent list as empty and refuses null; services send both",
        apply: schemas::nullable_optional_properties,
    },
];

/// A client view and how often each rewrite applied, in the order of [`REWRITES`].
#[derive(Debug)]
pub struct View {
    /// The rewritten document.
    pub document: Value,
    /// Number of places that each rewrite changed.
    pub applied: Vec<usize>,
}

/// Rewrites a bundle's document.
pub fn view(document: &Value) -> View {
    let context = Context {
        sent: reachable::response_schemas(document),
    };
    let mut document = document.clone();
    let applied = REWRITES
        .iter()
        .map(|rewrite| (rewrite.apply)(&mut document, &context))
        .collect();
    View { document, applied }
}

/// The rewrites that changed none of the given views.
pub fn unused<'a>(views: impl IntoIterator<Item = &'a View>) -> Vec<&'static Rewrite> {
    let mut used = vec![0; REWRITES.len()];
    for view in views {
        for (sum, applied) in used.iter_mut().zip(&view.applied) {
            *sum += applied;
        }
    }
    REWRITES
        .iter()
        .zip(used)
        .filter_map(|(rewrite, used)| (used == 0).then_some(rewrite))
        .collect()
}

#[cfg(test)]
mod testing {
    use super::Context;

    /// A service that sends nothing.
    pub(super) fn none() -> Context {
        Context { sent: [].into() }
    }

    /// A service that sends one schema.
    pub(super) fn sending(name: &str) -> Context {
        Context {
            sent: [name.to_owned()].into(),
        }
    }
}
