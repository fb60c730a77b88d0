//! Waiting for what a call has begun, along its link to the operation that tells of the end.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::given::Given;
use super::{Call, Sending};
use crate::error::{Error, ErrorKind, Result};
use crate::operation::{LinkMeta, OperationMeta, Source};
use crate::page::Pager;
use crate::session::ServiceSession;
use crate::waiter::{Seen, Waiter, WaiterMeta, all, id_at, ids_at};

/// What is known of work that was begun, to find out when it ends.
#[derive(Clone, Debug)]
#[must_use = "nothing is waited for until one of its methods is awaited"]
pub struct Begun {
    given: Box<Given>,
    response: Value,
    problem: Option<Error>,
}

/// A piece of work: the call that tells of its end, and the id of the element that is meant if that lists several.
type Piece = (Box<Given>, Option<String>);

impl Begun {
    /// Work that this operation has begun.
    pub fn new(client: &ServiceSession, operation: &'static OperationMeta) -> Self {
        Self::of(Box::new(Given::new(client.clone(), operation)))
    }

    fn of(given: Box<Given>) -> Self {
        Self {
            given,
            response: Value::Null,
            problem: None,
        }
    }

    /// A parameter that the operation was called with.
    pub fn parameter(mut self, name: &str, value: impl Into<String>) -> Self {
        self.given.set(name, vec![value.into()]);
        self
    }

    /// The body that it was called with.
    pub fn body(mut self, body: &impl Serialize) -> Self {
        self.given.set_body(body);
        self
    }

    /// What it answered.
    pub fn response(mut self, response: &impl Serialize) -> Self {
        match serde_json::to_value(response) {
            Ok(response) => self.response = response,
            Err(error) => {
                self.problem = Some(
                    self.given.named(
                        Error::invalid_argument("the response cannot be written as JSON")
                            .with_source(error),
                    ),
                );
            }
        }
        self
    }

    /// Waits for its end.
    pub fn end<E>(self, waiter: &Waiter) -> Sending<E>
    where
        E: Serialize + DeserializeOwned + Send + 'static,
    {
        let waiter = waiter.clone();
        Box::pin(async move {
            match self.pieces()?.pop() {
                Some((given, item)) => given.wait(waiter, item).await,
                None => Err(self.fault("there is no id of the work that was begun")),
            }
        })
    }

    /// Waits for the end of each piece of it, for all at once.
    pub fn ends<E>(self, waiter: &Waiter) -> Sending<Vec<Result<E>>>
    where
        E: Serialize + DeserializeOwned + Send + 'static,
    {
        let waiter = waiter.clone();
        Box::pin(async move {
            let (ids, pieces): (Vec<_>, Vec<_>) = self.pieces()?.into_iter().map(named).unzip();
            let mut pieces = pieces.into_iter();
            let ends = all(&ids, |id| {
                let piece = pieces.next();
                let waiter = waiter.of(id);
                async move {
                    let (given, item) = piece.ok_or_else(|| gone(id))?;
                    given.wait(waiter, item).await
                }
            });
            Ok(ends.await)
        })
    }

    /// Waits for what is new beside the elements that were there `before`, and gives that.
    pub fn new_ones<E>(self, waiter: &Waiter, before: &[E]) -> Sending<Vec<E>>
    where
        E: Serialize + DeserializeOwned + Send + 'static,
    {
        let (waiter, before) = (waiter.clone(), Waiter::seen(before));
        Box::pin(async move {
            let (given, _) = self.piece()?;
            given.wait_for_new(waiter, before).await
        })
    }

    fn piece(&self) -> Result<Piece> {
        let piece = self.pieces()?.pop();
        piece.ok_or_else(|| self.fault("there is no id of the work that was begun"))
    }

    /// The pieces of work, each with the call that asks after it.
    fn pieces(&self) -> Result<Vec<Piece>> {
        if let Some(problem) = &self.problem {
            return Err(problem.clone());
        }
        let link = self.given.link()?;
        let mut parameters = Vec::new();
        for (name, source) in link.parameters {
            if let Some(values) = self.values(source)? {
                parameters.push((*name, values));
            }
        }
        let items = match &link.item {
            Some(source) => self.values(source)?,
            None => None,
        };
        let lists = parameters.iter().map(|(_, values)| values).chain(&items);
        let count = lists.map(Vec::len).max().unwrap_or(1);
        // What is the same for all of them stands there once.
        let at = |values: &[String], index: usize| values.get(index).or(values.first()).cloned();
        let piece = |index| {
            let mut given = Given::new(self.given.client.clone(), link.to);
            for (name, values) in &parameters {
                given.set(name, at(values, index).into_iter().collect());
            }
            let item = items.as_ref().and_then(|items| at(items, index));
            (Box::new(given), item)
        };
        Ok((0..count).map(piece).collect())
    }

    /// `None` for a parameter that was left to the session, or out.
    fn values(&self, source: &Source) -> Result<Option<Vec<String>>> {
        Ok(match source {
            Source::Constant(text) => Some(vec![(*text).to_owned()]),
            Source::Parameter(name) => self.given.value(name).map(|value| vec![value.to_owned()]),
            Source::Request(pointer) => {
                let body = self.given.body.as_deref().unwrap_or_default();
                let body: Value = serde_json::from_slice(body).unwrap_or_default();
                Some(vec![self.of_call(id_at(&body, pointer))?])
            }
            // One may have come under another of its names.
            Source::Response(pointers) => {
                let mut found = pointers
                    .iter()
                    .map(|pointer| ids_at(&self.response, pointer));
                let first = found.next().unwrap_or_else(|| ids_at(&self.response, ""));
                Some(self.of_call(found.fold(first, Result::or))?)
            }
        })
    }

    fn of_call<T>(&self, outcome: Result<T>) -> Result<T> {
        outcome.map_err(|error| self.given.named(error))
    }

    fn fault(&self, what: &str) -> Error {
        self.given
            .named(Error::new(ErrorKind::UndocumentedResponse, what))
    }
}

/// What tells a piece of work from the others.
fn named(piece: Piece) -> (String, Piece) {
    let (given, item) = &piece;
    let values = given.parameters().filter_map(|(_, values)| values.first());
    let id = item.as_ref().or(values.last());
    (id.cloned().unwrap_or_default(), piece)
}

fn gone(id: &str) -> Error {
    Error::new(ErrorKind::Internal, format!("nothing is known of {id}"))
}

impl Given {
    fn link(&self) -> Result<&'static LinkMeta> {
        self.operation.finished.as_ref().ok_or_else(|| {
            self.named(Error::new(
                ErrorKind::Internal,
                "no operation tells of the end of what it begins",
            ))
        })
    }

    fn waiter(&self) -> Result<&'static WaiterMeta<'static>> {
        self.operation.waits_for().ok_or_else(|| {
            self.named(Error::new(
                ErrorKind::Internal,
                "its answer does not tell how far work is",
            ))
        })
    }

    /// Waits for the element with this id or, without one, for the answer as a whole.
    pub(super) fn wait<E>(self: Box<Self>, waiter: Waiter, item: Option<String>) -> Sending<E>
    where
        E: Serialize + DeserializeOwned + Send + 'static,
    {
        Box::pin(async move {
            let meta = *self.waiter()?;
            match item {
                Some(id) => {
                    let list = || self.clone().stream::<E>();
                    waiter.watch_element(meta, &id, list).await
                }
                None => {
                    let ask = || Call::<E>::of(self.clone()).send();
                    waiter.watch(meta, None, ask).await
                }
            }
        })
    }

    pub(super) fn wait_for_new<E>(self: Box<Self>, waiter: Waiter, before: Seen) -> Sending<Vec<E>>
    where
        E: Serialize + DeserializeOwned + Send + 'static,
    {
        Box::pin(async move {
            let meta = *self.waiter()?;
            let list = || Pager::collect_all(self.clone().stream::<E>());
            waiter.watch_new(meta, before, list).await
        })
    }

    /// Sends the call, and gives what it has begun.
    async fn begin(self: Box<Self>) -> Result<Begun> {
        let received = self.send().await?;
        let response = if received.body.is_empty() {
            Value::Null
        } else {
            // A documented lack of content may come with any.
            serde_json::from_slice(&received.body).unwrap_or_default()
        };
        Ok(Begun {
            response,
            ..Begun::of(self)
        })
    }

    pub(super) fn send_and_wait<E>(self: Box<Self>, waiter: Waiter) -> Sending<E>
    where
        E: Serialize + DeserializeOwned + Send + 'static,
    {
        Box::pin(async move { Box::pin(self.begin()).await?.end(&waiter).await })
    }

    pub(super) fn send_and_wait_for_each<E>(
        self: Box<Self>,
        waiter: Waiter,
    ) -> Sending<Vec<Result<E>>>
    where
        E: Serialize + DeserializeOwned + Send + 'static,
    {
        Box::pin(async move { Box::pin(self.begin()).await?.ends(&waiter).await })
    }

    pub(super) fn send_and_wait_for_new<E>(self: Box<Self>, waiter: Waiter) -> Sending<Vec<E>>
    where
        E: Serialize + DeserializeOwned + Send + 'static,
    {
        Box::pin(async move {
            // Told before anything is asked.
            self.check(&[])?;
            let (list, _) = Begun::of(self.clone()).piece()?;
            let before: Vec<E> = list.clone().stream().collect_all().await?;
            let _: Begun = Box::pin(self.begin()).await?;
            list.wait_for_new(waiter, Waiter::seen(&before)).await
        })
    }
}
