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

use serde_json::Value;

/// One rewrite of the bundle.
pub struct Rewrite {
    /// Name, as printed when it applies nowhere.
    pub name: &'static str,
    /// The limitation that it works around.
    pub why: &'static str,
    /// Applies the rewrite and says how many places it changed.
    pub apply: fn(&mut Value) -> usize,
}

/// Every rewrite, in the order in which they are applied.
pub const REWRITES: &[Rewrite] = &[
    Rewrite {
        name: "drop-error-responses",
        why: "progenitor panics on differing error bodies, and loses status and headers of untyped ones; left out, \
              every response comes whole to the runtime, which tells failures",
        apply: bodies::drop_error_responses,
    },
    Rewrite {
        name: "merge-successes",
        why: "progenitor panics on two success statuses, and takes one that is not documented for a failure, though the \
              service has done what it was asked for; 200 with a body and 204 without become an optional body",
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
        name: "open-enums",
        why: "progenitor knows enums that refuse other values, and strings of which it knows no value; what is sent is \
              checked by the runtime, which tells everything that is wrong at once",
        apply: enums::open_enums,
    },
    Rewrite {
        name: "secret-strings",
        why: "generated types print every field, and passwords and presigned links must not be printed",
        apply: strings::secret_strings,
    },
    Rewrite {
        name: "describe-references",
        why: "progenitor documents no field that refers to a schema",
        apply: schemas::describe_references,
    },
    Rewrite {
        name: "nullable-optional-properties",
        why: "progenitor refuses null for what may be absent; services send both",
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
    let mut document = document.clone();
    let applied = REWRITES
        .iter()
        .map(|rewrite| (rewrite.apply)(&mut document))
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
