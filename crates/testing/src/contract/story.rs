//! One resource on its way through the contract.

use otcdb_openapi::{Expression, Operation, Step, Verb, Waiter};
use otcdb_simulator::{Fixture, Ids};
use serde_json::{Value, json};

use super::Resource;
use super::table::Entry;
use crate::small_cloud::{Client, Identity, Refused, SmallCloud};

/// One resource on its way.
pub(super) struct Story<'a> {
    pub(super) cloud: SmallCloud,
    pub(super) client: &'a dyn Client,
    pub(super) resource: &'a Resource,
    pub(super) entry: &'a Entry,
    /// What it belongs to, and its own id as soon as there is one.
    pub(super) ids: Ids,
    /// What making it answered, once it was made.
    pub(super) made: Option<Value>,
    /// What tells how far its making is, where that is an operation of another resource.
    watch: Option<Fixture>,
    /// The request with which it was deleted.
    pub(super) deletion: Option<Fixture>,
}

impl<'a> Story<'a> {
    pub(super) fn new(client: &'a dyn Client, resource: &'a Resource, entry: &'a Entry) -> Self {
        Self {
            cloud: SmallCloud::new(),
            client,
            resource,
            entry,
            ids: Ids::new(),
            made: None,
            watch: None,
            deletion: None,
        }
    }

    /// The same resource in another cloud.
    pub(super) fn again(&self) -> Self {
        Self::new(self.client, self.resource, self.entry)
    }

    /// Whether the simulated cloud remembers what was made; else its responses are examples.
    pub(super) fn is_remembered(&self) -> bool {
        self.cloud.running.remembers(self.resource.service)
    }

    /// Its own id.
    pub(super) fn own(&self) -> Option<&Value> {
        self.ids.get(self.resource.name)
    }

    /// What an operation can be called with, about this one.
    pub(super) fn fixture(&self, operation: &Operation) -> Fixture {
        let mut fixture = self.cloud.fixture(&operation.qualified(), &self.ids);
        let resource = operation.resource.as_ref();
        if resource.is_some_and(|resource| resource.verb == Verb::List) {
            fixture.parameters.extend(self.entry.list.clone());
        }
        fixture
    }

    /// Calls an operation about this one.
    pub(super) fn call(&self, operation: &Operation) -> Result<Value, Refused> {
        self.cloud.call(self.client, &self.fixture(operation))
    }

    /// Calls one that has to succeed.
    pub(super) fn succeed(&self, operation: &Operation) -> Result<Value, String> {
        let response = self.call(operation);
        response.map_err(|refused| format!("{}: {}", operation.id, refused.text))
    }

    /// Makes one.
    pub(super) fn make(&mut self, create: &Operation) -> Result<(), String> {
        let fixture = self.fixture(create);
        self.ids.extend(fixture.ids.clone());
        let list = self.resource.does(Verb::List);
        let before = list.map(|list| self.listed(list)).transpose()?;
        let response = self.cloud.call(self.client, &fixture);
        let response = response.map_err(|refused| format!("{}: {}", create.id, refused.text))?;
        let id = match (list, before) {
            (Some(list), Some(before)) => {
                let after = self.listed(list)?;
                let mut new = after.into_iter().filter(|id| !before.contains(id));
                match (new.next(), new.next()) {
                    (Some(id), None) => Some(id),
                    (None, None) if !self.is_remembered() => before.into_iter().next(),
                    _ => return Err(format!("{} does not list one more", list.id)),
                }
            }
            _ => self.id_of(&response),
        };
        if let Some(id) = id {
            self.ids.insert(self.resource.name.to_owned(), id);
        }
        if self.own_waiter().is_none() {
            self.watch = watch(create, &fixture, &response);
        }
        self.made = Some(response);
        Ok(())
    }

    /// The ids of all that a list has.
    pub(super) fn listed(&self, list: &Operation) -> Result<Vec<Value>, String> {
        let response = self.succeed(list)?;
        let items = items(list, &response);
        Ok(items.iter().filter_map(|item| self.id_of(item)).collect())
    }

    /// The same of a request that is about something else, or from somebody else.
    pub(super) fn ids_in(&self, list: &Operation, response: &Value) -> Vec<Value> {
        let items = items(list, response);
        items.iter().filter_map(|item| self.id_of(item)).collect()
    }

    /// The id in what is said of one.
    pub(super) fn id_of(&self, item: &Value) -> Option<Value> {
        let own = format!("{}_id", self.resource.name.replace('-', "_"));
        let of_one = self.resource.operations.iter().filter_map(|operation| {
            let (_, rest) = operation.path.rsplit_once('{')?;
            rest.strip_suffix('}').map(ToOwned::to_owned)
        });
        let inside = self.entry.id.clone().into_iter();
        let names = inside.chain([own]).chain(of_one).chain(["id".to_owned()]);
        let place = |name: String| format!("/{}", name.replace('.', "/"));
        let mut found = names.filter_map(|name| item.pointer(&place(name)).cloned());
        found.find(Value::is_string)
    }

    /// What the list says of this one.
    pub(super) fn item(&self, list: &Operation) -> Result<Option<Value>, String> {
        let response = self.succeed(list)?;
        let own = self.own();
        let mut items = items(list, &response).into_iter();
        Ok(items.find(|item| self.id_of(item).as_ref() == own))
    }

    /// What tells how far work on one is: an operation of the resource, else the one that the making of it leads to.
    pub(super) fn waiter(&self) -> Option<(&'static Operation, &'static Waiter)> {
        self.own_waiter().or_else(|| {
            let operation = finished(self.resource.does(Verb::Create)?)?;
            Some((operation, operation.waiter.as_ref()?))
        })
    }

    fn own_waiter(&self) -> Option<(&'static Operation, &'static Waiter)> {
        let tells = [Verb::Show, Verb::List];
        let mut operations = tells.iter().flat_map(|verb| self.resource.all(*verb));
        operations.find_map(|operation| Some((operation, operation.waiter.as_ref()?)))
    }

    /// How far work on this one is.
    pub(super) fn state(&self, operation: &Operation, waiter: &Waiter) -> Result<String, String> {
        if let Some(watch) = self
            .watch
            .as_ref()
            .filter(|one| one.operation == operation.id)
        {
            let response = self.cloud.call(self.client, watch);
            let response =
                response.map_err(|refused| format!("{}: {}", operation.id, refused.text))?;
            let mut shown = &response;
            for step in waiter.path.steps() {
                let (Step::Field(name) | Step::Each(name)) = step else {
                    return Err(format!("{} tells of several", operation.id));
                };
                shown = &shown[name.as_str()];
            }
            let state = shown.as_str();
            let state =
                state.ok_or_else(|| format!("{} shows no state: {response}", operation.id))?;
            return Ok(state.to_owned());
        }
        let shown = match operation.pagination {
            Some(_) => self.item(operation)?.unwrap_or_default(),
            None => self.succeed(operation)?,
        };
        let name = match waiter.path.steps().last() {
            Some(Step::Field(name) | Step::Each(name)) => name.as_str(),
            _ => "",
        };
        let state = shown.get(name).and_then(Value::as_str);
        let state = state.ok_or_else(|| format!("{} shows no {name}: {shown}", operation.id))?;
        Ok(state.to_owned())
    }

    /// Calls an operation on behalf of the account's other project.
    pub(super) fn call_as(&self, who: &Identity, operation: &Operation) -> Result<Value, Refused> {
        let mut fixture = self.fixture(operation);
        if let Some(project) = fixture.parameters.get_mut("project_id") {
            *project = json!(who.project);
        }
        self.client.call(&self.cloud, who, &fixture)
    }
}

/// The operation that tells when the work of another one is done.
fn finished(begins: &Operation) -> Option<&'static Operation> {
    let bundle = otcdb_bundles::bundle(&begins.service).ok()?;
    bundle.operation(&begins.finished()?.operation)
}

/// The request that tells how far the work is that a request has begun.
fn watch(begins: &Operation, request: &Fixture, response: &Value) -> Option<Fixture> {
    let operation = finished(begins)?;
    let value = |expression: &Expression| match expression {
        Expression::Constant(text) => Some(json!(text)),
        Expression::Parameter(_, name) => request.parameters.get(name).cloned(),
        Expression::RequestBody(pointer) => request.body.as_ref()?.pointer(pointer).cloned(),
        Expression::ResponseBody(pointers) => pointers
            .iter()
            .find_map(|pointer| response.pointer(pointer).cloned()),
    };
    let parameters = begins.finished()?.parameters.iter();
    let parameters = parameters.map(|(name, expression)| Some((name.clone(), value(expression)?)));
    let mut watch = request.clone();
    watch.operation = &operation.id;
    watch.parameters = parameters.collect::<Option<_>>()?;
    watch.body = None;
    Some(watch)
}

/// The items of a list. Some clients take them out of the response.
pub(super) fn items(list: &Operation, response: &Value) -> Vec<Value> {
    let items = list.pagination.as_ref().map(|paging| paging.items.as_str());
    let path = format!("/{}", items.unwrap_or_default().replace('.', "/"));
    let items = response
        .as_array()
        .or_else(|| response.pointer(&path)?.as_array());
    items.cloned().unwrap_or_default()
}
