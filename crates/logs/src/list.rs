//! Lists of the services, item by item as they were sent.
//!
//! A generated client decodes every field that is described, so that one odd field costs the whole list. Here an item
//! stays as it came: whoever wants fields of it decodes those.

use futures_util::{FutureExt as _, Stream, TryStreamExt as _};
use otcdb_core::page::{self, Page, PageRequest, Pages, Style};
use otcdb_core::{Error, RawCall, Received, Result, Service};
use otcdb_openapi::{Operation, Pagination, PagingStyle, Place};
use serde::de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::clients::{self, Clients};

/// The size of pages, unless the description has a smaller bound. A service that silently shortened larger ones, and
/// did not say how many items there are, would seem to be at the end of its list.
const LIMIT: u64 = 100;

/// No response has more items than that: more than any service has instances, and few enough to be kept.
const MOST_ITEMS: usize = 100_000;

/// A call of a list operation.
#[derive(Clone, Debug)]
pub(crate) struct List {
    service: Service,
    operation: &'static Operation,
    paging: &'static Pagination,
    values: Vec<(&'static str, String)>,
    /// What its items are.
    items: Items,
}

/// What a list consists of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Items {
    /// Entries of a log, among which are equal ones.
    Entries,
    /// Things that have an id each.
    Things,
    /// Things of which the response says how many there are.
    Counted,
}

impl List {
    /// The list operation with this operationId, such as `ListInstances`. The project is the session's.
    ///
    /// # Errors
    /// It is not described, or not as a list.
    pub(crate) fn new(service: Service, id: &str) -> Result<Self> {
        let operation = clients::operation(service, id)?;
        let paging = operation
            .pagination
            .as_ref()
            .ok_or_else(|| Error::invalid_argument(format!("{id} of {service} is no list")))?;
        Ok(Self {
            service,
            operation,
            paging,
            values: Vec::new(),
            items: Items::Things,
        })
    }

    /// Its items are entries of a log: the same one may come many times.
    pub(crate) fn of_entries(mut self) -> Self {
        self.items = Items::Entries;
        self
    }

    /// Its total is known to count the items, so that a list without any is believed only where the total is 0.
    pub(crate) fn counted(mut self) -> Self {
        self.items = Items::Counted;
        self
    }

    /// Gives a parameter of the path or of the query a value.
    pub(crate) fn set(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.values.push((name, value.into()));
        self
    }

    /// The items of all pages as they were sent, each page fetched when it is needed.
    ///
    /// # Errors
    /// The stream ends after its first error, which is that of a call, one of [`Pages::stream`], or a response without
    /// the list. It names the operation.
    pub(crate) fn items(
        self,
        clients: &Clients,
    ) -> impl Stream<Item = Result<Box<RawValue>>> + use<'_> {
        let style = match self.paging.style {
            PagingStyle::Index => Style::Index,
            PagingStyle::PageNumber => Style::PageNumber,
            PagingStyle::CurPage => Style::CurPage,
            PagingStyle::Whole => Style::Whole,
        };
        let limit = self.limit();
        let id = self.operation.id.as_str();
        let pages = Pages::new(style, limit);
        let pages = match self.items {
            Items::Entries => pages,
            Items::Things => pages.distinct(),
            Items::Counted => pages.distinct().counted(),
        };
        let all = pages.stream(move |page| {
            let call = self.call(page);
            let (service, paging) = (self.service, self.paging);
            let page = async move {
                let received = clients.execute(service, call?).await?;
                read(&received, paging).map_err(|error| error.with_operation(id))
            };
            // It is there only while a page is asked for, and not in every place that it goes through.
            page.boxed()
        });
        all.map_err(move |error| error.with_operation(id))
    }

    /// The items up to the end of the list, or up to an error that keeps the rest from being known.
    pub(crate) async fn gather(self, clients: &Clients) -> (Vec<Box<RawValue>>, Result<()>) {
        let mut items = Vec::new();
        let mut all = std::pin::pin!(self.items(clients));
        loop {
            match all.try_next().await {
                Ok(Some(item)) => items.push(item),
                Ok(None) => return (items, Ok(())),
                Err(error) => return (items, Err(error)),
            }
        }
    }

    /// The largest page that is described, up to [`LIMIT`].
    fn limit(&self) -> u32 {
        let described = self.paging.limit.as_ref().and_then(|name| {
            let parameter = self.operation.parameter(Place::Query, name)?;
            parameter.schema.keyword("maximum")?.as_u64()
        });
        u32::try_from(described.unwrap_or(LIMIT).min(LIMIT)).unwrap_or(1)
    }

    fn call(&self, page: PageRequest) -> Result<RawCall> {
        let mut values = self.values.clone();
        let counted = [
            (&self.paging.position, page.position),
            (&self.paging.limit, page.limit.into()),
        ];
        for (name, value) in counted {
            if let Some(name) = name {
                values.push((name.as_str(), value.to_string()));
            }
        }
        clients::described(self.operation, &values)
    }
}

/// The items of a response.
///
/// A response without a body has none, where the operation may answer so; nor has a list that is null while no items
/// are counted, or one that is left out by a response that counts 0.
///
/// # Errors
/// There is no list where it is described.
fn read(received: &Received, paging: &Pagination) -> Result<Page<Box<RawValue>>> {
    let undocumented = |what: String| clients::undocumented(received, what);
    let unfit = |error: serde_json::Error| {
        undocumented(format!(
            "the response does not have the documented shape: {}",
            otcdb_core::redact::decode_error(&error)
        ))
    };
    let body: &RawValue = serde_json::from_slice(&received.body).map_err(unfit)?;
    if body.get() == "null" {
        return Ok(Page::new(Vec::new(), None));
    }
    let total = match &paging.total {
        None => None,
        Some(total) => at(body, total).map_err(unfit)?.and_then(|total| {
            let total: serde_json::Value = serde_json::from_str(total.get()).ok()?;
            page::total(&total)
        }),
    };
    let place = &paging.items;
    match at(body, place).map_err(unfit)? {
        Some(list) if list.get() == "null" && total.unwrap_or(0) == 0 => {
            Ok(Page::new(Vec::new(), total))
        }
        Some(list) if list.get().starts_with('[') => {
            let mut list = serde_json::Deserializer::from_str(list.get());
            let items = Elements.deserialize(&mut list).map_err(unfit)?;
            Ok(Page::new(items, total))
        }
        Some(_) => Err(undocumented(format!(
            "there is no list at {place} of the response"
        ))),
        None if total == Some(0) => Ok(Page::new(Vec::new(), total)),
        None => Err(undocumented(format!("the response has no list {place}"))),
    }
}

/// What is at a place of a response; dots lead into objects.
pub(crate) fn at<'a>(
    response: &'a RawValue,
    place: &str,
) -> serde_json::Result<Option<&'a RawValue>> {
    place.split('.').try_fold(Some(response), |value, name| {
        let Some(value) = value else { return Ok(None) };
        let mut value = serde_json::Deserializer::from_str(value.get());
        Field(name).deserialize(&mut value)
    })
}

/// One field of an object; the others are not kept.
struct Field<'n>(&'n str);

impl<'de> DeserializeSeed<'de> for Field<'_> {
    type Value = Option<&'de RawValue>;

    fn deserialize<D: serde::Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Field<'_> {
    type Value = Option<&'de RawValue>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "an object with the field {}", self.0)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut found = None;
        while let Some(name) = map.next_key::<String>()? {
            if name == self.0 {
                found = Some(map.next_value()?);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(found)
    }
}

/// The elements of an array, each as it was sent.
struct Elements;

impl<'de> DeserializeSeed<'de> for Elements {
    type Value = Vec<Box<RawValue>>;

    fn deserialize<D: serde::Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Elements {
    type Value = Vec<Box<RawValue>>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element::<&RawValue>()? {
            if items.len() == MOST_ITEMS {
                return Err(A::Error::custom(format_args!(
                    "one response lists more than {MOST_ITEMS} items"
                )));
            }
            items.push(item.to_owned());
        }
        Ok(items)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use otcdb_core::ErrorKind;

    fn answer(operation: &str, body: &str) -> Result<Page<Box<RawValue>>> {
        let list = List::new(Service::Dcs, operation).unwrap();
        let received: Received = serde_received(body);
        read(&received, list.paging)
    }

    fn serde_received(body: &str) -> Received {
        Received::new(reqwest::StatusCode::OK, Default::default(), body.to_owned())
    }

    #[test]
    fn items_stay_as_they_were_sent() {
        let body = r#"{"new":{"a":[]}, "total_num":"3", "slowlogs":[ {"id": 1.50, "x" :"\u00e9"}, 7 ,null]}"#;
        let page = answer("ListSlowlog", body).unwrap();
        let items: Vec<_> = page.items.iter().map(|item| item.get()).collect();
        assert_eq!(items, [r#"{"id": 1.50, "x" :"\u00e9"}"#, "7", "null"]);
        assert_eq!(page.total, Some(3));
    }

    #[test]
    fn no_list_is_an_error_unless_the_response_says_that_there_is_nothing() {
        for empty in [
            "null",
            r#"{"slowlogs":null}"#,
            r#"{"total_num":0}"#,
            r#"{"total_num":0,"slowlogs":[]}"#,
        ] {
            assert_eq!(answer("ListSlowlog", empty).unwrap().items.len(), 0);
        }
        for (wrong, said) in [
            ("{}", "no list slowlogs"),
            (r#"{"message":"log in"}"#, "no list slowlogs"),
            (r#"{"total_num":2}"#, "no list slowlogs"),
            (r#"{"total_num":2,"slowlogs":null}"#, "no list at slowlogs"),
            (r#"{"slowlogs":{}}"#, "no list at slowlogs"),
            (r#"{"slowlogs":"x"}"#, "no list at slowlogs"),
            ("[]", "documented shape"),
            ("7", "documented shape"),
            (r#"{"slowlogs":[1,"#, "documented shape"),
        ] {
            let error = answer("ListSlowlog", wrong).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::UndocumentedResponse, "{wrong}");
            assert!(error.to_string().contains(said), "{wrong}: {error}");
        }
    }

    #[test]
    fn a_response_of_very_many_items_ends_early() {
        let list = |count: usize| format!(r#"{{"slowlogs":[0{}]}}"#, ",0".repeat(count - 1));
        let page = answer("ListSlowlog", &list(MOST_ITEMS)).unwrap();
        assert_eq!(page.items.len(), MOST_ITEMS);
        let error = answer("ListSlowlog", &list(MOST_ITEMS + 1)).unwrap_err();
        assert!(error.to_string().contains("more than 100000"), "{error}");
    }

    #[test]
    fn a_call_has_what_was_set_where_the_description_has_it() {
        let page = PageRequest::new(200, 100);
        let list = List::new(Service::Dcs, "ListRedislog").unwrap();
        assert!(list.call(page).is_err(), "the instance is missing");
        let call = list.set("instance_id", "a/b").set("log_type", "run");
        let shown = format!("{:?}", call.call(page).unwrap());
        assert!(
            shown.contains("/v2/{project_id}/instances/a%2Fb/redislog"),
            "{shown}"
        );
        assert!(shown.contains("ListRedislog"), "{shown}");
        assert!(List::new(Service::Dcs, "CreateRedislog").is_err());
        assert!(List::new(Service::Rds, "ListNothing").is_err());
    }

    #[test]
    fn pages_are_as_large_as_described_up_to_a_hundred() {
        let limit = |service, id| List::new(service, id).unwrap().limit();
        assert_eq!(limit(Service::Dcs, "ListInstances"), 100);
        assert_eq!(limit(Service::Rds, "ListAuditlogs"), 50);
    }
}
