//! Links from an operation that begins work to the one that tells of its end, and the runtime expressions in them.

use serde_json::Value;
use thiserror::Error;

use crate::parameter::Place;

/// The name of the links that lead to the operation that tells when work is done.
pub const FINISHED: &str = "finished";

/// An operation that goes on from a response.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Link {
    /// The link's name; [`FINISHED`] leads to the operation that tells when the work is done.
    pub name: String,
    /// The operationId of the operation that it leads to.
    pub operation: String,
    /// Names of its parameters, and where their values come from.
    pub parameters: Vec<(String, Expression)>,
    /// Where the id of the element that is waited for comes from (`x-item`).
    pub item: Option<Expression>,
}

impl Link {
    /// The list in the response, as a pointer, whose elements the link leads on from: a job for each.
    pub fn list(&self) -> Option<&str> {
        let parameters = self.parameters.iter().map(|(_, value)| value);
        parameters.chain(&self.item).find_map(Expression::list)
    }
}

/// Where a linked call takes a value from: the runtime expressions of OpenAPI that are used here.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "whatever reads descriptions has to do something about each"
)]
pub enum Expression {
    /// Any text that begins with no `$`.
    Constant(String),
    /// `$request.path.NAME` or `$request.query.NAME`
    Parameter(Place, String),
    /// `$request.body#POINTER`
    RequestBody(String),
    /// `$response.body#POINTER`: the first of these pointers that leads to something. Those behind the first come from the
    /// other names (`x-alias`) of the field.
    ResponseBody(Vec<String>),
}

/// A value is no [`Expression`].
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidExpression {
    /// It is no text.
    #[error("a link's value is a text")]
    NoText,
    /// It is a text with a `$` that is not known.
    #[error(
        "{0:?} is none of $request.path.NAME, $request.query.NAME, $request.body#POINTER and $response.body#POINTER"
    )]
    Unknown(String),
}

impl Expression {
    /// Reads a value of a link.
    ///
    /// # Errors
    /// A value that is no such expression.
    pub fn parse(value: &Value) -> Result<Self, InvalidExpression> {
        let text = value.as_str().ok_or(InvalidExpression::NoText)?;
        if !text.starts_with('$') {
            return Ok(Self::Constant(text.to_owned()));
        }
        let behind = |prefix: &str| text.strip_prefix(prefix).map(ToOwned::to_owned);
        let parameter = |place| {
            let name = behind(&format!("$request.{}.", Place::as_str(place)));
            name.map(|name| Self::Parameter(place, name))
        };
        parameter(Place::Path)
            .or_else(|| parameter(Place::Query))
            .or_else(|| behind("$request.body#").map(Self::RequestBody))
            .or_else(|| behind("$response.body#").map(|pointer| Self::ResponseBody(vec![pointer])))
            .ok_or_else(|| InvalidExpression::Unknown(text.to_owned()))
    }

    /// The list in the response, as a pointer, each element of which is meant: an index `0` stands for all of them,
    /// since one call may begin several jobs.
    pub fn list(&self) -> Option<&str> {
        match self {
            Self::ResponseBody(pointers) => {
                let (list, _) = pointers.first()?.split_once("/0/")?;
                Some(list)
            }
            Self::Constant(_) | Self::Parameter(..) | Self::RequestBody(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_expression_is_one_of_five_forms() {
        let parsed = |text: &str| Expression::parse(&json!(text));
        for (text, expected) in [
            ("constant", Expression::Constant("constant".to_owned())),
            (
                "$request.path.id",
                Expression::Parameter(Place::Path, "id".to_owned()),
            ),
            (
                "$request.query.id",
                Expression::Parameter(Place::Query, "id".to_owned()),
            ),
            (
                "$request.body#/a/0",
                Expression::RequestBody("/a/0".to_owned()),
            ),
            (
                "$response.body#/a/0/b",
                Expression::ResponseBody(vec!["/a/0/b".to_owned()]),
            ),
        ] {
            assert_eq!(parsed(text), Ok(expected), "{text}");
        }
        for text in [
            "$",
            "$request.header.id",
            "$url",
            "$response.body",
            "$response.header.x",
        ] {
            assert_eq!(
                parsed(text),
                Err(InvalidExpression::Unknown(text.to_owned()))
            );
        }
        assert_eq!(Expression::parse(&json!(7)), Err(InvalidExpression::NoText));
    }

    #[test]
    fn an_index_stands_for_each_element_of_its_list() {
        let list = |text: &str| {
            let expression = Expression::parse(&json!(text)).unwrap();
            expression.list().map(ToOwned::to_owned)
        };
        assert_eq!(
            list("$response.body#/a/list/0/id").as_deref(),
            Some("/a/list")
        );
        assert_eq!(list("$response.body#/list/1/id"), None);
        assert_eq!(list("$request.body#/list/0/id"), None);
    }
}
