//! Whether models fit the description, and each other.

mod values;

use otcdb_openapi::{Description, Operation, Place, Response, Verb};

use self::values::{Scope, takes};
use super::{Does, Error, Filter, Model, Models, OperationModel, Path, Source, inside};

/// The first thing that does not fit.
pub(super) fn check(models: &Models, bundle: &Description) -> Result<(), String> {
    for (name, model) in &models.resources {
        let checked = Checked {
            models,
            bundle,
            name,
            model,
        };
        let file = format!("models/{}/{name}.yaml", bundle.service);
        checked.all().map_err(|error| format!("{file}: {error}"))?;
    }
    Ok(())
}

struct Checked<'a> {
    models: &'a Models,
    bundle: &'a Description,
    name: &'a str,
    model: &'a Model,
}

impl Checked<'_> {
    fn all(&self) -> Result<(), String> {
        if let Some(parent) = &self.model.parent {
            self.resource(parent)?;
        }
        if let Some(error) = &self.model.missing {
            self.error(error)?;
        }
        for link in self.model.links.values() {
            self.resource(&link.resource)?;
            self.field(&link.field)?;
        }
        for operation in &self.bundle.operations {
            let is_own = operation
                .resource
                .as_ref()
                .is_some_and(|one| one.name == self.name);
            if is_own && !self.model.operations.contains_key(&operation.id) {
                return Err(format!("{} is not among its operations", operation.id));
            }
        }
        for (id, operation) in &self.model.operations {
            self.operation(id, operation)
                .map_err(|error| format!("{id}: {error}"))?;
        }
        let none = OperationModel::default();
        for guard in self.model.guards.values().flatten() {
            self.guard(guard, Scope::new(&none, None))?;
        }
        self.fields(&self.model.set, Scope::new(&none, None))?;
        self.fields(&self.model.show, Scope::new(&none, None))?;
        let file = self.model.file.iter();
        for form in file.flat_map(|file| file.forms()) {
            self.form(form, Scope::new(&none, None))
                .map_err(|error| format!("file: {error}"))?;
        }
        let entries = self.model.entries.iter();
        for form in entries.filter_map(|entries| entries.of.as_ref()) {
            self.form(form, Scope::new(&none, None))
                .map_err(|error| format!("entries: {error}"))?;
        }
        self.no_circle()?;
        if let Some(field) = &self.model.until {
            self.field(field)?;
        }
        for field in self.model.facts.iter().flat_map(|facts| &facts.fields) {
            self.field(field)?;
        }
        for seed in &self.model.seeds {
            self.fields(&seed.set, Scope::new(&none, None))?;
            self.job(seed.job.as_deref())?;
            for fact in seed.unless.iter().flatten().map(|(fact, _)| fact) {
                self.parent_has(fact)?;
            }
        }
        Ok(())
    }

    /// Nothing that is shown is made of itself.
    fn no_circle(&self) -> Result<(), String> {
        for (field, form) in &self.model.show {
            for part in form.parts() {
                let is_own = |path: &&Path| {
                    (path.root == "this" || path.root == self.name)
                        && path.rest.first() == Some(field)
                };
                if part.paths().iter().any(is_own) {
                    return Err(format!("{field} is made of itself"));
                }
            }
        }
        Ok(())
    }

    fn operation(&self, id: &str, model: &OperationModel) -> Result<(), String> {
        let described = self
            .bundle
            .operation(id)
            .ok_or("the description has no such operation")?;
        let verb = match (&described.resource, model.does) {
            (Some(resource), None) if resource.name == self.name => resource.verb,
            // What such an action does is more than the description says.
            (Some(resource), Some(Does::Answer)) if resource.name == self.name => resource.verb,
            (None, Some(does)) => does.verb(),
            (None, None) => return Err("it has no x-resource; write what it `does`".to_owned()),
            _ => return Err("it has another x-resource".to_owned()),
        };
        if let Some(list) = &model.each {
            takes(described, list)?;
        }
        if let Some(named) = &model.named {
            takes(described, named)?;
        }
        if let Some(by) = &model.by {
            self.field(by)?;
        }
        self.job(model.job.as_deref())?;
        self.job_is_described(described, model)?;
        for reference in model.refers.values() {
            self.resource(&reference.resource)?;
            self.error(&reference.error)?;
            takes(described, &reference.from)?;
        }
        let scope = Scope::new(model, Some(described));
        for guard in &model.needs {
            self.guard(guard, scope)?;
        }
        for form in model.items.iter().chain(&model.exports) {
            self.form(form, scope)?;
        }
        self.fields(&model.set, scope)?;
        self.fields(&model.show, scope)?;
        for (field, form) in &model.response {
            if !self.answers(described).iter().any(|one| one == field) {
                return Err(format!("no success of it has a field {field:?}"));
            }
            self.form(form, scope)?;
        }
        for leaves in &model.leaves {
            let left = self.of(&leaves.resource)?;
            for (field, form) in leaves.set.iter().chain(&leaves.done) {
                left.field(field)?;
                self.form(form, scope)?;
            }
            if let Some(condition) = &leaves.condition {
                self.condition(condition, scope)?;
            }
        }
        for change in &model.also {
            let Source::Records(resource) = &change.search.source else {
                return Err("only records can be changed".to_owned());
            };
            self.search(&change.search, scope)?;
            let changed = self.of(resource)?;
            changed.job(change.job.as_deref())?;
            for (field, form) in &change.set {
                changed.field(field)?;
                self.form(form, scope.with(&change.search))?;
            }
        }
        if let Some(error) = &model.period.backwards {
            self.error(error)?;
        }
        if let Some(path) = &model.only_if {
            self.path(path, scope)?;
        }
        if let Some(status) = model.nothing
            && described
                .response(status)
                .is_none_or(|response| response.schema.is_some())
        {
            return Err(format!(
                "the description has no status {status} without a body"
            ));
        }
        if verb == Verb::List && !model.rust {
            self.filters(described, model)?;
        }
        Ok(())
    }

    /// What the description says of the end of work is what the model says of it.
    fn job_is_described(
        &self,
        described: &Operation,
        model: &OperationModel,
    ) -> Result<(), String> {
        let links = described.successes().flat_map(|response| &response.links);
        let finished = links.into_iter().find(|link| link.name == "finished");
        let Some(end) = finished.and_then(|link| self.bundle.operation(&link.operation)) else {
            return Ok(());
        };
        let job = model.job.as_ref().and_then(|job| self.model.jobs.get(job));
        let job = job.ok_or("the description says that it begins work, and it has no job")?;
        let is_own = end
            .resource
            .as_ref()
            .is_some_and(|one| one.name == self.name);
        let Some(waiter) = end.waiter.as_ref().filter(|_| is_own) else {
            return Ok(());
        };
        for (word, known) in [(&job.done, &waiter.done), (&job.failed, &waiter.failed)] {
            if let Some(word) = word.as_ref().filter(|word| !known.contains(word)) {
                let known = known.join(", ");
                return Err(format!(
                    "{word:?} is no end for {}, which has {known}",
                    end.id
                ));
            }
        }
        Ok(())
    }

    /// Each query parameter chooses by something.
    fn filters(&self, described: &Operation, model: &OperationModel) -> Result<(), String> {
        let queries = || {
            described
                .parameters
                .iter()
                .filter(|one| one.place == Place::Query)
        };
        let takes = |name: &str| described.parameters.iter().any(|one| one.name == name);
        let pages = |name: &str| {
            described
                .pagination
                .as_ref()
                .is_some_and(|paging| paging.counts_with(name))
        };
        let paging = described.pagination.as_ref();
        if paging.is_some_and(|paging| paging.items.contains('.')) {
            return Err("its list is inside an object, which only Rust can fill".to_owned());
        }
        for (name, filter) in &model.filters {
            if !takes(name) {
                return Err(format!("it takes no parameter {name:?}"));
            }
            if let Filter::Is(field)
            | Filter::Like(field)
            | Filter::Wildcard(field)
            | Filter::Tags(field)
            | Filter::Among(field)
            | Filter::Within(field) = filter
            {
                self.field(field.split('.').next().unwrap_or_default())?;
            }
        }
        for parameter in queries() {
            let name = parameter.name.as_str();
            if !pages(name) && !model.filters.contains_key(name) && self.field(name).is_err() {
                return Err(format!(
                    "nothing says what the query parameter {name:?} chooses by"
                ));
            }
        }
        Ok(())
    }

    /// A field that a response about the resource has, or that is hidden.
    fn field(&self, name: &str) -> Result<(), String> {
        let of_id = self.model.id.as_ref().is_some_and(|id| id.field == name);
        let known = || {
            let own = self.bundle.operations.iter().filter(|operation| {
                let resource = operation.resource.as_ref();
                resource.is_some_and(|one| one.name == self.name)
                    || self.model.operations.contains_key(&operation.id)
            });
            let mut fields = own.flat_map(|operation| self.answers(operation));
            fields.any(|field| field == name)
        };
        match of_id || self.model.hidden.iter().any(|one| one == name) || known() {
            true => Ok(()),
            false => Err(format!(
                "no response about a {} has a field {name:?}; name one that it has, or add it to `hidden`",
                self.name
            )),
        }
    }

    /// The fields of the successes of an operation, those of the elements of its list, and those of the member that is
    /// called after the resource.
    fn answers(&self, operation: &Operation) -> Vec<String> {
        let schemas = operation
            .successes()
            .filter_map(|response: &Response| response.schema.as_ref());
        let items = operation
            .pagination
            .as_ref()
            .map(|paging| paging.items.as_str());
        schemas
            .flat_map(|schema| {
                let mut fields = schema.fields();
                fields.extend(items.iter().flat_map(|items| schema.element_fields(items)));
                let inner = inside(schema, self.name);
                fields.extend(inner.into_iter().flat_map(|(_, inner)| inner.fields()));
                fields
            })
            .collect()
    }

    fn parent_has(&self, fact: &str) -> Result<(), String> {
        let path = Path {
            root: self.model.parent.clone().unwrap_or_default(),
            rest: vec![fact.to_owned()],
        };
        self.path(&path, Scope::new(&OperationModel::default(), None))
    }

    fn job(&self, name: Option<&str>) -> Result<(), String> {
        match name.filter(|name| !self.model.jobs.contains_key(*name)) {
            Some(name) => Err(format!("it has no job {name:?}")),
            None => Ok(()),
        }
    }

    /// The same of another resource.
    fn of<'s>(&'s self, name: &'s str) -> Result<Checked<'s>, String> {
        Ok(Checked {
            models: self.models,
            bundle: self.bundle,
            name,
            model: self.resource(name)?,
        })
    }

    fn resource(&self, name: &str) -> Result<&Model, String> {
        let model = self.models.get(name);
        model.ok_or_else(|| format!("there is no model of a resource {name:?}"))
    }

    fn error(&self, error: &Error) -> Result<(), String> {
        match error {
            Error::Code(code) if self.models.errors.get(code).is_none() => {
                Err(format!("{code:?} is no error that is documented here"))
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
