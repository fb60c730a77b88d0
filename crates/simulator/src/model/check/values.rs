//! Whether values, conditions and paths lead to something.

use otcdb_openapi::Operation;

use super::super::{Condition, Fields, Form, Guard, OperationModel, Path, Search, Source, Test};
use super::Checked;

/// What is known of the cloud as a whole.
const CLOUD: [&str; 7] = [
    "project_id",
    "region",
    "user_id",
    "user_name",
    "zones",
    "lowercase_errorlog_status",
    "schemeless_errorlog_links",
];

/// What every record has beside its fields; a link to its file, if it has one.
const OF_RECORDS: [&str; 3] = ["job", "presigned", "under_way"];

/// Where something stands.
#[derive(Clone, Copy)]
pub(super) struct Scope<'a> {
    pub(super) model: &'a OperationModel,
    pub(super) described: Option<&'a Operation>,
    /// What a search has found.
    pub(super) one: Option<&'a Source>,
}

impl<'a> Scope<'a> {
    pub(super) fn new(model: &'a OperationModel, described: Option<&'a Operation>) -> Self {
        Self {
            model,
            described,
            one: None,
        }
    }

    /// The same where a search has found something.
    pub(super) fn with(self, search: &'a Search) -> Self {
        Self {
            one: Some(&search.source),
            ..self
        }
    }
}

impl Checked<'_> {
    pub(super) fn guard(&self, guard: &Guard, scope: Scope<'_>) -> Result<(), String> {
        let all = |guards: &[Guard], scope| {
            let mut guards = guards.iter();
            guards.try_for_each(|guard| self.guard(guard, scope))
        };
        match guard {
            Guard::Named(path) => {
                let guards = &self.resource(&path.root)?.guards;
                match path.rest.as_slice() {
                    [name] if guards.contains_key(name) => Ok(()),
                    _ => Err(format!(
                        "{} has no conditions {:?}",
                        path.root,
                        path.rest.join(".")
                    )),
                }
            }
            Guard::Holds(condition, error) => {
                self.condition(condition, scope)?;
                self.error(error)
            }
            Guard::If(condition, then, other) => {
                self.condition(condition, scope)?;
                all(then, scope)?;
                all(other, scope)
            }
            Guard::Each(search, guards) => {
                self.search(search, scope)?;
                all(guards, scope.with(search))
            }
            Guard::Rust(_) => Ok(()),
        }
    }

    pub(super) fn condition(&self, condition: &Condition, scope: Scope<'_>) -> Result<(), String> {
        match condition {
            Condition::Of(subject, test) => {
                self.form(subject, scope)?;
                match test {
                    Test::Is(_) | Test::Not(_) | Test::Kinds(..) => Ok(()),
                    Test::Same(form)
                    | Test::Unlike(form)
                    | Test::Among(form)
                    | Test::Above(form)
                    | Test::Least(form)
                    | Test::Within(form) => self.form(form, scope),
                }
            }
            Condition::Free(resource) => self.resource(resource).map(drop),
            Condition::Found(search, _) => self.search(search, scope),
            Condition::Younger(_) => Ok(()),
            Condition::All(all) => all.iter().try_for_each(|one| self.condition(one, scope)),
        }
    }

    pub(super) fn search(&self, search: &Search, scope: Scope<'_>) -> Result<(), String> {
        match &search.source {
            Source::Records(resource) => self.resource(resource).map(drop)?,
            Source::Items(form) => self.form(form, scope)?,
        }
        let inner = scope.with(search);
        for (field, form) in search.only.iter().chain(&search.except) {
            let first = field.split('.').next().unwrap_or_default().to_owned();
            let (root, rest) = ("one".to_owned(), vec![first]);
            self.path(&Path { root, rest }, inner)?;
            self.form(form, scope)?;
        }
        let condition = search.condition.as_ref();
        condition.map_or(Ok(()), |condition| self.condition(condition, inner))
    }

    pub(super) fn fields(&self, fields: &Fields, scope: Scope<'_>) -> Result<(), String> {
        for (field, form) in fields {
            self.field(field)?;
            self.form(form, scope)
                .map_err(|error| format!("{field}: {error}"))?;
        }
        Ok(())
    }

    pub(super) fn form(&self, form: &Form, scope: Scope<'_>) -> Result<(), String> {
        if let (Form::File(_), None) = (form, &self.model.file) {
            return Err("it has no `file`".to_owned());
        }
        if let Form::From(name) = form {
            match scope.described {
                Some(described) => takes(described, name)?,
                None => self.anything_takes(name)?,
            }
        }
        for path in form.paths() {
            self.path(path, scope)?;
        }
        if let Some(search) = form.search() {
            self.search(search, scope)?;
        }
        if let Form::If(condition, ..) = form {
            self.condition(condition, scope)?;
        }
        let inner = form.search().map_or(scope, |search| scope.with(search));
        let mut children = form.children().into_iter();
        children.try_for_each(|child| self.form(child, inner))
    }

    /// Whether anything that makes or changes the resource takes a value of this name.
    fn anything_takes(&self, name: &str) -> Result<(), String> {
        let own = self
            .model
            .operations
            .keys()
            .filter_map(|id| self.bundle.operation(id));
        match own
            .into_iter()
            .any(|operation| takes(operation, name).is_ok())
        {
            true => Ok(()),
            false => Err(format!("none of its operations takes {name:?}")),
        }
    }

    pub(super) fn path(&self, path: &Path, scope: Scope<'_>) -> Result<(), String> {
        let first = path.rest.first().map_or("", String::as_str);
        let root = path.root.as_str();
        let model = scope.model;
        let left = |resource: &str| {
            let all = self.models.resources.values();
            let mut leaves = all
                .flat_map(|model| model.operations.values())
                .flat_map(|operation| &operation.leaves)
                .filter(|leaves| leaves.resource == resource);
            leaves.any(|leaves| leaves.set.contains_key(first))
        };
        let has = |resource: &str| {
            let Some(model) = self.models.get(resource) else {
                return false;
            };
            let seeds = model.seeds.iter().map(|seed| &seed.set);
            let of_operations = model.operations.values().map(|operation| &operation.set);
            let mut sets = seeds.chain(of_operations).chain([&model.set, &model.show]);
            let facts = model.facts.iter().flat_map(|facts| &facts.fields);
            sets.any(|fields| fields.contains_key(first))
                || facts.chain(&model.hidden).any(|one| one == first)
                || model.id.as_ref().is_some_and(|id| id.field == first)
                || OF_RECORDS.contains(&first)
                || left(resource)
        };
        let good = if root == "left" {
            !model.leaves.is_empty() && first == "id"
        } else if root == "list" {
            first == "total" || self.field(first).is_ok()
        } else if root == "request" {
            self.anything_takes(&path.rest.join(".")).is_ok()
        } else if let Some(link) = self.model.links.get(root) {
            has(&link.resource)
        } else if root == "this" {
            // What Rust stores stands in no model.
            let mut own = self.model.operations.values();
            has(self.name)
                || model.set.contains_key(first)
                || model.show.contains_key(first)
                || (own.any(|operation| operation.rust) && self.field(first).is_ok())
        } else if root == "one" {
            match scope.one {
                Some(Source::Records(resource)) => has(resource),
                // What an item has stands in no model.
                Some(Source::Items(_)) => true,
                None => false,
            }
        } else if root == "cloud" {
            CLOUD.contains(&first)
        } else if self.model.parent.as_deref() == Some(root) || root == self.name {
            self.resource(root)?;
            has(root)
        } else {
            let own = self.model.operations.values().chain([model]);
            let mut references = own.filter_map(|operation| operation.refers.get(root));
            match references.next() {
                Some(reference) => has(&reference.resource),
                // The newest one of another resource of the same parent.
                None => self
                    .models
                    .get(root)
                    .is_some_and(|other| other.parent == self.model.parent && has(root)),
            }
        };
        match good {
            true => Ok(()),
            false => Err(format!(
                "there is nothing at {root}.{}",
                path.rest.join(".")
            )),
        }
    }
}

/// Whether a request has a value of this name.
pub(super) fn takes(operation: &Operation, name: &str) -> Result<(), String> {
    let is_parameter = operation.parameters.iter().any(|one| one.name == name);
    let is_member = || {
        let mut steps = name.split('.');
        let body = operation.body.as_ref()?.schema.field(steps.next()?)?;
        steps.try_fold(body, |schema, step| schema.field(step))
    };
    let is_of_each = || {
        let (list, member) = name.rsplit_once('.')?;
        let fields = operation.body.as_ref()?.schema.element_fields(list);
        Some(fields.iter().any(|field| field == member))
    };
    match is_parameter || is_member().is_some() || is_of_each() == Some(true) {
        true => Ok(()),
        false => Err(format!("{} takes no {name:?}", operation.id)),
    }
}
