//! The list of an operation, page after page.

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::given::Given;
use super::limits;
use crate::error::{Error, Result};
use crate::operation::{Limit, ListMeta, PageMeta};
use crate::page::{Page, PageRequest, Pager, Pages, Style};
use crate::session::decode;

impl Given {
    /// The items of its list, from the position that was given on. Position and size are set for each page; the size that was
    /// given is kept to.
    pub(super) fn stream<I>(self: Box<Self>) -> Pager<I>
    where
        I: Serialize + DeserializeOwned + Send + 'static,
    {
        let list = self.operation.lists().copied();
        let pages = list.and_then(|list| list.pages);
        let style = pages.map_or(Style::Whole, |pages| pages.style);
        let size = pages.map_or(1, |pages| self.size(&pages));
        let mut how = Pages::new(style, size).of(self.client.service(), self.operation.id());
        if let Some(start) = pages.and_then(|pages| self.number(&pages, pages.position)) {
            how = how.start(start);
        }
        let pages = how.pages(move |request| {
            let given = self.clone();
            // Boxed: whoever holds the list would hold a call, too.
            Box::pin(async move { given.page(list, request).await })
        });
        Pager::new(pages)
    }

    /// How many items are asked for at once: what the caller said, one way or the other, or what is usual.
    fn size(&self, pages: &PageMeta) -> u32 {
        let set = self.number(pages, pages.limit);
        let set = set.and_then(|size| u32::try_from(size).ok());
        // A size of 0 is told of with all else that is wrong.
        let page_size = self.page_size.map(|size| size.max(1));
        page_size.or(set).unwrap_or(pages.size)
    }

    /// What is wrong with the size that pages are to have.
    pub(super) fn problem_of_page_size(&self) -> Option<String> {
        let size = self.page_size?.to_string();
        let pages = self.operation.lists()?.pages?;
        let documented = if pages.in_body {
            let fields = self.operation.body?.limits;
            let mut fields = fields.iter().filter(|(name, _)| *name == pages.limit);
            fields.next().map(|(_, limits)| *limits)
        } else {
            let parameter = self.operation.parameter(pages.limit);
            parameter.map(|(_, parameter)| parameter.limits)
        };
        let limits = documented.unwrap_or_default();
        limits::problem_of_text("page_size", &size, limits).or_else(|| {
            limits::problem_of_text("page_size", &size, &[Limit::Number(1.0, f64::INFINITY)])
        })
    }

    /// What position or size of a page was set to.
    fn number(&self, pages: &PageMeta, name: &str) -> Option<u64> {
        if pages.in_body {
            self.fields().get(name)?.as_u64()
        } else {
            self.value(name)?.parse().ok()
        }
    }

    async fn page<I: DeserializeOwned>(
        &self,
        list: Option<ListMeta>,
        page: PageRequest,
    ) -> Result<Page<I>> {
        let list =
            list.ok_or_else(|| self.named(Error::invalid_argument("the operation has no list")))?;
        let (position, limit) = (page.position, u64::from(page.limit));
        let received = match list.pages {
            None => self.send().await?,
            Some(pages) if pages.in_body => {
                let mut body = self.fields();
                body.insert(pages.position.to_owned(), position.into());
                body.insert(pages.limit.to_owned(), limit.into());
                let body = serde_json::to_vec(&body).unwrap_or_default();
                self.send_with(&[], Some(body.into())).await?
            }
            Some(pages) => {
                let values = [
                    (pages.position, position.to_string()),
                    (pages.limit, limit.to_string()),
                ];
                self.send_with(&values, self.body.clone()).await?
            }
        };
        decode::page(&received, list).map_err(|error| self.named(error))
    }

    async fn send_with(
        &self,
        values: &[(&str, String)],
        body: Option<Bytes>,
    ) -> Result<crate::Received> {
        let names: Vec<&str> = values.iter().map(|(name, _)| *name).collect();
        self.check(&names)?;
        let call = self.request(values, body).await?;
        self.client.send(call).await
    }

    /// The fields of the body.
    fn fields(&self) -> Map<String, Value> {
        let body = self.body.as_deref().unwrap_or_default();
        serde_json::from_slice(body).unwrap_or_default()
    }
}
