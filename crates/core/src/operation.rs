//! What the runtime knows about an operation.

use reqwest::Method;

use crate::page::Style;
use crate::waiter::WaiterMeta;

/// What a successful response of an operation carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
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

/// Where the list is in the response of an operation that lists, and how its pages are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListMeta {
    pub(crate) items: &'static str,
    pub(crate) total: Option<&'static str>,
    pub(crate) pages: Option<PageMeta>,
}

impl ListMeta {
    /// The field that holds the items, and the one that says how many there are in all, if the response has it. Dots
    /// lead into objects. One response has the whole list, unless [`pages`](Self::pages) says otherwise.
    pub const fn new(items: &'static str, total: Option<&'static str>) -> Self {
        Self {
            items,
            total,
            pages: None,
        }
    }

    /// Says how its pages are asked for.
    #[must_use]
    pub const fn pages(mut self, pages: PageMeta) -> Self {
        self.pages = Some(pages);
        self
    }
}

/// How the pages of a list are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PageMeta {
    /// How positions are counted.
    pub style: Style,
    /// The parameter, or the field of the body, that says where the page begins.
    pub position: &'static str,
    /// The parameter, or the field of the body, that says how many items it may have.
    pub limit: &'static str,
    /// How many items are asked for where the caller does not say.
    pub size: u32,
    /// Whether both are fields of the body.
    pub in_body: bool,
}

impl PageMeta {
    /// Pages that are asked for by these two parameters of the query, and how many items each has where the caller does
    /// not say.
    pub const fn new(style: Style, position: &'static str, limit: &'static str, size: u32) -> Self {
        Self {
            style,
            position,
            limit,
            size,
            in_body: false,
        }
    }

    /// Both are fields of the body.
    #[must_use]
    pub const fn in_body(mut self) -> Self {
        self.in_body = true;
        self
    }
}

/// Where a parameter stands in a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Place {
    /// In the path.
    Path,
    /// In the query.
    Query,
    /// Among the headers.
    Header,
}

/// What a value may be, beside being of its type. Nothing else is sent.
///
/// An end of a span that is open is infinite or, of a count, the least or the largest there is.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Limit {
    /// A number of at least the first and at most the second.
    Number(f64, f64),
    /// A text of so many characters.
    Length(u32, u32),
    /// A list of so many elements.
    Items(u32, u32),
    /// A text in which this regular expression finds something, as `pattern` of OpenAPI.
    Pattern(&'static str),
    /// A value that is shown nowhere.
    Secret,
}

/// A parameter of an operation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Parameter {
    pub(crate) name: &'static str,
    pub(crate) setter: &'static str,
    pub(crate) place: Place,
    pub(crate) required: bool,
    pub(crate) secret: bool,
    pub(crate) choices: &'static [&'static str],
    pub(crate) limits: &'static [Limit],
}

impl Parameter {
    /// A parameter of the path by the name that the service has for it. It is required.
    pub const fn path(name: &'static str) -> Self {
        Self::new(Place::Path, name)
    }

    /// A parameter of the query.
    pub const fn query(name: &'static str) -> Self {
        Self::new(Place::Query, name)
    }

    /// A header.
    pub const fn header(name: &'static str) -> Self {
        Self::new(Place::Header, name)
    }

    const fn new(place: Place, name: &'static str) -> Self {
        Self {
            name,
            setter: name,
            place,
            required: matches!(place, Place::Path),
            secret: false,
            choices: &[],
            limits: &[],
        }
    }

    /// The name of the method that sets it, where that is another.
    #[must_use]
    pub const fn set_by(mut self, setter: &'static str) -> Self {
        self.setter = setter;
        self
    }

    /// A call without it is not sent.
    #[must_use]
    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// Its value is shown nowhere.
    #[must_use]
    pub const fn secret(mut self) -> Self {
        self.secret = true;
        self
    }

    /// The documented values: no other is sent.
    #[must_use]
    pub const fn choices(mut self, choices: &'static [&'static str]) -> Self {
        self.choices = choices;
        self
    }

    /// The documented limits of its value.
    #[must_use]
    pub const fn limits(mut self, limits: &'static [Limit]) -> Self {
        self.limits = limits;
        self
    }
}

/// The body of an operation's request.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BodyMeta {
    pub(crate) ty: &'static str,
    pub(crate) required: bool,
    pub(crate) choices: &'static [FieldChoices],
    pub(crate) limits: &'static [FieldLimits],
}

impl BodyMeta {
    /// A body of the type of this name. Where a call has none, an object without fields is sent in its place.
    pub const fn new(ty: &'static str) -> Self {
        Self {
            ty,
            required: false,
            choices: &[],
            limits: &[],
        }
    }

    /// A call without it is not sent.
    #[must_use]
    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// The fields of which the documented values alone are sent.
    #[must_use]
    pub const fn choices(mut self, choices: &'static [FieldChoices]) -> Self {
        self.choices = choices;
        self
    }

    /// The fields that have documented limits.
    #[must_use]
    pub const fn limits(mut self, limits: &'static [FieldLimits]) -> Self {
        self.limits = limits;
        self
    }
}

/// A field of a body and its documented values, as texts. Dots lead into objects, and `*` is each element of a list or each
/// value of a map: `nodes.*.role`.
pub type FieldChoices = (&'static str, &'static [&'static str]);

/// A field of a body, named as in [`FieldChoices`], and its limits.
pub type FieldLimits = (&'static str, &'static [Limit]);

/// Where an operation leads that begins work: to the one that tells of its end.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct LinkMeta {
    /// The operation that tells.
    pub to: &'static OperationMeta,
    /// Its parameters, and where their values come from.
    pub parameters: &'static [(&'static str, Source)],
    /// Where the id of the element comes from that is waited for, if the operation answers with a list of them.
    pub item: Option<Source>,
}

impl LinkMeta {
    /// A link to this operation, with what its parameters are.
    pub const fn new(
        to: &'static OperationMeta,
        parameters: &'static [(&'static str, Source)],
    ) -> Self {
        Self {
            to,
            parameters,
            item: None,
        }
    }

    /// Where the id comes from of the element that is waited for.
    #[must_use]
    pub const fn item(mut self, item: Source) -> Self {
        self.item = Some(item);
        self
    }
}

/// Where a value comes from with which work is asked after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Source {
    /// It is always this.
    Constant(&'static str),
    /// A parameter of the call that has begun the work.
    Parameter(&'static str),
    /// Where this JSON pointer leads in the body of its request.
    Request(&'static str),
    /// Where the first of these JSON pointers leads that leads to something in its response. An index `0` stands for each
    /// element of its list.
    Response(&'static [&'static str]),
}

/// What the runtime has to know about one operation.
///
/// A service crate generates one of these for each operation; a [`Call`](crate::call::Call) is made with it.
///
/// ```
/// use otcdb_core::operation::{Expect, OperationMeta, Parameter};
/// use reqwest::Method;
///
/// static CREATE: OperationMeta = OperationMeta::new("CreateRedislog", "create_redislog", Method::POST)
///     .path("/v2/instances/{instance_id}/redislog")
///     .parameters(&[
///         Parameter::path("instance_id"),
///         Parameter::query("log_type").required().choices(&["run"]),
///     ])
///     .expect(Expect::Empty)
///     .idempotent();
/// assert!(CREATE.is_idempotent());
/// ```
#[derive(Clone, Debug)]
pub struct OperationMeta {
    id: &'static str,
    name: &'static str,
    method: Method,
    pub(crate) path: &'static str,
    pub(crate) parameters: &'static [Parameter],
    pub(crate) body: Option<BodyMeta>,
    idempotent: bool,
    expect: Expect,
    list: Option<ListMeta>,
    waiter: Option<WaiterMeta<'static>>,
    pub(crate) finished: Option<LinkMeta>,
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
            path: "/",
            parameters: &[],
            body: None,
            expect: Expect::Unknown,
            list: None,
            waiter: None,
            finished: None,
        }
    }

    /// Its path, with the names of parameters in braces.
    #[must_use]
    pub const fn path(mut self, path: &'static str) -> Self {
        self.path = path;
        self
    }

    /// Its parameters, in the order in which they are sent.
    #[must_use]
    pub const fn parameters(mut self, parameters: &'static [Parameter]) -> Self {
        self.parameters = parameters;
        self
    }

    /// The body of its request.
    #[must_use]
    pub const fn body(mut self, body: BodyMeta) -> Self {
        self.body = Some(body);
        self
    }

    /// Which operation tells of the end of the work that it begins (the link `finished`).
    #[must_use]
    pub const fn finished(mut self, link: LinkMeta) -> Self {
        self.finished = Some(link);
        self
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

    /// The parameter of this name.
    pub(crate) fn parameter(&self, name: &str) -> Option<(usize, &'static Parameter)> {
        let mut all = self.parameters.iter().enumerate();
        all.find(|(_, parameter)| parameter.name == name)
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
