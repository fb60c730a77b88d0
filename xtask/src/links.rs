//! Asynchronous work: waiters, and the links named `finished` from an operation that begins work to the one that tells of
//! its end.

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::operations::{Operation, is_success};

/// The name of these links.
pub const FINISHED: &str = "finished";

/// The operation's links of this name, one for each success that has one.
pub fn finished<'a>(operation: &Operation<'a>) -> impl Iterator<Item = &'a Value> {
    operation
        .responses()
        .filter(|(status, _)| is_success(status))
        .filter_map(|(_, response)| response["links"].get(FINISHED))
}

/// Whether the state that an `x-waiter` reads is that of one element of a list.
pub fn chooses(waiter: &Value) -> bool {
    let field = waiter["field"].as_str().unwrap_or_default();
    field.replace("[]", "").contains('[')
}

/// Where a linked call takes a value from: the runtime expressions of OpenAPI that are used here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expression<'a> {
    /// Any text that begins with no `$`.
    Constant(&'a str),
    /// `$request.path.NAME` or `$request.query.NAME`
    Parameter(&'a str),
    /// `$request.body#POINTER`
    RequestBody(&'a str),
    /// `$response.body#POINTER`
    ResponseBody(&'a str),
}

impl<'a> Expression<'a> {
    /// # Errors
    /// A value that is no such expression.
    pub fn parse(value: &'a Value) -> Result<Self> {
        let text = value.as_str().context("a link's value is a text")?;
        if !text.starts_with('$') {
            return Ok(Self::Constant(text));
        }
        for place in ["$request.path.", "$request.query."] {
            if let Some(name) = text.strip_prefix(place) {
                return Ok(Self::Parameter(name));
            }
        }
        if let Some(pointer) = text.strip_prefix("$request.body#") {
            return Ok(Self::RequestBody(pointer));
        }
        match text.strip_prefix("$response.body#") {
            Some(pointer) => Ok(Self::ResponseBody(pointer)),
            None => bail!(
                "{text:?} is none of $request.path.NAME, $request.query.NAME, $request.body#POINTER and $response.body#POINTER"
            ),
        }
    }
}
