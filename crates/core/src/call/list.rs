//! The list of an operation, page after page.

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::given::Given;
use crate::error::{Error, Result};
use crate::operation::{ListMeta, PageMeta};
use crate::page::{Page, PageRequest, Pager, Pages, Style};
use crate::session::decode;

impl Given {
    /// The items of its list. Position and size of a page are set for each; the size that was given is kept to.
    pub(super) fn stream<I>(self: Box<Self>) -> Pager<I>
    where
        I: Serialize + DeserializeOwned + Send + 'static,
    {
        let list = self.operation.lists().copied();
        let pages = list.and_then(|list| list.pages);
        let style = pages.map_or(Style::Whole, |pages| pages.style);
        let size = pages.map_or(1, |pages| self.size(&pages));
        let pages = Pages::new(style, size)
            .of(self.client.service(), self.operation.id())
            .pages(move |request| {
                let given = self.clone();
                // Boxed: whoever holds the list would hold a call, too.
                Box::pin(async move { given.page(list, request).await })
            });
        Pager::new(pages)
    }

    /// How many items are asked for at once: what the caller said, one way or the other, or what is usual.
    fn size(&self, pages: &PageMeta) -> u32 {
        let set = if pages.in_body {
            let body = self.fields();
            body.get(pages.limit).and_then(Value::as_u64)
        } else {
            self.value(pages.limit).and_then(|value| value.parse().ok())
        };
        let set = set.and_then(|size| u32::try_from(size).ok());
        self.page_size.or(set).unwrap_or(pages.size)
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
