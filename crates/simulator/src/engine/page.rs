//! Pages of lists, and spans of time.

use http::StatusCode;
use jiff::Timestamp;
use otcdb_openapi::PagingStyle;
use serde_json::Value;

use crate::call::{Call, CallError};
use crate::response::Response;
use crate::service_error::ServiceError;
use crate::spec::{InvalidRequest, Place};
use crate::times::TimeForm;

/// Where the description gives no default.
const LIMIT: u64 = 10;

/// The items from a position on, at most so many.
pub(crate) fn slice<T>(
    items: impl IntoIterator<Item = T>,
    offset: u64,
    limit: u64,
) -> impl Iterator<Item = T> {
    let number = |value: u64| usize::try_from(value).unwrap_or(usize::MAX);
    items.into_iter().skip(number(offset)).take(number(limit))
}

/// The position at which a page with a number from 1 begins.
pub(crate) fn first_of(page: u64, limit: u64) -> u64 {
    page.saturating_sub(1).saturating_mul(limit)
}

/// The part of a list that the call asks for, as its operation counts pages.
pub(crate) fn page<T>(call: &Call<'_>, items: Vec<T>) -> Vec<T> {
    let Some(paging) = &call.operation.pagination else {
        return items;
    };
    let asked = |name: &Option<String>| call.params.number(name.as_deref()?);
    let limit = asked(&paging.limit).or(paging.default).unwrap_or(LIMIT);
    let position = asked(&paging.position);
    let first = match paging.style {
        PagingStyle::Whole => return items,
        PagingStyle::Index => position.unwrap_or(0),
        PagingStyle::PageNumber | PagingStyle::CurPage => first_of(position.unwrap_or(1), limit),
    };
    slice(items, first, limit).collect()
}

/// The response that lists what was found, as the operation says how lists come, beside fields that are no element's.
/// Those of which nothing is known are as in the documented example.
pub(crate) fn list<T>(
    call: &Call<'_>,
    found: Vec<T>,
    show: impl FnMut(T) -> Value,
    beside: &Value,
) -> Result<Response, CallError> {
    let paging = call.operation.pagination.as_ref();
    let paging = paging.ok_or(ServiceError::Internal)?;
    let mut body = call.operation.example.body.clone().unwrap_or_default();
    for (name, value) in beside.as_object().into_iter().flatten() {
        body[name] = value.clone();
    }
    if let Some(total) = &paging.total {
        body[total] = Value::from(found.len());
    }
    let shown: Vec<Value> = page(call, found).into_iter().map(show).collect();
    let items = paging.items.split('.');
    *items.fold(&mut body, |place, step| &mut place[step]) = Value::from(shown);
    Ok(Response::json(StatusCode::OK, &body))
}

/// A time in a query parameter, in the form of its documented example.
pub(crate) fn period(call: &Call<'_>, name: &str) -> Result<Option<Timestamp>, InvalidRequest> {
    let Some(text) = call.params.text(name) else {
        return Ok(None);
    };
    let mut parameters = call.operation.parameters.iter();
    let documented = parameters.find(|one| one.name == name);
    let mut examples = documented.into_iter().flat_map(|one| &one.examples);
    let form = examples.find_map(|example| TimeForm::of(example.value.as_str()?));
    let form = form.unwrap_or(TimeForm::Digits);
    let time = form.read(text);
    time.map(Some)
        .ok_or_else(|| InvalidRequest::value(Place::Query, name, form.validation_error()))
}
