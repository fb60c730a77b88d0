//! Names in place of ids.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use futures_util::{StreamExt as _, TryStreamExt as _};
use otcdb_core::{Error, ErrorKind, Result, Session};
use otcdb_openapi::Parameter;
use serde_json::Value;

use crate::console::Console;
use crate::operations::build::named::{Lookup, in_body, is_id, lookup};
use crate::operations::call::pages;
use crate::operations::call::request::Request;
use crate::operations::show::fields;

/// How many candidates an error tells.
const TOLD: usize = 10;

/// How like a name has to be to be told in place of one that is unknown: 1 is the same.
const LIKE: f64 = 0.8;

/// A resource as its list has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) status: Option<String>,
}

impl Named {
    fn of(item: &Value, lookup: &Lookup) -> Option<Self> {
        let text = |field: &str| {
            let value = fields::values(item, field).into_iter().next()?;
            value.as_str().map(ToOwned::to_owned)
        };
        Some(Self {
            id: text(&lookup.key)?,
            name: text(&lookup.name).unwrap_or_default(),
            status: lookup.status.as_deref().and_then(text),
        })
    }

    fn told(&self) -> String {
        let status = self.status.as_ref().map(|status| format!(", {status}"));
        format!("{} ({}{})", self.id, self.name, status.unwrap_or_default())
    }
}

/// Puts the ids of resources in the place of their names, and says so. What has the form of an id is taken for one, and
/// costs no call.
///
/// # Errors
/// A name that none has, or several; those of the calls that list the resources.
pub(crate) async fn resolve(
    request: &mut Request,
    session: &Session,
    console: &Console,
) -> Result<()> {
    let mut listed: BTreeMap<&str, Vec<Named>> = BTreeMap::new();
    let mut told = BTreeSet::new();
    for Given {
        place,
        name,
        lookup,
    } in names(request)
    {
        let all = match listed.entry(&lookup.list.id) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(unknown) => {
                let all = list(&lookup, session, None).await;
                unknown.insert(all.map_err(|error| unlisted(error, &lookup.kind))?)
            }
        };
        let found = choose(&name, all, &lookup)?;
        if found.id == name {
            continue;
        }
        let what = format!("{} {name:?} is {}", lookup.kind, found.id);
        if told.insert(what.clone()) {
            console.note(&what);
        }
        let id = found.id.as_str().into();
        match place {
            Place::Parameter(parameter) => request.set_named(parameter, id, name),
            Place::Body(pointer) => {
                let body = request.body.as_mut();
                if let Some(member) = body.and_then(|body| body.pointer_mut(&pointer)) {
                    *member = id;
                }
            }
        }
    }
    Ok(())
}

/// Why nothing could be looked up, with what to do without.
fn unlisted(error: Error, kind: &str) -> Error {
    if error.kind() != ErrorKind::Permission {
        return error;
    }
    let hint = error.hint().map(|hint| format!("{hint}; or "));
    let hint = hint.unwrap_or_default();
    error.with_hint(format!(
        "{hint}give the id of the {kind}, which needs no list"
    ))
}

/// Where a name stands.
enum Place {
    Parameter(&'static Parameter),
    /// At this pointer.
    Body(String),
}

/// A name where an id is wanted.
struct Given {
    place: Place,
    name: String,
    lookup: Lookup,
}

/// The names that were given.
fn names(request: &Request) -> Vec<Given> {
    let parameters = request.values().filter_map(|(parameter, value)| {
        let name = value
            .as_str()
            .filter(|name| !name.is_empty() && !is_id(name))?;
        Some(Given {
            place: Place::Parameter(parameter),
            name: name.to_owned(),
            lookup: lookup(request.operation, parameter)?,
        })
    });
    let body = request.body.iter();
    let members = body.flat_map(|body| in_body(request.operation, body));
    let members = members.map(|member| Given {
        place: Place::Body(member.pointer),
        name: member.name,
        lookup: member.lookup,
    });
    parameters.chain(members).collect()
}

/// All resources of this kind, or the first of them.
///
/// # Errors
/// Those of the calls.
pub(crate) async fn list(
    lookup: &Lookup,
    session: &Session,
    most: Option<usize>,
) -> Result<Vec<Named>> {
    let request = Request::new(lookup.list);
    let items = pages::items(session, &request, lookup.paging)?;
    let named = items.try_filter_map(|item| async move { Ok(Named::of(&item, lookup)) });
    named.take(most.unwrap_or(usize::MAX)).try_collect().await
}

/// The one that has this name or, where ids have another form, this id.
fn choose<'a>(name: &str, all: &'a [Named], lookup: &Lookup) -> Result<&'a Named> {
    let kind = &lookup.kind;
    if let Some(found) = all.iter().find(|one| one.id == name) {
        return Ok(found);
    }
    let found: Vec<&Named> = all.iter().filter(|one| one.name == name).collect();
    match found[..] {
        [found] => Ok(found),
        [] => {
            let list = &lookup.list;
            let error = Error::new(ErrorKind::NotFound, format!("no {kind} is called {name:?}"));
            Err(error.with_hint(match near(name, all) {
                near if near.is_empty() => {
                    format!("`otcdb {} {}` lists what there is", list.service, list.name)
                }
                near => format!("did you mean {}?", near.join(" or ")),
            }))
        }
        _ => {
            let mut candidates: Vec<String> = found.iter().map(|one| one.told()).collect();
            candidates.sort();
            let left = candidates.len().saturating_sub(TOLD);
            candidates.truncate(TOLD);
            if left > 0 {
                candidates.push(format!("{left} more"));
            }
            let count = found.len();
            let candidates = candidates.join(", ");
            Err(Error::invalid_argument(format!(
                "{count} of kind {kind} are called {name:?}: {candidates}"
            ))
            .with_hint("give the id of the one that is meant"))
        }
    }
}

/// Names that are much like an unknown one, the likest first.
fn near(name: &str, all: &[Named]) -> Vec<String> {
    const NEAR: usize = 3;
    let wanted = name.to_lowercase();
    let likeness = |one: &Named| strsim::jaro_winkler(&one.name.to_lowercase(), &wanted);
    let mut near: Vec<(f64, &Named)> = all.iter().map(|one| (likeness(one), one)).collect();
    near.retain(|(likeness, _)| *likeness >= LIKE);
    near.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    near.dedup_by(|(_, a), (_, b)| a.name == b.name);
    near.truncate(NEAR);
    near.into_iter().map(|(_, one)| one.name.clone()).collect()
}
