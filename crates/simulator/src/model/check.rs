//! Whether models fit the description, and each other.

use otcdb_openapi::{Description, Operation, Place, Response, Verb};

use super::{End, Error, Fields, Filter, Form, Guard, Model, Models, OperationModel, Path, inside};

/// What is known of the cloud as a whole.
pub(crate) const CLOUD: [&str; 4] = ["project_id", "region", "user_id", "user_name"];

/// What every record has beside its fields.
const OF_RECORDS: [&str; 2] = ["job", "under_way"];

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
            self.guard(guard, &none)?;
        }
        self.fields(&self.model.set, &none, None)?;
        self.fields(&self.model.show, &none, None)?;
        self.no_circle()?;
        for field in self.model.facts.iter().flat_map(|facts| &facts.fields) {
            self.field(field)?;
        }
        for seed in &self.model.seeds {
            self.fields(&seed.set, &none, None)?;
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
                let paths: Vec<&Path> = match part {
                    Form::Of(path) | Form::Table(path, _) => vec![path],
                    Form::Text(text) => text.pieces.iter().map(|(_, path)| path).collect(),
                    _ => Vec::new(),
                };
                let is_own = |path: &&Path| {
                    (path.root == "this" || path.root == self.name)
                        && path.rest.first() == Some(field)
                };
                if paths.iter().any(is_own) {
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
            (None, Some(does)) => does.into(),
            (None, None) => return Err("it has no x-resource; write what it `does`".to_owned()),
            _ => return Err("it has another x-resource".to_owned()),
        };
        self.job(model.job.as_deref())?;
        self.job_is_described(described, model)?;
        for reference in model.refers.values() {
            self.resource(&reference.resource)?;
            self.error(&reference.error)?;
            takes(described, &reference.from)?;
        }
        for guard in &model.needs {
            self.guard(guard, model)?;
        }
        self.fields(&model.set, model, Some(described))?;
        self.fields(&model.show, model, Some(described))?;
        for (field, form) in &model.response {
            if !self.answers(described).iter().any(|one| one == field) {
                return Err(format!("no success of it has a field {field:?}"));
            }
            self.form(form, model, Some(described))?;
        }
        if let Some(leaves) = &model.leaves {
            let left = Checked {
                models: self.models,
                bundle: self.bundle,
                name: &leaves.resource,
                model: self.resource(&leaves.resource)?,
            };
            for (field, form) in leaves.set.iter().chain(&leaves.done) {
                left.field(field)?;
                self.form(form, model, Some(described))?;
            }
        }
        if let Some(error) = &model.backwards {
            self.error(error)?;
        }
        if let Some(path) = &model.only_if {
            self.path(path, model)?;
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

    fn guard(&self, guard: &Guard, model: &OperationModel) -> Result<(), String> {
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
            Guard::Is { path, error, .. } => {
                self.path(path, model)?;
                self.error(error)
            }
            Guard::Above { path, above, error } => {
                self.path(path, model)?;
                self.path(above, model)?;
                self.error(error)
            }
            Guard::Free { resource, error } => {
                self.resource(resource)?;
                self.error(error)
            }
            Guard::Rust(_) => Ok(()),
        }
    }

    fn fields(
        &self,
        fields: &Fields,
        model: &OperationModel,
        described: Option<&Operation>,
    ) -> Result<(), String> {
        for (field, form) in fields {
            self.field(field)?;
            self.form(form, model, described)
                .map_err(|error| format!("{field}: {error}"))?;
        }
        Ok(())
    }

    fn form(
        &self,
        form: &Form,
        model: &OperationModel,
        described: Option<&Operation>,
    ) -> Result<(), String> {
        for part in form.parts() {
            match part {
                Form::From(name) => match described {
                    Some(described) => takes(described, name)?,
                    None => self.anything_takes(name)?,
                },
                Form::Of(path) | Form::Table(path, _) => self.path(path, model)?,
                Form::Text(text) => {
                    for (_, path) in &text.pieces {
                        self.path(path, model)?;
                    }
                }
                Form::Ended(End::Done | End::Failed, _)
                | Form::Constant(_)
                | Form::Time(_)
                | Form::Milliseconds(_)
                | Form::Stamp(_)
                | Form::Progress
                | Form::Percent
                | Form::Status
                | Form::Rust(_)
                | Form::Fields(_)
                | Form::Else(..) => {}
            }
        }
        Ok(())
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

    fn path(&self, path: &Path, model: &OperationModel) -> Result<(), String> {
        let first = path.rest.first().map_or("", String::as_str);
        let root = path.root.as_str();
        let left = |resource: &str| {
            let all = self.models.resources.values();
            let mut leaves = all
                .flat_map(|model| model.operations.values())
                .filter_map(|operation| operation.leaves.as_ref())
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
            model.leaves.is_some() && first == "id"
        } else if root == "list" {
            first == "total" || self.field(first).is_ok()
        } else if root == "request" {
            self.anything_takes(&path.rest.join(".")).is_ok()
        } else if let Some(link) = self.model.links.get(root) {
            has(&link.resource)
        } else if root == "this" {
            has(self.name) || model.set.contains_key(first) || model.show.contains_key(first)
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

    fn parent_has(&self, fact: &str) -> Result<(), String> {
        let path = Path {
            root: self.model.parent.clone().unwrap_or_default(),
            rest: vec![fact.to_owned()],
        };
        self.path(&path, &OperationModel::default())
    }

    fn job(&self, name: Option<&str>) -> Result<(), String> {
        match name.filter(|name| !self.model.jobs.contains_key(*name)) {
            Some(name) => Err(format!("it has no job {name:?}")),
            None => Ok(()),
        }
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

/// Whether a request has a value of this name.
fn takes(operation: &Operation, name: &str) -> Result<(), String> {
    let is_parameter = operation.parameters.iter().any(|one| one.name == name);
    let is_member = || {
        let mut steps = name.split('.');
        let body = operation.body.as_ref()?.schema.field(steps.next()?)?;
        steps.try_fold(body, |schema, step| schema.field(step))
    };
    match is_parameter || is_member().is_some() {
        true => Ok(()),
        false => Err(format!("{} takes no {name:?}", operation.id)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::bundled::read;
    use super::*;

    const DESCRIPTION: &str = r#"{ "paths": {
        "/{project_id}/boxes/{box_id}/parts": {
            "parameters": [{ "name": "box_id", "in": "path", "schema": { "type": "string" } }],
            "get": {
                "operationId": "ListParts", "x-resource": "part#list",
                "x-pagination": { "style": "whole", "items": "parts" },
                "x-waiter": { "field": "parts[id].status", "done": ["ON"], "failed": ["OFF"] },
                "parameters": [{ "name": "kind", "in": "query", "schema": { "type": "string" } }],
                "responses": { "200": { "content": { "application/json": { "schema": { "type": "object", "properties": {
                    "parts": { "type": "array", "items": { "type": "object", "properties": {
                        "id": { "type": "string" }, "status": { "type": "string" }, "kind": { "type": "string" }
                    } } } } } } } } }
            },
            "post": {
                "operationId": "CreatePart", "x-resource": "part#create",
                "requestBody": { "content": { "application/json": { "schema": {
                    "type": "object", "properties": { "kind": { "type": "string" } } } } } },
                "responses": { "204": { "links": { "finished": { "operationId": "ListParts" } } } }
            }
        },
        "/{project_id}/boxes": { "get": { "operationId": "ListBoxes", "responses": {} } }
    } }"#;

    const ERRORS: &str = "DCS.4026: {status: 400, message: It is busy.}";
    const BOX: &str = "id: {field: id}\nhidden: [size]";
    const PART: &str = r"
parent: box
id: {field: id}
jobs: {make: {takes: 5s, running: HALF, done: ON, failed: OFF}}
set: {kind: {from: kind}}
show: {status: {job: status}}
operations:
  ListParts: {}
  CreatePart:
    job: make
    needs: [{of: box.size, is: 1, error: DCS.4026}]
";

    fn error(part: &str) -> Option<String> {
        let bundle = Description::parse("dcs", DESCRIPTION.as_bytes()).unwrap();
        read(&bundle, &[("errors", ERRORS), ("box", BOX), ("part", part)]).err()
    }

    #[test]
    fn a_model_that_fits_is_taken() {
        assert_eq!(error(PART), None);
    }

    #[test]
    fn what_does_not_fit_the_description_is_named_with_its_file() {
        for (from, to, part) in [
            (
                "parent: box",
                "parent: bag",
                "no model of a resource \"bag\"",
            ),
            ("parent: box", "parents: box", "unknown field `parents`"),
            ("takes: 5s", "takes: soon", "no duration such as 8s"),
            ("takes: 5s", "take: 5s", "unknown field `take`"),
            (
                "done: ON",
                "done: GOOD",
                "\"GOOD\" is no end for ListParts, which has ON",
            ),
            (
                "failed: OFF",
                "failed: BAD",
                "\"BAD\" is no end for ListParts",
            ),
            ("job: make", "job: build", "it has no job \"build\""),
            ("    job: make\n", "", "begins work, and it has no job"),
            ("set: {kind: ", "set: {sort: ", "has a field \"sort\""),
            ("{from: kind}", "{from: sort}", "takes \"sort\""),
            ("{from: kind}", "{form: kind}", "one of the keys"),
            ("{of: box.size", "{of: box.weight", "nothing at box.weight"),
            ("{of: box.size", "{of: bag.size", "nothing at bag.size"),
            ("DCS.4026", "DCS.9999", "\"DCS.9999\" is no error"),
            (
                "  ListParts: {}\n",
                "",
                "ListParts is not among its operations",
            ),
            (
                "  ListParts: {}\n",
                "  ListParts: {}\n  ListPart: {}\n",
                "no such operation",
            ),
            (
                "  ListParts: {}\n",
                "  ListParts: {}\n  ListBoxes: {}\n",
                "no x-resource; write what it `does`",
            ),
            (
                "  ListParts: {}\n",
                "  ListParts: {filters: {sort: ignored}}\n",
                "no parameter \"sort\"",
            ),
            (
                "  ListParts: {}\n",
                "  ListParts: {nothing: 204}\n",
                "no status 204 without a body",
            ),
            (
                "needs: [",
                "needs: [box.idle, ",
                "box has no conditions \"idle\"",
            ),
            (
                "needs: [",
                "needs: [{free: bag, error: DCS.4026}, ",
                "resource \"bag\"",
            ),
        ] {
            let changed = PART.replacen(from, to, 1);
            assert_ne!(changed, PART, "{from}");
            let error = error(&changed).unwrap_or_default();
            assert!(error.starts_with("models/dcs/part.yaml: "), "{to}: {error}");
            assert!(error.contains(part), "{to}: {error}");
        }
        let nameless = PART
            .replace("set: {kind: {from: kind}}\n", "")
            .replace("{kind: ", "{");
        assert_eq!(
            error(&nameless),
            None,
            "a filter may choose by a field of the documented example"
        );
    }
}
