//! What the runtime knows about an operation.

use reqwest::Method;

use crate::waiter::WaiterMeta;

/// What a successful response of an operation carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expect {
    /// A JSON document. A success of another status than 200 may come without one: the service has done what it was
    /// asked for, and its response is handed on as an object without fields. Not so where there is to be a list.
    Json,
    /// A JSON document, or nothing when there is nothing to report. Nothing is handed on as JSON `null`, which the
    /// generated type reads as `None`.
    JsonOrEmpty,
    /// Nothing. A body is ignored, unless it is an error.
    Empty,
    /// Not known: the body is handed on as it is, unless it is an error.
    Unknown,
}

/// Where the list is in the response of an operation that lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListMeta {
    pub(crate) items: &'static str,
    pub(crate) total: Option<&'static str>,
}

impl ListMeta {
    /// The field that holds the items, and the one that says how many there are in all, if the response has it. Dots
    /// lead into objects.
    pub const fn new(items: &'static str, total: Option<&'static str>) -> Self {
        Self { items, total }
    }
}

/// What the runtime has to know about one operation beyond its request.
///
/// A service crate generates a table of these, one for each operation, and hands the entry that
/// belongs to a call to [`crate::ServiceSession::exec`].
///
/// ```
/// use otcdb_core::{Expect, OperationMeta};
/// use reqwest::Method;
///
/// static OPERATIONS: &[OperationMeta] = &[
///     OperationMeta::new("ListRedislog", "list_redislog", Method::GET).expect(Expect::JsonOrEmpty),
///     OperationMeta::new("CreateRedislog", "create_redislog", Method::POST)
///         .expect(Expect::Empty)
///         .idempotent(),
/// ];
/// assert!(OperationMeta::find(OPERATIONS, "create_redislog").is_some_and(OperationMeta::is_idempotent));
/// ```
#[derive(Clone, Debug)]
pub struct OperationMeta {
    id: &'static str,
    name: &'static str,
    method: Method,
    idempotent: bool,
    expect: Expect,
    list: Option<ListMeta>,
    waiter: Option<WaiterMeta<'static>>,
}

impl OperationMeta {
    /// An operation with its operationId (`ListRedislog`), the name that generated code has for it
    /// (`list_redislog`), and its method. GET, HEAD, OPTIONS, PUT and DELETE are idempotent by definition.
    pub const fn new(id: &'static str, name: &'static str, method: Method) -> Self {
        Self {
            idempotent: Self::is_idempotent_method(&method),
            id,
            name,
            method,
            expect: Expect::Unknown,
            list: None,
            waiter: None,
        }
    }

    pub(crate) const fn is_idempotent_method(method: &Method) -> bool {
        matches!(
            *method,
            Method::GET | Method::HEAD | Method::OPTIONS | Method::PUT | Method::DELETE
        )
    }

    /// Declares that the operation may be sent again although its method does not say so (`x-idempotent`).
    #[must_use]
    pub const fn idempotent(mut self) -> Self {
        self.idempotent = true;
        self
    }

    /// Declares that sending the operation again does harm, whatever its method says (`x-idempotent: false`).
    #[must_use]
    pub const fn not_idempotent(mut self) -> Self {
        self.idempotent = false;
        self
    }

    /// Says what a successful response carries.
    #[must_use]
    pub const fn expect(mut self, expect: Expect) -> Self {
        self.expect = expect;
        self
    }

    /// Says that it lists, and where the list is (`x-pagination`): a response without one is an error then, unless it
    /// says that the total is 0.
    #[must_use]
    pub const fn list(mut self, list: ListMeta) -> Self {
        self.list = Some(list);
        self
    }

    /// Says how its response tells that asynchronous work is done (`x-waiter`).
    #[must_use]
    pub const fn waiter(mut self, waiter: WaiterMeta<'static>) -> Self {
        self.waiter = Some(waiter);
        self
    }

    /// The entry whose generated name this is.
    pub fn find<'a>(table: &'a [Self], name: &str) -> Option<&'a Self> {
        table.iter().find(|operation| operation.name == name)
    }

    /// The operationId.
    pub const fn id(&self) -> &'static str {
        self.id
    }

    /// The name in generated code.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The HTTP method.
    pub const fn method(&self) -> &Method {
        &self.method
    }

    /// Whether sending the call twice has the effect of sending it once.
    pub const fn is_idempotent(&self) -> bool {
        self.idempotent
    }

    /// What a successful response carries.
    pub const fn expected(&self) -> Expect {
        self.expect
    }

    /// Where the list is in its response, if it lists.
    pub const fn lists(&self) -> Option<&ListMeta> {
        self.list.as_ref()
    }

    /// How its response tells that asynchronous work is done, if it does.
    pub const fn waits_for(&self) -> Option<&WaiterMeta<'static>> {
        self.waiter.as_ref()
    }
}
