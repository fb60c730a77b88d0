//! What the description says of an operation.

use http::Method;
use serde_json::Value;

use crate::bundle::Service;
use crate::parameter::{Parameter, Place};
use crate::schema::Schema;

/// An operation of a service.
#[derive(Debug)]
pub struct Operation {
    /// The service.
    pub service: Service,
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
    /// The parameters, those of the path first where the description has it so.
    pub parameters: Vec<Parameter>,
    /// The body of the request, if it takes one.
    pub body: Option<RequestBody>,
    /// How its list comes in pages (`x-pagination`), if it answers with a list.
    pub pagination: Option<Pagination>,
    /// How its answer tells that asynchronous work has ended (`x-waiter`), if it does.
    pub waiter: Option<Waiter>,
    /// What it does to which resource (`x-resource`), if it concerns one.
    pub resource: Option<Resource>,
    /// What is lost by it (`x-destroys`), as a noun phrase.
    pub destroys: Option<String>,
    /// Whether sending it twice has the effect of sending it once: what `x-idempotent` says, `true` or `false`, and
    /// else what the method means.
    pub idempotent: bool,
    /// Whether it can be called without proof of identity.
    pub open: bool,
    /// The documented answers, in the order of the description.
    pub responses: Vec<Response>,
}

impl Operation {
    /// Service and operationId, such as `dcs.ListInstances`.
    pub fn qualified(&self) -> String {
        format!("{}.{}", self.service.name(), self.id)
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

    /// The documented answer with this status.
    pub fn response(&self, status: u16) -> Option<&Response> {
        self.responses
            .iter()
            .find(|response| response.status == status)
    }

    /// What a successful answer carries, by all successes that are documented.
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

    /// The list that comes in pages, if the states of its elements are those that tell how far work is.
    pub fn list_of_states(&self) -> Option<&Pagination> {
        let field = &self.waiter.as_ref()?.field;
        let is_in = |list: &str| {
            field
                .strip_prefix(list)
                .is_some_and(|rest| rest.starts_with('['))
        };
        self.pagination
            .as_ref()
            .filter(|paging| is_in(&paging.items))
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
pub struct Resource {
    /// The name of one of its kind, such as `backup`.
    pub name: String,
    /// What is done.
    pub verb: Verb,
}

/// What an operation does to a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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

/// What a successful answer carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// A JSON document, always: an empty answer is none that is documented.
    Json,
    /// A JSON document, or nothing (204) when there is nothing to report.
    JsonOrEmpty,
    /// No body that is described.
    Empty,
}

/// A page of the documentation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The cloud whose documentation it is: `otc`, `huaweicloud` or `openstack`.
    pub source: String,
    /// The page's id.
    pub id: String,
}

/// A documented payload or value.
#[derive(Clone, Debug, PartialEq)]
pub struct Example {
    /// The name under which entries of one example belong together.
    pub name: String,
    /// One line about it; may be empty.
    pub summary: String,
    /// The payload or value.
    pub value: Value,
}

/// The body of a request.
#[derive(Debug)]
pub struct RequestBody {
    /// Whether it has to be sent.
    pub required: bool,
    /// What it has to look like.
    pub schema: Schema,
    /// Documented bodies.
    pub examples: Vec<Example>,
}

/// A documented answer.
#[derive(Debug)]
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

/// An operation that goes on from an answer. Its values are OpenAPI's runtime expressions, such as
/// `$response.body#/backup_id`, or constants.
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    /// The link's name; `finished` leads to the operation that tells when the work is done.
    pub name: String,
    /// The operationId of the operation that it leads to.
    pub operation: String,
    /// Names and expressions of its parameters.
    pub parameters: Vec<(String, Value)>,
    /// The expression of the id of the element that is waited for (`x-item`).
    pub item: Option<String>,
}

/// How a list comes in pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pagination {
    /// How positions are counted.
    pub style: PagingStyle,
    /// The query parameter, or the field of the body, that says where the page begins.
    pub position: Option<String>,
    /// The query parameter, or the field of the body, that says how large the page is.
    pub limit: Option<String>,
    /// The field of the answer that holds the items; dots lead into objects.
    pub items: String,
    /// The field of the answer that says how many items there are in all.
    pub total: Option<String>,
}

impl Pagination {
    /// Whether pages are counted or measured with the parameter of this name.
    pub fn counts_with(&self, name: &str) -> bool {
        let names = [&self.position, &self.limit];
        names.into_iter().flatten().any(|known| known == name)
    }
}

/// How positions in a list are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PagingStyle {
    /// In items that are skipped, from 0.
    Index,
    /// In pages, from 1, in a parameter that is called otherwise.
    PageNumber,
    /// In pages, from 1.
    CurPage,
    /// Not at all: one answer has the whole list.
    Whole,
}

/// How an answer tells that asynchronous work has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiter {
    /// Where the state is, in the grammar of `x-waiter`.
    pub field: String,
    /// The values that mean that the work is done.
    pub done: Vec<String>,
    /// The values that mean that it has failed.
    pub failed: Vec<String>,
}
