//! What the description says of an operation.

use std::sync::Arc;

use http::Method;

use crate::example::Example;
use crate::link::{FINISHED, Link};
use crate::paging::{PAGE, Pagination, PagingStyle};
use crate::parameter::{Parameter, Place};
use crate::schema::Schema;
use crate::variants::Mark;
use crate::waiter::Waiter;

/// The key of the response that stands for every status that is not listed.
pub(crate) const DEFAULT: &str = "default";

/// An operation of a service.
#[derive(Debug)]
#[non_exhaustive]
pub struct Operation {
    /// The name of the service.
    pub service: Arc<str>,
    /// The operationId, such as `ListInstances`.
    pub id: String,
    /// The operationId in kebab-case, such as `list-instances`.
    pub name: String,
    /// The method.
    pub method: Method,
    /// The path with the names of its parameters in braces.
    pub path: String,
    /// One line that says what it does.
    pub summary: String,
    /// What it does, costs and needs.
    pub description: String,
    /// The section of the documentation.
    pub tag: String,
    /// The documentation pages that it was read from (`x-documentation`).
    pub pages: Vec<Page>,
    /// The keys of what those pages say otherwise than the description (`x-doc-deviations`).
    pub deviations: Vec<String>,
    /// The parameters, those of the path first where the description has it so.
    pub parameters: Vec<Parameter>,
    /// The body of the request, if it takes one.
    pub body: Option<RequestBody>,
    /// How its list comes in pages (`x-pagination`), if it answers with a list.
    pub pagination: Option<Pagination>,
    /// How its response tells that asynchronous work has ended (`x-waiter`), if it does.
    pub waiter: Option<Waiter>,
    /// What it does to which resource (`x-resource`), if it concerns one.
    pub resource: Option<Resource>,
    /// The actions that IAM has to allow the caller for it (`x-permissions`), such as `rds:instance:list`: none if
    /// whoever is known may call it, `None` if no page says what it needs.
    pub permissions: Option<Vec<String>>,
    /// What is lost by it (`x-destroys`), as a noun phrase.
    pub destroys: Option<String>,
    /// What tells its bodies from those of the other operations under its method and path; `None` if it is alone there.
    pub variant: Option<Mark>,
    /// Whether sending it twice has the effect of sending it once: what `x-idempotent` says, `true` or `false`, and
    /// else what the method means.
    pub idempotent: bool,
    /// Whether it can be called without proof of identity.
    pub open: bool,
    /// The documented responses, in the order of the description.
    pub responses: Vec<Response>,
    /// What the body of a failure looks like whose status is not among them (`default`).
    pub other_responses: Option<Schema>,
}

impl Operation {
    /// Service and operationId with a dot between them.
    pub fn qualified(&self) -> String {
        format!("{}.{}", self.service, self.id)
    }

    /// The parameter of this name at this place.
    pub fn parameter(&self, place: Place, name: &str) -> Option<&Parameter> {
        self.parameters
            .iter()
            .find(|parameter| parameter.place == place && parameter.name == name)
    }

    /// The documented successes.
    pub fn successes(&self) -> impl Iterator<Item = &Response> {
        self.responses
            .iter()
            .filter(|response| (200..300).contains(&response.status))
    }

    /// The documented response with this status.
    pub fn response(&self, status: u16) -> Option<&Response> {
        self.responses
            .iter()
            .find(|response| response.status == status)
    }

    /// What the body of a response with this status looks like: that of its status or, for a failure whose status is
    /// not documented, that of all others. `None` if it has none, or none is described.
    pub fn body_of(&self, status: u16) -> Option<&Schema> {
        match self.response(status) {
            Some(response) => response.schema.as_ref(),
            None => self.other_responses.as_ref().filter(|_| status >= 400),
        }
    }

    /// What a successful response carries, by all successes that are documented.
    pub fn expected(&self) -> Expected {
        let (mut with, mut without) = (false, false);
        for response in self.successes() {
            match response.schema {
                Some(_) => with = true,
                None => without = true,
            }
        }
        match (with, without) {
            (true, false) => Expected::Json,
            (true, true) => Expected::JsonOrEmpty,
            (false, _) => Expected::Empty,
        }
    }

    /// Whether the method alone means that sending it twice has the effect of sending it once.
    pub fn is_idempotent_by_method(&self) -> bool {
        !matches!(self.method, Method::POST | Method::PATCH)
    }

    /// The list that comes in pages, if the states of its elements are those that tell how far work is.
    pub fn list_of_states(&self) -> Option<&Pagination> {
        let list = self.waiter.as_ref()?.path.list()?;
        self.pagination
            .as_ref()
            .filter(|paging| paging.items == list)
    }

    /// The size of its pages: the largest that it allows, up to [`PAGE`].
    pub fn page_size(&self) -> u64 {
        let name = self
            .pagination
            .as_ref()
            .and_then(|paging| paging.limit.as_ref());
        let maximum = name.and_then(|name| match self.parameter(Place::Query, name) {
            Some(parameter) => parameter.schema.keyword("maximum")?.as_u64(),
            None => {
                let body = self.body.as_ref()?;
                body.schema.field(name)?.keyword("maximum")?.as_u64()
            }
        });
        maximum.map_or(PAGE, |maximum| maximum.min(PAGE))
    }

    /// The link to the operation that tells when the work is done.
    pub fn finished(&self) -> Option<&Link> {
        let mut links = self.successes().flat_map(|response| &response.links);
        links.find(|link| link.name == FINISHED)
    }

    /// Whether the operation's own response tells when work is done. One that chooses an element of a list does not:
    /// nobody says which element is meant. Nor does a page of a list whose other pages are not looked at.
    pub fn watches_itself(&self) -> bool {
        let is_whole = match &self.pagination {
            Some(paging) => paging.style == PagingStyle::Whole || self.list_of_states().is_some(),
            None => true,
        };
        let waiter = self.waiter.as_ref();
        is_whole && waiter.is_some_and(|waiter| !waiter.path.chooses())
    }

    /// Whether there is something to wait for.
    pub fn can_wait(&self) -> bool {
        self.watches_itself() || self.finished().is_some()
    }

    /// Whether there is a documented body to begin with.
    pub fn has_example(&self) -> bool {
        self.body
            .as_ref()
            .is_some_and(|body| !body.examples.is_empty())
    }

    /// Whether a query parameter or a field of the body has this name.
    pub fn takes(&self, name: &str) -> bool {
        self.parameter(Place::Query, name).is_some()
            || self
                .body
                .as_ref()
                .is_some_and(|body| body.schema.field(name).is_some())
    }
}

/// A resource, and what is done to it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Resource {
    /// The name of one of its kind, such as `backup`.
    pub name: String,
    /// What is done.
    pub verb: Verb,
}

/// What an operation does to a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "whatever reads descriptions has to do something about each"
)]
pub enum Verb {
    /// Answers with several.
    List,
    /// Answers with one.
    Show,
    /// Makes one.
    Create,
    /// Changes values of one.
    Update,
    /// Takes one or several away.
    Delete,
    /// Does anything else.
    Action,
}

impl Verb {
    /// The word that the description has for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Show => "show",
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Action => "action",
        }
    }

    /// The verb that is written like this.
    pub fn of_word(word: &str) -> Option<Self> {
        const ALL: [Verb; 6] = [
            Verb::List,
            Verb::Show,
            Verb::Create,
            Verb::Update,
            Verb::Delete,
            Verb::Action,
        ];
        ALL.into_iter().find(|verb| verb.word() == word)
    }
}

/// What a successful response carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "whatever reads descriptions has to do something about each"
)]
pub enum Expected {
    /// A JSON document, always: an empty response is none that is documented.
    Json,
    /// A JSON document, or nothing (204) when there is nothing to report.
    JsonOrEmpty,
    /// No body that is described.
    Empty,
}

/// A page of the documentation.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Page {
    /// The cloud whose documentation it is: `otc`, `huaweicloud` or `openstack`.
    pub source: String,
    /// The page's id.
    pub id: String,
}

/// The body of a request.
#[derive(Debug)]
#[non_exhaustive]
pub struct RequestBody {
    /// Whether it has to be sent.
    pub required: bool,
    /// What it has to look like.
    pub schema: Schema,
    /// Documented bodies.
    pub examples: Vec<Example>,
}

/// A documented response.
#[derive(Debug)]
#[non_exhaustive]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// When it comes.
    pub description: String,
    /// What its body looks like; `None` for no body.
    pub schema: Option<Schema>,
    /// Documented bodies.
    pub examples: Vec<Example>,
    /// Operations that go on from it.
    pub links: Vec<Link>,
}
