//! Lists, page after page.

use futures_util::Stream;
use otcdb_core::page::{self, Page, PageRequest, Pages, Style};
use otcdb_core::{Result, Session};
use otcdb_openapi::{Pagination, PagingStyle, Place};
use serde_json::Value;

use crate::operations::call::request::Request;
use crate::operations::call::send;

/// Whether the request is for one page and not for all: its position is given or, as a flag, its size.
pub(crate) fn is_one_page(request: &Request, paging: &Pagination) -> bool {
    let is_given = |name: &Option<String>| {
        name.as_ref()
            .is_some_and(|name| request.given(name).is_some())
    };
    let of_query = |name: &Option<String>| {
        name.as_ref()
            .is_some_and(|name| request.value(Place::Query, name).is_some())
    };
    is_given(&paging.position) || of_query(&paging.limit)
}

/// The items: of all pages, each fetched when it is needed, or of the page that was asked for.
///
/// # Errors
/// See [`send::service`].
pub(crate) fn items<'a>(
    session: &'a Session,
    request: &'a Request,
    paging: &'a Pagination,
) -> Result<impl Stream<Item = Result<Value>> + 'a> {
    let one = is_one_page(request, paging);
    let style = match paging.style {
        PagingStyle::Index => Style::Index,
        PagingStyle::PageNumber => Style::PageNumber,
        PagingStyle::CurPage => Style::CurPage,
        PagingStyle::Whole => Style::Whole,
    };
    let style = if one { Style::Whole } else { style };
    let limit = limit(request, paging);
    let mut pages =
        Pages::new(style, limit).of(send::service(request)?, request.operation.id.as_str());
    if one {
        pages = pages.at_most(asked(&for_page(request, paging, first(limit), one), paging));
    }
    Ok(pages.stream(move |page| {
        let request = for_page(request, paging, page, one);
        async move {
            let mut response = send::send(session, &request).await?;
            let total = paging
                .total
                .as_ref()
                .and_then(|total| send::at(response.as_ref()?, total))
                .and_then(page::total);
            let items = send::items(&request, response.as_mut(), &paging.items)?;
            Ok(Page::new(items, total))
        }
    }))
}

fn first(limit: u32) -> PageRequest {
    PageRequest::new(0, limit)
}

/// How many items a request asks for, if it says.
fn asked(request: &Request, paging: &Pagination) -> Option<u32> {
    let limit = request.given(paging.limit.as_ref()?)?;
    limit.as_u64().and_then(|limit| u32::try_from(limit).ok())
}

/// The size of a page: what the caller's body says, else that of the operation.
fn limit(request: &Request, paging: &Pagination) -> u32 {
    let given = paging.limit.as_ref().and_then(|name| request.given(name));
    let limit = given.and_then(Value::as_u64);
    u32::try_from(limit.unwrap_or(request.operation.page_size())).unwrap_or(u32::MAX)
}

/// The request for a page. For one page of the caller's choice only what has to be there is filled in.
fn for_page(request: &Request, paging: &Pagination, page: PageRequest, one: bool) -> Request {
    let mut request = request.clone();
    if paging.style == PagingStyle::Whole {
        return request;
    }
    let start = match paging.style {
        PagingStyle::Index | PagingStyle::Whole => 0,
        PagingStyle::PageNumber | PagingStyle::CurPage => 1,
    };
    let values = [
        (&paging.position, if one { start } else { page.position }),
        (&paging.limit, page.limit.into()),
    ];
    for (name, value) in values {
        let Some(name) = name else { continue };
        let is_required = request
            .operation
            .parameter(Place::Query, name)
            .is_some_and(|parameter| parameter.required);
        if !one || (is_required && request.given(name).is_none()) {
            request.set(name, value.into());
        }
    }
    request
}

#[cfg(test)]
mod tests {
    use otcdb_bundles::bundle;
    use otcdb_openapi::Operation;
    use serde_json::json;

    use super::*;

    fn operation(id: &str) -> (&'static Operation, &'static Pagination) {
        let operation = bundle("rds").unwrap().operation(id).unwrap();
        (operation, operation.pagination.as_ref().unwrap())
    }

    fn third() -> PageRequest {
        PageRequest::new(3, 50)
    }

    #[test]
    fn position_and_size_go_where_the_operation_has_them() {
        let (operation, paging) = operation("ListSlowLogStatisticsForLts");
        let mut request = Request::new(operation);
        request.body = Some(json!({ "order": "asc", "limit": 7 }));
        assert!(!is_one_page(&request, paging), "the size is no position");
        assert_eq!(limit(&request, paging), 7);
        let page = for_page(&request, paging, third(), false);
        assert_eq!(
            page.body,
            Some(json!({ "order": "asc", "limit": 50, "offset": 3 }))
        );
        request.body = Some(json!({ "offset": 0 }));
        assert!(is_one_page(&request, paging));
    }

    #[test]
    fn pages_are_no_larger_than_a_service_may_shorten_them_to() {
        let dcs = bundle("dcs").unwrap();
        let list = dcs.operation("ListInstances").unwrap();
        let limit_of = |given: Option<u64>| {
            let mut request = Request::new(list);
            if let Some(given) = given {
                request.set("limit", given.into());
            }
            limit(&request, list.pagination.as_ref().unwrap())
        };
        let flag = list.parameter(Place::Query, "limit").unwrap();
        assert_eq!(flag.schema.keyword("maximum"), Some(&json!(1000)));
        assert_eq!(limit_of(None), 100);
        assert_eq!(limit_of(Some(1000)), 1000, "what was typed is what is sent");
    }

    #[test]
    fn one_page_is_asked_for_as_it_was_typed() {
        let (operation, paging) = operation("ListAuditlogs");
        let mut request = Request::new(operation);
        assert_eq!(limit(&request, paging), 50);
        assert!(!is_one_page(&request, paging));
        request.set("limit", 2.into());
        assert!(is_one_page(&request, paging));
        let page = for_page(&request, paging, third(), true);
        assert_eq!(page.given("limit"), Some(&2.into()));
        assert_eq!(
            page.given("offset"),
            Some(&0.into()),
            "the service needs one"
        );
    }
}
