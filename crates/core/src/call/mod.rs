//! Calls of generated clients: what they were given, how they are sent, and what is waited for.
//!
//! A generated call builder is a thin shell over a [`Call`], which is made from an
//! [`OperationMeta`]. Method, path and parameters stand in that table, so that one function sends
//! them all.

mod begun;
mod fields;
mod given;
mod limits;
mod list;
mod request;

use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;
use std::pin::Pin;

use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::Result;
use crate::operation::OperationMeta;
use crate::page::Pager;
use crate::session::{ServiceSession, decode};
use crate::transport::Received;
use crate::waiter::Waiter;

pub use begun::Begun;
use given::Given;

/// A call or a wait on its way: a future that owns all it needs, and is small.
pub type Sending<T> = Pin<Box<dyn Future<Output = Result<T>> + Send>>;

/// A call that is being put together; `T` is what it answers.
///
/// What is wrong with its arguments is kept, and told all at once when it is sent.
#[must_use = "a call does nothing until it is sent or awaited"]
pub struct Call<T> {
    given: Box<Given>,
    answer: PhantomData<fn() -> T>,
}

impl<T> Clone for Call<T> {
    fn clone(&self) -> Self {
        Self::of(self.given.clone())
    }
}

/// Operation and arguments. Secrets are hidden.
impl<T> fmt::Debug for Call<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.given.fmt(f)
    }
}

impl<T> Call<T> {
    fn of(given: Box<Given>) -> Self {
        Self {
            given,
            answer: PhantomData,
        }
    }

    /// A call of this operation, without any argument.
    pub fn new(client: &ServiceSession, operation: &'static OperationMeta) -> Self {
        Self::of(Box::new(Given::new(client.clone(), operation)))
    }

    /// Gives a parameter its value.
    pub fn set(mut self, parameter: &str, value: impl Into<String>) -> Self {
        self.given.set(parameter, vec![value.into()]);
        self
    }

    /// Gives a parameter several values.
    pub fn set_all(mut self, parameter: &str, values: impl IntoIterator<Item = String>) -> Self {
        self.given.set(parameter, values.into_iter().collect());
        self
    }

    /// Gives the body.
    pub fn body(mut self, body: &impl Serialize) -> Self {
        self.given.set_body(body);
        self
    }

    /// How many items are asked for at once where the list comes in pages.
    pub fn page_size(mut self, items: u32) -> Self {
        self.given.page_size = Some(items);
        self
    }

    /// The items of its list, page after page.
    pub fn stream<I>(self) -> Pager<I>
    where
        I: Serialize + DeserializeOwned + Send + 'static,
    {
        self.given.stream()
    }
}

impl<T: DeserializeOwned + 'static> Call<T> {
    /// Sends it.
    pub fn send(self) -> Sending<T> {
        let given = self.given;
        Box::pin(async move {
            let received = given.send().await?;
            given.decode(&received)
        })
    }

    /// Sends it, and gives status and headers beside the answer.
    pub fn send_with_meta(self) -> Sending<Response<T>> {
        let given = self.given;
        Box::pin(async move {
            let received = given.send().await?;
            Ok(Response {
                value: given.decode(&received)?,
                status: received.status,
                headers: received.headers,
                request_id: received.request_id,
            })
        })
    }
}

impl<T: Serialize + DeserializeOwned + Send + 'static> Call<T> {
    /// Sends it again and again until its answer tells that work is done, and gives that answer.
    pub fn wait(self, waiter: &Waiter) -> Sending<T> {
        self.given.wait(waiter.clone(), None)
    }
}

impl<T> Call<T> {
    /// Reads its list again and again until the element with this id tells that work is done, and gives that element.
    pub fn wait_for_element<E>(self, waiter: &Waiter, id: impl Into<String>) -> Sending<E>
    where
        E: Serialize + DeserializeOwned + Send + 'static,
    {
        self.given.wait(waiter.clone(), Some(id.into()))
    }

    /// Reads its list again and again until it has elements that were not there `before`, and all of them tell that work
    /// is done; gives these. See [`Waiter::watch_new`].
    pub fn wait_for_new<E>(self, waiter: &Waiter, before: &[E]) -> Sending<Vec<E>>
    where
        E: Serialize + DeserializeOwned + Send + 'static,
    {
        let before = Waiter::seen(before);
        self.given.wait_for_new(waiter.clone(), before)
    }

    /// Sends it, and waits for the end of what it has begun.
    pub fn send_and_wait<E>(self, waiter: &Waiter) -> Sending<E>
    where
        E: Serialize + DeserializeOwned + Send + 'static,
    {
        self.given.send_and_wait(waiter.clone())
    }

    /// The same where it may have begun several pieces of work, all of which are waited for at once: how each ended.
    pub fn send_and_wait_for_each<E>(self, waiter: &Waiter) -> Sending<Vec<Result<E>>>
    where
        E: Serialize + DeserializeOwned + Send + 'static,
    {
        self.given.send_and_wait_for_each(waiter.clone())
    }

    /// Lists what is there, sends the call, and waits for what is new then.
    pub fn send_and_wait_for_new<E>(self, waiter: &Waiter) -> Sending<Vec<E>>
    where
        E: Serialize + DeserializeOwned + Send + 'static,
    {
        self.given.send_and_wait_for_new(waiter.clone())
    }
}

impl Given {
    fn decode<T: DeserializeOwned>(&self, received: &Received) -> Result<T> {
        let expected = (self.operation.expected(), self.operation.lists().is_some());
        decode::decode(received, expected)
            .map_err(|error| error.with_call(self.client.service(), self.operation.id()))
    }
}

/// An answer with what came beside it.
///
/// It derefs to the answer. Headers can hold secrets, so `Debug` does not show them.
#[derive(Clone)]
#[non_exhaustive]
pub struct Response<T> {
    /// The answer.
    pub value: T,
    /// The status, one of the 2xx class.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The id under which the cloud has recorded the request.
    pub request_id: Option<String>,
}

impl<T> Response<T> {
    /// The answer alone.
    pub fn into_value(self) -> T {
        self.value
    }
}

impl<T> Deref for Response<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: fmt::Debug> fmt::Debug for Response<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("value", &self.value)
            .field("status", &self.status)
            .field("request_id", &self.request_id)
            .finish_non_exhaustive()
    }
}
